"""Loads the timetable and the catalogue that ship with the program, and leaves alone what somebody loaded instead.

    nothing is there                    the shipped one is loaded
    what start loaded before is there   the shipped one is loaded where it is another by now
    something else is there             it was loaded on purpose: it stays

What start loaded before stands in two small files in the instance folder.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from planner.design.tables import SHIPPED as CATALOGUE
from planner.flow.load_catalogue import load_catalogue
from planner.flow.load_timetable import BuildSnapshot, load_timetable
from planner.network.gtfs_rows import Progress
from planner.store import claims, reference, timetable
from planner.store.db import transaction

TIMETABLE = CATALOGUE.parent / "gtfs"
ALLOTMENTS = CATALOGUE.parent / "demo" / "allotments.csv"

Outcome = Literal["loaded", "present", "kept"]


@dataclass(frozen=True)
class Shipped:
    """What came of it: ``loaded``, ``present`` already, or another one ``kept``."""

    timetable: Outcome
    catalogue: Outcome


def load_shipped(
    instance: Path, now: datetime, build: BuildSnapshot | None = None, progress: Progress | None = None
) -> Shipped:
    """Load what ships with the program where it is missing or older.

    Raises:
        FeedRefused, CatalogueRefused: the shipped data is broken.
    """
    return Shipped(
        timetable=_load_timetable(instance, now, build, progress),
        catalogue=_load_catalogue(instance, now, progress),
    )


def _load_timetable(instance: Path, now: datetime, build: BuildSnapshot | None, progress: Progress | None) -> Outcome:
    note = instance / "shipped-timetable"
    active = timetable.find_active()
    if active is not None:
        if active.sha256 != _noted(note):
            return "kept"
        if active.version == _shipped_version() and (instance / active.folder).is_dir():
            return "present"
    loaded = load_timetable(TIMETABLE, instance, now, build, progress)
    note.write_text(loaded.sha256 + "\n", encoding="ascii")
    return "loaded"


def _load_catalogue(instance: Path, now: datetime, progress: Progress | None) -> Outcome:
    note = instance / "shipped-catalogue"
    there = reference.find_loaded()
    if there and there != _noted(note):
        return "kept"
    loaded = load_catalogue(CATALOGUE, now=now, progress=progress)
    note.write_text(loaded.sha256 + "\n", encoding="ascii")
    return "loaded" if loaded.is_new else "present"


def load_demo_allotments() -> int:
    """Give ourselves seats on departures, for a site on which no money is real; return how many routes have some.

    What somebody allotted already stays.
    """
    with ALLOTMENTS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with transaction() as session:
        there = claims.allotted()
        for row in rows:
            if row["route_id"] not in there:
                claims.allot(session, row["route_id"], int(row["seats"]), row["source"])
    return len(claims.allotted())


def _noted(note: Path) -> str:
    return note.read_text(encoding="ascii").strip() if note.exists() else ""


def _shipped_version() -> str:
    with (TIMETABLE / "feed_info.txt").open(newline="", encoding="utf-8-sig") as file:
        return next(csv.DictReader(file))["feed_version"]
