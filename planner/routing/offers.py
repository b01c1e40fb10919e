"""Prices stored journeys for one party in one month and keeps the few that a plan may need."""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.routing.labels import FLIGHT, NEVER
from planner.routing.pareto_scan import DAYLIGHT_FROM_S, DAYLIGHT_UNTIL_S, LONG_ROAD_S, ROADS_FROM_S, ROADS_UNTIL_S
from planner.values.times import DAY

ASH_BAND = 1
MOST_KEPT = 8
"""Timed journeys kept for each pair of stops and day."""


@njit(cache=True, nogil=True)
def price_block(
    options, links, route_price, edge_price, route_open, edge_open, route_band, edge_band, edge_boat, edge_bali,
    stop_high, stop_ashen, route_mode, number, block, most, scratch, out, n,
):  # fmt: skip
    """Append the priced, thinned journeys of one block to `out` (OFFER) from place `n` on; return the new length.

    `number` (stops,) a plan's own number of each stop, -1 for stops it does not use; `scratch` is (links, 10) int64.
    """
    for i in range(links.shape[0]):
        parent, code = links[i].parent, links[i].code
        price = worst = total = 0
        exposed = -1
        ok = 1
        lo, hi, bali = 0, DAY, 0
        climb = -1  # the link that first ends above 300 m
        if parent >= 0:
            price, worst, total = scratch[parent, 0], scratch[parent, 1], scratch[parent, 2]
            exposed, ok = scratch[parent, 3], scratch[parent, 4]
            lo, hi, bali = scratch[parent, 5], scratch[parent, 6], scratch[parent, 7]
            climb = scratch[parent, 8]
        band = 0
        if code >= 0:
            same = parent >= 0 and links[parent].trip == links[i].trip and links[parent].day == links[i].day
            if not (same and links[parent].is_free == 0):
                price += route_price[code]
                band = route_band[code]
                if route_mode[code] == FLIGHT and stop_ashen[links[i].node]:
                    band = max(band, ASH_BAND)
            if not route_open[code]:
                ok = 0
        elif code <= -2:
            price += edge_price[-2 - code]
            band = edge_band[-2 - code]
            if not edge_open[-2 - code]:
                ok = 0
            if edge_bali[-2 - code]:
                bali = 1
            if links[i].is_free:
                start_s, end_s = links[i].dep_s, links[i].arr_s
                if edge_boat[-2 - code]:
                    lo, hi = max(lo, DAYLIGHT_FROM_S - start_s), min(hi, DAYLIGHT_UNTIL_S - end_s)
                elif end_s - start_s > LONG_ROAD_S:
                    lo, hi = max(lo, ROADS_FROM_S - start_s), min(hi, ROADS_UNTIL_S - end_s)
        worst = max(worst, band)
        total += band
        on_demand = scratch[parent, 9] if parent >= 0 else 0
        if band >= 2:
            exposed = links[i].arr_s
            on_demand = links[i].is_free
        scratch[i, 9] = on_demand
        scratch[i, 0], scratch[i, 1], scratch[i, 2], scratch[i, 3], scratch[i, 4] = price, worst, total, exposed, ok
        scratch[i, 5], scratch[i, 6], scratch[i, 7] = lo, hi, bali
        if climb < 0 and parent >= 0 and stop_high[links[i].node]:
            climb = i
        scratch[i, 8] = climb
    o = 0
    while o < options.shape[0]:
        target = options[o].target
        end = o
        while end < options.shape[0] and options[end].target == target:
            end += 1
        if number[target] >= 0:
            first = n
            for i in range(o, end):
                at = options[i].link
                if scratch[at, 4] == 0:
                    continue
                new = out[n]
                new.target = number[target]
                new.is_free = options[i].is_free
                new.worst = scratch[at, 1]
                new.sum = scratch[at, 2]
                new.dep_s, new.arr_s = options[i].dep_s, options[i].arr_s
                new.price = scratch[at, 0]
                new.first_flight_s, new.fly_at_s = options[i].first_flight_s, options[i].fly_at_s
                new.exposed_s = scratch[at, 3]
                if scratch[at, 9] and not options[i].is_free:  # a boat on demand: its hour counts from leaving
                    new.exposed_s += options[i].dep_s
                new.climb_s = NEVER
                climb = scratch[at, 8]
                if climb >= 0:
                    new.climb_s = links[climb].arr_s
                    if links[climb].is_free and not options[i].is_free:
                        new.climb_s += options[i].dep_s
                new.lo_s, new.hi_s, new.in_bali = scratch[at, 5], scratch[at, 6], scratch[at, 7]
                new.block, new.link = block, at
                n += 1
            n = _keep_best(out, first, n, most)
        o = end
    return n


@njit(cache=True, nogil=True)
def _keep_best(out, first, n, most):
    """Keep at most `most` timed offers of out[first:n]: beaten ones go, then the best by several measures stay."""
    left = first
    for i in range(first, n):
        a = out[i]
        beaten = False
        for j in range(first, n):
            if i == j:
                continue
            b = out[j]
            if (
                b.is_free == a.is_free
                and b.dep_s >= a.dep_s
                and b.arr_s <= a.arr_s
                and b.price <= a.price
                and b.worst <= a.worst
                and b.sum <= a.sum
                and b.first_flight_s >= a.first_flight_s
                and (j < i or b.dep_s != a.dep_s or b.arr_s != a.arr_s or b.price != a.price or b.worst != a.worst
                     or b.sum != a.sum or b.first_flight_s != a.first_flight_s)
            ):  # fmt: skip
                beaten = True
                break
        if not beaten:
            _copy(out, left, i)
            left += 1
    n = left
    timed = 0
    for i in range(first, n):
        if out[i].is_free == 0:
            timed += 1
    if timed <= most:
        return n
    marked = np.zeros(n - first, np.bool_)
    count = 0
    for measure in range(6):
        for part in range(3):
            if count >= most:
                break
            best, best_at = 1e30, -1
            for i in range(first, n):
                a = out[i]
                if a.is_free:
                    continue
                hour = a.dep_s // 3600
                if (0 if hour < 10 else 1 if hour < 14 else 2) != part:
                    continue
                transit = (a.arr_s - a.dep_s) / 60.0
                rough = a.worst * 4 + a.sum
                if measure == 0:
                    value = a.price + transit * 3000.0 + rough * 200000.0
                elif measure == 1:
                    value = a.price + transit
                elif measure == 2:
                    value = transit + a.price * 1e-8
                elif measure == 3:
                    value = rough * 1e9 + a.price + transit * 3000.0
                elif measure == 4:
                    value = a.arr_s * 1.0 + a.price * 1e-7
                else:
                    if a.first_flight_s < NEVER:
                        continue
                    value = a.price + transit * 6000.0
                if value < best:
                    best, best_at = value, i
            if best_at >= 0 and not marked[best_at - first]:
                marked[best_at - first] = True
                count += 1
    left = first
    for i in range(first, n):
        if out[i].is_free or marked[i - first]:
            _copy(out, left, i)
            left += 1
    return left


@njit(cache=True, nogil=True)
def _copy(out, to, at):
    """Copy one record within an array of offers."""
    if to != at:
        out[to] = out[at]
