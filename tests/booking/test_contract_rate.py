"""A contract makes a part cheaper on its days, never dearer, and to the rupiah."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking.contract_rate import contract_net

FIRST = date(2027, 4, 5)
DAYS = some.integers(-400, 400).map(lambda days: FIRST + timedelta(days))


@dataclass(frozen=True)
class Agreed:
    id: int
    product_id: str
    amount: int | None
    off_bp: int | None
    valid_from: date = FIRST
    valid_until: date = FIRST + timedelta(1)


SPANS = some.tuples(DAYS, some.integers(1, 300)).map(lambda span: (span[0], span[0] + timedelta(span[1])))
AMOUNTS, SHARES = some.integers(1, 90_000_000), some.integers(1, 9_999)
BY_UNIT = some.builds(lambda id, product, amount, span: Agreed(id, product, amount, None, *span),
                      some.integers(1, 50), some.sampled_from("AB"), AMOUNTS, SPANS)  # fmt: skip
BY_SHARE = some.builds(lambda id, product, off, span: Agreed(id, product, None, off, *span),
                       some.integers(51, 99), some.sampled_from("AB"), SHARES, SPANS)  # fmt: skip
RATES = some.lists(some.one_of(BY_UNIT, BY_SHARE), unique_by=lambda rate: rate.id, max_size=8)
UNITS = some.lists(some.tuples(some.integers(1, 20), some.integers(1, 9_000_000)), min_size=1, max_size=3)


def tour(units: list[tuple[int, int]], on: date = FIRST) -> dict[str, Any]:
    quantity = [{"what": "person", "count": count, "amount": amount} for count, amount in units]
    price = sum(count * amount for count, amount in units)
    return {"kind": "package", "product_id": "A", "starts": f"{on}T09:00:00+08:00", "price": {"amount": price},
            "quantity": quantity}  # fmt: skip


def nights(units: list[tuple[int, int]], on: date = FIRST) -> dict[str, Any]:
    item = tour(units, on)
    del item["starts"]
    return {**item, "kind": "stay", "check_in": on.isoformat(), "check_out": (on + timedelta(3)).isoformat()}


ITEMS = some.builds(lambda make, units, on: make(units, on), some.sampled_from([tour, nights]), UNITS, DAYS)


@given(ITEMS, RATES)
def test_a_contract_never_costs_more_than_the_public_price_and_never_less_than_nothing(
    item: dict[str, Any], rates: list[Agreed]
) -> None:
    net = contract_net(item, rates)
    assert net is None or 0 < net <= item["price"]["amount"]


@given(ITEMS, RATES)
def test_the_newest_rate_that_holds_on_the_first_day_is_the_only_one_that_counts(
    item: dict[str, Any], rates: list[Agreed]
) -> None:
    on = date.fromisoformat((item.get("check_in") or item["starts"])[:10])
    holding = [rate for rate in rates if rate.product_id == "A" and rate.valid_from <= on < rate.valid_until]
    newest = sorted(holding, key=lambda rate: rate.id)[-1:]
    assert contract_net(item, rates) == contract_net(item, rates[::-1]) == contract_net(item, newest)
    assert (contract_net(item, rates) is None) == (not holding)


@given(UNITS, AMOUNTS)
def test_an_amount_holds_for_each_unit(units: list[tuple[int, int]], amount: int) -> None:
    item, rates = nights(units), [Agreed(1, "A", amount, None)]
    assert contract_net(item, rates) == min(item["price"]["amount"], amount * sum(count for count, _ in units))


@given(UNITS, SHARES)
def test_a_share_comes_off_the_public_price_and_what_is_left_is_rounded_up(
    units: list[tuple[int, int]], off_bp: int
) -> None:
    item = tour(units)
    exact = Fraction(item["price"]["amount"]) * (10_000 - off_bp) / 10_000
    assert contract_net(item, [Agreed(1, "A", None, off_bp)]) == ceil(exact)


@pytest.mark.parametrize(("days", "net"), [(-1, None), (0, 900), (1, None)])
def test_a_rate_holds_from_its_first_day_until_the_day_before_it_ends(days: int, net: int | None) -> None:
    item = tour([(1, 1_000)], FIRST + timedelta(days))
    assert contract_net(item, [Agreed(1, "A", 900, None)]) == net


def test_nothing_else_has_a_rate() -> None:
    rates = [Agreed(1, "A", 1, None)]
    assert contract_net({"kind": "leg", "quantity": []}, rates) is None
    assert contract_net({**tour([(2, 1_000)]), "booked": True}, rates) is None
    assert contract_net({**tour([(2, 1_000)]), "product_id": None}, rates) is None


def test_what_counts_no_units_keeps_its_public_price_but_for_a_share() -> None:
    item = {**tour([(2, 1_000)]), "quantity": []}
    assert contract_net(item, [Agreed(1, "A", 1, None)]) is None
    assert contract_net(item, [Agreed(1, "A", None, 1_000)]) == 1_800
