"""Hand orders to the booking workers through DBOS: the web only enqueues, workers in their own processes do the work.

DBOS keeps its own database: a SQLite file beside the site's, or a schema of its own in the site's PostgreSQL.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from dbos import DBOSClient

QUEUE = "booking"
WORKFLOW = "advance_order"
APPLICATION = "lintas"
VERSION = "1"
"""Fixed over restarts, so that workers take up what an earlier process began. Raise it only with a way over."""

log = logging.getLogger(__name__)


def queue_url(database: str, instance: Path) -> str:
    """Return where DBOS keeps its workflows, for the site's database address."""
    if database.startswith("sqlite"):
        return f"sqlite:///{instance / 'workflows.sqlite3'}"
    return database


class BookingQueue:
    """Enqueues orders; connects on first use, in each process anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: DBOSClient | None = None
        self._lock = threading.Lock()

    def enqueue(self, order_id: str) -> None:
        """Have an order taken on, once at a time.

        Where the queue does not answer the order is not lost: it is due in our own database; the workers look there.
        """
        try:
            self._connected().enqueue(
                {
                    "queue_name": QUEUE,
                    "workflow_name": WORKFLOW,
                    "deduplication_id": order_id,
                    "duplication_policy": "return-existing",
                    "app_version": VERSION,
                },
                order_id,
            )
        except Exception as trouble:  # whatever its database raises: the order stays due, nothing is lost
            log.warning("the queue does not answer: %s", type(trouble).__name__)

    def _connected(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                self._client = DBOSClient(system_database_url=self._url, application_name=APPLICATION)
            return self._client
