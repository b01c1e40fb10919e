"""Sites for what all doors share; for papers, a site on a database of each kind whose orders come and go."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from planner.app import create_app
from planner.store.db import MIGRATIONS
from planner.values.times import Clock
from tests.conftest import settings_in
from tests.postgresql import Server
from tests.web import order_on_paper


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def paper_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("papers")
    if request.param == "sqlite":
        yield laid_out(folder, f"sqlite:///{folder / 'papers.sqlite3'}")
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.fresh_database() as address:
        yield laid_out(folder, address)


def laid_out(folder: Path, address: str) -> Flask:
    app = create_app(settings_in(folder / "instance", DATABASE_URL=address, SITE_URL="https://trips.example"))
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    services = app.extensions["planner.services"]
    app.extensions["planner.services"] = replace(services, clock=Clock(order_on_paper.NOW))
    return app


@pytest.fixture
def papers(paper_app: Flask) -> Iterator[Flask]:
    """Stand in a site that has no order yet."""
    with paper_app.app_context():
        order_on_paper.empty()
        yield paper_app
