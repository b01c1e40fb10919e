"""axe finds nothing on the pages of agencies, at a desk and on a telephone, and nothing scrolls sideways."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.agents import proposal_walk
from tests.agents.sold_order import sold_here
from tests.agents.test_clients import CARD, ONE
from tests.agents.test_pages import seller, trip_link
from tests.agents.test_rates import TOUR
from tests.browser.test_accessible_desk import look
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.test_dress_agency import picture

__all__ = ["seller", "trip_link"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def pages_site(site: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(site)


def enter(page: Any, base: str, who: Visitor) -> None:
    """Give a browser the session of somebody."""
    cookie = who.client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": base}])


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (320, "id", "dark")],
)
def test_axe_finds_nothing_on_any_page_of_an_agency(
    pages_site: str, seller: Visitor, trip_link: str, site: Flask, open_page: Callable[..., Any], width: int,
    language: str, theme: str,
) -> None:  # fmt: skip
    ani = people.traveller(site)
    asked = {"title": "Komodo in May", "name": "Maren", "email": "m@example.org", "language": "en", "currency": "EUR"}
    enquiry = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **asked).location
    seller.post(enquiry + "/trip", enquiry, trip=trip_link)
    client = re.search(r'href="(/agency/clients/\d+)"', seller.client.get(enquiry).text)
    assert client
    walk = proposal_walk.begin(seller, trip_link)
    walk.words(language=language)
    walk.act("/options/a/copy", name="By air")
    walk.act("/options/a", name="By boat", own_name_1="Driver", own_net_1="900000")
    maren = proposal_walk.Client(site, walk.send())
    found: dict[str, list[str]] = {}
    page = open_page(width, language, theme)
    for who, addresses in (
        (seller, ("/agency/", "/agency/price", f"/agency/price?trip={trip_link}&currency=EUR&sizes=2,4",
                  "/agency/price?trip=x&markup=y", "/agency/standing", "/account/home",
                  "/agency/enquiries/", "/agency/enquiries/?q=nothing", "/agency/enquiries/new", enquiry, client[1])),
        (seller, (walk.page, walk.page + "/preview", walk.page + "/versions/1")),
        (ani, (maren.address,)),
        (ani, ("/agency/apply", "/agency/standing")),
    ):  # fmt: skip
        enter(page, pages_site, who)
        for address in addresses:
            page.goto(pages_site + address)
            found[address] = look(page)
    assert {address: bad for address, bad in found.items() if bad} == {}


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "dark"), (320, "id", "light")],
)
def test_axe_finds_nothing_on_bookings_and_statements(
    pages_site: str, seller: Visitor, site: Flask, open_page: Callable[..., Any], width: int, language: str, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    page = open_page(width, language, theme)
    enter(page, pages_site, seller)
    with sold_here(site) as code:
        whole, turned = "from=2026-01-01&until=2099-12-31", "from=2027-01-01&until=2026-01-01"
        rooms = ("bookings", "bookings?q=nothing", f"bookings/{code}")
        for address in (*rooms, f"statement?{whole}", f"statement?{turned}"):
            page.goto(f"{pages_site}/agency/{address}")
            found[address] = look(page)
    assert {address: bad for address, bad in found.items() if bad} == {}


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (320, "id", "dark")],
)
def test_axe_finds_nothing_on_logos_cards_and_contract_rates(
    pages_site: str, seller: Visitor, site: Flask, open_page: Callable[..., Any], width: int, language: str, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    page = open_page(width, language, theme)
    enter(page, pages_site, seller)
    page.goto(pages_site + "/agency/rates/")
    found["no rates"] = look(page)
    page.fill("#product", TOUR)
    page.fill("#amount", "100.000")
    page.fill("#contract", "Agreement 12/2027")
    page.fill("#from", "2027-01-01")
    page.fill("#until", "2026-12-31")
    page.locator("form:has(#product) button[type=submit]").click()
    page.wait_for_selector("#until[aria-invalid=true]")
    found["rate refused"] = look(page)
    page.fill("#until", "2027-12-31")
    page.locator("form:has(#product) button[type=submit]").click()
    page.wait_for_selector("main table .tag-warn")
    found["rates"] = look(page)
    page.goto(pages_site + "/agency/")
    page.set_input_files("#logo", {"name": "l.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    page.locator("form:has(#logo) button[type=submit]").click()
    page.wait_for_selector("#logo[aria-invalid=true]")
    found["logo refused"] = look(page)
    page.set_input_files("#logo", {"name": "l.png", "mimeType": "image/png", "buffer": picture()})
    page.locator("form:has(#logo) button[type=submit]").click()
    page.wait_for_selector("img.logo-a")
    assert page.evaluate("() => [...document.querySelectorAll('img.logo-a')].every(one => one.naturalWidth === 600)")
    found["logo"] = look(page)
    assert {name: bad for name, bad in found.items() if bad} == {}


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (320, "id", "dark")],
)
def test_axe_finds_nothing_on_clients(
    pages_site: str, seller: Visitor, open_page: Callable[..., Any], tmp_path: Path, width: int, language: str,
    theme: str,
) -> None:  # fmt: skip
    client = seller.post("/agency/clients/new", "/agency/clients/new", **CARD).location
    seller.post(client + "/travellers/new", client, **{**ONE, "document_until": "2020-01-01"})
    seller.post(client + "/travellers/new", client, given="Ani", family="Bee")
    one = re.search(r'href="(/agency/clients/\d+/travellers/\d+)"', seller.client.get(client).text)
    assert one
    found: dict[str, list[str]] = {}
    page = open_page(width, language, theme)
    enter(page, pages_site, seller)
    for address in ("/agency/clients/", "/agency/clients/?q=nobody", "/agency/clients/new", client, client + "/card",
                    client + "/travellers/new", one[1], "/agency/clients/import"):  # fmt: skip
        page.goto(pages_site + address)
        found[address] = look(page)
        shoot(page, f"clients-{width}-{language}-{len(found)}")
    page.goto(pages_site + client + "/travellers/new")
    page.fill("#given", "007")
    page.fill("#family", "B")
    page.click("main button[type=submit]")
    found["a traveller refused"] = look(page)
    shoot(page, f"clients-{width}-{language}-refused")
    table = tmp_path / "clients.csv"
    table.write_text("name,email,shoe\nAni Wulandari,ani@example.org,4\nBudi,budi,5\nM,maren@example.org,6\n")
    page.goto(pages_site + "/agency/clients/import")
    page.set_input_files("#table", str(table))
    page.click("main button[type=submit]")
    found["a table"] = look(page)
    page.click("main button[type=submit]")
    found["a table with a wrong row"] = look(page)
    shoot(page, f"clients-{width}-{language}-table")
    page.check("main input[type=checkbox]")
    page.click("main button[type=submit]")
    found["after the table"] = look(page)
    shoot(page, f"clients-{width}-{language}-after")
    assert {address: bad for address, bad in found.items() if bad} == {}


def shoot(page: Any, name: str) -> None:
    """Keep a picture of the page where `SHOTS` names a folder for them."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
