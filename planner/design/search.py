"""A guided beam over labels: the first answer, in a fraction of a second, never claimed to be complete.

Labels wait in slices of the day (morning, forenoon, afternoon, evening). In each slice, for each node, state and count
of missing musts, the best by each mix of the criteria stays; of all those, the best few by each mix go on, ranked by
what they are worth less what the rest of the trip costs at least (`Problem.rest`, an admissible bound as in A*).
Bounds in time (`late_s`) cut what could not come home. Everything is decided by numbers and fixed orders, so
the same problem gives the same answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from planner.design.moves import (
    ARRIVED,
    ENTERED,
    LABEL,
    SOLUTION,
    START,
    Problem,
    expand,
    is_overdue,
    lacking,
    missing,
    ways_home,
)
from planner.values.times import DAY, HOUR

SLICES = 4
"""Slices of a day: its morning (00:00), and what ends before noon, before 17:00, later."""
RING = 8 * SLICES
"""Slices alive at once: no journey or package lasts longer than a week."""
CLASSES = 6
MOST_SUCCESSORS = 4_000
MOST_SOLUTIONS = 40_000


class Beam(NamedTuple):
    """How wide to search: labels that go on from a slice for each mix and class, and how many labels in all."""

    width: int
    most_labels: int


@njit(cache=True, nogil=True)
def score(label, mix):
    """Return what a label is worth under one mix of the criteria, in hundredths of a point."""
    return (
        label.worth
        - mix[0] * label.price
        - mix[1] * (label.transit_s / 60.0)
        - mix[2] * label.worst
        - mix[3] * label.sum
    )


@njit(cache=True, nogil=True)
def slice_of(time_s):
    """Return the slice in which a label of this time waits."""
    of_day = time_s % DAY
    part = 0 if of_day == 0 else 1 if of_day < 12 * HOUR else 2 if of_day < 17 * HOUR else 3
    return (time_s // DAY) * SLICES + part


@njit(cache=True, nogil=True)
def select(p, mixes, labels, waiting, count, levels, width, chosen):
    """Mark in `chosen` which waiting labels go on: the best `width` of each class by each mix, and each node's best."""
    lacks = np.zeros(count, np.int64)
    for i in range(count):
        label = labels[waiting[i]]
        lacks[i] = lacking(p.wishes, label.visited, label.slept, label.done)
        chosen[i] = False
    best = np.zeros((CLASSES, width), np.int64)  # of each class, best first
    values = np.zeros((CLASSES, width), np.float32)
    node_best = np.full((p.place.shape[0], CLASSES), -1, np.int64)
    node_value = np.zeros((p.place.shape[0], CLASSES), np.float32)
    for k in range(mixes.shape[0]):
        taken = np.zeros(CLASSES, np.int64)
        for i in range(count):
            label = labels[waiting[i]]
            level = levels[i]
            value = np.float32(score(label, mixes[k]) - p.rest[k, lacks[i], label.node])
            if k == 1 and (node_best[label.node, level] < 0 or value > node_value[label.node, level]):
                node_best[label.node, level], node_value[label.node, level] = i, value
            at = taken[level]
            if at == width:
                if value <= values[level, at - 1]:
                    continue
                at -= 1
            else:
                taken[level] += 1
            while at > 0 and values[level, at - 1] < value:
                values[level, at], best[level, at] = values[level, at - 1], best[level, at - 1]
                at -= 1
            values[level, at], best[level, at] = value, i
        for level in range(CLASSES):
            for j in range(taken[level]):
                chosen[best[level, j]] = True
    for i in node_best.flat:
        if i >= 0:
            chosen[i] = True


