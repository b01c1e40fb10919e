"""Staff at work on the real site: let in with both factors, they record a transfer and do what the queue asks for.

The whole site runs as `planner start` runs it; whoever is at the desk has been let in from the machine's console.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import expect

from planner.settings import ROOT
from planner.store import audit, ledger, orders, tasks
from tests.browser.test_purchase_story import (
    LOMBOK,
    PATIENCE_MS,
    books_are_right,
    code_of,
    eventually,
    everybody_says_yes,
    hold_a_trip,
    name_who_travels,
    type_card,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, PASSWORD = "ayu@desk.example", "tamarind-ferry-loom"
PROOF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
STEP_S = 30
DISPUTED = "4000000000000259"


@dataclass
class Colleague:
    """Somebody at the desk: a browser, and the app with the second factor."""

    page: Any
    base: str
    key: str = ""
    used: int = 0

    def code(self) -> str:
        """Read the app; each code opens once, so the next one is waited for, or taken a little early."""
        self.used = max(int(time.time()) // STEP_S, self.used + 1)
        while self.used > int(time.time()) // STEP_S + 1:
            self.page.wait_for_timeout(500)
        return pyotp.TOTP(self.key).at(self.used * STEP_S)

    def say_who(self) -> None:
        """Enter address and password."""
        self.page.goto(self.base + "/desk/")
        self.page.fill("input[name=email]", STAFF)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.get_by_role("button", name="Log in").click()

    def set_up(self) -> None:
        """Scan the second factor and enter its first code."""
        self.page.wait_for_url("**/account/second-factor")
        self.page.get_by_role("button", name="Set up an authenticator app").click()
        self.key = re.sub(r"[^A-Z2-7]", "", self.page.locator(".key-c").inner_text())
        self.page.fill("input[name=code]", self.code())
        self.page.get_by_role("button", name="Switch it on").click()
        self.page.wait_for_url("**/desk/")

    def log_out(self) -> None:
        self.page.goto(self.base + "/account/home")
        self.page.get_by_role("button", name="Log out", exact=True).click()


@pytest.fixture(scope="module")
def let_in(loaded_instance: Path, live_server: str) -> str:
    """Let somebody in, as an operator does."""
    command = [sys.executable, "-m", "planner.console", "staff", "add", STAFF, "--password", PASSWORD]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "LINTAS_INSTANCE": str(loaded_instance)}, check=True)
    return live_server


@pytest.fixture(scope="module")
def ayu(browser: Any, let_in: str) -> Iterator[Colleague]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    here = Colleague(page, let_in)
    here.say_who()
    here.set_up()
    yield here
    context.close()


@pytest.fixture
def shopper(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def hold_without_paying(shopper: Any, base: str, day: int) -> tuple[str, str]:
    """Hold a trip, say who travels, turn back at the payment page; give its code and the address of its page."""
    hold_a_trip(shopper, base + LOMBOK.format(day=day, until=day + 4))
    name_who_travels(shopper)
    shopper.get_by_role("link", name="Back without paying").click()
    shopper.wait_for_selector("text=nothing was charged")
    code, secret = re.findall(r"/held/([^/?]+)/([^/?]+)", shopper.url)[0]
    return code, f"{base}/bookings/{code}/{secret}"


def record_the_transfer(desk: Any, base: str, code: str) -> int:
    """Find the order, fill in the form, and give the sum that the form came with."""
    desk.goto(f"{base}/desk/orders/?q={code}")
    desk.get_by_role("link", name=code).click()
    desk.get_by_role("link", name="Record a transfer").click()
    desk.fill("#payer", "Maren Oduya")
    desk.fill("#reference", f"BCA-{code}")
    desk.set_input_files("#proof", {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": PROOF})
    amount = int(desk.input_value("#amount"))
    desk.get_by_text("The money is in our account").click()
    desk.get_by_role("button", name="Record the transfer").click()
    desk.wait_for_selector("text=The transfer is recorded; the order goes on.")
    return amount


@pytest.fixture(scope="module")
def sold(browser: Any, ayu: Colleague, loaded_instance: Path, site: Flask) -> dict[str, Any]:
    """Give a trip that was paid by transfer: its code, the address of its page, the sum that came."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    code, address = hold_without_paying(page, ayu.base, 9)
    amount = record_the_transfer(ayu.page, ayu.base, code)
    everybody_says_yes(page, ayu.base, loaded_instance, site, code)
    context.close()
    return {"code": code, "address": address, "amount": amount}


def test_a_transfer_that_staff_record_books_the_trip_and_the_traveller_sees_the_vouchers(
    sold: dict[str, Any], ayu: Colleague, site: Flask, shopper: Any
) -> None:
    shopper.goto(sold["address"])
    shopper.wait_for_selector(".pass .code")
    assert shopper.locator(".pass .code").inner_text() == sold["code"]
    assert shopper.get_by_role("link", name=re.compile("voucher", re.I)).count() > 0
    state, by_card, shares = books_are_right(site, sold["code"])
    assert (state, by_card, shares["bank"]) == ("confirmed", 0, sold["amount"])
    desk = ayu.page
    desk.goto(f"{ayu.base}/desk/orders/{sold['code']}")
    assert f"recorded by {STAFF}" in desk.inner_text("main")
    with desk.expect_download() as saved:
        desk.get_by_role("link", name="Save the proof").click()
    assert Path(saved.value.path()).read_bytes() == PROOF
    assert shopper.goto(f"{ayu.base}/desk/orders/{sold['code']}").status == 200
    assert "/account/log-in" in shopper.url, "the desk is closed to the traveller"


