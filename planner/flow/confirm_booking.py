"""Take an order one step further: what `booking.saga` says comes next is done, written down, and done only once.

    write down that it begins (commit) -> call outside with the step's key -> write down how it ended (commit)

A process may die between any two of these: the next one finds the attempt without an outcome and makes the same call
with the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from planner.booking import ledger as books
from planner.booking.payment import OutcomeUnknown, PaymentRefused
from planner.booking.quote import Line, Quote
from planner.booking.request import Answer, BookingRequest, request_of
from planner.booking.saga import Facts, LineFacts, Step, answer_by, next_step
from planner.booking.states import SOLD_LINES
from planner.booking.substitute import substitutes
from planner.booking.voucher import new_secret
from planner.errors import PlannerError, Unavailable
from planner.flow.fault_points import AFTER_CAPTURE, AFTER_SUPPLIER, BEFORE_COMMIT, BEFORE_SUPPLIER, fault
from planner.flow.hold_places import give_back_all
from planner.flow.services import Services
from planner.store import attempts, audit, availability, ledger, letters, orders, payments, tasks
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine
from planner.values.times import WITA

FILED_DAYS_BEFORE = 1
CAR_DAYS_BEFORE = 3
LONG_S = 3600.0


@dataclass(frozen=True)
class Went:
    """What was done: the step's name, whether the saga is over, and how long nothing is to be done."""

    step: str
    is_over: bool = False
    wait_s: float = 0.0


Doing = Callable[[Order, Step, Services], None]


def take_next_step(order_id: str, services: Services) -> Went:
    """Do what comes next for an order.

    Raises:
        NotFound: there is no such order.
    """
    now = services.clock.now()
    step = next_step(read_facts(order_id, services), now)
    if step.name == "wait":
        with transaction() as session:
            orders.note_order(session, order_id, {"due_at": step.until})
        wait_s = (step.until - now).total_seconds() if step.until else LONG_S
        return Went("wait", wait_s=max(0.2, wait_s))
    if step.name == "finish":
        _finish(order_id, services)
        return Went("finish", is_over=True)
    _DOINGS[step.name](orders.get_order(order_id), step, services)
    return Went(step.name)


def read_facts(order_id: str, services: Services) -> Facts:
    """Read what the saga needs to know of an order."""
    db.session.rollback()  # what was read before is old
    order = orders.get_order(order_id)
    money = payments.find_money(order_id)
    lines = orders.list_lines(order_id)
    return Facts(
        order_id=order_id,
        state=order.state,
        payment=money.state if money else _gone_money(order_id),
        lines=tuple(_line_facts(line, order, services) for line in lines),
        payment_tries=money.tries if money else 0,
        payment_tried_at=money.tried_at if money else None,
        has_tasks=order.has_tasks,
        has_vouchers=order.has_vouchers,
        told=frozenset(order.told),
        owed_back=_owed_back(order_id),
    )


def _owed_back(order_id: str) -> int:
    """Return what a traveller has paid too much, as far as it can be paid back."""
    owed = -ledger.balances(order_id).get(f"traveller:{order_id}", 0)
    return max(0, min(owed, sum(money.captured - money.refunded for money in payments.list_received(order_id))))


def _gone_money(order_id: str) -> str:
    return "voided" if any(p.state in ("voided", "refunded") for p in payments.list_payments(order_id)) else "none"


def _line_facts(line: OrderLine, order: Order, services: Services) -> LineFacts:
    may = line.state == "declined" and order.consent == "closest" and bool(_substitutes(order, line, services))
    return LineFacts(
        number=line.number,
        way=line.way,
        state=line.state,
        asked_at=line.asked_at or line.tried_at,
        answer_by=line.answer_by,
        reminded=line.reminded_at is not None,
        tries=line.tries,
        tried_at=line.tried_at,
        before_person=line.before_person,
        may_substitute=may,
        by_system=line.state == "requested" and bool(line.supplier_uuid),
    )


