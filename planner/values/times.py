"""Local times of the islands as seconds since midnight of a trip's first day, and back to ISO 8601.

Bali, West and East Nusa Tenggara keep WITA (UTC+8, Asia/Makassar) all year, so a fixed offset is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

WITA = timezone(timedelta(hours=8), "WITA")
MINUTE = 60
HOUR = 3600
DAY = 86400
NIGHT_MARK = 3 * HOUR
"""At this second of each day a traveller is in a bed, in a package with that night, or under way."""


class Clock:
    """The time now; tests and benchmarks hand in a fixed one."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed

    def now(self) -> datetime:
        """Return the present instant in WITA."""
        return self._fixed or datetime.now(WITA)

    def today(self) -> date:
        """Return the present date in WITA."""
        return self.now().astimezone(WITA).date()


@dataclass(frozen=True)
class Calendar:
    """Counts seconds from 00:00 WITA of `first_day`."""

    first_day: date

    def seconds(self, instant: datetime) -> int:
        """Return seconds from the first midnight to `instant`."""
        start = datetime.combine(self.first_day, time(), WITA)
        return int((instant.astimezone(WITA) - start).total_seconds())

    def instant(self, seconds: int) -> datetime:
        """Return the aware instant `seconds` after the first midnight."""
        return datetime.combine(self.first_day, time(), WITA) + timedelta(seconds=int(seconds))

    def iso(self, seconds: int) -> str:
        """Return ISO 8601 with the islands' offset."""
        return self.instant(seconds).isoformat()

    def day(self, index: int) -> date:
        """Return the date `index` days after the first day."""
        return self.first_day + timedelta(days=int(index))

    def index(self, day: date) -> int:
        """Return how many days `day` lies after the first day."""
        return (day - self.first_day).days


def clock_seconds(text: str) -> int:
    """Return seconds since midnight of `HH:MM`."""
    hours, minutes = text.split(":")[:2]
    return int(hours) * HOUR + int(minutes) * MINUTE


def night_marks(start_s: int, end_s: int) -> range:
    """Return the days whose 03:00 lies in [start_s, end_s): those nights need a bed, a package or a vehicle."""
    first = -((NIGHT_MARK - start_s) // DAY)
    last = -((NIGHT_MARK - end_s) // DAY)
    return range(first, last)
