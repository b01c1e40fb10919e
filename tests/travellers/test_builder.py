"""A trip is worked on by hand on its page: shown first, then taken; undone; never overwritten; looked at by link."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from planner.store import trips
from tests.desk import people

SEARCH = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-12&stop=gili-air&adults=2"


class Maker:
    """Somebody before the builder of one trip."""

    def __init__(self, client: FlaskClient, app: Flask) -> None:
        self.client, self.app = client, app
        results = client.get(SEARCH)
        trip = re.search(r'href="(/trips/[^"]+)"', results.text)
        assert trip, results.text[-500:]
        page = trip[1].replace("&amp;", "&")
        self.address = self.post(page, page.replace("?", "/make?", 1)).location

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def post(self, page: str, action: str = "", **fields: Any) -> Any:
        shown = self.client.get(page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert token, shown.status
        return self.client.post(action or page, data={"csrf_token": token[1], **fields})

    def links(self, do: str, page: str = "try") -> list[str]:
        wanted = f"do={do}" if page == "try" else do
        found = re.findall(rf'href="([^"]+/{page}\?[^"]*{wanted}[^"]*)"', self.get(self.address).text)
        return [link.replace("&amp;", "&") for link in found]

    def field(self, page: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.get(page).text)
        assert found, f"{page} has no {name}"
        return found[1]

    def take(self, link: str, **more: Any) -> Any:
        page = self.get(link).text
        fields = dict(re.findall(r'name="(csrf_token|shown|seen)" value="([^"]*)"', page[page.index("<main") :]))
        return self.client.post(link, data={**fields, **more})

    def products(self) -> list[str]:
        with self.app.app_context():
            trip = trips.get_trip_by_secret(self.address.rsplit("/", 1)[1], may_edit=True)
            items = trips.get_version(trip.id, trip.at).itinerary["items"]
            return [item["product_id"] for item in items if item["kind"] == "package"]

    @property
    def at(self) -> int:
        with self.app.app_context():
            return trips.get_trip_by_secret(self.address.rsplit("/", 1)[1], may_edit=True).at


@pytest.fixture
def maker(site: Flask) -> Iterator[Maker]:
    yield Maker(site.test_client(), site)


def test_a_tour_is_left_out_after_its_price_was_shown_and_comes_back_by_undoing(maker: Maker) -> None:
    tours = len(maker.links("drop_package"))
    link = maker.links("drop_package")[0]
    preview = maker.get(link).text
    assert "What the change does" in preview and maker.at == 1, "looking changes nothing"

    assert maker.take(link).status_code == 303
    assert maker.at == 2
    assert len(maker.links("drop_package")) == tours - 1
    assert "Undo" in maker.get(maker.address).text and ": tour left out</span>" in maker.get(maker.address).text
    maker.post(maker.address, maker.address + "/undo", seen="2")
    assert maker.at == 1 and len(maker.links("drop_package")) == tours
    maker.post(maker.address, maker.address + "/redo", seen="1")
    assert maker.at == 2


def test_a_later_save_is_told_and_overwrites_nothing(maker: Maker) -> None:
    first, second = maker.links("drop_package")[:2]
    seen = maker.field(second, "seen")
    assert maker.take(first).status_code == 303
    refused = maker.take(maker.links("drop_package")[0], seen=seen)
    assert refused.status_code == 409
    assert "Somebody saved this trip meanwhile" in refused.text
    assert maker.at == 2


def test_a_pinned_part_says_so_and_can_be_let_go(maker: Maker) -> None:
    number = re.search(r"n=(\d+)", maker.links("drop_package")[0])
    assert number
    maker.post(maker.address, maker.address + "/keep", n=number[1], seen="1", keep="1")
    assert 'aria-pressed="true"' in maker.get(maker.address).text
    maker.post(maker.address, maker.address + "/keep", n=number[1], seen="2", keep="0")
    assert 'aria-pressed="true"' not in maker.get(maker.address).text


def test_who_may_only_look_can_change_nothing(maker: Maker) -> None:
    link = re.search(r'href="https?://[^/]+(/look/[^"]+)"', maker.get(maker.address).text)
    assert link
    page = maker.get(link[1])
    assert page.status_code == 200
    assert "/try?" not in page.text and maker.address not in page.text
    assert maker.get(link[1].replace("/look/", "/plans/")).status_code == 404
    assert "no-store" in page.headers["Cache-Control"] or "private" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    "query", ["do=nothing", "do=drop_package&n=999", "do=earlier&n=x", "do=move_package&n=1&to=x"]
)
def test_a_change_that_makes_no_sense_is_told_in_words(maker: Maker, query: str) -> None:
    page = maker.get(f"{maker.address}/try?{query}")
    assert page.status_code == 422
    assert 'id="problems"' in page.text


def test_a_place_is_added_by_a_name_that_is_spelled_roughly(maker: Maker) -> None:
    page = maker.get(f"{maker.address}/try?do=add_stop&place=sembalum")
    assert page.status_code == 200 and "Sembalun" in page.text


def test_a_place_that_is_not_sure_is_asked_again_at_its_field(maker: Maker) -> None:
    page = maker.get(f"{maker.address}/try?do=add_stop&place=nusa")
    assert page.status_code == 422
    field = re.search(r'<input[^>]*name="place"[^>]*>', page.text)
    assert field and 'value="nusa"' in field[0] and 'aria-describedby="e-add-place"' in field[0]
    assert len(re.findall(r"do=add_stop&amp;place=nusa-\w+", page.text)) >= 2
    assert "Which place?" in maker.get(f"{maker.address}/try?do=add_stop&place=").text


def test_the_last_day_is_moved_and_moved_back(maker: Maker) -> None:
    days = len(re.findall(r'<li class="col"', maker.get(maker.address).text))
    assert maker.take(maker.links("end_later")[0]).status_code == 303
    assert len(re.findall(r'<li class="col"', maker.get(maker.address).text)) == days + 1
    assert maker.take(maker.links("end_earlier")[0]).status_code == 303
    assert len(re.findall(r'<li class="col"', maker.get(maker.address).text)) == days


def test_a_refused_change_offers_what_would_help_and_doing_it_lets_the_pin_go(maker: Maker) -> None:
    number = re.search(r"n=(\d+)", maker.links("drop_package")[0])
    assert number
    maker.post(maker.address, maker.address + "/keep", n=number[1], seen="1", keep="1")
    pages = (maker.get(link).text for link in maker.links("drop_stop"))
    refused = next(page for page in pages if "This is not possible" in page)
    assert "What would help" in refused
    way = re.search(r'href="([^"]+let=0[^"]*)"', refused)
    assert way and "Without the pin on" in refused
    assert maker.take(way[1].replace("&amp;", "&")).status_code == 303
    assert 'aria-pressed="true"' not in maker.get(maker.address).text


def test_an_unknown_link_opens_nothing(maker: Maker) -> None:
    assert maker.get("/plans/unknown").status_code == 404
    assert maker.get("/look/unknown").status_code == 404


def test_another_departure_is_chosen_from_a_list_and_taken(maker: Maker) -> None:
    page = maker.get(maker.address).text
    leg = re.findall(r'href="([^"]+/ways\?[^"]+)"', page)[-1].replace("&amp;", "&")
    listed = maker.get(leg)
    assert listed.status_code == 200
    choices = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+do=swap_way[^"]+)"', listed.text)]
    taken = next(link for link in choices if 'name="shown"' in maker.get(link).text)
    assert "New in the trip" in maker.get(taken).text
    assert maker.take(taken).status_code == 303 and maker.at == 2


def test_a_tour_is_added_from_a_list_of_its_day(maker: Maker) -> None:
    page = maker.get(maker.address).text
    days = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+/tours\?on=[^"&]+)"', page)]
    assert days
    offered = [
        link.replace("&amp;", "&")
        for day in days
        for link in re.findall(r'href="([^"]+do=add_package[^"]+)"', maker.get(day).text)
    ]
    taken = next(link for link in offered if 'name="shown"' in maker.get(link).text)
    product = re.search(r"product=(\w+)", taken)
    assert product and product[1] not in maker.products()
    assert maker.take(taken).status_code == 303
    assert product[1] in maker.products()


def test_a_part_is_marked_as_arranged_then_as_booked_then_given_back(maker: Maker) -> None:
    def mark(own: str) -> str:
        link = next(one for one in maker.links("see_to") if one.endswith(f"own={own}"))
        assert maker.take(link).status_code == 303
        return str(maker.get(maker.address).text)

    assert "You arrange it" in mark("arranged")
    assert "booked by you" in mark("booked")
    assert "booked by you" not in mark("")


def test_the_trip_as_it_was_made_is_checked_and_held(maker: Maker) -> None:
    maker.take(maker.links("drop_package")[0])
    quote = maker.get(maker.address + "/checkout")
    assert quote.status_code == 200 and "Check the trip" in quote.text
    assert f'href="{maker.address}"' in quote.text, "it leads back to the trip that was made"
    assert "/trips/" not in quote.text


def test_a_trip_that_no_longer_holds_is_shown_as_it_would_be_now_before_it_is_bought(
    maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with maker.app.app_context():
        trip = trips.get_trip_by_secret(maker.address.rsplit("/", 1)[1], may_edit=True)
        version = trips.get_version(trip.id, trip.at)
        monkeypatch.setattr(trips, "get_version", lambda trip_id, number: _otherwise(version))
        moved = maker.get(maker.address + "/checkout")
        assert moved.status_code == 303 and "do=as_it_is" in moved.location
        assert "cannot be had as it was saved" in maker.get(moved.location).text


def _otherwise(version: trips.TripVersion) -> trips.TripVersion:
    items = [
        item | {"trip_id": f"{item['trip_id']}-gone"} if item["kind"] == "leg" else item
        for item in version.itinerary["items"]
    ]
    return trips.TripVersion(
        trip_id=version.trip_id, number=version.number, before=None, brief=version.brief,
        itinerary=version.itinerary | {"items": items, "id": "it-was"}, done={}, saved_at=version.saved_at,
    )  # fmt: skip


@pytest.mark.parametrize("page", ["ways?n=999", "ways?n=x", "tours?on=never", "tours?on=2027-04-06&n=999"])
def test_a_list_of_what_is_not_there_is_told_in_words(maker: Maker, page: str) -> None:
    shown = maker.get(f"{maker.address}/{page}")
    assert shown.status_code == 422 and 'id="problems"' in shown.text


def kept_with_an_account(maker: Maker) -> FlaskClient:
    """Log somebody in with a fresh account who keeps the trip."""
    email = f"{uuid4().hex[:12]}@home.example"
    with maker.app.app_context():
        people.open_account(email, "traveller")
    somebody = people.visitor(maker.app)
    somebody.log_in(email)
    answer = somebody.post(f"{maker.address}/claim", maker.address)
    assert answer.status_code in (303, 409)
    return somebody.client


def test_a_trip_is_found_again_among_those_of_its_account_and_another_cannot_take_it(maker: Maker) -> None:
    mine = kept_with_an_account(maker)
    assert maker.address in mine.get("/plans").text
    assert "kept with your account" in mine.get(maker.address).text
    other = kept_with_an_account(maker)
    assert maker.address not in other.get("/plans").text
    assert maker.get(maker.address).status_code == 200, "its link goes on working"


def test_keeping_a_trip_with_an_account_asks_to_log_in(maker: Maker) -> None:
    for address in (maker.address + "/claim", "/plans"):
        answer = maker.get(address)
        assert answer.status_code in (302, 303) and "/account/log-in" in answer.location


BEGINS = {"pdf": b"%PDF-", "ics": b"BEGIN:VCALENDAR", "gpx": b"<?xml", "csv": b"\xef\xbb\xbf"}


@pytest.mark.parametrize(("form", "begins"), BEGINS.items())
def test_the_trip_that_was_made_is_taken_along_without_the_key_to_it(maker: Maker, form: str, begins: bytes) -> None:
    page = maker.get(maker.address).text
    link = re.search(rf'href="([^"]+/trip\.{form})"', page)
    assert link and maker.address not in link[1]
    taken = maker.get(link[1])
    assert taken.status_code == 200 and taken.data.startswith(begins)
    assert maker.address.rsplit("/", 1)[1].encode() not in taken.data
    assert "no-store" in taken.headers["Cache-Control"] or "private" in taken.headers["Cache-Control"]
