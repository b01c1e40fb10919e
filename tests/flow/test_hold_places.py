"""Holding a trip: all of it or nothing, for a while, so many a visitor; what runs out or is given up goes back."""

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from planner.booking.hold import MOST_LIVE_HOLDS, HoldLapsed, NoMoreExtensions, TooManyHolds
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.flow.hold_places import (
    NotForSale,
    QuoteExpired,
    SoldOutNow,
    extend_hold,
    hold_places,
    release_hold,
    sweep_holds,
)
from planner.store import audit, availability, claims, orders
from planner.store.db import db, transaction
from tests.booking.making import fee, package, quote_of, ride, stay
from tests.flow import shop
from tests.flow.fakes import World

WALK = package(1, "PK01", 1_000_000, starts_at=package(1, "PK01", 2).starts_at.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000, nights=3)
FERRY = ride(3, 261_200)
SEAT = ride(3, 261_200, "held")
TRIP = (WALK, HOUSE, FERRY, fee(4, 300_000))


def test_a_hold_takes_every_place_and_freezes_the_quote(world: World) -> None:
    quote = quote_of(TRIP)
    order = hold_places(quote, world.services, "visitor", "id")
    assert (order.state, order.total, order.visitor, order.language) == ("held", 2_611_200, "visitor", "id")
    assert order.hold_until == world.clock.now() + timedelta(minutes=30)
    assert Quote.from_json(order.quote) == quote
    assert shop.states(order.id) == ["held", "held", "to_buy", "planned"]
    assert [line.price for line in orders.list_lines(order.id)] == [1_000_000, 1_350_000, 261_200, 0]
    assert shop.counts(WALK) == (2, 0)
    assert [shop.counts(HOUSE, night) for night in range(3)] == [(1, 0)] * 3
    assert [act.what for act in audit.list_acts(order.id)] == ["hold"]


def test_codes_are_short_and_secrets_long_and_both_are_new(world: World) -> None:
    made = [orders.get_order(shop.hold(world, [WALK])) for _ in range(3)]
    assert len({order.code for order in made}) == len({order.secret for order in made}) == 3
    assert all(order.code.startswith("LTS-") and len(order.secret) >= 32 for order in made)


def test_where_one_night_is_full_nothing_is_held_and_the_line_is_named(world: World) -> None:
    capacity = shop.slot_of(HOUSE, 1).capacity
    full = stay(1, "ST-LBJ-1", 450_000, nights=1, rooms=capacity)
    full = replace(full, takes=(replace(HOUSE.takes[1], places=capacity),))
    shop.hold(world, [full])
    with pytest.raises(SoldOutNow) as refused:
        shop.hold(world, TRIP)
    assert refused.value.params == {"line": 2}
    assert shop.counts(WALK) == (0, 0)
    assert db.session.scalar(select(func.count()).select_from(orders.Order)) == 1


def test_the_last_places_go_once(world: World) -> None:
    shop.set_capacity(WALK, 2)
    shop.hold(world, [WALK])
    with pytest.raises(SoldOutNow):
        shop.hold(world, [WALK])
    shop.set_capacity(WALK, 30)


def test_two_lines_of_the_same_night_need_two_rooms(world: World) -> None:
    shop.set_capacity(HOUSE, 1)
    with pytest.raises(SoldOutNow):
        shop.hold(world, [HOUSE, replace(HOUSE, number=5)])
    shop.set_capacity(HOUSE, 30)
    order_id = shop.hold(world, [HOUSE, replace(HOUSE, number=5)])
    assert shop.counts(HOUSE) == (2, 0)
    assert len(orders.list_taken(order_id)) == 6


def test_what_is_not_laid_out_is_not_on_sale(world: World) -> None:
    wrong_hour = package(7, "PK01", 1_000_000)
    with pytest.raises(SoldOutNow) as refused:
        shop.hold(world, [wrong_hour])
    assert refused.value.params == {"line": 7}


def test_a_departure_is_made_once_with_the_seats_that_its_carrier_gave(world: World) -> None:
    with transaction() as session:
        claims.allot(session, "F-PDB-LEM", 3, "letter of its office")
    shop.hold(world, [SEAT])
    assert shop.counts(SEAT) == (2, 0)
    assert shop.slot_of(SEAT).capacity == 3
    with pytest.raises(SoldOutNow):
        shop.hold(world, [SEAT])


