"""Seconds since the first midnight of a trip and ISO 8601 say the same instant; nights are counted at 03:00."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.values.times import DAY, HOUR, NIGHT_MARK, WITA, Calendar, Clock, clock_seconds, night_marks

APRIL = Calendar(date(2027, 4, 5))
days = some.dates(date(2026, 11, 24), date(2028, 12, 31))


def test_seconds_are_written_with_the_islands_offset() -> None:
    assert APRIL.iso(0) == "2027-04-05T00:00:00+08:00"
    assert APRIL.iso(26 * HOUR + 90) == "2027-04-06T02:01:30+08:00"
    assert APRIL.iso(-60) == "2027-04-04T23:59:00+08:00"


def test_an_instant_of_another_zone_is_the_same_second() -> None:
    noon = datetime(2027, 4, 5, 12, 0, tzinfo=WITA)
    jakarta = noon.astimezone(timezone(timedelta(hours=7)))
    assert APRIL.seconds(noon) == APRIL.seconds(noon.astimezone(UTC)) == APRIL.seconds(jakarta) == 12 * HOUR


@given(days, some.integers(-40 * DAY, 800 * DAY))
def test_seconds_survive_the_way_to_an_instant_and_to_text_and_back(first_day: date, seconds: int) -> None:
    calendar = Calendar(first_day)
    assert calendar.seconds(calendar.instant(seconds)) == seconds
    assert calendar.seconds(datetime.fromisoformat(calendar.iso(seconds))) == seconds


@given(days, some.integers(-40, 800))
def test_days_are_counted_from_the_first_and_back(first_day: date, index: int) -> None:
    calendar = Calendar(first_day)
    assert calendar.index(calendar.day(index)) == index
    assert calendar.instant(index * DAY).date() == calendar.day(index)


def test_a_fixed_clock_tells_the_date_of_the_islands_not_of_utc() -> None:
    late = datetime(2027, 4, 5, 17, 30, tzinfo=UTC)
    assert Clock(late).today() == date(2027, 4, 6)
    assert Clock(late).now() == late


def test_a_clock_without_a_fixed_time_goes() -> None:
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)
    assert Clock().now().utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00", 0), ("06:30", 23_400), ("23:59", 86_340), ("06:30:00", 23_400), ("26:05", 93_900)]
)
def test_clock_text_becomes_seconds(text: str, seconds: int) -> None:
    assert clock_seconds(text) == seconds


@given(some.integers(-3 * DAY, 6 * DAY), some.integers(0, 5 * DAY))
def test_night_marks_are_the_days_whose_three_o_clock_lies_inside(start_s: int, length_s: int) -> None:
    end_s = start_s + length_s
    naive = [day for day in range(-6, 14) if start_s <= day * DAY + NIGHT_MARK < end_s]
    assert list(night_marks(start_s, end_s)) == naive


@pytest.mark.parametrize("offset", [-1, 0, 1])
@pytest.mark.parametrize("day", [-1, 0, 1, 2])
def test_the_mark_belongs_to_a_span_that_starts_on_it_and_not_to_one_that_ends_on_it(day: int, offset: int) -> None:
    mark = day * DAY + NIGHT_MARK
    assert list(night_marks(mark + offset, mark + HOUR)) == ([day] if offset <= 0 else [])
    assert list(night_marks(mark - HOUR, mark + offset)) == ([day] if offset > 0 else [])
