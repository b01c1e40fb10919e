"""Prints how many orders a second go from authorised to finished, and what each step of that costs.

`make bench`; ORDERS=200 books more for each count of workers. Figures are printed, never asserted.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from planner.flow.confirm_booking import take_next_step
from planner.store.db import db
from planner.store.orders import Order
from tests.bench.booking_site import Site, end, said_of
from tests.bench.figures import promise, share, spread, tell

ORDERS = int(os.environ.get("ORDERS", "40"))
WORKERS = (1, 2, 4)
ALONE = 20


def test_orders_a_second(on_postgresql: Site) -> None:
    site = on_postgresql
    print(f"\nOrders a second from authorised to finished, two parts each ({said_of(site.app)})")
    for count in WORKERS:
        workers = site.start_workers(count)
        with site.app.app_context():
            made = [site.paid() for _ in range(ORDERS)]
            began = time.perf_counter()
            for order_id in made:
                site.services.queue.enqueue(order_id)
            site.wait_for(lambda made=made: finished(made) == ORDERS)
            took = time.perf_counter() - began
        for process in workers:
            end(process)
        tell(f"{count} booking worker{'s' if count > 1 else ''}, {ORDERS} orders at once", f"{ORDERS / took:.1f}")
    assert site.oversold() == 0


def finished(made: list[str]) -> int:
    """Count the orders that are confirmed and for which nothing is to be done."""
    db.session.rollback()
    over = Order.state == "confirmed", Order.due_at.is_(None), Order.has_vouchers.is_(True)
    return db.session.scalar(select(func.count()).select_from(Order).where(Order.id.in_(made), *over)) or 0


def test_what_each_step_costs(site: Site) -> None:
    steps: dict[str, list[float]] = defaultdict(list)
    outside: dict[str, list[float]] = defaultdict(list)
    own: list[float] = []
    with site.app.app_context():
        watched: Any = site.services
        clocks = {name: Outside(getattr(watched, name)) for name in ("payments", "suppliers", "mailer")}
        watched = replace(watched, **clocks)
        for order_id in [site.paid() for _ in range(ALONE)]:
            total = 0.0
            while True:
                before, began = sum(one.spent for one in clocks.values()), time.perf_counter()
                went = take_next_step(order_id, watched)
                took = time.perf_counter() - began
                away = sum(one.spent for one in clocks.values()) - before
                steps[went.step].append(took)
                outside[went.step].append(away)
                total += took - away
                if went.is_over:
                    break
            own.append(total)
    print(f"\nSteps of a booking of two parts, one order at a time ({said_of(site.app)})")
    for name, taken in steps.items():
        tell(name, f"p50 {share(taken, 0.5) * 1000:.1f} ms, of it outside {share(outside[name], 0.5) * 1000:.1f} ms")
    tell("our own part of a whole booking", spread(own))
    promise("our own part of a booking", 1.0, own, 0.9)


class Outside:
    """A gateway and how long its calls took."""

    def __init__(self, gateway: Any) -> None:
        self._gateway, self.spent = gateway, 0.0

    @contextmanager
    def _watch(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.spent += time.perf_counter() - began

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            with self._watch():
                return getattr(self._gateway, name)(*given, **named)

        return call