def _substitutes(order: Order, line: OrderLine, services: Services) -> list[Line]:
    """List what could take a declined line's place and still has room, the best first."""
    quote = Quote.from_json(order.quote)
    tried = {str(row.data["item"].get("product_id")) for row in orders.list_lines(order.id)}
    found = substitutes(Line.from_json(line.data), quote.party, services.snapshots.catalogue(), tried)
    return [other for other in found if _has_room(other)]


def _has_room(line: Line) -> bool:
    for take in line.takes:
        slot = availability.find_slot(db.session(), take.product_id, take.option_id, take.starts_on, take.starts_at)
        if slot is None or slot.capacity - slot.held - slot.sold < take.places:
            return False
    return True


def request_for(order: Order, line: OrderLine) -> BookingRequest:
    """Return what the supplier of a line is asked."""
    names = tuple(f"{one.get('given', '')} {one.get('family', '')}".strip() for one in order.travellers)
    first = order.travellers[0] if order.travellers else {}
    return request_of(
        order.id, order.code, Line.from_json(line.data), order.contact, names, party=Quote.from_json(order.quote).party,
        lead=(str(first.get("given", "")), str(first.get("family", ""))),
    )  # fmt: skip


# --- suppliers ---------------------------------------------------------------------------------------------------


def _confirm(order: Order, step: Step, services: Services) -> None:
    assert step.line is not None
    line = orders.get_line(order.id, step.line)
    if line.way == "requested":
        _ask(order, line, services)
        return
    key, now = step.key(order.id), services.clock.now()
    with transaction() as session:
        attempts.begin_attempt(session, order.id, step.name, step.line, key, now)
        if line.state == "held":
            orders.move_line(session, order.id, step.line, "confirming")
        orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
    wanted = request_for(order, orders.get_line(order.id, step.line))
    fault(BEFORE_SUPPLIER)
    answer = services.suppliers.confirm(wanted)
    fault(AFTER_SUPPLIER)
    _take_answer(order.id, step.line, key, wanted.uuid, answer, services)


def _take_answer(order_id: str, number: int, key: str, uuid: str, answer: Answer, services: Services) -> None:
    now = services.clock.now()
    with transaction() as session:
        attempts.end_attempt(session, key, answer.state, now, reference=answer.reference, why=answer.why)
        line = orders.get_line(order_id, number)
        values: dict[str, Any] = {"supplier_uuid": uuid}
        if answer.state == "confirmed":
            confirm_line(session, order_id, number, answer.reference, now, "supplier", **values)
        elif answer.state == "declined":
            orders.move_line(session, order_id, number, "declined", why=answer.why[:200], answered_at=now, **values)
            audit.note_act(session, now, "supplier", "decline", order_id, number, why=answer.why)
        elif line.state == "requested":
            return  # a supplier's system has not decided yet, or does not say
        elif answer.state == "pending":
            until = _answer_by(orders.get_order(order_id), line, now)
            orders.move_line(session, order_id, number, "requested", asked_at=now, answer_by=until, **values)
        elif line.state != "unknown":
            orders.move_line(session, order_id, number, "unknown", why=answer.why[:200], **values)
        fault(BEFORE_COMMIT)


def confirm_line(
    session: Any, order_id: str, number: int, reference: str, now: datetime, who: str, **values: Any
) -> None:
    """Confirm a line: its places are sold from now on. Call it inside a transaction.

    Raises:
        WrongState: it waits for no answer (any more).
    """
    orders.move_line(
        session, order_id, number, "confirmed", reference=reference, answered_at=now, answered_by=who[:80], **values
    )
    kept = [row for row in orders.list_taken(order_id, number) if not row.is_sold]
    availability.sell_held_places(session, orders.places_by_slot(kept))
    for row in kept:
        row.is_sold = True
    session.flush()
    tasks.close_tasks(session, order_id, now, number)
    audit.note_act(session, now, who, "confirm", order_id, number, reference=reference)


