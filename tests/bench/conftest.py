"""A site of its own for each kind of database, shared by the booking benches."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.booking_site import Site
from tests.postgresql import Server


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    server: Server = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as address, Site(_folder(tmp_path_factory), address) as site:
        yield site


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = _folder(tmp_path_factory)
    with Site(folder, f"sqlite:///{folder / 'site.sqlite3'}") as site:
        yield site


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(f"on_{request.param}")
    return found


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("bench")
