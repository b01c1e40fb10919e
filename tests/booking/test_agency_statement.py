"""Statements of agencies: what is taken apart is the whole, and neighbouring periods join without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking import ledger
from planner.booking.agency_statement import BadPeriod, Movement, make_statement, split_entry
from planner.booking.ledger import Sold

FIRST = date(2026, 11, 1)
SUMS = some.integers(-50_000_000, 50_000_000)
MOVEMENTS = some.lists(
    some.builds(Movement, some.dates(date(2026, 9, 1), date(2027, 2, 1)), some.just("sale"), SUMS, SUMS, SUMS)
)
PARTS = some.builds(
    lambda net, markup, kind, way, bp: Sold("o1", 1, kind, way, "s1", net + markup, FIRST, markup, "a1", bp),
    some.integers(1, 90_000_000), some.integers(0, 30_000_000), some.sampled_from(("package", "stay", "leg")),
    some.sampled_from(("held", "later")), some.integers(0, 3000),
)  # fmt: skip


@given(MOVEMENTS, some.dates(date(2026, 9, 1), date(2027, 2, 1)), some.integers(0, 90))
def test_opening_and_movements_are_the_closing_balance(movements: list[Movement], first: date, days: int) -> None:
    made = make_statement(movements, first, first + timedelta(days=days))
    assert made.opening + made.markup + made.commission - made.paid == made.closing
    balance = made.opening
    for row in made.rows:
        balance += row.movement.earned
        assert row.balance == balance
    assert [row.movement.on for row in made.rows] == sorted(row.movement.on for row in made.rows)


@given(MOVEMENTS, some.integers(0, 90), some.integers(0, 90))
def test_a_period_opens_with_what_the_one_before_closed_with(movements: list[Movement], one: int, other: int) -> None:
    middle = FIRST + timedelta(days=one)
    before = make_statement(movements, FIRST, middle)
    after = make_statement(movements, middle + timedelta(days=1), middle + timedelta(days=1 + other))
    whole = make_statement(movements, FIRST, after.last)
    assert before.closing == after.opening
    assert (before.opening, after.closing) == (whole.opening, whole.closing)
    assert [*before.rows, *after.rows] == list(whole.rows)


@given(PARTS, some.data())
def test_mark_up_and_commission_of_an_entry_are_the_entry(sold: Sold, data: some.DataObject) -> None:
    refund = data.draw(some.integers(0, sold.price))
    earned = [entry.amount for entry in ledger.sale([sold]) if entry.account == "agent:a1"]
    back = [entry.amount for entry in ledger.cancellation(sold, refund) if entry.account == "agent:a1"]
    for amount in earned:
        markup, commission, paid = split_entry("sale", amount, sold)
        assert (markup, paid) == (sold.markup, 0) and markup + commission == -amount and commission >= 0
    for amount in back:
        markup, commission, paid = split_entry("cancellation", amount, sold, refund)
        assert markup + commission - paid == -amount and markup <= 0 and -markup <= sold.markup
        if refund == sold.price:
            assert markup == -sold.markup


def test_a_payout_is_neither_mark_up_nor_commission() -> None:
    assert split_entry("payout", 700, None) == (0, 0, 700)
    assert split_entry("correction", -700, None) == (0, 700, 0)


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(BadPeriod):
        make_statement([], FIRST, FIRST - timedelta(days=1))
