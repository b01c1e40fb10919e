"""The prices and permissions under which one party travels: routing's view of fares, fees at the pier and seas."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np

from planner.design.catalogue import Catalogue
from planner.design.costs import fee_each
from planner.network.snapshot import Timetable
from planner.network.stops import ASH_AIRPORTS
from planner.network.transfers import hire
from planner.routing.query import Tariff
from planner.values.parties import Party

PORT_FEE = "RL-PORT"
A_WEEKDAY = date(2027, 1, 4)
"""The pass costs the same every day; a fee wants a date all the same."""
BOATS = frozenset({"ferry", "fast_boat", "public_boat", "ship"})
NO_FARE = 10**12


def boarding_fee(catalogue: Catalogue, mode: str, party: Party) -> int:
    """Return the harbour pass that a party pays on the spot when it boards a ferry."""
    if mode != "ferry" or PORT_FEE not in catalogue.rules:
        return 0
    return fee_each(catalogue, PORT_FEE, party, A_WEEKDAY) * party.heads


def route_band(catalogue: Catalogue, route: dict[str, str], to_stop: str, month: int) -> int:
    """Return the exposure band of a scheduled leg: its sea's in that month, or volcanic ash on two airports."""
    if route["mode"] == "flight":
        return 1 if to_stop in ASH_AIRPORTS else 0
    if route["mode"] in BOATS:
        return catalogue.band(route["area_id"], month, route["mode"])
    return 0


def build_tariff(catalogue: Catalogue, timetable: Timetable, party: Party, avoid_modes: Collection[str]) -> Tariff:
    """Price every route and transfer for a party; close what it avoids, cannot seat or cannot pay for.

    Bands here are those of the seas; the ash band of a flight hangs on where it lands and is added there.
    """
    prices, is_open = [], []
    bands = np.zeros((13, len(timetable.routes)), np.int16)
    for number, route in enumerate(timetable.routes):
        lines = timetable.fares.lines(route["route_id"], party)
        fare = sum(line.count * line.each.high for line in lines) if lines else NO_FARE
        prices.append(fare + boarding_fee(catalogue, route["mode"], party))
        seats = int(route["seats"] or 0)
        is_open.append(bool(lines) and seats >= party.heads and route["mode"] not in avoid_modes)
        for month in range(1, 13):
            bands[month, number] = catalogue.band(route["area_id"], month, route["mode"])
    hires = [hire(row, party) for row in catalogue.transfers.rows]
    modes = [row["mode"] for row in catalogue.transfers.rows]
    row = catalogue.transfers.row
    edge_band = np.zeros((13, len(catalogue.transfers)), np.int16)
    for month in range(1, 13):
        of_row = [catalogue.band(r["area_id"], month, r["mode"]) for r in catalogue.transfers.rows]
        edge_band[month] = np.array(of_row, np.int16)[row]
    return Tariff(
        route_price=np.array(prices, np.int64),
        edge_price=np.array([h.high for h in hires], np.int64)[row],
        route_open=np.array(is_open, np.bool_),
        edge_open=np.array([mode not in avoid_modes for mode in modes], np.bool_)[row],
        route_band=bands,
        edge_band=edge_band,
    )
