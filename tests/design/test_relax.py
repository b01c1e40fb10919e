"""Every change that a refusal offers has a plan."""

from __future__ import annotations

from typing import Any

import pytest

from planner.design.designer import Designer
from tests.checker.briefs import random_brief
from tests.checker.check import check_answer, relaxed
from tests.design.conftest import TODAY


def plan(designer: Designer, brief: dict[str, Any]) -> dict[str, Any]:
    return designer.plan(designer.read(brief)).as_json()


@pytest.mark.parametrize("seed", range(60))
def test_every_relaxation_that_is_offered_is_planned(designer: Designer, seed: int) -> None:
    brief = random_brief(seed)
    refusal = plan(designer, brief)["refusal"]
    for relaxation in refusal["relaxations"] if refusal else ():
        helped = relaxed(brief, relaxation["change"])
        answer = plan(designer, helped)
        assert answer["itineraries"], relaxation
        assert check_answer(helped, answer, today=TODAY) == []


def test_most_refusals_offer_something(designer: Designer) -> None:
    refusals = [plan(designer, random_brief(seed))["refusal"] for seed in range(60)]
    refused = [refusal for refusal in refusals if refusal]
    assert len(refused) > 10
    assert sum(bool(refusal["relaxations"]) for refusal in refused) / len(refused) > 0.9
