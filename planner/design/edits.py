"""What somebody changes of a plan by hand, as a brief: the change itself is asked for, all else is to stay if it can.

    edit + brief + itinerary -> Wish(brief with what must be, what should stay, the days around which it may give way)

Briefs and itineraries are data as the API has them. Nothing here plans: `flow.adjust_trip` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from planner.design.brief import OWN, PINNED_KEYS
from planner.errors import Conflict, NotFound

Json = dict[str, Any]


class NoSuchPart(NotFound):
    """The plan has no such part (any more)."""

    default_code = "no_such_part"


class CannotEdit(Conflict):
    """This change makes no sense for this plan; the code says why."""

    default_code = "cannot_edit"


@dataclass(frozen=True)
class Soft:
    """A part that should stay: its pin, and the days that it touches."""

    pin: Json
    first: date
    last: date

    def is_near(self, days: Sequence[date], within: int) -> bool:
        """Tell whether it touches a day at most so many days from one of these."""
        slack = timedelta(days=within)
        return any(self.first - slack <= day <= self.last + slack for day in days)


@dataclass(frozen=True)
class Wish:
    """A brief whose pins must hold, parts that should stay, and the days around which those may give way."""

    brief: Json
    soft: tuple[Soft, ...]
    around: tuple[date, ...]


def pin_of(item: Mapping[str, Any]) -> Json | None:
    """Return the pin of an item; None of what cannot be pinned (transfers, fees, nights that are booked already)."""
    keys = PINNED_KEYS.get(str(item["kind"]))
    if keys is None or (item["kind"] == "stay" and item.get("booked") and not item.get("product_id")):
        return None
    return {"kind": item["kind"]} | {key: item[key] for key in keys if item.get(key) is not None}


def days_of(item: Mapping[str, Any]) -> tuple[date, date]:
    """Return the first and last local day of an item."""
    kind = item["kind"]
    if kind == "stay":
        return date.fromisoformat(item["check_in"]), date.fromisoformat(item["check_out"])
    first, last = ("starts", "ends") if kind == "package" else ("departs", "arrives")
    if kind == "fee":
        first = last = "on"
    return _day(item[first]), _day(item[last])


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def soft_pins(itinerary: Mapping[str, Any], but: Sequence[int] = ()) -> tuple[Soft, ...]:
    """Return what should stay of a plan: all of it that can be pinned, without the items of these numbers."""
    found = []
    for number, item in enumerate(itinerary["items"]):
        pin = pin_of(item)
        if pin is not None and number not in but:
            found.append(Soft(pin, *days_of(item)))
    return tuple(found)


def base(brief: Mapping[str, Any]) -> Json:
    """Return a brief to plan a change with: what was asked for in numbers is in the plan already, or given up."""
    kept = {key: value for key, value in brief.items() if key not in ("budget", "nights", "want")}
    return {**kept, "more_packages": False, "want": 3}


def end_at(brief: Mapping[str, Any], by_days: int) -> Json:
    """Return a brief whose trip ends so many days later, or earlier below 0."""
    last = datetime.fromisoformat(brief["exit"]["by"]) + timedelta(days=by_days)
    return {**brief, "exit": {**brief["exit"], "by": last.isoformat()}}


def let_go(brief: Mapping[str, Any], pins: Collection[int]) -> Json:
    """Return a brief without the pins of these numbers, counted from 0."""
    return {**brief, "pins": [pin for number, pin in enumerate(brief.get("pins", ())) if number not in pins]}


def item_at(itinerary: Mapping[str, Any], number: int, kind: str) -> Json:
    """Return an item of a plan by its number, counted from 0.

    Raises:
        NoSuchPart: there is none, or it is of another kind.
    """
    items = itinerary["items"]
    if not 0 <= number < len(items) or items[number]["kind"] != kind:
        raise NoSuchPart("the plan has no such part")
    return dict(items[number])


def drop_package(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int) -> Wish:
    """Leave a package out."""
    item = item_at(itinerary, number, "package")
    asked = _without_pin(base(brief), item)
    asked["without"] = [*dict.fromkeys([*asked.get("without", ()), item["product_id"]])]
    asked["must_packages"] = [one for one in asked.get("must_packages", ()) if one != item["product_id"]]
    return Wish(asked, soft_pins(itinerary, [number]), days_of(item))


def swap_stay(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, product_id: str) -> Wish:
    """Sleep in another house of the same place on the same nights."""
    item = item_at(itinerary, number, "stay")
    pin = _movable(brief, item) | {"product_id": product_id}
    asked = _without_pin(base(brief), item)
    return Wish(_with_pins(asked, pin), _elsewhere(itinerary, number, item), days_of(item))


def _elsewhere(itinerary: Mapping[str, Any], number: int, item: Mapping[str, Any]) -> tuple[Soft, ...]:
    """Return what should stay; other nights in the same place do not say in which house, since one serves all."""
    found = []
    for soft in soft_pins(itinerary, [number]):
        pin = soft.pin
        if pin["kind"] == "stay" and pin["place_id"] == item["place_id"]:
            pin = {key: value for key, value in pin.items() if key != "product_id"}
        found.append(Soft(pin, soft.first, soft.last))
    return tuple(found)


@dataclass(frozen=True)
class Stretch:
    """A way from one night or tour to the next: the numbers of its legs and transfers, its two ends, its day."""

    numbers: tuple[int, ...]
    from_id: str
    to_id: str
    on: date


def stretch_at(itinerary: Mapping[str, Any], number: int) -> Stretch:
    """Return the way that a leg is part of: all that is ridden, sailed and flown between two stays or packages.

    Raises:
        NoSuchPart: the plan has no leg of this number.
    """
    item_at(itinerary, number, "leg")
    items = itinerary["items"]
    on_the_way = [n for n, item in enumerate(items) if item["kind"] != "fee"]
    at = on_the_way.index(number)
    first = last = at
    while first > 0 and items[on_the_way[first - 1]]["kind"] in ("leg", "transfer"):
        first -= 1
    while last + 1 < len(on_the_way) and items[on_the_way[last + 1]]["kind"] in ("leg", "transfer"):
        last += 1
    start, end = items[on_the_way[first]], items[on_the_way[last]]
    return Stretch(
        tuple(on_the_way[first : last + 1]),
        str(start.get("from_stop") or start.get("from")),
        str(end.get("to_stop") or end.get("to")),
        _day(start["departs"]),
    )


def swap_way(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, runs: Sequence[tuple[str, str]]
) -> Wish:
    """Go another way: by these runs (trip id, service date) instead of the way that a leg is part of.

    Raises:
        NoSuchPart: the plan has no such leg, or no run is named.
    """
    stretch = stretch_at(itinerary, number)
    if not runs:
        raise NoSuchPart("no run is named")
    asked = base(brief)
    for n in stretch.numbers:
        asked = _without_pin(asked, itinerary["items"][n])
    pins = [{"kind": "leg", "trip_id": trip_id, "service_date": on} for trip_id, on in runs]
    days = dict.fromkeys(day for n in stretch.numbers for day in days_of(itinerary["items"][n]))
    return Wish(_with_pins(asked, *pins), soft_pins(itinerary, stretch.numbers), tuple(days))


def add_package(brief: Mapping[str, Any], itinerary: Mapping[str, Any], product_id: str, starts: str) -> Wish:
    """Take a package more, on a day at an hour."""
    asked = base(brief)
    asked["without"] = [one for one in asked.get("without", ()) if one != product_id]
    pin = {"kind": "package", "product_id": product_id, "starts": starts}
    return Wish(_with_pins(asked, pin), soft_pins(itinerary), (_day(starts),))


def swap_package(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, product_id: str, starts: str
) -> Wish:
    """Take another package instead of one."""
    item = item_at(itinerary, number, "package")
    left = drop_package(brief, itinerary, number)
    wish = add_package(left.brief, itinerary, product_id, starts)
    return Wish(wish.brief, left.soft, tuple(dict.fromkeys([*days_of(item), _day(starts)])))


def move_package(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, to: date) -> Wish:
    """Do a package on another day, at its hour.

    Raises:
        CannotEdit: it is on that day already.
    """
    item = item_at(itinerary, number, "package")
    starts = datetime.fromisoformat(item["starts"])
    if starts.date() == to:
        raise CannotEdit("it is on that day already", code="same_day")
    moved = starts + (to - starts.date())
    pin = _movable(brief, item) | {"starts": moved.isoformat()}
    asked = _without_pin(base(brief), item)
    return Wish(_with_pins(asked, pin), soft_pins(itinerary, [number]), tuple(dict.fromkeys([*days_of(item), to])))


def see_to(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, own: str) -> Wish:
    """Mark a part as the traveller's own, `arranged` or `booked`; "" gives it back to be sold here.

    Raises:
        NoSuchPart: the plan has no such part, or it is none that can be pinned.
        CannotEdit: there is no such way to see to it.
    """
    items = itinerary["items"]
    pin = pin_of(items[number]) if 0 <= number < len(items) else None
    if pin is None:
        raise NoSuchPart("this part cannot be pinned")
    if own not in ("", *OWN):
        raise CannotEdit("a part of one's own is arranged or booked")
    asked = _without_pin(base(brief), items[number])
    return Wish(_with_pins(asked, {**pin, "own": own} if own else pin), soft_pins(itinerary, [number]), ())


def as_it_is(brief: Mapping[str, Any], itinerary: Mapping[str, Any]) -> Wish:
    """Ask for the very same plan, as timetables, rules and prices are by now."""
    return Wish(base(brief), soft_pins(itinerary), ())


def change_end(brief: Mapping[str, Any], itinerary: Mapping[str, Any], by_days: int) -> Wish:
    """End the trip so many days later, or earlier below 0; what lies before the last days stays."""
    last = _day(brief["exit"]["by"])
    return Wish(end_at(base(brief), by_days), soft_pins(itinerary), (last + timedelta(days=min(by_days, 0)), last))


def change_nights(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, by: int) -> Wish:
    """Sleep a night more or fewer at a stop; the stop after it (or the one before the last) gives or takes the night.

    Raises:
        CannotEdit: there is no other stop to give or take the night, or it would be the last night there.
    """
    stays = [n for n, item in enumerate(itinerary["items"]) if item["kind"] == "stay"]
    item = item_at(itinerary, number, "stay")
    pin = _movable(brief, item)
    at = stays.index(number)
    nights = int(item["nights"]) + by
    if nights < 1:
        raise CannotEdit("leave the place out instead", code="last_night")
    other = stays[at + 1] if at + 1 < len(stays) else (stays[at - 1] if at else -1)
    if other < 0:
        raise CannotEdit("there is no other stop to take the night from", code="no_other_stop")
    neighbour = itinerary["items"][other]
    if neighbour["place_id"] == item["place_id"]:
        raise CannotEdit("the next stop is the same place, after nights aboard", code="same_place_next")
    if int(neighbour["nights"]) - by < 1:
        raise CannotEdit("the next stop has only one night", code="neighbour_has_one_night")
    is_after = other > number
    mine = _moved_edge(pin, by, is_after)
    theirs = _moved_edge(_movable(brief, neighbour), -by, not is_after)
    edge = _edge(item, neighbour, is_after)
    moved = [edge[0] + timedelta(days=n) for n in (range(abs(by)) if (by > 0) == is_after else range(-abs(by), 0))]
    soft = tuple(
        one
        for one in soft_pins(itinerary, [number, other])
        if one.pin["kind"] == "stay" or not one.is_near(moved, 0) or one.first < moved[0]
    )
    asked = _without_pin(_without_pin(base(brief), item), neighbour)
    return Wish(_with_pins(asked, mine, theirs), soft, tuple(edge))


def _moved_edge(pin: Json, by: int, at_end: bool) -> Json:
    key = "check_out" if at_end else "check_in"
    moved = date.fromisoformat(pin[key]) + timedelta(days=by if at_end else -by)
    return pin | {key: moved.isoformat()}


def _edge(item: Mapping[str, Any], neighbour: Mapping[str, Any], is_after: bool) -> list[date]:
    """Return the days between the end of the one and the beginning of the other."""
    first = date.fromisoformat((item if is_after else neighbour)["check_out"])
    last = date.fromisoformat((neighbour if is_after else item)["check_in"])
    return [first, last]


def move_stop(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, by: int) -> Wish:
    """Visit a stop so many stops earlier (`by` below 0) or later; those between make room.

    Each keeps its nights, and its packages keep their hour on the day of the stop on which they were.

    Raises:
        CannotEdit: there is no stop to change places with.
    """
    items = itinerary["items"]
    stays = [n for n, item in enumerate(items) if item["kind"] == "stay"]
    item_at(itinerary, number, "stay")
    at = stays.index(number)
    if by == 0 or not 0 <= at + by < len(stays):
        raise CannotEdit("there is no stop to change places with", code="no_other_stop")
    block = stays[min(at, at + by) : max(at, at + by) + 1]
    order = [n for n in block if n != number]
    order.insert(len(order) if by > 0 else 0, number)
    shifts = _shifts(itinerary, block, order)
    start, end = days_of(items[block[0]])[0], days_of(items[block[-1]])[1]
    soft = []
    for n, item in enumerate(items):
        pin = pin_of(item)
        if pin is None or n in block:
            continue
        begins, ends = days_of(item)
        if ends < start or begins > end:
            soft.append(Soft(pin, begins, ends))
        elif item["kind"] == "package" and n > block[0]:
            days = timedelta(days=shifts[max(stop for stop in block if stop < n)])
            moved = (datetime.fromisoformat(item["starts"]) + days).isoformat()
            soft.append(Soft({**pin, "starts": moved}, begins + days, ends + days))
    asked = base(brief)
    for n in block:
        asked = _without_pin(asked, items[n])
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    pins = [_shifted(_movable(brief, items[n]), shifts[n]) for n in order]
    return Wish(_with_pins(asked, *pins), tuple(soft), tuple(span))


def _shifts(itinerary: Mapping[str, Any], block: Sequence[int], order: Sequence[int]) -> dict[int, int]:
    """Return by how many days each stop of a block moves in a new order; days between stops stay where they are."""
    spans = {n: days_of(itinerary["items"][n]) for n in block}
    gaps = [(spans[after][0] - spans[before][1]).days for before, after in pairwise(block)]
    found, day = {}, spans[block[0]][0]
    for n, gap in zip(order, [*gaps, 0], strict=True):
        found[n] = (day - spans[n][0]).days
        day += spans[n][1] - spans[n][0] + timedelta(days=gap)
    return found


def _shifted(pin: Json, days: int) -> Json:
    moved = {key: date.fromisoformat(pin[key]) + timedelta(days=days) for key in ("check_in", "check_out")}
    return pin | {key: day.isoformat() for key, day in moved.items()}


def drop_stop(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int) -> Wish:
    """Leave a place out: nobody sleeps there, and nothing is done there."""
    item = item_at(itinerary, number, "stay")
    place = item["place_id"]
    asked = _without_pin(base(brief), item)
    asked["must"] = [one for one in asked.get("must", ()) if one != place]
    asked["avoid"] = [*dict.fromkeys([*asked.get("avoid", ()), place])]
    soft = []
    for n, other in enumerate(itinerary["items"]):
        pin = pin_of(other)
        if pin is None or n == number:
            continue
        touched = {other.get("place_id"), other.get("from_place"), other.get("to_place"), *other.get("visits", ())}
        if place not in touched:
            soft.append(Soft(pin, *days_of(other)))
    return Wish(asked, tuple(soft), days_of(item))


def add_stop(brief: Mapping[str, Any], itinerary: Mapping[str, Any], place_id: str) -> Wish:
    """Visit one more place, wherever it fits best."""
    asked = base(brief)
    asked["must"] = [*dict.fromkeys([*asked.get("must", ()), place_id])]
    asked["avoid"] = [one for one in asked.get("avoid", ()) if one != place_id]
    stays = [item for item in itinerary["items"] if item["kind"] == "stay"]
    days = [day for item in stays for day in days_of(item)]
    return Wish(asked, soft_pins(itinerary), tuple(dict.fromkeys(days)))


def keep(brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, is_kept: bool) -> Json:
    """Return a brief in which a part is pinned for good, or no longer is.

    Raises:
        NoSuchPart: the plan has no such part, or it is none that can be pinned.
    """
    items = itinerary["items"]
    pin = pin_of(items[number]) if 0 <= number < len(items) else None
    if pin is None:
        raise NoSuchPart("this part cannot be pinned")
    asked = _without_pin(dict(brief), items[number])
    return _with_pins(asked, pin) if is_kept else asked


def own_of(brief: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    """Return how a part is the traveller's own, `arranged` or `booked`; "" if it is not."""
    pin = pin_of(item)
    return next((str(one.get("own") or "") for one in brief.get("pins", ()) if pin and _is_same(pin, one)), "")


