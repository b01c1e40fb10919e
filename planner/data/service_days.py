"""Decides on which dates a timetabled departure runs: weekdays, fortnights, seasons, Nyepi and the first day of Eid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(2026, 11, 24)
LAST_DAY = date(2028, 12, 31)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_YEAR = tuple(range(1, 13))

BOATS = frozenset({"ferry", "fast_boat", "public_boat", "ship"})
ROAD_LINES = frozenset({"bus", "shuttle"})
EID_GROUPS = frozenset({"FG-BUS-LOCAL", "FG-BUS-LONG", "FG-PUBLICBOAT"})
EID_PROVINCE = "West Nusa Tenggara"
NYEPI_PROVINCE = "Bali"

_DAY_MIN = 24 * 60
_NYEPI_STARTS = 6 * 60
_NYEPI_ENDS = _DAY_MIN + 6 * 60
_LAST_BOAT_FROM_BALI = 3 * 60
_FIRST_BOAT_FROM_BALI = _DAY_MIN + 9 * 60
_LAST_BOAT_TO_BALI = 20 * 60 - _DAY_MIN
_ROADS_CLOSE = 16 * 60 - _DAY_MIN


@dataclass(frozen=True)
class Departure:
    """One vehicle of the day; minutes count from midnight (WITA) of the service date."""

    mode: str
    fare_group: str
    from_province: str
    to_province: str
    departs_min: int
    arrives_min: int


def list_months(text: str) -> tuple[int, ...]:
    """Read `4-11`, `1-3;7` or `11-2` (over the new year) as months in order."""
    months: set[int] = set()
    for part in filter(None, text.split(";")):
        first, _, last = part.partition("-")
        month, until = int(first), int(last or first)
        months.add(month)
        while month != until:
            month = month % 12 + 1
            months.add(month)
    return tuple(sorted(months)) or ALL_YEAR


def list_weekdays(text: str) -> tuple[int, ...]:
    """Read `daily` or `Mon;Thu` as numbers, 0 = Monday."""
    if text == "daily":
        return tuple(range(7))
    return tuple(sorted(WEEKDAYS.index(day) for day in text.split(";")))


def list_days(first: date, last: date) -> list[date]:
    """Name every date from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def list_regular_dates(days: str, months: Iterable[int]) -> list[date]:
    """Name the dates of a pattern (`daily`, weekdays, `every14d:DATE`) in its season, closures not yet taken out."""
    in_season = set(months)
    fortnight = re.fullmatch(r"every(\d+)d:(\d{4}-\d\d-\d\d)", days)
    if fortnight:
        step, start = int(fortnight[1]), date.fromisoformat(fortnight[2])
        return [
            day
            for day in list_days(max(start, FIRST_DAY), LAST_DAY)
            if (day - start).days % step == 0 and day.month in in_season
        ]
    weekdays = set(list_weekdays(days))
    return [day for day in list_days(FIRST_DAY, LAST_DAY) if day.weekday() in weekdays and day.month in in_season]


def list_nyepi_days(rules: Iterable[Mapping[str, str]]) -> list[date]:
    """Read the days of silence from the closures of the island of Bali."""
    return sorted(
        date.fromisoformat(rule["effective_from"][:10]) for rule in rules if rule["rule_id"].startswith("RL-NYEPI-")
    )


def list_eid_days(events: Iterable[Mapping[str, str]]) -> list[date]:
    """Read the first day of each Eid from the events."""
    firsts = [
        event[column].split("..")[0]
        for event in events
        if event["event_id"] == "EV-EID"
        for column in ("dates_2026", "dates_2027", "dates_2028")
    ]
    return sorted(date.fromisoformat(first) for first in firsts if first)


def is_stopped_by_nyepi(departure: Departure, service_date: date, nyepi: date) -> bool:
    """Tell whether the closure of Bali around `nyepi` takes this departure out.

    flights          leave or land in Bali inside          [D 06:00, D+1 06:00)
    boats from Bali  leave                                 [D 03:01, D+1 09:00)
    boats to Bali    leave after D-1 20:00 and land before  D+1 06:00, or land inside [D 06:00, D+1 06:00)
    buses, shuttles  are on the road inside                [D-1 16:00, D+1 06:00)
    """
    shift = (service_date - nyepi).days * _DAY_MIN
    departs, arrives = departure.departs_min + shift, departure.arrives_min + shift
    from_bali = departure.from_province == NYEPI_PROVINCE
    to_bali = departure.to_province == NYEPI_PROVINCE
    lands_closed = to_bali and _NYEPI_STARTS <= arrives < _NYEPI_ENDS
    if departure.mode == "flight":
        return lands_closed or (from_bali and _NYEPI_STARTS <= departs < _NYEPI_ENDS)
    if departure.mode in BOATS:
        leaves_closed = from_bali and _LAST_BOAT_FROM_BALI < departs < _FIRST_BOAT_FROM_BALI
        comes_late = to_bali and departs > _LAST_BOAT_TO_BALI and arrives < _NYEPI_ENDS
        return leaves_closed or comes_late or lands_closed
    if departure.mode in ROAD_LINES:
        return (from_bali or to_bali) and departs < _NYEPI_ENDS and arrives > _ROADS_CLOSE
    return False


def is_stopped_by_eid(departure: Departure, service_date: date, eid_days: Iterable[date]) -> bool:
    """Tell whether a local line of West Nusa Tenggara rests on the first day of Eid (our judgement)."""
    return (
        departure.fare_group in EID_GROUPS and departure.from_province == EID_PROVINCE and service_date in set(eid_days)
    )
