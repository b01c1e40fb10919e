"""Places for sale: laid out day by day, taken under a guard, never oversold."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from planner.errors import Invalid
from planner.store.availability import (
    FIRST_DAY,
    LAST_DAY,
    Slot,
    SoldOut,
    give_back_held_places,
    give_back_sold_places,
    hold_places,
    list_short,
    list_slots,
    sell_held_places,
)
from planner.store.db import db, transaction

FIRST, LAST = date(2026, 11, 24), date(2028, 12, 31)


def slot_of(product_id: str, day: date) -> Slot:
    found = list_slots(product_id, day, day)
    assert found, (product_id, day)
    return found[0]


def test_a_house_has_its_rooms_every_night(store: Flask) -> None:
    slots = list_slots("ST-LBJ-1", FIRST, LAST)
    assert [slot.starts_on for slot in slots] == [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert {slot.capacity for slot in slots} == {30}
    assert all(slot.ends_on == slot.starts_on + timedelta(days=1) for slot in slots)
    assert (FIRST_DAY, LAST_DAY) == (FIRST, LAST)


def test_a_package_runs_on_its_weekdays_in_its_season(store: Flask) -> None:
    slots = list_slots("PK47", FIRST, LAST)
    assert {slot.starts_on.weekday() for slot in slots} == {0, 2, 4}
    assert {slot.starts_on.month for slot in slots} == set(range(4, 12))
    assert {(slot.starts_at, slot.ends_at, (slot.ends_on - slot.starts_on).days) for slot in slots} == {
        ("10:00", "14:00", 2)
    }


def test_a_pilgrimage_runs_on_its_dates_alone(store: Flask) -> None:
    assert [slot.starts_on for slot in list_slots("PK147", FIRST, LAST)] == [date(2027, 3, 24), date(2028, 4, 12)]


def test_two_start_times_share_the_places_of_the_day(store: Flask) -> None:
    slots = list_slots("PK55", date(2027, 6, 1), date(2027, 6, 1))
    assert [(slot.starts_at, slot.capacity) for slot in slots] == [("08:00", 30), ("13:00", 30)]


def test_a_start_without_a_known_end_is_not_for_sale(store: Flask) -> None:
    assert [slot.starts_at for slot in list_slots("PK01", date(2027, 6, 1), date(2027, 6, 1))] == ["08:00"]


def test_only_days_on_which_something_is_taken_are_short(store: Flask) -> None:
    assert list_short(FIRST, LAST) == []
    held, sold = slot_of("PK47", date(2027, 6, 2)), slot_of("ST-LBJ-1", date(2027, 6, 3))
    with transaction() as session:
        hold_places(session, {held.id: 5, sold.id: 2})
        sell_held_places(session, {sold.id: 2})
    short = list_short(date(2027, 6, 1), date(2027, 6, 30))
    assert [(room.product_id, room.starts_on, room.starts_at, room.capacity - room.room) for room in short] == [
        ("PK47", date(2027, 6, 2), "10:00", 5),
        ("ST-LBJ-1", date(2027, 6, 3), "00:00", 2),
    ]
    assert list_short(date(2027, 6, 3), date(2027, 6, 30))[0].product_id == "ST-LBJ-1"
    assert list_short(FIRST, LAST, ["PK47"])[0].room == short[0].room
    assert list_short(date(2027, 7, 1), LAST) == []


def test_places_given_back_may_be_taken_again(store: Flask) -> None:
    slot = slot_of("PK47", date(2027, 6, 2))
    with transaction() as session:
        hold_places(session, {slot.id: slot.capacity})
    with transaction() as session:
        give_back_held_places(session, {slot.id: slot.capacity})
    with transaction() as session:
        hold_places(session, {slot.id: slot.capacity})
        sell_held_places(session, {slot.id: slot.capacity})
        give_back_sold_places(session, {slot.id: 1})
    db.session.rollback()
    assert (slot.held, slot.sold) == (0, slot.capacity - 1)


def test_a_bundle_is_held_whole_or_not_at_all(store: Flask) -> None:
    one, two = slot_of("PK47", date(2027, 6, 2)), slot_of("ST-LBJ-1", date(2027, 6, 3))
    with pytest.raises(SoldOut), transaction() as session:
        hold_places(session, {one.id: 1, two.id: 31})
    assert list_short(FIRST, LAST) == []


@pytest.mark.parametrize("move", [sell_held_places, give_back_held_places, give_back_sold_places])
def test_nobody_gives_back_or_sells_what_is_not_held(store: Flask, move) -> None:
    slot = slot_of("PK47", date(2027, 6, 2))
    with pytest.raises(SoldOut), transaction() as session:
        move(session, {slot.id: 1})


@pytest.mark.parametrize("places", [0, -1])
def test_no_fewer_than_one_place_can_be_held(store: Flask, places: int) -> None:
    with pytest.raises(Invalid), transaction() as session:
        hold_places(session, {slot_of("PK47", date(2027, 6, 2)).id: places})


@pytest.mark.parametrize(
    "values", [{"held": -1}, {"sold": -1}, {"capacity": -1}, {"held": 10_000}, {"capacity": 0, "sold": 1}]
)
def test_the_database_itself_refuses_impossible_numbers(store: Flask, values: dict[str, int]) -> None:
    slot = slot_of("PK47", date(2027, 6, 2))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Slot).where(Slot.id == slot.id).values(**values))


def race(app: Flask, slot_id: int, take, buyers: int = 8, tries: int = 12) -> int:
    """Let many buyers take one place at a time; return how many were told yes."""
    yes: list[int] = []

    def buy() -> None:
        with app.app_context():
            for _ in range(tries):
                if take(slot_id):
                    yes.append(1)

    threads = [threading.Thread(target=buy) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(yes)


def hold_one(slot_id: int) -> bool:
    try:
        with transaction() as session:
            hold_places(session, {slot_id: 1})
    except SoldOut:
        return False
    return True


def test_many_buyers_at_once_never_oversell(store: Flask) -> None:
    slot = slot_of("ST-LBJ-1", date(2027, 6, 3))
    with transaction() as session:
        session.execute(update(Slot).where(Slot.id == slot.id).values(capacity=50))
    assert race(store, slot.id, hold_one) == 50
    db.session.rollback()
    assert (slot.held, slot.sold, slot.capacity) == (50, 0, 50)


def test_the_same_race_without_the_guard_oversells(store: Flask) -> None:
    slot = slot_of("ST-LBJ-1", date(2027, 6, 3))
    with transaction() as session:
        session.execute(update(Slot).where(Slot.id == slot.id).values(capacity=50))
    meet = threading.Barrier(8)

    def look_then_take(slot_id: int) -> bool:
        """Read how many are left, let go, and write one fewer: the way that loses bookings."""
        seen = db.session.scalar(select(Slot.held).where(Slot.id == slot_id))
        db.session.rollback()
        meet.wait(30)
        if seen >= 50:
            return False
        with transaction() as session:
            session.execute(update(Slot).where(Slot.id == slot_id).values(held=seen + 1))
        return True

    told_yes = race(store, slot.id, look_then_take)
    held = db.session.scalar(select(Slot.held).where(Slot.id == slot.id))
    assert held < told_yes, "buyers were told yes for places that the count forgot"


def test_slots_are_unique_by_option_day_and_time(store: Flask) -> None:
    doubles = (
        select(Slot.product_id)
        .group_by(Slot.product_id, Slot.option_id, Slot.starts_on, Slot.starts_at)
        .having(func.count() > 1)
    )
    assert db.session.scalars(doubles).all() == []
    slot = slot_of("PK47", date(2027, 6, 2))
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            Slot(
                product_id=slot.product_id,
                option_id=slot.option_id,
                starts_on=slot.starts_on,
                starts_at=slot.starts_at,
                ends_on=slot.ends_on,
                ends_at=slot.ends_at,
                capacity=1,
            )
        )
