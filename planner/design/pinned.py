"""Keeps to pinned legs: on their days no journey is left that crosses their time without taking them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from planner.design.brief import TripBrief
from planner.routing.router import Offers, Router


def keep_pinned(offers: Offers, brief: TripBrief, router: Router, days: Sequence[date]) -> Offers:
    """Return the journeys of a plan without those that are under way while a pinned leg is and do not take it.

    Whether a plan takes the leg after all shows only when it is written: somebody may also stay where they are.
    """
    parts, length = [offers.rows], len(offers.rows)
    first, last = offers.first.copy(), offers.last.copy()
    for pin in brief.pinned_legs:
        for d in (d for d, day in enumerate(days) if day == pin.service_date):
            for node in range(first.shape[1]):
                rows = np.concatenate(parts)[first[d, node] : last[d, node]]
                kept = _around(rows, pin.trip_id, router)
                parts.append(kept)
                first[d, node], last[d, node] = length, length + len(kept)
                length += len(kept)
    return Offers(np.concatenate(parts), first, last)


def _around(rows: np.ndarray, trip_id: str, router: Router) -> np.ndarray:
    """Return the journeys (n,) OFFER that take a trip of this day; and those elsewhere that are not under way then.

    Where the trip leads, nothing else does that day. A journey that leaves when one likes is kept twice, to leave early
    enough or late enough.
    """
    timetable = router.network.timetable
    if trip_id not in timetable.trip_ids:
        return rows[:0]
    trip = timetable.trip_ids.index(trip_id)
    hops = np.asarray(timetable.trip) == trip
    from_s, until_s = int(timetable.dep_s[hops].min()), int(timetable.arr_s[hops].max())
    taking = np.zeros(len(rows), np.bool_)
    may_take = (rows["is_free"] == 0) & (rows["arr_s"] > from_s) & (rows["dep_s"] < until_s)
    taking[may_take] = [_takes(row, trip, router) for row in rows[may_take]]
    goals = np.isin(rows["target"], rows["target"][taking])
    apart = ~goals & (rows["is_free"] == 0) & ((rows["arr_s"] <= from_s) | (rows["dep_s"] >= until_s))
    free = rows[~goals & (rows["is_free"] == 1)]
    early, late = free.copy(), free.copy()
    early["hi_s"] = np.minimum(early["hi_s"], from_s - early["arr_s"])
    late["lo_s"] = np.maximum(late["lo_s"], until_s)
    kept = [rows[taking], rows[apart], early[early["lo_s"] <= early["hi_s"]], late[late["lo_s"] <= late["hi_s"]]]
    return np.concatenate(kept)


def _takes(row: np.void, trip: int, router: Router) -> bool:
    return any(move.trip == trip and move.service_day == 0 for move in router.moves(row))

