"""The joint calendar: by month, province and island, as a feed, and on the days of a trip."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from planner.travellers import events, trip_events
from planner.web import trip_view
from planner.web.atlas import Atlas
from tests.travellers.conftest import sample

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"


def shown(text: str) -> list[str]:
    """The entries of a page by id."""
    return re.findall(r'<li class="card pad" id="(EV-[\w-]+)"', text)


def test_a_month_lists_what_touches_it_and_nothing_else(pages: FlaskClient, atlas: Atlas) -> None:
    text = pages.get("/events?month=2027-08").text
    touching = atlas.events_between(date(2027, 8, 1), date(2027, 8, 31))
    wanted = [row["event_id"] for a, b, row in sorted(touching, key=lambda e: (e[1] - e[0]).days >= events.LONG_DAYS)]
    assert wanted[-1] == "EV-LAKEY", "what lasts for weeks comes last"
    assert shown(text) == wanted and "EV-KELIMUTU" in wanted and "EV-NYEPI" not in wanted


def test_the_grid_leads_to_each_entry_and_seasons_stand_above_it(pages: FlaskClient) -> None:
    text = pages.get("/events?month=2027-08").text
    grid = text[text.index('<table class="cal-m">') : text.index("</table>")]
    assert grid.count('href="#EV-KELIMUTU"') == 1 and grid.count('href="#EV-GOLOKOE"') == 6
    assert "#EV-SUMMER" not in grid and 'href="#EV-SUMMER"' in text
    cell = re.search(r'<td class="[^"]*"><span class="num">14</span>(.*?)</td>', grid, re.S)
    assert cell and "#EV-KELIMUTU" in cell[1]


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("month=2027-03&province=bali", {"EV-NYEPI", "EV-OGOH", "EV-EID"}, {"EV-SEMANA", "EV-LEBTOPAT"}),
        ("month=2027-03&province=ntt", {"EV-SEMANA", "EV-EID"}, {"EV-NYEPI"}),
        ("month=2027-08&island=Flores", {"EV-KELIMUTU", "EV-SUMMER"}, {"EV-LAKEY", "EV-GALUNGAN"}),
        ("month=2027-08&island=Lembata", {"EV-SUMMER", "EV-INDEP"}, {"EV-KELIMUTU"}),
    ],
)
def test_the_calendar_can_be_narrowed(pages: FlaskClient, query: str, there: set[str], gone: set[str]) -> None:
    found = set(shown(pages.get(f"/events?{query}").text))
    assert there <= found and not gone & found


def test_past_and_future_are_found_by_year(pages: FlaskClient) -> None:
    past = pages.get("/events?month=2026-03").text
    assert "EV-NYEPI" in shown(past) and ">past<" in past
    ahead = pages.get("/events?month=2027-03").text
    assert ">past<" not in ahead
    for year in (2026, 2027, 2028):
        assert f"/events?month={year}-03" in ahead


def test_without_a_month_it_is_this_one_and_nonsense_is_none(pages: FlaskClient) -> None:
    for query in ("", "?month=2026-13", "?month=x&province=java&island=Atlantis"):
        assert "November 2026</h2>" in pages.get(f"/events{query}").text
    assert "August 2028</h2>" in pages.get("/events?month=2099-08").text


def test_an_entry_says_what_it_closes_and_how_sure_it_is(pages: FlaskClient) -> None:
    text = pages.get("/events?month=2027-03").text
    entry = text[text.index('id="EV-NYEPI"') : text.index("</li>", text.index('id="EV-NYEPI"'))]
    assert "airport, all Bali ports" in entry and "batunightspectacular.co.id" in entry and "Verified" in entry
    guess = pages.get("/events?month=2027-10").text
    entry = guess[guess.index('id="EV-UWRF"') : guess.index("</li>", guess.index('id="EV-UWRF"'))]
    assert "no page found; our own reasoning" in entry and "none found" not in entry and "Our estimate" in entry


def test_a_month_without_events_says_so(pages: FlaskClient) -> None:
    assert "No event that we know of in this month" in pages.get("/events?month=2026-01&island=Alor").text


def feed(pages: FlaskClient, address: str) -> list[dict[str, object]]:
    answer = pages.get(address)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    return [dict(part) for part in Calendar.from_ical(answer.data).walk("VEVENT")]


def test_the_feed_holds_every_span_of_every_event_under_an_id_of_its_own(pages: FlaskClient, atlas: Atlas) -> None:
    found = feed(pages, "/events.ics")
    assert len(found) == len(atlas.events_between(date(2020, 1, 1), date(2040, 1, 1)))
    assert len({str(one["UID"]) for one in found}) == len(found)
    first = [str(one["UID"]) for one in found]
    assert first == [str(one["UID"]) for one in feed(pages, "/events.ics?lang=id")]


def test_a_feed_entry_is_whole_days_with_what_is_known(pages: FlaskClient) -> None:
    entry = next(one for one in feed(pages, "/events/bali.ics") if one["UID"] == "EV-NYEPI-20270308@lintas")
    assert entry["DTSTART"].dt == date(2027, 3, 8) and entry["DTEND"].dt == date(2027, 3, 10)  # type: ignore[attr-defined]
    assert entry["STATUS"] == "CONFIRMED" and entry["TRANSP"] == "TRANSPARENT"
    assert "airport, all Bali ports" in str(entry["DESCRIPTION"])
    unsure = next(one for one in feed(pages, "/events.ics") if one["UID"] == "EV-MOTOGP-20270924@lintas")
    assert unsure["STATUS"] == "TENTATIVE" and "DTEND" in unsure
    assert unsure["DTEND"].dt - unsure["DTSTART"].dt == timedelta(days=18)  # type: ignore[attr-defined]


def test_a_province_has_its_own_feed_with_what_is_everywhere(pages: FlaskClient) -> None:
    ids = {str(one["UID"]).rsplit("-", 1)[0] for one in feed(pages, "/events/ntt.ics")}
    assert {"EV-SEMANA", "EV-EID"} <= ids and "EV-NYEPI" not in ids
    assert pages.get("/events/java.ics").status_code == 404


def test_the_feed_speaks_the_language_it_is_asked_for(pages: FlaskClient) -> None:
    names = {lang: {str(e["SUMMARY"]) for e in feed(pages, f"/events.ics?lang={lang}")} for lang in ("en", "id")}
    assert "Nyepi, day of silence" in names["en"] and "Nyepi, day of silence" not in names["id"]


def days_of(day: date, place: str, atlas: Atlas) -> dict[int, list[str]]:
    night = {"kind": "stay", "place_id": place, "check_in": str(day), "check_out": str(day + timedelta(days=2))}
    days = [
        trip_view.Day(n, day + timedelta(days=n - 1), "", "ntt", [], night if n < 3 else None, n, False)
        for n in (1, 2, 3, 4)
    ]
    return {n: [row["event_id"] for row in rows] for n, rows in trip_events.by_day(days, atlas).items()}


def test_an_event_stands_on_the_days_on_which_the_trip_is_there(atlas: Atlas) -> None:
    assert days_of(date(2027, 8, 13), "moni", atlas) == {1: [], 2: ["EV-KELIMUTU"], 3: [], 4: []}
    assert days_of(date(2027, 8, 12), "moni", atlas) == {1: [], 2: [], 3: ["EV-KELIMUTU"], 4: []}
    assert days_of(date(2027, 8, 11), "moni", atlas)[4] == [], "it has left"
    assert days_of(date(2027, 8, 13), "kupang", atlas)[2] == []


def test_a_holiday_stands_on_its_day_wherever_one_is_and_a_season_on_none(atlas: Atlas) -> None:
    found = days_of(date(2027, 8, 16), "kupang", atlas)
    assert found == {1: [], 2: ["EV-INDEP"], 3: [], 4: []}


def test_a_trip_page_tells_the_events_of_its_days(pages: FlaskClient, app: Flask, atlas: Atlas) -> None:
    plan = sample("sample_answer")["itineraries"][0]
    with app.test_request_context("/"):
        days = trip_view.days_view(plan, atlas)
        touched = {n: [row["event_id"] for row in rows] for n, rows in trip_events.by_day(days, atlas).items() if rows}
    text = pages.get(f"/trips/it-best?{SEARCH}").text
    told = {
        int(n): re.findall(r'class="on-day">.*?#(EV-[\w-]+)"', body, re.S)
        for n, body in re.findall(r'id="day-(\d+)">(.*?)</h3>(?:.*?)(?=<li class="day"|</ol>)', text, re.S)
    }
    wanted = re.findall(r'class="on-day">.*?#(EV-[\w-]+)"', text, re.S)
    assert wanted == [event for rows in touched.values() for event in rows], told


def test_years_are_those_the_tables_know(atlas: Atlas) -> None:
    assert events.years(atlas)[:3] == [2026, 2027, 2028]
