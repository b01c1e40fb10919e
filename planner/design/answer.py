"""What the designer says: itineraries with their reasons, or a refusal with its reasons and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.design.itinerary import Itinerary

RESOLUTION = {"price": 100_000, "transit_min": 15, "experience": 1}
CRITERIA = ("price", "transit", "experience", "exposure")


@dataclass(frozen=True)
class Reason:
    """Why, in a code with parameters for translation and in plain English; `rule_id` where a rule decides."""

    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rule_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {"code": self.code, "rule_id": self.rule_id, "text": self.text, "params": dict(self.params)}


@dataclass(frozen=True)
class Relaxation:
    """A change to the brief (a JSON merge patch, RFC 7396) after which there is a plan."""

    change: Mapping[str, Any]
    code: str
    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {"change": dict(self.change), "code": self.code, "text": self.text, "params": dict(self.params)}


@dataclass(frozen=True)
class Refusal:
    """Why no trip meets the brief, and the smallest changes that let one."""

    reasons: tuple[Reason, ...]
    relaxations: tuple[Relaxation, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {
            "reasons": [reason.as_json() for reason in self.reasons],
            "relaxations": [relaxation.as_json() for relaxation in self.relaxations],
        }


@dataclass(frozen=True)
class Answer:
    """The answer to a brief; `candidates` complete trips were compared, `is_complete` only where that is proved."""

    itineraries: tuple[Itinerary, ...]
    refusal: Refusal | None
    candidates: int
    took_ms: int
    is_complete: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {
            "front": {
                "complete": self.is_complete,
                "resolution": RESOLUTION,
                "criteria": list(CRITERIA),
                "candidates": self.candidates,
                "took_ms": self.took_ms,
            },
            "itineraries": [itinerary.as_json() for itinerary in self.itineraries],
            "refusal": self.refusal.as_json() if self.refusal else None,
        }
