"""Holds: half an hour, put off three times by ten minutes, never after they have run out."""

from datetime import timedelta

import pytest

from planner.booking.hold import HOLD_MIN, PAYMENT_MIN, HoldLapsed, NoMoreExtensions, new_hold
from planner.booking.payment import SESSION_MIN
from tests.booking.making import NOW


def test_a_new_hold_lasts_half_an_hour_to_the_second() -> None:
    hold = new_hold(NOW)
    assert hold.until == NOW + timedelta(minutes=30)
    assert hold.is_live(hold.until - timedelta(seconds=1))
    assert not hold.is_live(hold.until)


def test_it_is_put_off_three_times_by_ten_minutes() -> None:
    hold = new_hold(NOW)
    for _ in range(3):
        hold = hold.extended(NOW)
    assert hold.until == NOW + timedelta(minutes=HOLD_MIN + 30)
    with pytest.raises(NoMoreExtensions):
        hold.extended(NOW)


def test_a_hold_that_ran_out_is_not_put_off() -> None:
    hold = new_hold(NOW)
    with pytest.raises(HoldLapsed):
        hold.extended(hold.until)


def test_places_are_kept_longer_than_the_payment_page_lives() -> None:
    assert PAYMENT_MIN > SESSION_MIN
    assert SESSION_MIN > 30, "the provider refuses a page that lives for less than half an hour"
