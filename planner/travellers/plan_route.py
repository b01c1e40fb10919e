"""Read the stops and ways of a planned trip for maps on telephones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from planner.travellers.trip_sheet import name_of
from planner.web import filters, gpx, trip_view, words
from planner.web.atlas import Atlas

MOVES = ("leg", "transfer", "package")


def plan_route(plan: Mapping[str, Any], atlas: Atlas, address: str, now: datetime) -> bytes:
    """Return a plan as GPX in the reader's language; `address` leads to the trip's page."""
    span = trip_view.days_of(plan)
    text = _("%(span)s. A plan, not a booking. Lines join places; they are not the course sailed or driven.",
             span=filters.span(span[0], span[-1]))  # fmt: skip
    return gpx.write(trip_view.title(plan, atlas), text, address, now, stops(plan, atlas), ways(plan, atlas))


def stops(plan: Mapping[str, Any], atlas: Atlas) -> list[gpx.Point]:
    """The numbered stops of the trip's map, in order of travel."""
    drawn = trip_view.charts(plan, atlas, 1)
    found = []
    for pin in drawn[0].pins if drawn else ():
        days = ", ".join(str(day) for day in pin.days)
        point = _point(pin.place_id, atlas, f"{pin.number} {pin.name}", _("Day %(n)s", n=days) if days else "")
        if point:
            found.append(point)
    return found


def ways(plan: Mapping[str, Any], atlas: Atlas) -> list[gpx.Way]:
    """Each movement from place to place, with its hours and its mode; a tour by the places that it visits."""
    found = []
    for item in sorted((i for i in plan["items"] if i["kind"] in MOVES), key=trip_view.begins):
        start, end = trip_view.ends_at(item)
        places = [start, *(item.get("visits") or () if item["kind"] == "package" else ()), end]
        points = [p for p in (_point(place, atlas, atlas.name(place)) for place in places) if p]
        points = [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]
        if len(points) < 2:
            continue
        mode = str(words.MODES.get(str(item.get("mode")), "")) or _("Tour")
        when = f"{filters.day(trip_view.begins(item))}, {filters.clock(trip_view.begins(item))}"
        text = _("%(mode)s, %(when)s to %(time)s WITA", mode=mode, when=when, time=filters.clock(trip_view.ends(item)))
        found.append(gpx.Way(name_of(item, atlas), text, str(item.get("mode") or "tour"), points))
    return found


def _point(stop_id: str, atlas: Atlas, name: str, text: str = "") -> gpx.Point | None:
    row = atlas.places.get(stop_id) or atlas.hubs.get(stop_id)
    return gpx.Point(float(row["lat"]), float(row["lon"]), name, text) if row else None
