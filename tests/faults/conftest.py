"""One running site for each kind of database, shared by all fault tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import Site, running_site
from tests.postgresql import Server

WITH_A_SYSTEM = ("op-PK01", "house-ST-LBJ-1")


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp(f"faults-{request.param}")
    if request.param == "sqlite":
        with running_site(folder, f"sqlite:///{folder / 'site.sqlite3'}") as site:
            yield connected(site)
        return
    server: Server = request.getfixturevalue("postgresql_server")
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
