"""Quotes: each part at today's price, with its way of being sold, places and terms; what changed, what is gone."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from planner.booking.quote import Line, Quote, Take, quote_itinerary
from planner.design.catalogue import Catalogue, build_catalogue
from planner.design.tables import read_tables
from planner.network.snapshot import Timetable
from tests.booking.items import DAY, ROUTE, a_fee, a_leg, a_package, a_stay, a_transfer, at, one_ferry
from tests.booking.making import NOW, package, quote_of, ride, stay


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build_catalogue(read_tables())


@pytest.fixture(scope="module")
def timetable() -> Timetable:
    return one_ferry()


def asked(items: list[Any], catalogue: Catalogue, timetable: Timetable, seats=None, now=NOW, **party: Any) -> Quote:
    brief = {"party": {"adults": 2, "children": [], "residency": "foreign", "rooms": 1} | party}
    itinerary = {"id": "trip-1", "items": items, "totals": {}, "starts_at": at(8), "ends_at": at(20)}
    return quote_itinerary(itinerary, brief, catalogue, timetable, seats or {}, now)


def only(items: list[Any], catalogue: Catalogue, timetable: Timetable, **more: Any) -> Line:
    (line,) = asked(items, catalogue, timetable, **more).lines
    return line


def test_a_package_at_once_is_held_with_a_place_for_each_of_the_party(catalogue, timetable) -> None:
    line = only([a_package()], catalogue, timetable)
    assert (line.way, line.answer_h, line.price) == ("held", 0, 1_000_000)
    assert line.takes == (Take("PK01", "DEFAULT", DAY, "08:00", 2),)
    assert line.supplier_id == catalogue.package["PK01"].supplier_id
    assert line.terms.full_until(line.starts_at) == line.starts_at - timedelta(days=1)


def test_a_package_on_request_waits_for_its_supplier_and_takes_names(catalogue, timetable) -> None:
    item = a_package("PK47", 11_000_000, 10)
    line = only([item], catalogue, timetable)
    assert (line.way, line.answer_h, line.needs_names) == ("requested", 24, True)
    assert line.takes[0].places == 2


def test_a_stay_is_held_night_by_night(catalogue, timetable) -> None:
    line = only([a_stay(rooms=2, amount=2_700_000)], catalogue, timetable, rooms=2)
    assert line.way == "held"
    assert [(take.starts_on, take.starts_at, take.places) for take in line.takes] == [
        (DAY + timedelta(days=n), "00:00", 2) for n in range(3)
    ]


def test_a_crossing_is_held_only_where_its_carrier_gave_seats_and_sales_are_open(catalogue, timetable) -> None:
    without = only([a_leg()], catalogue, timetable)
    assert (without.way, without.takes, without.buy_on) == ("later", (), NOW.date())
    with_seats = only([a_leg()], catalogue, timetable, seats={ROUTE: 12})
    assert (with_seats.way, with_seats.buy_on) == ("held", None)
    assert with_seats.takes == (Take(ROUTE, "T1", DAY, "09:00", 2),)
    not_open = only([a_leg(sales_open_on="2027-04-03")], catalogue, timetable, seats={ROUTE: 12})
    assert (not_open.way, not_open.takes, not_open.buy_on) == ("later", (), date(2027, 4, 3))


def test_a_car_is_ordered_later_and_what_is_ones_own_or_paid_there_is_not_charged(catalogue, timetable) -> None:
    quote = asked([a_transfer(catalogue), a_leg(sold="self"), a_fee()], catalogue, timetable)
    assert [line.way for line in quote.lines] == ["later", "self", "on_spot"]
    assert [line.is_charged for line in quote.lines] == [True, False, False]
    assert quote.total == quote.lines[0].price
    assert quote.takes() == {}


def test_a_price_that_moved_is_shown_beside_the_old_one_and_charged_anew(catalogue, timetable) -> None:
    quote = asked([a_leg(250_000), a_package()], catalogue, timetable)
    moved, same = quote.lines
    assert (moved.was, moved.price, moved.low) == (250_000, 261_200, 180_000)
    assert moved.item["price"]["amount"] == sum(x["count"] * x["amount"] for x in moved.item["quantity"]) == 261_200
    assert same.was is None
    assert quote.changed == (moved,)
    assert quote.total == 261_200 + same.price


def test_residents_pay_their_own_fare(catalogue, timetable) -> None:
    assert only([a_leg()], catalogue, timetable, residency="resident").price == 2 * 65_300


@pytest.mark.parametrize(
    "item",
    [
        a_leg(trip_id="T2"),
        a_leg(departs=at(10)),
        a_leg(service_date="2027-12-31", departs=at(9, date(2027, 12, 31))),
        a_leg(from_stop="H-NOWHERE"),
        a_leg(route_id="F-OTHER"),
        a_package("PK-GONE"),
        a_package(hour=9),
        a_package("PK47", hour=10, starts=at(10, date(2027, 6, 3))),
        a_stay(product_id="ST-GONE"),
        a_stay(rooms=31),
        {**a_leg(), "kind": "transfer", "route_id": "R-GONE"},
    ],
    ids=["trip", "hour", "day", "stop", "fare", "package", "start", "weekday", "house", "rooms", "car"],
)
def test_what_is_no_longer_on_offer_is_gone_and_keeps_the_price_of_the_plan(item, catalogue, timetable) -> None:
    quote = asked([a_package(), item], catalogue, timetable)
    assert quote.gone == (2,)
    assert quote.lines[1].price == item["price"]["amount"]


def test_a_party_too_large_or_too_young_cannot_join(catalogue, timetable) -> None:
    assert asked([a_package()], catalogue, timetable, adults=13).gone == (1,)
    assert asked([a_package()], catalogue, timetable, children=[2]).gone == (1,)


def test_places_of_one_slot_add_up_over_lines(catalogue, timetable) -> None:
    quote = asked([a_stay(), a_stay(), a_package()], catalogue, timetable)
    assert set(quote.takes().values()) == {2}
    assert len(quote.takes()) == 4


def test_a_quote_reads_back_as_it_was_written(catalogue, timetable) -> None:
    items = [a_leg(250_000), a_transfer(catalogue), a_package("PK47", 11_000_000, 10), a_stay(), a_fee()]
    quote = asked(items, catalogue, timetable, seats={ROUTE: 12})
    blocked = replace(quote, lines=(replace(quote.lines[0], blocked="sold_out"), *quote.lines[1:]))
    for one in (quote, blocked):
        assert Quote.from_json(json.loads(json.dumps(one.as_json()))) == one


def test_a_quote_stands_for_half_an_hour_and_spans_its_parts(catalogue, timetable) -> None:
    quote = asked([a_leg(), a_stay()], catalogue, timetable)
    assert quote.valid_until - quote.made_at == timedelta(minutes=30)
    assert (quote.starts_at.isoformat(), quote.ends_at.date()) == (at(9), DAY + timedelta(days=3))


def test_the_fingerprint_moves_with_price_way_and_part_and_with_nothing_else() -> None:
    lines = [package(1, "PK01", 1_000_000), stay(2, "ST-LBJ-1", 450_000), ride(3, 200_000)]
    quote = quote_of(lines)
    assert quote_of(lines, NOW + timedelta(hours=1)).fingerprint == quote.fingerprint
    for other in (replace(lines[0], price=1_000_001), replace(lines[0], way="requested"), package(1, "PK47", 10**6)):
        assert quote_of([other, *lines[1:]]).fingerprint != quote.fingerprint


def test_only_charged_lines_block() -> None:
    free = replace(ride(1, 200_000), way="self", blocked="sold_out")
    assert quote_of([free, package(2, "PK01", 1_000_000)]).blocked == ()
    assert quote_of([replace(package(2, "PK01", 1_000_000), blocked="gone")]).blocked[0].number == 2
