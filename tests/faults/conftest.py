"""One running site for each kind of database, shared by all fault tests."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, running_site
from tests.postgresql import NoServer, Server

WITH_A_SYSTEM = ("op-PK01", "house-ST-LBJ-1")


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give a PostgreSQL server that no other test has to do with: processes of it are killed."""
    try:
        server = Server.find(tmp_path_factory.mktemp("faults-server"))
    except NoServer as missing:
        if os.environ.get("REQUIRE_PG") == "1":
            pytest.fail(f"REQUIRE_PG=1, but no PostgreSQL: {missing}")
        pytest.skip(f"no PostgreSQL: {missing}")
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a site that all tests of a database share; sqlite's ends before postgresql's begins."""
    if sys.platform != "linux":
        pytest.skip("processes are found and ended in Linux's ways here")
    folder: Path = tmp_path_factory.mktemp(f"faults-{request.param}")
    if request.param == "sqlite":
        with running_site(folder, f"sqlite:///{folder / 'site.sqlite3'}") as site:
            yield connected(site)
        return
    server: Server = request.getfixturevalue("own_server")
    with server.fresh_database() as address, running_site(folder, address) as site:
        yield connected(site)


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
