"""Record money that came by bank transfer, with its proof: an order that waits for it goes on as if a card had paid."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from planner.booking import ledger as books
from planner.booking.payment import OutcomeUnknown
from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid
from planner.flow.deal import Deal
from planner.flow.services import Services
from planner.flow.take_payment import check_payment
from planner.store import audit, changes, ledger, orders, payments, proofs, tasks
from planner.store.changes import TripChange
from planner.store.db import transaction
from planner.store.orders import Order
from planner.store.payments import Payment

UNPAID = ("held", "paying")


class RecordedBefore(Conflict):
    """A transfer with this bank reference was recorded for this order before."""

    default_code = "recorded_before"


def amount_due(order: Order) -> int:
    """Return what an order waits for now: all of it, its deposit, a change of it, or the balance that is left.

    Whole rupiah.
    """
    if order.state in UNPAID:
        return int(order.plan.get("now") or order.total)
    if order.state == "confirmed":
        change = _unpaid_change(order)
        if change is not None:
            return int(change.difference)
        return max(0, ledger.balances(order.id).get(f"traveller:{order.id}", 0))
    return 0


def _unpaid_change(order: Order) -> TripChange | None:
    change = changes.find_live_change(order.id)
    return change if change is not None and change.state in UNPAID else None


def record_transfer(
    order_id: str,
    amount: int,
    payer: str,
    paid_on: date,
    reference: str,
    proof: bytes,
    instance: Path,
    services: Services,
    who: str,
) -> None:
    """Write a transfer down and let the order go on; a payment page that is open is closed first.

    Raises:
        Invalid: a field is missing, the amount is less than what is due, or the day lies ahead.
        BadProof: the file is no proof that we take.
        WrongState: the order waits for no money.
        RecordedBefore: this transfer is in the books already.
    """
    payer, reference = payer.strip()[:120], reference.strip()[:120]
    if not payer:
        raise Invalid("say who paid", field="payer", code="no_payer")
    if not reference:
        raise Invalid("the bank's reference is needed", field="reference", code="no_reference")
    if paid_on > services.clock.today():
        raise Invalid("that day lies ahead", field="paid_on", code="day_ahead")
    _check(orders.get_order(order_id), amount)
    _close_payment_page(order_id, services)
    name = proofs.keep_proof(instance, proof)
    facts = {"payer": payer, "paid_on": paid_on.isoformat(), "reference": reference, "file": name, "recorded_by": who}
    try:
        _write(order_id, amount, facts, services.clock.now(), who)
    except BaseException:
        proofs.drop_proof(instance, name)
        raise
    services.queue.enqueue(order_id)


def _check(order: Order, amount: int) -> None:
    due = amount_due(order)
    if due <= 0:
        raise WrongState("this order waits for no money", params={"now": order.state})
    if amount < due:
        raise Invalid("that is less than what is due", field="amount", code="too_little", params={"due": due})


def _close_payment_page(order_id: str, services: Services) -> None:
    """See to it that nobody pays by card meanwhile; where the provider is silent, money that comes twice goes back."""
    for payment in payments.list_payments(order_id):
        if payment.kind == "card" and payment.state == "open" and payment.session_id:
            try:
                services.payments.close_checkout(payment.session_id)
                check_payment(order_id, services)
            except OutcomeUnknown:
                return


def _write(order_id: str, amount: int, facts: dict[str, Any], now: datetime, who: str) -> None:
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        if any(p.proof.get("reference") == facts["reference"] for p in payments.list_payments(order_id)):
            raise RecordedBefore("this transfer was recorded before")
        _check(order, amount)
        change = _unpaid_change(order)
        deal = Deal(order, change)
        is_balance = deal.state == "confirmed"
        purpose = "deposit" if order.plan.get("balance") else "whole"
        purpose = "change" if change else "balance" if is_balance else purpose
        payment = Payment(
            order_id=order_id, kind="transfer", purpose=purpose, state="paid", amount=amount, captured=amount,
            change=deal.number, proof=facts, created_at=now,
        )  # fmt: skip
        session.add(payment)
        session.flush()
        entries = books.payment(order_id, amount, into="bank")
        ledger.post(session, f"{order_id}:payment:{payment.id}", "payment", entries, now, order_id)
        if is_balance:
            tasks.settle_tasks(session, order_id, ("collect_balance",), now, who, reference=facts["reference"])
        else:
            deal.move(session, "authorised", **({} if change else {"authorised_at": now}))
        orders.note_order(session, order_id, {"due_at": now})
        audit.note_act(
            session, now, who, "record_transfer", order_id, amount=amount, reference=facts["reference"],
            paid_on=facts["paid_on"], file=facts["file"],
        )  # fmt: skip