def _answer_by(order: Order, line: OrderLine, now: datetime) -> datetime:
    quoted = Line.from_json(line.data)
    money = payments.find_money(order.id)
    return answer_by(now, quoted.answer_h, quoted.starts_at, money.capture_before if money else None)


def _ask(order: Order, line: OrderLine, services: Services) -> None:
    """Ask a supplier on request: the token stands first, then the mail goes, then the line waits."""
    key, now, number = f"{order.id}:ask:{line.number}", services.clock.now(), line.number
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "ask", number, key, now)
        if line.answer_token is None:
            values = {"answer_token": new_secret(), "answer_by": _answer_by(order, line, now), "asked_at": now}
            orders.note_line(session, order.id, number, values)
    _send(f"{key}:mail", order.id, lambda: services.letters.ask_supplier(order.id, number, False), services)
    with transaction() as session:
        row = orders.get_line(order.id, number)
        assert row.answer_by is not None
        attempts.end_attempt(session, key, "asked", services.clock.now())
        orders.move_line(session, order.id, number, "requested")
        tasks.open_task(
            session, f"{key}:task", "await_answer", now, row.answer_by, order.id, number, supplier=row.supplier_id
        )


def _remind(order: Order, step: Step, services: Services) -> None:
    assert step.line is not None
    number, now = step.line, services.clock.now()
    key = step.key(order.id)
    _send(f"{key}:mail", order.id, lambda: services.letters.ask_supplier(order.id, number, True), services)
    with transaction() as session:
        orders.note_line(session, order.id, number, {"reminded_at": now})


def _too_late(order: Order, step: Step, services: Services) -> None:
    """Count silence as a no; a booking that a supplier's system still ponders is given back there first."""
    assert step.line is not None
    line, now = orders.get_line(order.id, step.line), services.clock.now()
    if line.supplier_uuid:
        with transaction() as session:
            orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
        if services.suppliers.cancel(request_for(order, line), "no_answer").state != "cancelled":
            return
    with transaction() as session:
        orders.move_line(session, order.id, step.line, "declined", why="no_answer", answered_at=now)
        tasks.close_tasks(session, order.id, now, step.line)
        audit.note_act(session, now, "site", "no_answer", order.id, step.line)


def _look_up(order: Order, step: Step, services: Services) -> None:
    assert step.line is not None
    line, now = orders.get_line(order.id, step.line), services.clock.now()
    key = f"{order.id}:confirm:{step.line}"
    with transaction() as session:
        orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
    wanted = request_for(order, line)
    answer = services.suppliers.look_up(wanted)
    if answer.state == "declined" and answer.why == "not_found" and order.state == "authorised":
        answer = services.suppliers.confirm(wanted)  # it never arrived: the same key makes it the same booking
    if answer.state == "cancelled":
        answer = Answer("declined", why="cancelled")
    _take_answer(order.id, step.line, key, wanted.uuid, answer, services)


def _call_a_person(order: Order, step: Step, services: Services) -> None:
    assert step.line is not None
    now = services.clock.now()
    key = f"{order.id}:{orders.get_line(order.id, step.line).state}:{step.line}"
    with transaction() as session:
        orders.note_line(session, order.id, step.line, {"before_person": True})
        tasks.open_task(session, key, "unknown_outcome", now, now + timedelta(hours=1), order.id, step.line)


def _substitute(order: Order, step: Step, services: Services) -> None:
    """Put the best substitute with room in a declined line's place, as a new line at the end of the order."""
    assert step.line is not None
    now = services.clock.now()
    line = orders.get_line(order.id, step.line)
    with transaction() as session:
        number = max(row.number for row in orders.list_lines(order.id)) + 1
        kept = [row for row in orders.list_taken(order.id, step.line) if not row.is_sold]
        availability.give_back_held_places(session, orders.places_by_slot(kept))
        for row in kept:
            session.delete(row)
        session.flush()
        orders.move_line(session, order.id, step.line, "replaced")
        for other in _substitutes(order, line, services):
            if _hold_instead(session, order, line, other, number):
                audit.note_act(session, now, "site", "substitute", order.id, step.line, by=number)
                return
        orders.move_line(session, order.id, step.line, "released")
        orders.move_order(session, order.id, "undoing", why="declined")


