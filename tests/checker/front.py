"""Points 8, 9 and 10 over the whole answer: nothing dominated, nothing twice, the labels true, sales dates right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from .plan import Plan, Violation, amount


def criteria(itinerary: dict[str, Any]) -> tuple[Any, ...]:
    """Give the four criteria so that less is better in each."""
    totals = itinerary["totals"]
    exposure = totals["exposure"]
    return amount(totals["price"]), totals["transit_min"], -totals["experience"], (exposure["worst"], exposure["sum"])


def dominates(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def check(brief: dict[str, Any], itineraries: list[dict[str, Any]]) -> Iterator[Violation]:
    values = [criteria(i) for i in itineraries]
    for i, one in enumerate(values):
        for j, other in enumerate(values):
            if dominates(one, other):
                yield Violation(8, f"#{j + 1}", f"is dominated by #{i + 1}: {other} against {one}")
            if i < j and itineraries[i]["items"] == itineraries[j]["items"]:
                yield Violation(8, f"#{j + 1}", f"has the same items as #{i + 1}")
    ids = [i["id"] for i in itineraries]
    if len(set(ids)) < len(ids):
        yield Violation(0, "answer", f"an id is used twice: {ids}")
    if len(itineraries) > brief.get("want", len(itineraries)):
        yield Violation(0, "answer", f"{len(itineraries)} itineraries, wanted are {brief['want']}")
    yield from check_labels(itineraries, values)


def check_labels(itineraries: list[dict[str, Any]], values: list[tuple[Any, ...]]) -> Iterator[Violation]:
    least = {
        "cheapest": [v[0] for v in values],
        "least_travel": [v[1] for v in values],
        "calmest": [v[3] for v in values],
        "greenest": [i["totals"]["co2_kg"] for i in itineraries],
    }
    labels = [i["label"] for i in itineraries if i["label"]]
    if len(set(labels)) < len(labels):
        yield Violation(0, "answer", f"a label is used twice: {labels}")
    for number, itinerary in enumerate(itineraries):
        figures = least.get(itinerary["label"])
        if figures and figures[number] > min(figures):
            yield Violation(
                0,
                f"#{number + 1}",
                f"is labelled {itinerary['label']} with {figures[number]}, the least is {min(figures)}",
            )


def check_sales(plan: Plan) -> Iterator[Violation]:
    """sales_open_on stands on a leg that its carrier sells later than today, and nowhere else."""
    for leg in plan.legs:
        row = plan.data.routes.get(leg.item["route_id"])
        if row is None:
            continue
        opens = leg.starts.date() - timedelta(days=int(plan.data.fares[row["fare_group"]]["sales_open_days"]))
        right = opens.isoformat() if opens > plan.today else None
        if leg.item.get("sales_open_on") != right:
            yield Violation(0, leg.name, f"sales_open_on is {leg.item.get('sales_open_on')}, by the fare rules {right}")
