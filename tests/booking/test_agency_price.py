"""An agency's price adds up to the last unit, in every currency, for every party, however it is rounded."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking.agency_price import (
    CONTRACT,
    ORIGINS,
    BadTerms,
    Cost,
    Terms,
    paying_of,
    price_trip_for,
)
from planner.values.rates import Rate

EURO = Rate("EUR", Decimal("19012.34"), date(2026, 11, 20))
RATES = some.one_of(
    some.none(),
    some.builds(
        Rate,
        some.sampled_from(["USD", "EUR", "AUD", "SGD"]),
        some.decimals("5000", "30000", places=2),
        some.just(date(2026, 11, 20)),
    ),
)
COSTS = some.lists(
    some.builds(
        Cost,
        some.uuids().map(str),
        some.integers(0, 90_000_000),
        some.sampled_from(ORIGINS),
        some.integers(0, 6),
        some.one_of(some.none(), some.integers(0, 8000)),
    ),
    max_size=12,
)
TERMS = some.builds(
    Terms,
    some.integers(0, 8000),
    RATES,
    some.sampled_from([1, 5, 100, 1000, 50_000]),
    some.sampled_from([0, 0, 10, 15]),
)


@given(COSTS, some.integers(1, 40), TERMS)
def test_parts_and_rounding_are_the_total_and_so_is_what_each_pays(costs: list[Cost], heads: int, terms: Terms) -> None:
    price = price_trip_for(costs, heads, terms)

    assert sum(part.shown.amount for part in price.parts) + price.rounding.amount == price.total.amount
    assert price.each.amount * price.paying == price.total.amount
    assert price.each.amount % terms.step == 0
    assert 0 <= price.rounding.amount < terms.step * price.paying
    assert all(part.net + part.markup == part.gross and part.markup >= 0 for part in price.parts)
    assert price.net + price.margin == price.due
    assert {part.shown.currency for part in price.parts} | {price.total.currency, price.alone.currency} == {
        terms.rate.currency if terms.rate else "IDR"
    }


@given(COSTS, some.integers(1, 40), TERMS)
def test_in_rupiah_an_agency_never_sells_below_what_it_pays(costs: list[Cost], heads: int, terms: Terms) -> None:
    price = price_trip_for(costs, heads, Terms(terms.markup_bp, None, terms.step, terms.free_after))
    assert price.due == price.total.amount
    assert price.margin == sum(part.markup for part in price.parts) + price.rounding.amount >= 0


@given(COSTS, some.integers(1, 40), TERMS)
def test_converting_moves_no_more_than_half_a_minor_unit_a_part(costs: list[Cost], heads: int, terms: Terms) -> None:
    price = price_trip_for(costs, heads, terms)
    gross = sum(part.gross for part in price.parts)
    unit = terms.rate.rupiah / 100 if terms.rate else Decimal(0)
    rounding = price.rounding.amount * (unit if terms.rate else 1)
    assert abs(price.due - gross - rounding) <= unit / 2 * len(costs) + 1


@given(some.integers(1, 200), some.integers(1, 20))
def test_a_free_place_is_given_for_so_many_that_are_paid_and_never_more(heads: int, free_after: int) -> None:
    paying = paying_of(heads, free_after)
    free = heads - paying
    assert free * free_after <= paying < (free + 1) * free_after + free_after + 1
    assert paying_of(heads, 0) == heads


def test_a_larger_party_pays_less_each_where_a_car_is_shared() -> None:
    costs = {n: [Cost("car", 900_000), Cost("walk", 300_000 * n)] for n in (6, 2, 4)}
    slabs = [price_trip_for(costs[heads], heads, Terms(1500)) for heads in sorted(costs)]
    assert [slab.heads for slab in slabs] == [2, 4, 6]
    assert [slab.each.amount for slab in slabs] == [862_500, 603_750, 517_500]


def test_a_room_alone_costs_half_of_a_double_more() -> None:
    costs = [Cost("nights", 2_000_000, CONTRACT, rooms=2, markup_bp=1000), Cost("boat", 700_000)]
    assert price_trip_for(costs, 4, Terms(2000)).alone.amount == 550_000
    shown = price_trip_for(costs, 4, Terms(2000, EURO, step=100))
    assert (shown.alone.currency, shown.alone.amount % 100) == ("EUR", 0)
    assert 550_000 / 19012.34 * 100 <= shown.alone.amount < 550_000 / 19012.34 * 100 + 101


@pytest.mark.parametrize("bad", [{"markup_bp": -1}, {"markup_bp": 100_001}, {"step": 0}, {"free_after": -1}])
def test_terms_that_make_no_price_are_refused_at_their_field(bad: dict[str, int]) -> None:
    with pytest.raises(BadTerms) as refused:
        Terms(**{"markup_bp": 1000, **bad})
    assert refused.value.field == next(iter(bad)).removesuffix("_bp")


def test_nobody_and_less_than_nothing_have_no_price() -> None:
    with pytest.raises(BadTerms):
        price_trip_for([], 0, Terms(1000))
    with pytest.raises(BadTerms):
        price_trip_for([Cost("car", -1)], 2, Terms(1000))
