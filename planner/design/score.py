"""Chooses the handful that is shown: undominated, unlike each other, each with its reason to be there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.design.itinerary import Itinerary

LEAST_OF_BEST = 0.5
"""A trip that is worth less than this share of the best one is cheap because it leaves the trip out."""
DRAFTS = 40
LABELS = ("best", "cheapest", "least_travel", "calmest", "greenest")


def undominated(solutions: np.ndarray) -> np.ndarray:
    """Return the numbers of solutions (SOLUTION) that no other beats on all four criteria, cheapest first.

    Equal ones count once; ties go to the earlier number.
    """
    order = np.lexsort(
        (
            np.arange(len(solutions)),
            solutions["sum"],
            solutions["worst"],
            -solutions["worth"],
            solutions["transit_s"],
            solutions["price"],
        )
    )
    kept: list[int] = []
    columns = np.stack(
        [
            solutions["price"],
            solutions["transit_s"],
            -solutions["worth"].astype(np.int64),
            solutions["worst"].astype(np.int64) * 1000 + solutions["sum"],
        ],
        axis=1,
    ).astype(np.int64)
    front = np.zeros((0, 4), np.int64)
    for i in order:
        row = columns[i]
        if len(front) and bool(np.any(np.all(front <= row, axis=1))):
            continue
        kept.append(int(i))
        front = np.vstack([front, row])
    return np.array(kept, np.int64)


def drafts(solutions: np.ndarray, mixes: np.ndarray, count: int = DRAFTS) -> list[int]:
    """Choose solutions worth writing out: the best by each mix in turn, no two with the same places and packages first.

    `mixes` (vectors, 4) as in the search.
    """
    front = undominated(solutions)
    if len(front) <= count:
        return [int(i) for i in front]
    rows = solutions[front]
    enough = rows["worth"] >= LEAST_OF_BEST * rows["worth"].max()
    front, rows = front[enough], rows[enough]
    values = (
        rows["worth"][None, :]
        - mixes[:, :1] * rows["price"]
        - mixes[:, 1:2] * (rows["transit_s"] / 60)
        - mixes[:, 2:3] * rows["worst"]
        - mixes[:, 3:4] * rows["sum"]
    )
    extremes = [rows["price"], rows["transit_s"], rows["worst"].astype(np.int64) * 1000 + rows["sum"]]
    rankings = [np.argsort(-v, kind="stable") for v in values] + [np.argsort(e, kind="stable") for e in extremes]
    chosen: list[int] = []
    looks: set[tuple[int, int]] = set()
    for allow_twins in (False, True):
        at = [0] * len(rankings)
        while len(chosen) < count and any(a < len(front) for a in at):
            for r, ranking in enumerate(rankings):
                while at[r] < len(front):
                    i = int(ranking[at[r]])
                    at[r] += 1
                    look = (int(rows["visited"][i]), int(rows["done"][i]))
                    number = int(front[i])
                    if number not in chosen and (allow_twins or look not in looks):
                        chosen.append(number)
                        looks.add(look)
                        break
                if len(chosen) == count:
                    break
    return chosen


def beats(a: Itinerary, b: Itinerary) -> bool:
    """Tell whether `a` is as good as `b` on every criterion and better on one."""
    pairs = list(zip(a.criteria, b.criteria, strict=True))
    return all(x <= y for x, y in pairs) and any(x < y for x, y in pairs)  # type: ignore[operator]


def front_of(itineraries: Sequence[Itinerary]) -> list[Itinerary]:
    """Return those that none beats, without doubles, in a fixed order."""
    unique = {one.key: one for one in sorted(itineraries, key=_order)}
    return [
        one for one in unique.values() if not any(beats(other, one) for other in unique.values() if other is not one)
    ]


def _order(one: Itinerary) -> tuple[object, ...]:
    return (*one.criteria, one.key)


def balance(one: Itinerary, among: Sequence[Itinerary]) -> float:
    """Return how well an itinerary balances the four criteria among others; more is better."""
    worth = max(1.0, max(other.experience for other in among))
    price = max(1, min(other.price for other in among))
    transit = max(60, min(other.transit_min for other in among))
    worst, total = one.exposure
    return (
        2.0 * one.experience / worth
        - 0.35 * min(3.0, one.price / price)
        - 0.25 * min(3.0, one.transit_min / transit)
        - 0.10 * worst
        - 0.02 * total
    )


def handful(itineraries: Sequence[Itinerary], want: int) -> list[Itinerary]:
    """Choose at most `want`: the best by each label, then those that differ most from what is there."""
    front = front_of(itineraries)
    if not front:
        return []
    most = max(one.experience for one in front)
    worthy = [one for one in front if one.experience >= LEAST_OF_BEST * most] or front
    named: dict[str, Itinerary] = {}
    named["best"] = max(worthy, key=lambda one: (balance(one, worthy), one.key))
    named["cheapest"] = min(worthy, key=lambda one: (one.price, one.key))
    named["least_travel"] = min(worthy, key=lambda one: (one.transit_min, one.price, one.key))
    named["calmest"] = min(worthy, key=lambda one: (one.exposure, one.price, one.key))
    named["greenest"] = min(worthy, key=lambda one: (one.co2_kg, one.price, one.key))
    shown: list[Itinerary] = []
    for label in LABELS:
        one = named[label]
        if len(shown) < want and all(other.key != one.key for other in shown):
            shown.append(replace(one, label=label))
    rest = [one for one in worthy if all(one.key != other.key for other in shown)]
    doings = {one.key: doing(one) for one in worthy}
    balances = {one.key: balance(one, worthy) for one in rest}

    def unlikeness(one: Itinerary) -> float:
        return min(difference(doings[one.key], doings[other.key]) for other in shown)

    while rest and len(shown) < want:
        unlike = max(rest, key=lambda one: (unlikeness(one), balances[one.key], one.key))
        if unlikeness(unlike) < 0.05:
            break
        shown.append(unlike)
        rest.remove(unlike)
    return shown


def doing(one: Itinerary) -> frozenset[str]:
    """Return what an itinerary sees and does: its places and packages."""
    return one.visited | {str(item.body.get("product_id")) for item in one.items if item.kind == "package"}


def difference(a: frozenset[str], b: frozenset[str]) -> float:
    """Return how unlike two lists of doings are, 0 to 1."""
    union = a | b
    return 1 - len(a & b) / len(union) if union else 0.0
