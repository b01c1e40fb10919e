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
    maker.goto(live_server + SEARCH, wait_until="domcontentloaded")
    maker.locator("li.trip h2 a").first.click()
    maker.get_by_role("button", name="Make it yours").click()
    maker.wait_for_selector("ol.cols")
    tours = maker.locator("a[href*='do=drop_package']")
    count = tours.count()
    assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0)

    tours.first.click()
    maker.wait_for_selector("text=What the change does")
    assert (axe_violations(maker), maker.evaluate(SIDEWAYS)) == ([], 0)
    maker.get_by_role("button", name="Take the change").click()
    maker.wait_for_selector("ol.cols")
    assert tours.count() == count - 1
    maker.get_by_role("button", name="Undo").click()
    maker.wait_for_selector("ol.cols")
    assert tours.count() == count
