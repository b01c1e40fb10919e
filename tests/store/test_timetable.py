"""Which timetable serves: one, or none yet."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from planner.errors import NotFound
from planner.store.db import transaction
from planner.store.timetable import (
    NoTimetable,
    Timetable,
    add_timetable,
    find_active,
    get_active,
    list_timetables,
    put_in_service,
)

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
COUNTS = {"stops": 112, "routes": 108, "trips": 830, "stop_times": 1660, "services": 29}


def note(digit: str, minutes: int = 0) -> Timetable:
    return add_timetable(
        digit * 64, "feed", "1", "Asia/Makassar", COUNTS, f"timetables/{digit}", NOW + timedelta(minutes=minutes)
    )


def test_before_anything_is_loaded_nothing_serves(empty_store: Flask) -> None:
    assert find_active() is None
    with pytest.raises(NoTimetable):
        get_active()


def test_the_one_put_in_service_replaces_the_one_before(empty_store: Flask) -> None:
    put_in_service(note("1").id)
    put_in_service(note("2", 1).id)
    assert get_active().sha256 == "2" * 64
    assert [(found.sha256[0], found.is_active) for found in list_timetables()] == [("2", True), ("1", False)]
    put_in_service(note("1").id)
    assert get_active().sha256 == "1" * 64, "an old one may serve again"


def test_a_feed_loaded_twice_keeps_one_row(empty_store: Flask) -> None:
    assert note("1").id == note("1", 5).id
    assert len(list_timetables()) == 1


def test_the_database_itself_refuses_two_in_service(empty_store: Flask) -> None:
    note("1")
    note("2")
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(Timetable).values(is_active=True))


def test_one_that_does_not_exist_cannot_serve(empty_store: Flask) -> None:
    with pytest.raises(NotFound):
        put_in_service(99)
