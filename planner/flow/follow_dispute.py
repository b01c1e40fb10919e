"""Follow a dispute: somebody has to answer it by a day; when it is over its task is, and what was lost is booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from planner.booking import ledger as books
from planner.booking.payment import Dispute
from planner.flow.services import Services
from planner.store import audit, ledger, payments, tasks
from planner.store.db import transaction
from planner.store.payments import Payment

ANSWER_DAYS = 7
"""How long somebody has where the provider names no day."""


def follow_dispute(dispute_id: str, services: Services) -> str:
    """Ask how a dispute stands and act on it, whatever was heard of it before; return what came of it.

    Raises:
        OutcomeUnknown: the provider does not answer; let it send its message again.
    """
    dispute = services.payments.get_dispute(dispute_id)
    payment = payments.find_payment_by_intent(dispute.intent_id) if dispute.intent_id else None
    if payment is None:
        return "not_ours"
    payment_id, now = payment.id, services.clock.now()
    with transaction() as session:
        row = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        if dispute.state == "open":
            _open(session, dispute, row.order_id, now)
        else:
            _end(session, dispute, row, now)
    return f"dispute_{dispute.state}"


def _open(session: Any, dispute: Dispute, order_id: str, now: datetime) -> None:
    key = _key(dispute)
    if any(task.key == key for task in tasks.list_tasks(order_id)):
        return
    due = dispute.answer_by or now + timedelta(days=ANSWER_DAYS)
    tasks.open_task(session, key, "dispute", now, due, order_id, amount=dispute.amount, why=dispute.reason)
    audit.note_act(session, now, "cardholder", "dispute", order_id, amount=dispute.amount, why=dispute.reason)


def _end(session: Any, dispute: Dispute, payment: Payment, now: datetime) -> None:
    order_id, what = payment.order_id, f"dispute_{dispute.state}"
    for task in tasks.list_tasks(order_id, "open"):
        if task.key == _key(dispute):
            task.state, task.done_at, task.note = "done", now, what
    if any(act.what == what and act.detail.get("dispute") == dispute.provider_id for act in audit.list_acts(order_id)):
        return
    if dispute.state == "lost":
        taken = min(dispute.amount, payment.captured - payment.refunded)
        payment.refunded += taken  # nobody can pay this part back a second time
        entries = books.lost_dispute(order_id, dispute.amount)
        ledger.post(session, f"{order_id}:{_key(dispute)}", "dispute", entries, now, order_id)
    audit.note_act(session, now, "site", what, order_id, amount=dispute.amount, dispute=dispute.provider_id)


def _key(dispute: Dispute) -> str:
    return f"dispute:{dispute.provider_id}"
