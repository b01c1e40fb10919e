"""A shop on a database of each kind, laid out once and emptied before each test."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from planner.app import create_app
from planner.design.catalogue import build_catalogue
from planner.design.tables import read_tables
from planner.store.db import MIGRATIONS
from planner.store.reference import replace_reference
from tests.booking.items import one_ferry
from tests.conftest import settings_in
from tests.flow import shop
from tests.flow.fakes import FakeSnapshots, World
from tests.postgresql import Server

LOADED_AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def shop_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("shop")
    if request.param == "sqlite":
        yield laid_out(folder, f"sqlite:///{folder / 'shop.sqlite3'}")
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as address:
        yield laid_out(folder, address)


def laid_out(folder: Path, address: str) -> Flask:
    app = create_app(settings_in(folder / "instance", DATABASE_URL=address), TESTING=True)
    whole = read_tables()
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        small = replace(whole, products=tuple(one for one in whole.products if one["id"] in shop.KEPT))
        replace_reference(small, "a" * 64, LOADED_AT)
    return app


@pytest.fixture(scope="session")
def snapshots() -> FakeSnapshots:
    whole = read_tables()
    kept = tuple(one for one in whole.products if one["id"] in shop.KEPT)
    return FakeSnapshots(build_catalogue(replace(whole, products=kept)), one_ferry())


@pytest.fixture
def world(shop_app: Flask, snapshots: FakeSnapshots) -> Iterator[World]:
    """Stand in an empty shop; afterwards its books must be right, whatever the test did."""
    with shop_app.app_context():
        shop.empty()
        yield World(snapshots)
        shop.check_books()
