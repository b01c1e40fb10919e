"""Payments of orders, by card or by transfer, and the provider's events that were received."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class Payment(Base):
    """One payment of an order; amounts in whole rupiah. `state` as in `booking.payment.Charge`."""

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("trip_order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(12), default="whole")
    """`whole`, `deposit`, `balance`, or `change`: then `change` is the number of the change that it pays."""
    change: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    captured: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    intent_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    url: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    capture_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    card: Mapped[str] = mapped_column(String(40), default="")
    problem: Mapped[str] = mapped_column(String(60), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proof: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("captured >= 0 AND captured <= amount", name="captured_within_amount"),
        CheckConstraint("refunded >= 0 AND refunded <= captured", name="refunded_within_captured"),
    )


class PaymentEvent(Base):
    """An event of the payment provider that was received; the key makes sure that it counts once."""

    __tablename__ = "payment_event"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(120), default="")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(40), default="")


def get_payment_by_session(session_id: str) -> Payment:
    """Find the payment that a payment page was opened for.

    Raises:
        NotFound: no payment has this page.
    """
    return _found(db.session.scalar(select(Payment).where(Payment.session_id == session_id)))


def find_payment_by_intent(intent_id: str) -> Payment | None:
    """Find the payment of a PaymentIntent, if it is one of ours."""
    return db.session.scalar(select(Payment).where(Payment.intent_id == intent_id))


def _found(payment: Payment | None) -> Payment:
    if payment is None:
        raise NotFound("there is no such payment", code="no_such_payment")
    return payment


def list_payments(order_id: str) -> list[Payment]:
    """List the payments of an order, the oldest first."""
    return list(db.session.scalars(select(Payment).where(Payment.order_id == order_id).order_by(Payment.id)))


def find_money(order_id: str, change: int | None = None) -> Payment | None:
    """Find the payment that pays for an order, or for a change of it: authorised, captured or received; else None."""
    paid = ("authorised", "captured", "paid")
    found = (p for p in list_payments(order_id) if p.state in paid and p.change == change)
    return next(found, None)


def list_asked_for(most: int = 100) -> list[str]:
    """List ids of orders with a payment page that nobody has heard of yet, the oldest first."""
    query = (
        select(Payment.order_id)
        .where(Payment.state.in_(("open", "surplus")), Payment.session_id.is_not(None))
        .order_by(Payment.id)
        .limit(most)
    )
    return list(dict.fromkeys(db.session.scalars(query)))


def list_received(order_id: str) -> list[Payment]:
    """List the payments of an order that brought money, the last first: that is the order in which it goes back."""
    return [p for p in reversed(list_payments(order_id)) if p.state in ("captured", "paid") and p.captured > p.refunded]


def add_event(session: Session, event_id: str, kind: str, subject: str, now: datetime) -> bool:
    """Remember an event; False if it was remembered before. Call it inside a transaction."""
    try:
        with session.begin_nested():
            session.add(PaymentEvent(id=event_id, type=kind, subject=subject, received_at=now))
            session.flush()
    except IntegrityError:
        return False
    return True
