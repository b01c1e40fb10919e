"""The proved front of a small problem: every trip is grown, only those beaten by an equal state are dropped.

Label-setting in the order of time. Two labels are in the same state when everything that decides what may follow, and
what it will be worth, is equal; then the one that is no better on price, travel, experience and exposure can go (a
label it is beaten by has the same future). Nothing else is cut but what the admissible bounds of `bounds` exclude, so
the front is complete for the problem as given: its journeys, places and packages. It serves small cases and as the
oracle of the tests; `Proof.is_proved` is False when it ran out of room.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from planner.design.moves import ENTERED, LABEL, SOLUTION, START, Problem, expand, ways_home
from planner.design.score import undominated

STATE = (
    "visited", "slept", "done", "time_s", "dived_s", "exposed_s", "node", "kind", "nights_here", "today", "fresh",
    "counts_a", "counts_b",
)  # fmt: skip
MOST_SUCCESSORS = 6_000


@dataclass(frozen=True)
class Proof:
    """The front of a problem: (n,) SOLUTION rows that nothing beats, their labels, and whether it is proved."""

    labels: np.ndarray
    front: np.ndarray
    is_proved: bool


def first_label(problem: Problem) -> np.ndarray:
    """Return (1,) the label of a trip that has just begun."""
    label = np.zeros(1, LABEL)
    label["time_s"], label["node"], label["kind"], label["act"] = problem.entry_s, problem.entry, ENTERED, START
    label["parent"] = label["what"] = label["dived_s"] = label["exposed_s"] = -1
    return label


def prove(problem: Problem, most_labels: int = 200_000) -> Proof:
    """Grow all trips of a problem and return its front."""
    labels = np.zeros(most_labels, LABEL)
    labels[:1] = first_label(problem)
    scratch = np.zeros(MOST_SUCCESSORS, LABEL)
    home = np.zeros(MOST_SUCCESSORS, SOLUTION)
    used = 1
    queue = [(problem.entry_s, 0)]
    bags: dict[bytes, list[tuple[int, int, int, int, int, int]]] = {}
    solutions: list[np.ndarray] = []
    beaten: set[int] = set()
    while queue:
        _, at = heapq.heappop(queue)
        if at in beaten:
            continue
        solved = ways_home(problem, labels, at, home, 0)
        if solved:
            solutions.append(home[:solved].copy())
        found = expand(problem, labels, at, scratch)
        if used + found > most_labels or found == len(scratch):
            return Proof(labels[:used], np.zeros(0, SOLUTION), False)
        states = _states(scratch[:found])
        for row, state in zip(scratch[:found], states, strict=True):
            costs = (
                int(row["price"]), int(row["transit_s"]), -int(row["worth"]), int(row["worst"]), int(row["sum"]),
            )  # fmt: skip
            bag = bags.setdefault(state, [])
            if any(all(a <= b for a, b in zip(other, costs, strict=False)) for other in bag):
                continue
            for other in [o for o in bag if all(a <= b for a, b in zip(costs, o, strict=False))]:
                bag.remove(other)
                beaten.add(other[5])
            bag.append((*costs, used))
            labels[used] = row
            heapq.heappush(queue, (int(row["time_s"]), used))
            used += 1
    ends = np.concatenate(solutions) if solutions else np.zeros(0, SOLUTION)
    front = ends[undominated(ends)] if len(ends) else ends
    return Proof(labels[:used], front, True)


def _states(rows: np.ndarray) -> list[bytes]:
    if not len(rows):
        return []
    columns = [np.ascontiguousarray(rows[name]).view(np.uint8).reshape(len(rows), -1) for name in STATE]
    return [row.tobytes() for row in np.concatenate(columns, axis=1)]
