"""Bounds that guide and cut a search: how late one may be where, and what the rest of a trip costs at least.

All are relaxations: waiting is free, beds are everywhere, every journey of any day may be had on every day. So a cut
never loses a plan that comes home in time with all its musts (the set bound is Held and Karp's recursion of 1962).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from planner.design.moves import Problem
from planner.values.times import DAY, HOUR

MOST_MUSTS = 8
"""Musts that the set bounds count exactly; further ones are left to the search."""
FAR = 1e8


@njit(cache=True, nogil=True)
def latest(p):
    """Return (nodes,) the last second at which a trip may be at a node and still come home in time."""
    nodes = p.place.shape[0]
    late = np.full(nodes, -1, np.int32)
    changed = True
    while changed:
        changed = False
        for day in range(p.first.shape[0] - 1, -1, -1):
            for node in range(nodes):
                for row in range(p.first[day, node], p.last[day, node]):
                    offer = p.offers[row]
                    goal = p.exit_s if offer.target == p.exit else late[offer.target]
                    if goal < 0:
                        continue
                    if offer.is_free:
                        dep_s = min(goal - offer.arr_s, day * DAY + DAY + 3 * HOUR)
                    elif day * DAY + offer.arr_s <= goal:
                        dep_s = day * DAY + offer.dep_s
                    else:
                        continue
                    if dep_s > late[node]:
                        late[node] = dep_s
                        changed = True
                for pack in range(p.by_node[node], p.by_node[node + 1]):
                    if p.pack_price[pack, day] >= 0 and day * DAY + p.span_s[pack] <= late[p.end_node[pack]]:
                        dep_s = day * DAY + DAY
                        if dep_s > late[node]:
                            late[node] = dep_s
                            changed = True
    return late


@njit(cache=True, nogil=True)
def distances(p, mixes):
    """Return (1 + mixes, nodes, nodes) least seconds, and least cost under each mix, from node to node."""
    nodes = p.place.shape[0]
    layers = 1 + mixes.shape[0]
    dist = np.full((layers, nodes, nodes), FAR, np.float64)
    for node in range(nodes):
        dist[:, node, node] = 0
    done = np.full(p.offers.shape[0], False)
    for day in range(p.first.shape[0]):
        for node in range(nodes):
            if p.first[day, node] < p.last[day, node] and done[p.first[day, node]]:
                continue
            for row in range(p.first[day, node], p.last[day, node]):
                done[row] = True
                offer = p.offers[row]
                span_s = offer.arr_s if offer.is_free else offer.arr_s - offer.dep_s
                target = offer.target
                dist[0, node, target] = min(dist[0, node, target], span_s)
                for k in range(mixes.shape[0]):
                    cost = mixes[k, 0] * offer.price + mixes[k, 1] * (span_s / 60.0) + mixes[k, 3] * offer.sum
                    dist[k + 1, node, target] = min(dist[k + 1, node, target], cost)
    for node in range(nodes):
        for pack in range(p.by_node[node], p.by_node[node + 1]):
            last_start = 0
            for s in range(p.start_s.shape[1]):
                last_start = max(last_start, p.start_s[pack, s])
            end = p.end_node[pack]
            dist[0, node, end] = min(dist[0, node, end], p.span_s[pack] - last_start)
            for k in range(mixes.shape[0]):
                dist[k + 1, node, end] = 0.0
    for layer in range(layers):
        for k in range(nodes):
            for i in range(nodes):
                for j in range(nodes):
                    dist[layer, i, j] = min(dist[layer, i, j], dist[layer, i, k] + dist[layer, k, j])
    return dist


@njit(cache=True, nogil=True)
def rest_of_trip(dist, towards, onwards, home):
    """Return (2 ** musts, nodes) the least to see the musts of a set and come home.

    `towards` (musts, nodes) the least to reach a must, `onwards` (musts, nodes) the least from having seen it.
    """
    musts, nodes = towards.shape
    sets = 1 << musts
    table = np.full((sets, nodes), FAR)
    after = np.full((sets, max(1, musts)), FAR)
    between = np.full((max(1, musts), max(1, musts)), FAR)
    for a in range(musts):
        for b in range(musts):
            for node in range(nodes):
                between[a, b] = min(between[a, b], onwards[a, node] + towards[b, node])
    for node in range(nodes):
        table[0, node] = dist[node, home]
    for mask in range(1, sets):
        for m in range(musts):
            if not mask >> m & 1:
                continue
            rest = mask & ~(1 << m)
            if rest == 0:
                after[mask, m] = onwards[m, home]
            else:
                for b in range(musts):
                    if rest >> b & 1:
                        after[mask, m] = min(after[mask, m], between[m, b] + after[rest, b])
            for node in range(nodes):
                table[mask, node] = min(table[mask, node], towards[m, node] + after[mask, m])
    return table


def with_bounds(p: Problem, must_places: Sequence[int], mixes: np.ndarray | None = None) -> Problem:
    """Return the problem with its bounds filled in; `mixes` (vectors, 4) adds what the rest costs under each."""
    mixes = np.zeros((0, 4)) if mixes is None else mixes
    p = p._replace(late_s=latest(p))
    dist = distances(p, mixes)
    layers, nodes = dist.shape[0], dist.shape[1]
    ends = [_reach(p, place) for place in must_places]
    spread = [
        float(
            min((dist[0, p.entry, a] for a in starts), default=FAR)
            + min((dist[0, b, p.exit] for b in stops), default=FAR)
        )
        for starts, stops in ends
    ]
    hardest = sorted(range(len(must_places)), key=lambda m: (-spread[m], m))[:MOST_MUSTS]
    tables = []
    for layer in range(layers):
        towards = np.full((len(hardest), nodes), FAR)
        onwards = np.full((len(hardest), nodes), FAR)
        for row, m in enumerate(hardest):
            starts, stops = ends[m]
            if starts:
                towards[row] = dist[layer][:, starts].min(axis=1)
                onwards[row] = dist[layer][stops].min(axis=0)
        tables.append(rest_of_trip(dist[layer], towards, onwards, p.exit))
    return p._replace(
        need_s=np.minimum(tables[0], 2**30).astype(np.int32),
        rest=np.array(tables[1:], np.float32).reshape(layers - 1, *tables[0].shape),
        must_bit=np.array([must_places[m] for m in hardest], np.int64),
    )


def _reach(p: Problem, place: int) -> tuple[list[int], list[int]]:
    """Return the nodes from which a place is seen (its bed, or where a package starts) and where one stands then."""
    beds = [int(n) for n in np.flatnonzero((p.place == place) & p.may_sleep)]
    starts, stops = list(beds), list(beds)
    for pack in np.flatnonzero((p.pack_mask >> np.uint64(place)) & np.uint64(1)):
        starts.append(int(np.searchsorted(p.by_node, pack, side="right")) - 1)
        stops.append(int(p.end_node[pack]))
    return starts, stops
