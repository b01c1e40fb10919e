"""Races between processes for the last places; each has a twin without the guard, which must break."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from planner.booking.hold import MOST_LIVE_HOLDS
from planner.booking.quote import Line
from planner.store.db import db
from planner.store.orders import Order, Taken
from tests.booking.making import START, package, stay
from tests.flow import shop
from tests.flow.fakes import World
from tests.flow.racers import hold_as, hold_in_any_order, hold_in_pieces, hold_often
from tests.flow.racing import Race, race

CAPACITY = 10
PLENTY = 30
BUYERS = 4
TRIES = 8
EACH = 8
VISITOR = "somebody who hoards"
HOT = [package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))]
NIGHTS = stay(1, "ST-LBJ-1", 450_000, nights=12)
HOUSE = [stay(n, "ST-LBJ-1", 450_000, nights=1, takes=(take,)) for n, take in enumerate(NIGHTS.takes, 1)]


@pytest.fixture
def few(world: World) -> Iterator[None]:
    """Leave ten places of each slot; afterwards the shop is empty and as large as before."""
    for line in (*HOT, *HOUSE):
        shop.set_capacity(line, CAPACITY)
    yield
    shop.empty()
    for line in (*HOT, *HOUSE):
        shop.set_capacity(line, PLENTY)


def run(app: Flask, racer: Race, is_guarded: bool, buyers: int = BUYERS) -> Counter[str]:
    """Let so many do the same at once and count what came of it."""
    outcomes = race(app.config["SQLALCHEMY_DATABASE_URI"], [racer] * buyers, is_guarded)
    db.session.rollback()
    return Counter(outcome for one in outcomes for outcome in one)


def sold_most(lines: Sequence[Line]) -> int:
    """Return the most places that orders were promised of any slot."""
    return max(_places_by_slot())


def _places_by_slot() -> list[int]:
    sums = select(func.sum(Taken.places)).group_by(Taken.slot_id)
    return [int(places) for places in db.session.scalars(sums)]


def parts_of_orders() -> list[int]:
    """Return of how many slots each order has places."""
    whose = Taken.order_id == Order.id
    counted = select(func.count(Taken.slot_id)).select_from(Order).outerjoin(Taken, whose).group_by(Order.id)
    return list(db.session.scalars(counted))


@pytest.mark.parametrize("lines", [HOT, HOUSE[:EACH]], ids=["one departure", "eight nights in any order"])
def test_the_last_places_are_sold_once(few: None, shop_app: Flask, lines: list[Line]) -> None:
    outcomes = run(shop_app, partial(hold_often, lines, TRIES, len(lines)), is_guarded=True)
    held = CAPACITY // lines[0].takes[0].places
    assert outcomes == {"held": held, "sold_out": BUYERS * TRIES - held}, "nobody failed in any other way"
    assert parts_of_orders() == [len(lines)] * held
    assert [shop.counts(line) for line in lines] == [(CAPACITY, 0)] * len(lines)
    shop.check_books()


@pytest.mark.parametrize("lines", [HOT, HOUSE[:EACH]], ids=["one departure", "eight nights in any order"])
def test_without_the_guard_they_are_sold_more_than_once(few: None, shop_app: Flask, lines: list[Line]) -> None:
    outcomes = run(shop_app, partial(hold_often, lines, TRIES, len(lines)), is_guarded=False)
    assert outcomes["held"] * lines[0].takes[0].places > CAPACITY, "the race proves nothing"
    assert sold_most(lines) > CAPACITY


def test_bundles_that_overlap_are_held_whole_or_not_at_all(few: None, shop_app: Flask) -> None:
    outcomes = run(shop_app, partial(hold_often, HOUSE, TRIES, EACH), is_guarded=True)
    assert set(outcomes) == {"held", "sold_out"}
    assert parts_of_orders() == [EACH] * outcomes["held"]
    assert sold_most(HOUSE) == CAPACITY, "nobody was refused while there was room"
    shop.check_books()


def test_slots_that_are_kept_one_by_one_leave_halves_of_bundles(few: None, shop_app: Flask) -> None:
    outcomes = run(shop_app, partial(hold_in_pieces, HOUSE, TRIES, EACH), is_guarded=False)
    assert outcomes["sold_out"]
    with pytest.raises(AssertionError):
        shop.check_books()


def test_bundles_never_wait_for_each_other(world: World, shop_app: Flask) -> None:
    outcomes = run(shop_app, partial(hold_in_any_order, HOUSE[:EACH], 7), is_guarded=True)
    assert outcomes == {"held": 4 * 7}
    assert parts_of_orders() == [EACH] * 4 * 7


@pytest.mark.slow
def test_unsorted_bundles_wait_for_each_other_on_postgresql(world: World, shop_app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time, whatever the order")
    outcomes = run(shop_app, partial(hold_in_any_order, HOUSE[:EACH], 7), is_guarded=False)
    assert outcomes["store_unavailable"], "nobody met anybody: the race proves nothing"
    shop.check_books()


def test_a_visitor_holds_three_trips_however_many_ask_at_once(world: World, shop_app: Flask) -> None:
    outcomes = run(shop_app, partial(hold_as, VISITOR, HOUSE[:1], TRIES), is_guarded=True, buyers=6)
    assert outcomes == {"held": TRIES * MOST_LIVE_HOLDS, "too_many_holds": TRIES * (6 - MOST_LIVE_HOLDS)}
    shop.check_books()


def test_holds_that_were_counted_before_are_too_many(world: World, shop_app: Flask) -> None:
    outcomes = run(shop_app, partial(hold_as, VISITOR, HOUSE[:1], TRIES), is_guarded=False, buyers=6)
    assert outcomes["held"] > TRIES * MOST_LIVE_HOLDS, "the race proves nothing"
