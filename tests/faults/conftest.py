"""One running site for each kind of database, shared by all fault tests."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.site import Site, running_site
from tests.postgresql import NoServer, Server

WITH_A_SYSTEM = ("op-PK01", "house-ST-LBJ-1")


def own_server(folder: Path) -> Server:
    """Start a PostgreSQL server that no other test has to do with: processes of it are killed."""
    try:
        return Server.find(folder)
    except NoServer as missing:
        if os.environ.get("REQUIRE_PG") == "1":
            pytest.fail(f"REQUIRE_PG=1, but no PostgreSQL: {missing}")
        pytest.skip(f"no PostgreSQL: {missing}")


RUNNING = ExitStack()
"""The sites that run now; they end after the last fault test, since their workers look for work all the time."""
SITES: dict[str, Site] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End the sites when the next test is none of these."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        SITES.clear()
        RUNNING.close()


@pytest.fixture(scope="session")
def site_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Site]]:
    """Give a function that gives the site on a kind of database: started when first asked for."""
    if sys.platform != "linux":
        pytest.skip("processes are found and ended in Linux's ways here")

    def give(kind: str) -> Site:
        if kind not in SITES:
            folder = tmp_path_factory.mktemp(f"faults-{kind}")
            address = f"sqlite:///{folder / 'site.sqlite3'}"
            if kind == "postgresql":
                server = own_server(tmp_path_factory.mktemp("faults-server"))
                RUNNING.callback(server.stop)
                address = RUNNING.enter_context(server.fresh_database())
            SITES[kind] = connected(RUNNING.enter_context(running_site(folder, address)))
        return SITES[kind]

    yield give
    RUNNING.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def running(request: pytest.FixtureRequest, site_on: Callable[[str], Site]) -> Site:
    """Give a site that all tests of a database share."""
    return site_on(request.param)


def connected(site: Site) -> Site:
    for supplier_id in WITH_A_SYSTEM:
        site.connect(supplier_id)
    return site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """Give the site; afterwards everything that is stored anywhere must fit together."""
    yield running
    running.supplier.control("calm", {})
    running.supplier.behave(sold_out=[], confirms_as="CONFIRMED")
    left = [point.name for point in running.points.iterdir()]
    for name in left:
        (running.points / name).unlink()
    assert left == [], "points that nobody came by"
    assert running.problems() == []
