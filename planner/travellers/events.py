"""The joint calendar of three provinces: a month as a grid or a list, and the same as a calendar to subscribe to."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from planner.errors import NotFound
from planner.travellers.places import ISLAND_ORDER, island_of
from planner.travellers.planning import today
from planner.web import words
from planner.web.addresses import whole_address
from planner.web.atlas import Atlas, Row, event_dates, in_service
from planner.web.event_calendar import calendar_of
from planner.web.i18n import LANGUAGES, address_language
from planner.web.words import PROVINCES

pages = Blueprint("events", __name__)
NAMES = {
    cloth: name for name, cloth in PROVINCES.items() if name in ("Bali", "West Nusa Tenggara", "East Nusa Tenggara")
}
LONG_DAYS = 10
"""What lasts longer stands above the grid: in each of its cells it would drown the rest."""
SEASON_DAYS = 45


class NoSuchCalendar(NotFound):
    """No province has this calendar."""

    default_code = "no_such_calendar"


@dataclass
class Happening:
    """An event with one of its spans."""

    id: str
    first: date
    last: date
    row: Row
    cloth: str
    places: list[tuple[str, str]]

    @property
    def days(self) -> int:
        """Days with the first and the last."""
        return (self.last - self.first).days + 1

    @property
    def is_long(self) -> bool:
        """Whether it is a season rather than a date."""
        return self.days > LONG_DAYS


@dataclass
class Cell:
    """A day of the grid."""

    on: date
    is_here: bool
    events: list[Happening]


def happenings(atlas: Atlas, first: date, last: date, province: str = "", island: str = "") -> list[Happening]:
    """The events that touch a span, by date; those of one province and island where they are given."""
    found = []
    for start, end, row in atlas.events_between(first, last):
        places = [place for place in row["place_ids"].split(";") if place]
        if province and row["province"] not in (NAMES[province], "all"):
            continue
        if island and places and not any(island_of(atlas.places[p]["island"]) == island for p in places):
            continue
        cloth = PROVINCES.get(row["province"], "")
        found.append(Happening(row["event_id"], start, end, row, cloth, [(p, atlas.name(p)) for p in places]))
    return found


def years(atlas: Atlas) -> list[int]:
    """The years that the calendar knows."""
    return sorted({start.year for row in atlas.tables.events for start, _end in event_dates(row)})


@pages.get("/events")
def show_events() -> str:
    """A month of events for one province or island, or for all."""
    atlas, now = in_service(), today()
    province, island = request.args.get("province", ""), request.args.get("island", "")
    province = province if province in NAMES else ""
    island = island if island in ISLAND_ORDER else ""
    known = years(atlas)
    month = _month(request.args.get("month", ""), now, known)
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    found = happenings(atlas, month, last, province, island)
    counts = dict.fromkeys(range(1, 13), 0)
    for one in happenings(atlas, date(month.year, 1, 1), date(month.year, 12, 31), province, island):
        if one.days <= SEASON_DAYS:
            for n in {max(one.first, date(month.year, 1, 1)).month, min(one.last, date(month.year, 12, 31)).month}:
                counts[n] += 1

    def address(**changed: Any) -> str:
        kept = {"month": month.strftime("%Y-%m"), "province": province, "island": island} | changed
        return url_for("travellers.events.show_events", **{k: v for k, v in kept.items() if v})

    return render_template(
        "travellers/events/show_events.html",
        now=now,
        month=month,
        years=known,
        counts=counts,
        events=sorted(found, key=lambda one: one.is_long),
        long=[one for one in found if one.is_long],
        weeks=_weeks(month, [one for one in found if not one.is_long]),
        earlier=_step(month, -1, known),
        later=_step(month, 1, known),
        province=province,
        provinces=NAMES,
        island=island,
        islands=ISLAND_ORDER,
        address=address,
        atlas=atlas,
        crowding=words.CROWDING,
        kinds=words.EVENT_KINDS,
    )


@pages.get("/events.ics", defaults={"province": ""})
@pages.get("/events/<province>.ics")
def show_calendar(province: str) -> Response:
    """All events of every known year as an iCalendar feed, of all provinces or of one.

    Calendar programs name no language; an address below `/id` does, and elsewhere `?lang=id`.
    """
    if province and province not in NAMES:
        raise NoSuchCalendar(province)
    atlas = in_service()
    known = years(atlas)
    found = happenings(atlas, date(known[0], 1, 1), date(known[-1], 12, 31), province) if known else []
    language = address_language() or request.args.get("lang", "")
    body = calendar_of(
        [(one.id, one.first, one.last, one.row, [name for _id, name in one.places]) for one in found],
        NAMES.get(province, ""),
        language if language in LANGUAGES else "",
        whole_address(url_for("travellers.events.show_events")),
    )
    answer = Response(body, mimetype="text/calendar")
    name = f"lintas-events-{province}.ics" if province else "lintas-events.ics"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _month(text: str, now: date, known: list[int]) -> date:
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = now.replace(day=1)
    year = min(max(asked.year, known[0]), known[-1]) if known else asked.year
    return asked.replace(year=year)


def _step(month: date, by: int, known: list[int]) -> date | None:
    other = (month + timedelta(days=31 if by > 0 else -1)).replace(day=1)
    return other if other.year in known else None


def _weeks(month: date, events: list[Happening]) -> list[list[Cell]]:
    return [
        [Cell(on, on.month == month.month, [e for e in events if e.first <= on <= e.last]) for on in week]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]
