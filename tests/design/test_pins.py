"""Parts of a plan that are pinned stay where they are, whatever else is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design.brief import InvalidBrief
from planner.design.designer import Designer
from tests.checker.briefs import random_brief
from tests.checker.check import check_answer
from tests.design.conftest import TODAY, a_brief
from tests.design.test_designer import first, kinds, plan

PINNED = {"stay": ("place_id", "check_in", "check_out", "product_id"), "package": ("product_id", "starts"),
          "leg": ("trip_id", "service_date")}  # fmt: skip


def pin_of(item: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of an item that say which one it is."""
    return {"kind": item["kind"]} | {key: item[key] for key in PINNED[item["kind"]] if item[key] is not None}


def pins_of(itinerary: dict[str, Any], *but: str) -> list[dict[str, Any]]:
    return [pin_of(item) for item in itinerary["items"] if item["kind"] in PINNED and item["kind"] not in but]


def missing(itinerary: dict[str, Any], pins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    had = pins_of(itinerary)
    return [pin for pin in pins if pin not in had]


@pytest.mark.parametrize("seed", (3, 7, 12, 44, 60, 126))
def test_a_plan_whose_every_part_is_pinned_is_planned_again_as_it_is(designer: Designer, seed: int) -> None:
    brief = random_brief(seed)
    for itinerary in plan(designer, brief)["itineraries"][:2]:
        pins = pins_of(itinerary)
        pinned = {**_bare(brief), "pins": pins, "more_packages": False, "want": 1}
        again = plan(designer, pinned)
        assert check_answer(pinned, again, today=TODAY) == []
        assert again["refusal"] is None, again["refusal"]
        assert missing(again["itineraries"][0], pins) == []
        assert len(kinds(again["itineraries"][0], "package")) == len(kinds(itinerary, "package"))


def _bare(brief: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in brief.items() if key not in ("must", "must_packages", "nights", "budget")}


def test_pinned_nights_stay_while_the_rest_is_planned_around_them(designer: Designer) -> None:
    pin = {"kind": "stay", "place_id": "ubud", "check_in": "2027-04-08", "check_out": "2027-04-10"}
    for itinerary in plan(designer, a_brief(pins=[pin]))["itineraries"]:
        nights = [(s["check_in"], s["check_out"]) for s in kinds(itinerary, "stay") if s["place_id"] == "ubud"]
        assert any(a <= "2027-04-08" and b >= "2027-04-10" for a, b in nights)
        assert all(s["price"]["amount"] > 0 for s in kinds(itinerary, "stay")), "pinned is not paid elsewhere"


def test_another_house_is_taken_where_it_is_pinned(designer: Designer) -> None:
    was = next(s for s in kinds(first(designer), "stay") if len(designer.catalogue.stays_at[s["place_id"]]) > 1)
    other = next(s for s in designer.catalogue.stays_at[was["place_id"]] if s.id != was["product_id"])
    pin = pin_of(was) | {"product_id": other.id}
    found = [s["product_id"] for s in kinds(first(designer, pins=[pin]), "stay") if s["place_id"] == was["place_id"]]
    assert other.id in found


def test_a_pinned_package_starts_on_its_day_at_its_hour(designer: Designer) -> None:
    package = kinds(first(designer), "package")[1]
    for itinerary in plan(designer, a_brief(pins=[pin_of(package)]))["itineraries"]:
        assert (package["product_id"], package["starts"]) in {
            (p["product_id"], p["starts"]) for p in kinds(itinerary, "package")
        }


def test_a_package_without_is_in_no_plan_and_no_other_is_added_where_none_may_be(designer: Designer) -> None:
    packages = [p["product_id"] for p in kinds(first(designer), "package")]
    for itinerary in plan(designer, a_brief(without=packages[:2]))["itineraries"]:
        assert not {p["product_id"] for p in kinds(itinerary, "package")} & set(packages[:2])
    for itinerary in plan(designer, a_brief(must_packages=packages[:1], more_packages=False))["itineraries"]:
        assert [p["product_id"] for p in kinds(itinerary, "package")] == packages[:1]


def test_a_pinned_leg_is_taken(designer: Designer) -> None:
    plans = plan(designer, a_brief(must=["gili-air"]))["itineraries"]
    leg = kinds(plans[0], "leg")[0]
    stays = pins_of(plans[0], "package", "leg")
    found = first(designer, pins=[*stays, pin_of(leg)])
    assert pin_of(leg) in pins_of(found)


def test_pins_that_cannot_be_kept_are_refused_and_what_helps_is_offered(designer: Designer) -> None:
    far = [{"kind": "package", "product_id": "PK01", "starts": "2027-04-05T08:00:00+08:00"}]  # before the entry
    answer = plan(designer, a_brief(pins=far))
    assert answer["itineraries"] == []
    assert [way["code"] for way in answer["refusal"]["relaxations"]][:1] == ["without_pins"]


@pytest.mark.parametrize(
    ("pins", "field"),
    [
        ([{"kind": "walk"}], "pins.0.kind"),
        ([{"kind": "package", "product_id": "PK01", "starts": "soon"}], "pins.0.starts"),
        ([{"kind": "leg", "trip_id": "", "service_date": "2027-04-06"}], "pins.0.trip_id"),
        ([{"kind": "stay", "place_id": "ubud", "check_in": "2027-04-06", "check_out": "2027-04-06"}],
         "pins.0.check_out"),
        ([{"kind": "stay", "place_id": "ubud", "check_in": "2027-04-06", "check_out": "2027-04-07",
           "product_id": "ST-LBJ-1"}], "pins.0.product_id"),
        ([{"kind": "stay", "place_id": p, "check_in": "2027-04-06", "check_out": "2027-04-07"}
          for p in ("ubud", "moni")], "pins"),
        ("all", "pins"),
    ],
)  # fmt: skip
def test_pins_that_make_no_sense_name_their_field(designer: Designer, pins: Any, field: str) -> None:
    with pytest.raises(InvalidBrief) as refused:
        designer.read(a_brief(pins=pins))
    assert field in [problem.field for problem in refused.value.problems]


def test_a_package_cannot_be_both_asked_for_and_left_out(designer: Designer) -> None:
    with pytest.raises(InvalidBrief):
        designer.read(a_brief(must_packages=["PK01"], without=["PK01"]))
