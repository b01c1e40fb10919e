"""From the search to the price of a trip worked on by hand, with Tab and Enter alone; and nothing moves unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]
pytestmark = pytest.mark.browser

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-12&stop=gili-air&adults=2"
PATIENCE_MS = 120_000
MOST_STOPS = 250
STOP = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const around = [node, node.parentElement, node.closest("label, .stops, .tile, .rt")].filter(Boolean);
  const marked = node.closest("svg.chart") || around.some((one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = (node.closest("label") || node).getBoundingClientRect();
  const top = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, 40) / 2, 0), innerHeight - 1));
  const seen = box.bottom > 0 && box.top < innerHeight && top
    && around.some((one) => one.contains(top) || top.contains(one)) && !top.closest(".buybar:not(:focus-within)");
  const said = (node.getAttribute("aria-label") || node.textContent || node.id || "").trim().replace(/\\s+/g, " ");
  return { said, kind: node.localName, marked: !!marked, seen: !!seen };
}"""
MOVING = """() => {
  const seconds = (time) => parseFloat(time) * (time.trim().endsWith("ms") ? 0.001 : 1);
  const long = (times) => times.split(",").some((one) => seconds(one) > 0.01);
  const out = document.getAnimations().filter((one) => one.effect.getComputedTiming().activeDuration > 10)
    .map((one) => `runs: ${one.animationName || one.transitionProperty}`);
  for (const node of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(node, part);
      const name = `${node.localName}.${node.getAttribute("class") || ""}${part || ""}`;
      if (style.animationName !== "none" && long(style.animationDuration)) out.push(`animation: ${name}`);
      if (style.transitionProperty !== "none" && long(style.transitionDuration)) out.push(`transition: ${name}`);
    }
    if (getComputedStyle(node).scrollBehavior !== "auto") out.push(`scrolls smoothly: ${node.localName}`);
  }
  return [...new Set(out)];
}"""


class Fingers:
    """Somebody who has Tab and Enter, and notes each stop that is not marked or not seen."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.lost: list[str] = []

    def tab_to(self, says: str, kind: str = "") -> None:
        """Press Tab until what has the focus says something."""
        passed = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(STOP)
            if stop is None:
                continue
            passed.append(stop["said"][:40])
            if not (stop["marked"] and stop["seen"]):
                why = "not marked" if not stop["marked"] else "not seen"
                self.lost.append(f"{why}: {stop['kind']} {stop['said'][:40]}")
            if says in stop["said"] and kind in ("", stop["kind"]):
                return
        raise AssertionError(f"Tab never comes to {says!r}, only to {passed}")

    def enter(self, then: str) -> None:
        """Press Enter and wait for what comes of it."""
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(then)


@pytest.fixture
def fingers(browser: Any, request: pytest.FixtureRequest) -> Iterator[Fingers]:
    size = {"width": getattr(request, "param", 1280), "height": 900}
    context = browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield Fingers(page)
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("fingers", [1280, 390], indirect=True)
def test_tab_and_enter_lead_from_the_search_to_the_price_of_a_changed_trip(
    site: Flask, serve: Callable[[Flask], str], fingers: Fingers
) -> None:
    page, moving = fingers.page, {}
    page.goto(f"{serve(site)}/?{SEARCH}")
    fingers.tab_to("Skip to content")
    fingers.tab_to("Find routes", "button")
    fingers.enter("li.trip")
    moving["results"] = page.evaluate(MOVING)
    fingers.tab_to("See the days", "a")
    fingers.enter("ol.tl")
    moving["trip"] = page.evaluate(MOVING)
    fingers.tab_to("Make it yours", "button")
    fingers.enter("ol.cols")
    moving["builder"] = page.evaluate(MOVING)
    fingers.tab_to("Change:", "summary")
    fingers.enter(".menu-b[open]")
    fingers.tab_to("I arrange this myself", "a")
    fingers.enter("text=What the change does")
    fingers.tab_to("Take the change", "button")
    fingers.enter("ol.cols")
    fingers.tab_to("Check and book this trip", "a")
    fingers.enter("h1:text('Check the trip')")
    moving["quote"] = page.evaluate(MOVING)
    fingers.tab_to("Hold it", "button")
    assert not fingers.lost, "\n".join(["Stops that one cannot see:", *dict.fromkeys(fingers.lost)])
    assert {name: found for name, found in moving.items() if found} == {}


def test_who_wants_less_motion_gets_none_on_public_pages(pages_site: str, fingers: Fingers) -> None:
    page, moving = fingers.page, {}
    for address in (
        "/",
        "/routes/long-thread",
        "/places/moni",
        "/packages/PK47",
        "/events",
        "/offline",
        "/account/log-in",
    ):
        page.goto(pages_site + address)
        page.evaluate("() => document.body.append(document.getElementById('waiting')?.content || '')")
        moving[address] = page.evaluate(MOVING)
    assert {address: found for address, found in moving.items() if found} == {}
    page.emulate_media(reduced_motion="no-preference")
    page.goto(pages_site + "/")
    assert {found.partition(":")[0] for found in page.evaluate(MOVING)} >= {"transition", "scrolls smoothly"}


@pytest.mark.parametrize("shop_app", ["sqlite"], indirect=True)
def test_a_booking_is_still_while_it_waits(
    shop: Shop, shop_app: Flask, serve: Callable[[Flask], str], fingers: Fingers
) -> None:
    order_id = goods.paid(shop.world, (walk(way="requested"),))
    goods.run(shop.world, order_id, stop_at="wait")
    fingers.page.goto(serve(shop_app) + shop.address(order_id))
    fingers.page.wait_for_selector("progress")
    assert fingers.page.evaluate(MOVING) == []


def test_a_stop_without_a_mark_is_noted(pages_site: str, fingers: Fingers) -> None:
    page = fingers.page
    page.goto(pages_site + "/about")
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(".bar a:focus-visible { outline: none !important }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    fingers.tab_to("Routes", "a")
    assert any(lost.startswith("not marked: a") for lost in fingers.lost)
    with pytest.raises(AssertionError, match="Tab never comes"):
        fingers.tab_to("Nothing says this")
