"""What goes on demand: private cars, chartered boats and walks, as directed edges with a duration and a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.network.stops import Stops
from planner.values.money import times_up
from planner.values.parties import Party

SAME_DAY_RETURN = "per boat, return same day"
MODE_NUMBER = {"road": 0, "walk": 1, "charter_boat": 2}


@dataclass(frozen=True)
class Transfers:
    """Directed on-demand edges sorted by their start; edges of stop i are `first[i]:first[i + 1]`.

    `row[e]` is the catalogue row of an edge, `is_back[e]` tells that it runs against the row's direction.
    """

    rows: tuple[Mapping[str, str], ...]
    row: np.ndarray
    is_back: np.ndarray
    board: np.ndarray
    to: np.ndarray
    first: np.ndarray
    dur_s: np.ndarray
    mode: np.ndarray

    def __len__(self) -> int:
        return len(self.to)


def build_transfers(rows: Sequence[Mapping[str, str]], stops: Stops) -> Transfers:
    """Turn catalogue rows into edges; boats that return the same day join nothing and are left out."""
    edges = []
    for number, row in enumerate(rows):
        if row["price_basis"] == SAME_DAY_RETURN:
            continue
        out_s = 60 * int(float(row["dur_min_typ"]))
        back_s = 60 * int(float(row["dur_back_typ"] or row["dur_min_typ"]))
        a, b = stops.index[row["from_id"]], stops.index[row["to_id"]]
        edges.append((a, b, number, False, out_s))
        if row["bidirectional"] == "1":
            edges.append((b, a, number, True, back_s))
    edges.sort(key=lambda e: (e[0], e[1], e[2]))
    board = np.array([e[0] for e in edges], np.int16)
    return Transfers(
        rows=tuple(rows),
        row=np.array([e[2] for e in edges], np.int32),
        is_back=np.array([e[3] for e in edges]),
        board=board,
        to=np.array([e[1] for e in edges], np.int16),
        first=np.searchsorted(board, np.arange(len(stops.ids) + 1)).astype(np.int32),
        dur_s=np.array([e[4] for e in edges], np.int32),
        mode=np.array([MODE_NUMBER[rows[e[2]]["mode"]] for e in edges], np.int16),
    )


@dataclass(frozen=True)
class Hire:
    """What a party hires for one transfer: how many vehicles of which kind, and the two ends of the price."""

    what: str
    vehicles: int
    high: int
    low: int


def hire(row: Mapping[str, str], party: Party) -> Hire:
    """Return the vehicles and price of one transfer row for a party.

    Up to `vehicle_pax_max` one car, up to `minibus_pax_max` one minibus at `minibus_factor`, beyond that several
    minibuses. Boats come whole. A walk costs nothing.
    """
    if row["mode"] == "walk":
        return Hire("person", party.heads, 0, 0)
    high = int(float(row[f"price_{party.residency}_adult_high"]))
    low = int(float(row[f"price_{party.residency}_adult_low"]))
    seats = int(float(row["vehicle_pax_max"]))
    if row["mode"] == "charter_boat":
        boats = -(-party.heads // seats)
        return Hire("boat", boats, high * boats, low * boats)
    if party.heads <= seats:
        return Hire("car", 1, high, low)
    factor, most = row["minibus_factor"], int(float(row["minibus_pax_max"]))
    buses = -(-party.heads // most)
    return Hire("minibus", buses, times_up(high, factor) * buses, times_up(low, factor) * buses)
