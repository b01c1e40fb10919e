"""Rates: the nearest minor unit, never a sign that was not there, rupiah as they are, back within half a unit."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.values.money import PRECISION, Money
from planner.values.rates import SHOWN, NoSuchRate, Rate, round_half_away

DAY = date(2026, 10, 30)
amounts = some.integers(0, 10**12)
prices = some.decimals("0.0001", "1000000", places=6, allow_nan=False, allow_infinity=False).filter(lambda x: x > 0)
currencies = some.sampled_from(sorted(PRECISION))


def rate(rupiah: str | Decimal, currency: str = "USD") -> Rate:
    return Rate(currency, Decimal(rupiah), DAY)


@pytest.mark.parametrize(
    ("amount", "currency", "price", "minor"),
    [
        (18_000_000, "USD", "18000", 100_000),
        (18_000, "USD", "18000", 100),
        (100, "USD", "18000", 1),  # 0.0055 dollars
        (90, "USD", "18000", 1),  # half a cent goes up
        (89, "USD", "18000", 0),
        (12_000, "JPY", "120", 100),  # yen have no smaller unit
        (60, "JPY", "120", 1),
        (59, "JPY", "120", 0),
        (0, "EUR", "20275.17", 0),
    ],
)
def test_a_sum_becomes_the_nearest_minor_unit_of_its_own_currency(amount, currency, price, minor) -> None:
    assert rate(price, currency).convert(amount) == Money(minor, currency)


@given(amounts, currencies, prices)
def test_what_it_comes_to_is_at_most_half_a_minor_unit_off(amount: int, currency: str, price: Decimal) -> None:
    money = rate(price, currency).convert(amount)
    true = Fraction(amount) / Fraction(price) * 10**money.precision
    assert abs(money.amount - true) <= Fraction(1, 2)
    assert money.currency == currency


@given(amounts, currencies, prices)
def test_no_sum_becomes_negative_and_nothing_stays_nothing(amount: int, currency: str, price: Decimal) -> None:
    converted = rate(price, currency).convert(amount).amount
    assert converted >= 0
    assert rate(price, currency).convert(-amount).amount == -converted
    assert rate(price, currency).convert(0).amount == 0


@given(amounts, amounts, prices)
def test_who_pays_more_never_reads_less(one: int, other: int, price: Decimal) -> None:
    less, more = sorted((one, other))
    assert rate(price).convert(less).amount <= rate(price).convert(more).amount


@given(amounts)
def test_rupiah_stay_the_rupiah_they_are(amount: int) -> None:
    assert rate("1", "IDR").convert(amount) == Money(amount, "IDR")


@given(amounts, currencies, prices)
def test_back_in_rupiah_it_is_within_half_a_minor_unit(amount: int, currency: str, price: Decimal) -> None:
    money = rate(price, currency).convert(amount)
    back = Fraction(money.amount, 10**money.precision) * Fraction(price)
    assert abs(back - amount) <= Fraction(price) / (2 * 10**money.precision)


@pytest.mark.parametrize(
    ("value", "whole"), [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("-149/100", -1)]
)
def test_a_half_goes_away_from_zero(value: str, whole: int) -> None:
    assert round_half_away(Fraction(value)) == whole


@given(currencies, prices)
def test_a_rate_reads_back_digit_by_digit(currency: str, price: Decimal) -> None:
    one = rate(price, currency)
    again = Rate.from_json(json.loads(json.dumps(one.as_json())))
    assert again == one and str(again.rupiah) == str(one.rupiah)


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity"])
def test_a_price_that_is_no_positive_number_is_no_rate(price: str) -> None:
    with pytest.raises(NoSuchRate):
        rate(price)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"currency": "DOGE", "rupiah": "1", "on": "2026-10-30", "source": "ECB"},
        {"currency": "USD", "rupiah": "much", "on": "2026-10-30", "source": "ECB"},
        {"currency": "USD", "rupiah": "18000", "on": "yesterday", "source": "ECB"},
        {"currency": "USD", "rupiah": None, "on": "2026-10-30", "source": "ECB"},
    ],
)
def test_what_nobody_wrote_as_a_rate_is_refused(told: dict) -> None:
    with pytest.raises(NoSuchRate):
        Rate.from_json(told)


def test_rupiah_come_first_of_the_five_that_are_shown() -> None:
    assert SHOWN == ("IDR", "USD", "EUR", "AUD", "SGD")
    assert set(SHOWN) <= set(PRECISION)
