"""Open the payment page of an order, of the rest of a deposit, or of a change; one that is open is used again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from planner.booking.hold import PAYMENT_MIN, Hold, HoldLapsed
from planner.booking.payment import SESSION_MIN, Article, Checkout, CheckoutRequest
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.flow.hold_places import keep_for_payment
from planner.flow.services import Services
from planner.store import audit, changes, ledger, orders, payments
from planner.store.db import db, transaction
from planner.store.orders import Order
from planner.store.payments import Payment


@dataclass(frozen=True)
class Return:
    """Where the payment page leads: after it was paid, and when it is left."""

    success_url: str
    cancel_url: str


def open_payment(
    order_id: str, success_url: str, cancel_url: str, names: Mapping[int, str], services: Services
) -> Checkout:
    """Open the payment page of a held order.

    `names` is what each line is called on the page, in the traveller's language; the trip itself has number 0.

    Raises:
        HoldLapsed: the hold has run out.
        OutcomeUnknown: the payment provider does not answer; nothing was charged.
        PaymentRefused: the provider refuses the sum.
    """
    now = services.clock.now()
    with transaction() as session:
        order = live_order(order_id, now)
        if order.state == "held":
            orders.move_order(session, order_id, "paying")
        keep_for_payment(session, order, now)
        amount = int(order.plan.get("now") or order.total)
        purpose = "deposit" if order.plan.get("balance") else "whole"
        payment = _payment(session, order_id, purpose, amount, now)
        articles = _articles(order, amount, names)
    return _open(order, payment, articles, Return(success_url, cancel_url), services)


def _articles(order: Order, amount: int, names: Mapping[int, str]) -> list[Article]:
    """List what is paid, one article a component; a deposit is one article."""
    if amount != order.total:
        return [Article(names.get(0, order.code), amount)]
    quote = Quote.from_json(order.quote)
    return [Article(names.get(line.number, line.kind), line.price) for line in quote.lines if line.is_charged]


def live_order(order_id: str, now: datetime) -> Order:
    """Return an order that is held and not paid, and keep others from it until the transaction ends.

    Raises:
        HoldLapsed: the hold has run out.
    """
    order = orders.get_order(order_id)
    db.session.refresh(order, with_for_update=True)
    if order.state not in ("held", "paying") or order.hold_until <= now:
        raise HoldLapsed("this hold has run out")
    return order


def balance_of(order_id: str) -> int:
    """Return what a traveller still owes for a confirmed trip, in whole rupiah."""
    if orders.get_order(order_id).state != "confirmed":
        return 0
    return max(0, ledger.balances(order_id).get(f"traveller:{order_id}", 0))


def open_balance(order_id: str, success_url: str, cancel_url: str, name: str, services: Services) -> Checkout:
    """Open the payment page for the rest of a confirmed trip, which is captured as it is paid.

    Raises:
        WrongState: nothing is owed.
        OutcomeUnknown: the payment provider does not answer; nothing was charged.
        PaymentRefused: the provider refuses the sum.
    """
    amount = balance_of(order_id)
    if not amount:
        raise WrongState("nothing is owed for this trip")
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        payment = _payment(session, order_id, "balance", amount, services.clock.now())
    back = Return(success_url, cancel_url)
    return _open(order, payment, [Article(name, amount)], back, services, captures=True)


def open_change_payment(
    order_id: str, number: int, success_url: str, cancel_url: str, name: str, services: Services
) -> Checkout:
    """Open the payment page for the difference that a change costs.

    Raises:
        HoldLapsed: the hold has run out, or it is paid.
        OutcomeUnknown: the payment provider does not answer; nothing was charged.
        PaymentRefused: the provider refuses the sum.
    """
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        change = changes.get_change(order_id, number)
        session.refresh(change)
        if change.state not in ("held", "paying") or not Hold(change.hold_until).is_live(now):
            raise HoldLapsed("this hold has run out")
        if change.state == "held":
            changes.move_change(session, order_id, number, "paying")
        until = max(change.hold_until, now + timedelta(minutes=PAYMENT_MIN))
        changes.note_change(session, order_id, number, {"hold_until": until})
        payment = _payment(session, order_id, "change", change.difference, now, number)
        articles = [Article(name, change.difference)]
    return _open(order, payment, articles, Return(success_url, cancel_url), services)


def _payment(
    session: Any, order_id: str, purpose: str, amount: int, now: datetime, change: int | None = None
) -> Payment:
    """Return a payment whose page is open for just this, or a new one; call it inside a transaction."""
    for one in payments.list_payments(order_id):
        is_same = (one.kind, one.purpose, one.amount, one.change) == ("card", purpose, amount, change)
        if is_same and one.state == "open" and one.session_id and one.expires_at and one.expires_at > now:
            return one
    fresh = Payment(
        order_id=order_id, kind="card", purpose=purpose, state="open", amount=amount, change=change, created_at=now
    )
    session.add(fresh)
    session.flush()
    return fresh


def _open(
    order: Order,
    payment: Payment,
    articles: Sequence[Article],
    back: Return,
    services: Services,
    captures: bool = False,
) -> Checkout:
    """Ask the provider for a payment page and write down where it is, unless it is open already."""
    if payment.session_id and payment.expires_at:
        return Checkout(payment.session_id, payment.url, payment.expires_at)
    payment_id, now = payment.id, services.clock.now()
    wanted = CheckoutRequest(
        key=f"{order.id}:checkout:{payment_id}",
        order_id=order.id,
        code=order.code,
        articles=articles,
        email=str(order.contact.get("email", "")),
        language=order.language,
        success_url=back.success_url,
        cancel_url=back.cancel_url,
        expires_at=now + timedelta(minutes=SESSION_MIN),
        captures=captures,
    )
    checkout = services.payments.open_checkout(wanted)
    with transaction() as session:
        opened = session.get_one(Payment, payment_id)
        opened.session_id, opened.url, opened.expires_at = checkout.session_id, checkout.url, checkout.expires_at
        opened.intent_id = checkout.intent_id or None
        audit.note_act(session, services.clock.now(), "traveller", "open_payment", wanted.order_id)
    return checkout
