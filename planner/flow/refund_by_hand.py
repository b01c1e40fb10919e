"""Pay money back by hand, for a reason: never more than was taken, once for each form that was sent.

What the traveller is owed is paid out of that; anything beyond it is goodwill and ours to bear.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from planner.booking.ledger import Entry, check
from planner.booking.payment import PaymentRefused
from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow.services import Services
from planner.store import attempts, audit, ledger, tasks
from planner.store.attempts import Attempt
from planner.store.db import transaction
from planner.store.payments import Payment

STEP = "refund_by_hand"
REFUNDED_FROM = ("captured", "paid", "refunded")


def refund_by_hand(
    order_id: str, payment_id: int, amount: int, reason: str, key: str, services: Services, who: str
) -> None:
    """Pay back a part of one payment; a transfer's refund was sent by the bank and is only written down.

    `key` is the form's own: sending it twice pays once.

    Raises:
        Invalid: the reason is missing, or the amount is more than what is left of the payment.
        WrongState: the payment is none that can be paid back, or this form was refused.
        OutcomeUnknown: no answer came; the same form may be sent again.
        PaymentRefused: the provider says no.
    """
    reason, now, whole_key = reason.strip()[:200], services.clock.now(), f"{order_id}:{STEP}:{key}"[:120]
    if not reason:
        raise Invalid("a reason is needed", field="reason", code="no_reason")
    with transaction() as session:
        payment = _payment(session, order_id, payment_id)
        attempt = attempts.begin_attempt(session, order_id, STEP, None, whole_key, now)
        if attempt.outcome == "refunded":
            return
        facts = {"payment": payment_id, "amount": amount, "reason": reason, "form": key}
        if attempt.runs > 1 and attempt.detail != facts:
            raise WrongState("this form was sent before with another amount")
        _check(payment, amount)
        attempt.detail = facts
        kind, intent_id = payment.kind, payment.intent_id
    if kind == "card":
        try:
            services.payments.refund(str(intent_id), amount, whole_key)
        except PaymentRefused as refused:
            with transaction() as session:
                attempts.end_attempt(session, whole_key, "refused", now, **facts, why=refused.code)
                audit.note_act(session, now, who, "refund_refused", order_id, amount=amount, why=refused.code)
            raise
    _write(order_id, payment_id, amount, reason, whole_key, facts, services.clock.now(), who)


def _payment(session: Any, order_id: str, payment_id: int) -> Payment:
    payment: Payment | None = session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None or payment.order_id != order_id or payment.state not in REFUNDED_FROM:
        raise WrongState("nothing was taken with this payment")
    return payment


def _check(payment: Payment, amount: int) -> None:
    left = payment.captured - payment.refunded
    if not 0 < amount <= left:
        raise Invalid("only what is left may be paid back", field="amount", code="too_much", params={"left": left})


def _write(
    order_id: str, payment_id: int, amount: int, reason: str, key: str, facts: dict[str, Any], now: datetime, who: str
) -> None:
    with transaction() as session:
        payment = _payment(session, order_id, payment_id)
        out_of = "bank" if payment.kind == "transfer" else "card"
        if ledger.post(session, key, "refund", _entries(order_id, amount, out_of), now, order_id, reason):
            payment.refunded += amount
            if payment.refunded >= payment.captured:
                payment.state = "refunded"
            audit.note_act(session, now, who, STEP, order_id, amount=amount, reason=reason, payment=payment_id)
        attempts.end_attempt(session, key, "refunded", now, **facts)
        tasks.settle_tasks(session, order_id, ("refund_failed",), now, who, note=reason)


def _entries(order_id: str, amount: int, out_of: str) -> list[Entry]:
    owed = max(0, -ledger.balances(order_id).get(f"traveller:{order_id}", 0))
    sides = [
        Entry(f"traveller:{order_id}", min(amount, owed), order_id),
        Entry("platform", amount - min(amount, owed), order_id),
        Entry(out_of, -amount, order_id),
    ]
    return list(check([side for side in sides if side.amount]))


def list_unanswered(order_id: str) -> list[Attempt]:
    """List refunds by hand whose answer never came: they are sent again as they are."""
    return [one for one in attempts.list_attempts(order_id) if one.step == STEP and not one.outcome]

