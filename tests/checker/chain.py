"""Points 1, 4 and 6: items follow one another, every night has a bed, the frame of the brief is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from .data import WITA
from .plan import Fee, Plan, Stay, Violation, instant


def check_order(plan: Plan) -> Iterator[Violation]:
    """Point 1: each item starts at the very place, and not before the moment, where the one before it ended."""
    here, since = plan.entry, None
    for item in plan.items:
        if isinstance(item, Fee):
            continue
        if isinstance(item, Stay):
            if item.place != here:
                yield Violation(1, item.name, f"the party is at {here}")
            continue
        if item.origin != here:
            yield Violation(1, item.name, f"starts at {item.origin} but the party is at {here}")
        if item.kind != "package" and item.origin == item.goal:
            yield Violation(1, item.name, f"joins {item.origin} with itself")
        if item.ends <= item.starts:
            yield Violation(1, item.name, "ends before it starts")
        if since is not None and item.starts < since:
            yield Violation(
                1, item.name, f"starts {item.starts:%d %b %H:%M}, before the end of the last one {since:%d %b %H:%M}"
            )
        here, since = item.goal, item.ends
    for stay in plan.stays:
        if stay.check_out <= stay.check_in:
            yield Violation(1, stay.name, "has no night")
        for night in stay.nights():
            deep = next((moment for n, moment in plan.nights() if n == night), None)
            if deep is None:
                yield Violation(1, stay.name, f"the night of {night} lies outside the plan")
            elif plan.stands_at(deep) != stay.place:
                yield Violation(
                    1,
                    stay.name,
                    f"in the night of {night} the party is at {plan.stands_at(deep) or 'sea or on the road'}",
                )


def check_nights(plan: Plan) -> Iterator[Violation]:
    """Point 4: at 03:00 of every night a stay, a package with that night, or under way; and one bed only."""
    for night, deep in plan.nights():
        beds = [s.name for s in plan.sleeps_in(night)]
        if package := plan.package_at_night(night):
            beds.append(package.name)
        is_moving = any(m.starts <= deep < m.ends for m in plan.legs + plan.transfers)
        if not beds and not is_moving:
            yield Violation(4, plan.label, f"no bed in the night of {night}, at {plan.stands_at(deep)}")
        if len(beds) > 1:
            yield Violation(4, plan.label, f"{len(beds)} beds in the night of {night}: {', '.join(beds)}")


def check_frame(plan: Plan) -> Iterator[Violation]:
    """Point 6: from the entry hub to the exit hub within the given times; free days are named."""
    if not plan.moves:
        yield Violation(6, plan.label, "nothing moves")
        return
    first, last = plan.moves[0], plan.moves[-1]
    if first.origin != plan.entry:
        yield Violation(6, first.name, f"starts at {first.origin}, not at the entry {plan.entry}")
    if first.starts < plan.entry_at:
        yield Violation(6, first.name, f"starts before the entry at {plan.entry_at:%d %b %H:%M}")
    if last.goal != plan.exit:
        yield Violation(6, last.name, f"ends at {last.goal}, not at the exit {plan.exit}")
    if last.ends > plan.exit_by:
        yield Violation(6, last.name, f"ends {last.ends:%d %b %H:%M}, after the exit by {plan.exit_by:%d %b %H:%M}")
    if "starts_at" in plan.itinerary and not plan.entry_at <= instant(plan.itinerary["starts_at"]) <= first.starts:
        yield Violation(6, plan.label, f"starts_at is {plan.itinerary['starts_at']}")
    if "ends_at" in plan.itinerary and not last.ends <= instant(plan.itinerary["ends_at"]) <= plan.exit_by:
        yield Violation(6, plan.label, f"ends_at is {plan.itinerary['ends_at']}")
    free = free_days(plan)
    if plan.itinerary.get("free_days", []) != free:
        yield Violation(6, plan.label, f"free_days is {plan.itinerary.get('free_days')}, but nothing happens on {free}")


def free_days(plan: Plan) -> list[str]:
    """List the dates between start and end on which nothing moves and no package runs."""
    busy = set()
    for move in plan.moves:
        date = move.starts.astimezone(WITA).date()
        while date <= move.ends.astimezone(WITA).date():
            busy.add(date)
            date += timedelta(days=1)
    span = (plan.ends.date() - plan.starts.date()).days
    days = [plan.starts.date() + timedelta(days=i) for i in range(span + 1)]
    return [d.isoformat() for d in days if d not in busy]
