"""Point 2: every leg stands in the timetable, every transfer is a row, every package runs then and has room."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from .data import at, months
from .plan import Move, Plan, Violation, day

SAME_DAY = "per boat, return same day"


def check_legs(plan: Plan) -> Iterator[Violation]:
    for leg in plan.legs:
        item, trip = leg.item, plan.data.trips.get(leg.item["trip_id"])
        row = plan.data.routes.get(item["route_id"])
        if trip is None or row is None:
            yield Violation(2, leg.name, f"trip {item['trip_id']} is not in the timetable")
            continue
        service = day(item["service_date"])
        if trip.route_id != item["route_id"]:
            yield Violation(2, leg.name, f"trip {item['trip_id']} belongs to {trip.route_id}")
        if plan.data.modes.get(trip.route_id) != leg.mode:
            yield Violation(2, leg.name, f"mode is {leg.mode}, the timetable says {plan.data.modes.get(trip.route_id)}")
        if not plan.data.runs_on(trip.service_id, service):
            yield Violation(2, leg.name, f"does not run on {service}")
        if service.month not in months(row["season_months"]):
            yield Violation(2, leg.name, f"runs only in the months {row['season_months']}")
        if int(row["seats"]) < plan.heads:
            yield Violation(2, leg.name, f"{row['seats']} seats for {plan.heads}")
        stops = [c.stop_id for c in trip.calls]
        if leg.origin not in stops or leg.goal not in stops[stops.index(leg.origin) + 1 :]:
            yield Violation(2, leg.name, f"the trip goes {' - '.join(stops)}")
            continue
        departs = at(service, trip.calls[stops.index(leg.origin)].departs_s)
        arrives = at(service, trip.calls[stops.index(leg.goal)].arrives_s)
        if (leg.starts, leg.ends) != (departs, arrives):
            yield Violation(2, leg.name, f"the timetable says {departs:%d %b %H:%M} to {arrives:%d %b %H:%M}")


def check_transfers(plan: Plan) -> Iterator[Violation]:
    for move in plan.transfers:
        row = plan.data.transfers.get(move.item["route_id"])
        if row is None:
            yield Violation(2, move.name, "is no row of the transfers")
            continue
        is_out = (move.origin, move.goal) == (row["from_id"], row["to_id"])
        is_back = (move.origin, move.goal) == (row["to_id"], row["from_id"]) and row["bidirectional"] == "1"
        if not is_out and not is_back:
            yield Violation(2, move.name, f"the row joins {row['from_id']} and {row['to_id']}")
            continue
        least = int(row["dur_back_typ"] or row["dur_min_typ"]) if is_back else int(row["dur_min_typ"])
        if move.minutes < least:
            yield Violation(2, move.name, f"takes {move.minutes} minutes, typical are {least}")
        if move.mode != row["mode"]:
            yield Violation(2, move.name, f"mode is {move.mode}, the row says {row['mode']}")
        if move.starts.month not in months(row["season_months"]):
            yield Violation(2, move.name, f"runs only in the months {row['season_months']}")
        if row["price_basis"] == SAME_DAY and len(same_day(plan, move)) % 2:
            yield Violation(2, move.name, "is sold out and back on one day, never one way")


def same_day(plan: Plan, move: Move) -> list[Move]:
    """List the transfers of one route on the day of a movement."""
    return [
        m
        for m in plan.transfers
        if m.item["route_id"] == move.item["route_id"] and m.starts.date() == move.starts.date()
    ]


def check_packages(plan: Plan) -> Iterator[Violation]:
    for move in plan.packages:
        product = plan.data.package(move.item["product_id"])
        if product is None:
            yield Violation(2, move.name, "is no package of the catalogue")
            continue
        facts, date = product["lintas"], move.starts.date()
        if (move.origin, move.goal) != (facts["start_id"], facts["end_id"]):
            yield Violation(2, move.name, f"goes from {facts['start_id']} to {facts['end_id']}")
        if move.item["option_id"] != product["options"][0]["id"]:
            yield Violation(2, move.name, f"has no option {move.item['option_id']}")
        if sorted(move.item["visits"]) != sorted(facts["visits"]):
            yield Violation(2, move.name, f"visits {facts['visits']}")
        if f"{move.starts:%H:%M}" not in plan.data.start_times(product):
            yield Violation(2, move.name, f"starts at {plan.data.start_times(product)}, not {move.starts:%H:%M}")
        if move.ends != at(date + timedelta(days=facts["duration_days"] - 1), facts["end_time"]):
            yield Violation(2, move.name, f"ends on day {facts['duration_days']} at {facts['end_time']}")
        if date.weekday() not in facts["days_of_week"]:
            yield Violation(2, move.name, f"does not run on a {date:%A}")
        if date.month not in facts["season_months"]:
            yield Violation(2, move.name, f"runs only in the months {facts['season_months']}")
        if facts["only_dates"] and date.isoformat() not in facts["only_dates"]:
            yield Violation(2, move.name, f"runs only on {facts['only_dates']}")
        if plan.heads > min(facts["max_pax"], facts["daily_capacity"]):
            yield Violation(
                2, move.name, f"takes {min(facts['max_pax'], facts['daily_capacity'])}, the party is {plan.heads}"
            )
        if plan.children and min(plan.children) < facts["min_age"]:
            yield Violation(2, move.name, f"is for {facts['min_age']} years and older")
        if move.item.get("runs_from") not in (None, facts["min_pax"]):
            yield Violation(2, move.name, f"runs from {facts['min_pax']} guests")
        if move.item["confirm"] != facts["confirm"]:
            yield Violation(2, move.name, f"is confirmed {facts['confirm']}")


def check_stays(plan: Plan) -> Iterator[Violation]:
    for stay in plan.stays:
        if stay.item.get("booked"):
            continue
        product = plan.data.stay(stay.item["product_id"])
        if product is None:
            yield Violation(2, stay.name, f"{stay.item['product_id']} is no stay of the catalogue")
            continue
        facts = product["lintas"]
        if facts["place_id"] != stay.place:
            yield Violation(2, stay.name, f"stands in {facts['place_id']}")
        if not 1 <= stay.item["rooms"] <= facts["rooms"]:
            yield Violation(2, stay.name, f"has {facts['rooms']} rooms")
        if stay.item["rooms"] != plan.brief["party"].get("rooms", stay.item["rooms"]):
            yield Violation(2, stay.name, f"the brief asks for {plan.brief['party']['rooms']} rooms")
        if len(list(stay.nights())) < facts["min_nights"]:
            yield Violation(2, stay.name, f"takes guests for {facts['min_nights']} nights and more")
        if plan.heads > facts["sleeps"]:
            yield Violation(2, stay.name, f"sleeps {facts['sleeps']}, the party is {plan.heads}")
