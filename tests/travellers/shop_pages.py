"""A shop whose pages are looked at: orders of a small catalogue, a world outside that a test moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from planner.booking.quote import Line
from planner.design.tables import read_tables
from planner.store import orders
from tests.booking.making import START, package
from tests.flow.conftest import shop_app, snapshots, world
from tests.flow.fakes import FakeSnapshots, World

__all__ = ["Shop", "shop", "shop_app", "snapshots", "walk", "world"]


class Shop:
    """A browser before the shop's pages."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client = client
        self.world = world

    def address(self, order_id: str, tail: str = "", start: str = "/bookings") -> str:
        order = orders.get_order(order_id)
        return f"{start}/{order.code}/{order.secret}{tail}"

    def get(self, address: str, **more: Any) -> Any:
        return self.client.get(address, **more)

    def post(self, page: str, action: str = "", **fields: Any) -> Any:
        """Send a form of a page, with the token that the page carries."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert token, f"{page} has no form"
        return self.client.post(action or page, data={"csrf_token": token[1], **fields})


@pytest.fixture
def shop(shop_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    tables = read_tables()
    monkeypatch.setattr(FakeSnapshots, "tables", lambda _: tables, raising=False)
    before = shop_app.extensions["planner.services"]
    shop_app.extensions["planner.services"] = world.services
    shop_app.config["RATELIMIT_ENABLED"] = False
    yield Shop(shop_app.test_client(), world)
    shop_app.extensions["planner.services"] = before


def walk(way: str = "held", price: int = 1_000_000, **more: Any) -> Line:
    """A package of the catalogue at the hour at which it starts."""
    return package(1, "PK01", price, way, starts_at=START.replace(hour=8), **more)
