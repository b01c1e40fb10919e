"""A plan is changed by hand: the change is there, all else stays where it can, and the contract holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from planner.design import edits
from planner.design.choices import runs_of
from planner.design.designer import Designer
from planner.flow.adjust_trip import Adjusted, WayOut, adjust_trip, ways_out
from planner.flow.list_choices import list_tours, list_ways
from planner.flow.services import Services
from tests.checker.briefs import random_brief
from tests.checker.check import check_answer
from tests.design.conftest import TODAY, a_brief, catalogue, designer

__all__ = ["catalogue", "designer"]


class Snapshots:
    def __init__(self, designer: Designer) -> None:
        self._designer = designer

    def designer(self) -> Designer:
        return self._designer

    def short(self, first: date, last: date) -> Mapping[tuple[str, date], int]:
        return {}


@pytest.fixture(scope="module")
def services(designer: Designer) -> Services:
    return Services(None, Snapshots(designer), *[None] * 6)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trip(designer: Designer) -> tuple[dict[str, Any], dict[str, Any]]:
    brief = a_brief(must=["gili-air", "labuan-bajo"])
    return brief, designer.plan(designer.read(brief)).as_json()["itineraries"][0]


def numbers(itinerary: Mapping[str, Any], kind: str) -> list[int]:
    return [n for n, item in enumerate(itinerary["items"]) if item["kind"] == kind]


def stops(itinerary: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(item["place_id"], item["nights"]) for item in itinerary["items"] if item["kind"] == "stay"]


def keeps_the_contract(adjusted: Adjusted) -> None:
    assert adjusted.itinerary is not None
    answer = {
        "itineraries": [adjusted.itinerary],
        "refusal": None,
        "front": {"complete": False, "resolution": {"price": 100000, "transit_min": 15, "experience": 1},
                  "criteria": ["price", "transit", "experience", "exposure"], "candidates": 1, "took_ms": 1},
    }  # fmt: skip
    assert check_answer(dict(adjusted.planned), answer, today=TODAY) == []


Trip = tuple[dict[str, Any], dict[str, Any]]


def test_a_tour_is_left_out_and_nothing_else_changes(services: Services, trip: Trip) -> None:
    number = numbers(trip[1], "package")[0]
    adjusted = adjust_trip(edits.drop_package(*trip, number), services)

    keeps_the_contract(adjusted)
    assert adjusted.gave_way == ()
    left = [item["product_id"] for item in adjusted.itinerary["items"] if item["kind"] == "package"]
    was = [item["product_id"] for item in trip[1]["items"] if item["kind"] == "package"]
    assert left == [one for one in was if one != trip[1]["items"][number]["product_id"]]
    assert stops(adjusted.itinerary) == stops(trip[1])


def test_what_was_left_out_can_be_had_again(services: Services, trip: Trip) -> None:
    item = trip[1]["items"][numbers(trip[1], "package")[0]]
    less = adjust_trip(edits.drop_package(*trip, numbers(trip[1], "package")[0]), services)
    more = adjust_trip(
        edits.add_package(less.brief, less.itinerary, item["product_id"], item["starts"]), services
    )

    keeps_the_contract(more)
    assert item["starts"] in [one.get("starts") for one in more.itinerary["items"]]


def test_another_house_costs_another_price_and_all_else_stays(
    services: Services, designer: Designer, trip: Trip
) -> None:
    number, other = next(
        (n, stay)
        for n in numbers(trip[1], "stay")
        for stay in designer.catalogue.stays_at[trip[1]["items"][n]["place_id"]]
        if stay.id != trip[1]["items"][n]["product_id"]
    )
    adjusted = adjust_trip(edits.swap_stay(*trip, number, other.id), services)

    keeps_the_contract(adjusted)
    assert adjusted.gave_way == ()
    assert adjusted.itinerary["items"][number]["product_id"] == other.id


def test_a_night_more_here_is_a_night_less_at_the_next_stop(services: Services, trip: Trip) -> None:
    stays = numbers(trip[1], "stay")
    items = trip[1]["items"]
    number = next(
        n for n, after in pairwise(stays)
        if items[after]["nights"] > 1 and items[n]["place_id"] != items[after]["place_id"]
    )  # fmt: skip
    adjusted = adjust_trip(edits.change_nights(*trip, number, 1), services)

    keeps_the_contract(adjusted)
    at = stays.index(number)
    was, now = stops(trip[1]), stops(adjusted.itinerary)
    assert now[at] == (was[at][0], was[at][1] + 1)
    assert now[at + 1] == (was[at + 1][0], was[at + 1][1] - 1)
    assert sum(n for _, n in now) == sum(n for _, n in was)


def test_the_last_night_at_a_stop_is_not_taken_away(trip: Trip) -> None:
    one = next((n for n in numbers(trip[1], "stay") if trip[1]["items"][n]["nights"] == 1), None)
    if one is not None:
        with pytest.raises(edits.CannotEdit):
            edits.change_nights(*trip, one, -1)


def test_a_place_is_left_out_altogether(services: Services, trip: Trip) -> None:
    number = next(n for n in numbers(trip[1], "stay") if trip[1]["items"][n]["place_id"] == "gili-air")
    adjusted = adjust_trip(edits.drop_stop(*trip, number), services)

    keeps_the_contract(adjusted)
    assert "gili-air" not in [place for place, _ in stops(adjusted.itinerary)]


def test_a_place_more_is_visited(services: Services, trip: Trip) -> None:
    adjusted = adjust_trip(edits.add_stop(*trip, "sidemen"), services)

    keeps_the_contract(adjusted)
    assert {"gili-air", "labuan-bajo"} <= {place for place, _ in stops(adjusted.itinerary)}


def test_what_is_pinned_for_good_stays_when_everything_around_it_changes(services: Services, trip: Trip) -> None:
    package = numbers(trip[1], "package")[0]
    kept = edits.keep(trip[0], trip[1], package, True)
    assert edits.is_kept(kept, trip[1]["items"][package])
    gili = next(n for n in numbers(trip[1], "stay") if trip[1]["items"][n]["place_id"] == "gili-air")
    adjusted = adjust_trip(edits.drop_stop(kept, trip[1], gili), services)

    keeps_the_contract(adjusted)
    assert trip[1]["items"][package]["starts"] in [one.get("starts") for one in adjusted.itinerary["items"]]
    assert not edits.is_kept(edits.keep(kept, trip[1], package, False), trip[1]["items"][package])


def test_another_way_is_gone_between_the_same_places_on_the_same_day(services: Services, trip: Trip) -> None:
    number = numbers(trip[1], "leg")[-1]
    ways = list_ways(*trip, number, services)[:5]
    stretch = edits.stretch_at(trip[1], number)
    possible = [adjust_trip(edits.swap_way(*trip, number, runs_of(way)), services) for way in ways]
    taken = [one for one in possible if one.is_possible]
    assert taken, "none of the ways that are offered can be gone"
    for adjusted, way in zip(possible, ways, strict=True):
        if adjusted.is_possible:
            keeps_the_contract(adjusted)
            legs = [(i["trip_id"], i["service_date"]) for i in adjusted.itinerary["items"] if i["kind"] == "leg"]
            assert set(runs_of(way)) <= set(legs)
    assert all(trip[1]["items"][n]["kind"] in ("leg", "transfer") for n in stretch.numbers)


def test_a_tour_that_is_offered_for_a_day_can_be_added_or_taken_instead_of_another(
    services: Services, trip: Trip
) -> None:
    number = numbers(trip[1], "package")[1]
    item = trip[1]["items"][number]
    on = date.fromisoformat(item["starts"][:10])
    offered = list_tours(*trip, on, services)
    assert offered and item["product_id"] not in {one["product_id"] for one in offered}
    swapped = [
        adjust_trip(edits.swap_package(*trip, number, one["product_id"], one["starts"]), services)
        for one in offered[:4]
    ]
    taken = [(one, tour) for one, tour in zip(swapped, offered, strict=False) if one.is_possible]
    assert taken
    for adjusted, tour in taken:
        keeps_the_contract(adjusted)
        products = [one.get("product_id") for one in adjusted.itinerary["items"]]
        assert tour["product_id"] in products and item["product_id"] not in products


def test_a_tour_is_done_on_another_day_at_its_hour(services: Services, trip: Trip) -> None:
    done = []
    for number in numbers(trip[1], "package")[-2:]:
        item = trip[1]["items"][number]
        for by in (-1, 1):
            to = date.fromisoformat(item["starts"][:10]) + timedelta(days=by)
            adjusted = adjust_trip(edits.move_package(*trip, number, to), services)
            if adjusted.is_possible:
                keeps_the_contract(adjusted)
                mine = next(one for one in adjusted.itinerary["items"] if one.get("product_id") == item["product_id"])
                assert mine["starts"] == f"{to.isoformat()}{item['starts'][10:]}"
                done.append(number)
    assert done
    with pytest.raises(edits.CannotEdit):
        edits.move_package(*trip, done[0], date.fromisoformat(trip[1]["items"][done[0]]["starts"][:10]))


def test_the_first_stop_may_become_the_third(trip: Trip) -> None:
    stays = numbers(trip[1], "stay")
    wish = edits.move_stop(*trip, stays[0], 2)
    was = [trip[1]["items"][n] for n in stays[:3]]
    now = [pin for pin in wish.brief["pins"] if pin["kind"] == "stay"]
    assert [pin["place_id"] for pin in now] == [was[n]["place_id"] for n in (1, 2, 0)]
    lengths = [date.fromisoformat(pin["check_out"]) - date.fromisoformat(pin["check_in"]) for pin in now]
    assert [length.days for length in lengths] == [was[n]["nights"] for n in (1, 2, 0)]
    assert (now[0]["check_in"], now[2]["check_out"]) == (was[0]["check_in"], was[2]["check_out"])


@pytest.mark.parametrize("kind", ["leg", "package", "stay"])
def test_what_the_traveller_sees_to_is_not_sold_until_it_is_given_back(
    services: Services, trip: Trip, kind: str
) -> None:
    number = numbers(trip[1], kind)[0]
    arranged = adjust_trip(edits.see_to(*trip, number, "arranged"), services)
    keeps_the_contract(arranged)
    item = arranged.itinerary["items"][number]
    assert (item["sold"], edits.own_of(arranged.brief, item)) == ("self", "arranged")
    assert arranged.itinerary["totals"]["price"] == trip[1]["totals"]["price"]

    booked = adjust_trip(edits.see_to(arranged.brief, arranged.itinerary, number, "booked"), services)
    keeps_the_contract(booked)
    paid = trip[1]["items"][number]["price"]["amount"]
    assert booked.itinerary["totals"]["price"]["amount"] == trip[1]["totals"]["price"]["amount"] - paid
    back = adjust_trip(edits.see_to(booked.brief, booked.itinerary, number, ""), services)
    assert back.itinerary["totals"] == trip[1]["totals"]


def test_what_is_booked_is_not_moved(services: Services, trip: Trip) -> None:
    stay = next(n for n in numbers(trip[1], "stay") if trip[1]["items"][n]["place_id"] == "gili-air")
    booked = adjust_trip(edits.see_to(*trip, stay, "booked"), services)
    for refused in (
        lambda: edits.move_stop(booked.brief, booked.itinerary, stay, -1),
        lambda: edits.change_nights(booked.brief, booked.itinerary, stay, 1),
    ):
        with pytest.raises(edits.CannotEdit) as why:
            refused()
        assert why.value.code == "is_booked"


def test_a_plan_that_still_holds_comes_out_as_it_is(services: Services, trip: Trip) -> None:
    again = adjust_trip(edits.as_it_is(*trip), services)
    assert again.gave_way == () and again.itinerary["id"] == trip[1]["id"]
    assert again.itinerary["items"] == trip[1]["items"]


def test_an_impossible_change_is_refused_with_its_reason(services: Services, trip: Trip) -> None:
    adjusted = adjust_trip(edits.add_package(*trip, "PK01", "2027-04-05T05:00:00+08:00"), services)  # before the entry

    assert not adjusted.is_possible
    assert adjusted.refusal is not None and adjusted.refusal.reasons


def test_a_trip_ends_a_day_later_and_what_was_planned_stays(services: Services, trip: Trip) -> None:
    adjusted = adjust_trip(edits.change_end(*trip, 1), services)

    keeps_the_contract(adjusted)
    assert adjusted.gave_way == ()
    assert adjusted.brief["exit"]["by"][:10] == "2027-04-19" and trip[0]["exit"]["by"][:10] == "2027-04-18"
    assert sum(nights for _, nights in stops(adjusted.itinerary)) == sum(nights for _, nights in stops(trip[1])) + 1


def test_a_trip_ends_a_day_earlier_and_only_its_end_gives_way(services: Services, trip: Trip) -> None:
    adjusted = adjust_trip(edits.change_end(*trip, -1), services)

    keeps_the_contract(adjusted)
    first = numbers(trip[1], "leg")[0]
    assert edits.pin_of(trip[1]["items"][first]) in [edits.pin_of(item) for item in adjusted.itinerary["items"]]


def test_a_refused_change_says_which_pin_would_have_to_go(services: Services, trip: Trip) -> None:
    number = numbers(trip[1], "package")[-1]
    item = trip[1]["items"][number]
    pinned = edits.keep(edits.keep(trip[0], trip[1], numbers(trip[1], "leg")[0], True), trip[1], number, True)
    stop = next(n for n in numbers(trip[1], "stay") if trip[1]["items"][n]["place_id"] in item["visits"])

    def leave_out(brief: Mapping[str, Any]) -> edits.Wish:
        return edits.drop_stop(brief, trip[1], stop)

    assert not adjust_trip(leave_out(pinned), services).is_possible
    found = ways_out(leave_out, pinned, services)
    assert WayOut(pin=1) in found and WayOut(pin=0) not in found
    for way in found:
        adjusted = adjust_trip(leave_out(way.loosened(pinned)), services)
        keeps_the_contract(adjusted)


def test_more_days_are_offered_where_they_help_and_only_the_fewest(services: Services, designer: Designer) -> None:
    brief = a_brief(must=["gili-air"], exit={"hub": "LOP", "by": "2027-04-07T20:00:00+08:00"})
    itinerary = designer.plan(designer.read(brief)).as_json()["itineraries"][0]

    def visit(brief: Mapping[str, Any]) -> edits.Wish:
        return edits.add_stop(brief, itinerary, "moni")

    assert not adjust_trip(visit(brief), services).is_possible
    (way,) = ways_out(visit, brief, services)
    assert way == WayOut(days=2), "one day more is not enough"
    keeps_the_contract(adjust_trip(visit(way.loosened(brief)), services))


def test_a_part_that_is_not_there_cannot_be_changed(trip: Trip) -> None:
    with pytest.raises(edits.NoSuchPart):
        edits.drop_package(*trip, numbers(trip[1], "stay")[0])
    with pytest.raises(edits.NoSuchPart):
        edits.drop_stop(*trip, 999)


EDITS: dict[str, tuple[str, Callable[..., edits.Wish]]] = {
    "earlier": ("stay", lambda b, i, n: edits.move_stop(b, i, n, -1)),
    "longer": ("stay", lambda b, i, n: edits.change_nights(b, i, n, 1)),
    "shorter": ("stay", lambda b, i, n: edits.change_nights(b, i, n, -1)),
    "without": ("stay", edits.drop_stop),
    "less": ("package", edits.drop_package),
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", (3, 7, 12, 44))
def test_whatever_is_changed_the_contract_holds_or_the_refusal_says_why(
    services: Services, designer: Designer, seed: int
) -> None:
    brief = random_brief(seed)
    itinerary = designer.plan(designer.read(brief)).as_json()["itineraries"][0]
    for kind, edit in EDITS.values():
        number = numbers(itinerary, kind)[len(numbers(itinerary, kind)) // 2]
        try:
            wish = edit(brief, itinerary, number)
        except edits.CannotEdit:
            continue
        adjusted = adjust_trip(wish, services)
        if adjusted.is_possible:
            keeps_the_contract(adjusted)
        else:
            assert adjusted.refusal is not None and adjusted.refusal.reasons
