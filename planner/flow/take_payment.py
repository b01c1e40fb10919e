"""Write down who travels, and take in what the payment provider says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from planner.booking import ledger as books
from planner.booking.payment import Charge, Checkout, PaymentNews, Plan
from planner.errors import NotFound
from planner.flow.deal import Deal, list_deals
from planner.flow.follow_dispute import follow_dispute
from planner.flow.open_payment import live_order
from planner.flow.services import Services
from planner.store import attempts, audit, changes, ledger, orders, payments, tasks
from planner.store.db import db, transaction
from planner.store.orders import Order
from planner.store.payments import Payment

ASKED = ("open", "authorised", "surplus")
"""Payments that the provider may know something new about."""
CONSENTS = ("closest", "undo")
"""What to do when one part cannot be confirmed: take the closest match at no higher price, or undo everything."""


def name_travellers(
    order_id: str,
    contact: Mapping[str, Any],
    travellers: Sequence[Mapping[str, Any]],
    consent: str,
    plan: Plan,
    services: Services,
) -> None:
    """Write down contact, travellers, consent and how it is paid.

    Raises:
        HoldLapsed: the hold has run out.
    """
    now = services.clock.now()
    with transaction() as session:
        live_order(order_id, now)
        orders.note_order(
            session,
            order_id,
            {
                "contact": dict(contact),
                "travellers": [dict(one) for one in travellers],
                "consent": consent,
                "plan": {
                    "now": plan.now,
                    "balance": plan.balance,
                    "due_on": plan.due_on.isoformat() if plan.due_on else None,
                },
            },
        )


def receive_event(body: bytes, signature: str, services: Services) -> str:
    """Take in a signed message of the payment provider and return what came of it.

    The message is not believed: its subject is asked for again, and acts only if the order's state allows. A message
    that came before changes nothing, whatever order they come in.

    Raises:
        NotAllowed: the signature is wrong or too old.
        OutcomeUnknown: the provider does not answer; let it send the message again.
    """
    news = services.payments.read_event(body, signature)
    subject = news.dispute_id or news.session_id or news.intent_id
    if db.session.get(payments.PaymentEvent, news.event_id) is not None:
        return "known"
    outcome = take_news(news, services)
    with transaction() as session:
        payments.add_event(session, news.event_id, news.type, subject, services.clock.now())
    return outcome


def take_news(news: PaymentNews, services: Services) -> str:
    """Ask for what an event is about and act on how it stands; return what came of it."""
    if news.dispute_id:
        return follow_dispute(news.dispute_id, services)
    if news.session_id:
        try:
            payment = payments.get_payment_by_session(news.session_id)
        except NotFound:
            return "not_ours"
        return check_payment(payment.order_id, services)
    payment_of = payments.find_payment_by_intent(news.intent_id) if news.intent_id else None
    if payment_of is None:
        return "not_ours"
    return check_payment(payment_of.order_id, services)


def check_payment(order_id: str, services: Services) -> str:
    """Ask the provider how the payments of an order stand, write it down, and hand an authorised order over.

    Safe to call at any time, from an event, a returning traveller or a timer. Returns the order's state.
    """
    for payment in payments.list_payments(order_id):
        if payment.kind != "card" or payment.session_id is None or payment.state not in ASKED:
            continue
        payment_id, session_id, intent_id = payment.id, payment.session_id, payment.intent_id
        checkout = services.payments.get_checkout(session_id) if payment.state == "open" else None
        intent_id = intent_id or (checkout.intent_id if checkout else None)
        charge = services.payments.get_charge(intent_id) if intent_id else None
        _write_charge(order_id, payment_id, checkout, charge, services)
    for payment in payments.list_payments(order_id):
        if payment.state == "surplus":
            _release_surplus(order_id, payment, services)
    if any(deal.state in ("authorised", "undoing") for deal in list_deals(order_id)):
        services.queue.enqueue(order_id)
    return str(orders.get_order(order_id).state)


def _release_surplus(order_id: str, payment: Payment, services: Services) -> None:
    """Release an authorisation that came beside the one that pays, as when somebody paid on two pages."""
    payment_id = payment.id
    services.payments.void(str(payment.intent_id), f"{order_id}:void:{payment_id}")
    with transaction() as session:
        session.get_one(Payment, payment_id).state = "voided"
        audit.note_act(session, services.clock.now(), "site", "void_surplus", order_id)


def _write_charge(
    order_id: str, payment_id: int, checkout: Checkout | None, charge: Charge | None, services: Services
) -> None:
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        payment = session.get_one(Payment, payment_id, with_for_update=True)
        if payment.state not in ASKED:
            return
        deal = _deal_of(session, order, payment)
        if charge is not None:
            payment.intent_id = charge.provider_id
            payment.problem = charge.problem
            payment.card = charge.card or payment.card
        if charge is not None and charge.state == "captured" and payment.purpose == "balance":
            _take_balance(session, order, payment, charge.captured, now)
        elif charge is not None and charge.state == "authorised" and payment.state == "open":
            payment.capture_before = charge.capture_before
            _accept(session, deal, payment, now)
        elif charge is not None and charge.state == "voided":
            _lose(session, deal, payment, now)
        elif checkout is not None and checkout.state == "expired":
            payment.state = "expired"
            if deal.state == "paying":
                deal.move(session, "held")


def _deal_of(session: Any, order: Order, payment: Payment) -> Deal:
    """Return what a payment pays for, as it stands now; its order is locked."""
    if payment.change is None:
        return Deal(order)
    change = changes.get_change(order.id, payment.change)
    session.refresh(change)
    return Deal(order, change)


def _take_balance(session: Any, order: Order, payment: Payment, amount: int, now: datetime) -> None:
    """Write down the rest of a trip that was confirmed on a deposit; it was captured as it was paid."""
    payment.state, payment.captured = "captured", amount
    key = f"{order.id}:payment:{payment.id}"
    ledger.post(session, key, "payment", books.payment(order.id, amount), now, order.id)
    tasks.close_tasks(session, order.id, now, kind="collect_balance")
    audit.note_act(session, now, "traveller", "pay_balance", order.id, amount=amount)
    orders.note_order(session, order.id, {"due_at": now})


def _accept(session: Any, deal: Deal, payment: Payment, now: datetime) -> None:
    """Let what is authorised go on; where its places are gone already it is undone and the payment released."""
    payment.state = "authorised"
    if deal.state in ("held", "paying"):
        deal.move(session, "authorised")
        _wake(session, deal, now, "authorised", authorised_at=now)
    elif deal.state in ("lapsed", "undone"):
        deal.move(session, "undoing", why=deal.why or "hold_lapsed")
        _wake(session, deal, now, "authorised_too_late")
    else:
        payment.state = "surplus"


def _lose(session: Any, deal: Deal, payment: Payment, now: datetime) -> None:
    """The authorisation is gone: nothing can be captured any more, so what was confirmed is undone."""
    did_pay = payment.state == "authorised"
    payment.state = "voided"
    attempts.end_attempt(session, f"{deal.order.id}:void:{payment.id}", "voided", now)  # by whoever died at it
    if deal.state == "authorised" and did_pay:
        deal.move(session, "undoing", why="authorisation_lapsed")
        _wake(session, deal, now, "authorisation_lost")
    elif deal.state == "paying":
        deal.move(session, "held")


def _wake(session: Any, deal: Deal, now: datetime, what: str, **values: Any) -> None:
    """Have the saga look at an order now, and keep what happened."""
    orders.note_order(session, deal.order.id, {"due_at": now} | ({} if deal.change else values))
    facts = {"change": deal.number} if deal.change else {}
    audit.note_act(session, now, "site", what, deal.order.id, **facts)
