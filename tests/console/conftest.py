"""The ``planner`` command with a planner that is a stand-in."""

import sys
import types
from typing import Any

import pytest
from click.testing import CliRunner, Result

from planner.console import main

RUPIAH = {"currency": "IDR", "precision": 0}


def rupiah(amount: int) -> dict[str, Any]:
    return {"amount": amount, **RUPIAH}


TRIP: dict[str, Any] = {
    "id": "t1",
    "label": "best",
    "totals": {
        "price": rupiah(3_650_000),
        "price_per_person": rupiah(1_825_000),
        "pay_here": rupiah(3_350_000),
        "firm_share": 0.24,
        "transit_min": 325,
        "experience": 12.5,
        "exposure": {"worst": 1, "sum": 1},
        "co2_kg": 40.0,
        "boats": 1,
        "flights": 0,
        "nights": {"Bali": 2, "NTB": 1, "NTT": 0},
        "spend": {"Bali": rupiah(3_000_000), "NTB": rupiah(650_000), "NTT": rupiah(0)},
        "local_share": 0.5,
    },
    "items": [
        {
            "kind": "transfer",
            "mode": "road",
            "route_id": "R-DPS-UBD",
            "from": "DPS",
            "to": "ubud",
            "departs": "2027-04-05T12:00:00+08:00",
            "arrives": "2027-04-05T13:25:00+08:00",
            "price": rupiah(500_000),
            "sold": "here",
            "confidence": "estimated",
        },
        {
            "kind": "stay",
            "product_id": "UBD1",
            "place_id": "ubud",
            "title": "Homestay",
            "check_in": "2027-04-05",
            "check_out": "2027-04-07",
            "rooms": 1,
            "price": rupiah(1_000_000),
            "sold": "here",
            "confidence": "verified",
        },
        {
            "kind": "leg",
            "mode": "ferry",
            "route_id": "F-PDB-LEM",
            "trip_id": "F-PDB-LEM-0-2200",
            "service_date": "2027-04-07",
            "from_stop": "H-PADANGBAI",
            "to_stop": "H-LEMBAR",
            "departs": "2027-04-07T22:00:00+08:00",
            "arrives": "2027-04-08T03:00:00+08:00",
            "price": rupiah(300_000),
            "sold": "here",
            "confidence": "verified",
        },
        {
            "kind": "package",
            "product_id": "PK01",
            "title": "Ubud cooking class",
            "starts": "2027-04-06T08:00:00+08:00",
            "ends": "2027-04-06T13:00:00+08:00",
            "from_place": "ubud",
            "to_place": "ubud",
            "visits": ["ubud"],
            "price": rupiah(1_000_000),
            "sold": "here",
        },
        {"kind": "fee", "rule_id": "RL-BALI-LEVY", "on": "2027-04-05", "price": rupiah(300_000), "sold": "on_spot"},
    ],
    "rules": [{"rule_id": "RL-BALI-LEVY", "verdict": "applied", "text": "A levy is due.", "source": "x"}],
    "why": ["It visits all that you asked for."],
}
REFUSAL = {
    "reasons": [{"code": "too_short", "rule_id": None, "text": "Two days are too few.", "params": {}}],
    "relaxations": [{"change": {"want": 1}, "text": "One more day makes it possible."}],
}


class StandIn:
    """Records the brief, and answers what it was told to."""

    def __init__(self) -> None:
        self.briefs: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"front": {}, "itineraries": [TRIP], "refusal": None}
        self.error: Exception | None = None
        self.prepared: list[Any] = []

    def __call__(self, brief: dict[str, Any], services: Any) -> "StandIn":
        self.briefs.append(brief)
        if self.error:
            raise self.error
        return self

    def refuse(self) -> None:
        self.answer = {"front": None, "itineraries": [], "refusal": REFUSAL}

    def as_json(self) -> dict[str, Any]:
        return self.answer


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    module = types.ModuleType("planner.flow.plan_trip")
    module.plan_trip = stand_in  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "planner.flow.plan_trip", module)
    monkeypatch.setattr("planner.console.start.prepare", stand_in.prepared.append)
    return stand_in


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Give a function that runs ``planner`` with arguments on a fresh instance folder."""
    monkeypatch.setenv("LINTAS_INSTANCE", str(tmp_path / "instance"))
    for name in ("DATABASE_URL", "SITE_URL", "SECRET_KEY", "STRIPE_SECRET_KEY", "PORT"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=given, prog_name="planner")

    return call
