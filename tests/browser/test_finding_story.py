"""The strip of days fills itself, filters and comparisons work by keyboard, without a script and on a phone."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from planner.travellers import planning
from tests.browser.test_accessible_pages import axe_violations

pytestmark = pytest.mark.browser

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
SHIFTS = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) sum += shift.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 200);
})"""
ALL_KNOWN = "() => !document.querySelector('.fortnight [data-ask]')"


@pytest.fixture
def dearer_later(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let each day cost as much more as its number says, shut one out, and note the order in which days are planned."""
    answer, asked, busy = planning.plan, [], threading.Lock()

    def plan(brief: Mapping[str, Any]) -> dict[str, Any]:
        assert busy.acquire(timeout=0), "two days were planned at once"
        try:
            time.sleep(0.02)
            on = brief["entry"]["at"][:10]
            asked.append(on)
            found = answer({**brief, "must": ["moni"]} if on == "2027-04-09" else brief)
            for one in found["itineraries"]:
                one["totals"]["price_per_person"]["amount"] += 1_000_000 * abs(int(on[8:]) - 7)
            return found
        finally:
            busy.release()

    monkeypatch.setattr(planning, "plan", plan)
    return asked


def test_the_strip_fills_itself_from_the_middle_one_day_at_a_time(
    pages_site: str, open_page: Callable[..., Any], dearer_later: list[str]
) -> None:
    page = open_page(390)
    page.goto(pages_site + f"/trips?{SEARCH}")
    page.wait_for_function(ALL_KNOWN)
    filled = dearer_later[dearer_later.index("2027-04-05") :]
    order = list(dict.fromkeys(filled))
    assert order[:5] == ["2027-04-05", "2027-04-04", "2027-04-06", "2027-04-03", "2027-04-07"]
    assert len(order) == 14
    least = page.locator(".fortnight .dd-least")
    assert least.count() == 1 and "7 Apr" in least.inner_text() and "lowest" in least.inner_text()
    assert "No route" in page.locator(".fortnight .dd-none").inner_text()
    page.wait_for_function("() => document.querySelector('[data-found]').textContent.includes('7 April')")
    said = page.locator("[data-found]").inner_text()
    assert said == "Lowest a person: Wednesday 7 April, about IDR\u00a08.6\u00a0m."
    assert "14 of 14 days planned" in page.locator("[data-counted]").inner_text()
    wished = page.locator(".fortnight [aria-current=date]")
    assert "Your day" in wished.inner_text()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_filling_moves_nothing_and_the_wished_day_is_in_sight(
    pages_site: str, open_page: Callable[..., Any], dearer_later: list[str], width: int
) -> None:
    page = open_page(width)
    page.goto(pages_site + f"/trips?{SEARCH}")
    page.wait_for_selector(".fortnight")
    before = page.locator(".fortnight").bounding_box()
    page.wait_for_function(ALL_KNOWN)
    assert page.locator(".fortnight").bounding_box()["height"] == pytest.approx(before["height"], abs=24)
    assert page.evaluate(SHIFTS) <= 0.05
    box = page.locator(".fortnight .scroll").bounding_box()
    wished = page.locator(".fortnight [aria-current=date]").bounding_box()
    assert box["x"] <= wished["x"] and wished["x"] + wished["width"] <= box["x"] + box["width"] + 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_who_waits_on_a_day_keeps_the_keyboard_there(
    pages_site: str, open_page: Callable[..., Any], dearer_later: list[str]
) -> None:
    page = open_page()
    page.goto(pages_site + f"/trips?{SEARCH}")
    page.wait_for_selector(".fortnight")
    page.evaluate("() => document.querySelector('.fortnight li:last-child a').focus()")
    page.wait_for_function(ALL_KNOWN)
    assert page.evaluate("() => document.activeElement === document.querySelector('.fortnight li:last-child a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**in_on=2027-04-11**")
    page.wait_for_selector("li.trip")
    assert "11 Apr" in page.locator(".fortnight [aria-current=date]").inner_text()


def test_without_a_script_each_other_day_is_a_link_that_plans_it(
    pages_site: str, open_page: Callable[..., Any], dearer_later: list[str]
) -> None:
    page = open_page(script=False)
    page.goto(pages_site + f"/trips?{SEARCH}")
    assert page.locator(".fortnight .dd-unknown a").count() == 13
    assert set(dearer_later) == {"2027-04-05"}
    page.locator(".fortnight a", has_text="8 Apr").click()
    page.wait_for_selector("li.trip")
    assert dearer_later[-1] == "2027-04-08" and "out_on=2027-04-19" in page.url


@pytest.mark.complains("429")
def test_a_server_that_asks_to_be_left_alone_is_left_alone(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page()
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, body="")

    page.route("**/trips/day?*", refuse)
    page.goto(pages_site + f"/trips?{SEARCH}")
    page.wait_for_selector(".fortnight")
    page.wait_for_timeout(800)
    assert len(asked) == 1
    assert page.locator(".fortnight .dd-unknown a").count() == 13
    assert page.locator(".fortnight [aria-busy]").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_filters_hide_and_give_back_routes(pages_site: str, open_page: Callable[..., Any], script: bool) -> None:
    page = open_page(390, script=script)
    page.goto(pages_site + f"/trips?{SEARCH}")
    page.wait_for_selector("li.trip")
    page.locator(".nar details > summary").last.press("Enter")
    page.locator(".nar input[value=flight]").press("Space")
    page.get_by_role("button", name="Show what fits").press("Enter")
    page.wait_for_url("**less=flight**")
    page.wait_for_selector("li.trip")
    assert page.locator("li.trip").count() == 1
    assert "1 of 3 routes fits the filters" in page.locator(".nar").inner_text()
    page.get_by_text("The 2 hidden routes, and why").click()
    assert page.locator(".nar .shaped li").first.is_visible()
    page.get_by_role("link", name="Take this filter away").click()
    page.wait_for_selector("li.trip >> nth=2")
    assert "less=" not in page.url


def test_the_sea_opens_by_keyboard(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page(320, script=False)
    page.goto(pages_site + f"/trips?{SEARCH}")
    badge = page.locator("details.sea-d > summary").first
    assert not page.locator(".sea-y").first.is_visible()
    badge.press("Enter")
    assert page.locator(".sea-y").first.is_visible()


def test_side_by_side_keeps_its_row_heads_and_can_show_only_what_differs(
    pages_site: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(390, script=False)
    page.goto(pages_site + f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap&cmp=it-least")
    head = page.locator(".sbs tbody th[scope=row]").first
    before = head.bounding_box()
    page.locator("#compare .scroll").evaluate("(box) => { box.scrollLeft = 200; }")
    assert page.locator("#compare .scroll").evaluate("(box) => box.scrollLeft") > 50
    assert head.bounding_box()["x"] == pytest.approx(before["x"], abs=1)
    alike = page.locator(".sbs tr.same").first
    assert alike.is_visible()
    page.get_by_label("Only what differs").press("Space")
    assert not alike.is_visible() and page.locator(".sbs tr.df-r").first.is_visible()


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (320, "id", "dark")],
)
def test_axe_finds_nothing_in_what_is_filled_filtered_opened_and_compared(
    pages_site: str, open_page: Callable[..., Any], dearer_later: list[str], width: int, language: str, theme: str
) -> None:
    page = open_page(width, language, theme)
    bad: dict[str, list[str]] = {}
    for address in (
        f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap&cmp=it-least",
        f"/trips?{SEARCH}&less=flight",
        f"/trips?{SEARCH}&less=flight&hours=10",
        "/trips?in=DPS&in_on=2027-03-12&out=LBJ&out_on=2027-03-23&cmp=it-best",
        f"/trips/it-best?{SEARCH}",
    ):
        page.goto(pages_site + address)
        if not address.startswith("/trips/"):
            page.wait_for_function(ALL_KNOWN)
        page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        found = axe_violations(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"scrolls sideways by {wide} px")
        if found:
            bad[address] = found
    assert bad == {}
