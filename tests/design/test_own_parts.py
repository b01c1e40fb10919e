"""Parts that the traveller sees to alone: estimated while they are to be bought, free once they are booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from planner.design.brief import InvalidBrief, TripBrief
from planner.design.designer import Designer
from planner.values.times import WITA
from tests.checker.check import check_answer
from tests.design.conftest import TODAY, a_brief
from tests.design.test_designer import first, kinds, plan
from tests.design.test_pins import pin_of


@pytest.fixture
def found(designer: Designer) -> dict[str, Any]:
    return first(designer)


def with_own(designer: Designer, found: dict[str, Any], item: dict[str, Any], own: str) -> dict[str, Any]:
    """Plan again with every part pinned and one of them the traveller's own; the checker agrees."""
    pins = [pin_of(one) for one in found["items"] if one["kind"] in ("stay", "package", "leg")]
    pins = [pin | {"own": own} if pin == pin_of(item) else pin for pin in pins]
    brief = a_brief(pins=pins, more_packages=False, want=1)
    answer = plan(designer, brief)
    assert check_answer(brief, answer, today=TODAY) == []
    return next(i for i in answer["itineraries"][0]["items"]
                if i["kind"] == item["kind"] and pin_of({"product_id": None} | i) == pin_of(item))  # fmt: skip


@pytest.mark.parametrize("kind", ("package", "leg", "stay"))
def test_what_the_traveller_buys_alone_is_estimated_and_not_sold(
    designer: Designer, found: dict[str, Any], kind: str
) -> None:
    item = kinds(found, kind)[0]
    own = with_own(designer, found, item, "arranged")
    assert own["sold"] == "self" and own["price"] == item["price"] and not own.get("booked")


@pytest.mark.parametrize("kind", ("package", "leg", "stay"))
def test_what_the_traveller_has_booked_costs_nothing_more(designer: Designer, found: dict[str, Any], kind: str) -> None:
    item = kinds(found, kind)[0]
    own = with_own(designer, found, item, "booked")
    assert (own["sold"], own["price"]["amount"], own["price_low"]["amount"]) == ("self", 0, 0)
    assert own["booked"] and own["quantity"] == []
    assert own.get("title", "") == item.get("title", ""), "it keeps its name"


def test_the_nights_beside_booked_ones_are_another_stay(designer: Designer, found: dict[str, Any]) -> None:
    stay = next(s for s in kinds(found, "stay") if s["nights"] > 1)
    out = (datetime.fromisoformat(stay["check_in"]) + timedelta(days=1)).date().isoformat()
    pins = [pin_of(stay) | {"check_out": out, "own": "booked"}]
    brief = a_brief(pins=pins)
    answer = plan(designer, brief)
    assert check_answer(brief, answer, today=TODAY) == []
    for itinerary in answer["itineraries"]:
        mine = next(s for s in kinds(itinerary, "stay") if s["check_in"] == stay["check_in"])
        assert mine["check_out"] == out and mine["price"]["amount"] == 0
        beside = [s for s in kinds(itinerary, "stay") if s["check_in"] == out and s["place_id"] == mine["place_id"]]
        assert all(s["price"]["amount"] > 0 for s in beside)


def test_a_package_that_is_booked_needs_no_place_and_no_notice(designer: Designer, found: dict[str, Any]) -> None:
    item = kinds(found, "package")[0]
    product = item["product_id"]
    starts = datetime.fromisoformat(item["starts"]).astimezone(WITA)
    sold_out = {(product, starts.date()): 0}

    def brief(**own: str) -> TripBrief:
        return designer.read(a_brief(pins=[pin_of(item) | own]))

    assert designer.plan(brief(), sold_out).itineraries == ()
    assert designer.plan(brief(own="arranged"), sold_out).itineraries == ()
    assert designer.plan(brief(own="booked"), sold_out).itineraries


def test_a_part_is_ones_own_in_two_ways_alone(designer: Designer, found: dict[str, Any]) -> None:
    pin = pin_of(kinds(found, "package")[0]) | {"own": "perhaps"}
    with pytest.raises(InvalidBrief) as refused:
        designer.read(a_brief(pins=[pin]))
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("pins.0.own", "unknown_choice")]
