"""An API whose planner is a stand-in, and the document that describes it."""

from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

BRIEF = {
    "entry": {"hub": "DPS", "at": "2027-04-05T12:00:00+08:00"},
    "exit": {"hub": "DPS", "by": "2027-04-18T20:00:00+08:00"},
    "party": {"adults": 2, "children": [9], "residency": "foreign", "rooms": 1},
    "must": ["labuan-bajo", "moni"],
    "avoid": ["tambora"],
    "islands": ["Lombok", "Sumbawa", "Komodo", "Flores"],
    "must_packages": ["PK47"],
    "nights": {"ubud": 3},
    "booked": [{"kind": "stay", "place_id": "ubud", "check_in": "2027-04-05", "check_out": "2027-04-08"}],
    "self_arrange": ["stay"],
    "interests": {"trek": 3, "dive": 1, "culture": 2},
    "pace": "balanced",
    "comfort": "mid",
    "budget": {"amount": 60000000, "currency": "IDR", "precision": 0},
    "avoid_modes": ["fast_boat"],
    "want": 6,
}
REFUSED = {
    "front": None,
    "itineraries": [],
    "refusal": {
        "reasons": [{"code": "too_short", "rule_id": None, "text": "Two days are too few.", "params": {}}],
        "relaxations": [{"change": {"exit": {"by": "2027-04-19T20:00:00+08:00"}}, "text": "One more day helps."}],
    },
}


class StandIn:
    """Records what the door asked, and answers what it was told to."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: dict[str, Any] = REFUSED
        self.error: Exception | None = None

    def __call__(self, *what: Any) -> "StandIn":
        self.asked.append(what)
        if self.error:
            raise self.error
        return self

    def as_json(self) -> dict[str, Any]:
        return self.answer


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a stand-in in the place of the flow ``plan_trip``."""
    stand_in = StandIn()
    monkeypatch.setattr("planner.api.plans.plan_trip", stand_in)
    return stand_in


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Put a stand-in in the place of the flow ``find_journeys``."""
    stand_in = StandIn()
    stand_in.answer = {"journeys": []}
    monkeypatch.setattr("planner.api.journeys.find_journeys", stand_in)
    return stand_in


@pytest.fixture
def brief() -> dict[str, Any]:
    return deepcopy(BRIEF)


@pytest.fixture
def document(client) -> dict[str, Any]:
    return client.get("/api/openapi.json").json


@pytest.fixture
def must_be(document):
    """Give a check that some JSON is what the document says of a schema."""

    def check(name: str, told: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        errors = [
            f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in Draft202012Validator(schema).iter_errors(told)
        ]
        assert not errors, errors[:5]

    return check
