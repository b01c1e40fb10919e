"""Limit how often one visitor may ask for what is dear, counted in one place for all workers.

The library ``limits`` has stores for memory (one for each worker, so no limit at all), Redis and others, but none that
a single machine has anyway. ``SqliteCounters`` keeps fixed windows in one small SQLite file.
"""

import os
import sqlite3
import threading
import time
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import Storage

PLANNING = "30 per minute; 300 per hour"
SEARCHING = "120 per minute"
FILLING = "60 per minute; 600 per hour"
READING = "240 per minute"
BOOKING = "30 per minute"

limiter = Limiter(key_func=get_remote_address, headers_enabled=True, strategy="fixed-window", swallow_errors=True)


def init_app(app: Flask) -> None:
    """Count in the store that the settings name; a broken store lets visitors in rather than shutting them out."""
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", True)
    limiter.init_app(app)


class SqliteCounters(Storage):
    """Fixed-window counters in a SQLite file, as ``lintas-sqlite:///path/to/file``.

    One statement counts and reads back, so two workers never both get the last place. A key lives for its window.
    """

    STORAGE_SCHEME = ["lintas-sqlite"]
    SWEEP_EVERY_S = 300

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.path = Path(unquote((uri or "").removeprefix("lintas-sqlite://")))
        self._local = threading.local()
        self._swept_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count ``amount`` more for ``key``, starting anew where its window is over, and give the count."""
        now = time.time()
        self._sweep(now)
        row = self._run(
            "INSERT INTO counter (key, count, until) VALUES (:key, :amount, :until)"
            " ON CONFLICT (key) DO UPDATE SET"
            " count = CASE WHEN until <= :now THEN :amount ELSE count + :amount END,"
            " until = CASE WHEN until <= :now THEN :until ELSE until END"
            " RETURNING count",
            {"key": key, "amount": amount, "now": now, "until": now + expiry},
        )
        return int(row[0])

    def get(self, key: str) -> int:
        """Give the count of ``key`` in its present window."""
        row = self._run("SELECT count FROM counter WHERE key = ? AND until > ?", (key, time.time()))
        return int(row[0]) if row else 0

    def get_expiry(self, key: str) -> float:
        """Give the second since the epoch at which the window of ``key`` ends."""
        now = time.time()
        row = self._run("SELECT until FROM counter WHERE key = ? AND until > ?", (key, now))
        return float(row[0]) if row else now

    def check(self) -> bool:
        """Tell whether the file can be read."""
        try:
            self._run("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int:
        """Forget every count and give how many there were."""
        row = self._run("SELECT count(*) FROM counter")
        self._run("DELETE FROM counter")
        return int(row[0])

    def clear(self, key: str) -> None:
        """Forget the count of ``key``."""
        self._run("DELETE FROM counter WHERE key = ?", (key,))

    def _sweep(self, now: float) -> None:
        """Forget windows that are over: the keys hold addresses of visitors, which we have no reason to keep."""
        if now - self._swept_at > self.SWEEP_EVERY_S:
            self._swept_at = now
            self._run("DELETE FROM counter WHERE until <= ?", (now,))

    def _run(self, statement: str, values: object = ()):  # type: ignore[no-untyped-def]
        return self._connection().execute(statement, values).fetchone()  # type: ignore[arg-type]

    def _connection(self) -> sqlite3.Connection:
        """Give this thread's connection; a forked worker opens its own."""
        held: tuple[int, sqlite3.Connection] | None = getattr(self._local, "held", None)
        if held and held[0] == os.getpid():
            return held[1]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=2, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")  # counters may be lost with the power
        connection.execute(
            "CREATE TABLE IF NOT EXISTS counter (key TEXT PRIMARY KEY, count INTEGER NOT NULL, until REAL NOT NULL)"
            " WITHOUT ROWID"
        )
        self._local.held = (os.getpid(), connection)
        return connection
