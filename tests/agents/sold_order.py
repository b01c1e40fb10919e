"""An order that an agency sold, laid into the whole site as it stands once everybody has said yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete

from planner.booking import ledger as books
from planner.flow.deal import sold_of
from planner.flow.hold_places import new_line
from planner.store import agencies, ledger, orders
from planner.store.accounts import get_account
from planner.store.db import transaction
from planner.store.ledger import LedgerEntry, LedgerTransaction
from planner.store.orders import Order, OrderLine
from planner.web.services import services
from tests.agents.conftest import RINA
from tests.booking.making import START, fee, package, quote_of, ride, stay
from tests.flow.shop import CONTACT, TRAVELLERS

ORDER_ID, CODE = "sold-order", "LTS-S0LD22"
LINES = (
    replace(ride(1, 317_992), markup=17_992),
    replace(package(2, "PK47", 1_134_566), markup=134_566),
    replace(stay(3, "ST-LBJ-1", 513_778), markup=27_556),
    replace(package(4, "PK55", 2_245_813, starts_at=START + timedelta(days=1)), markup=245_813),
    fee(5, 150_000),
)
STATES = {1: "bought", 2: "confirmed", 3: "confirmed", 4: "cancelled", 5: "planned"}


@contextmanager
def sold_here(site: Flask) -> Iterator[str]:
    """Give the code of an order that Rina's agency sold; afterwards nothing is left of it."""
    with site.app_context():
        member = agencies.find_member(get_account(RINA).id)
        assert member is not None
        _add(member.agency_id)
    yield CODE
    with site.app_context(), transaction() as session:
        for table in (LedgerEntry, LedgerTransaction, OrderLine):
            session.execute(delete(table).where(table.order_id == ORDER_ID))
        session.execute(delete(Order).where(Order.id == ORDER_ID))


def _add(agency_id: str) -> None:
    now = services().clock.now()
    quote = quote_of(LINES, now)
    with transaction() as session:
        session.add(
            Order(
                id=ORDER_ID, code=CODE, secret="s" * 32, state="confirmed", itinerary_id="trip-1", language="en",
                quote=quote.as_json(), total=quote.total, starts_on=quote.starts_at.date(),
                ends_on=quote.ends_at.date(), hold_until=now, contact=dict(CONTACT), travellers=list(TRAVELLERS),
                agency_id=agency_id, commission_bp=400, created_at=now, has_vouchers=True,
            )
        )  # fmt: skip
        session.flush()
        for line in LINES:
            row = new_line(ORDER_ID, line)
            row.state = STATES[line.number]
            session.add(row)
        session.flush()
        sold = [sold_of(row) for row in orders.list_lines(ORDER_ID) if row.price]
        ledger.post(session, f"{ORDER_ID}:sale", "sale", books.sale(sold), now, ORDER_ID)
        orders.note_line(session, ORDER_ID, 4, {"refund_due": 1_000_000, "cancelled_at": now})
        back = books.cancellation(sold[3], 1_000_000)
        ledger.post(session, f"{ORDER_ID}:cancelled:4", "cancellation", back, now, ORDER_ID)
