"""At sea: what was opened once is read without a connection, forms lose nothing, and a device can forget."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from planner.store import claims, orders
from planner.travellers import planning
from tests.booking.making import package
from tests.browser.test_accessible_pages import axe_violations
from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.complains(r"responded with a status of 50[234]", r"net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION)"),
]

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
TRIP = f"/trips/it-best?{SEARCH}"
READ = """async (address) => {
  const answer = await fetch(address);
  return [answer.status, new TextDecoder('latin1').decode((await answer.arrayBuffer()).slice(0, 5))];
}"""


class Ship:
    """A site that can be sunk and raised at the same address; a sunk one takes a call and hangs up."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.is_afloat = True
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, self.answer, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def answer(self, environ: Any, start: Any) -> Any:
        """Answer as it is now, also on a connection that the browser has from before."""
        if not self.is_afloat:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("sunk")
        return self.app(environ, start)

    def rise(self) -> None:
        self.is_afloat = True

    def sink(self) -> None:
        self.is_afloat = False

    def scrap(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def ship(
    make_app: Callable[..., Flask], asked_of_the_planner: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ship]:
    monkeypatch.setattr(claims, "find_claim", lambda supplier_id: None)
    afloat = Ship(make_app())
    yield afloat
    afloat.scrap()


@pytest.fixture
def shop_ship(shop: Shop, shop_app: Flask) -> Iterator[Ship]:
    afloat = Ship(shop_app)
    yield afloat
    afloat.scrap()


@pytest.fixture
def sailor(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def visit(page: Any, address: str) -> None:
    """Open a page once, until it is kept."""
    page.goto(address)
    page.wait_for_function("() => document.querySelector('[data-kept-state]')?.textContent.includes('Kept on this')")


def kept_addresses(page: Any) -> list[str]:
    found: list[str] = page.evaluate(
        "async () => (await (await caches.open('lintas-kept')).keys()).map((one) => new URL(one.url).pathname)"
    )
    return sorted(found)


def test_a_trip_its_map_and_its_pdf_are_read_offline_after_one_visit(ship: Ship, sailor: Any) -> None:
    visit(sailor, ship.address + TRIP)
    paper = sailor.locator("#take a").first.get_attribute("href")
    sailor.context.set_offline(True)
    sailor.goto(ship.address + TRIP)
    assert "You are offline." in sailor.inner_text(".as-of") and "WITA" in sailor.inner_text(".as-of")
    assert "Ubud" in sailor.inner_text("h1") and sailor.locator("li.day").count() == 12
    assert sailor.evaluate(READ, paper) == [200, "%PDF-"]
    for coast in sailor.locator(".trip-map .two image").all():
        assert sailor.evaluate(READ, coast.get_attribute("href")) == [200, "<svg "]
    assert sailor.evaluate("() => document.fonts.ready.then(() => document.fonts.check('16px Piazzolla'))")
    assert sailor.evaluate("() => getComputedStyle(document.querySelector('.bar')).backgroundColor") == "rgb(6, 36, 43)"


def test_online_again_the_page_is_fresh_and_says_nothing_of_being_old(
    ship: Ship, sailor: Any, asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    visit(sailor, ship.address + TRIP)
    sailor.context.set_offline(True)
    sailor.goto(ship.address + TRIP)
    sailor.context.set_offline(False)
    before = len(asked_of_the_planner)
    sailor.goto(ship.address + TRIP)
    assert sailor.locator(".as-of").count() == 0
    assert len(asked_of_the_planner) > before


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_where_only_a_proxy_answers_the_kept_page_is_shown_with_its_time(ship: Ship, sailor: Any, status: str) -> None:
    def proxy(environ: Any, start: Any) -> list[bytes]:
        start(status, [("Content-Type", "text/html")])
        return [b"<h1>nobody behind me</h1>"]

    visit(sailor, ship.address + TRIP)
    ship.sink()
    ship.app = proxy
    ship.rise()
    sailor.goto(ship.address + TRIP)
    assert "The site does not answer." in sailor.inner_text(".as-of") and "Ubud" in sailor.inner_text("h1")
    sailor.goto(ship.address + "/places/moni")
    assert sailor.inner_text("h1") == "nobody behind me"


def test_a_trip_that_is_gone_is_no_longer_kept(ship: Ship, sailor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visit(sailor, ship.address + TRIP)
    nothing = {"front": {}, "itineraries": [], "refusal": None}
    monkeypatch.setattr(planning, "plan", lambda brief: nothing)
    sailor.goto(ship.address + TRIP)
    sailor.wait_for_function(
        "async () => (await (await caches.open('lintas-kept')).keys()).every((one) => one.url.endsWith('index.json'))"
    )


def test_a_page_that_was_never_opened_leads_to_what_is_kept(ship: Ship, sailor: Any) -> None:
    visit(sailor, ship.address + TRIP)
    sailor.context.set_offline(True)
    sailor.goto(ship.address + "/places/moni")
    assert sailor.inner_text("h1") == "Kept on this device"
    link = sailor.locator(".kept-list a").first
    assert "Ubud" in link.inner_text()
    link.click()
    sailor.wait_for_selector(".as-of")


def test_the_page_without_a_connection_speaks_the_language_last_read(ship: Ship, sailor: Any) -> None:
    visit(sailor, ship.address + TRIP)
    sailor.context.add_cookies([{"name": "lang", "value": "id", "url": ship.address}])
    sailor.goto(ship.address + TRIP)
    sailor.wait_for_function("() => document.querySelector('[data-kept-state]')?.textContent.includes('Tersimpan')")
    sailor.wait_for_function(
        """async () => { for (const name of await caches.keys()) {
          const held = await (await caches.open(name)).match('/offline');
          if (held && held.headers.get('content-language') === 'id') return true; } return false; }"""
    )
    sailor.context.set_offline(True)
    sailor.goto(ship.address + TRIP)
    assert "Anda sedang luring." in sailor.inner_text(".as-of")
    sailor.goto(ship.address + "/places/moni")
    assert sailor.inner_text("h1") == "Tersimpan di perangkat ini"


@pytest.mark.parametrize(
    ("first", "other", "here", "there"),
    [
        ("/id", "/en", "Tersimpan di perangkat ini", "Kept on this device"),
        ("/en", "/id", "Kept on this device", "Tersimpan di perangkat ini"),
    ],
)
def test_below_a_language_what_is_kept_and_what_is_missing_speak_it(
    ship: Ship, sailor: Any, first: str, other: str, here: str, there: str
) -> None:
    sailor.goto(ship.address + first + TRIP)
    sailor.wait_for_selector("[data-forget]:visible")
    assert sailor.evaluate("async () => (await navigator.serviceWorker.getRegistration()).scope") == f"{ship.address}/"
    paper = sailor.locator("#take a").first.get_attribute("href")
    assert paper.startswith(f"{first}/trips/it-best/trip.pdf")
    sailor.context.set_offline(True)
    sailor.goto(ship.address + first + TRIP)
    assert "WITA" in sailor.inner_text(".as-of") and sailor.locator("li.day").count() == 12
    assert sailor.evaluate(READ, paper) == [200, "%PDF-"]
    sailor.goto(ship.address + first + "/places/moni")
    assert sailor.inner_text("h1") == here
    sailor.locator(".kept-list a").first.wait_for()
    sailor.goto(ship.address + other + TRIP)
    assert sailor.inner_text("h1") == there
    sailor.goto(ship.address + "/places/moni")
    assert sailor.inner_text("h1") == here


def test_a_booking_with_its_vouchers_is_read_offline_after_one_visit(shop: Shop, shop_ship: Ship, sailor: Any) -> None:
    order_id = goods.paid(shop.world, (walk(), package(2, "PK47", 600_000)))
    goods.run(shop.world, order_id)
    address = shop.address(order_id)
    visit(sailor, shop_ship.address + address)
    code = sailor.inner_text(".pass .code")
    sailor.context.set_offline(True)
    sailor.goto(shop_ship.address + address)
    assert sailor.inner_text(".pass .code") == code and "You are offline." in sailor.inner_text(".as-of")
    assert sailor.locator(".qr svg").count() == 1
    assert sailor.evaluate(READ, f"{address}/vouchers.pdf") == [200, "%PDF-"]
    assert sailor.evaluate(READ, f"{address}/parts/1.pdf") == [200, "%PDF-"]
    assert sailor.evaluate(READ, f"{address}/calendar.ics") == [200, "BEGIN"]


def test_a_booking_is_never_stale_while_the_site_answers(shop: Shop, shop_ship: Ship, sailor: Any) -> None:
    order_id = goods.paid(shop.world, (walk(), package(2, "PK47", 600_000, "requested")))
    goods.run(shop.world, order_id, stop_at="wait")
    address = shop_ship.address + shop.address(order_id)
    visit(sailor, address)
    assert "Asking everybody" in sailor.inner_text("h1")
    token = next(line.answer_token for line in orders.list_lines(order_id) if line.state == "requested")
    assert shop.post(f"/answer/{token}", answer="yes").status_code == 200
    goods.run(shop.world, order_id)
    sailor.goto(address)
    assert sailor.locator(".pass .code").count() == 1 and sailor.locator(".as-of").count() == 0
    sailor.wait_for_function(
        """async (page) => (await (await (await caches.open('lintas-kept')).match(page)).text()).includes('pass')""",
        arg=address,
    )
    shop_ship.sink()
    sailor.goto(address)
    assert sailor.locator(".pass .code").count() == 1 and sailor.locator(".as-of").count() == 1


def test_a_device_forgets_one_page_with_its_papers_or_all(ship: Ship, sailor: Any) -> None:
    visit(sailor, ship.address + TRIP)
    assert kept_addresses(sailor) == ["/offline/index.json", "/trips/it-best", "/trips/it-best/trip.pdf"]
    sailor.get_by_role("button", name="Forget on this device").click()
    sailor.wait_for_selector("text=Forgotten on this device")
    assert kept_addresses(sailor) == ["/offline/index.json"]
    visit(sailor, ship.address + TRIP)
    sailor.goto(ship.address + "/offline")
    sailor.get_by_role("button", name="Forget everything on this device").click()
    sailor.wait_for_selector("text=Forgotten on this device.")
    assert kept_addresses(sailor) == []
    sailor.context.set_offline(True)
    sailor.goto(ship.address + TRIP)
    assert sailor.inner_text("h1") == "Kept on this device"


def test_a_form_sent_offline_stays_as_it_is_and_says_so(ship: Ship, sailor: Any) -> None:
    visit(sailor, ship.address + TRIP)
    sailor.goto(ship.address + "/bookings")
    sailor.fill("[name=code]", "LTS-7K4Q")
    sailor.fill("[name=email]", "maren@example.org")
    sailor.context.set_offline(True)
    sailor.locator("main button[type=submit]").click()
    sailor.wait_for_selector("main [role=alert]")
    assert "Nothing was sent" in sailor.inner_text("main [role=alert]")
    assert sailor.input_value("[name=code]") == "LTS-7K4Q"
    sailor.context.set_offline(False)
    sailor.wait_for_selector("main [role=alert]", state="detached")


def test_a_form_whose_connection_broke_comes_back_and_can_be_sent_again(
    shop: Shop, shop_ship: Ship, sailor: Any
) -> None:
    order_id = goods.paid(shop.world, (walk(),))
    goods.run(shop.world, order_id)
    visit(sailor, shop_ship.address + shop.address(order_id))
    sailor.goto(shop_ship.address + "/bookings")
    sailor.fill("[name=code]", "LTS-7K4Q")
    sailor.fill("[name=email]", 'maren"<b>@example.org')
    sailor.evaluate("() => { document.querySelector('main form').noValidate = true; }")
    shop_ship.sink()
    sailor.locator("main button[type=submit]").click()
    sailor.wait_for_selector("#unsent")
    assert "Not sent" in sailor.inner_text("h1")
    assert sailor.input_value("#unsent [name=email]") == 'maren"<b>@example.org'
    shop_ship.rise()
    sailor.get_by_role("button", name="Send it again").click()
    sailor.wait_for_selector("text=If code and address belong together")


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "en", "dark"), (320, "id", "light")])
def test_axe_finds_nothing_offline(ship: Ship, sailor: Any, width: int, language: str, theme: str) -> None:
    sailor.set_viewport_size({"width": width, "height": 800})
    for name, value in (("lang", language), ("theme", theme)):
        sailor.context.add_cookies([{"name": name, "value": value, "url": ship.address}])
    sailor.goto(ship.address + TRIP)
    sailor.wait_for_selector("[data-forget]:visible")
    bad = {"online": axe_violations(sailor)}
    sailor.context.set_offline(True)
    for address in (TRIP, "/places/moni"):
        sailor.goto(ship.address + address)
        bad[address] = axe_violations(sailor)
        wide = sailor.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        bad[address] += [f"scrolls sideways by {wide} px"] if wide > 0 else []
    assert not any(bad.values()), bad
