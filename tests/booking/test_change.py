"""A booked trip beside a new plan of it: what stays, what is new, what goes, and the money between."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from planner.booking.change import Booked, compare
from planner.booking.quote import Line
from tests.booking.making import START, fee, package, quote_of, ride, stay


def booked(*lines: Line, refund: int = 0) -> list[Booked]:
    return [Booked(line, line.price, refund) for line in lines]


def test_the_same_plan_changes_nothing_even_when_everything_got_dearer() -> None:
    old = [package(1, "PK01", 400), ride(2, 300), stay(3, "ST-1", 50)]
    dearer = [replace(line, number=line.number + 4, price=line.price * 2) for line in old]

    change = compare(booked(*old), quote_of(dearer), 10)

    assert change.is_empty
    assert change.kept == (1, 2, 3)
    assert [line.price for line in change.quote.lines] == [400, 300, 100]


def test_another_house_is_new_and_the_old_one_goes_for_what_it_pays_back() -> None:
    old = [package(1, "PK01", 400), stay(2, "ST-1", 50)]
    change = compare(booked(*old, refund=70), quote_of([package(1, "PK01", 400), stay(2, "ST-2", 90)]), 3)

    assert (change.kept, change.added, dict(change.dropped)) == ((1,), (3,), {2: 70})
    assert (change.added_price, change.refund, change.difference) == (180, 70, 110)


def test_a_cheaper_change_is_paid_back() -> None:
    change = compare(booked(package(1, "PK01", 400), refund=400), quote_of([package(1, "PK47", 100)]), 2)

    assert change.difference == -300


def test_the_same_tour_on_another_day_is_another_booking() -> None:
    later = package(1, "PK01", 400, starts_at=START + timedelta(days=1))
    change = compare(booked(package(1, "PK01", 400)), quote_of([later]), 2)

    assert change.added == (2,) and set(change.dropped) == {1}


def test_the_same_ferry_bought_later_is_the_same_ticket_and_another_departure_is_not() -> None:
    same = compare(booked(ride(1, 300)), quote_of([ride(5, 300)]), 6)
    other = compare(booked(ride(1, 300)), quote_of([ride(5, 300, starts_at=START - timedelta(days=1))]), 6)

    assert same.is_empty
    assert not other.is_empty


def test_what_is_not_paid_here_is_new_each_time_and_costs_nothing() -> None:
    change = compare(booked(package(1, "PK01", 400)), quote_of([package(1, "PK01", 400), fee(2, 500)]), 7)

    assert change.is_empty
    assert [line.number for line in change.quote.lines] == [1, 7]


def test_two_alike_are_two_bookings() -> None:
    twice = booked(package(1, "PK01", 400), package(2, "PK01", 400), refund=400)
    change = compare(twice, quote_of([package(1, "PK01", 400)]), 3)

    assert change.kept == (1,) and dict(change.dropped) == {2: 400}


def test_a_part_that_has_begun_cannot_go() -> None:
    begun = Booked(package(1, "PK01", 400), 400, 0, has_begun=True)

    assert compare([begun], quote_of([package(1, "PK47", 400)]), 2).begun == (1,)
    assert compare([begun], quote_of([package(1, "PK01", 400)]), 2).begun == ()


def test_only_new_parts_can_be_blocked() -> None:
    sold_out = [replace(package(1, "PK01", 400), blocked="sold_out"), replace(package(2, "PK47", 1), blocked="gone")]
    change = compare(booked(package(1, "PK01", 400)), quote_of(sold_out), 3)

    assert [line.item["product_id"] for line in change.blocked] == ["PK47"]


PRODUCTS = some.lists(some.sampled_from(["PK01", "PK47", "PK55"]), max_size=4)


@given(PRODUCTS, PRODUCTS, some.integers(0, 400))
def test_every_booked_part_stays_or_goes_and_every_part_of_the_plan_is_kept_or_new(
    old: list[str], new: list[str], refund: int
) -> None:
    sold = booked(*(package(n, name, 400) for n, name in enumerate(old, start=1)), refund=refund)
    change = compare(sold, quote_of([package(n, name, 500) for n, name in enumerate(new, start=1)]), 50)

    assert sorted([*change.kept, *change.dropped]) == [one.line.number for one in sold]
    assert sorted([*change.kept, *change.added]) == sorted(line.number for line in change.quote.lines)
    assert change.difference == 500 * len(change.added) - refund * len(change.dropped)
    assert len(change.kept) == sum(min(old.count(name), new.count(name)) for name in set(old))