@njit(cache=True, nogil=True)
def beam_search(p, mixes, width, labels, solutions):
    """Search; fills `labels` (LABEL) and `solutions` (SOLUTION).

    Returns (labels used, solutions found, labels cut for want of room, labels expanded).
    """
    nodes = p.place.shape[0]
    vectors = mixes.shape[0]
    groups = RING * nodes * 2 * CLASSES
    best = np.full((groups, vectors), -1e30, np.float32)
    held = np.full((groups, vectors), -1, np.int32)
    touched = np.zeros((RING, nodes * 2 * CLASSES), np.int32)
    n_touched = np.zeros(RING, np.int32)
    seen = np.zeros(groups, np.bool_)
    scratch = np.zeros(MOST_SUCCESSORS, LABEL)
    refs = np.zeros(labels.shape[0], np.int16)  # slots that hold a label; those of none are used again
    spare = np.zeros(labels.shape[0], np.int32)
    waiting = np.zeros(nodes * 2 * CLASSES * vectors, np.int32)
    levels = np.zeros(waiting.shape[0], np.int32)
    chosen = np.zeros(waiting.shape[0], np.bool_)
    n_spare = solved = cut = expanded = 0
    none = np.uint64(0)
    all_musts = max(1, missing(p.must_places, p.must_sleep, p.must_packages, none, none, none))
    labels[0].time_s = p.entry_s
    labels[0].node = p.entry
    labels[0].kind = ENTERED
    labels[0].act = START
    labels[0].parent = -1
    labels[0].what = -1
    labels[0].dived_s = -1
    labels[0].exposed_s = -1
    used = 1
    first_slice = slice_of(p.entry_s)
    last_slice = p.first.shape[0] * SLICES
    for now in range(first_slice, last_slice + 1):
        ring = now % RING
        count = 0
        if now == first_slice:
            waiting[0] = 0
            chosen[0] = True
            count = 1
        else:
            for t in range(n_touched[ring]):
                group = touched[ring, t]
                start = count
                for v in range(vectors):
                    one = held[group, v]
                    if one < 0:
                        continue
                    double = False
                    for c in range(start, count):
                        if waiting[c] == one:
                            double = True
                            break
                    if not double:
                        waiting[count] = one
                        levels[count] = group % CLASSES
                        count += 1
            select(p, mixes, labels, waiting, count, levels, width, chosen)
        for c in range(count):
            if not chosen[c]:
                continue
            at = waiting[c]
            solved = ways_home(p, labels, at, solutions, solved)
            found = expand(p, labels, at, scratch)
            expanded += 1
            for f in range(found):
                new = scratch[f]
                target = max(slice_of(new.time_s), now + 1)
                if target > last_slice or is_overdue(p.must_packages, p.due_s, new.done, new.time_s):
                    continue
                state = 0 if new.kind == ARRIVED else 1
                lacks = missing(p.must_places, p.must_sleep, p.must_packages, new.visited, new.slept, new.done)
                level = min((lacks * (CLASSES - 1) + all_musts - 1) // all_musts, CLASSES - 1)
                place_in_ring = target % RING
                group = ((place_in_ring * nodes + new.node) * 2 + state) * CLASSES + level
                if not seen[group]:
                    seen[group] = True
                    touched[place_in_ring, n_touched[place_in_ring]] = group
                    n_touched[place_in_ring] += 1
                stored = -1
                for v in range(vectors):
                    value = np.float32(score(new, mixes[v]))
                    if value <= best[group, v]:
                        continue
                    if stored < 0:
                        if n_spare > 0:
                            n_spare -= 1
                            stored = spare[n_spare]
                        elif used < labels.shape[0]:
                            stored = used
                            used += 1
                        else:
                            cut += 1
                            break
                        labels[stored] = new
                    loser = held[group, v]
                    if loser >= 0:
                        refs[loser] -= 1
                        if refs[loser] == 0:
                            spare[n_spare] = loser
                            n_spare += 1
                    refs[stored] += 1
                    best[group, v] = value
                    held[group, v] = stored
        if now != first_slice:
            for t in range(n_touched[ring]):
                group = touched[ring, t]
                seen[group] = False
                best[group, :] = -1e30
                held[group, :] = -1
            n_touched[ring] = 0
    return used, solved, cut, expanded


def search(problem: Problem, mixes: np.ndarray, beam: Beam) -> tuple[np.ndarray, np.ndarray, int]:
    """Run the beam; returns the labels used, the solutions found (SOLUTION), and how many labels had no room."""
    labels = np.zeros(beam.most_labels, LABEL)
    solutions = np.zeros(MOST_SOLUTIONS, SOLUTION)
    used, solved, cut, _ = beam_search(problem, mixes, beam.width, labels, solutions)
    return labels[:used], solutions[:solved], int(cut)
