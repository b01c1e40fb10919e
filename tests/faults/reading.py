"""Collect the facts of a running site: from its database, from the supplier's list, from the payment sandbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from planner.gateways.stripe_payments import STRIPE_PER_RUPIAH
from planner.store import availability
from planner.store.attempts import Attempt
from planner.store.db import db
from planner.store.ledger import LedgerEntry
from planner.store.orders import Order, OrderLine, Taken
from planner.store.payments import Payment
from planner.store.systems import BookedIn
from tests.faults.history import Booked, Facts, Intent, Kept, Money, Part, Slot
from tests.sandbox.running import RunningSandbox
from tests.standins.running import RunningSupplier


def read_facts(supplier: RunningSupplier, sandbox: RunningSandbox) -> Facts:
    """Read everything; inside the app's context."""
    db.session.rollback()
    rows = select(
        Taken.slot_id, Taken.is_sold, func.sum(Taken.places)
    ).group_by(Taken.slot_id, Taken.is_sold)  # fmt: skip
    used = db.session.scalars(select(availability.Slot).where(availability.Slot.held + availability.Slot.sold > 0))
    return Facts(
        orders=_orders(),
        payments=tuple(
            Money(row.order_id, row.intent_id or "", row.kind, row.state, row.captured, row.refunded)
            for row in db.session.scalars(select(Payment))
        ),
        slots={slot.id: Slot(slot.capacity, slot.held, slot.sold) for slot in used},
        taken={(slot_id, is_sold): int(places) for slot_id, is_sold, places in db.session.execute(rows)},
        taken_by=frozenset(db.session.scalars(select(Taken.order_id).distinct())),
        supplier=tuple(Booked(one["uuid"], one["status"], one["supplierReference"]) for one in supplier.bookings()),
        intents=tuple(_intent(one) for one in _intents(sandbox)),
        ledger=tuple((row.transaction_id, row.account, row.amount) for row in db.session.scalars(select(LedgerEntry))),
        unended=tuple(
            (row.order_id, row.key) for row in db.session.scalars(select(Attempt).where(Attempt.ended_at.is_(None)))
        ),
    )


def _orders() -> tuple[Kept, ...]:
    systems = set(db.session.scalars(select(BookedIn.uuid).where(BookedIn.system_id.is_not(None))))
    parts: dict[str, list[Part]] = {}
    for line in db.session.scalars(select(OrderLine).order_by(OrderLine.number)):
        by_system = line.supplier_uuid in systems
        part = Part(line.number, line.state, line.price, by_system, line.supplier_uuid, line.reference)
        parts.setdefault(line.order_id, []).append(part)
    return tuple(
        Kept(one.id, one.code, one.visitor, one.state, tuple(parts.get(one.id, ())), tuple(one.told))
        for one in db.session.scalars(select(Order))
    )


def _intents(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    charges: dict[str, list[dict[str, Any]]] = {}
    for charge in sandbox.objects("charge"):
        charges.setdefault(charge["payment_intent"], []).append(charge)
    return [{**one, "charges": charges.get(one["id"], [])} for one in sandbox.objects("payment_intent")]


def _intent(told: dict[str, Any]) -> Intent:
    paid = [charge for charge in told["charges"] if charge["paid"] and charge["amount_captured"]]
    captured = sum(charge["amount_captured"] for charge in paid)
    # What was authorised and never captured counts as refunded there.
    back = sum(charge["amount_refunded"] - (charge["amount"] - charge["amount_captured"]) for charge in paid)
    return Intent(
        told["id"], told["status"], captured // STRIPE_PER_RUPIAH, back // STRIPE_PER_RUPIAH,
        told["metadata"].get("order_id", ""),
    )  # fmt: skip
