"""Bounds that guide and cut a search: how late one may be where, and what the rest of a trip costs at least.

All are relaxations, so a cut never loses a plan that comes home in time with all its wishes. What is late knows the
timetable, the days of packages and the beds, and takes waiting as free; what the rest costs takes every journey of any
day as had on every day. Both run over sets of wishes, as Held and Karp did (1962).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.design.moves import SEE, SLEEP, TAKE, Problem, is_too_rough
from planner.values.times import DAY, HOUR

MOST_WISHES = 8
"""Wishes (places, beds, packages) that the set bounds count exactly; further ones are left to the search."""
FAR = 1e8


@njit(cache=True, nogil=True)
def latest(p, beds, pack_wish, night_wish, sets):
    """Return (2, sets, nodes) the last second at which a trip that still lacks a set of wishes may be at a node.

    Row 0 holds for those who may travel on, row 1 for those who have just arrived and must do or sleep first; -1 where
    no trip can come home. `beds` (days, nodes) tells where a trip may sleep; `pack_wish` (packages,) and `night_wish`
    (nodes,) are the wishes that each grants.

    Backwards in time, as Dibbelt, Pajor, Strasser and Wagner scan profiles (2013): waiting is free, so one second says
    all about a node, and the first day from the end on which it can be left settles it. Sets with fewer wishes come
    first. Dives, closures on demand and what one has done today are left out, so nothing that may be is cut.
    """
    days, nodes = p.first.shape
    late = np.full((2, sets, nodes), -1, np.int32)
    most_s = np.zeros(nodes, np.int32)
    for lack in range(sets):
        # who lacks more is never later: what a node cannot do with one wish fewer it cannot do here
        most_s[:] = days * DAY
        last_day = days - 1 if lack == 0 else -1
        for w in range(MOST_WISHES):
            if lack >> w & 1:
                for node in range(nodes):
                    most_s[node] = min(most_s[node], late[0, lack ^ (1 << w), node])
        if lack != 0:
            for node in range(nodes):
                last_day = max(last_day, most_s[node] // DAY)
        for day in range(min(last_day, days - 1), -1, -1):
            midnight_s = day * DAY
            changed = True
            while changed:
                changed = False
                for node in range(nodes):
                    onward_s, arrived_s = late[0, lack, node], late[1, lack, node]
                    if most_s[node] < midnight_s or min(arrived_s, onward_s) >= midnight_s + DAY:
                        continue
                    stay_s = -1  # what may follow both an arrival and anything else
                    if day > 0 and beds[day - 1, node]:
                        nights = max(1, p.wanted[node])
                        goal_s = late[0, lack & ~night_wish[node], node]
                        if goal_s >= midnight_s + (nights - 1) * DAY:
                            stay_s = midnight_s + 3 * HOUR if goal_s >= midnight_s + 4 * HOUR else midnight_s
                        elif lack & night_wish[node] == 0 and goal_s >= midnight_s:
                            stay_s = midnight_s
                    for pack in range(p.by_node[node], p.by_node[node + 1]):
                        if p.pack_price[pack, day] < 0:
                            continue
                        goal_s = late[0, lack & ~pack_wish[pack], p.end_node[pack]]
                        end_s = midnight_s + p.span_s[pack]
                        band = p.pack_band[pack, day] * p.pack_exposes[pack]
                        if end_s > goal_s or is_too_rough(band, end_s, p.slack_s, p.exit_s):
                            continue
                        for s in range(p.start_s.shape[1]):
                            if p.start_s[pack, s] >= 0:
                                stay_s = max(stay_s, midnight_s + p.start_s[pack, s] - p.access_s[pack])
                    arrived_s = max(arrived_s, stay_s)
                    onward_s = max(onward_s, stay_s)
                    if onward_s < midnight_s + DAY:
                        for row in range(p.first[day, node], p.last[day, node]):
                            offer = p.offers[row]
                            is_home = offer.target == p.exit
                            if (lack != 0 if is_home else p.place[offer.target] < 0) or offer.target == node:
                                continue
                            goal_s = p.exit_s if is_home else late[1, lack, offer.target]
                            if goal_s < 0:
                                continue
                            if offer.is_free:
                                dep_s = min(goal_s - offer.arr_s, midnight_s + offer.hi_s)
                                if dep_s < midnight_s + offer.lo_s:
                                    continue
                                arr_s = dep_s + offer.arr_s
                            else:
                                dep_s, arr_s = midnight_s + offer.dep_s, midnight_s + offer.arr_s
                                if arr_s > goal_s:
                                    continue
                                if offer.exposed_s >= 0 and midnight_s + offer.exposed_s + p.slack_s > p.exit_s:
                                    continue
                                if is_home and offer.fly_at_s >= 0 and midnight_s + offer.fly_at_s > p.no_boat_after_s:
                                    continue
                            if not is_home or arr_s >= p.min_end_s:
                                onward_s = max(onward_s, dep_s)
                    if onward_s > late[0, lack, node] or arrived_s > late[1, lack, node]:
                        late[0, lack, node], late[1, lack, node] = onward_s, arrived_s
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


def with_bounds(p: Problem, mixes: np.ndarray | None = None) -> Problem:
    """Return the problem with its bounds filled in; `mixes` (vectors, 4) adds what the rest costs under each."""
    mixes = np.zeros((0, 4)) if mixes is None else mixes
    dist = distances(p, mixes)
    layers, nodes = dist.shape[0], dist.shape[1]
    wishes = _wishes(p)
    ends = [_reach(p, *wish) for wish in wishes]
    spread = [
        float(
            min((dist[0, p.entry, a] for a in starts), default=FAR)
            + min((dist[0, b, p.exit] for b in stops), default=FAR)
        )
        for starts, stops in ends
    ]
    hardest = sorted(range(len(wishes)), key=lambda m: (-spread[m], m))[:MOST_WISHES]
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
    p = p._replace(
        need_s=np.minimum(tables[0], 2**30).astype(np.int32),
        rest=np.array(tables[1:], np.float32).reshape(layers - 1, *tables[0].shape),
        wishes=np.array([wishes[m] for m in hardest], np.int64).reshape(-1, 2),
    )
    return p._replace(late_s=latest(p, _beds(p), *_grants(p), 1 << len(hardest)))


def _wishes(p: Problem) -> list[tuple[int, int]]:
    """Return what a trip must not lack, as pairs of moves.SEE, SLEEP or TAKE and a number; a bed shows its place."""
    asked = ((SEE, int(p.must_places) & ~int(p.must_sleep)), (SLEEP, int(p.must_sleep)), (TAKE, int(p.must_packages)))
    return [(kind, number) for kind, mask in asked for number in range(mask.bit_length()) if mask >> number & 1]


def _beds(p: Problem) -> np.ndarray:
    """Return (days, nodes) whether a trip may sleep there on that night at all."""
    is_free = (p.booked[:, None] < 0) | (p.booked[:, None] == np.arange(len(p.place)))
    return (p.place >= 0) & p.may_sleep & (p.wanted != 0) & (p.night_price >= 0) & is_free


def _grants(p: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the sets of wishes that each package, and a night at each node, grants."""
    of_pack, of_night = np.zeros(len(p.pack_mask), np.int64), np.zeros(len(p.place), np.int64)
    for bit, (kind, number) in enumerate(p.wishes.tolist()):
        if kind == TAKE:
            of_pack[number] |= 1 << bit
            continue
        of_night[p.place == number] |= 1 << bit
        if kind == SEE:
            of_pack |= ((p.pack_mask >> np.uint64(number)) & np.uint64(1)).astype(np.int64) << bit
    return of_pack, of_night


def _reach(p: Problem, kind: int, number: int) -> tuple[list[int], list[int]]:
    """Return the nodes at which a wish is granted (a bed, the start of a package) and where one stands then."""
    starts = [int(n) for n in np.flatnonzero((p.place == number) & p.may_sleep)] if kind != TAKE else []
    stops = list(starts)
    packs = [number] if kind == TAKE else []
    if kind == SEE:
        packs = np.flatnonzero((p.pack_mask >> np.uint64(number)) & np.uint64(1)).tolist()
    for pack in packs:
        starts.append(int(np.searchsorted(p.by_node, pack, side="right")) - 1)
        stops.append(int(p.end_node[pack]))
    return starts, stops
