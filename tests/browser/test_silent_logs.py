"""A trip is bought under names that occur nowhere else; then all that the site's processes wrote is read.

The site runs on its own instance and says as much as it can (LOG_LEVEL=DEBUG): web server, worker, payment sandbox.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask, request

from planner.app import create_app
from planner.settings import ROOT
from planner.store import orders
from planner.web.logs import make_formatter
from planner.wiring import TABLES
from tests.browser.test_purchase_story import KOMODO, PATIENCE_MS, eventually, hold_a_trip
from tests.conftest import free_port, settings_in, wait_until_it_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GIVEN, FAMILY, OTHER = "Zebulonia", "Quixwood", "Wilhelmor"
MAIL, PHONE, PASSPORT, CARD = "zq.purchase@journey.example", "+31 6 5550 1742", "ZQX90417", "4242424242424242"
PERSONAL = {
    "given name": (GIVEN, OTHER),
    "family name": (FAMILY,),
    "mail": (MAIL, "zq.purchase", "zq.purchase%40"),
    "telephone": ("55501742", "5550 1742"),
    "passport": (PASSPORT,),
    "card": (CARD, "4242 4242 4242 4242", "4242-4242"),
}


def found_in(written: str, private: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Name everything private that a text holds, however its letters are cased."""
    text = written.lower()
    return [what for what, forms in private.items() if any(form.lower() in text for form in forms)]


@dataclass
class LoudSite:
    """A site whose processes write all they say into one file."""

    base: str
    folder: Path
    log: Path


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoudSite]:
    folder, port = tmp_path_factory.mktemp("loud"), free_port()
    (ROOT / "instance" / TABLES).mkdir(parents=True, exist_ok=True)
    (folder / TABLES).symlink_to(ROOT / "instance" / TABLES)
    log = folder / "everything.log"
    told = {"LINTAS_INSTANCE": str(folder), "PORT": str(port), "WEB_WORKERS": "1", "LIMIT_REQUESTS": "false"}
    told |= {"LOG_LEVEL": "DEBUG", "DATABASE_URL": "", "SITE_URL": "", "SECRET_KEY": ""}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner.console", "start"], cwd=ROOT, env={**os.environ, **told},
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        base = f"http://localhost:{port}"
        wait_until_it_answers(f"{base}/health", process, log)
        yield LoudSite(base, folder, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def fill_in(page: Any) -> None:
    for number, given in enumerate((GIVEN, OTHER), start=1):
        if page.locator(f"#f-given_{number}").count():
            page.fill(f"#f-given_{number}", given)
            page.fill(f"#f-family_{number}", FAMILY)
        if page.locator(f"#f-document_{number}").count():
            page.fill(f"#f-document_{number}", PASSPORT)
            page.select_option(f"#f-nationality_{number}", "NL")
    page.fill("#f-email", MAIL)
    page.fill("#f-phone", PHONE)
    page.get_by_text("Undo everything").click()
    page.get_by_role("button", name="Go to payment").click()
    page.wait_for_url("**/c/pay/**")


def pay(page: Any) -> None:
    page.get_by_label("Card number").fill(CARD)
    page.get_by_label("Expiry (MM/YY)").fill("12/34")
    page.get_by_label("Security code (CVC)").fill("123")
    page.get_by_label("Name on card").fill(f"{GIVEN} {FAMILY}")
    page.get_by_role("button", name="Pay IDR").click()
    page.wait_for_url("**/bookings/**")


def test_nothing_of_a_traveller_is_in_what_the_site_writes(loud: LoudSite, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    hold_a_trip(page, loud.base + KOMODO)
    fill_in(page)
    pay(page)
    code, secret = page.url.split("/bookings/")[1].split("?")[0].split("/")[:2]
    app = create_app(settings_in(loud.folder), TESTING=True)
    asked: set[str] = set()

    def is_confirmed() -> bool:
        with app.app_context():
            order = orders.get_order_by_code(code)
            assert order.contact["email"] == MAIL, "the names came through"
            tokens = {str(line.answer_token) for line in orders.list_lines(order.id) if line.state == "requested"}
            asked.update(tokens - {"None"})
            state = str(order.state)
        for token in tokens - {"None"}:
            page.goto(f"{loud.base}/answer/{token}")
            if page.locator("button[value=yes]").count():
                page.locator("button[value=yes]").click()
        return state == "confirmed"

    eventually(is_confirmed, page)
    page.goto(f"{loud.base}/bookings/{code}/{secret}")
    page.wait_for_selector(".pass .code")
    for tail in ("vouchers.pdf", "calendar.ics", "nothing-like-this"):
        page.request.get(f"{loud.base}/bookings/{code}/{secret}/{tail}")
    page.request.get(f"{loud.base}/bookings?code={code}&email={MAIL}")
    context.close()
    written = loud.log.read_text(errors="replace")
    assert asked, "somebody was asked by a link"
    assert f"/bookings/{code}/" in written and "/hooks/stripe" in written, "the log tells of this purchase"
    links = {"secret of the booking": (secret,), "secret of an answer": tuple(asked)}
    assert found_in(written, {**PERSONAL, **links}) == []


def test_a_site_that_logs_a_name_is_caught(make_app: Callable[..., Flask]) -> None:
    """The same check, the same formatter: a twin of the site that tells who fills in a form."""
    twin, stream = make_app(), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter(as_json=True))
    logging.getLogger("planner").addHandler(handler)

    @twin.before_request
    def tell() -> None:
        structlog.get_logger("planner.twin").info(f"{request.form.get('given_1')} fills in a form")

    try:
        twin.test_client().post("/trips", data={"given_1": GIVEN, "email": MAIL})
    finally:
        logging.getLogger("planner").removeHandler(handler)
    assert found_in(stream.getvalue(), PERSONAL) == ["given name"]


@pytest.mark.parametrize(("what", "line"), [
    ("mail", "no mail to ZQ.PURCHASE@journey.example"),
    ("telephone", "call +31655501742"),
    ("card", "card 4242 4242 4242 4242"),
    ("passport", "document zqx90417"),
])  # fmt: skip
def test_the_check_sees_each_kind(what: str, line: str) -> None:
    assert found_in(line, PERSONAL) == [what]
    assert found_in("a card, a name and 17 digits of a date", PERSONAL) == []
