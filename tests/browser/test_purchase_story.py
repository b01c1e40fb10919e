"""A trip is bought, as a traveller does it: held, named, paid on the sandbox's page, confirmed by everybody, or undone.

The whole site runs as `planner start` runs it: web server, booking worker and payment sandbox, each a process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from planner.store import ledger, orders
from planner.store.db import transaction

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 60_000
KOMODO = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-09&adults=2&package=PK44"
LOMBOK = "/trips?in=DPS&in_on=2027-05-{day:02d}&out=LOP&out_on=2027-05-{until:02d}&adults=2&stop=gili-air"
GOOD, DECLINED, SECURE = "4242424242424242", "4000000000000002", "4000000000003220"
ANSWER = re.compile(r"/answer/([A-Za-z0-9_-]{32})")


@pytest.fixture
def shopper(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def hold_a_trip(page: Any, address: str) -> None:
    """Go from the results to the second step of the checkout."""
    page.goto(address, wait_until="domcontentloaded")
    page.locator("li.trip h2 a").first.click()
    page.get_by_role("link", name="Check prices and book").click()
    page.get_by_role("button", name="Hold it").click()
    page.wait_for_selector("#f-email")


def name_who_travels(page: Any, consent: str = "Undo everything") -> None:
    for n, given in enumerate(("Maren", "Tau"), start=1):
        if page.locator(f"#f-given_{n}").count():
            page.fill(f"#f-given_{n}", given)
            page.fill(f"#f-family_{n}", "Oduya")
        if page.locator(f"#f-document_{n}").count():
            page.fill(f"#f-document_{n}", f"C01X234{n}")
            page.select_option(f"#f-nationality_{n}", "NL")
    page.fill("#f-email", "maren@example.org")
    page.fill("#f-phone", "+31 6 1234 5678")
    page.get_by_text(consent).click()
    page.get_by_role("button", name="Go to payment").click()
    page.wait_for_url("**/c/pay/**")


def type_card(page: Any, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry (MM/YY)").fill("12/34")
    page.get_by_label("Security code (CVC)").fill("123")
    page.get_by_label("Name on card").fill("Maren Oduya")
    page.get_by_role("button", name="Pay IDR").click()


def code_of(page: Any) -> str:
    return str(page.url.split("/bookings/")[1].split("/")[0])


def answer_links(instance: Path, code: str, site: Flask) -> list[str]:
    """The links in the mails that suppliers got for a trip."""
    with site.app_context():
        order = orders.get_order_by_code(code)
        asked = {line.answer_token for line in orders.list_lines(order.id) if line.state == "requested"}
    mailed = {m for mail in (instance / "mail").glob("*") for m in ANSWER.findall(mail.read_text(errors="replace"))}
    return sorted(asked & mailed)


def eventually(check: Callable[[], Any], page: Any, within_ms: int = PATIENCE_MS) -> Any:
    for _ in range(within_ms // 250):
        found = check()
        if found:
            return found
        page.wait_for_timeout(250)
    raise AssertionError("it did not come about in time")


def everybody_says_yes(page: Any, base: str, instance: Path, site: Flask, code: str) -> None:
    """Answer each question as it comes, until the trip is confirmed."""

    def is_confirmed() -> bool:
        for token in answer_links(instance, code, site):
            page.goto(f"{base}/answer/{token}")
            page.locator("button[value=yes]").click()
            page.wait_for_selector("form button[value=yes]", state="detached")
        return books_are_right(site, code)[0] == "confirmed"

    eventually(is_confirmed, page)


def books_are_right(site: Flask, code: str) -> tuple[str, int, dict[str, int]]:
    """The order's state, what it was charged, and its share of every account, which sum to zero."""
    with site.app_context():
        order = orders.get_order_by_code(code)
        shares = ledger.balances(order.id)
        assert sum(shares.values()) == 0
        assert ledger.list_unbalanced() == []
        return order.state, shares.get("card", 0), shares


def test_a_trip_is_bought_with_a_secure_card_and_a_host_who_says_yes(
    live_server: str, loaded_instance: Path, site: Flask, shopper: Any
) -> None:
    hold_a_trip(shopper, live_server + KOMODO)
    total = int(re.sub(r"\D", "", shopper.locator("tfoot td").inner_text()))
    name_who_travels(shopper)
    type_card(shopper, SECURE)
    shopper.get_by_role("button", name="Complete").click()
    shopper.wait_for_url("**/bookings/**")
    booking = shopper.url
    shopper.wait_for_selector("text=Waiting, by")
    assert "not charged" in shopper.inner_text("main")
    code = code_of(shopper)
    links = eventually(lambda: answer_links(loaded_instance, code, site), shopper)
    everybody_says_yes(shopper, live_server, loaded_instance, site, code)
    shopper.goto(booking)
    shopper.wait_for_selector(".pass .code")
    assert shopper.locator(".pass .code").inner_text() == code_of(shopper)
    state, charged, _ = books_are_right(site, code_of(shopper))
    assert (state, charged) == ("confirmed", total)
    shopper.goto(f"{live_server}/answer/{links[0]}")
    assert shopper.locator("button[value=no]").count() == 0


def test_a_host_who_says_no_undoes_the_trip_and_nothing_is_charged(
    live_server: str, loaded_instance: Path, site: Flask, shopper: Any
) -> None:
    hold_a_trip(shopper, live_server + KOMODO.replace("-04-05", "-04-12").replace("-04-09", "-04-16"))
    name_who_travels(shopper)
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    booking = shopper.url
    links = eventually(lambda: answer_links(loaded_instance, code_of(shopper), site), shopper)
    shopper.goto(f"{live_server}/answer/{links[0]}")
    shopper.locator("#f-why").fill("the engine is broken")
    shopper.locator("button[value=no]").click()
    shopper.goto(booking)
    shopper.wait_for_selector("text=This trip could not be booked")
    assert "Nothing was charged" in shopper.inner_text("main")
    state, charged, shares = books_are_right(site, code_of(shopper))
    assert (state, charged, shares) == ("undone", 0, {})
    with site.app_context():
        order = orders.get_order_by_code(code_of(shopper))
        assert orders.list_taken(order.id) == []


