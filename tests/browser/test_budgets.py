"""What pages weigh when they are sent, and how far they jump while they load, on a telephone and at a desk."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1280)
KB = 1000
MOST = {"html": 30 * KB, "css": 20 * KB, "js": 100 * KB, "first view": 300 * KB}
MOST_SHIFT = 0.05
SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-12&stop=gili-air&adults=2"
PUBLIC = ("/", "/routes/long-thread", "/places/moni", "/packages/PK47", "/seasons")
PATIENCE_MS = 120_000
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput)))
  .observe({ type: "layout-shift", buffered: true });
"""
SENT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((one) => [one.name, one.encodedBodySize])"""
SETTLE = """async () => {
  await document.fonts.ready;
  const settled = () => new Promise((done) => setTimeout(done, 60));
  await settled();
  for (let y = 0; y < document.body.scrollHeight; y += 2 * innerHeight) { scrollTo(0, y); await settled(); }
  await settled();
}"""


def kind_of(address: str, page: str) -> str:
    """Tell what was sent: the page itself, a style sheet, a script, a photo, or something else."""
    path = urlsplit(address).path
    if address == page:
        return "html"
    ending = path.rpartition(".")[2]
    return "photo" if ending in ("jpg", "jpeg", "webp", "avif") else ending


def weigh(page: Any) -> dict[str, int]:
    """Give the bytes of the first view by kind, as they were sent."""
    sent = page.evaluate(SENT)
    bytes_of = dict.fromkeys(MOST, 0)
    for address, size in sent:
        kind = kind_of(address, sent[0][0])
        if kind in bytes_of:
            bytes_of[kind] += size
        if kind != "photo":
            bytes_of["first view"] += size
    return bytes_of


def shift(page: Any) -> float:
    """Give how far the page jumped until all of it was seen."""
    page.evaluate(SETTLE)
    return float(page.evaluate("() => window.shifts.reduce((sum, one) => sum + one.value, 0)"))


def faults(page: Any) -> list[str]:
    """Name each budget that an open page breaks."""
    sent = weigh(page)
    assert sent["html"] and sent["css"], "nothing was measured"
    over = [f"{kind}: {size} of {MOST[kind]} bytes" for kind, size in sent.items() if size > MOST[kind]]
    jumped = shift(page)
    return over + ([f"shift: {jumped:.3f} of {MOST_SHIFT}"] if jumped > MOST_SHIFT else [])


@pytest.fixture(params=WIDTHS)
def visitor(request: pytest.FixtureRequest, browser: Any) -> Iterator[Callable[[], Any]]:
    """Give a maker of pages for somebody who was never here."""
    contexts = []

    def arrive() -> Any:
        size = {"width": request.param, "height": 900}
        context = browser.new_context(viewport=size, locale="en-GB")
        context.add_init_script(WATCH_SHIFTS)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    yield arrive
    for context in contexts:
        context.close()


def test_public_pages_keep_to_their_budgets(
    site: Flask, serve: Callable[[Flask], str], visitor: Callable[[], Any]
) -> None:
    base, bad = serve(site), {}
    for address in PUBLIC:
        page = visitor()
        page.goto(base + address)
        bad[address] = faults(page)
    assert {address: over for address, over in bad.items() if over} == {}


def test_a_trip_from_its_search_to_its_price_keeps_to_its_budgets(
    site: Flask, serve: Callable[[Flask], str], visitor: Callable[[], Any]
) -> None:
    base, bad = serve(site), {}
    results = visitor()
    results.goto(f"{base}/trips?{SEARCH}")
    bad["results"] = faults(results)
    trip = results.locator("li.trip h2 a").first.evaluate("link => link.href")
    page = visitor()
    page.goto(trip)
    bad["trip"] = faults(page)
    page.get_by_role("button", name="Make it yours").click()
    page.wait_for_selector("ol.cols")
    made = page.url
    for name, address in {"builder": made, "quote": trip.replace("/trips/", "/checkout/")}.items():
        page = visitor()
        page.goto(address)
        bad[name] = faults(page)
    assert {name: over for name, over in bad.items() if over} == {}


@pytest.mark.parametrize("shop_app", ["sqlite"], indirect=True)
def test_a_booking_keeps_to_its_budgets(
    shop: Shop, shop_app: Flask, serve: Callable[[Flask], str], visitor: Callable[[], Any]
) -> None:
    order_id = goods.paid(shop.world, (walk(),))
    goods.run(shop.world, order_id)
    page = visitor()
    page.goto(serve(shop_app) + shop.address(order_id))
    page.wait_for_selector(".pass .code")
    assert faults(page) == []


def test_a_page_that_weighs_too_much_or_jumps_is_found(
    app: Flask, serve: Callable[[Flask], str], visitor: Callable[[], Any]
) -> None:
    links = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/css/desk.css">'
    head = f"<!DOCTYPE html><title>t</title>{links}"
    app.add_url_rule("/heavy", "heavy", lambda: f"{head}<h1>{'late ' * 200}</h1><!-- {secrets.token_hex(40 * KB)} -->")
    page = visitor()
    page.goto(serve(app) + "/heavy")
    page.wait_for_timeout(300)
    page.evaluate("() => document.body.prepend('early '.repeat(400))")
    assert [fault.partition(":")[0] for fault in faults(page)] == ["html", "shift"]
