"""Says why a plan is as it is: its order, its waits, its rules, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planner.design.answer import Reason
from planner.design.catalogue import Catalogue
from planner.design.itinerary import Item, Itinerary
from planner.design.rules import Verdict, seasonal_rules, verdict
from planner.network.snapshot import Timetable

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_LEFT_OUT = 2
VISA_DAYS = 30


def explain(
    itinerary: Itinerary, shown: Sequence[Itinerary], catalogue: Catalogue, timetable: Timetable
) -> tuple[Reason, ...]:
    """Return the reasons of one itinerary among those shown."""
    reasons = [_order(itinerary, catalogue)]
    reasons += _rare_services(itinerary, catalogue, timetable)
    reasons += _spare_time(itinerary, catalogue)
    reasons += _nights_before(itinerary, catalogue)
    reasons += _compared(itinerary, shown)
    reasons += _left_out(itinerary, catalogue)
    return tuple(reason for reason in reasons if reason)


def _places(itinerary: Itinerary) -> list[str]:
    order: list[str] = []
    for item in itinerary.items:
        place = item.body.get("place_id") if item.kind == "stay" else None
        if place and (not order or order[-1] != place):
            order.append(str(place))
    return order


def _order(itinerary: Itinerary, catalogue: Catalogue) -> Reason:
    names = [catalogue.stops.name(place) for place in _places(itinerary)]
    hours = round(itinerary.transit_min / 60)
    if not names:
        return Reason("day_trip", f"A day trip with {hours} h on the move.", {"hours": hours})
    return Reason(
        "order",
        f"Order of nights: {', '.join(names)}. On these dates it joins them with {hours} h on the move.",
        {"places": names, "hours": hours},
    )


def _rare_services(itinerary: Itinerary, catalogue: Catalogue, timetable: Timetable) -> list[Reason]:
    found = []
    for item in itinerary.items:
        if item.kind != "leg":
            continue
        trip = timetable.trip_ids.index(str(item.body["trip_id"]))
        service = int(timetable.trip_service[trip])
        start = (date.fromisoformat(str(item.body["service_date"])) - timetable.first_day).days
        week = [bool(timetable.runs[service, start + i]) for i in range(7) if 0 <= start + i < timetable.runs.shape[1]]
        if 0 < sum(week) < 5:
            weekdays = sorted({(timetable.first_day.weekday() + start + i) % 7 for i, runs in enumerate(week) if runs})
            days = [DAYS[number] for number in weekdays]
            names = [catalogue.stops.name(str(item.body[end])) for end in ("from_stop", "to_stop")]
            found.append(
                Reason(
                    "runs_on_few_days",
                    f"{names[0]} to {names[1]} runs only on {', '.join(days)} that week; the nights before fit it.",
                    {"from": names[0], "to": names[1], "days": days},
                )
            )
    return found


def _spare_time(itinerary: Itinerary, catalogue: Catalogue) -> list[Reason]:
    rough = [item for item in itinerary.items if item.exposed_end_s >= 0]
    if not rough:
        return []
    spare_h = (itinerary.trip.problem.exit_s - max(item.exposed_end_s for item in rough)) // 3600
    return [
        Reason(
            "spare_after_rough_sea",
            f"{spare_h} h lie between the last exposed crossing and the way home, in case it does not sail.",
            {"hours": int(spare_h)},
            "RL-SPARE-DAY",
        )
    ]


def _nights_before(itinerary: Itinerary, catalogue: Catalogue) -> list[Reason]:
    found = []
    for item in itinerary.items:
        package = catalogue.package.get(str(item.body.get("product_id")))
        if item.kind == "package" and package and package.needs_night_before and package.days > 1:
            town = catalogue.stops.name(catalogue.stops.town(package.start_id))
            found.append(
                Reason(
                    "night_before",
                    f"The night before {package.title} is spent in {town}: a late arrival does not cost the departure.",
                    {"package": package.title, "place": town},
                    "RL-NIGHT-BEFORE",
                )
            )
    return found


def _compared(itinerary: Itinerary, shown: Sequence[Itinerary]) -> list[Reason]:
    best = next((one for one in shown if one.label == "best"), None)
    if best is None or itinerary.label in ("", "best") or best.key == itinerary.key:
        return []
    saved, hours = best.price - itinerary.price, round((best.transit_min - itinerary.transit_min) / 60)
    texts = {
        "cheapest": f"The least dear of those found: IDR {saved:,} less than the best balance.",
        "least_travel": f"The least travel of those found: {hours} h less on the move than the best balance.",
        "calmest": "The calmest crossings of those found.",
        "greenest": f"The least CO2 of those found: {itinerary.co2_kg:.0f} kg for the party.",
    }
    return [
        Reason(
            itinerary.label,
            texts[itinerary.label],
            {"saved": saved, "hours": hours, "co2_kg": itinerary.co2_kg},
        )
    ]


def _left_out(itinerary: Itinerary, catalogue: Catalogue) -> list[Reason]:
    missed = [
        place
        for place in (catalogue.stops.ids[node] for node in itinerary.trip.nodes)
        if catalogue.stops.is_place(place) and place not in itinerary.visited
    ]
    weights = dict(itinerary.trip.brief.interests)
    ranked = sorted(
        missed,
        key=lambda p: (
            -max((weights.get(t, 0) for t in catalogue.stops.places[p]["interests"].split(";")), default=0),
            p,
        ),
    )[:MOST_LEFT_OUT]
    return [
        Reason(
            "left_out",
            f"{catalogue.stops.name(place)} was left out: with it the rest would cost more time or money than it adds.",
            {"place": catalogue.stops.name(place)},
        )
        for place in ranked
    ]


def verdicts(itinerary: Itinerary, catalogue: Catalogue) -> tuple[Verdict, ...]:
    """Return every rule that touches an itinerary: of its items, its vehicles, its dates and its connections."""
    found: dict[str, str] = {}

    def note(rule_id: str, said: str = "") -> None:
        if rule_id in catalogue.rules:
            found.setdefault(rule_id, said)

    for item in itinerary.items:
        for rule_id in item.rule_ids:
            note(rule_id)
        for rule_id in _of_vehicle(item):
            note(rule_id)
    packages = [catalogue.package[str(i.body["product_id"])] for i in itinerary.items if i.kind == "package"]
    if any(package.is_dive for package in packages):
        note("RL-DIVE-FLY", "kept")
        note("RL-DIVE-ALT", "kept")
    if any(package.needs_night_before for package in packages):
        note("RL-NIGHT-BEFORE", "kept")
    if any(item.exposed_end_s >= 0 for item in itinerary.items):
        note("RL-SPARE-DAY", "kept")
    if any(i.mode == "fast_boat" for i in itinerary.items) and any(i.mode == "flight" for i in itinerary.items):
        note("RL-FB-FLIGHT", "kept")
    if any(i.exposure and i.body.get("area_id") == "komodo" for i in itinerary.items):
        note("RL-KSOP")
    days = itinerary.dates()
    if itinerary.trip.brief.party.residency == "foreign" and len(days) > VISA_DAYS:
        note("RL-VOA", "warning")
    for rule_id in seasonal_rules(catalogue, days, set(itinerary.visited)):
        note(rule_id)
    return tuple(verdict(catalogue, rule_id, said) for rule_id, said in found.items())


def _of_vehicle(item: Item) -> list[str]:
    if item.mode == "flight":
        ash = ["RL-ASH"] if {item.body["from_stop"], item.body["to_stop"]} & {"MOF", "LKA"} else []
        operators = str(item.body["operator"])
        bags = [rule for rule, name in (("RL-BAG-ATR", "Wings"), ("RL-BAG-CITILINK", "Citilink")) if name in operators]
        return ["RL-CHECKIN-AIR", *bags, *ash]
    if item.mode == "fast_boat":
        gate = ["RL-GILI-GATE"] if str(item.body["from_stop"]).startswith("H-GILI") else []
        return ["RL-CHECKIN-FB", "RL-BAG-BOAT", "RL-WAVE", *gate]
    if item.mode == "ferry":
        return ["RL-FERRY-REFUND", "RL-WAVE"]
    return []
