"""The parts of a running sandbox, and the one way to a desk."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.sandbox import clock, endpoints, lapses
from planner.sandbox.courier import Courier
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json
from planner.sandbox.faults import Faults
from planner.sandbox.idempotency import KeysInUse
from planner.sandbox.store import Rows, Store

REMEMBERED_REQUESTS = 5000


class Machine:
    def __init__(self, data: Path | str, public_url: str | None, key: str | None) -> None:
        self.store = Store(data)
        self.faults = Faults()
        self.keys_in_use = KeysInUse()
        self.courier = Courier(self.store, self._sweep)
        self.public_url = public_url.rstrip("/") if public_url else None
        self.key = key
        self.requests: deque[Json] = deque(maxlen=REMEMBERED_REQUESTS)

    @contextmanager
    def desk(self, base_url: str = "", **who: Any) -> Iterator[Desk]:
        """Open a desk: one transaction, in which what had to lapse by now has lapsed."""
        with self.store.transaction() as rows:
            self._sweep(rows)
            yield Desk(rows, clock.now(rows), self.public_url or base_url.rstrip("/"), **who)

    def add_endpoint(self, url: str, secret: str) -> None:
        with self.desk() as desk:
            endpoints.settle(desk, url, secret)

    def start(self) -> None:
        self.courier.start()

    def stop(self) -> None:
        self.faults.close()
        self.courier.stop()
        self.store.close()

    def _sweep(self, rows: Rows) -> None:
        lapses.sweep(Desk(rows, clock.now(rows), self.public_url or ""))
