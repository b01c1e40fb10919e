"""The whole way on the shipped timetable with the real engine behind a real server: search, read, refuse, mend."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.travellers.shown_words import english_on

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONGEST_WAIT_MS = 240_000
"""Only so that a search that hangs ends; how long one takes is not judged here."""


def next_may() -> date:
    """A day in a calm month, clear of the holy days that shut Bali, at least a month ahead."""
    today = date.today()
    start = date(today.year, 5, 5)
    return start if start - today > timedelta(days=31) else date(today.year + 1, 5, 5)


START = next_may()


@pytest.fixture
def pages_site(live_server: str) -> str:
    return live_server


@pytest.fixture
def visit(open_page: Callable[..., Any], pages_site: str) -> Callable[..., Any]:
    """Give a maker of pages that stand on the start page."""

    def make(**wishes: Any) -> Any:
        page = open_page(**wishes)
        page.set_default_timeout(LONGEST_WAIT_MS)
        page.goto(pages_site + "/")
        return page

    return make


def ask(page: Any, days: int, stops: str = "", budget: str = "") -> None:
    """Fill in the search from Bali one way to Labuan Bajo and send it."""
    page.select_option("#f-in", "DPS")
    page.fill("#f-in_on", START.isoformat())
    page.select_option("#f-out", "LBJ")
    page.fill("#f-out_on", (START + timedelta(days=days - 1)).isoformat())
    page.fill("#f-stop", stops)
    page.fill("#f-budget", budget)
    page.locator("label.chip", has_text="Weaving").first.click()
    page.get_by_role("button", name="Find routes").click()


def amount(text: str) -> int:
    """The rupiah of a figure, however its thousands are grouped."""
    return int(re.sub(r"\D", "", text))


def read_results(page: Any, days: int) -> None:
    """Check the list of routes and open the first."""
    page.wait_for_selector("li.trip, section.empty h1")
    cards = page.locator("li.trip")
    assert f"{cards.count()} route" in page.inner_text("main")
    for text in cards.all_inner_texts():
        assert re.search(r"about IDR\s[\d.]+\sm", text) and "a person" in text
        assert f"{days} days, {days - 1} nights" in text
    page.get_by_role("link", name="See the days").first.click()
    page.wait_for_selector("ol.tl")


def check_days(page: Any, days: int) -> None:
    """Each day stands once and in order, each item on time, from Bali to Labuan Bajo."""
    dates = [page.get_attribute(f"#day-{n} h3 time", "datetime") for n in range(1, days + 1)]
    assert dates == [(START + timedelta(days=n)).isoformat() for n in range(days)]
    assert page.locator("li.day").count() == days
    moves = []
    for n in range(1, days + 1):
        parts = page.locator(f"#day-{n} li.leg:not(.leg-night)")
        times = parts.locator("> time").all_inner_texts()
        names = parts.locator(".strong").all_inner_texts()
        timed = [(time, name) for time, name in zip(times, names, strict=True) if time]
        assert [time for time, _name in timed] == sorted(time for time, _name in timed)
        moves += [name for _time, name in timed]
    assert moves[0].startswith("Bali (DPS) to ")
    assert moves[-1].endswith(" to Labuan Bajo (LBJ)")


def check_map(page: Any, days: int) -> None:
    """The map shows pins that lead to days of the trip."""
    pins = page.locator(".trip-map .one svg.chart a[href^='#day-']")
    assert page.locator(".trip-map .one svg.chart").first.is_visible()
    assert pins.count() >= 2
    targets = {int(pin.get_attribute("href").removeprefix("#day-")) for pin in pins.all()}
    assert targets <= set(range(1, days + 1))
    assert len(page.locator(".trip-map .one path.thread").all()) >= pins.count() - 1


def check_price(page: Any) -> int:
    """The lines add up to their groups, these to the total, and so does what each seller gets; give the total."""
    total = amount(page.inner_text("#lines tfoot td"))
    groups = page.locator("#lines tbody")
    sums = []
    for group in groups.all():
        lines = [amount(text) for text in group.locator("tr:not(.grp) td:last-child").all_inner_texts()]
        sums.append(amount(group.locator("tr.grp td").inner_text()))
        assert lines and sum(lines) == sums[-1]
    assert sum(sums) == total
    sellers = page.locator("aside table.ledger").first.locator("td").all_inner_texts()
    assert sum(amount(text) for text in sellers) == total
    return total


@pytest.mark.parametrize(("script", "days"), [(True, 14), (False, 12)])
def test_a_one_way_trip_from_bali_to_labuan_bajo_is_found_read_and_read_in_indonesian(
    visit: Callable[..., Any], script: bool, days: int
) -> None:
    page = visit(script=script)
    ask(page, days, stops="saleh bay")
    read_results(page, days)
    check_days(page, days)
    check_map(page, days)
    total = check_price(page)
    here, heading = page.url, page.inner_text("h1")
    page.locator("header .util button[value=id]").click()
    page.wait_for_selector("html[lang=id] ol.tl")
    assert page.url == here.replace("/trips/", "/id/trips/")
    assert page.inner_text("h1").count(",") == heading.count(",")
    assert page.locator("li.day").count() == days
    assert check_price(page) == total
    assert f"{total:,}".replace(",", ".") in page.inner_text("#lines tfoot td")
    assert english_on([page.content()]) == []


@pytest.mark.parametrize(
    ("script", "wishes", "reason"),
    [
        (True, {"days": 13, "budget": "2"}, r"The cheapest plan found costs IDR.[\d,]+; the budget is IDR.2,000,000"),
        (False, {"days": 3, "stops": "Wae Rebo, Larantuka, Tambolaka"}, r"No order of these wishes fits"),
    ],
)
def test_a_brief_that_cannot_be_met_is_told_why_and_mended_with_one_click(
    visit: Callable[..., Any], script: bool, wishes: dict[str, Any], reason: str
) -> None:
    page = visit(script=script)
    ask(page, **wishes)
    page.wait_for_selector("li.trip, section.empty h1")
    assert page.locator("section.empty h1").all_inner_texts() == ["No route fits this search"]
    assert re.search(reason, page.inner_text("section[aria-labelledby=why]"))
    refused = parse_qs(urlsplit(page.url).query)
    page.locator("section[aria-labelledby=ways] ul a").first.click()
    page.wait_for_selector("li.trip")
    assert parse_qs(urlsplit(page.url).query) != refused
    page.get_by_role("link", name="See the days").first.click()
    page.wait_for_selector("ol.tl")
    check_price(page)
