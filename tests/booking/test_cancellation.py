"""Refunds: each seller's own tiers to the second, tickets too cheap to pay back, the kept first night, bans."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.booking.cancellation import (
    NOTHING_BACK,
    Terms,
    fare_terms,
    package_terms,
    read_tiers,
    refund_of,
    stay_terms,
    weather_refund,
)
from planner.design.tables import read_tables
from planner.values.times import WITA
from tests.booking.making import part

START = datetime(2027, 6, 2, 10, tzinfo=WITA)
WEEK = Terms(read_tiers([[168, 1.0], [48, 0.5], [0, 0.0]]))
HOUSE = stay_terms({"cancel_free_days": 2, "late_cancel_pct": 50, "cancellation": ""})
FERRY = fare_terms(
    {
        "refund_tiers": "[[2, 0.75], [0, 0.0]]",
        "refund_min_ticket_idr": "100000",
        "weather_stop_refund_pct": "100",
        "weather_note": "",
    }
)


def before(**how_long: float) -> datetime:
    return START - timedelta(**how_long)


@pytest.mark.parametrize(
    ("when", "back"),
    [
        (before(days=30), 1_000_001),
        (before(hours=168), 1_000_001),
        (before(hours=167, minutes=59, seconds=59), 500_001),
        (before(hours=48), 500_001),
        (before(hours=47, minutes=59, seconds=59), 0),
        (START, 0),
        (START + timedelta(days=1), 0),
    ],
)
def test_a_tier_holds_from_its_hour_on_and_halves_are_rounded_up(when: datetime, back: int) -> None:
    assert refund_of(WEEK, 1_000_001, START, when) == back


def test_tiers_in_any_order_read_from_the_longest_notice() -> None:
    assert read_tiers([[0, 0], [168, 1], [48, 0.5]]) == WEEK.tiers


def test_all_is_paid_back_until_the_last_full_tier() -> None:
    assert WEEK.full_until(START) == before(hours=168)
    assert NOTHING_BACK.full_until(START) is None
    assert FERRY.full_until(START) is None


def test_a_house_keeps_its_share_once_the_free_days_are_over_and_says_so() -> None:
    assert HOUSE.full_until(START) == before(days=2)
    free = stay_terms({"cancel_free_days": 2, "late_cancel_pct": 0, "cancellation": ""})
    assert free.full_until(START) == START


@pytest.mark.parametrize(
    ("when", "kept"),
    [(before(days=2), 0), (before(days=2) + timedelta(seconds=1), 200_000), (START, 200_000)],
)
def test_a_house_keeps_half_of_the_first_night(when: datetime, kept: int) -> None:
    three_nights = [part("room_night", 3, 400_000)]
    assert refund_of(HOUSE, 1_200_000, START, when, three_nights) == 1_200_000 - kept


def test_a_house_keeps_it_of_each_room() -> None:
    two_rooms_three_nights = [part("room_night", 6, 400_000)]
    assert refund_of(HOUSE, 2_400_000, START, START, two_rooms_three_nights, rooms=2) == 2_400_000 - 2 * 200_000


def test_what_is_kept_is_of_the_first_night_not_of_the_dearest() -> None:
    holiday_comes_later = [part("room_night", 1, 400_000), part("room_night", 2, 600_000)]
    assert refund_of(HOUSE, 1_600_000, START, START, holiday_comes_later) == 1_600_000 - 200_000


def test_a_stay_that_has_begun_pays_nothing_back() -> None:
    assert refund_of(HOUSE, 1_200_000, START, START + timedelta(seconds=1), [part("room_night", 3, 400_000)]) == 0


def test_tickets_below_the_least_price_are_lost_and_the_others_are_not() -> None:
    tickets = [part("adult", 2, 120_000), part("child", 1, 60_000)]
    assert refund_of(FERRY, 300_000, START, before(hours=2), tickets) == 180_000
    assert refund_of(FERRY, 300_000, START, before(hours=1), tickets) == 0
    assert refund_of(FERRY, 200_000, START, before(days=9), [part("adult", 2, 100_000)]) == 150_000


def test_a_banned_sailing_pays_what_is_printed_and_no_more() -> None:
    assert weather_refund(FERRY, 300_000) == 300_000
    assert weather_refund(Terms((), weather_pct=75), 100_001) == 75_001
    assert weather_refund(NOTHING_BACK, 300_000) == 0


def test_terms_read_back_as_they_were_written() -> None:
    for terms in (WEEK, HOUSE, FERRY, NOTHING_BACK):
        assert Terms.from_json(terms.as_json()) == terms


def test_every_seller_in_the_catalogue_has_terms_that_never_pay_more_for_less_notice() -> None:
    tables = read_tables()
    found = [fare_terms(group) for group in tables.fare_groups]
    for product in tables.products:
        facts = product["lintas"]
        found.append(stay_terms(facts) if facts["kind"] == "stay" else package_terms(facts))
    assert len(found) > 200
    for terms in found:
        shares = [share for _hours, share in terms.tiers]
        assert shares == sorted(shares, reverse=True), terms
        assert all(0 <= share <= 1 for share in shares), terms


TIERS = some.lists(
    some.tuples(some.integers(0, 2000), some.integers(0, 100).map(lambda pct: Decimal(pct) / 100)), min_size=1
).map(lambda tiers: tuple(zip(sorted((h for h, _ in tiers), reverse=True), sorted((s for _, s in tiers), reverse=True),
                              strict=True)))  # fmt: skip
QUANTITY = some.lists(
    some.builds(part, some.just("x"), some.integers(1, 9), some.integers(0, 3_000_000)), min_size=1, max_size=4
)
TERMS = some.builds(
    Terms, TIERS, kept_first_night_pct=some.just(0), least_ticket=some.sampled_from([0, 0, 100_000, 1_000_000])
) | some.builds(
    lambda days, pct: stay_terms({"cancel_free_days": days, "late_cancel_pct": pct, "cancellation": ""}),
    some.integers(0, 30),
    some.integers(0, 100),
)


@given(TERMS, QUANTITY, some.integers(-100, 2500), some.integers(0, 2500), some.integers(1, 3))
def test_a_refund_lies_within_the_price_and_never_grows_as_time_goes_by(
    terms: Terms, quantity: list[dict[str, int]], hours_left: int, hours_later: int, rooms: int
) -> None:
    price = sum(row["count"] * row["amount"] for row in quantity)
    now = START - timedelta(hours=hours_left)
    first = refund_of(terms, price, START, now, quantity, rooms)
    second = refund_of(terms, price, START, now + timedelta(hours=hours_later), quantity, rooms)
    assert 0 <= second <= first <= price


@given(TERMS, QUANTITY, some.integers(1, 3))
def test_until_the_hour_that_is_told_everything_is_paid_back(
    terms: Terms, quantity: list[dict[str, int]], rooms: int
) -> None:
    price = sum(row["count"] * row["amount"] for row in quantity)
    until = terms.full_until(START)
    if until is not None and not terms.least_ticket:
        assert refund_of(terms, price, START, until, quantity, rooms) == price
