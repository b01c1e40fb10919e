"""A trip in a traveller's calendar: the right hours in the right zone, brought up to date by each later file."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar, Event

from planner.store.db import transaction
from planner.store.orders import Order, note_line
from planner.web.calendar_file import calendar_of
from tests.web import order_on_paper as desk

MAKASSAR = ZoneInfo("Asia/Makassar")


def events_of(order: Order) -> dict[int, Event]:
    calendar = Calendar.from_ical(calendar_of(order))
    return {int(str(event["uid"]).partition("@")[0].rpartition("-")[2]): event for event in calendar.walk("VEVENT")}


def test_each_part_with_a_time_or_a_bed_is_an_event_and_walks_and_fees_are_not(papers: Flask) -> None:
    events = events_of(desk.put(desk.whole_trip()))
    assert sorted(events) == [1, 2, 3, 4, 5, 6]


def test_the_file_is_a_calendar_that_names_its_zone(papers: Flask) -> None:
    raw = calendar_of(desk.put(desk.whole_trip()))
    calendar = Calendar.from_ical(raw)
    assert (str(calendar["version"]), str(calendar["method"])) == ("2.0", "PUBLISH")
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Makassar"]
    assert b"DTSTART;TZID=Asia/Makassar:20270602T093000" in raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_a_crossing_has_its_hours_harbour_reference_and_an_alarm_before_check_in_closes(papers: Flask) -> None:
    event = events_of(desk.put(desk.whole_trip()))[2]
    assert event.decoded("dtstart") == datetime(2027, 6, 2, 9, 30, tzinfo=MAKASSAR)
    assert event.decoded("dtstart").astimezone(UTC) == datetime(2027, 6, 2, 1, 30, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2027, 6, 2, 11, 30, tzinfo=MAKASSAR)
    assert str(event["location"]) == "Padang Bai (ferry and fast boat)"
    assert "Reference: REF-2" in str(event["description"]).split("\n")
    assert "Code: LTS-7K4QXB-02" in str(event["description"]).split("\n")
    (alarm,) = event.walk("VALARM")
    rings = event.decoded("dtstart") + alarm.decoded("trigger")
    assert rings == datetime(2027, 6, 2, 8, tzinfo=MAKASSAR)
    assert str(alarm["description"]).endswith("be there by 09:00")


def test_a_stay_lasts_whole_days_until_the_day_of_check_out(papers: Flask) -> None:
    event = events_of(desk.put(desk.whole_trip()))[3]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2027, 6, 2), date(2027, 6, 4))
    assert str(event["transp"]) == "TRANSPARENT"
    assert not event.walk("VALARM")


def test_a_tour_of_several_days_ends_when_it_ends(papers: Flask) -> None:
    event = events_of(desk.put(desk.whole_trip()))[4]
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=2, hours=4)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("confirmed", "CONFIRMED"),
        ("cancelling", "TENTATIVE"),
        ("requested", "TENTATIVE"),
        ("cancelled", "CANCELLED"),
        ("declined", "CANCELLED"),
        ("replaced", "CANCELLED"),
        ("released", "CANCELLED"),
    ],
)
def test_status_tells_how_a_part_stands(papers: Flask, state: str, status: str) -> None:
    event = events_of(desk.put([(desk.boat(2), state)]))[2]
    assert str(event["status"]) == status
    assert bool(event.walk("VALARM")) == (status != "CANCELLED")


def test_a_later_file_replaces_the_event_and_never_goes_back(papers: Flask) -> None:
    order = desk.put([(desk.cruise(4), "held")], state="authorised")
    seen = []
    steps = [
        {}, {"state": "requested"}, {"state": "confirmed", "answered_at": desk.NOW, "reference": "REF"},
        {"state": "cancelled", "cancelled_at": desk.NOW},
    ]  # fmt: skip
    for step in steps:
        with transaction() as session:
            note_line(session, order.id, 4, {"number": 4, **step})
        event = events_of(order)[4]
        seen.append((str(event["uid"]), int(event["sequence"])))
    assert len({uid for uid, _number in seen}) == 1
    numbers = [number for _uid, number in seen]
    assert numbers == sorted(numbers)
    assert numbers[1] < numbers[2] < numbers[3]


def test_two_orders_share_no_event(papers: Flask) -> None:
    one = events_of(desk.put([(desk.boat(2), "confirmed")]))
    other = events_of(desk.put([(desk.boat(2), "confirmed")], "LTS-222222"))
    assert str(one[2]["uid"]) != str(other[2]["uid"])


def test_neither_names_nor_the_secret_link_lie_in_a_calendar(papers: Flask) -> None:
    order = desk.put(desk.whole_trip())
    text = calendar_of(order).decode().replace("\r\n ", "")
    assert order.secret not in text
    assert not any(private in text for private in ("Bee", "ukasz", "ani@example.org", "X1234567"))


def test_commas_semicolons_and_line_breaks_in_a_title_stay_inside_it(papers: Flask) -> None:
    line = desk.cruise(4)
    title = "Sun; sea, sand\nBEGIN:VEVENT"
    odd = type(line).from_json({**line.as_json(), "item": {**line.item, "title": title}})
    events = events_of(desk.put([(odd, "confirmed")]))
    assert list(events) == [4]
    assert str(events[4]["summary"]) == f"Tour: {title}"


@pytest.mark.parametrize(("language", "words"), [("en", "Fast boat: "), ("id", "Kapal cepat: ")])
def test_events_speak_the_language_of_the_order(papers: Flask, language: str, words: str) -> None:
    event = events_of(desk.put([(desk.boat(2), "confirmed")], language=language))[2]
    assert str(event["summary"]).startswith(words)
