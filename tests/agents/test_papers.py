"""What an agency sold, in a browser: its bookings, their papers, the statement, and who may open which."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader

from planner.flow import run_agency
from planner.store import agencies, ledger, orders
from planner.store.agency_orders import PAGE
from planner.store.db import db, transaction
from planner.store.orders import Order
from planner.web.services import services
from tests.agents.conftest import CARD, RINA, Agents
from tests.booking.making import START, package, ride, stay
from tests.flow import shop
from tests.flow.fakes import World

PDFS = ("purchase-orders", "driver-sheets", "rooming-list", "itinerary", "invoice")
INSIDE = PDFS[:3]
LINES = [
    replace(package(1, "PK47", 1_134_566), markup=134_566),
    replace(stay(2, "ST-LBJ-1", 513_778), markup=27_556),
    replace(package(3, "PK55", 2_245_813, starts_at=(START + timedelta(days=1)).replace(hour=8)), markup=245_813),
    replace(ride(4, 317_992), markup=17_992),
]


@pytest.fixture
def code(desk_app: Flask, world: World, agents: Agents) -> str:
    """Give the code of an order that Rina's agency sold and everybody confirmed."""
    with desk_app.app_context():
        return sell(world, agents.agency_id)


def sell(world: World, agency_id: str, language: str = "en") -> str:
    order_id = shop.hold(world, LINES, language=language)
    with transaction() as session:
        orders.note_order(session, order_id, {"agency_id": agency_id, "commission_bp": 400})
    shop.pay(world, order_id)
    shop.check_payment(order_id, world.services)
    shop.run(world, order_id)
    db.session.rollback()
    return str(orders.get_order(order_id).code)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_booking_shows_what_each_part_costs_and_brings_in(agents: Agents, code: str) -> None:
    assert code in agents.rina.client.get("/agency/bookings").text
    page = agents.rina.client.get(f"/agency/bookings/{code}").text
    row = re.search(r"In all</th><td></td>" + r"<td class=\"r num\">([\d,]+)</td>" * 4, page)
    assert row
    net, markup, gross, commission = (int(text.replace(",", "")) for text in row.groups())
    assert net + markup == gross == sum(line.price for line in LINES)
    assert markup == sum(line.markup for line in LINES) and commission > 0
    assert "Ani Bee" in page and all(f"{name}.pdf" in page for name in PDFS)