def _movable(brief: Mapping[str, Any], item: Mapping[str, Any]) -> Json:
    """Return the pin of an item that is to be moved.

    Raises:
        CannotEdit: the traveller has booked it as it is.
    """
    own = own_of(brief, item)
    if item.get("booked"):
        raise CannotEdit("it is booked for these dates", code="is_booked")
    return {**(pin_of(item) or {}), **({"own": own} if own else {})}


def is_kept(brief: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Tell whether a part is pinned for good."""
    pin = pin_of(item)
    return pin is not None and any(_is_same(pin, one) for one in brief.get("pins", ()))


def _is_same(pin: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    keys = [key for key in PINNED_KEYS[pin["kind"]] if key != "product_id" or pin["kind"] == "package"]
    return pin["kind"] == other["kind"] and all(pin.get(key) == other.get(key) for key in keys)


def _without_pin(asked: Json, item: Mapping[str, Any]) -> Json:
    pin = pin_of(item)
    pins = [one for one in asked.get("pins", ()) if pin is None or not _is_same(pin, one)]
    return {**asked, "pins": pins}


def _with_pins(asked: Json, *pins: Json) -> Json:
    return {**asked, "pins": [*asked.get("pins", ()), *pins]}


def with_soft(wish: Wish, soft: Sequence[Soft]) -> Json:
    """Return the brief of a wish with what should stay pinned too; what the wish itself says comes first."""
    said: list[Json] = list(wish.brief.get("pins", ()))
    nights = {night for pin in said if pin["kind"] == "stay" for night in _nights(pin)}
    taken = {str(pin["product_id"]) for pin in said if pin["kind"] == "package"} | set(wish.brief.get("without", ()))
    for one in soft:
        pin = one.pin
        if pin["kind"] == "stay" and nights & set(_nights(pin)):
            continue
        if pin["kind"] == "package" and pin["product_id"] in taken:
            continue
        if not any(_is_same(pin, other) for other in said):
            said.append(pin)
    return {**wish.brief, "pins": said}


def _nights(pin: Mapping[str, Any]) -> list[date]:
    first, last = date.fromisoformat(pin["check_in"]), date.fromisoformat(pin["check_out"])
    return [first + timedelta(days=n) for n in range((last - first).days)]
