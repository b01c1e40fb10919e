"""axe finds nothing on any page, in both languages, at 320 pixels and on a desk, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
PAGES = [
    "/",
    "/?stop=ubud&nights=Ubud+3&w_dive=3",
    "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=0&stop=labuhan",
    f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap",
    f"/trips?{SEARCH}&stop=moni",
    f"/trips/it-best?{SEARCH}",
    f"/trips/it-other?{SEARCH}",
    "/places?island=Flores",
    "/places/moni",
    "/places/kupang",
    "/packages?island=Lombok",
    "/packages/PK47",
    "/seasons",
    "/routes",
    "/routes/long-thread",
    "/routes/slow-east-bali/plan?on=2020-01-01&adults=2",
    "/events?month=2027-08",
    "/events?month=2026-01&island=Alor",
    "/about",
    "/nothing",
]


def axe_violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['target']} {n.get('failureSummary', '')[:200]}" for v in found for n in v["nodes"][:3]]


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (1280, "id", "dark"), (320, "id", "light"), (320, "en", "dark")],
)
def test_axe_finds_nothing(
    pages_site: str, open_page: Callable[..., Any], width: int, language: str, theme: str
) -> None:
    page = open_page(width, language, theme)
    bad: dict[str, list[str]] = {}
    for address in PAGES:
        page.goto(pages_site + address)
        found = axe_violations(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"scrolls sideways by {wide} px")
        if found:
            bad[address] = found
    assert bad == {}


def test_an_opened_form_and_opened_details_are_accessible_too(pages_site: str, open_page: Callable[..., Any]) -> None:
    page = open_page(390)
    page.goto(pages_site + "/")
    page.locator("details.more > summary").click()
    page.locator("#f-stop").type("labuan")
    page.wait_for_selector(".combo li")
    assert axe_violations(page) == []
    page.goto(pages_site + f"/trips/it-best?{SEARCH}")
    for summary in page.locator("details.src > summary").all()[:4]:
        summary.click()
    assert axe_violations(page) == []
