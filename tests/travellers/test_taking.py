"""A planned trip taken along: on paper, in a calendar, on a map, as a table, and as the picture that others show."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from PIL import Image

from planner.store import claims
from planner.travellers import plan_table, planning, structured, trip_sheet
from planner.web.atlas import Atlas
from tests.travellers.conftest import sample
from tests.web.reading_tags import read_tags
from tests.web.test_gpx import NAME, ElementTree, breaches

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
WITA = ZoneInfo("Asia/Makassar")
FILES = {
    "trip.pdf": "application/pdf", "trip.ics": "text/calendar", "trip.gpx": "application/gpx+xml",
    "trip.csv": "text/csv", "picture.png": "image/png",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_has_claimed_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """These sites have no database behind them; one test below claims a name."""
    monkeypatch.setattr(claims, "find_claim", lambda supplier_id: None)


def plan() -> dict[str, Any]:
    return sample("sample_answer")["itineraries"][0]


def change_the_plan(monkeypatch: pytest.MonkeyPatch, **first_item: Any) -> None:
    answer = sample("sample_answer")
    answer["itineraries"][0]["items"][1].update(first_item)
    monkeypatch.setattr(planning, "plan", lambda brief: answer)


def rows_of(pages: FlaskClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(pages.get(f"/trips/it-best/trip.csv?{SEARCH}").data.decode("utf-8-sig"))))


def calendar_of(pages: FlaskClient, search: str = SEARCH) -> Any:
    return Calendar.from_ical(pages.get(f"/trips/it-best/trip.ics?{search}").data)


@pytest.mark.parametrize("file", FILES)
def test_each_file_is_what_it_says_and_is_led_to_from_the_trip_s_page(pages: FlaskClient, file: str) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text.replace("&amp;", "&")
    address = re.search(rf'"(?:http://localhost)?(/trips/it-best/{re.escape(file)}\?[^" ]+)"', page)
    assert address
    answer = pages.get(address[1])
    assert (answer.status_code, answer.mimetype) == (200, FILES[file])
    assert answer.data


@pytest.mark.parametrize("file", FILES)
def test_a_trip_that_the_search_has_no_more_is_gone_and_a_search_without_sense_is_refused(
    pages: FlaskClient, file: str
) -> None:
    assert pages.get(f"/trips/it-other/{file}?{SEARCH}").status_code == 404
    assert pages.get(f"/trips/it-best/{file}?{SEARCH}&stop=moni").status_code == 404
    assert pages.get(f"/trips/it-best/{file}?{SEARCH}&rooms=none").status_code == 400


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_paper_is_tagged_names_its_language_and_describes_its_map(pages: FlaskClient, language: str) -> None:
    pages.set_cookie("lang", language)
    answer = pages.get(f"/trips/it-best/trip.pdf?{SEARCH}")
    tags = read_tags(answer.data)
    assert (tags.language, tags.is_marked, tags.conforms) == (language, True, "1")
    assert tags.elements.count("Figure") == 1 and tags.elements.count("TH") == 6
    assert tags.elements.count("H2") == len(planning.trip_view.days_of(plan()))
    assert "1 Ubud" in tags.pictures[0]
    assert any(link.startswith("http://localhost/trips/it-best?in=DPS") for link in tags.links)
    assert answer.headers["Content-Disposition"] == 'inline; filename="lintas-2027-04-05.pdf"'


def test_the_paper_says_every_price_who_is_paid_and_that_placeholders_cannot_be_called(
    pages: FlaskClient, atlas: Atlas
) -> None:
    brief = {"party": {"adults": 2, "children": [9]}, "entry": {"hub": "DPS"}, "exit": {"hub": "LBJ"}}
    with pages.application.test_request_context():
        sheet = trip_sheet.trip_sheet(plan(), brief, atlas, "https://trips.example/trips/it-best")
    lines = [line for group in sheet["prices"] for line in group["lines"]]
    assert sum(int(line["high"].replace(",", "")) for line in lines) == plan()["totals"]["price"]["amount"]
    assert {line["sold"] for line in lines} == {"Sold here", "You arrange it", "Paid on the spot"}
    assert "not a booking" in sheet["standing"] and "UTC+8" in sheet["zone"]
    placeholders = next(group for group in sheet["contacts"] if group["reached"].startswith("A placeholder"))
    assert "Operator A (Bali culture)" in [seller["name"] for seller in placeholders["sellers"]]
    assert len(sheet["days"]) == 12 and sheet["rules"] and sheet["sources"]
    parts = [part for day in sheet["days"] for part in day["parts"]]
    assert all(part["amount"].startswith("about") for part in parts if part["is_guess"] and part["sure"])


def test_a_name_that_we_have_checked_can_be_called_and_one_that_waits_for_us_cannot(
    pages: FlaskClient, atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claims.Claim(supplier_id="operator-a-bali-culture", phone="+62 361 000000", email="a@maker.example")
    monkeypatch.setattr(claims, "find_claim", lambda name: claim if name == claim.supplier_id else None)

    def reached() -> list[str]:
        with pages.application.test_request_context():
            return [group["reached"] for group in trip_sheet.contacts(plan(), atlas)]

    assert not any("+62" in how for how in reached())
    claim.approved_at = datetime(2026, 11, 24, tzinfo=WITA)
    assert "+62 361 000000, a@maker.example" in reached()


def test_the_calendar_is_tentative_in_the_islands_zone_with_names_that_stay(pages: FlaskClient) -> None:
    calendar = calendar_of(pages)
    events = calendar.walk("VEVENT")
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Makassar"]
    assert {str(event["status"]) for event in events} == {"TENTATIVE"}
    again = [str(event["uid"]) for event in calendar_of(pages, SEARCH + "&pace=balanced").walk("VEVENT")]
    assert [str(event["uid"]) for event in events] == again and len(set(again)) == len(again)
    boat = next(event for event in events if str(event["summary"]).startswith("Fast boat"))
    assert boat.decoded("dtstart") == datetime(2027, 4, 7, 9, 30, tzinfo=WITA)
    (alarm,) = boat.walk("VALARM")
    assert boat.decoded("dtstart") + alarm.decoded("trigger") == datetime(2027, 4, 7, 8, tzinfo=WITA)
    bed = next(event for event in events if "Ubud, guesthouse" in str(event["summary"]))
    assert (bed.decoded("dtstart"), bed.decoded("dtend")) == (date(2027, 4, 5), date(2027, 4, 7))
    assert "Planned, not booked." in str(boat["description"])


def test_a_neighbour_that_changes_leaves_the_names_of_other_events_alone(
    pages: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {str(event["uid"]) for event in calendar_of(pages).walk("VEVENT")}
    change_the_plan(monkeypatch, route_id="R-OTHER")
    after = {str(event["uid"]) for event in calendar_of(pages).walk("VEVENT")}
    assert len(before - after) == len(after - before) == 1


def test_the_map_file_keeps_to_gpx_and_has_stops_in_order_and_a_way_for_each_leg(pages: FlaskClient) -> None:
    raw = pages.get(f"/trips/it-best/trip.gpx?{SEARCH}").data
    assert breaches(raw) == []
    root = ElementTree.fromstring(raw)
    stops = [stop.findtext(f"{NAME}name") or "" for stop in root.findall(f"{NAME}wpt")]
    assert [int(stop.split()[0]) for stop in stops] == list(range(1, len(stops) + 1)) and stops[0] == "1 Ubud"
    kinds = [way.findtext(f"{NAME}type") for way in root.findall(f"{NAME}rte")]
    legs = [item["mode"] for item in plan()["items"] if item["kind"] == "leg"]
    assert [kind for kind in kinds if kind in set(legs)] == legs
    assert all(len(way.findall(f"{NAME}rtept")) >= 2 for way in root.findall(f"{NAME}rte"))


def test_the_table_has_a_row_an_item_and_adds_up(pages: FlaskClient) -> None:
    rows = rows_of(pages)
    assert len(rows) == len(plan()["items"])
    assert tuple(rows[0]) == plan_table.COLUMNS
    assert sum(int(row["price_high"]) for row in rows) == plan()["totals"]["price"]["amount"]
    assert all(column in (plan_table.__doc__ or "") for column in plan_table.COLUMNS)


@pytest.mark.parametrize("typed", ["=1+1", "+CMD()", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(pages: FlaskClient, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    change_the_plan(monkeypatch, operator=typed)
    rows = rows_of(pages)
    assert f"'{typed}" in [row["operator"] for row in rows]
    for row in rows:
        for name, cell in row.items():
            assert not cell.startswith(plan_table.FORMULA), (name, cell)


def test_the_picture_has_the_size_that_others_want_and_may_be_kept_by_all(pages: FlaskClient) -> None:
    answer = pages.get(f"/trips/it-best/picture.png?{SEARCH}&lang=id")
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    assert "public" in answer.headers["Cache-Control"] and "max-age=604800" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    again = pages.get(f"/trips/it-best/picture.png?{SEARCH}&lang=id", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert pages.get(f"/trips/it-best/picture.png?{SEARCH}&lang=en").data != answer.data


def test_the_page_tells_other_sites_its_name_and_picture_with_whole_addresses(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text.replace("&amp;", "&")
    told = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', page))
    assert told["og:url"].startswith("http://localhost/en/trips/it-best?in=DPS")
    assert told["og:image"] == told["twitter:image"] and told["og:image"].startswith("http://localhost/trips/it-best/")
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image" and "Ubud" in told["og:title"]


def test_the_link_for_whatsapp_carries_the_trip_s_name_and_its_whole_address(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text
    text = unquote(re.search(r'href="https://wa\.me/\?text=([^"]+)"', page)[1])  # type: ignore[index]
    assert text.startswith("Ubud, ") and "http://localhost/trips/it-best?in=DPS&in_on=2027-04-05" in text


def told_to_machines(atlas: Atlas, pages: FlaskClient) -> Mapping[str, Any]:
    with pages.application.test_request_context():
        return structured.tourist_trip(plan(), atlas, "https://trips.example/trips/it-best")


def test_machines_are_told_of_a_tourist_trip_with_its_parts(pages: FlaskClient, atlas: Atlas) -> None:
    trip = told_to_machines(atlas, pages)
    assert (trip["@context"], trip["@type"]) == ("https://schema.org", "TouristTrip")
    assert {"BoatTrip", "Flight", "TouristTrip"} <= {part["@type"] for part in trip["subTrip"]}
    times = [part["departureTime"] for part in trip["subTrip"]]
    assert times == sorted(times) and all(time.endswith("+08:00") for time in times)
    flight = next(part for part in trip["subTrip"] if part["@type"] == "Flight")
    assert flight["arrivalAirport"]["iataCode"] == "LBJ"
    boat = next(part for part in trip["subTrip"] if part["@type"] == "BoatTrip")
    assert boat["departureBoatTerminal"]["@type"] == "BoatTerminal"
    positions = [one["position"] for one in trip["itinerary"]["itemListElement"]]
    assert positions == list(range(1, len(positions) + 1))
    assert "offers" not in trip


def test_only_what_is_firm_and_sold_here_is_offered(pages: FlaskClient, atlas: Atlas) -> None:
    offers = [(part["name"], part["offers"]) for part in told_to_machines(atlas, pages)["subTrip"] if "offers" in part]
    assert [(name, offer["price"], offer["priceCurrency"]) for name, offer in offers] == [
        ("Kayangan to Poto Tano", 56400, "IDR")
    ]
    assert offers[0][1]["validFrom"] == "2027-02-06"


@pytest.mark.parametrize(
    "change",
    [{"confidence": "estimated"}, {"confidence": "typical"}, {"sold": "self"}, {"sold": "on_spot"},
     {"price_low": {"amount": 1}}],
)  # fmt: skip
def test_an_estimate_a_range_or_what_others_sell_is_no_offer(change: Mapping[str, Any]) -> None:
    firm = {"sold": "here", "confidence": "verified", "price": {"amount": 9}, "price_low": {"amount": 9}}
    assert structured.is_offer(firm)
    assert not structured.is_offer({**firm, **change})
