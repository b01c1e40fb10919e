"""Write a planned trip as a calendar file: every event is tentative, since nothing of a plan is held."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from icalendar import Event

from planner.travellers.trip_sheet import amount, name_of, sure
from planner.web import calendar_file, filters, trip_view, words
from planner.web.atlas import Atlas

Item = Mapping[str, Any]


def plan_calendar(plan: Mapping[str, Any], atlas: Atlas, address: str, now: datetime) -> bytes:
    """Return a plan as a calendar file in the reader's language; `address` leads to the trip's page."""
    calendar = calendar_file.begin_calendar(
        _("Plan: %(title)s", title=trip_view.title(plan, atlas)),
    )
    for item in sorted(plan["items"], key=trip_view.begins):
        if is_event(item):
            calendar.add_component(_event(plan, item, atlas, address, now))
    return calendar_file.finish_calendar(calendar)


def is_event(item: Item) -> bool:
    """Tell what belongs into a calendar: all but fees, and ways that cost nothing such as a walk."""
    return item["kind"] != "fee" and (item["kind"] != "transfer" or item["price"]["amount"] > 0)


def uid_of(plan: Mapping[str, Any], item: Item) -> str:
    """Return a name that stays with a part of a plan, whatever its neighbours are."""
    what = [item.get(key) for key in ("kind", "route_id", "trip_id", "product_id", "place_id")]
    told = repr((plan["id"], what, trip_view.begins(item), trip_view.ends(item)))
    return f"plan-{hashlib.sha256(told.encode()).hexdigest()[:24]}@lintas"


def _event(plan: Mapping[str, Any], item: Item, atlas: Atlas, address: str, now: datetime) -> Event:
    is_stay = item["kind"] == "stay"
    begins, ends = _moment(trip_view.begins(item)), _moment(trip_view.ends(item))
    event = calendar_file.begin_event(uid_of(plan, item), 0, now, begins, ends, is_stay)
    what = str(words.MODES.get(str(item.get("mode")), "")) if item["kind"] in ("leg", "transfer") else ""
    event.add("summary", f"{what}: {name_of(item, atlas)}" if what else name_of(item, atlas))
    start = str(item["place_id"]) if is_stay else trip_view.ends_at(item)[0]
    event.add("location", atlas.name(start))
    point = atlas.places.get(start) or atlas.hubs.get(start)
    if point:
        event.add("geo", (float(point["lat"]), float(point["lon"])))
    event.add("status", "TENTATIVE")
    event.add("url", address)
    event.add("description", "\n".join(_facts(item, atlas)))
    if item.get("check_in_by"):
        check_in = datetime.fromisoformat(item["check_in_by"])
        clock = filters.clock(item["check_in_by"])
        event.add_component(calendar_file.alarm_before(check_in, begins, name_of(item, atlas), clock))
    return event


def _moment(stamp: str) -> datetime:
    """An instant; a day alone begins at midnight in the islands."""
    moment = datetime.fromisoformat(stamp)
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar_file.ZONE)


def _facts(item: Item, atlas: Atlas) -> list[str]:
    said = [_("Planned, not booked.")]
    if item["kind"] != "stay":
        said += trip_view.part_of(item, atlas).facts
    if item["price"]["amount"]:
        sold = str(words.SOLD.get(str(item["sold"]), ""))
        said.append(f"{amount(item)}, {sure(item)}, {sold}")
    return said
