"""The strip of days around the wished one: which days, what each says, and how it is filled."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from planner.travellers import other_days, planning
from tests.travellers.conftest import LAST_DAY, TODAY, sample

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"


def boxes(page: str) -> list[str]:
    return re.findall(r'<li class="dd .*?</li>', page, re.S)


def states(page: str) -> list[str]:
    return re.findall(r'<li class="dd dd-([a-z]+)', page)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").strip()


def brief_on(on: str) -> dict[str, Any]:
    return {"entry": {"hub": "DPS", "at": f"{on}T12:00:00+08:00"}, "exit": {"hub": "LBJ", "by": f"{on}T20:00:00+08:00"}}


def test_seven_days_lie_before_the_wished_one_and_six_after() -> None:
    days = other_days.window(date(2027, 4, 5), TODAY, LAST_DAY)
    assert days[0] == date(2027, 3, 29) and days[7] == date(2027, 4, 5) and days[-1] == date(2027, 4, 11)
    assert len(days) == 14


@pytest.mark.parametrize("start", [TODAY, TODAY + timedelta(days=3), LAST_DAY - timedelta(days=2), LAST_DAY])
def test_the_strip_moves_where_the_past_or_the_end_of_the_timetable_cuts_it(start: date) -> None:
    days = other_days.window(start, TODAY, LAST_DAY)
    assert len(days) == 14 and start in days
    assert days[0] >= TODAY and days[-1] <= LAST_DAY


def test_a_timetable_shorter_than_the_strip_gives_fewer_days() -> None:
    assert len(other_days.window(TODAY, TODAY, TODAY + timedelta(days=4))) == 5


def test_another_day_keeps_the_length_and_the_clock_times() -> None:
    brief = {"entry": {"hub": "DPS", "at": "2027-04-05T14:30:00+08:00"}, "exit": {"by": "2027-04-16T08:00:00+08:00"}}
    there = other_days.moved(brief, date(2027, 4, 28))
    assert there["entry"]["at"] == "2027-04-28T14:30:00+08:00" and there["exit"]["by"] == "2027-05-09T08:00:00+08:00"
    assert brief["entry"]["at"] == "2027-04-05T14:30:00+08:00"


def test_what_was_not_planned_is_a_link_that_plans_it_with_the_same_length(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}").text
    assert states(page) == ["unknown"] * 7 + ["priced"] + ["unknown"] * 6
    for box in boxes(page):
        address = re.search(r'href="([^"]+)"', box)
        assert address
        asked = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)
        first, last = date.fromisoformat(asked["in_on"][0]), date.fromisoformat(asked["out_on"][0])
        assert (last - first).days == 11 and asked["ages"] == ["9"]
    assert "1 of 14 days planned" in text_of(page)


def test_the_wished_day_tells_the_cheapest_of_its_routes_as_an_estimate(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}").text
    wished = next(box for box in boxes(page) if "aria-current" in box)
    assert text_of(wished).startswith("Mon 5 Apr about IDR 8.6 m Your day")
    assert "The cheapest route of each day" in page and "Estimates, not offers." in page
    assert 'class="dd-low" hidden' in wished  # one price is not the lowest of any


def test_what_was_planned_before_is_priced_at_once_and_the_lowest_is_marked_in_words(
    pages: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def known(brief: Mapping[str, Any]) -> dict[str, Any] | None:
        if not brief["entry"]["at"].startswith("2027-04-07"):
            return None
        answer = sample("sample_answer")
        for one in answer["itineraries"]:
            one["totals"]["price_per_person"]["amount"] -= 2_000_000
        return answer

    monkeypatch.setattr(planning, "known_answer", known)
    page = pages.get(f"/trips?{SEARCH}").text
    marked = [text_of(box) for box in boxes(page) if 'class="dd-low">' in box]
    assert marked == ["Wed 7 Apr about IDR 6.6 m lowest"]
    assert "dd-least" in next(box for box in boxes(page) if "7 Apr" in box)


def test_a_day_of_the_strip_is_planned_and_sent_alone(
    pages: FlaskClient, asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    answer = pages.get("/trips/day?in=DPS&in_on=2027-04-07&out=LBJ&out_on=2027-04-18&adults=2&ages=9")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert states(answer.text) == ["priced"] and "<html" not in answer.text
    assert 'data-price="8641667"' in answer.text and "aria-current" not in answer.text
    assert asked_of_the_planner[-1]["entry"]["at"].startswith("2027-04-07")


def test_a_day_without_a_route_says_so_and_why_in_a_few_words(pages: FlaskClient) -> None:
    box = pages.get(f"/trips/day?{SEARCH}&stop=moni").text
    assert states(box) == ["none"] and "No route" in box


@pytest.mark.parametrize(("code", "words"), [("no_bed", "no bed"), ("too_far", "too far"), ("unheard_of", "")])
def test_a_refusal_is_told_in_a_few_words(pages: FlaskClient, code: str, words: str) -> None:
    from planner.web.atlas import shipped

    with pages.application.test_request_context("/"):
        refusal = {"reasons": [{"code": code, "params": {}, "text": ""}]}
        assert other_days.short_reason(refusal, shipped()) == words


@pytest.mark.parametrize(
    ("hub", "at", "is_shut"),
    [
        ("DPS", "2027-03-08T12:00:00+08:00", True),
        ("DPS", "2027-03-08T05:00:00+08:00", False),
        ("DPS", "2027-03-09T05:59:00+08:00", True),
        ("DPS", "2027-03-09T12:00:00+08:00", False),
        ("LOP", "2027-03-08T12:00:00+08:00", False),
    ],
)
def test_only_who_arrives_where_and_while_it_is_shut_finds_it_shut(
    pages: FlaskClient, hub: str, at: str, is_shut: bool
) -> None:
    from planner.web.atlas import shipped

    with pages.application.test_request_context("/"):
        found = other_days.shut_by({"entry": {"hub": hub, "at": at}}, shipped())
    assert found == ("Nyepi 2027" if is_shut else "")


def test_a_closed_day_says_what_shuts_it(pages: FlaskClient) -> None:
    page = pages.get("/trips?in=DPS&in_on=2027-03-12&out=LBJ&out_on=2027-03-23&adults=2&ages=9").text
    closed = [text_of(box) for box in boxes(page) if "dd-closed" in box]
    assert closed == ["Mon 8 Mar Shut Nyepi 2027"]


def test_a_day_outside_the_calendar_is_refused(pages: FlaskClient) -> None:
    assert pages.get("/trips/day?in=DPS&in_on=2020-01-01&out=LBJ&out_on=2020-01-09").status_code == 422
    assert pages.get("/trips/day?in=XXX").status_code == 422


def test_the_filters_hold_for_the_strip_too(pages: FlaskClient) -> None:
    day = "/trips/day?in=DPS&in_on=2027-04-07&out=LBJ&out_on=2027-04-18&adults=2&ages=9"
    assert 'data-price="10583800"' in pages.get(f"{day}&less=flight").text
    assert states(pages.get(f"{day}&less=flight&upto=5").text) == ["filtered"]
    link = re.search(r'href="([^"]+)"', pages.get(f"{day}&less=flight").text)
    assert link and "less=flight" in link[1]


def test_a_flexible_search_stays_in_its_month_and_plans_its_start_days(
    pages: FlaskClient, asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    page = pages.get("/trips?in=DPS&out=LBJ&when=month&month=2027-04&days=9&adults=2").text
    assert len(asked_of_the_planner) >= 6
    days = [re.search(r"<b class=\"num\">(\d+) Apr</b>", box) for box in boxes(page)]
    numbers = [int(day[1]) for day in days if day]
    assert numbers == sorted(numbers) and {3, 8, 13, 18, 23, 28} <= set(numbers) and len(numbers) == len(days)
    assert "Shown here" in page and "Your day" not in page


def test_the_strip_speaks_the_readers_language_and_currency(pages: FlaskClient) -> None:
    pages.set_cookie("lang", "id")
    box = next(box for box in boxes(pages.get(f"/trips?{SEARCH}").text) if "aria-current" in box)
    assert "sekitar" in box and "8,6" in box and "Hari Anda" in box
    pages.set_cookie("currency", "EUR")
    box = next(box for box in boxes(pages.get(f"/trips?{SEARCH}").text) if "aria-current" in box)
    assert "≈" in text_of(box) and "€" in text_of(box)


def test_one_visitor_fills_no_more_than_some_strips_a_minute(
    make_app: Callable[..., Flask], asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    client = make_app(LIMIT_REQUESTS=True).test_client()
    answers = [client.get(f"/trips/day?{SEARCH}").status_code for _n in range(70)]
    assert answers[:42] == [200] * 42 and answers[-1] == 429
    assert client.get(f"/trips?{SEARCH}").status_code == 200  # the search itself has its own count


def test_days_that_cost_the_same_are_not_called_the_lowest(pages: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "known_answer", lambda brief: sample("sample_answer"))
    page = pages.get(f"/trips?{SEARCH}").text
    assert states(page) == ["priced"] * 14 and "dd-least" not in page and 'class="dd-low">' not in page