def _hold_instead(session: Any, order: Order, line: OrderLine, other: Line, number: int) -> bool:
    places: dict[int, int] = {}
    for take in other.takes:
        slot = availability.find_slot(session, take.product_id, take.option_id, take.starts_on, take.starts_at)
        assert slot is not None
        places[slot.id] = places.get(slot.id, 0) + take.places
    try:
        with session.begin_nested():
            availability.hold_places(session, places)
    except availability.SoldOut:
        return False
    data = {**other.as_json(), "number": number}
    session.add(
        OrderLine(
            order_id=order.id, number=number, way=other.way, state="held", supplier_id=other.supplier_id,
            price=other.price, data=data, replaces=line.number,
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        orders.Taken(order_id=order.id, line=number, slot_id=slot_id, places=count) for slot_id, count in places.items()
    )
    session.flush()
    return True


def _give_up(order: Order, step: Step, services: Services) -> None:
    """A part cannot be had and nothing may take its place: everything is undone."""
    assert step.line is not None
    now = services.clock.now()
    line = orders.get_line(order.id, step.line)
    with transaction() as session:
        orders.move_order(session, order.id, "undoing", why="no_answer" if line.why == "no_answer" else "declined")
        audit.note_act(session, now, "site", "give_up", order.id, step.line, why=line.why)


def _cancel_line(order: Order, step: Step, services: Services) -> None:
    """Give a line back to its supplier and its places to whoever comes next; a lost answer is asked for again.

    What is bought at a counter or still to be bought has no system to ask: a person hands the ticket back.
    """
    assert step.line is not None
    line = orders.get_line(order.id, step.line)
    key, number, now = step.key(order.id), line.number, services.clock.now()
    reason = "undone" if order.state == "undoing" else "cancelled"
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "cancel_line", number, key, now)
        tries = line.tries + 1 if line.state == "cancelling" else 1
        if line.state != "cancelling":
            orders.move_line(session, order.id, number, "cancelling", before_person=False)
        orders.note_line(session, order.id, number, {"tried_at": now, "tries": tries})
    if line.way == "later":
        answer = Answer("cancelled")
    else:
        fault(BEFORE_SUPPLIER)
        answer = services.suppliers.cancel(request_for(order, line), reason)
        fault(AFTER_SUPPLIER)
    if answer.state != "cancelled":
        return
    with transaction() as session:
        now = services.clock.now()
        attempts.end_attempt(session, key, "cancelled", now, why=answer.why)
        orders.move_line(session, order.id, number, "cancelled", cancelled_at=now, tries=0)
        if order.state == "confirmed":
            entries = books.cancellation(sold_of(line), line.refund_due)
            ledger.post(session, f"{order.id}:cancelled:{number}", "cancellation", entries, now, order.id)
        rows = orders.list_taken(order.id, number)  # held only, where it was given back before its yes came
        availability.give_back_sold_places(session, orders.places_by_slot([row for row in rows if row.is_sold]))
        availability.give_back_held_places(session, orders.places_by_slot([row for row in rows if not row.is_sold]))
        for row in rows:
            session.delete(row)
        session.flush()
        tasks.close_tasks(session, order.id, now, number)
        if line.way == "later" and line.reference:
            tasks.open_task(
                session, f"{key}:task", "hand_ticket_back", now, now + timedelta(days=1), order.id, number,
                reference=line.reference,
            )  # fmt: skip
        audit.note_act(session, now, "site", "cancel", order.id, number, reason=reason, refund=line.refund_due)


