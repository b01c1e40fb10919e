"""What one request works at: the rows, the time, and whom to tell what happened."""

from dataclasses import dataclass

from planner.sandbox.errors import Json, no_such
from planner.sandbox.store import Rows

API_VERSION = "2026-08-26.dahlia"


@dataclass(frozen=True)
class Desk:
    rows: Rows
    time: float
    base_url: str
    api_version: str = API_VERSION
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def now(self) -> int:
        return int(self.time)

    def get(self, kind: str, identifier: str, param: str = "id") -> Json:
        """Give what a request names.

        Raises:
            ApiError: there is no such object.
        """
        found = self.rows.find(kind, identifier)
        if found is None:
            raise no_such(kind.replace(".", "_"), identifier, param)
        return found
