"""Scan a timetable once for all Pareto journeys from one place, leaving on one day, over several days.

The Connection Scan of Dibbelt, Pajor, Strasser and Wagner (2013) walks all connections in the order of their
departure; here each stop keeps a bag of labels as in McRAPTOR (Delling, Pajor and Werneck 2012), Pareto on
departure (late is good), arrival, price and exposure. On-demand transfers join as unlimited footpaths with a
price: before the first boarding they are *free* labels that start just in time, afterwards they extend a label
at once. Every instant of 03:00 inside a journey lies in a vehicle: a wait over it is refused, because a traveller
who sleeps needs a bed, and beds belong to the design above.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from planner.routing.labels import FAST_BOAT, FERRY, FLIGHT, FREE, NEVER, PUBLIC_BOAT, SHIP, TIMED
from planner.values.times import DAY, HOUR, NIGHT_MARK

BAG = 96
"""Labels a stop may keep; an overflow is counted, and a search that overflowed never calls itself complete."""
LONGEST_S = 42 * HOUR
LONGEST_WAIT_S = 9 * HOUR
LONGEST_ROAD_S = 11 * HOUR
DAYLIGHT_FROM_S, DAYLIGHT_UNTIL_S = 5 * HOUR + 1800, 18 * HOUR + 1800
LONG_ROAD_S = 2 * HOUR
ROADS_FROM_S, ROADS_UNTIL_S = 4 * HOUR, 22 * HOUR
LEAVE_FROM_S, LEAVE_UNTIL_S = 4 * HOUR, 21 * HOUR + 1800
MOST_LEGS = 6
MOST_TRANSFERS = 3
"""Transfers in a row after a leg."""
FAST_BOAT_TO_FLIGHT_S = 4 * HOUR
SLEEPABLE_S = 6 * HOUR
"""A vehicle that carries a traveller over 03:00 must run at least this long: four hours on a ferry are no bed."""
PRICE_STEP = 20_000
TIME_STEP_S = 600
"""A journey must beat an earlier one by more than this somewhere, or it is not kept."""


@njit(cache=True, nogil=True)
def waits_over_night(start_s, end_s):
    """Tell whether a 03:00 lies in [start_s, end_s)."""
    return -((NIGHT_MARK - start_s) // DAY) < -((NIGHT_MARK - end_s) // DAY)


@njit(cache=True, nogil=True)
def edge_runs(edge, start_s, edges, closed_from_s, closed_until_s):
    """Tell whether an on-demand transfer may start at `start_s`: daylight at sea, no long road by night, no closure."""
    dur_s = edges.dur_s[edge]
    end_s = start_s + dur_s
    if edges.in_closure[edge] and start_s < closed_until_s and end_s > closed_from_s:
        return False
    of_day = start_s % DAY
    if edges.is_boat[edge]:
        return of_day >= DAYLIGHT_FROM_S and of_day + dur_s <= DAYLIGHT_UNTIL_S
    if dur_s > LONG_ROAD_S:
        return of_day >= ROADS_FROM_S and of_day + dur_s <= ROADS_UNTIL_S
    return True


@njit(cache=True, nogil=True)
def free_labels(origin, edges, out):
    """Fill `out` (FREE) with Pareto stretches of at most three transfers from `origin`; return how many."""
    out[0].node = origin
    out[0].hops = 0
    out[0].is_beaten = 0
    out[0].dur_s = 0
    out[0].price = 0
    out[0].worst = 0
    out[0].sum = 0
    out[0].parent = -1
    out[0].edge = -1
    n = 1
    at = 0
    while at < n:
        label = out[at]
        if label.hops < 3 and not label.is_beaten:
            for edge in range(edges.first[label.node], edges.first[label.node + 1]):
                if not edges.is_open[edge]:
                    continue
                node = edges.to[edge]
                dur_s = label.dur_s + edges.dur_s[edge]
                if node == origin or dur_s > LONGEST_ROAD_S:
                    continue
                price = label.price + edges.price[edge]
                worst = max(label.worst, edges.band[edge])
                total = label.sum + edges.band[edge]
                beaten = False
                for i in range(n):
                    other = out[i]
                    if (
                        other.node == node
                        and not other.is_beaten
                        and other.dur_s <= dur_s
                        and other.price <= price
                        and other.worst <= worst
                        and other.sum <= total
                    ):
                        beaten = True
                        break
                if beaten or n == out.shape[0]:
                    continue
                for i in range(n):
                    other = out[i]
                    if (
                        other.node == node
                        and other.dur_s >= dur_s
                        and other.price >= price
                        and other.worst >= worst
                        and other.sum >= total
                    ):
                        other.is_beaten = 1  # and so are its extensions
                new = out[n]
                new.node = node
                new.hops = label.hops + 1
                new.is_beaten = 0
                new.dur_s = dur_s
                new.price = price
                new.worst = worst
                new.sum = total
                new.parent = at
                new.edge = edge
                n += 1
        at += 1
    return n


@njit(cache=True, nogil=True)
def stretch_runs(free, at, start_s, edges, closed_from_s, closed_until_s):
    """Tell whether every transfer of a free label may run when the stretch starts at `start_s`."""
    while free[at].edge >= 0:
        before = free[at].parent
        if not edge_runs(free[at].edge, start_s + free[before].dur_s, edges, closed_from_s, closed_until_s):
            return False
        at = before
    return True


@njit(cache=True, nogil=True)
def been_at(labels, at, node):
    """Tell whether a journey has called at a stop since it first boarded something."""
    while at >= 0:
        if labels[at].node == node:
            return True
        at = labels[at].parent
    return False


@njit(cache=True, nogil=True)
def keep(labels, n, bag, counts, overflow):
    """Try label `n` in its stop's bag; drop what it beats. Return n + 1 if it stays, else n."""
    new = labels[n]
    node = new.node
    count = counts[node]
    for i in range(count):
        old = labels[bag[node, i]]
        if (
            old.dep_s >= new.dep_s - TIME_STEP_S
            and old.arr_s <= new.arr_s + TIME_STEP_S
            and old.price <= new.price + PRICE_STEP
            and old.worst <= new.worst
            and old.sum <= new.sum
            and (old.mode == new.mode or old.mode != FLIGHT)
            and (old.mode == new.mode or new.mode != FLIGHT)
            and (old.fly_at_s <= new.fly_at_s or old.fly_at_s <= old.arr_s)
            and old.boat_at_s <= new.boat_at_s
            and old.legs <= new.legs + 1
        ):
            return n
    left = 0
    for i in range(count):
        old = labels[bag[node, i]]
        if not (
            new.dep_s >= old.dep_s
            and new.arr_s <= old.arr_s
            and new.price <= old.price
            and new.worst <= old.worst
            and new.sum <= old.sum
            and old.mode == new.mode
            and new.fly_at_s <= old.fly_at_s
            and new.boat_at_s <= old.boat_at_s
        ):
            bag[node, left] = bag[node, i]
            left += 1
    counts[node] = left
    if left == BAG:
        overflow[0] += 1
        return n
    bag[node, left] = n
    counts[node] = left + 1
    return n + 1


