"""A trip is worked on by hand in a browser: a tour left out, the price shown first, undone by a click; axe looks on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.test_accessible_pages import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEARCH = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-12&stop=gili-air&adults=2"
PATIENCE_MS = 60_000
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def made(page: Any, server: str) -> None:
    """Find a trip and begin to work on it."""
    page.goto(server + SEARCH, wait_until="domcontentloaded")
    page.locator("li.trip h2 a").first.click()
    page.get_by_role("button", name="Make it yours").click()
    page.wait_for_selector("ol.cols")


@pytest.fixture(params=[(1280, "light"), (320, "dark")], ids=["desk", "phone"])
def maker(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    width, theme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="en-GB", reduced_motion="reduce", color_scheme=theme
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def test_a_tour_is_left_out_and_comes_back(live_server: str, maker: Any) -> None:
    made(maker, live_server)
    tours = maker.locator("a[href*='do=drop_package']")
    count = tours.count()
    assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0)

    maker.goto(live_server + str(tours.first.get_attribute("href")))
    maker.wait_for_selector("text=What the change does")
    assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0)
    maker.get_by_role("button", name="Take the change").click()
    maker.wait_for_selector("ol.cols")
    assert tours.count() == count - 1
    maker.get_by_role("button", name="Undo").click()
    maker.wait_for_selector("ol.cols")
    assert tours.count() == count


def test_a_tour_is_dragged_to_another_day_and_shown_before_it_is_taken(live_server: str, maker: Any) -> None:
    if maker.viewport_size["width"] < 1000:
        pytest.skip("columns stand beside each other on a desk")
    made(maker, live_server)
    tour = maker.locator("li[data-drag*='move_package']").first
    number = str(tour.get_attribute("data-drag")).rpartition("n=")[2]
    was = int(str(tour.evaluate("(li) => li.closest('.col').id")).removeprefix("day-"))
    tour.drag_to(maker.locator(f"#day-{was + 1} .parts-b"), target_position={"x": 40, "y": 20})
    maker.wait_for_selector("table.ledger, #refused")
    assert f"do=move_package&n={number}&to=" in maker.url
    maker.go_back()
    maker.wait_for_selector("ol.cols")
    assert maker.locator(f"#day-{was} #item-{number}").count() == 1, "nothing is saved before it is taken"


def test_days_fold_on_a_phone_and_stand_open_on_a_desk(live_server: str, maker: Any) -> None:
    made(maker, live_server)
    is_small = maker.viewport_size["width"] < 1000
    assert maker.locator("details.dayfold[open]").count() == (1 if is_small else 8)
    second = maker.locator("#day-2 summary").first
    second.click()
    assert maker.locator("#day-2 details.dayfold[open]").count() == 1
    maker.locator("#day-2 .menu-b > summary").first.click()
    assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0)
    ways = maker.locator("a[href*='/ways?']").last.get_attribute("href")
    tours = maker.locator("a[href*='/tours?']").last.get_attribute("href")
    for address in (ways, tours):
        maker.goto(live_server + str(address))
        assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0), address


def test_everything_can_be_reached_by_keyboard_alone(live_server: str, maker: Any) -> None:
    made(maker, live_server)
    menu = maker.locator("#day-1 .menu-b > summary").first
    menu.focus()
    maker.keyboard.press("Enter")
    maker.keyboard.press("Tab")
    assert "ways?" in maker.evaluate("() => document.activeElement.href")
    maker.keyboard.press("Enter")
    maker.wait_for_selector("text=Another way")
