"""Money is whole minor units; a share or a factor is rounded up, never by more than one unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.values.money import Money, rupiah, share_up, times_up

amounts = some.integers(0, 10**12)
percents = some.decimals(0, 200, places=1, allow_nan=False, allow_infinity=False)
factors = some.decimals(0, 5, places=2, allow_nan=False, allow_infinity=False)


def test_rupiah_are_written_without_decimals() -> None:
    assert rupiah(130_600) == {"amount": 130_600, "currency": "IDR", "precision": 0}


@pytest.mark.parametrize(("currency", "precision"), [("IDR", 0), ("JPY", 0), ("USD", 2), ("EUR", 2), ("CHF", 2)])
def test_each_currency_knows_its_minor_unit(currency: str, precision: int) -> None:
    assert Money(1, currency).as_json() == {"amount": 1, "currency": currency, "precision": precision}


def test_numbers_of_numpy_become_plain_integers() -> None:
    import numpy as np

    assert type(rupiah(np.int64(7))["amount"]) is int  # type: ignore[arg-type]


def test_money_of_one_currency_sorts_by_amount() -> None:
    assert max(Money(3), Money(20), Money(7)) == Money(20)


@pytest.mark.parametrize(
    ("amount", "percent", "share"),
    [
        (65_300, "9.3", 6_073),  # 6,072.9
        (18_800, "27.7", 5_208),  # 5,207.6
        (65_300, "100", 65_300),
        (65_300, "0", 0),
        (1, "0.1", 1),
        (1_000, "10", 100),  # exact: not a rupiah more
        (70, "110", 77),  # 77.00000000000001 in binary floats
    ],
)
def test_a_share_is_rounded_up_in_exact_decimals(amount: int, percent: str, share: int) -> None:
    assert share_up(amount, percent) == share


@given(amounts, percents)
def test_a_share_is_never_below_the_exact_one_and_less_than_one_above(amount: int, percent: Decimal) -> None:
    exact = Fraction(amount) * Fraction(percent) / 100
    assert exact <= share_up(amount, percent) < exact + 1


@given(amounts, factors)
def test_a_factor_is_never_below_the_exact_product_and_less_than_one_above(amount: int, factor: Decimal) -> None:
    exact = Fraction(amount) * Fraction(factor)
    assert exact <= times_up(amount, factor) < exact + 1


def test_a_factor_that_binary_floats_cannot_write_stays_exact() -> None:
    assert times_up(500_000, "1.1") == 550_000, "ceil(500000 * 1.1) in floats is 550001"
    assert times_up(500_000, Decimal("1.1")) == 550_000
    assert times_up(350_001, "1.6") == 560_002
