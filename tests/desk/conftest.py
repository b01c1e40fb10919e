"""A desk over a small shop: orders are brought as far as a test wants them, and staff look at them with a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from planner.app import create_app
from planner.design.catalogue import build_catalogue
from planner.design.tables import Tables, read_tables
from planner.store.db import MIGRATIONS
from planner.store.reference import replace_reference
from tests.booking.items import one_ferry
from tests.conftest import settings_in
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow import shop
from tests.flow.fakes import FakeSnapshots, World

LOADED_AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


class DeskSnapshots(FakeSnapshots):
    """The small catalogue, and the tables that pages read names from."""

    def tables(self) -> Tables:
        return read_tables()


def small_tables() -> Tables:
    whole = read_tables()
    return replace(whole, products=tuple(one for one in whole.products if one["id"] in shop.KEPT))


@pytest.fixture(scope="session")
def desk_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = create_app(settings_in(tmp_path_factory.mktemp("desk") / "instance"), TESTING=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        replace_reference(small_tables(), "a" * 64, LOADED_AT)
    return app


@pytest.fixture(scope="session")
def desk_snapshots() -> DeskSnapshots:
    ferry = {"route_id": "F-PDB-LEM", "route_long_name": "Padang Bai - Lembar", "operators": "ASDP"}
    return DeskSnapshots(build_catalogue(small_tables()), replace(one_ferry(), routes=(ferry,)))


@pytest.fixture
def world(desk_app: Flask, desk_snapshots: DeskSnapshots) -> Iterator[World]:
    """Give an empty shop, and have the site use the same clock, suppliers and payments; enter its context to act."""
    world = World(desk_snapshots)
    desk_app.extensions["planner.services"] = world.services
    with desk_app.app_context():
        shop.empty()
        people.forget_everybody()
    yield world
    with desk_app.app_context():
        shop.check_books()


@pytest.fixture
def ayu(desk_app: Flask, world: World) -> Visitor:
    """Give somebody at the desk."""
    return people.staff(desk_app)


@pytest.fixture
def proofs(desk_app: Flask) -> Path:
    return Path(desk_app.instance_path) / "proofs"
