"""axe finds nothing on any page of the desk and of accounts, in both languages, at a desk and on a telephone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from planner.booking.payment import Dispute
from planner.booking.supplier_system import Theirs, Visit
from planner.flow.approve_supplier import allot_seats, approve_supplier, claim_for_supplier
from planner.flow.follow_dispute import follow_dispute
from planner.flow.keep_rates import ask_rate
from planner.flow.run_agency import apply_as_agency
from planner.flow.work_tasks import take_task
from planner.store import orders, payments, systems, tasks
from planner.store.db import transaction
from tests.agents.conftest import CARD, found_agency
from tests.booking.making import NOW, START, package, ride
from tests.browser.test_accessible_pages import axe_violations
from tests.desk import people
from tests.desk.conftest import desk_app, desk_snapshots, world
from tests.desk.people import Visitor
from tests.desk.test_pages import CRUISE, FERRY, PDF, WALK
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, FakeSuppliers, World
from tests.flow.test_keep_rates import GOOD as WANTED

__all__ = ["desk_app", "desk_snapshots", "world"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

WALKS = "operator-a-bali-culture"
SIZES = [(1280, "en"), (390, "id")]


class VisitedSuppliers(FakeSuppliers):
    """Suppliers whose systems answer under another name for what we sell."""

    def visit(self, system: Any) -> Visit:
        return Visit(name="Walks & Co.", products=(Theirs("WALK-1", "A walk", {"DEFAULT": frozenset({"adult"})}),))


@dataclass
class Desk:
    """A served desk with something on every page, and whoever works there."""

    base: str
    world: World
    ayu: Visitor
    codes: dict[str, str]

    def enter(self, page: Any) -> None:
        """Give a browser the session of whoever works here."""
        cookie = self.ayu.client.get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.base}])


@pytest.fixture
def pages_site(desk_app: Flask, world: World, serve: Callable[[Flask], str]) -> str:
    return serve(desk_app)


@pytest.fixture
def desk(pages_site: str, desk_app: Flask, world: World) -> Iterator[Desk]:
    world.suppliers = VisitedSuppliers()
    desk_app.extensions["planner.services"] = world.services
    ayu = people.staff(desk_app)
    with desk_app.app_context():
        codes = {name: orders.get_order(order_id).code for name, order_id in _orders(world).items()}
        _suppliers(world)
        agency_id = found_agency("rina@tur.example")
        ask_rate(agency_id, WANTED, world.services, "rina@tur.example")
        ask_rate(agency_id, replace(WANTED, amount=None, off_bp=1250), world.services, "rina@tur.example")
        applicant = people.open_account("made@other.example", "traveller")
        apply_as_agency(CARD, applicant.id, applicant.email, world.services)
    yield Desk(pages_site, world, ayu, codes)


def _orders(world: World) -> dict[str, str]:
    held = shop.hold(world, [WALK, FERRY])
    asked = shop.paid(world, [package(1, "PK01", 900_000, starts_at=START.replace(hour=8)), CRUISE])
    shop.run(world, asked, stop_at="wait")
    confirmed = shop.paid(world, [WALK, ride(3, 261_200)])
    shop.run(world, confirmed)
    (payment,) = payments.list_payments(confirmed)
    intent = str(payment.intent_id)
    world.payments.disputes["du_1"] = Dispute("du_1", intent, "open", 1_261_200, "fraudulent", world.clock.now())
    follow_dispute("du_1", world.services)
    take_task(tasks.list_queue("buy_ticket")[0].id, people.STAFF, world.services)
    take_task(tasks.list_queue("await_answer")[0].id, "budi@desk.example", world.services)
    world.payments.will("refund", LOST_AFTER)
    return {"held": held, "asked": asked, "confirmed": confirmed}


def _suppliers(world: World) -> None:
    claim_for_supplier(WALKS, "Wayan", "wayan@walks.example", "+62 361 1", "BCA 123", world.services, people.STAFF)
    approve_supplier(WALKS, world.services, people.STAFF)
    claim_for_supplier("op-PK01", "Made", "", "", "BNI 77", world.services, people.STAFF)
    allot_seats("F-PDB-LEM", 12, "letter of 3 May", world.services, people.STAFF)
    with transaction() as session:
        systems.connect_system(session, WALKS, _system("https://before.example.com/octo"), NOW)
        systems.connect_system(session, WALKS, _system("https://octo.example.com/v1"), NOW)


def _system(endpoint: str) -> Any:
    from planner.booking.supplier_system import SupplierSystem

    return SupplierSystem(endpoint, "a-key", {"PK01": "WALK-1"})


def look(page: Any) -> list[str]:
    """What axe finds on a page with everything that can be opened open, and whether it scrolls sideways."""
    page.wait_for_selector("h1")
    page.evaluate("() => document.querySelectorAll('main details').forEach(one => { one.open = true })")
    found = axe_violations(page)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"scrolls sideways by {wide} px"] if wide > 0 else [])]


def addresses(desk: Desk) -> list[str]:
    return [
        "/desk/", "/desk/?state=done", *(f"/desk/tasks/{task}" for task in _task_ids(desk)),
        "/desk/orders/", "/desk/orders/?q=nothing", *(f"/desk/orders/{code}" for code in desk.codes.values()),
        f"/desk/orders/{desk.codes['held']}/transfers/new", f"/desk/orders/{desk.codes['confirmed']}/transfers/new",
        "/desk/suppliers/", f"/desk/suppliers/one/{WALKS}", "/desk/suppliers/one/carrier:ASDP", "/desk/suppliers/seats",
        f"/desk/books/?until={START.date().replace(year=2028)}", "/desk/books/accounts/card",
        "/desk/books/accounts/supplier:op-PK01", "/desk/books/accounts/agent:nobody", "/desk/trail/",
        "/desk/agencies/", "/account/home", "/account/change", "/account/second-factor",
    ]  # fmt: skip


def _task_ids(desk: Desk) -> list[int]:
    with desk.ayu.app.app_context():
        return [task.id for task in tasks.list_tasks()]


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_axe_finds_nothing_on_any_page_of_the_desk(
    desk: Desk, open_page: Callable[..., Any], width: int, language: str
) -> None:
    page = open_page(width, language, "dark" if width == 390 else "light")
    desk.enter(page)
    bad: dict[str, list[str]] = {}
    for address in addresses(desk):
        answer = page.goto(desk.base + address)
        assert answer.status == 200 and urlsplit(page.url).path == urlsplit(address).path, address
        bad[address] = look(page)
    assert {address: found for address, found in bad.items() if found} == {}


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_axe_finds_nothing_on_forms_that_were_refused(
    desk: Desk, open_page: Callable[..., Any], width: int, language: str
) -> None:
    page = open_page(width, language)
    desk.enter(page)
    page.goto(f"{desk.base}/desk/orders/{desk.codes['held']}/transfers/new")
    page.fill("#payer", "Ani")
    page.fill("#reference", "BCA-1")
    page.fill("#amount", "5")
    page.set_input_files("#proof", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": io.BytesIO(PDF).read()})
    page.locator("main input[name=sure]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector("#amount[aria-invalid=true]")
    found = {"transfer": look(page)}
    assert page.input_value("#payer") == "Ani"
    page.goto(f"{desk.base}/desk/suppliers/one/{WALKS}")
    page.locator("#system details > summary").first.click()
    page.fill("#endpoint", "https://octo.example.com/v2")
    page.fill("#key", "another-key")
    page.locator("button[value=try]").click()
    page.wait_for_selector("#system .note-stop")
    found["system"] = look(page)
    assert page.input_value("#endpoint") == "https://octo.example.com/v2"
    assert page.locator("#system [aria-invalid=true]").count() > 0
    assert {name: bad for name, bad in found.items() if bad} == {}


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_axe_finds_nothing_on_the_way_in(
    desk: Desk, desk_app: Flask, open_page: Callable[..., Any], width: int, language: str
) -> None:
    with desk_app.app_context():
        people.open_account("budi@desk.example", "staff")
    page = open_page(width, language)
    found: dict[str, list[str]] = {}

    def log_in(email: str, password: str = people.PASSWORD) -> None:
        page.goto(desk.base + "/account/log-in")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        page.locator("main form button[type=submit]").click()

    for address in ("log-in", "register", "reset", "confirm"):
        page.goto(f"{desk.base}/account/{address}")
        found[address] = look(page)
    log_in("budi@desk.example", "wrong-wrong-wrong")
    page.wait_for_selector("main .note-stop, main .err")
    found["refused"] = look(page)
    log_in("budi@desk.example")
    page.wait_for_url("**/second-factor")
    found["second factor"] = look(page)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".key-c")
    found["scan"] = look(page)
    page.fill("input[name=code]", "000000")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("main .err, main .note-stop")
    found["wrong first code"] = look(page)
    log_in(people.STAFF)
    page.wait_for_selector("input[name=code]")
    found["code"] = look(page)
    page.fill("input[name=code]", "000000")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("input[name=code][aria-invalid=true]")
    found["wrong code"] = look(page)
    assert {name: bad for name, bad in found.items() if bad} == {}
