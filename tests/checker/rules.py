"""Point 7: no forbidding rule is broken on its date, and the rules in force are listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from .data import at
from .plan import Plan, Violation, instant

AFTER_DIVE = timedelta(hours=24)
HIGH_M = 300
EVE_OF_NYEPI = timedelta(hours=14)  # from 16:00 on the eve, 14 hours before 06:00
ON_ROADS = {"road", "bus", "shuttle"}
NEEDS_A_NIGHT_BEFORE = {"liveaboard", "trek"}


def check(plan: Plan) -> Iterator[Violation]:
    for rule_id, rule in plan.data.rules.items():
        machine = plan.data.machine_rule(rule_id)
        if rule["effect"] == "forbid" and machine.get("island") == "Bali":
            yield from check_nyepi(plan, rule_id, instant(machine["from"]), instant(machine["to"]))
        elif rule["effect"] == "forbid" and machine.get("recurring"):
            yield from check_closed_season(plan, rule_id, machine["from"], machine["to"])
    yield from check_diving(plan)
    yield from check_night_before(plan)
    yield from check_listed(plan)


def in_bali(plan: Plan, stop_id: str) -> bool:
    return plan.data.province(stop_id) == "Bali"


def check_nyepi(plan: Plan, rule_id: str, first: datetime, last: datetime) -> Iterator[Violation]:
    """Nothing moves in Bali on the day of silence, roads from the afternoon before; who sails outside may sail on."""
    for move in plan.moves:
        leaves, comes = in_bali(plan, move.origin), in_bali(plan, move.goal)
        if move.kind == "package":
            seen = any(in_bali(plan, p) for p in plan.facts(move).get("visits", []))
            is_broken = (leaves or comes or seen) and move.overlaps(first, last)
        elif leaves and comes:
            is_broken = move.overlaps(first - EVE_OF_NYEPI if move.mode in ON_ROADS else first, last)
        else:
            is_broken = (leaves and first <= move.starts < last) or (comes and first < move.ends <= last)
        if is_broken:
            yield Violation(7, move.name, f"moves in Bali while {rule_id} shuts it")


def check_closed_season(plan: Plan, rule_id: str, first: str, last: str) -> Iterator[Violation]:
    for move in plan.moves:
        if rule_id not in plan.rule_ids(move):
            continue
        for year in {move.starts.year, move.ends.year}:
            if move.overlaps(
                at(date.fromisoformat(f"{year}-{first}"), "00:00"), at(date.fromisoformat(f"{year}-{last}"), 86400)
            ):
                yield Violation(7, move.name, f"lies in the closed season of {rule_id}")


def check_diving(plan: Plan) -> Iterator[Violation]:
    """After a dive no flight and no place above 300 m for 24 hours."""
    for dive in plan.packages:
        if plan.facts(dive).get("type") != "dive":
            continue
        until = dive.ends + AFTER_DIVE
        for move in plan.moves:
            if move.starts < dive.ends or move.starts >= until:
                continue
            if move.mode == "flight":
                yield Violation(7, move.name, f"flies within 24 h after {dive.name}")
            if move.ends < until and (height := plan.data.elevation_m(move.goal)) > HIGH_M:
                yield Violation(7, move.name, f"climbs to {height:.0f} m within 24 h after {dive.name}")
            for place in plan.facts(move).get("visits", []) if move.kind == "package" else []:
                if plan.data.elevation_m(place) > HIGH_M:
                    yield Violation(7, move.name, f"visits {place} above 300 m within 24 h after {dive.name}")


def check_night_before(plan: Plan) -> Iterator[Violation]:
    """The night before a liveaboard or a trek is spent where it starts."""
    for package in plan.packages:
        if plan.facts(package).get("type") not in NEEDS_A_NIGHT_BEFORE:
            continue
        night, place = package.starts.date() - timedelta(days=1), plan.data.place_of(package.origin)
        is_there = any(s.place == place for s in plan.sleeps_in(night))
        before = plan.package_at_night(night)
        if not is_there and not (before and before is not package and before.origin == before.goal == place):
            yield Violation(7, package.name, f"the night of {night} is not spent in {place}")


def check_listed(plan: Plan) -> Iterator[Violation]:
    listed = {r["rule_id"] for r in plan.itinerary["rules"]}
    for rule_id in sorted(listed - set(plan.data.rules)):
        yield Violation(7, plan.label, f"lists {rule_id}, which is no rule")
    for move in plan.moves:
        for rule_id in plan.data.rules_with(plan.rule_ids(move), "quota", "require", "warn"):
            if rule_id not in listed:
                yield Violation(7, move.name, f"does not list {rule_id}")
