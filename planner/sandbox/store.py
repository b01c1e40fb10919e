"""Where the sandbox keeps what it knows: one SQLite file, one transaction at a time.

An object is stored as the JSON that Stripe would answer (``body``), beside what only the sandbox may know
(``secret``), the object it belongs to (``parent``) and the moment at which something must happen to it (``due_at``).
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.sandbox.errors import Json

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent TEXT,
    due_at REAL,
    body TEXT NOT NULL,
    secret TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (parent, kind);
CREATE INDEX IF NOT EXISTS objects_by_due ON objects (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    made_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'done', 'dropped', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    made_at REAL NOT NULL,
    next_at REAL NOT NULL,
    answer TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, next_at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Rows:
    """The rows inside one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute

    def add(
        self, body: Json, *, parent: str | None = None, due_at: float | None = None, secret: Json | None = None
    ) -> None:
        self.execute(
            "INSERT INTO objects (id, kind, parent, due_at, body, secret) VALUES (?, ?, ?, ?, ?, ?)",
            (body["id"], body["object"], parent, due_at, json.dumps(body), json.dumps(secret or {})),
        )

    def find(self, kind: str, identifier: str) -> Json | None:
        row = self.execute("SELECT body FROM objects WHERE id = ? AND kind = ?", (identifier, kind)).fetchone()
        return json.loads(row[0]) if row else None

    def get(self, kind: str, identifier: str) -> Json:
        """Give an object that must be there, because the sandbox itself noted its id."""
        found = self.find(kind, identifier)
        if found is None:
            raise LookupError(f"{kind} {identifier}")
        return found

    def save(self, body: Json) -> None:
        self.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))

    def delete(self, identifier: str) -> None:
        self.execute("DELETE FROM objects WHERE id = ?", (identifier,))

    def secret(self, identifier: str) -> Json:
        row = self.execute("SELECT secret FROM objects WHERE id = ?", (identifier,)).fetchone()
        return json.loads(row[0]) if row else {}

    def save_secret(self, identifier: str, secret: Json) -> None:
        self.execute("UPDATE objects SET secret = ? WHERE id = ?", (json.dumps(secret), identifier))

    def set_due(self, identifier: str, due_at: float | None) -> None:
        self.execute("UPDATE objects SET due_at = ? WHERE id = ?", (due_at, identifier))

    def set_parent(self, identifier: str, parent: str) -> None:
        self.execute("UPDATE objects SET parent = ? WHERE id = ?", (parent, identifier))

    def due(self, now: float) -> list[tuple[str, str]]:
        """Give kind and id of what should have happened by now, soonest first."""
        query = "SELECT kind, id FROM objects WHERE due_at <= ? ORDER BY due_at, seq"
        return [(kind, identifier) for kind, identifier in self.execute(query, (now,))]

    def all(self, kind: str) -> list[Json]:
        """Give every object of a kind, the newest first."""
        query = "SELECT body FROM objects WHERE kind = ? ORDER BY seq DESC"
        return [json.loads(body) for (body,) in self.execute(query, (kind,))]

    def of(self, parent: str, kind: str) -> list[Json]:
        """Give the objects of a kind that belong to another, the newest first."""
        query = "SELECT body FROM objects WHERE parent = ? AND kind = ? ORDER BY seq DESC"
        return [json.loads(body) for (body,) in self.execute(query, (parent, kind))]

    def parent(self, identifier: str) -> str | None:
        row = self.execute("SELECT parent FROM objects WHERE id = ?", (identifier,)).fetchone()
        return row[0] if row else None

    def setting(self, name: str, default: Json) -> Json:
        row = self.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return {**default, **json.loads(row[0])} if row else dict(default)

    def save_setting(self, name: str, value: Json) -> None:
        self.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, json.dumps(value)))

    @contextmanager
    def undo_on(self, *errors: type[BaseException]) -> Iterator[None]:
        """Take back what the block wrote when it raises one of these."""
        self.execute("SAVEPOINT step")
        try:
            yield
        except errors:
            self.execute("ROLLBACK TO step")
            self.execute("RELEASE step")
            raise
        self.execute("RELEASE step")

    def clear(self) -> None:
        """Forget everything but the webhook endpoints."""
        self.execute("DELETE FROM objects WHERE kind != 'webhook_endpoint'")
        for table in ("keys", "deliveries", "settings"):
            self.execute(f"DELETE FROM {table}")


class Store:
    """One file behind one connection and one lock: threads take turns, so no request sees half of another."""

    def __init__(self, path: Path | str) -> None:
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A crash of the program loses nothing; a crash of the machine may, and this is no real money.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)
        self.after_change: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self) -> Iterator[Rows]:
        """Commit when the block ends, take everything back when it raises."""
        with self._turn:
            before = self._connection.total_changes
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Rows(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            changed = self._connection.total_changes != before
        if changed:
            self.after_change()

    def close(self) -> None:
        with self._turn:
            self._connection.close()
