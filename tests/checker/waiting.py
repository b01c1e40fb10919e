"""Point 3: there is time enough at every stop before a leg, after a flight, and from a fast boat to a flight."""

from __future__ import annotations

from collections.abc import Iterator

from .plan import Plan, Violation

BOAT_TO_FLIGHT_MIN = 240


def check(plan: Plan) -> Iterator[Violation]:
    before = None
    for move in plan.moves:
        arrived = before.ends if before else plan.entry_at
        waits = (move.starts - arrived).total_seconds() / 60
        for least, why in needed(plan, before, move):
            if waits < least:
                yield Violation(3, move.name, f"{waits:.0f} minutes after the last arrival, needed are {least} ({why})")
        before = move
    yield from from_boat_to_flight(plan)


def needed(plan: Plan, before, move) -> Iterator[tuple[int, str]]:
    """Yield the minutes that each rule asks for between two movements; the longest decides."""
    if move.kind == "leg":
        row = plan.data.routes.get(move.item["route_id"], {})
        fare = plan.data.fares.get(row.get("fare_group", ""))
        if fare:
            yield int(fare["checkin_close_min"]), "the counter closes"
    if before is not None and before.mode == "flight":
        hub = plan.data.hubs.get(before.goal)
        if hub:
            yield int(hub["arrival_to_kerb_min"]), "out of the airport"
            if move.mode == "flight":
                yield int(hub["min_connect_same_mode_min"]), "flight to flight"


def from_boat_to_flight(plan: Plan) -> Iterator[Violation]:
    for boat in plan.legs:
        if boat.mode != "fast_boat" or plan.data.province(boat.goal) != "Bali":
            continue
        for flight in plan.legs:
            waits = (flight.starts - boat.ends).total_seconds() / 60
            is_later = flight.mode == "flight" and waits >= 0 and flight.starts.date() == boat.ends.date()
            if is_later and waits < BOAT_TO_FLIGHT_MIN:
                yield Violation(3, flight.name, f"{waits:.0f} minutes after a fast boat, needed are 240 (RL-FB-FLIGHT)")