@njit(cache=True, nogil=True)
def scan(
    origin, conns, routes, stops, edges, free, n_free, closed_from_s, closed_until_s, labels, bag, counts, overflow
):
    """Fill `labels` (TIMED) with the Pareto journeys from `origin` that leave on day 0; return how many.

    `conns` are sorted by departure, in seconds from the midnight of day 0; `bag` is (stops, BAG) of label indices
    and `counts` its fill, both left as the answer: the surviving labels of each stop.
    """
    counts[:] = 0
    n = 0
    free_first = np.full(stops.kerb_s.shape[0], -1, np.int32)
    free_next = np.full(n_free, -1, np.int32)
    for i in range(n_free):
        if not free[i].is_beaten:
            free_next[i] = free_first[free[i].node]
            free_first[free[i].node] = i
    for c in range(conns.dep_s.shape[0]):
        route = conns.route[c]
        if not routes.is_open[route]:
            continue
        board, alight = conns.board[c], conns.alight[c]
        if alight == origin:
            continue
        dep_s, arr_s = conns.dep_s[c], conns.arr_s[c]
        if waits_over_night(dep_s, arr_s) and arr_s - dep_s < SLEEPABLE_S:
            continue
        mode = routes.mode[route]
        band = routes.band[route]
        is_boat = mode == FERRY or mode == FAST_BOAT or mode == PUBLIC_BOAT or mode == SHIP
        before = n
        # board after a stretch of transfers that starts just in time
        at = free_first[board]
        while at >= 0:
            if n + 2 >= labels.shape[0]:
                overflow[0] += 1
                return n
            leave_s = dep_s - routes.checkin_s[route] - free[at].dur_s
            if (
                leave_s >= LEAVE_FROM_S
                and leave_s <= LEAVE_UNTIL_S
                and not waits_over_night(dep_s - routes.checkin_s[route], dep_s)
                and stretch_runs(free, at, leave_s, edges, closed_from_s, closed_until_s)
            ):
                new = labels[n]
                new.node = alight
                new.mode = mode
                new.worst = max(free[at].worst, band)
                new.sum = free[at].sum + band
                new.dep_s = leave_s
                new.arr_s = arr_s
                new.price = free[at].price + routes.price[route]
                new.parent = -1
                new.free = at
                new.via = c
                new.legs = 1
                new.boat_at_s = arr_s + stops.to_boat_s[alight] if mode == FLIGHT else -1
                new.fly_at_s = arr_s + FAST_BOAT_TO_FLIGHT_S if mode == FAST_BOAT and stops.in_bali[alight] else -1
                new.first_flight_s = dep_s if mode == FLIGHT else NEVER
                new.exposed_s = arr_s if band >= 2 else -1
                n = keep(labels, n, bag, counts, overflow)
            at = free_next[at]
        # board after an earlier leg or transfer
        count = counts[board]
        for i in range(count):
            if n + 2 >= labels.shape[0]:
                overflow[0] += 1
                return n
            old = labels[bag[board, i]]
            if been_at(labels, bag[board, i], alight):
                continue
            same_vehicle = old.via >= 0 and conns.trip[old.via] == conns.trip[c] and old.arr_s <= dep_s
            if old.legs >= MOST_LEGS or arr_s - old.dep_s > LONGEST_S:
                continue
            if not same_vehicle:
                gap_s = routes.checkin_s[route]
                if old.mode == FLIGHT:
                    if mode == FLIGHT:
                        gap_s = max(stops.connect_s[board], stops.kerb_s[board] + routes.close_s[route])
                    else:
                        gap_s = stops.kerb_s[board] + routes.checkin_s[route]
                if old.arr_s + gap_s > dep_s or dep_s - old.arr_s > LONGEST_WAIT_S:
                    continue
                if waits_over_night(old.arr_s, dep_s):
                    continue
                if mode == FLIGHT and dep_s - routes.close_s[route] < old.fly_at_s:
                    continue
                if is_boat and dep_s < old.boat_at_s:
                    continue
            new = labels[n]
            new.node = alight
            new.mode = mode
            new.worst = max(old.worst, band)
            new.sum = old.sum + band
            new.dep_s = old.dep_s
            new.arr_s = arr_s
            new.price = old.price + (0 if same_vehicle else routes.price[route])
            new.parent = bag[board, i]
            new.free = -1
            new.via = c
            new.legs = old.legs + (0 if same_vehicle else 1)
            new.boat_at_s = arr_s + stops.to_boat_s[alight] if mode == FLIGHT else -1
            new.fly_at_s = (
                arr_s + FAST_BOAT_TO_FLIGHT_S if mode == FAST_BOAT and stops.in_bali[alight] else old.fly_at_s
            )
            new.first_flight_s = min(old.first_flight_s, dep_s if mode == FLIGHT else NEVER)
            new.exposed_s = arr_s if band >= 2 else old.exposed_s
            n = keep(labels, n, bag, counts, overflow)
        # then on from this stop by transfer
        start = before
        for _ in range(MOST_TRANSFERS):
            end = n
            for i in range(start, end):
                node = labels[i].node
                leave_s = labels[i].arr_s
                if labels[i].mode == FLIGHT:
                    leave_s += stops.kerb_s[node]
                for edge in range(edges.first[node], edges.first[node + 1]):
                    if n + 2 >= labels.shape[0]:
                        overflow[0] += 1
                        return n
                    if not edges.is_open[edge] or edges.to[edge] == origin or been_at(labels, i, edges.to[edge]):
                        continue
                    if not edge_runs(edge, leave_s, edges, closed_from_s, closed_until_s):
                        continue
                    done_s = leave_s + edges.dur_s[edge]
                    if done_s - labels[i].dep_s > LONGEST_S:
                        continue
                    if waits_over_night(labels[i].arr_s, done_s):
                        continue
                    old = labels[i]
                    new = labels[n]
                    new.node = edges.to[edge]
                    new.mode = edges.mode[edge]
                    new.worst = max(old.worst, edges.band[edge])
                    new.sum = old.sum + edges.band[edge]
                    new.dep_s = old.dep_s
                    new.arr_s = done_s
                    new.price = old.price + edges.price[edge]
                    new.parent = i
                    new.free = -1
                    new.via = -2 - edge
                    new.legs = old.legs
                    new.boat_at_s = old.boat_at_s
                    new.fly_at_s = old.fly_at_s
                    new.first_flight_s = old.first_flight_s
                    new.exposed_s = done_s if edges.band[edge] >= 2 else old.exposed_s
                    n = keep(labels, n, bag, counts, overflow)
            start = end
    return n


__all__ = ["BAG", "FREE", "TIMED", "free_labels", "scan"]