def test_seats_that_a_carrier_took_back_are_sold_out(world: World) -> None:
    with pytest.raises(SoldOutNow) as refused:
        shop.hold(world, [SEAT])
    assert refused.value.params == {"line": 3}


def test_an_old_quote_is_refused(world: World) -> None:
    quote = quote_of(TRIP, world.clock.now())
    world.clock.move(minutes=30)
    with pytest.raises(QuoteExpired):
        hold_places(quote, world.services)


def test_a_blocked_line_is_named_with_its_reason(world: World) -> None:
    with pytest.raises(NotForSale) as refused:
        shop.hold(world, [replace(WALK, blocked="not_contracted"), HOUSE])
    assert refused.value.params == {"lines": {1: "not_contracted"}}
    assert shop.counts(HOUSE) == (0, 0)


def test_a_trip_of_which_nothing_is_sold_here_cannot_be_held(world: World) -> None:
    with pytest.raises(NotForSale):
        shop.hold(world, [fee(1, 300_000), replace(FERRY, way="self")])


def test_a_visitor_keeps_three_trips_at_a_time_and_a_fourth_once_one_is_over(world: World) -> None:
    held = [shop.hold(world, [WALK], visitor="v") for _ in range(MOST_LIVE_HOLDS)]
    with pytest.raises(TooManyHolds):
        shop.hold(world, [WALK], visitor="v")
    shop.hold(world, [WALK], visitor="somebody else")
    release_hold(held[0], world.services)
    shop.hold(world, [WALK], visitor="v")
    world.clock.move(minutes=30)
    shop.hold(world, [WALK], visitor="v")


def test_a_visitor_who_asks_many_times_at_once_gets_no_more_than_three(world: World, shop_app: Flask) -> None:
    meet = threading.Barrier(8)
    yes: list[str] = []

    def ask() -> None:
        with shop_app.app_context():
            meet.wait(30)
            with contextlib.suppress(TooManyHolds):
                yes.append(shop.hold(world, [WALK], visitor="v"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(yes) == MOST_LIVE_HOLDS


def test_a_hold_is_put_off_three_times_by_ten_minutes(world: World) -> None:
    order_id = shop.hold(world, [WALK])
    ends = [extend_hold(order_id, world.services) - world.clock.now() for _ in range(3)]
    assert ends == [timedelta(minutes=m) for m in (40, 50, 60)]
    with pytest.raises(NoMoreExtensions):
        extend_hold(order_id, world.services)


def test_a_hold_that_ran_out_is_not_put_off_and_the_sweeper_gives_its_places_back(world: World) -> None:
    order_id, other = shop.hold(world, TRIP), shop.hold(world, [WALK])
    extend_hold(other, world.services)
    world.clock.move(minutes=30)
    with pytest.raises(HoldLapsed):
        extend_hold(order_id, world.services)
    assert sweep_holds(world.services) == 1
    assert (shop.state(order_id), shop.state(other)) == ("lapsed", "held")
    assert shop.states(order_id) == ["released", "released", "released", "planned"]
    assert shop.counts(WALK) == (2, 0)
    assert shop.counts(HOUSE) == (0, 0)
    assert sweep_holds(world.services) == 0


def test_a_hold_that_is_given_up_goes_back_at_once_and_only_once(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    release_hold(order_id, world.services, "left")
    assert shop.state(order_id) == "undone"
    assert shop.counts(WALK) == (0, 0)
    with pytest.raises(HoldLapsed):
        release_hold(order_id, world.services)


def test_a_paid_trip_is_neither_swept_nor_given_up(world: World) -> None:
    order_id = shop.paid(world, TRIP)
    world.clock.move(hours=5)
    assert sweep_holds(world.services) == 0
    with pytest.raises((HoldLapsed, WrongState)):
        release_hold(order_id, world.services)
    assert shop.counts(WALK) == (2, 0)


def test_places_given_back_are_there_for_the_next(world: World) -> None:
    shop.set_capacity(WALK, 2)
    first = shop.hold(world, [WALK])
    world.clock.move(minutes=31)
    sweep_holds(world.services)
    second = shop.hold(world, [WALK])
    assert (shop.state(first), shop.state(second)) == ("lapsed", "held")
    shop.set_capacity(WALK, 30)


def test_room_is_seen_before_a_hold_fails(world: World) -> None:
    shop.hold(world, [WALK])
    short = availability.list_short(WALK.starts_at.date(), WALK.starts_at.date())
    assert [(room.product_id, room.capacity - room.room) for room in short] == [("PK01", 2)]
