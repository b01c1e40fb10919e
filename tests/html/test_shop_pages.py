"""Pages of a purchase, of a booking and of its changes are valid HTML in each state, forms with mistakes included."""

from __future__ import annotations

import pytest
from flask import Flask

from planner.travellers import changes
from tests.booking.making import START, package
from tests.browser.test_accessible_booking import LINES, addresses
from tests.flow import shop as goods
from tests.html.gathering import SHOPS, Gathering, views_with_pages
from tests.html.judge import Judge
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, world

__all__ = ["shop", "shop_app", "snapshots", "world"]
pytestmark = pytest.mark.parametrize("shop_app", ["sqlite"], indirect=True)  # pages look the same on every database


def other_dates(booking: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of plans on other dates, for which the planner has one."""
    later = package(1, "PK01", 1_000_000, starts_at=START.replace(day=4, hour=8))
    plan = {"id": "later", "items": [later.item | {"sold": "here"}], "totals": {}, "starts_at": later.item["starts"],
            "ends_at": later.item["ends"], "label": "best"}  # fmt: skip
    monkeypatch.setattr(changes.planning, "check", lambda brief: None)
    monkeypatch.setattr(changes.planning, "plan", lambda brief: {"itineraries": [plan]})
    monkeypatch.setattr(changes.trip_view, "title", lambda plan, atlas: "The later trip")
    monkeypatch.setattr(changes.trip_view, "days_of", lambda plan: [START.date()])
    return f"{booking}/change/dates?arrive=2027-06-03&leave=2027-06-07"


def test_pages_of_a_purchase_are_valid(
    shop: Shop, shop_app: Flask, gathering: Gathering, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = addresses(shop)
    gathering.open(shop.client, (*shown.values(), other_dates(shown["confirmed"], monkeypatch)))
    held = shop.address(goods.hold(shop.world, LINES), start="/checkout/held")
    gathering.answer("mistakes", shop.post(held, given_1="M4ren", email="maren", consent="ask"))
    gathering.answer("asked for the link", shop.post("/bookings", code="LTS-7K4Q", email="maren@example.org"))
    gathering.answer("link without a code", shop.post("/bookings", code="", email=""))
    gathering.answer("neither yes nor no", shop.post(shown["answer"], answer="perhaps"))
    gathering.answer("nothing picked", shop.post(shown["cancel"], sum="0"))
    gathering.answer("yes", shop.post(shown["answer"], answer="yes"))
    gathering.answer("no, too late", shop.post(shown["answer"], answer="no"))
    assert gathering.views >= {one for one in views_with_pages(shop_app) if one.startswith(SHOPS)}
    judge.accept(gathering.pages)
