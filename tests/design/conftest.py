"""A designer on the shipped data, assembled once for all tests of the design."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from planner.design.assembly import assemble
from planner.design.catalogue import Catalogue, build_catalogue
from planner.design.designer import Designer
from planner.design.tables import read_tables
from planner.network.gtfs import read_feed
from planner.network.snapshot import build_timetable
from planner.settings import ROOT
from planner.values.times import WITA, Clock

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=WITA)
TODAY = NOW.date()
TABLES = ROOT / "instance" / "travel-tables"
"""Built once (half a minute) and kept, as for the site itself: its name is a digest of all that went into it."""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return build_catalogue(read_tables())


@pytest.fixture(scope="session")
def designer(catalogue: Catalogue) -> Designer:
    timetable = build_timetable(read_feed(Path(ROOT, "planner", "data", "gtfs")))
    return assemble(catalogue, timetable, Clock(NOW), TABLES)


def a_brief(**more: Any) -> dict[str, Any]:
    """Return a brief of two adults, in and out through Bali, for two weeks in April; `more` replaces or adds fields."""
    return {
        "entry": {"hub": "DPS", "at": "2027-04-05T12:00:00+08:00"},
        "exit": {"hub": "DPS", "by": "2027-04-18T20:00:00+08:00"},
        "party": {"adults": 2},
    } | more
