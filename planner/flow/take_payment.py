"""Write down who travels, open the payment page of an order, and take in what the payment provider says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from planner.booking import ledger as books
from planner.booking.hold import HoldLapsed
from planner.booking.payment import SESSION_MIN, Article, Charge, Checkout, CheckoutRequest, PaymentNews, Plan
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.errors import NotFound
from planner.flow.follow_dispute import follow_dispute
from planner.flow.hold_places import keep_for_payment
from planner.flow.services import Services
from planner.store import audit, ledger, orders, payments, tasks
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
        _live_order(order_id, now)
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


def open_payment(
    order_id: str, success_url: str, cancel_url: str, names: Mapping[int, str], services: Services
) -> Checkout:
    """Open the payment page of a held order; one that is open already is used again.

    `names` is what each line is called on the page, in the traveller's language; the trip itself has number 0.

    Raises:
        HoldLapsed: the hold has run out.
        OutcomeUnknown: the payment provider does not answer; nothing was charged.
        PaymentRefused: the provider refuses the sum.
    """
    now = services.clock.now()
    with transaction() as session:
        order = _live_order(order_id, now)
        open_page = next((p for p in payments.list_payments(order_id) if p.state == "open" and p.kind == "card"), None)
        if open_page is not None and open_page.session_id and open_page.expires_at and open_page.expires_at > now:
            keep_for_payment(session, order, now)
            return Checkout(open_page.session_id, open_page.url, open_page.expires_at)
        number = len(payments.list_payments(order_id)) + 1
        amount = int(order.plan.get("now") or order.total)
        expires_at = now + timedelta(minutes=SESSION_MIN)
        payment = Payment(order_id=order_id, kind="card", state="open", amount=amount, created_at=now)
        payment.purpose = "deposit" if order.plan.get("balance") else "whole"
        session.add(payment)
        if order.state == "held":
            orders.move_order(session, order_id, "paying")
        keep_for_payment(session, order, now)
        wanted = CheckoutRequest(
            key=f"{order_id}:checkout:{number}",
            order_id=order_id,
            code=order.code,
            articles=_articles(order, amount, names),
            email=str(order.contact.get("email", "")),
            language=order.language,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=expires_at,
        )
        session.flush()
        payment_id = payment.id
    return _open_page(payment_id, wanted, services)


def _articles(order: Order, amount: int, names: Mapping[int, str]) -> list[Article]:
    """List what is paid, one article a component; a deposit is one article."""
    if amount != order.total:
        return [Article(names.get(0, order.code), amount)]
    quote = Quote.from_json(order.quote)
    return [Article(names.get(line.number, line.kind), line.price) for line in quote.lines if line.is_charged]


def _live_order(order_id: str, now: datetime) -> Order:
    order = orders.get_order(order_id)
    db.session.refresh(order, with_for_update=True)
    if order.state not in ("held", "paying") or order.hold_until <= now:
        raise HoldLapsed("this hold has run out")
    return order


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
    state = orders.get_order(order_id).state
    if state in ("authorised", "undoing"):
        services.queue.enqueue(order_id)
    return str(state)


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
        if charge is not None:
            payment.intent_id = charge.provider_id
            payment.problem = charge.problem
            payment.card = charge.card or payment.card
        if charge is not None and charge.state == "captured" and payment.purpose == "balance":
            _take_balance(session, order, payment, charge.captured, now)
        elif charge is not None and charge.state == "authorised" and payment.state == "open":
            payment.capture_before = charge.capture_before
            _accept(session, order, payment, now)
        elif charge is not None and charge.state == "voided":
            _lose(session, order, payment, now)
        elif checkout is not None and checkout.state == "expired":
            payment.state = "expired"
            if order.state == "paying":
                orders.move_order(session, order_id, "held")


def _take_balance(session: Any, order: Order, payment: Payment, amount: int, now: datetime) -> None:
    """Write down the rest of a trip that was confirmed on a deposit; it was captured as it was paid."""
    payment.state, payment.captured = "captured", amount
    key = f"{order.id}:payment:{payment.id}"
    ledger.post(session, key, "payment", books.payment(order.id, amount), now, order.id)
    tasks.close_tasks(session, order.id, now, kind="collect_balance")
    audit.note_act(session, now, "traveller", "pay_balance", order.id, amount=amount)
    orders.note_order(session, order.id, {"due_at": now})


def balance_of(order_id: str) -> int:
    """Return what a traveller still owes for a confirmed trip, in whole rupiah."""
    if orders.get_order(order_id).state != "confirmed":
        return 0
    return max(0, ledger.balances(order_id).get(f"traveller:{order_id}", 0))


def open_balance(order_id: str, success_url: str, cancel_url: str, name: str, services: Services) -> Checkout:
    """Open the payment page for the rest of a confirmed trip; one that is open already is used again.

    Raises:
        WrongState: nothing is owed.
        OutcomeUnknown: the payment provider does not answer; nothing was charged.
        PaymentRefused: the provider refuses the sum.
    """
    now = services.clock.now()
    amount = balance_of(order_id)
    if not amount:
        raise WrongState("nothing is owed for this trip")
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        paid = payments.list_payments(order_id)
        open_page = next((p for p in paid if p.purpose == "balance" and p.state == "open" and p.url), None)
        if open_page and open_page.amount == amount and open_page.expires_at and open_page.expires_at > now:
            return Checkout(str(open_page.session_id), open_page.url, open_page.expires_at)
        expires_at = now + timedelta(minutes=SESSION_MIN)
        payment = Payment(
            order_id=order_id, kind="card", purpose="balance", state="open", amount=amount, created_at=now
        )
        session.add(payment)
        session.flush()
        payment_id = payment.id
        wanted = CheckoutRequest(
            key=f"{order_id}:balance:{payment_id}",
            order_id=order_id,
            code=order.code,
            articles=[Article(name, amount)],
            email=str(order.contact.get("email", "")),
            language=order.language,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=expires_at,
            captures=True,
        )
    return _open_page(payment_id, wanted, services)


def _open_page(payment_id: int, wanted: CheckoutRequest, services: Services) -> Checkout:
    """Ask the provider for a payment page and write down where it is."""
    checkout = services.payments.open_checkout(wanted)
    with transaction() as session:
        opened = session.get_one(Payment, payment_id)
        opened.session_id, opened.url, opened.expires_at = checkout.session_id, checkout.url, checkout.expires_at
        opened.intent_id = checkout.intent_id or None
        audit.note_act(session, services.clock.now(), "traveller", "open_payment", wanted.order_id)
    return checkout


def _accept(session: Any, order: Order, payment: Payment, now: datetime) -> None:
    """Let an authorised order go on; one whose places are gone already is undone and its payment released."""
    payment.state = "authorised"
    if order.state in ("held", "paying"):
        orders.move_order(session, order.id, "authorised", authorised_at=now, due_at=now)
        audit.note_act(session, now, "site", "authorised", order.id)
    elif order.state in ("lapsed", "undone"):
        orders.move_order(session, order.id, "undoing", why=order.why or "hold_lapsed", due_at=now)
        audit.note_act(session, now, "site", "authorised_too_late", order.id)
    else:
        payment.state = "surplus"


def _lose(session: Any, order: Order, payment: Payment, now: datetime) -> None:
    """The authorisation is gone: nothing can be captured any more, so what was confirmed is undone."""
    did_pay = payment.state == "authorised"
    payment.state = "voided"
    if order.state == "authorised" and did_pay:
        orders.move_order(session, order.id, "undoing", why="authorisation_lapsed", due_at=now)
        audit.note_act(session, now, "site", "authorisation_lost", order.id)
    elif order.state == "paying":
        orders.move_order(session, order.id, "held")
