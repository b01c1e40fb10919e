"""Holds the reference tables that a plan is made from, as plain rows that nobody changes."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rows = tuple[dict[str, str], ...]
Things = tuple[dict[str, Any], ...]

SHIPPED = Path(__file__).parent.parent / "data" / "catalogue"


@dataclass(frozen=True)
class Tables:
    """Everything but the timetable: rows of text as in the catalogue's files; suppliers and products as in OCTO.

    `routes` are the ready-made ones (`planner.design.ready_routes`).
    """

    places: Rows
    hubs: Rows
    transfers: Rows
    fare_groups: Rows
    rules: Rows
    events: Rows
    closures: Rows
    weather: Rows
    suppliers: Things
    products: Things
    routes: Things = ()


def read_tables(folder: Path | str = SHIPPED) -> Tables:
    """Read the catalogue's files.

    Raises:
        FileNotFoundError: a table is missing from the folder.
    """
    root = Path(folder)
    return Tables(
        places=_read_rows(root / "places.csv"),
        hubs=_read_rows(root / "hubs.csv"),
        transfers=_read_rows(root / "transfers.csv"),
        fare_groups=_read_rows(root / "fare_groups.csv"),
        rules=_read_rows(root / "rules.csv"),
        events=_read_rows(root / "events.csv"),
        closures=_read_rows(root / "closures.csv"),
        weather=_read_rows(root / "weather.csv"),
        suppliers=_read_things(root / "suppliers.json"),
        products=_read_things(root / "products.json"),
        routes=_read_things(root / "routes.json"),
    )


def _read_rows(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8-sig") as handle:
        return tuple(csv.DictReader(handle))


def _read_things(path: Path) -> Things:
    return tuple(json.loads(path.read_text(encoding="utf-8")))
