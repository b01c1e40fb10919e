"""Pricing anew: what is gone, sold out, closed or not contracted is blocked by name; the rest may be held."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from planner.booking.quote import Quote
from planner.flow.hold_places import hold_places
from planner.flow.price_trip import CLOSED, GONE, PLACEHOLDER, SOLD_OUT, price_trip
from planner.store import claims, orders
from planner.store.db import transaction
from planner.values.times import WITA
from tests.booking.items import ROUTE, a_fee, a_leg, a_package, a_stay, at
from tests.flow import shop
from tests.flow.fakes import World

BRIEF = {"party": {"adults": 2, "children": [], "residency": "foreign", "rooms": 1}}


def priced(world: World, *items: dict[str, Any]) -> Quote:
    itinerary = {"id": "trip-1", "items": list(items), "totals": {}, "starts_at": at(8), "ends_at": at(20)}
    return price_trip(itinerary, BRIEF, world.services)


def reasons(quote: Quote) -> list[str]:
    return [line.blocked for line in quote.lines]


def test_a_trip_with_room_is_free_to_be_held(world: World) -> None:
    quote = priced(world, a_leg(), a_package(), a_stay(), a_fee())
    assert reasons(quote) == ["", "", "", ""]
    order = hold_places(quote, world.services)
    assert order.total == 261_200 + 1_000_000 + 1_350_000
    assert shop.states(order.id) == ["to_buy", "held", "held", "planned"]


def test_what_others_hold_is_sold_out(world: World) -> None:
    first = priced(world, a_package())
    shop.set_capacity(first.lines[0], 3)
    hold_places(first, world.services)
    assert reasons(priced(world, a_package(), a_stay())) == [SOLD_OUT, ""]
    shop.set_capacity(first.lines[0], 30)


def test_what_is_no_longer_on_offer_is_gone(world: World) -> None:
    assert reasons(priced(world, a_package(hour=9), a_leg(trip_id="T2"), a_stay())) == [GONE, GONE, ""]


@pytest.mark.parametrize(("minutes", "reason"), [(-1, ""), (0, CLOSED), (60, CLOSED)])
def test_sales_of_a_crossing_close_when_it_leaves(world: World, minutes: int, reason: str) -> None:
    world.clock.moment = datetime.fromisoformat(at(9)) + timedelta(minutes=minutes)
    assert reasons(priced(world, a_leg())) == [reason]


def test_sales_of_a_package_close_at_its_cutoff(world: World) -> None:
    start = datetime.fromisoformat(at(8))
    world.clock.moment = start - timedelta(hours=24)
    assert reasons(priced(world, a_package())) == [""]
    world.clock.move(seconds=1)
    assert reasons(priced(world, a_package())) == [CLOSED]


def test_seats_are_counted_before_and_after_a_departure_is_made(world: World) -> None:
    with transaction() as session:
        claims.allot(session, ROUTE, 3, "letter")
    quote = priced(world, a_leg())
    assert (quote.lines[0].way, reasons(quote)) == ("held", [""])
    hold_places(quote, world.services)
    assert reasons(priced(world, a_leg())) == [SOLD_OUT]


def test_too_few_seats_for_the_party_are_sold_out(world: World) -> None:
    with transaction() as session:
        claims.allot(session, ROUTE, 1, "letter")
    assert reasons(priced(world, a_leg())) == [SOLD_OUT]


def test_with_real_money_only_contracted_suppliers_are_sold(world: World) -> None:
    world.is_demo = False
    quote = priced(world, a_package(), a_stay(), a_leg(sold="self"))
    assert reasons(quote) == [PLACEHOLDER, PLACEHOLDER, ""]
    supplier_id = quote.lines[0].supplier_id
    now = datetime(2026, 11, 1, tzinfo=WITA)
    with transaction() as session:
        session.add(claims.Claim(supplier_id=supplier_id, approved_at=now))
    assert reasons(priced(world, a_package())) == [PLACEHOLDER], "approved, but its prices are not confirmed"
    with transaction() as session:
        claim = claims.find_claim(supplier_id)
        assert claim is not None
        session.get_one(claims.Claim, supplier_id).prices_confirmed_at = now
    assert reasons(priced(world, a_package())) == [""]


def test_a_new_price_is_told_beside_the_old_one(world: World) -> None:
    quote = priced(world, a_leg(250_000), a_package())
    assert [(line.number, line.was, line.price) for line in quote.changed] == [(1, 250_000, 261_200)]


def test_todays_rate_of_the_readers_currency_is_frozen_and_goes_with_the_order(world: World) -> None:
    itinerary = {"id": "trip-1", "items": [a_package()], "totals": {}, "starts_at": at(8), "ends_at": at(20)}
    then = world.rates.publish("AUD", "12750.5", date(2026, 11, 20))
    quote = price_trip(itinerary, BRIEF, world.services, "AUD")
    assert quote.rate == then and quote.total == priced(world, a_package()).total, "rupiah are what is charged"
    order = hold_places(quote, world.services)
    world.rates.publish("AUD", "6000", date(2026, 11, 24))
    assert Quote.from_json(orders.get_order(order.id).quote).rate == then
    assert price_trip(itinerary, BRIEF, world.services, "AUD").rate != then


def test_without_a_rate_a_trip_is_quoted_in_rupiah_alone(world: World) -> None:
    assert priced(world, a_package()).rate is None
    itinerary = {"id": "trip-1", "items": [a_package()], "totals": {}, "starts_at": at(8), "ends_at": at(20)}
    assert price_trip(itinerary, BRIEF, world.services, "USD").rate is None
