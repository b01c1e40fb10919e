"""Sites whose planner answers with a hand-made plan, so that pages are tested alone."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from planner.travellers import planning
from planner.web.atlas import Atlas, shipped

HERE = Path(__file__).parent
TODAY = date(2026, 11, 24)
LAST_DAY = date(2028, 12, 31)


def sample(name: str) -> dict[str, Any]:
    """A hand-made answer of the planner."""
    answer: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return answer


@pytest.fixture
def atlas() -> Atlas:
    return shipped()


@pytest.fixture
def asked_of_the_planner(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Answer with the sample, refuse whoever wants Moni, and remember the briefs; the day is fixed."""
    briefs: list[Mapping[str, Any]] = []

    def plan(brief: Mapping[str, Any]) -> dict[str, Any]:
        briefs.append(brief)
        return sample("sample_refusal" if "moni" in brief.get("must", ()) else "sample_answer")

    monkeypatch.setattr(planning, "plan", plan)
    monkeypatch.setattr(planning, "check", lambda brief: None)
    monkeypatch.setattr(planning, "today", lambda: TODAY)
    monkeypatch.setattr(planning, "last_day", lambda: LAST_DAY)
    return briefs


@pytest.fixture
def pages(make_app: Callable[..., Flask], asked_of_the_planner: list[Mapping[str, Any]]) -> FlaskClient:
    return make_app().test_client()