def test_a_task_is_taken_from_the_queue_and_done(sold: dict[str, Any], ayu: Colleague, site: Flask) -> None:
    desk, code = ayu.page, sold["code"]
    desk.goto(f"{ayu.base}/desk/")
    row = desk.locator("table.rows tbody tr", has_text=code).filter(has_text=re.compile("to buy|to order")).first
    kind = row.locator("th a").inner_text()
    row.get_by_role("button", name="Take it").click()
    row = desk.locator("table.rows tbody tr", has_text=code).filter(has_text="Yours").first
    row.locator("th a").click()
    expect(desk.locator("h1")).to_have_text(kind)
    task = int(desk.url.rsplit("/", 1)[1])
    desk.get_by_role("link", name="Record it on the order").click()
    part = desk.locator(f"#part-{re.findall(r'#part-(.+)$', desk.url)[0]}")
    part.get_by_text("Record the purchase", exact=True).click()
    part.get_by_label("Reference of the ticket or car").fill("ASDP-77120")
    part.get_by_text("It was bought:").click()
    part.get_by_role("button", name="Record the purchase").click()
    desk.wait_for_selector("text=is in the books")
    desk.goto(f"{ayu.base}/desk/?mine=1")
    assert desk.locator(f"a[href='/desk/tasks/{task}']").count() == 0
    desk.goto(f"{ayu.base}/desk/trail/?who={STAFF}")
    trail = desk.locator("table.rows tbody").inner_text()
    for words in ("took a task", "recorded a purchase", "ASDP-77120", "recorded a transfer", code):
        assert words in trail, words
    with site.app_context():
        done = tasks.get_task(task)
        assert (done.state, done.owner, done.reference) == ("done", STAFF, "ASDP-77120")
        acts = {act.what: act for act in audit.list_acts(orders.get_order_by_code(code).id)}
        assert acts["record_purchase"].who == STAFF
        assert (ledger.total(), ledger.list_unbalanced()) == (0, [])


def test_a_disputed_payment_is_a_task_until_the_bank_has_decided(
    ayu: Colleague, loaded_instance: Path, site: Flask, shopper: Any
) -> None:
    """The sandbox's messages come as Stripe's do, signed and by themselves."""
    hold_a_trip(shopper, ayu.base + LOMBOK.format(day=16, until=20))
    name_who_travels(shopper)
    sandbox = shopper.url.split("/c/pay/")[0]
    type_card(shopper, DISPUTED)
    shopper.wait_for_url("**/bookings/**")
    code = code_of(shopper)
    everybody_says_yes(shopper, ayu.base, loaded_instance, site, code)
    _, charged, _ = books_are_right(site, code)
    desk = ayu.page

    def row() -> Any:
        desk.goto(f"{ayu.base}/desk/?kind=dispute")
        return desk.locator("table.rows tbody tr", has_text=code)

    eventually(lambda: row().count() == 1, desk)
    row().locator("th a").click()
    expect(desk.locator("main")).to_contain_text("the cardholder says that it was somebody else")
    (dispute,) = (one["id"] for one in asked_of(sandbox, "objects/dispute") if one["status"] == "needs_response")
    asked_of(sandbox, f"disputes/{dispute}/close", status="lost")
    eventually(lambda: row().count() == 0, desk)
    assert books_are_right(site, code)[1] == 0
    desk.goto(f"{ayu.base}/desk/orders/{code}")
    assert "saw a dispute lost" in desk.inner_text("main") and charged > 0


def asked_of(sandbox: str, path: str, **told: str) -> Any:
    """Ask the sandbox's control."""
    body = json.dumps(told).encode() if told else None
    asking = urllib.request.Request(f"{sandbox}/_sandbox/{path}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asking, timeout=30) as answer:
        return json.load(answer)


def test_a_wrong_code_is_refused_in_words_at_the_field_and_the_right_one_lets_in(ayu: Colleague) -> None:
    ayu.log_out()
    ayu.say_who()
    desk = ayu.page
    desk.wait_for_selector("input[name=code]")
    desk.goto(f"{ayu.base}/desk/")
    assert "/account/log-in" in desk.url, "the password alone does not open the desk"
    ayu.say_who()
    right = ayu.code()
    desk.fill("input[name=code]", f"{(int(right) + 1) % 10**6:06d}")
    desk.get_by_role("button", name="Log in").click()
    desk.wait_for_selector("input[name=code][aria-invalid=true]")
    told = desk.locator("#" + desk.get_attribute("input[name=code]", "aria-describedby")).inner_text()
    assert "That code is not right, or was used." in told
    assert desk.goto(f"{ayu.base}/desk/").url.split("?")[0].endswith("/account/log-in")
    ayu.say_who()
    desk.fill("input[name=code]", right)
    desk.get_by_role("button", name="Log in").click()
    desk.wait_for_url("**/desk/")
    assert desk.locator("h1").inner_text() == "What needs a person"
    eventually(lambda: desk.locator(".deskbar .who").inner_text().strip() == STAFF, desk, 5_000)
