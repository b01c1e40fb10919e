"""Owners ask for a rate by contract, staff look at it, and it makes the agency's prices; everybody else looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from planner.flow import keep_rates, run_agency
from planner.flow.keep_rates import Wanted
from planner.store import agencies, agency_rates, trips
from planner.store.accounts import get_account
from planner.web.services import services
from tests.agents.conftest import RINA, Agents
from tests.agents.test_pages import ayu_says, seller, trip_link
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.test_keep_rates import FIRST, UNTIL

__all__ = ["seller", "trip_link"]

TOUR = "Ubud cooking class with market visit, Ubud"
ASKED = {"product": TOUR, "amount": "100.000", "off": "", "contract": "Agreement 12/2027", "from": "2027-01-01",
         "until": "2027-12-31"}  # fmt: skip


def test_a_rate_is_asked_for_approved_at_the_desk_and_taken_back(desk_app: Flask, agents: Agents) -> None:
    assert "Without a contract of your own" in agents.rina.client.get("/agency/rates/").text
    assert agents.rina.post("/agency/rates/", "/agency/rates/", **ASKED).status_code == 303
    page = agents.rina.client.get("/agency/rates/").text.replace("\xa0", " ")
    assert "IDR 100,000 a person" in page and "1 January to 31 December 2027" in page and "Waits for approval" in page

    ayu = people.staff(desk_app)
    desk = ayu.client.get("/desk/agencies/").text.replace("\xa0", " ")
    assert TOUR in desk and "Agreement 12/2027" in desk and "IDR 100,000 a person" in desk
    assert re.search(r"Public price</dt><dd>IDR [\d,]+ a person", desk)
    approve = re.search(r'action="(/desk/agencies/rates/\d+/approve)"', desk)
    assert approve and "tick the box" in ayu_says(ayu, approve[1])
    assert "The rate is in force." in ayu_says(ayu, approve[1], sure="yes")
    assert "not possible any more" in ayu_says(ayu, approve[1], sure="yes")
    assert "approved a contract rate" in ayu.client.get("/desk/trail/").text

    page = agents.rina.client.get("/agency/rates/").text
    assert "In force" in page
    withdraw = re.search(r'action="(/agency/rates/\d+/withdraw)"', page)
    assert withdraw and agents.made.post(withdraw[1], "/agency/rates/").status_code == 404
    assert agents.rina.post(withdraw[1], "/agency/rates/").status_code == 303
    again = agents.rina.post(withdraw[1], "/agency/rates/")
    assert again.status_code == 409 and "not possible any more" in again.text
    assert "Taken back" in agents.rina.client.get("/agency/rates/").text


def test_staff_refuse_a_rate(desk_app: Flask, agents: Agents) -> None:
    agents.rina.post("/agency/rates/", "/agency/rates/", **{**ASKED, "amount": "", "off": "12,5"})
    ayu = people.staff(desk_app)
    refuse = re.search(r'action="(/desk/agencies/rates/\d+/refuse)"', ayu.client.get("/desk/agencies/").text)
    assert refuse and "The rate is refused." in ayu_says(ayu, refuse[1], sure="yes")
    page = agents.rina.client.get("/agency/rates/").text.replace("\xa0", " ")
    assert "12.5 % off the public price" in page and "Not approved" in page


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"product": "A trip to the moon"}, {"product"}),
        ({"product": "Stay"}, {"product"}),
        ({"amount": "99.000.000"}, {"amount"}),
        ({"amount": "a lot"}, {"amount"}),
        ({"off": "10"}, {"off"}),
        ({"amount": "", "off": "100"}, {"off"}),
        ({"amount": ""}, {"amount"}),
        ({"until": "2026-12-31"}, {"until"}),
        ({"until": "9999-12-31"}, {"until"}),
        ({"from": "soon", "until": "later", "contract": " "}, {"from", "until", "contract"}),
    ],
)
def test_what_is_wrong_with_a_rate_stands_at_its_field_and_nothing_typed_is_lost(
    agents: Agents, changed: dict[str, str], fields: set[str]
) -> None:
    asked = {**ASKED, **changed}
    answer = agents.rina.post("/agency/rates/", "/agency/rates/", **asked)
    assert answer.status_code == 422
    assert set(re.findall(r'<input id="(\w+)"[^>]*aria-invalid="true"', answer.text)) == fields
    for name, value in asked.items():
        assert re.search(rf'<input id="{name}"[^>]*value="{re.escape(value)}"', answer.text), name


def test_a_part_of_a_name_is_enough_where_only_one_has_it(agents: Agents, desk_app: Flask) -> None:
    assert agents.rina.post("/agency/rates/", "/agency/rates/", **{**ASKED, "product": "cooking"}).status_code == 303
    with desk_app.app_context():
        assert [rate.product_id for rate in agency_rates.list_rates(agents.agency_id)] == ["PK01"]


def test_a_part_of_several_names_is_asked_about(agents: Agents) -> None:
    answer = agents.rina.post("/agency/rates/", "/agency/rates/", **{**ASKED, "product": "Labuan Bajo"})
    assert answer.status_code == 422 and "More than one has this in its name." in answer.text


def test_sellers_and_readers_look_at_rates_and_ask_for_none(desk_app: Flask, agents: Agents) -> None:
    agents.rina.post("/agency/rates/", "/agency/rates/", **ASKED)
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
    for work in ("seller", "reader"):
        with desk_app.app_context():
            run_agency.set_work(agents.agency_id, dewa, work, services(), RINA)
        page = agents.dewa.client.get("/agency/rates/").text
        assert TOUR in page and "withdraw" not in page and "<datalist" not in page
        assert agents.dewa.post("/agency/rates/", "/account/home", **ASKED).status_code == 403


def test_another_agency_s_rates_are_not_there(agents: Agents) -> None:
    agents.rina.post("/agency/rates/", "/agency/rates/", **ASKED)
    assert "Agreement 12/2027" not in agents.made.client.get("/agency/rates/").text


@pytest.fixture
def with_rate(seller: Visitor, trip_link: str, site: Flask) -> Iterator[tuple[str, int]]:
    """Give the name of a house of the trip that has a rate, half the public price, and the rate's id."""
    with site.app_context():
        member = agencies.find_member(get_account(RINA).id)
        assert member is not None
        trip = trips.get_trip_by_secret(trip_link.rpartition("/")[2], may_edit=True)
        items = trips.get_version(trip.id, trip.at).itinerary["items"]
        house = next(item for item in items if item["kind"] == "stay")
        wanted = Wanted(house["product_id"], None, 5_000, "Half", FIRST.replace(year=2026), UNTIL.replace(year=2029))
        rate = keep_rates.ask_rate(member.agency_id, wanted, services(), RINA)
        rate_id = rate.id
    yield house["title"], rate_id


def test_prices_are_made_from_approved_rates_with_the_public_price_beside_them(
    with_rate: tuple[str, int], seller: Visitor, trip_link: str, site: Flask
) -> None:
    def row() -> str:
        page = seller.client.get("/agency/price", query_string={"trip": trip_link, "sizes": "2"}).text
        found = re.search(rf"<tr><th scope=\"row\">{re.escape(title)}.*?</tr>", page)
        assert found, page
        return found[0].replace("\xa0", " ")

    title, rate_id = with_rate
    public = row()
    assert "Public price" in public and "By contract" not in public, "a rate that waits makes no price"
    with site.app_context():
        keep_rates.approve_rate(rate_id, services(), people.STAFF)
    agreed = row()
    assert "By contract" in agreed
    (before,) = re.findall(r"public: IDR ([\d,]+)", agreed)
    cost, full = (int(re.findall(r'num">([\d,]+)', text)[0].replace(",", "")) for text in (agreed, public))
    assert full == int(before.replace(",", "")) and cost == -(-full // 2)
