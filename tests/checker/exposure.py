"""Point 8, bands: the exposure of each crossing, from the closure shares of weather.csv."""

from __future__ import annotations

from collections.abc import Iterator

from .plan import Move, Plan, Violation

ASH = {"MOF", "LKA"}
COLUMNS = {
    "ferry": "cancel_pct_ferry",
    "ship": "cancel_pct_ferry",
    "fast_boat": "cancel_pct_fast_boat",
    "public_boat": "cancel_pct_fast_boat",
    "charter_boat": "cancel_pct_tour_boat",
    "package": "cancel_pct_tour_boat",
}


def band(plan: Plan, move: Move) -> int:
    """Give the band of a movement: below 3 is 0, below 10 is 1, below 20 is 2, else 3."""
    if move.mode == "flight":
        return 1 if move.goal in ASH else 0
    column = COLUMNS.get("package" if move.kind == "package" else move.mode)
    if column is None:
        return 0
    if move.kind == "package":
        area = plan.facts(move).get("area_id", "")
    else:
        area = plan.data.routes.get(move.item["route_id"], {}).get("area_id", "")
    share = plan.data.weather.get((area, move.starts.month), {}).get(column)
    return sum(float(share) >= step for step in (3, 10, 20)) if share else 0


def check(plan: Plan) -> Iterator[Violation]:
    bands = []
    for move in plan.moves:
        bands.append(right := band(plan, move))
        if move.item.get("exposure", 0) != right:
            yield Violation(8, move.name, f"exposure is {move.item.get('exposure', 0)}, by the weather table {right}")
    claimed = plan.itinerary["totals"]["exposure"]
    if (claimed["worst"], claimed["sum"]) != (max(bands, default=0), sum(bands)):
        yield Violation(
            8, plan.label, f"totals.exposure is {claimed}, the items give {max(bands, default=0)} and {sum(bands)}"
        )
