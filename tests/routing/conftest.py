"""The shipped network, read once for all tests of routing."""

from pathlib import Path

import pytest

import planner.data
from planner.design.assembly import build_network
from planner.design.catalogue import Catalogue, build_catalogue
from planner.design.tables import read_tables
from planner.network.gtfs import read_feed
from planner.network.snapshot import build_timetable
from planner.routing.travel_table import Network


@pytest.fixture(scope="session")
def shipped_catalogue() -> Catalogue:
    return build_catalogue(read_tables())


@pytest.fixture(scope="session")
def shipped_network(shipped_catalogue: Catalogue) -> Network:
    feed = read_feed(Path(planner.data.__file__).parent / "gtfs")
    return build_network(shipped_catalogue, build_timetable(feed))
