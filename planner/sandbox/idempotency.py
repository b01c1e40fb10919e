"""Idempotency keys: the same key and parameters get the same answer for 24 hours, errors of the server included.

| key seen before | parameters | answer |
|---|---|---|
| no | | carried out and remembered |
| yes | the same | the remembered answer, ``Idempotent-Replayed: true`` |
| yes | others | 400 ``idempotency_error`` |
| in use this moment | | 409 ``idempotency_key_in_use`` |

A request that was refused before it was carried out (a parameter that makes no sense) is not remembered.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from planner.sandbox.errors import ApiError, Json, malformed
from planner.sandbox.store import Rows

KEPT_S = 24 * 3600
LONGEST = 255


@dataclass(frozen=True)
class Remembered:
    status: int
    body: Json


class KeysInUse:
    """The keys whose requests are being carried out this moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def claim(self, key: str | None) -> Iterator[None]:
        """Hold a key while its request runs.

        Raises:
            ApiError: another request holds it, or it is too long.
        """
        if key is None:
            yield
            return
        if len(key) > LONGEST:
            raise malformed("Idempotency-Key", f"Idempotency keys have up to {LONGEST} characters.")
        with self._lock:
            if key in self._keys:
                raise ApiError(
                    "Another request with this idempotency key is in progress.",
                    status=409,
                    code="idempotency_key_in_use",
                    executed=False,
                )
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def fingerprint(method: str, path: str, tree: Json) -> str:
    """Give what must be the same for a repeat to be a repeat."""
    return sha256(json.dumps([method, path, tree], sort_keys=True).encode()).hexdigest()


def recall(rows: Rows, key: str, print_: str, now: float) -> Remembered | None:
    """Give the answer that a key got before, dropping keys that are too old.

    Raises:
        ApiError: the key was used with other parameters.
    """
    rows.execute("DELETE FROM keys WHERE made_at <= ?", (now - KEPT_S,))
    row = rows.execute("SELECT fingerprint, status, body FROM keys WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    if row[0] != print_:
        raise ApiError(
            "This idempotency key was first used with other parameters.", kind="idempotency_error", executed=False
        )
    return Remembered(row[1], json.loads(row[2]))


def remember(rows: Rows, key: str, print_: str, status: int, body: Json, now: float) -> None:
    rows.execute(
        "INSERT INTO keys (key, fingerprint, status, body, made_at) VALUES (?, ?, ?, ?, ?)",
        (key, print_, status, json.dumps(body), now),
    )
