"""People of an agency at work: they apply, are let in, invite each other, say how they price, and price a trip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from planner.store import agencies
from tests.agents.conftest import CARD, DEWA, RINA, Agents, found_agency
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.fakes import World
from tests.travellers.test_builder import Maker

FIELDS = {"name": CARD.name, "licence": CARD.licence, "email": CARD.email, "phone": CARD.phone}


def test_an_agency_applies_and_staff_let_it_in(desk_app: Flask, world: World) -> None:
    ani = people.traveller(desk_app)
    assert "For travel agencies" in ani.client.get("/account/home").text
    wrong = ani.post("/agency/apply", "/agency/apply", **{**FIELDS, "email": "halo", "phone": ""})
    assert wrong.status_code == 422 and 'value="NIB 8120 0011"' in wrong.text
    assert re.search(r'id="email"[^>]*value="halo"[^>]*aria-invalid="true"', wrong.text)
    assert "Please fill this in." in wrong.text

    assert ani.post("/agency/apply", "/agency/apply", **FIELDS).location == "/agency/standing"
    assert "Waits for approval" in ani.client.get("/agency/standing").text
    assert ani.client.get("/agency/apply").location == "/agency/standing", "nobody applies twice"

    ayu = people.staff(desk_app)
    page = ayu.client.get("/desk/agencies/").text
    approve = re.search(r'action="(/desk/agencies/[^"]+/approve)"', page)
    assert approve and CARD.licence in page
    assert "tick the box" in ayu_says(ayu, approve[1], commission="9")
    assert "between 0 and 10 per cent" in ayu_says(ayu, approve[1], commission="11", sure="yes")
    assert "between 0 and 10 per cent" in ayu_says(ayu, approve[1], commission="a lot", sure="yes")
    assert "The agency is let in." in ayu_says(ayu, approve[1], commission="9", sure="yes")
    assert "Commission 9" in ayu.client.get("/desk/agencies/").text

    assert ani.client.get("/agency/").status_code == 303, "the second factor is asked for"
    rina = people.staff(desk_app, people.TRAVELLER, "agent")
    assert rina.client.get("/account/arrive").location == "/agency/"
    assert CARD.name in rina.client.get("/agency/").text

    suspend = re.search(r'action="(/desk/agencies/[^"]+/suspend)"', ayu.client.get("/desk/agencies/").text)
    assert suspend and "suspended" in ayu_says(ayu, suspend[1], sure="yes")
    assert rina.client.get("/agency/").status_code == 303


def ayu_says(ayu: Visitor, path: str, **data: Any) -> str:
    """Do something at the desk and read what it says."""
    ayu.post(path, "/desk/agencies/", back="/desk/agencies/", **data)
    return ayu.client.get("/desk/agencies/").text


def test_somebody_is_invited_joins_and_changes_what_they_do(desk_app: Flask, agents: Agents) -> None:
    assert agents.rina.post("/agency/people", "/agency/", email="new@tur.example", work="reader").status_code == 303
    again = agents.rina.post("/agency/people", "/agency/", email="new@tur.example", work="reader")
    assert again.status_code == 422 and "invited before" in again.text and 'value="new@tur.example"' in again.text
    with desk_app.app_context():
        people.open_account("new@tur.example", "traveller")
    new = people.visitor(desk_app)
    new.log_in("new@tur.example")
    assert new.client.get("/agency/apply").location == "/agency/standing"
    invitation = re.search(r'name="n" value="(\d+)"', new.client.get("/agency/standing").text)
    assert invitation and new.post("/agency/join", "/agency/standing", n=invitation[1]).status_code == 303
    page = agents.rina.client.get("/agency/").text
    member = re.findall(r'action="/agency/people/(\d+)/work"', page)[-1]
    assert agents.rina.post(f"/agency/people/{member}/work", "/agency/", work="seller").status_code == 303
    with desk_app.app_context():
        assert [one.work for one in agencies.list_members(agents.agency_id)] == ["owner", "seller", "seller"]
    assert agents.rina.post(f"/agency/people/{member}/let-go", "/agency/").status_code == 303
    assert "new@tur.example" not in agents.rina.client.get("/agency/").text


def test_an_enquiry_goes_from_the_first_question_to_a_price(seller: Visitor, trip_link: str) -> None:
    wrong = seller.post("/agency/enquiries/new", "/agency/enquiries/new", title="Komodo in May", email="maren")
    assert wrong.status_code == 422 and 'value="Komodo in May"' in wrong.text and wrong.text.count("aria-invalid") >= 2
    asked = {"title": "Komodo in May", "name": "Maren", "email": "maren@example.org", "language": "en",
             "currency": "EUR"}  # fmt: skip
    page = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **asked).location
    shown = seller.client.get(page).text
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen and "opened the enquiry" in shown
    steps = {"seen": seen[1], "state": "draft", "owner": RINA, "next_step": "Send it", "next_on": "2026-12-01"}
    assert seller.post(page, page, **steps).status_code == 303
    late = seller.post(page, page, **{**steps, "next_step": "Never"})
    assert late.status_code == 409 and "Somebody changed this meanwhile" in late.text and 'value="Never"' in late.text
    bad = seller.post(page, page, **{**steps, "next_on": "soon"})
    assert bad.status_code == 422 and 'id="next_on"' in bad.text and "This is no day." in bad.text
    assert seller.post(page + "/notes", page, note="Afraid of heights").status_code == 303
    assert seller.post(page + "/trip", page, trip="https://example.org/plans/no").status_code == 422
    assert seller.post(page + "/trip", page, trip=trip_link).status_code == 303
    shown = seller.client.get(page).text
    assert "Afraid of heights" in shown and trip_link.rsplit("/", 1)[1] in shown
    price = re.search(r'href="(/agency/price[^"]+)"', shown)
    assert price and "currency=EUR" in price[1]
    assert "Part by part" in seller.client.get(price[1].replace("&amp;", "&")).text
    board = seller.client.get("/agency/enquiries/?q=komodo").text
    assert "Being planned" in board and "Komodo in May" in board
    assert "Komodo in May" not in seller.client.get("/agency/enquiries/?q=lombok").text
    assert "Komodo in May" not in seller.client.get("/agency/enquiries/?closed=1").text


def test_a_client_gets_what_is_known_and_is_forgotten(seller: Visitor) -> None:
    asked = {"title": "Komodo", "name": "Maren Oduya", "language": "en", "currency": "IDR"}
    page = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **asked).location
    client = re.search(r'href="(/agency/clients/\d+)"', seller.client.get(page).text)
    assert client
    told = seller.client.get(client[1] + "/all.json")
    assert told.json["name"] == "Maren Oduya" and "attachment" in told.headers["Content-Disposition"]  # type: ignore[index]
    assert seller.post(client[1] + "/erase", client[1]).status_code == 422
    assert "Maren Oduya" in seller.client.get(client[1]).text
    assert seller.post(client[1] + "/erase", client[1], sure="yes").status_code == 303
    for address in (client[1], page, "/agency/enquiries/"):
        assert "Maren" not in seller.client.get(address).text


def test_how_prices_are_made_is_said_and_what_is_wrong_stands_at_its_field(agents: Agents) -> None:
    good = {"markup": "12,5", "step": "50000", "free_after": "15", "terms": "Paid a month ahead."}
    assert agents.rina.post("/agency/prices", "/agency/", **good).status_code == 303
    page = agents.rina.client.get("/agency/").text
    assert 'value="12.5"' in page and 'value="50000" selected' in page and "Paid a month ahead." in page
    wrong = agents.rina.post("/agency/prices", "/agency/", **{**good, "markup": "a lot", "free_after": "-3"})
    assert wrong.status_code == 422 and 'value="a lot"' in wrong.text and 'value="-3"' in wrong.text
    assert len(re.findall(r'aria-invalid="true"', wrong.text)) == 2
    assert "Paid a month ahead." in agents.dewa.client.get("/agency/").text


@pytest.fixture
def seller(site: Flask) -> Iterator[Visitor]:
    with site.app_context():
        people.forget_everybody()
        found_agency(RINA)
    yield people.staff(site, RINA, "agent")
    with site.app_context():
        people.forget_everybody()


@pytest.fixture
def trip_link(site: Flask) -> str:
    return "http://localhost" + Maker(site.test_client(), site).address


def test_a_trip_is_priced_for_its_party_and_for_others(seller: Visitor, trip_link: str) -> None:
    page = seller.client.get("/agency/price", query_string={"trip": trip_link, "markup": "20", "sizes": "2, 4"}).text
    assert "For 2 people" in page and "Part by part" in page and "Other parties" in page
    row = re.search(r"In all</th><td[^>]*>([\d,]+)</td><td[^>]*>([\d,]+)</td><td[^>]*>IDR\s([\d,]+)</td>", page)
    assert row, page[-4000:]
    net, margin, total = (int(text.replace(",", "")) for text in row.groups())
    assert net + margin == total and total % 20_000 == 0 and net * 1.2 <= total <= net * 1.2 + 20_000
    sizes = re.findall(r'<th scope="row">(\d+)', page)
    assert sizes == ["2", "4"]


def test_the_client_s_currency_has_its_rate_beside_it(seller: Visitor, trip_link: str) -> None:
    asked = {"trip": trip_link, "currency": "EUR", "sizes": "2"}
    page = seller.client.get("/agency/price", query_string=asked).text
    assert "European Central Bank" in page and re.search(r"EUR\s[\d,]+\.00", page)


def test_what_cannot_be_priced_is_told_at_its_field_and_nothing_is_lost(seller: Visitor, trip_link: str) -> None:
    asked = {"trip": "https://example.org/plans/x", "markup": "-4", "currency": "XYZ", "sizes": "2, many",
             "free_after": "x"}  # fmt: skip
    page = seller.client.get("/agency/price", query_string=asked)
    assert page.status_code == 422 and len(re.findall(r'aria-invalid="true"', page.text)) == 5
    assert all(f'value="{asked[name]}"' in page.text for name in ("trip", "markup", "sizes", "free_after"))
    assert seller.client.get("/agency/price").status_code == 200


def test_the_price_page_of_a_link_to_look_is_the_same(seller: Visitor, trip_link: str, site: Flask) -> None:
    shown = site.test_client().get(trip_link).text
    look = re.search(r'href="(https?://[^"]+/look/[^"]+)"', shown)
    assert look
    pages = [seller.client.get("/agency/price", query_string={"trip": link, "sizes": "2"}).text
             for link in (trip_link, look[1])]  # fmt: skip
    totals = [re.findall(r"IDR\s[\d,]+", page) for page in pages]
    assert totals[0] == totals[1]


def test_no_page_for_travellers_holds_a_cost_or_a_mark_up(seller: Visitor, trip_link: str, site: Flask) -> None:
    for page in (trip_link, trip_link + "/checkout"):
        text = site.test_client().get(page).text
        assert "Mark-up" not in text and DEWA not in text


def test_a_trip_goes_from_the_builder_to_a_client_s_enquiry(seller: Visitor, trip_link: str, site: Flask) -> None:
    builder = trip_link.removeprefix("http://localhost")
    form = re.search(r'href="(/agency/enquiries/new[^"]+)"', seller.client.get(builder).text)
    assert form and "Propose it" not in site.test_client().get(builder).text
    asked = {"title": "Komodo", "name": "Maren", "language": "en", "currency": "IDR"}
    shown = seller.client.get(form[1].replace("&amp;", "&")).text
    assert f'value="{trip_link}"' in shown
    wrong = seller.post("/agency/enquiries/new", "/agency/enquiries/new", trip="https://example.org/plans/x", **asked)
    assert wrong.status_code == 422 and "No trip has this link" in wrong.text and 'value="Maren"' in wrong.text
    page = seller.post("/agency/enquiries/new", "/agency/enquiries/new", trip=trip_link, **asked).location
    assert builder in seller.client.get(page).text
    assert "Komodo" in seller.client.get("/agency/enquiries/").text
