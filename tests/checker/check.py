"""The one way in: every point of "What always holds" on one answer."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from . import chain, exposure, fees, front, prices, rules, running, shape, waiting, wishes
from .data import Data, read_data
from .plan import Plan, Violation

POINTS = (
    chain.check_order,
    running.check_legs,
    running.check_transfers,
    running.check_packages,
    running.check_stays,
    waiting.check,
    chain.check_nights,
    prices.check_items,
    prices.check_totals,
    fees.check,
    chain.check_frame,
    rules.check,
    wishes.check,
    exposure.check,
    front.check_sales,
)


def check_answer(
    brief: dict[str, Any], answer: dict[str, Any], data: Data | None = None, today: date | None = None
) -> list[Violation]:
    """List what is wrong with an answer to a brief; an empty list is a clean answer.

    The dates of sale depend on the day of planning, `today` (by default the machine's date).
    An itinerary with a broken shape is reported and not read further.
    """
    data, today = data or read_data(), today or date.today()
    found = list(shape.check_answer_shape(answer))
    whole = []
    for number, itinerary in enumerate(answer.get("itineraries") or [], 1):
        broken = list(shape.check_itinerary_shape(f"#{number}", itinerary))
        found += broken
        if not broken:
            whole.append(itinerary)
            found += check_itinerary(brief, itinerary, data, today, number)
    if len(whole) == len(answer.get("itineraries") or []):
        found += front.check(brief, whole)
    return found


def check_itinerary(
    brief: dict[str, Any], itinerary: dict[str, Any], data: Data, today: date, number: int = 1
) -> list[Violation]:
    """List what is wrong with one itinerary of the right shape."""
    plan = Plan(brief, itinerary, data, today, number)
    return [violation for point in POINTS for violation in point(plan)]


def same_answer(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Point 9: say whether two answers are equal but for the time they took."""

    def timeless(answer: dict[str, Any]) -> dict[str, Any]:
        answer = copy.deepcopy(answer)
        answer.get("front", {}).pop("took_ms", None)
        return answer

    return timeless(one) == timeless(other)


def relaxed(brief: Any, change: Any) -> Any:
    """Apply a relaxation (JSON merge patch, RFC 7396) to a brief, so that it can be planned again."""
    if not isinstance(change, dict):
        return change
    merged = dict(brief) if isinstance(brief, dict) else {}
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = relaxed(merged.get(key), value)
    return merged
