"""Which events touch a trip, and on which of its days: at the places it is at, or everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from planner.web import trip_view
from planner.web.atlas import Atlas, Row

EVERYWHERE_DAYS = 4
"""What happens everywhere is told day by day only if it is as short as a holy day; a season would stand on each."""

Spanned = tuple[date, date, Row]


def touching(plan: Mapping[str, Any], atlas: Atlas) -> list[Spanned]:
    """The events of a trip's dates at one of its places, and those everywhere that close something."""
    span = trip_view.days_of(plan)
    places = set(trip_view.sleeping_places(plan)) | {v for i in plan["items"] for v in i.get("visits") or ()}
    return [e for e in atlas.events_between(span[0], span[-1]) if _concerns(e[2], places)]


def _concerns(event: Row, places: set[str]) -> bool:
    wanted = set(filter(None, event["place_ids"].split(";")))
    return bool(wanted & places) if wanted else bool(event["closes"])


def by_day(days: Sequence[trip_view.Day], atlas: Atlas) -> dict[int, list[Row]]:
    """The events of each day of the timeline, by its number: what goes on where the party is on that day."""
    if not days:
        return {}
    events = atlas.events_between(days[0].on, days[-1].on)
    found: dict[int, list[Row]] = {}
    before: set[str] = set()
    for day in days:
        night = _places_of(day.night, atlas) if day.night else set()
        here = before | night | {place for part in day.parts for place in _places_of(part.item, atlas)}
        found[day.number] = [
            row for first, last, row in events if first <= day.on <= last and _is_told(row, last - first, here)
        ]
        before = night
    return found


def _is_told(event: Row, length: timedelta, here: set[str]) -> bool:
    wanted = set(filter(None, event["place_ids"].split(";")))
    return bool(wanted & here) if wanted else length.days < EVERYWHERE_DAYS


def _places_of(item: Mapping[str, Any], atlas: Atlas) -> set[str]:
    ends = trip_view.ends_at(item)
    return {atlas.town(stop) for stop in (*ends, *(item.get("visits") or ()), str(item.get("place_id") or "")) if stop}
