"""Assembles a designer from a catalogue and a timetable; builds and keeps the travel table that belongs to both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from planner.design.catalogue import Catalogue
from planner.design.designer import Designer
from planner.design.rules import closures
from planner.design.tariffs import build_tariff
from planner.network.snapshot import Timetable
from planner.routing.router import Router
from planner.routing.travel_table import Network, build_table, load_table, save_table, table_key
from planner.values.parties import Party
from planner.values.times import Clock

REFERENCE_PARTIES = (Party(2), Party(9, rooms=5))
"""Who the travel table is searched for: those whom a car holds, and more (`problem.reference_of` chooses)."""

Progress = Callable[[str, int, int], None]


def build_network(catalogue: Catalogue, timetable: Timetable) -> Network:
    """Join timetable and catalogue: check-in times by fare group, closures by rule."""

    def seconds(column: str) -> np.ndarray:
        groups = catalogue.fare_groups
        return np.array(
            [
                60 * int(groups[row["fare_group"]][column]) if row["fare_group"] in groups else 0
                for row in timetable.routes
            ],
            np.int32,
        )

    return Network(
        timetable, catalogue.stops, catalogue.transfers, seconds("checkin_min"), seconds("checkin_close_min"),
        closures(catalogue),
    )  # fmt: skip


def assemble(
    catalogue: Catalogue, timetable: Timetable, clock: Clock, folder: Path, progress: Progress | None = None
) -> Designer:
    """Return a designer; its travel table is opened in `folder`, or built there first (half a minute on two cores)."""
    network = build_network(catalogue, timetable)
    tariffs = [build_tariff(catalogue, timetable, party, ()) for party in REFERENCE_PARTIES]
    place = folder / table_key(network, tariffs)
    if not place.exists():
        origins = np.arange(len(catalogue.stops.ids), dtype=np.int16)

        def told(done: int, count: int) -> None:
            if progress:
                progress("travel table", done, count)

        save_table(build_table(network, tariffs, origins, told), place)
    return Designer(catalogue, Router(network, load_table(place)), clock)
