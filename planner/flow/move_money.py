"""The steps of the saga that move money: capture what was confirmed, release an authorisation, pay back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from planner.booking import ledger as books
from planner.booking.payment import Charge, OutcomeUnknown, PaymentRefused
from planner.booking.saga import Step
from planner.errors import PlannerError
from planner.flow.deal import Deal, owed_back, put_in_force
from planner.flow.services import Services
from planner.store import attempts, audit, ledger, payments, tasks
from planner.store.db import transaction
from planner.store.orders import Order
from planner.store.payments import Payment

SAME_KEY_TRIES = 3
"""A provider may remember a failure for its key. A payment is captured or released once, whatever the key: after so
many tries another key gets through."""
PERSON_TRIES = 5
"""After so many tries without an answer a person looks, too."""


def _key_outside(key: str, tries: int) -> str:
    return key if tries <= SAME_KEY_TRIES else f"{key}:try{tries}"


def _still_unknown(order: Order, key: str, tries: int, now: datetime, what: str) -> None:
    """Put an outcome that stays unknown in front of a person; the saga goes on asking."""
    if tries >= PERSON_TRIES:
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:unknown", "unknown_outcome", now, now + timedelta(hours=1), order.id, why=what
            )


def _money_key(deal: Deal, step: Step, money: Payment) -> str:
    """Return the key of a step for one payment: an order may see several, and no key serves two purposes."""
    return f"{step.key(deal.order.id)}:{money.id}"


def capture(deal: Deal, step: Step, services: Services) -> None:
    """Take exactly what was confirmed, once; of a trip with a deposit, the deposit."""
    order, money = deal.order, deal.money()
    assert money is not None and money.intent_id is not None
    key, now = _money_key(deal, step, money), services.clock.now()
    amount = min(deal.amount(), money.amount)
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "capture", None, key, now)
        row = session.get_one(Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id, tries = str(row.intent_id), row.tries
    try:
        charge = services.payments.capture(intent_id, amount, _key_outside(key, tries))
    except OutcomeUnknown:
        _still_unknown(order, key, tries, now, "capture")
        return
    except PaymentRefused as refused:
        charge = services.payments.get_charge(intent_id)
        if charge.state != "captured":
            _cannot_capture(deal, key, charge, refused, services)
            return
    with transaction() as session:
        session.refresh(order, with_for_update=True)  # before its payment, as the provider's messages do
        now = services.clock.now()
        attempts.end_attempt(session, key, "captured", now, amount=charge.captured)
        tasks.drop_task(session, f"{key}:unknown", now)
        row = session.get_one(Payment, money.id)
        row.state, row.captured, row.tries = "captured", charge.captured, 0
        put_in_force(session, deal, now)
        ledger.post(
            session, f"{order.id}:payment:{row.id}", "payment", books.payment(order.id, charge.captured), now, order.id
        )
        audit.note_act(session, now, "site", "capture", order.id, amount=charge.captured)


def _cannot_capture(deal: Deal, key: str, charge: Charge, refused: PlannerError, services: Services) -> None:
    """The provider will never pay: what was confirmed is undone."""
    money, now = deal.money(), services.clock.now()
    assert money is not None
    with transaction() as session:
        session.refresh(deal.order, with_for_update=True)  # before its payment, as the provider's messages do
        attempts.end_attempt(session, key, "refused", now, why=refused.code)
        row = session.get_one(Payment, money.id)
        row.state = "voided" if charge.state == "voided" else row.state
        deal.move(session, "undoing", why="payment_refused")
        audit.note_act(session, now, "site", "capture_refused", deal.order.id, why=refused.code)


def book_sale(deal: Deal, step: Step, services: Services) -> None:
    """Sell what was paid by transfer, or costs nothing more: there is nothing to capture."""
    with transaction() as session:
        put_in_force(session, deal, services.clock.now())


def void(deal: Deal, step: Step, services: Services) -> None:
    """Release an authorisation; where the provider will not, a person looks."""
    order, money = deal.order, deal.money()
    assert money is not None and money.intent_id is not None
    key, now = _money_key(deal, step, money), services.clock.now()
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "void", None, key, now)
        row = session.get_one(Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id, tries = str(row.intent_id), row.tries
    try:
        charge = services.payments.void(intent_id, _key_outside(key, tries))
    except OutcomeUnknown:
        _still_unknown(order, key, tries, now, "void")
        return
    except PaymentRefused:
        charge = services.payments.get_charge(intent_id)
        if charge.state not in ("voided", "failed", "expired"):
            with transaction() as session:
                tasks.open_task(
                    session, f"{key}:task", "refund_failed", now, now + timedelta(hours=4), order.id, why="void"
                )
            return
    with transaction() as session:
        attempts.end_attempt(session, key, "voided", services.clock.now())
        tasks.drop_task(session, f"{key}:unknown", services.clock.now())
        row = session.get_one(Payment, money.id)
        row.state, row.tries = "voided", 0
        audit.note_act(session, services.clock.now(), "site", "void", order.id)


def refund_all(deal: Deal, step: Step, services: Services) -> None:
    """Pay everything back that was paid for what is undone."""
    money = deal.money()
    assert money is not None
    _pay_back(deal.order, money, money.captured - money.refunded, _money_key(deal, step, money), services)


def refund_back(deal: Deal, step: Step, services: Services) -> None:
    """Pay back what the traveller is owed after a cancellation or a cheaper change."""
    order = deal.order
    money = payments.list_received(order.id)[0]
    amount = min(owed_back(order.id), money.captured - money.refunded)
    _pay_back(order, money, amount, f"{order.id}:refund:{money.id}:{money.refunded}", services)


def _pay_back(order: Order, money: Payment, left: int, key: str, services: Services) -> None:
    """Pay an amount back once; a transfer is paid back by a person, a refund that fails stands in front of one."""
    now = services.clock.now()
    if money.kind == "transfer":
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:task", "refund_transfer", now, now + timedelta(days=3), order.id, amount=left
            )
            _note_refund(session, order.id, money.id, left, key, now, "bank")
        return
    with transaction() as session:
        attempt = attempts.begin_attempt(session, order.id, "refund", None, key, now, amount=left)
        left = int(attempt.detail["amount"])  # what was asked for first: the same key must ask for the same
        row = session.get_one(Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id, tries = str(row.intent_id), row.tries
    try:
        services.payments.refund(intent_id, left, key)
    except OutcomeUnknown:
        _still_unknown(order, key, tries, now, "refund")
        return
    except PaymentRefused as refused:
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:task", "refund_failed", now, now + timedelta(hours=4), order.id, why=refused.code
            )
        return
    with transaction() as session:
        _note_refund(session, order.id, money.id, left, key, services.clock.now(), "card")
        attempts.end_attempt(session, key, "refunded", services.clock.now(), amount=left)
        tasks.drop_task(session, f"{key}:unknown", services.clock.now())


def _note_refund(
    session: Any, order_id: str, payment_id: int, amount: int, key: str, now: datetime, out_of: str
) -> None:
    row = session.get_one(Payment, payment_id)
    row.refunded, row.tries = row.refunded + amount, 0
    if row.refunded >= row.captured:
        row.state = "refunded"
    ledger.post(session, key, "refund", books.refund(order_id, amount, out_of), now, order_id)
    audit.note_act(session, now, "site", "refund", order_id, amount=amount)