def _withdraw(order: Order, step: Step, services: Services) -> None:
    """Take a question back that nobody has answered; its link answers no more."""
    assert step.line is not None
    line, now = orders.get_line(order.id, step.line), services.clock.now()
    if line.supplier_uuid:  # a supplier's system holds it as pending
        answer = services.suppliers.cancel(request_for(order, line), "undone")
        if answer.state != "cancelled":
            with transaction() as session:
                orders.move_line(session, order.id, step.line, "confirmed", reference="pending")
            return
    with transaction() as session:
        kept = [row for row in orders.list_taken(order.id, step.line) if not row.is_sold]
        availability.give_back_held_places(session, orders.places_by_slot(kept))
        for row in kept:
            session.delete(row)
        session.flush()
        orders.move_line(session, order.id, step.line, "released", answered_at=now)
        tasks.close_tasks(session, order.id, now, step.line)


def _release(order: Order, step: Step, services: Services) -> None:
    with transaction() as session:
        give_back_all(session, order.id, services.clock.now())


# --- money -------------------------------------------------------------------------------------------------------


def amount_confirmed(order_id: str) -> int:
    """Return what the lines that are sold cost together, in whole rupiah."""
    return sum(line.price for line in orders.list_lines(order_id) if line.state in SOLD_LINES)


def _money_key(order: Order, step: Step, money: payments.Payment) -> str:
    """Return the key of a step for one payment: an order may see several, and no key serves two purposes."""
    return f"{step.key(order.id)}:{money.id}"


