"""Ways to pay: all at once, or a deposit where the trip is far enough away."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from planner.booking.payment import BALANCE_DUE_DAYS, DEPOSIT_FROM_DAYS, Plan, payment_plans

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(("days", "ways"), [(0, 1), (59, 1), (60, 2), (400, 2)])
def test_a_deposit_is_offered_from_sixty_days_ahead(days: int, ways: int) -> None:
    plans = payment_plans(1_000_001, TODAY + timedelta(days=days), TODAY)
    assert len(plans) == ways
    assert plans[0] == Plan(1_000_001)


def test_the_rest_is_due_a_month_before_the_first_day() -> None:
    starts_on = TODAY + timedelta(days=90)
    deposit = payment_plans(1_000_001, starts_on, TODAY)[1]
    assert (deposit.now, deposit.balance) == (300_001, 700_000)
    assert deposit.due_on == starts_on - timedelta(days=30)


@given(some.integers(0, 10**10), some.integers(0, 500))
@example(1, DEPOSIT_FROM_DAYS)
def test_no_rupiah_is_lost_between_deposit_and_rest(total: int, days: int) -> None:
    for plan in payment_plans(total, TODAY + timedelta(days=days), TODAY):
        assert plan.now + plan.balance == total
        assert plan.now > 0 or total == 0
        assert plan.balance >= 0
        assert (plan.balance > 0) == (plan.due_on is not None)
        assert plan.due_on is None or plan.due_on > TODAY


def test_the_rest_is_never_due_before_the_deposit_was_offered() -> None:
    assert DEPOSIT_FROM_DAYS > BALANCE_DUE_DAYS