@pytest.mark.parametrize("name", PDFS)
def test_each_paper_is_a_pdf_with_the_agency_first(agents: Agents, code: str, name: str) -> None:
    answer = agents.dewa.client.get(f"/agency/bookings/{code}/{name}.pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = text_of(answer.data)
    assert text.lstrip().startswith(CARD.name) and code in text
    assert text.rstrip().splitlines()[-1].startswith(("Made with Lintas", "Dibuat dengan Lintas"))


@pytest.mark.parametrize("name", INSIDE)
def test_no_gross_price_and_no_mark_up_can_be_read_on_papers_for_suppliers(
    agents: Agents, code: str, name: str
) -> None:
    figures = re.sub(r"[.,\s\u00a0]", "", text_of(agents.rina.client.get(f"/agency/bookings/{code}/{name}.pdf").data))
    for line in LINES:
        assert str(line.price) not in figures and str(line.markup) not in figures, line.number
    assert (str(LINES[0].net) in figures) is (name == "purchase-orders")


def test_suppliers_read_indonesian_and_clients_their_own_language(
    desk_app: Flask, world: World, agents: Agents
) -> None:
    with desk_app.app_context():
        code = sell(world, agents.agency_id, language="id")
    agents.rina.client.set_cookie("lang", "en")
    read = {name: text_of(agents.rina.client.get(f"/agency/bookings/{code}/{name}.pdf").data) for name in PDFS}
    assert "Pesanan pembelian" in read["purchase-orders"]
    assert "Faktur" in read["invoice"] and "Hari 1," in read["itinerary"]
    assert "Rooming list" in read["rooming-list"] and "Driver and guide sheets" in read["driver-sheets"]


def test_one_supplier_gets_its_own_page(agents: Agents, code: str) -> None:
    page = agents.rina.client.get(f"/agency/bookings/{code}").text
    link = re.search(r'href="([^"]+purchase-orders\.pdf\?supplier=house-ST-LBJ-1)"', page)
    assert link
    whole = PdfReader(io.BytesIO(agents.rina.client.get(link[1].partition("?")[0]).data))
    alone = PdfReader(io.BytesIO(agents.rina.client.get(link[1]).data))
    assert (len(whole.pages), len(alone.pages)) == (4, 1)


def test_an_invoice_is_a_table_too(agents: Agents, code: str) -> None:
    answer = agents.rina.client.get(f"/agency/bookings/{code}/invoice.csv")
    assert answer.mimetype == "text/csv" and f"{code}-invoice.csv" in answer.headers["Content-Disposition"]
    assert f"INV-{code}" in answer.data.decode("utf-8-sig")


def test_bookings_are_found_by_code_state_and_day_a_page_at_a_time(
    desk_app: Flask, world: World, agents: Agents, code: str
) -> None:
    def shown(**asked: str) -> list[str]:
        return re.findall(
            r'href="/agency/bookings/([^"?]+)"', agents.rina.client.get("/agency/bookings", query_string=asked).text
        )

    assert shown(q=code[:7].lower()) == shown(q="traveller@example.com") == shown(state="confirmed") == [code]
    starts = (START - timedelta(days=2)).date()
    assert shown(**{"from": starts.isoformat(), "until": starts.isoformat()}) == [code]
    for nothing in ({"q": "XYZ"}, {"q": "%"}, {"state": "held"}, {"from": (starts + timedelta(days=1)).isoformat()}):
        assert shown(**nothing) == []
    with desk_app.app_context(), transaction() as session:
        first = orders.get_order_by_code(code)
        kept = {column.key: getattr(first, column.key) for column in Order.__table__.columns}
        for number in range(PAGE):
            session.add(Order(**{**kept, "id": f"o{number}", "code": f"LTS-{number:06d}", "due_at": None}))
    pages = [shown(page=str(number)) for number in (1, 2, 99)]
    assert [len(page) for page in pages] == [PAGE, 1, 1] and not set(pages[0]) & set(pages[1])
    with desk_app.app_context(), transaction() as session:
        for number in range(PAGE):
            session.delete(session.get_one(Order, f"o{number}"))


def test_what_somebody_else_sold_is_not_there(desk_app: Flask, world: World, agents: Agents, code: str) -> None:
    with desk_app.app_context():
        order_id = shop.hold(world, LINES[:1])
        nobodys = orders.get_order(order_id).code
    files = ("", *(f"/{name}.pdf" for name in PDFS), "/invoice.csv")
    for file in files:
        answer = agents.made.client.get(f"/agency/bookings/{code}{file}")
        assert answer.status_code == 404 and "Ani Bee" not in answer.text, file
        assert agents.rina.client.get(f"/agency/bookings/{nobodys}{file}").status_code == 404, file
    assert code not in agents.made.client.get("/agency/bookings").text
    assert code not in agents.made.client.get("/agency/statement").text


def test_readers_look_at_bookings_and_open_no_paper(desk_app: Flask, agents: Agents, code: str) -> None:
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.set_work(agents.agency_id, dewa, "reader", services(), RINA)
    page = agents.dewa.client.get(f"/agency/bookings/{code}")
    assert page.status_code == 200 and ".pdf" not in page.text
    assert "/agency/statement" not in agents.dewa.client.get("/agency/bookings").text
    for file in (*(f"bookings/{code}/{name}.pdf" for name in PDFS), f"bookings/{code}/invoice.csv", "statement"):
        assert agents.dewa.client.get(f"/agency/{file}").status_code == 403, file


def test_a_statement_ends_at_what_the_books_say(desk_app: Flask, agents: Agents, code: str) -> None:
    with desk_app.app_context():
        owed = -ledger.balances()[f"agent:{agents.agency_id}"]
    days = {"from": "2026-11-01", "until": "2026-11-30"}
    page = agents.rina.client.get("/agency/statement", query_string=days).text
    assert f"{owed:,}" in page and f"{code}-01" in page
    paper = text_of(agents.rina.client.get("/agency/statement.pdf", query_string=days).data)
    assert f"{owed:,}" in paper and f"{code}-01" in paper
    table = agents.rina.client.get("/agency/statement.csv", query_string=days)
    assert table.data.decode("utf-8-sig").splitlines()[-1].split(",")[-2] == str(owed)
    assert agents.rina.client.get("/agency/statement").status_code == 200


def test_days_that_are_none_are_refused_at_their_fields(agents: Agents) -> None:
    answer = agents.rina.client.get("/agency/statement?from=soon&until=2026-11-31")
    assert answer.status_code == 422 and answer.text.count("This is no day.") == 4
    assert 'value="soon"' in answer.text and answer.text.count('aria-invalid="true"') == 2
    turned = agents.rina.client.get("/agency/statement?from=2026-11-30&until=2026-11-01")
    assert turned.status_code == 422 and "The last day is the first day or later." in turned.text
    assert agents.rina.client.get("/agency/statement.pdf?from=soon").status_code == 422
