"""The designer's answers, held against the independent checker."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design.brief import InvalidBrief
from planner.design.designer import Designer
from tests.checker.briefs import random_brief
from tests.checker.check import same_answer
from tests.design.conftest import a_brief


def plan(designer: Designer, brief: dict[str, Any]) -> dict[str, Any]:
    return designer.plan(designer.read(brief)).as_json()


def kinds(itinerary: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item for item in itinerary["items"] if item["kind"] == kind]


def first(designer: Designer, **more: Any) -> dict[str, Any]:
    return plan(designer, a_brief(**more))["itineraries"][0]


@pytest.mark.parametrize("seed", (3, 7, 44, 126))
def test_the_same_brief_gives_the_same_answer(designer: Designer, seed: int) -> None:
    brief = random_brief(seed)
    assert same_answer(plan(designer, brief), plan(designer, brief))


def test_a_plan_visits_every_must(designer: Designer) -> None:
    for itinerary in plan(designer, a_brief(must=["labuan-bajo", "moni"]))["itineraries"]:
        seen = {stay["place_id"] for stay in kinds(itinerary, "stay")}
        for package in kinds(itinerary, "package"):
            seen |= {package["from_place"], package["to_place"], *package["visits"]}
        assert {"labuan-bajo", "moni"} <= seen


def test_a_must_package_is_in_every_plan(designer: Designer) -> None:
    for itinerary in plan(designer, a_brief(must_packages=["PK47"]))["itineraries"]:
        assert "PK47" in {package["product_id"] for package in kinds(itinerary, "package")}


def test_nights_are_exactly_so_many(designer: Designer) -> None:
    for itinerary in plan(designer, a_brief(nights={"ubud": 3}))["itineraries"]:
        assert sum(s["nights"] for s in kinds(itinerary, "stay") if s["place_id"] == "ubud") == 3


def test_booked_nights_are_kept_and_cost_nothing(designer: Designer) -> None:
    booked = [{"kind": "stay", "place_id": "ubud", "check_in": "2027-04-05", "check_out": "2027-04-08"}]
    for itinerary in plan(designer, a_brief(booked=booked))["itineraries"]:
        stay = kinds(itinerary, "stay")[0]
        assert (stay["place_id"], stay["check_in"], stay["price"]["amount"]) == ("ubud", "2027-04-05", 0)


def test_an_avoided_mode_is_never_used(designer: Designer) -> None:
    for itinerary in plan(designer, a_brief(avoid_modes=["flight"], must=["labuan-bajo"]))["itineraries"]:
        assert all(leg["mode"] != "flight" for leg in kinds(itinerary, "leg"))


def test_what_is_arranged_alone_is_not_paid_here(designer: Designer) -> None:
    itinerary = first(designer, self_arrange=["stay"])
    assert {stay["sold"] for stay in kinds(itinerary, "stay")} == {"self"}
    here = sum(item["price"]["amount"] for item in itinerary["items"] if item["sold"] == "here")
    assert itinerary["totals"]["pay_here"]["amount"] == here


def test_a_budget_is_kept_or_the_plan_refused_with_the_price_that_would_do(designer: Designer) -> None:
    tight = {"amount": 2_000_000, "currency": "IDR", "precision": 0}
    refusal = plan(designer, a_brief(budget=tight))["refusal"]
    assert refusal["reasons"][0]["code"] == "over_budget"
    assert refusal["relaxations"][0]["change"]["budget"]["amount"] > tight["amount"]


def test_arriving_on_the_day_of_silence_is_refused_by_its_rule(designer: Designer) -> None:
    brief = a_brief(
        entry={"hub": "DPS", "at": "2027-03-08T12:00:00+08:00"}, exit={"hub": "DPS", "by": "2027-03-15T20:00:00+08:00"}
    )
    reason = plan(designer, brief)["refusal"]["reasons"][0]
    assert (reason["code"], reason["rule_id"]) == ("closed_on_arrival", "RL-NYEPI-27")


def test_rinjani_in_january_is_refused_by_its_rule(designer: Designer) -> None:
    brief = a_brief(
        entry={"hub": "DPS", "at": "2027-01-10T12:00:00+08:00"},
        exit={"hub": "DPS", "by": "2027-01-20T20:00:00+08:00"},
        must=["rinjani"],
    )
    assert "RL-RINJ-CLOSE" in {reason["rule_id"] for reason in plan(designer, brief)["refusal"]["reasons"]}


def test_what_is_sold_out_is_not_in_the_plan(designer: Designer) -> None:
    asked = designer.read(a_brief(must_packages=["PK47"]))
    free = designer.plan(asked)
    starts = {
        i.body["starts"][:10] for one in free.itineraries for i in one.items if i.body.get("product_id") == "PK47"
    }
    short = {("PK47", designer.router.network.timetable.first_day.fromisoformat(day)): 1 for day in starts}
    again = designer.plan(asked, short)
    left = {i.body["starts"][:10] for one in again.itineraries for i in one.items if i.body.get("product_id") == "PK47"}
    assert starts and not starts & left


def test_an_open_jaw_ends_where_it_was_asked_to(designer: Designer) -> None:
    itinerary = first(designer, exit={"hub": "MOF", "by": "2027-04-18T10:00:00+08:00"}, must=["moni"])
    last = [i for i in itinerary["items"] if i["kind"] in ("leg", "transfer")][-1]
    assert (last.get("to_stop") or last["to"]) == "MOF"


def test_twins_of_one_sight_are_not_both_taken(designer: Designer) -> None:
    for itinerary in plan(designer, a_brief(must=["moni"]))["itineraries"]:
        taken = {package["product_id"] for package in kinds(itinerary, "package")}
        assert not {"PK61", "PK141"} <= taken


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"entry": {"hub": "XXX", "at": "2027-04-05T12:00:00+08:00"}}, "entry.hub"),
        ({"entry": {"hub": "DPS", "at": "2027-04-05T12:00:00"}}, "entry.at"),
        ({"entry": {"hub": "DPS", "at": "2020-04-05T12:00:00+08:00"}}, "entry.at"),
        ({"exit": {"hub": "DPS", "by": "2027-04-01T12:00:00+08:00"}}, "exit.by"),
        ({"exit": {"hub": "DPS", "by": "2030-04-01T12:00:00+08:00"}}, "exit.by"),
        ({"party": {"adults": 0}}, "party.adults"),
        ({"party": {"adults": 2, "children": [18]}}, "party.children.0"),
        ({"party": {"adults": 2, "rooms": 3}}, "party.rooms"),
        ({"must": ["atlantis"]}, "must.0"),
        ({"must": ["ubud"], "avoid": ["ubud"]}, "must.0"),
        ({"islands": ["Java Minor"]}, "islands.0"),
        ({"nights": {"ubud": -1}}, "nights.ubud"),
        ({"interests": {"karaoke": 1}}, "interests.karaoke"),
        ({"pace": "frantic"}, "pace"),
        ({"avoid_modes": ["rocket"]}, "avoid_modes.0"),
        ({"budget": {"amount": 1, "currency": "USD", "precision": 2}}, "budget.currency"),
        ({"wishes": []}, "wishes"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(designer: Designer, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidBrief) as refused:
        designer.read(a_brief(**change))
    assert field in {problem.field for problem in refused.value.problems}
