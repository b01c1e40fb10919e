"""Databases of both kinds brought to the present schema, and a small catalogue that loads at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_migrate import upgrade

from planner.design.tables import Tables, read_tables
from planner.store.db import MIGRATIONS
from planner.store.reference import replace_reference

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
SMALL = ("PK01", "PK47", "PK55", "PK147", "ST-LBJ-1")


@pytest.fixture
def empty_store(make_app: Callable[..., Flask], database: str) -> Iterator[Flask]:
    """Give a site on an empty database of each kind, with its tables and inside its context."""
    app = make_app(DATABASE_URL=database)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        yield app


@pytest.fixture(scope="session")
def small_tables() -> Tables:
    whole = read_tables()
    return replace(whole, products=tuple(product for product in whole.products if product["id"] in SMALL))


@pytest.fixture
def store(empty_store: Flask, small_tables: Tables) -> Flask:
    """Give the same with a few products for sale."""
    replace_reference(small_tables, "a" * 64, NOW)
    return empty_store
