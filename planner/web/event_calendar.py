"""Write the joint calendar of events as an iCalendar feed (RFC 5545): whole days, each entry under an id that stays."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar, Event

from planner.web import filters, words
from planner.web.atlas import Row
from planner.web.calendar_file import PRODUCT, ZONE
from planner.web.services import services

Happening = tuple[str, date, date, Row, list[str]]
"""Id, first and last day, the row, and the names of its places."""
LOOK_AGAIN = timedelta(days=1)


def calendar_of(happenings: Iterable[Happening], province: str, language: str, address: str) -> bytes:
    """Return events as a calendar in a language, or in the reader's where none is given."""
    with force_locale(language) if language else nullcontext():
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        name = _("Events: %(where)s", where=filters.say(province) if province else _("Bali to Flores"))
        calendar.add("x-wr-calname", name)
        calendar.add("name", name)
        calendar.add("x-wr-timezone", ZONE.key)
        calendar.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
        calendar.add("url", address)
        stamp = datetime.combine(services().clock.now().astimezone(ZONE).date(), time(), ZONE)
        for happening in happenings:
            calendar.add_component(_event(happening, stamp, address))
        return bytes(calendar.to_ical())


def _event(happening: Happening, stamp: datetime, address: str) -> Event:
    event_id, first, last, row, places = happening
    event = Event()
    event.add("uid", f"{event_id}-{first:%Y%m%d}@lintas")
    event.add("dtstamp", stamp)
    event.add("summary", filters.say(row["name"]))
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if row["date_confidence"] == "verified" else "TENTATIVE")
    event.add("categories", [str(words.EVENT_KINDS.get(row["kind"], row["kind"]))])
    where = _("all provinces") if row["province"] == "all" and not places else filters.say(row["area"])
    event.add("location", ", ".join([where, *places[:3]]) if len(places) < 4 else where)
    event.add("description", "\n".join(_told(row)))
    event.add("url", f"{address}?month={first:%Y-%m}#{event_id}")
    return event


def _told(row: Row) -> list[str]:
    told = [_("Date: %(sure)s", sure=words.SURE.get(row["date_confidence"], row["date_confidence"]))]
    if row["closes"]:
        told.append(_("May be closed or full") + ": " + filters.say(row["closes"]))
    told.append(f"{_('Crowding')}: {words.CROWDING[int(row['crowding_0_3'])]}")
    if row["source"].startswith("none found"):
        return [*told, _("no page found; our own reasoning")]
    return [*told, _("Source") + ": " + ", ".join(filters.say(part) for part in row["source"].split(" | "))]
