"""axe finds nothing on the pages of a purchase, whatever state the order is in, and they work without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from planner.flow.change_booking import hold_change, list_swaps, propose_swap
from planner.store import orders
from tests.booking.making import fee, package, ride, stay
from tests.browser.test_accessible_pages import axe_violations
from tests.flow import shop as goods
from tests.flow.fakes import NO
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world
from tests.travellers.test_changes import BRIEF

__all__ = ["shop", "shop_app", "snapshots", "world"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("shop_app", ["sqlite"], indirect=True),  # pages look the same on every database
]

LINES = (walk(needs_names=True), stay(2, "ST-LBJ-1", 400_000), ride(3, 300_000), fee(4, 150_000))
ON_REQUEST = (walk(), package(2, "PK47", 600_000, "requested"), ride(3, 300_000))


@pytest.fixture
def pages_site(shop: Shop, shop_app: Flask, serve: Callable[[Flask], str]) -> str:
    return serve(shop_app)


def look(page: Any, address: str, wait_for: str = "h1") -> list[str]:
    page.goto(address)
    page.wait_for_selector(wait_for, state="attached")
    found = axe_violations(page)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]


def addresses(shop: Shop) -> dict[str, str]:
    """One order in each state, by the address of its page."""
    world = shop.world
    held = goods.hold(world, LINES)
    waiting = goods.paid(world, ON_REQUEST)
    goods.run(world, waiting, stop_at="wait")
    confirmed = goods.paid(world, LINES, plan=1, quote={"brief": BRIEF})
    goods.run(world, confirmed)
    changing = goods.paid(world, (LINES[0], stay(2, "ST-LBJ-1", 50_000)), quote={"brief": BRIEF})
    goods.run(world, changing)
    wanted = [propose_swap(changing, 2, line, world.services) for line in list_swaps(changing, 2, world.services)]
    dearer = next(change for change in wanted if change.difference > 0)
    number = hold_change(changing, dearer, world.services, "traveller").number
    world.suppliers.will("confirm PK01", NO)
    undone = goods.paid(world, LINES)
    goods.run(world, undone)
    token = next(line.answer_token for line in orders.list_lines(waiting) if line.answer_token)
    return {
        "travellers": shop.address(held, start="/checkout/held"),
        "waiting": shop.address(waiting),
        "confirmed": shop.address(confirmed),
        "cancel": shop.address(confirmed, "/cancel?part=1&part=2"),
        "change": shop.address(confirmed, "/change"),
        "swaps": shop.address(confirmed, "/change/part/2"),
        "review": shop.address(confirmed, "/change/review?part=2&instead=ST-LBJ-5"),
        "wrong dates": shop.address(confirmed, "/change/dates?arrive=&leave=2027-06-09"),
        "change under way": shop.address(changing, f"/changes/{number}"),
        "changing": shop.address(changing),
        "undone": shop.address(undone),
        "answer": f"/answer/{token}",
        "find": "/bookings",
    }


@pytest.mark.parametrize(
    ("width", "language", "theme"),
    [(1280, "en", "light"), (320, "id", "dark")],
)
def test_axe_finds_nothing_on_any_page_of_a_purchase(
    pages_site: str, shop: Shop, open_page: Callable[..., Any], width: int, language: str, theme: str
) -> None:
    page = open_page(width, language, theme)
    found = {name: look(page, pages_site + address) for name, address in addresses(shop).items()}
    assert {name: bad for name, bad in found.items() if bad} == {}


def test_a_form_with_mistakes_is_accessible_and_names_each_field(
    pages_site: str, shop: Shop, open_page: Callable[..., Any]
) -> None:
    page = open_page(390)
    page.goto(pages_site + shop.address(goods.hold(shop.world, LINES), start="/checkout/held"))
    page.get_by_role("button", name="Go to payment").click()
    page.wait_for_selector("#problems")
    assert axe_violations(page) == []
    page.locator("#problems a").first.click()
    assert page.evaluate("() => document.activeElement.id") in ("f-given_1", "problems", "")


def test_a_waiting_page_goes_on_by_itself_without_a_script(
    pages_site: str, shop: Shop, open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.travellers.order_view.LATER_S", 1)
    order_id = goods.paid(shop.world, ON_REQUEST)
    goods.run(shop.world, order_id, stop_at="wait")
    page = open_page(script=False)
    page.goto(pages_site + shop.address(order_id))
    page.wait_for_selector("text=Asking everybody")
    token = next(line.answer_token for line in orders.list_lines(order_id) if line.answer_token)
    answers = open_page(390, "id", script=False)
    answers.goto(f"{pages_site}/answer/{token}")
    answers.locator("button[value=yes]").click()
    answers.wait_for_selector("button[value=yes]", state="detached")
    goods.run(shop.world, order_id)
    page.wait_for_selector(".pass .code", timeout=20_000)