def _capture(order: Order, step: Step, services: Services) -> None:
    """Take exactly what was confirmed, once; of a trip with a deposit, the deposit."""
    money = payments.find_money(order.id)
    assert money is not None and money.intent_id is not None
    key, now = _money_key(order, step, money), services.clock.now()
    confirmed = amount_confirmed(order.id)
    amount = min(confirmed, money.amount)
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "capture", None, key, now)
        row = session.get_one(payments.Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id = str(row.intent_id)
    fault(BEFORE_SUPPLIER)
    try:
        charge = services.payments.capture(intent_id, amount, key)
    except OutcomeUnknown:
        return
    except PaymentRefused as refused:
        _cannot_capture(order, key, refused, services)
        return
    fault(AFTER_CAPTURE)
    with transaction() as session:
        now = services.clock.now()
        attempts.end_attempt(session, key, "captured", now, amount=charge.captured)
        row = session.get_one(payments.Payment, money.id)
        row.state, row.captured, row.tries = "captured", charge.captured, 0
        book_sale(session, order, now)
        ledger.post(
            session, f"{order.id}:payment:{row.id}", "payment", books.payment(order.id, charge.captured), now, order.id
        )
        orders.move_order(session, order.id, "confirmed")
        audit.note_act(session, now, "site", "capture", order.id, amount=charge.captured)
        fault(BEFORE_COMMIT)


def book_sale(session: Any, order: Order, now: datetime) -> None:
    """Post the sale of every line that is sold; call it inside a transaction."""
    sold = [sold_of(line) for line in orders.list_lines(order.id) if line.state in SOLD_LINES and line.price]
    ledger.post(session, f"{order.id}:sale", "sale", books.sale(sold), now, order.id)


def sold_of(line: OrderLine) -> books.Sold:
    """Return what the ledger needs to know of a line."""
    quoted = Line.from_json(line.data)
    return books.Sold(
        line.order_id, line.number, quoted.kind, line.way, line.supplier_id, line.price, quoted.ends_at.date()
    )


def _cannot_capture(order: Order, key: str, refused: PlannerError, services: Services) -> None:
    """The provider will never pay: what was confirmed is undone, unless it says that it was captured already."""
    now = services.clock.now()
    money = payments.find_money(order.id)
    assert money is not None and money.intent_id is not None
    charge = services.payments.get_charge(money.intent_id)
    with transaction() as session:
        if charge.state == "captured":
            return  # the next try with the same key writes it down
        attempts.end_attempt(session, key, "refused", now, why=refused.code)
        row = session.get_one(payments.Payment, money.id)
        row.state = "voided" if charge.state == "voided" else row.state
        orders.move_order(session, order.id, "undoing", why="payment_refused")
        audit.note_act(session, now, "site", "capture_refused", order.id, why=refused.code)


def _void(order: Order, step: Step, services: Services) -> None:
    money = payments.find_money(order.id)
    assert money is not None and money.intent_id is not None
    key, now = _money_key(order, step, money), services.clock.now()
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "void", None, key, now)
        row = session.get_one(payments.Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id = str(row.intent_id)
    fault(BEFORE_SUPPLIER)
    try:
        charge = services.payments.void(intent_id, key)
    except OutcomeUnknown:
        return
    except PaymentRefused:
        charge = services.payments.get_charge(intent_id)
        if charge.state not in ("voided", "failed", "expired"):
            with transaction() as session:
                tasks.open_task(
                    session, f"{key}:task", "refund_failed", now, now + timedelta(hours=4), order.id, why="void"
                )
            return
    fault(AFTER_CAPTURE)
    with transaction() as session:
        attempts.end_attempt(session, key, "voided", services.clock.now())
        row = session.get_one(payments.Payment, money.id)
        row.state, row.tries = "voided", 0
        audit.note_act(session, services.clock.now(), "site", "void", order.id)


def _refund_all(order: Order, step: Step, services: Services) -> None:
    """Pay everything back that an undone order has paid."""
    money = payments.find_money(order.id)
    assert money is not None
    _pay_back(order, money, money.captured - money.refunded, _money_key(order, step, money), services)


def _refund_back(order: Order, step: Step, services: Services) -> None:
    """Pay back what the traveller is owed after a cancellation or a cheaper change."""
    money = payments.list_received(order.id)[0]
    amount = min(_owed_back(order.id), money.captured - money.refunded)
    _pay_back(order, money, amount, f"{order.id}:refund:{money.id}:{money.refunded}", services)


def _pay_back(order: Order, money: payments.Payment, left: int, key: str, services: Services) -> None:
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
        row = session.get_one(payments.Payment, money.id)
        row.tries, row.tried_at = row.tries + 1, now
        intent_id = str(row.intent_id)
    try:
        services.payments.refund(intent_id, left, key)
    except OutcomeUnknown:
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


def _note_refund(
    session: Any, order_id: str, payment_id: int, amount: int, key: str, now: datetime, out_of: str
) -> None:
    row = session.get_one(payments.Payment, payment_id)
    row.refunded, row.tries = row.refunded + amount, 0
    if row.refunded >= row.captured:
        row.state = "refunded"
    ledger.post(session, key, "refund", books.refund(order_id, amount, out_of), now, order_id)
    audit.note_act(session, now, "site", "refund", order_id, amount=amount)


# --- afterwards --------------------------------------------------------------------------------------------------


def _open_tasks(order: Order, step: Step, services: Services) -> None:
    """Open a dated task for each part that is bought later, and for each filing that a rule asks for."""
    now = services.clock.now()
    quote = Quote.from_json(order.quote)
    with transaction() as session:
        if order.state == "authorised":  # paid by transfer: nothing was captured, so the sale is booked here
            book_sale(session, order, now)
            orders.move_order(session, order.id, "confirmed")
        for row in orders.list_lines(order.id):
            line = Line.from_json(row.data)
            if row.state != "to_buy" or line.buy_on is None:
                continue
            opens = datetime.combine(line.buy_on, time(8), WITA)
            is_car = line.kind == "transfer"
            soon = line.starts_at - timedelta(days=CAR_DAYS_BEFORE) if is_car else opens + timedelta(days=2)
            due = min(max(soon, now + timedelta(days=1)), line.starts_at - timedelta(hours=12))
            kind = "order_car" if is_car else "buy_ticket"
            tasks.open_task(
                session, f"{order.id}:buy:{row.number}", kind, now, max(due, now), order.id, row.number, max(opens, now)
            )
        for rule in quote.facts.get("rules", ()):
            if rule.get("verdict") == "needs_filing":
                due = _filing_due(order, rule["rule_id"])
                tasks.open_task(
                    session, f"{order.id}:file:{rule['rule_id']}", "file_park", now, max(due, now), order.id,
                    rule_id=rule["rule_id"], names=len(order.travellers),
                )  # fmt: skip
        owed = ledger.balances(order.id).get(f"traveller:{order.id}", 0)  # less than planned after a cheaper change
        balance = min(owed, int(order.plan.get("balance") or 0))
        if balance > 0:
            due = datetime.combine(datetime.fromisoformat(order.plan["due_on"]).date(), time(12), WITA)
            tasks.open_task(session, f"{order.id}:balance", "collect_balance", now, due, order.id, amount=balance)
        orders.note_order(session, order.id, {"has_tasks": True})


def _filing_due(order: Order, rule_id: str) -> datetime:
    """Return noon of the day before the first part that a park's rule touches; of the trip where none names it."""
    parts = [Line.from_json(row.data) for row in orders.list_lines(order.id)]
    days = [part.starts_at.date() for part in parts if rule_id in part.item.get("rule_ids", ())]
    return datetime.combine(min(days, default=order.starts_on), time(12), WITA) - timedelta(days=FILED_DAYS_BEFORE)


def _issue_vouchers(order: Order, step: Step, services: Services) -> None:
    with transaction() as session:
        orders.note_order(session, order.id, {"has_vouchers": True})
        audit.note_act(session, services.clock.now(), "site", "issue_vouchers", order.id)


def _tell(order: Order, step: Step, services: Services) -> None:
    news = [step.why]
    if step.why == "cancelled":
        gone = [line.number for line in orders.list_lines(order.id) if line.state == "cancelled"]
        news = [f"cancelled:{number}" for number in gone if f"cancelled:{number}" not in order.told]
    key = f"{order.id}:tell:{'+'.join(news)}"[:120]
    _send(key, order.id, lambda: services.letters.tell_traveller(order.id, step.why), services)
    with transaction() as session:
        fresh = orders.get_order(order.id)
        orders.note_order(session, order.id, {"told": [*fresh.told, *news]})


def _send(key: str, order_id: str, write: Callable[[], Any], services: Services) -> None:
    """Send a mail once; where nobody takes it, a person is told and the order goes on."""
    if letters.was_sent(db.session(), key):
        return
    mail = write()
    now = services.clock.now()
    if mail is None:
        return
    try:
        services.mailer.send(mail)
    except Unavailable as trouble:
        with transaction() as session:
            tasks.open_task(
                session, f"{key}:task", "mail_failed", now, now + timedelta(hours=2), order_id, why=str(trouble)
            )
        return
    with transaction() as session:
        letters.note_sent(session, key, order_id, services.clock.now())


def _finish(order_id: str, services: Services) -> None:
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        if order.state == "undoing":
            orders.move_order(session, order_id, "undone", ended_at=now)
        elif order.state == "confirmed":
            sold = [line.state for line in orders.list_lines(order_id) if line.price]
            if not any(state in SOLD_LINES or state == "cancelling" for state in sold):
                orders.move_order(session, order_id, "cancelled", ended_at=now)
                tasks.close_tasks(session, order_id, now)
        orders.note_order(session, order_id, {"due_at": None})


_DOINGS: dict[str, Doing] = {
    "confirm": _confirm,
    "look_up": _look_up,
    "remind": _remind,
    "too_late": _too_late,
    "substitute": _substitute,
    "give_up": _give_up,
    "call_a_person": _call_a_person,
    "cancel_line": _cancel_line,
    "withdraw": _withdraw,
    "release": _release,
    "capture": _capture,
    "void": _void,
    "refund_all": _refund_all,
    "refund_back": _refund_back,
    "open_tasks": _open_tasks,
    "issue_vouchers": _issue_vouchers,
    "tell": _tell,
}
