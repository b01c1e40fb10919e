"""What may stand in a plan instead of a part or beside it: tours of a day, other ways between two stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from planner.design.brief import TripBrief
from planner.design.designer import Designer, Short
from planner.design.edits import days_of, stretch_at
from planner.design.items import ItemMaker
from planner.design.journeys import Journey, journeys_between
from planner.design.problem import Trip, package_days, package_problem
from planner.design.rules import silences
from planner.design.tariffs import build_tariff
from planner.values.times import DAY, WITA


def places_on(itinerary: Mapping[str, Any], on: date) -> dict[str, datetime]:
    """Return where a party wakes up and where it sleeps on a day, and from when it is there."""
    midnight = datetime.combine(on, time(0), WITA)
    found: dict[str, datetime] = {}
    items = itinerary["items"]
    for number, item in enumerate(items):
        if item["kind"] != "stay":
            continue
        first, last = days_of(item)
        if first < on <= last:
            found[str(item["place_id"])] = midnight
        elif first == on:
            came = [_ends(one) for one in items[:number] if one["kind"] in ("leg", "transfer")]
            found.setdefault(str(item["place_id"]), max([midnight, *came]))
    return found


def _ends(item: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(item["ends"] if item["kind"] == "package" else item["arrives"])


def tours_on(
    designer: Designer, brief: TripBrief, itinerary: Mapping[str, Any], on: date, short: Short
) -> list[dict[str, Any]]:
    """Return the packages that could start on a day where the party is, as items, those of the day's length first.

    A package that is in the plan already is not among them. Whether one fits beside the rest shows when it is planned.
    """
    catalogue, timetable = designer.catalogue, designer.router.network.timetable
    here = places_on(itinerary, on)
    had = {item["product_id"] for item in itinerary["items"] if item["kind"] == "package"}
    asked = TripBrief(
        brief.entry_hub, datetime.combine(on, time(12), WITA), brief.exit_hub, brief.exit_by, brief.party,
        avoid=brief.avoid, avoid_modes=brief.avoid_modes,
    )  # fmt: skip
    tariff = build_tariff(catalogue, timetable, brief.party, ())
    make = ItemMaker(Trip.bare(asked, tariff), catalogue, timetable, designer.clock.today())
    silent, now = silences(catalogue), designer.clock.now()
    found = []
    for package in catalogue.packages:
        since = here.get(catalogue.stops.town(package.start_id))
        if package.id in had or since is None:
            continue
        if package_problem(asked, catalogue, package):
            continue
        if not package_days(asked, catalogue, package, [on], now, short, silent)[0]:
            continue
        day_s = asked.calendar.index(on) * DAY
        starts = [start_s for start_s in package.starts_s if asked.calendar.seconds(since) <= day_s + start_s]
        found += [make.package(package, day_s + start_s) for start_s in starts[:2]]
    return [item.as_json() for item in sorted(found, key=lambda one: (one.nights, one.start_s, one.price))]


def ways_instead(designer: Designer, brief: TripBrief, itinerary: Mapping[str, Any], number: int) -> list[Journey]:
    """Return other ways than the one that a leg is part of, on its day, by what runs to a timetable.

    Raises:
        NoSuchPart: the plan has no such leg.
    """
    stretch = stretch_at(itinerary, number)
    items = itinerary["items"]
    now = tuple(_run(items[n]) for n in stretch.numbers if items[n]["kind"] == "leg")
    before = [_ends(item) for item in items[: stretch.numbers[0]] if item["kind"] == "package"]
    since = max([brief.entry_at, *before])
    cheapest: dict[tuple[tuple[str, str], ...], Journey] = {}
    for way in journeys_between(designer, stretch.from_id, stretch.to_id, stretch.on, brief.party):
        runs = tuple(runs_of(way))
        if not runs or runs == now or not _is_possible(way, brief, since):
            continue
        if runs not in cheapest or way.price < cheapest[runs].price:
            cheapest[runs] = way
    return list(cheapest.values())


def runs_of(way: Journey) -> list[tuple[str, str]]:
    """Return the runs of a way: trip id and day of service of each leg."""
    return [_run(item.body) for item in way.items if item.kind == "leg"]


def _run(leg: Mapping[str, Any]) -> tuple[str, str]:
    return str(leg["trip_id"]), str(leg["service_date"])


def _is_possible(way: Journey, brief: TripBrief, since: datetime) -> bool:
    """Tell whether a way lies between the end of what comes before and the exit, and uses no mode to be avoided."""
    departs, arrives = datetime.fromisoformat(way.departs), datetime.fromisoformat(way.arrives)
    is_within = since <= departs and arrives <= brief.exit_by
    return is_within and not any(item.mode in brief.avoid_modes for item in way.items)
