"""Plan a trip again around a change made by hand: all else stays where it can, and what had to give way is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planner.design.answer import Refusal
from planner.design.edits import CannotEdit, NoSuchPart, Soft, Wish, end_at, let_go, pin_of, with_soft
from planner.errors import Invalid
from planner.flow.services import Services

WITHIN_DAYS = (0, 1, 2, 4)
"""How far around a change other parts may give way, one step after the other."""
MOST_PINS_TRIED = 4
MOST_WAYS_OUT = 3
DAYS_MORE = (1, 2)


@dataclass(frozen=True)
class Adjusted:
    """What came of a change: the new plan, what gave way, or why it is not possible.

    `brief` goes on with the trip: with what was changed and pinned for good. `planned` is what this plan was made from,
    with all that was to stay.
    """

    brief: Mapping[str, Any]
    planned: Mapping[str, Any]
    itinerary: Mapping[str, Any] | None
    gave_way: tuple[Mapping[str, Any], ...] = ()
    refusal: Refusal | None = None

    @property
    def is_possible(self) -> bool:
        """Tell whether there is such a plan."""
        return self.itinerary is not None


def adjust_trip(wish: Wish, services: Services) -> Adjusted:
    """Plan a wish with as much of the old plan as can be kept.

    First everything is to stay; then legs on the days of the change may give way, then everything on those days, then
    further and further around them; at last only what was pinned for good stays. Of a change that touches no day,
    first legs give way, then packages, then stays.

    Raises:
        InvalidBrief: the change makes no sense; each field has its path.
    """
    designer = services.snapshots.designer()
    asked = None
    for soft in _retreats(wish):
        brief = with_soft(wish, soft)
        asked = designer.read(brief)
        short = services.snapshots.short(asked.entry_at.date() - timedelta(days=1), asked.exit_by.date())
        found = designer.find(asked, short)
        if found is not None:
            itinerary = found.as_json()
            return Adjusted(_lasting(wish), brief, itinerary, _lost(wish, itinerary))
    assert asked is not None
    answer = designer.plan(asked, short, is_refused_briefly=True)
    if answer.itineraries:
        itinerary = answer.itineraries[0].as_json()
        return Adjusted(_lasting(wish), brief, itinerary, _lost(wish, itinerary))
    return Adjusted(_lasting(wish), brief, None, refusal=answer.refusal)


@dataclass(frozen=True)
class WayOut:
    """What makes a change possible: letting a pin go (its number), or ending so many days later."""

    pin: int | None = None
    days: int = 0

    def loosened(self, brief: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the brief of a trip with this given up."""
        freed = brief if self.pin is None else let_go(brief, [self.pin])
        return end_at(freed, self.days) if self.days else freed


def ways_out(
    edit: Callable[[Mapping[str, Any]], Wish], brief: Mapping[str, Any], services: Services
) -> tuple[WayOut, ...]:
    """Return what could be given up of a trip so that a refused change is possible; each has been planned.

    `edit` makes the change of a brief. A pin that is let go stands before a longer trip, and of longer trips the
    shortest is enough.
    """
    found: list[WayOut] = []
    for way in [WayOut(number) for number in range(len(brief.get("pins", ())))][:MOST_PINS_TRIED]:
        if len(found) < MOST_WAYS_OUT and _is_a_way(way, edit, brief, services):
            found.append(way)
    longer = (WayOut(days=days) for days in DAYS_MORE)
    return (*found, *[way for way in longer if _is_a_way(way, edit, brief, services)][:1])


def _is_a_way(
    way: WayOut, edit: Callable[[Mapping[str, Any]], Wish], brief: Mapping[str, Any], services: Services
) -> bool:
    designer = services.snapshots.designer()
    try:
        asked = designer.read(with_soft(edit(way.loosened(brief)), ()))
    except (CannotEdit, NoSuchPart, Invalid):
        return False
    short = services.snapshots.short(asked.entry_at.date() - timedelta(days=1), asked.exit_by.date())
    return designer.find(asked, short) is not None


def _lasting(wish: Wish) -> Mapping[str, Any]:
    return {key: value for key, value in wish.brief.items() if key not in ("more_packages", "want")}


def _retreats(wish: Wish) -> Iterator[Sequence[Soft]]:
    """Yield what is to stay, from everything to nothing."""
    yield wish.soft
    tried = len(wish.soft)
    no_legs = [one for one in wish.soft if one.pin["kind"] != "leg" or not one.is_near(wish.around, 0)]
    if len(no_legs) < tried:
        yield no_legs
        tried = len(no_legs)
    for kinds in (("stay", "package"), ("stay",)) if not wish.around else ():
        left = [one for one in wish.soft if one.pin["kind"] in kinds]
        if len(left) < tried:
            yield left
            tried = len(left)
    for within in WITHIN_DAYS:
        left = [one for one in wish.soft if not one.is_near(wish.around, within)]
        if len(left) < tried:
            yield left
            tried = len(left)
    if tried:
        yield ()


def _lost(wish: Wish, itinerary: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    had = [pin_of(item) for item in itinerary["items"]]
    nights = {
        (item["place_id"], n)
        for item in itinerary["items"]
        if item["kind"] == "stay"
        for n in range(_number(item["check_in"]), _number(item["check_out"]))
    }
    lost = []
    for one in wish.soft:
        pin = one.pin
        if pin["kind"] == "stay":
            wanted = range(_number(pin["check_in"]), _number(pin["check_out"]))
            if not all((pin["place_id"], n) in nights for n in wanted):
                lost.append(pin)
        elif pin not in had:
            lost.append(pin)
    return tuple(lost)


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()
