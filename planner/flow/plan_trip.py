"""Plan a trip: a brief in, a handful of itineraries out, or the reasons why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from planner.design.answer import Answer
from planner.design.brief import TripBrief
from planner.flow.services import Services


def plan_trip(brief: Mapping[str, Any] | TripBrief, services: Services) -> Answer:
    """Plan a brief on what is in service and what is left today.

    Raises:
        InvalidBrief: one or several fields are wrong; each has its path.
    """
    designer = services.snapshots.designer()
    asked = brief if isinstance(brief, TripBrief) else designer.read(brief)
    short = services.snapshots.short(asked.entry_at.date() - timedelta(days=1), asked.exit_by.date())
    return designer.plan(asked, short)
