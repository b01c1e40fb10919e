"""From a client's wish to a paid trip: an agent and a client, each with a browser of their own, on the whole site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from planner.store import agencies, ledger, orders, proposals
from planner.store.db import db
from tests.agents.conftest import RINA, found_agency
from tests.agents.test_proposals import newest, secrets_of, text_of, told
from tests.browser.test_purchase_story import (
    GOOD,
    PATIENCE_MS,
    books_are_right,
    code_of,
    eventually,
    everybody_says_yes,
    name_who_travels,
    type_card,
)
from tests.desk import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KOMODO = "/trips?in=DPS&in_on=2027-06-14&out=LBJ&out_on=2027-06-18&adults=2&package=PK44"


@pytest.fixture
def agent(browser: Any, live_server: str, site: Flask) -> Iterator[Any]:
    """Give the browser of Rina, who owns an agency."""
    with site.app_context():
        people.forget_everybody()
        found_agency(RINA)
    cookie = people.staff(site, RINA, "agent").client.get_cookie("session")
    assert cookie is not None
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()
    with site.app_context():
        people.forget_everybody()


@pytest.fixture
def client(browser: Any) -> Iterator[Any]:
    """Give the browser of Maren on a telephone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def test_a_wish_becomes_a_signed_and_paid_trip(
    live_server: str, loaded_instance: Path, site: Flask, agent: Any, client: Any
) -> None:
    agent.goto(live_server + KOMODO, wait_until="domcontentloaded")
    agent.locator("li.trip h2 a").first.click()
    agent.get_by_role("button", name="Make it yours").first.click()
    agent.wait_for_url("**/plans/*")
    trip = agent.url

    agent.goto(live_server + "/agency/enquiries/new")
    agent.fill("[name=title]", "Komodo in June")
    agent.fill("[name=name]", "Maren Oduya")
    agent.fill("[name=email]", "maren@example.org")
    agent.locator("main form button[type=submit]").last.click()
    agent.wait_for_url(re.compile(r"/agency/enquiries/\d+$"))
    enquiry = agent.url
    agent.fill("[name=trip]", trip)
    agent.get_by_role("button", name="Take this trip").click()
    agent.get_by_role("button", name="Make a proposal").click()
    agent.wait_for_url("**/agency/proposals/*")
    agent.fill("#markup", "18")
    agent.fill("#greeting", "Dear Maren, dragons and reefs.")
    agent.locator("#words button[type=submit]").click()
    agent.get_by_text("What the agency adds itself").click()
    agent.fill("[name=own_name_1]", "Private driver")
    agent.fill("[name=own_net_1]", "600000")
    agent.fill("[name=own_days_1]", "7")
    agent.get_by_role("button", name="Save and price again").click()
    agent.get_by_text("Private driver").first.wait_for()
    agent.get_by_role("button", name="Freeze and send").click()
    link = agent.locator("#link").input_value()

    client.goto(link)
    seen = [client.content()]
    assert client.locator("h1").inner_text() == "Komodo in June"
    client.fill("#who", "Maren")
    client.fill("#comment", "Is there a room with a view?")
    client.get_by_role("button", name="Send it").click()
    client.get_by_text("Is there a room with a view?").wait_for()
    seen.append(client.content())
    agent.reload()
    assert "Is there a room with a view?" in agent.inner_text("#talk")
    assert "1 time" in agent.inner_text("#sent") or "times" in agent.inner_text("#sent")
    client.fill("#name", "Maren Oduya")
    client.locator("[name=agrees]").check()
    client.get_by_role("button", name="Accept").click()
    seen.append(client.content())
    client.get_by_role("button", name="Name who travels and pay").click()
    client.wait_for_selector("#f-email")
    seen.append(client.content())
    name_who_travels(client)
    seen.append(client.content())
    type_card(client, GOOD)
    client.wait_for_url("**/bookings/**")
    seen.append(client.content())
    booking, code = client.url, code_of(client)
    everybody_says_yes(agent, live_server, loaded_instance, site, code)
    client.goto(booking)
    client.wait_for_selector(".pass .code")
    seen.append(client.content())
    for path in ("/cancel", "/calendar.ics", "/vouchers.pdf"):
        seen.append(words_of(client.request.get(booking + path).body()))
    seen.append(words_of(client.request.get(link + "/proposal.pdf").body()))
    assert "write to your agency" in client.inner_text("main")

    state, charged, shares = books_are_right(site, code)
    with site.app_context():
        order, version = orders.get_order_by_code(code), newest(site)
        frozen = version.private["options"]["a"]
        agency = f"agent:{order.agency_id}"
        assert (state, charged) == ("confirmed", version.public["options"][0]["due"])
        earned = version.public["options"][0]["due"] - frozen["net"] + frozen["own"][0]["net"]
        assert -shares[agency] >= earned, "its mark-up, its own item, and a commission"
        assert ledger.list_unbalanced() == []
        secrets = secrets_of(version)
        assert agencies.get_agency(str(order.agency_id)).name and proposals.find_of_order(order.id)
        db.session.rollback()

    def is_booked() -> bool:
        agent.goto(enquiry)
        return "Booked" in agent.inner_text("main .tag-gold")

    eventually(is_booked, agent)
    assert len(seen) == 11
    assert [told(secrets, text) for text in seen] == [[]] * len(seen)


def words_of(answer: bytes) -> str:
    """Read a page, a calendar or a PDF."""
    return text_of(answer) if answer.startswith(b"%PDF") else answer.decode()
