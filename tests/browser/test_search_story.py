"""From the search to a day of an itinerary, by clicking and by keyboard, with a script and without."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from planner.travellers import planning

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_a_traveller_goes_from_the_search_to_a_day(
    pages_site: str, open_page: Callable[..., Any], asked_of_the_planner: list[Mapping[str, Any]], script: bool
) -> None:
    page = open_page(script=script)
    page.goto(pages_site + "/")
    page.select_option("#f-out", "LBJ")
    page.fill("#f-stop", "gili air, labuan bayo")
    page.locator("label.chip", has_text="Diving").first.click()
    expect(page.get_by_label("Diving").first).to_be_checked()
    page.get_by_role("button", name="Find routes").click()
    page.wait_for_selector("li.trip")
    assert asked_of_the_planner[-1]["exit"]["hub"] == "LBJ"
    assert asked_of_the_planner[-1]["must"] == ["gili-air", "labuan-bajo"]
    assert asked_of_the_planner[-1]["interests"] == {"dive": 2}
    page.get_by_role("link", name="Cheapest").click()
    page.wait_for_selector("li.trip")
    page.get_by_role("link", name="See the days").nth(2).click()
    page.wait_for_selector("ol.tl")
    page.locator(".trip-map .one a[href='#day-3'] .pinl").click()
    page.wait_for_url("**#day-3")
    assert page.locator("#day-3").is_visible()
    page.go_back()
    page.go_back()
    page.wait_for_selector("li.trip")
    assert page.locator("li.trip").first.is_visible()


def test_a_refusal_is_mended_with_one_click(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page(script=False)
    page.goto(pages_site + "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&stop=moni&stop=labuan-bajo")
    page.get_by_role("link", name="Without Moni it fits").click()
    page.wait_for_selector("li.trip")
    assert "moni" not in page.url


def test_chips_are_made_with_the_keyboard_alone(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(pages_site + "/")
    page.focus("#f-stop")
    page.keyboard.type("sembalum")
    page.wait_for_selector("#f-stop-list li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=hidden][name=stop]")).to_have_value("sembalun")
    page.keyboard.press("Backspace")
    expect(page.locator("input[type=hidden][name=stop]")).to_have_count(0)


def test_the_address_holds_no_empty_fields(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(pages_site + "/")
    page.get_by_role("button", name="Find routes").click()
    page.wait_for_selector("li.trip")
    assert "=&" not in page.url and not page.url.endswith("=")


@pytest.mark.parametrize("first", ["", "/en"])
def test_language_currency_and_theme_keep_the_page_and_the_search(
    pages_site: str, open_page: Callable[..., Any], first: str
) -> None:
    page = open_page(script=False)
    search = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=3"
    page.goto(pages_site + first + search)
    page.locator("header .util button[value=id]").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    assert page.url == f"{pages_site}/id{search}"
    page.locator("footer button[value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("footer button[value=EUR]").click()
    expect(page.locator("main")).to_contain_text("€")  # the page is written while the routes are sought
    assert page.url == f"{pages_site}/id{search}"
    assert page.get_attribute("link[rel=canonical]", "href").startswith(f"{pages_site}/id/trips?in=DPS")
    page.locator("footer button[value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url == f"{pages_site}/en{search}"
    page.goto(pages_site + "/about")
    assert page.get_attribute("html", "lang") == "en"


def test_a_skeleton_shows_while_routes_are_sought(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(pages_site + "/")
    page.evaluate(
        """() => {
            const form = document.querySelector("form.search");
            form.addEventListener("submit", (event) => event.preventDefault());
            form.requestSubmit();
        }"""
    )
    assert page.locator("main.is-waiting .waiting .skel").first.is_visible()
    assert page.get_attribute("main", "aria-busy") == "true"


def test_a_day_and_its_pin_light_each_other(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto(pages_site + "/trips/it-best?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16#day-3")

    def fill(day: int) -> str:
        pin = page.locator(f".trip-map .one a.p{day} .pinl").first
        return str(pin.evaluate("(node) => getComputedStyle(node).fill"))

    assert fill(3) != fill(1)
    page.locator("#day-1 h3").hover()
    assert fill(1) == fill(3)


@pytest.mark.parametrize("script", [True, False])
def test_who_waits_for_a_plan_sees_that_it_is_looked_for(
    pages_site: str, open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    may_go_on, answer = threading.Event(), planning.plan

    def slow_plan(brief: Mapping[str, Any]) -> dict[str, Any]:
        assert may_go_on.wait(60)
        return answer(brief)

    monkeypatch.setattr(planning, "plan", slow_plan)
    page = open_page(script=script)
    page.goto(pages_site + "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16", wait_until="commit")
    page.wait_for_selector("text=Trying the orders of places")
    assert page.locator("li.trip").count() == 0
    may_go_on.set()
    page.wait_for_selector("li.trip")
    assert not page.locator("text=Trying the orders of places").is_visible()
