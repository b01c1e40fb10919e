"""What a journey search is asked under: the prices a party pays, what it may use, how rough each sea is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Routes(NamedTuple):
    """(routes,) arrays of scheduled lines: price for the party, check-in seconds (aimed at, and at least), band."""

    price: np.ndarray
    checkin_s: np.ndarray
    close_s: np.ndarray
    mode: np.ndarray
    band: np.ndarray
    is_open: np.ndarray


class Edges(NamedTuple):
    """(edges,) arrays of on-demand transfers, sorted by start; `first` (stops + 1,) bounds each stop's edges."""

    first: np.ndarray
    to: np.ndarray
    dur_s: np.ndarray
    price: np.ndarray
    band: np.ndarray
    mode: np.ndarray
    is_boat: np.ndarray
    in_closure: np.ndarray
    is_open: np.ndarray


class StopRows(NamedTuple):
    """(stops,) arrays: seconds to the kerb, flight to flight, flight to boat; whether the stop lies in Bali."""

    kerb_s: np.ndarray
    connect_s: np.ndarray
    to_boat_s: np.ndarray
    in_bali: np.ndarray


class Connections(NamedTuple):
    """(connections,) arrays of one search window, sorted by departure, in seconds from its first midnight."""

    board: np.ndarray
    alight: np.ndarray
    dep_s: np.ndarray
    arr_s: np.ndarray
    trip: np.ndarray
    route: np.ndarray


@dataclass(frozen=True)
class Tariff:
    """Prices and permissions of one party.

    `route_price` (routes,) and `edge_price` (edges,) whole rupiah for the party; `route_open`, `edge_open` what may be
    used; `route_band`, `edge_band` (13, routes or edges) exposure bands by month, row 0 unused.
    """

    route_price: np.ndarray
    edge_price: np.ndarray
    route_open: np.ndarray
    edge_open: np.ndarray
    route_band: np.ndarray
    edge_band: np.ndarray

    @property
    def key(self) -> bytes:
        """Equal for tariffs under which every search gives the same answer."""
        return b"".join(np.ascontiguousarray(a).tobytes() for a in vars(self).values())
