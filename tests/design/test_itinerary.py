"""What is written out is what the search found."""

from __future__ import annotations

import pytest

from planner.design.designer import FIRST, Designer
from planner.design.mixes import mixes
from planner.design.score import drafts
from planner.design.writer import Writer
from tests.checker.briefs import random_brief
from tests.design.conftest import TODAY, a_brief

LEVY_AND_LANDINGS = {"RL-LEVY", "RL-GILI", "RL-PENIDA"}
BRIEFS = [
    a_brief(exit={"hub": "MOF", "by": "2027-04-18T10:00:00+08:00"}, must=["moni"]),
    a_brief(must=["larantuka"]),
    a_brief(must=["gili-air", "nusa-penida"]),
    *(random_brief(seed) for seed in range(20, 32)),
]


@pytest.mark.parametrize("number", range(len(BRIEFS)))
def test_price_and_exposure_of_the_items_are_those_of_the_search(designer: Designer, number: int) -> None:
    found = designer._search(designer.read(BRIEFS[number]), {}, FIRST)
    writer = Writer(found.trip, designer.catalogue, designer.router, TODAY)
    table = mixes(found.trip.brief.party.heads)
    for i in drafts(found.solutions, table, 10) if len(found.solutions) else ():
        solution = found.solutions[i]
        written = writer.write(found.labels, solution)
        assert written.exposure == (int(solution["worst"]), int(solution["sum"]))
        apart = [item.price for item in written.items if item.body.get("rule_id") in LEVY_AND_LANDINGS]
        assert written.price - sum(apart) <= int(solution["price"]) <= written.price


def test_a_landing_at_maumere_carries_the_ash_band(designer: Designer) -> None:
    answer = designer.plan(designer.read(a_brief(must=["maumere"]))).as_json()
    legs = [i for one in answer["itineraries"] for i in one["items"] if i["kind"] == "leg" and i["mode"] == "flight"]
    assert {leg["exposure"] for leg in legs if leg["to_stop"] in ("MOF", "LKA")} <= {1}
    assert {leg["exposure"] for leg in legs if leg["to_stop"] not in ("MOF", "LKA")} == {0}
