"""Point 5, fees: each fee that the plan runs into is an item, once per unit of its rule, and no other is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .plan import Move, Plan, Violation

LEVY, PORT, GILI = "RL-LEVY", "RL-PORT", "RL-GILI"


@dataclass(frozen=True)
class Ask:
    """A rule wants a fee: on each of `days` if it is per day, else once from `since` to the last of them."""

    rule_id: str
    days: list[date]
    since: date
    why: str
    is_optional: bool = False


def check(plan: Plan) -> Iterator[Violation]:
    asks = list(asked(plan))
    for ask in asks:
        yield from unpaid(plan, ask)
    for fee in plan.fees:
        if fee.rule_id not in plan.data.rules or plan.data.rules[fee.rule_id]["effect"] != "fee":
            yield Violation(5, fee.name, "is no fee of the rules")
        elif fee.item["persons"] != (due := persons(plan, fee.rule_id)):
            yield Violation(5, fee.name, f"is for {fee.item['persons']} persons, of the party {due} pay it")
        elif fee.rule_id not in (LEVY, PORT) and not any(
            a.rule_id == fee.rule_id and a.since <= fee.on <= max(a.days) for a in asks
        ):
            yield Violation(5, fee.name, f"nothing in the plan asks for it on {fee.on}")
        elif is_per_day(plan, fee.rule_id) and sum(f.rule_id == fee.rule_id and f.on == fee.on for f in plan.fees) > 1:
            yield Violation(5, fee.name, f"is asked twice on {fee.on}")
    yield from check_levy(plan)
    yield from check_port(plan)


def persons(plan: Plan, rule_id: str) -> int:
    return plan.adults if plan.data.rules[rule_id]["applies_to"] == "foreign adults" else plan.heads


def is_per_day(plan: Plan, rule_id: str) -> bool:
    return plan.data.rules[rule_id]["unit"].startswith("per person per day")


def is_free(plan: Plan, rule_id: str) -> bool:
    """Say whether the party's residency pays nothing, or nothing the table knows of."""
    rule = plan.data.rules[rule_id]
    kinds = ("resident_weekday", "resident_holiday") if plan.is_resident else ("foreign",)
    return not any(int(rule[f"amount_{kind}_idr"] or 0) for kind in kinds)


def unpaid(plan: Plan, ask: Ask) -> Iterator[Violation]:
    if ask.is_optional or is_free(plan, ask.rule_id):
        return
    paid = {f.on for f in plan.fees if f.rule_id == ask.rule_id}
    if is_per_day(plan, ask.rule_id):
        missing = [d for d in ask.days if d not in paid]
    else:
        missing = [] if any(ask.since <= d <= max(ask.days) for d in paid) else ask.days[:1]
    for d in missing:
        yield Violation(5, plan.label, f"{ask.why} asks for {ask.rule_id} on {d}, and no item pays it")


def asked(plan: Plan) -> Iterator[Ask]:
    """Yield what packages, transfers and legs into a park, and islands with an entry fee ask for."""
    for move in plan.moves:
        days = days_of(move)
        for rule_id in plan.data.rules_with(plan.rule_ids(move), "fee"):
            zone = zone_of(plan, rule_id)
            since = min(days[0], entered(plan, zone, move)) if zone else days[0]
            if move.kind == "package":
                if not plan.facts(move)["park_fees_included"]:
                    yield Ask(rule_id, days, since, move.name, is_optional=is_prepaid(plan, rule_id, zone, move))
            else:  # the rows point into the park; on the way out, or where the night has its price, nothing is asked
                is_in = move.origin == plan.data.routes[move.item["route_id"]]["from_id"]
                is_in_the_stay = plan.data.machine_rule(rule_id).get("place") in {s.place for s in plan.stays}
                yield Ask(rule_id, days[:1], since, move.name, is_optional=not is_in or is_in_the_stay)
    for rule_id, rule in plan.data.rules.items():
        if rule["effect"] == "fee" and (zone := zone_of(plan, rule_id)):
            yield from asked_at_entry(plan, rule_id, zone)


def zone_of(plan: Plan, rule_id: str) -> set[str]:
    return set(plan.data.machine_rule(rule_id).get("place_in", []))


def is_inside(plan: Plan, zone: set[str], stop_id: str) -> bool:
    return plan.data.place_of(stop_id) in zone


def entered(plan: Plan, zone: set[str], move: Move) -> date:
    """Give the day on which the party last came into the zone before a movement (its own day if it was outside)."""
    came = move.starts.date()
    for earlier in reversed(plan.moves[: plan.moves.index(move)]):
        if not is_inside(plan, zone, earlier.goal):
            break
        came = earlier.starts.date()
    return came


def includes(plan: Plan, rule_id: str, move: Move) -> bool:
    return move.kind == "package" and rule_id in plan.rule_ids(move) and plan.facts(move)["park_fees_included"]


def is_prepaid(plan: Plan, rule_id: str, zone: set[str], move: Move) -> bool:
    """Tell whether the party is in the zone already and a package that includes the fee brought it there."""
    if not is_inside(plan, zone, move.origin):
        return False
    came_by = move
    for earlier in reversed(plan.moves[: plan.moves.index(move)]):
        if not is_inside(plan, zone, earlier.goal):
            break
        came_by = earlier
    return includes(plan, rule_id, came_by)


def asked_at_entry(plan: Plan, rule_id: str, zone: set[str]) -> Iterator[Ask]:
    """Ask each time the party comes in from outside and sleeps there, unless the package that brings it includes it."""
    for i, move in enumerate(plan.moves):
        if is_inside(plan, zone, move.origin) or not is_inside(plan, zone, move.goal):
            continue
        inside = [move]
        for later in plan.moves[i + 1 :]:
            inside.append(later)
            if not is_inside(plan, zone, later.goal):
                break
        left = inside[-1].starts
        sleeps = any(s.place in zone and move.starts.date() <= n < left.date() for s in plan.stays for n in s.nights())
        if not includes(plan, rule_id, move):
            yield Ask(rule_id, [move.starts.date(), left.date()], move.starts.date(), move.name, is_optional=not sleeps)


def days_of(move: Move) -> list[date]:
    first, last = move.starts.date(), move.ends.date()
    return [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]


def check_levy(plan: Plan) -> Iterator[Violation]:
    stops = [s for m in plan.moves for s in (m.origin, m.goal)] + [s.place for s in plan.stays]
    touches_bali = any(plan.data.province(s) == "Bali" for s in stops)
    should = 1 if touches_bali and not plan.is_resident else 0
    found = [f for f in plan.fees if f.rule_id == LEVY]
    if len(found) != should and not (plan.is_resident and all(not f.item["price"]["amount"] for f in found)):
        yield Violation(5, plan.label, f"{len(found)} items of the Bali levy, there should be {should}")


def check_port(plan: Plan) -> Iterator[Violation]:
    """Each ferry asks for a harbour pass a person on the day it departs."""
    ferries = [m.starts.date() for m in plan.legs if m.mode == "ferry"]
    passes = [f.on for f in plan.fees if f.rule_id == PORT]
    if sorted(ferries) != sorted(passes):
        yield Violation(
            5, plan.label, f"ferries on {[str(d) for d in ferries]}, harbour passes on {[str(d) for d in passes]}"
        )
