"""Races between processes for the last places; each has a twin without the guard, which must oversell."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from planner.booking.quote import Line
from planner.store.db import db
from planner.store.orders import Order, Taken
from tests.booking.making import START, package, stay
from tests.flow import shop
from tests.flow.fakes import World
from tests.flow.racing import race

pytestmark = pytest.mark.slow
CAPACITY = 10
BUYERS = 4
TRIES = 8
HOT = [package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))]
NIGHTS = stay(1, "ST-LBJ-1", 450_000, nights=8)
BUNDLE = [stay(n, "ST-LBJ-1", 450_000, nights=1, takes=(take,)) for n, take in enumerate(NIGHTS.takes, 1)]


@pytest.fixture(params=[HOT, BUNDLE], ids=["one departure", "eight nights in any order"])
def lines(world: World, request: pytest.FixtureRequest) -> Sequence[Line]:
    """Leave ten places of each slot; afterwards the shop is empty and as large as before."""
    wanted: Sequence[Line] = request.param
    for line in wanted:
        shop.set_capacity(line, CAPACITY)
    yield wanted
    shop.empty()
    for line in wanted:
        shop.set_capacity(line, 30)


def sold_most(lines: Sequence[Line]) -> int:
    """Return the most places that orders were promised of any slot."""
    db.session.rollback()
    sums = select(func.sum(Taken.places)).group_by(Taken.slot_id)
    return max(int(places) for places in db.session.scalars(sums))


def test_the_last_places_are_sold_once(world: World, shop_app: Flask, lines: Sequence[Line], tmp_path: Path) -> None:
    outcomes = race(shop_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, lines, BUYERS, TRIES, is_guarded=True)
    each = lines[0].takes[0].places
    assert outcomes.count("held") == CAPACITY // each
    assert outcomes.count("sold_out") == BUYERS * TRIES - CAPACITY // each, "nobody failed in any other way"
    assert db.session.scalar(select(func.count()).select_from(Order)) == CAPACITY // each
    assert [shop.counts(line) for line in lines] == [(CAPACITY, 0)] * len(lines)
    shop.check_books()


def test_without_the_guard_they_are_sold_more_than_once(
    world: World, shop_app: Flask, lines: Sequence[Line], tmp_path: Path
) -> None:
    outcomes = race(shop_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, lines, BUYERS, TRIES, is_guarded=False)
    assert outcomes.count("held") * lines[0].takes[0].places > CAPACITY, "the race proves nothing"
    assert sold_most(lines) > CAPACITY
