"""Whatever a brief asks, the answer keeps the contract: held against the independent checker."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from planner.design.designer import Designer
from tests.checker.briefs import briefs, random_brief
from tests.checker.check import check_answer
from tests.design.conftest import TODAY


def plan(designer: Designer, brief: dict[str, Any]) -> dict[str, Any]:
    return designer.plan(designer.read(brief)).as_json()


@pytest.mark.parametrize("seed", range(160))
def test_every_answer_to_a_random_brief_keeps_the_contract(designer: Designer, seed: int) -> None:
    brief = random_brief(seed)
    answer = plan(designer, brief)
    assert check_answer(brief, answer, today=TODAY) == []
    assert answer["itineraries"] or answer["refusal"]["reasons"]


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brief=briefs())
def test_no_brief_that_can_be_drawn_breaks_the_contract(designer: Designer, brief: dict[str, Any]) -> None:
    assert check_answer(brief, plan(designer, brief), today=TODAY) == []
