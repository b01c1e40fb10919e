"""A trip and a booking on paper: all that is read is there, dark on white; nothing is cut, no control is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.booking.making import fee, package, ride, stay
from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]
pytestmark = pytest.mark.browser

TRIP = "/trips/it-best?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
BETWEEN_MARGINS_PX = 688
"""A sheet of A4 without the margins that the style sheet asks for, at 96 pixels an inch."""
CONTROLS = "button, input:not([type=hidden]), select, textarea, nav, header, footer, .btn, .take, [data-forget]"
FAULTS = """([controls, width]) => {
  const shown = (node) => node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
  const out = [];
  const name = (node) => `${node.localName}.${node.className} ${node.textContent.trim().slice(0, 40)}`;
  const tell = (fault, node) => out.push(`${fault}: ${name(node)}`);
  for (const node of document.querySelectorAll(controls)) if (shown(node)) tell("control", node);
  for (const node of document.querySelectorAll("main *")) {
    if (!shown(node) || node.closest("svg") || node.closest(".vh")) continue;
    const box = node.getBoundingClientRect(), style = getComputedStyle(node);
    if (box.width && (box.right > width + 1 || box.left < -1)) tell("off the sheet", node);
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    const lacks = node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1;
    if (clips && lacks) tell("cut", node);
    if (node.matches(".card") && !node.innerText.trim()) tell("empty", node);
    if (node.matches("td.num, .amt > .num") && /\\d/.test(node.firstChild?.data || "")) {
      const words = document.createRange();
      words.selectNodeContents(node.firstChild);
      const places = [...words.getClientRects()];
      if (places.length > 1 || places.some((one) => one.right > box.right + 1)) tell("broken figure", node);
    }
  }
  for (const one of document.querySelectorAll("main details.fold"))
    if (!one.closest(".no-print") && ![...one.children].every(shown)) tell("folded", one);
  return out;
}"""
PALE = """() => [...document.querySelectorAll("main :is(h1, h2, h3, p, td, th, li, span, b)")].filter((node) => {
  const says = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  if (!says || !node.checkVisibility()) return false;
  const [r, g, b] = getComputedStyle(node).color.match(/[\\d.]+/g).map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 140;
}).map((node) => node.textContent.trim().slice(0, 40))"""


@pytest.fixture
def sheet(browser: Any) -> Iterator[Any]:
    """Give a page of somebody whose screen is dark, as wide as a sheet between its margins."""
    context = browser.new_context(
        viewport={"width": BETWEEN_MARGINS_PX, "height": 900}, locale="en-GB", color_scheme="dark"
    )
    yield context.new_page()
    context.close()


def faults(sheet: Any) -> list[str]:
    """What is cut, off the sheet, empty, folded away or a control."""
    return list(dict.fromkeys(sheet.evaluate(FAULTS, [CONTROLS, BETWEEN_MARGINS_PX])))


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("id", "system")])
def test_a_trip_on_paper_is_whole(pages_site: str, sheet: Any, language: str, theme: str) -> None:
    sheet.context.add_cookies([{"name": name, "value": value, "url": pages_site} for name, value in
                               (("theme", theme), ("currency", "EUR"))])  # fmt: skip
    sheet.goto(f"{pages_site}/{language}{TRIP}")
    assert any(fault.startswith("control:") for fault in faults(sheet)), "on a screen there are controls"
    days, lines = sheet.locator("li.day").count(), sheet.locator("#lines tbody tr").count()
    sheet.emulate_media(media="print")
    assert faults(sheet) == []
    assert sheet.evaluate(PALE) == []
    assert sheet.locator("li.day h3:visible").count() == days > 5
    assert sheet.locator("#lines tbody tr:visible").count() == lines > 5
    assert sheet.locator(".trip-map .one svg:visible").count() == 1
    assert sheet.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 8


@pytest.mark.parametrize("shop_app", ["sqlite"], indirect=True)
def test_a_booking_on_paper_is_whole(shop: Shop, shop_app: Flask, serve: Callable[[Flask], str], sheet: Any) -> None:
    parts = (
        walk(),
        stay(2, "ST-LBJ-1", 400_000),
        ride(3, 300_000),
        fee(4, 150_000),
        package(5, "PK47", 600_000, "self"),
    )
    order_id = goods.paid(shop.world, parts)
    goods.run(shop.world, order_id)
    sheet.goto(serve(shop_app) + shop.address(order_id))
    sheet.wait_for_selector(".pass .code")
    sheet.emulate_media(media="print")
    assert faults(sheet) == []
    assert sheet.evaluate(PALE) == []
    assert sheet.locator(".qr svg:visible").count() == 1
    assert sheet.locator("li.sup:visible").count() == len(parts)
    assert sheet.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 2


def test_what_paper_would_lose_is_found(pages_site: str, sheet: Any) -> None:
    sheet.goto(pages_site + TRIP)
    sheet.emulate_media(media="print")
    sheet.evaluate(
        """() => {
          document.querySelector("li.day h3").insertAdjacentHTML("beforeend", "<button>Press</button>");
          document.querySelector("#lines table").classList.remove("lines");
          document.querySelector("#lines td").textContent = "M".repeat(400);
          document.querySelector(".amt > .num").firstChild.data = "12,34 5,678".repeat(9);
          document.querySelector("main").insertAdjacentHTML("beforeend", "<div class='card'></div>");
        }"""
    )
    assert {fault.partition(":")[0] for fault in faults(sheet)} == {
        "control",
        "off the sheet",
        "empty",
        "broken figure",
    }
