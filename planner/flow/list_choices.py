"""List what a trip may have instead of a part, or beside it: other ways of a day, tours of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from planner.design.choices import tours_on, ways_instead
from planner.design.journeys import Journey
from planner.flow.services import Services


def list_ways(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], number: int, services: Services
) -> list[Journey]:
    """List other ways than the one that a leg is part of, the earliest arrival first.

    Raises:
        NoSuchPart: the plan has no such leg.
    """
    designer = services.snapshots.designer()
    return ways_instead(designer, designer.read(brief), itinerary, number)


def list_tours(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], on: date, services: Services
) -> list[dict[str, Any]]:
    """List the tours that could start on a day where the party is, as items of a plan."""
    designer = services.snapshots.designer()
    short = services.snapshots.short(on - timedelta(days=1), on + timedelta(days=1))
    return tours_on(designer, designer.read(brief), itinerary, on, short)