def test_a_declined_card_is_told_and_another_one_pays(live_server: str, site: Flask, shopper: Any) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=3, until=7))
    name_who_travels(shopper, "Take the closest match")
    type_card(shopper, DECLINED)
    shopper.wait_for_selector("text=declined")
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    eventually(lambda: books_are_right(site, code_of(shopper))[0] in ("authorised", "confirmed"), shopper)


def test_leaving_the_payment_page_keeps_the_places_and_what_was_typed(live_server: str, shopper: Any) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=10, until=14))
    name_who_travels(shopper)
    shopper.get_by_role("link", name="Back without paying").click()
    shopper.wait_for_selector("text=The payment page was left; nothing was charged.")
    assert shopper.input_value("#f-given_1") == "Maren"
    assert shopper.input_value("#f-email") == "maren@example.org"
    shopper.get_by_role("button", name="Give the places back").click()
    shopper.wait_for_selector("text=The places were given back")


def test_a_hold_that_ran_out_charges_nothing_and_says_so(live_server: str, site: Flask, shopper: Any) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=17, until=21))
    code = shopper.url.split("/held/")[1].split("/")[0]
    name_who_travels(shopper)
    with site.app_context():
        order = orders.get_order_by_code(code)
        with transaction() as session:
            orders.note_order(session, order.id, {"hold_until": order.created_at - timedelta(minutes=1)})
    eventually(lambda: books_are_right(site, code)[0] == "lapsed", shopper)
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    shopper.wait_for_selector("text=This trip could not be booked")
    assert "Nothing was charged" in shopper.inner_text("main")
    state, charged, _ = books_are_right(site, code)
    assert (state, charged) == ("undone", 0)


def test_a_wrong_name_is_told_at_its_field_and_nothing_typed_is_lost(live_server: str, shopper: Any) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=24, until=28))
    shopper.fill("#f-given_1", "M4ren")
    shopper.fill("#f-email", "maren at example")
    shopper.fill("#f-phone", "+31 6 1234 5678")
    shopper.get_by_role("button", name="Go to payment").click()
    shopper.wait_for_selector("#e-given_1")
    assert shopper.input_value("#f-given_1") == "M4ren"
    assert shopper.input_value("#f-phone") == "+31612345678"
    assert "name@example.org" in shopper.inner_text("#e-email")
    shopper.get_by_role("button", name="Give the places back").click()


def test_part_of_a_confirmed_trip_is_cancelled_for_the_sum_that_was_shown(
    live_server: str, site: Flask, loaded_instance: Path, shopper: Any
) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=5, until=8))
    name_who_travels(shopper)
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    booking, code = shopper.url, code_of(shopper)
    everybody_says_yes(shopper, live_server, loaded_instance, site, code)
    shopper.goto(booking)
    shopper.wait_for_selector(".pass .code")
    _, charged, _ = books_are_right(site, code)
    shopper.get_by_role("link", name="Cancel parts or all").click()
    shopper.locator("input[name=part]").first.check()
    shopper.get_by_role("button", name="Show the sum").click()
    back = int(re.sub(r"\D", "", shopper.locator("#sum").inner_text().split(":")[1]))
    assert back > 0
    shopper.get_by_role("button", name="Cancel and pay back").click()
    shopper.wait_for_selector("text=Cancelled")
    eventually(lambda: books_are_right(site, code)[1] == charged - back, shopper)


def test_a_part_of_a_booked_trip_is_exchanged_and_only_the_difference_is_charged(
    live_server: str, site: Flask, loaded_instance: Path, shopper: Any
) -> None:
    hold_a_trip(shopper, live_server + LOMBOK.format(day=12, until=15))
    name_who_travels(shopper)
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    booking, code = shopper.url, code_of(shopper)
    everybody_says_yes(shopper, live_server, loaded_instance, site, code)
    _, charged, _ = books_are_right(site, code)
    for link in swap_links(shopper, booking):
        shopper.goto(link)
        if shopper.locator("text=more to pay").count():
            break
    shopper.locator(".choice", has_text="more to pay").first.get_by_role("link").click()
    more = int(re.sub(r"\D", "", shopper.locator("tfoot td").inner_text()))
    shopper.get_by_role("button", name="Hold it and pay the difference").click()
    shopper.wait_for_url("**/c/pay/**")
    type_card(shopper, GOOD)
    shopper.wait_for_url("**/bookings/**")
    everybody_says_yes(shopper, live_server, loaded_instance, site, code)
    eventually(lambda: books_are_right(site, code)[1] == charged + more, shopper)
    shopper.goto(booking)
    shopper.wait_for_selector("text=Cancelled")
    with site.app_context():
        assert orders.get_order_by_code(code).version == 1
    assert not [account for account in books_are_right(site, code)[2] if account.startswith("traveller:")]


def swap_links(page: Any, booking: str) -> list[str]:
    """The pages on which something else is offered instead of each part of a booked trip."""
    page.goto(booking)
    page.get_by_role("link", name="Change the trip").click()
    page.wait_for_selector("#f-arrive")
    links = page.get_by_role("link", name="See others")
    return [page.evaluate("link => link.href", links.nth(n).element_handle()) for n in range(links.count())]
