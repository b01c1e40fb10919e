"""The steps of the saga that ask suppliers: confirm, ask on request, remind, look up, and put a substitute in place.

write down that it begins (commit) -> call outside with the step's key -> write down how it ended (commit)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from planner.booking.agency_sale import OWN_WAY, marked_up
from planner.booking.quote import Line, Quote
from planner.booking.request import Answer, BookingRequest, request_of
from planner.booking.saga import Step, answer_by
from planner.booking.substitute import substitutes
from planner.booking.voucher import new_secret
from planner.flow.deal import Deal, deal_of
from planner.flow.send_letter import send
from planner.flow.services import Services
from planner.store import attempts, audit, availability, orders, tasks
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine


def substitutes_for(order: Order, line: OrderLine, services: Services) -> list[Line]:
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


def confirm(deal: Deal, step: Step, services: Services) -> None:
    """Book a held line, or ask where its supplier answers on request."""
    assert step.line is not None
    order = deal.order
    line = orders.get_line(order.id, step.line)
    if line.way == "requested":
        _ask(order, line, services)
        return
    if line.way == OWN_WAY:
        with transaction() as session:
            confirm_line(session, order.id, step.line, "", services.clock.now(), "agency")
        return
    key, now = step.key(order.id), services.clock.now()
    with transaction() as session:
        attempts.begin_attempt(session, order.id, step.name, step.line, key, now)
        if line.state == "held":
            orders.move_line(session, order.id, step.line, "confirming")
        orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
    wanted = request_for(order, orders.get_line(order.id, step.line))
    answer = services.suppliers.confirm(wanted)
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
            until = _answer_by(line, now)
            orders.move_line(session, order_id, number, "requested", asked_at=now, answer_by=until, **values)
        elif line.state != "unknown":
            orders.move_line(session, order_id, number, "unknown", why=answer.why[:200], **values)


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


def _answer_by(line: OrderLine, now: datetime) -> datetime:
    quoted, money = Line.from_json(line.data), deal_of(line).money()
    return answer_by(now, quoted.answer_h, quoted.starts_at, money.capture_before if money else None)


def _ask(order: Order, line: OrderLine, services: Services) -> None:
    """Ask a supplier on request: the token stands first, then the mail goes, then the line waits."""
    key, now, number = f"{order.id}:ask:{line.number}", services.clock.now(), line.number
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "ask", number, key, now)
        if line.answer_token is None:
            values = {"answer_token": new_secret(), "answer_by": _answer_by(line, now), "asked_at": now}
            orders.note_line(session, order.id, number, values)
    send(f"{key}:mail", order.id, lambda: services.letters.ask_supplier(order.id, number, False), services)
    with transaction() as session:
        row = orders.get_line(order.id, number)
        assert row.answer_by is not None
        attempts.end_attempt(session, key, "asked", services.clock.now())
        orders.move_line(session, order.id, number, "requested")
        tasks.open_task(
            session, f"{key}:task", "await_answer", now, row.answer_by, order.id, number, supplier=row.supplier_id
        )


def remind(deal: Deal, step: Step, services: Services) -> None:
    """Ask again whoever has not answered."""
    assert step.line is not None
    order = deal.order
    number, now = step.line, services.clock.now()
    key = step.key(order.id)
    send(f"{key}:mail", order.id, lambda: services.letters.ask_supplier(order.id, number, True), services)
    with transaction() as session:
        orders.note_line(session, order.id, number, {"reminded_at": now})


def too_late(deal: Deal, step: Step, services: Services) -> None:
    """Count silence as a no; a booking that a supplier's system still ponders is given back there first."""
    assert step.line is not None
    order, now = deal.order, services.clock.now()
    line = orders.get_line(order.id, step.line)
    if line.supplier_uuid:
        with transaction() as session:
            orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
        if services.suppliers.cancel(request_for(order, line), "no_answer").state != "cancelled":
            return
    with transaction() as session:
        orders.move_line(session, order.id, step.line, "declined", why="no_answer", answered_at=now)
        tasks.close_tasks(session, order.id, now, step.line)
        audit.note_act(session, now, "site", "no_answer", order.id, step.line)


def look_up(deal: Deal, step: Step, services: Services) -> None:
    """Ask how a booking stands whose answer was lost; one that never arrived is made, under the same key."""
    assert step.line is not None
    order, now = deal.order, services.clock.now()
    line = orders.get_line(order.id, step.line)
    key = f"{order.id}:confirm:{step.line}"
    with transaction() as session:
        orders.note_line(session, order.id, step.line, {"tried_at": now, "tries": line.tries + 1})
    wanted = request_for(order, line)
    answer = services.suppliers.look_up(wanted)
    if answer.state == "declined" and answer.why == "not_found" and deal.state == "authorised":
        answer = services.suppliers.confirm(wanted)  # it never arrived: the same key makes it the same booking
    if answer.state == "cancelled":
        answer = Answer("declined", why="cancelled")
    _take_answer(order.id, step.line, key, wanted.uuid, answer, services)


def call_a_person(deal: Deal, step: Step, services: Services) -> None:
    """Put an outcome that stays unknown in front of a person; the saga goes on asking."""
    assert step.line is not None
    order = deal.order
    now = services.clock.now()
    key = f"{order.id}:{orders.get_line(order.id, step.line).state}:{step.line}"
    with transaction() as session:
        orders.note_line(session, order.id, step.line, {"before_person": True})
        tasks.open_task(session, key, "unknown_outcome", now, now + timedelta(hours=1), order.id, step.line)


def substitute(deal: Deal, step: Step, services: Services) -> None:
    """Put the best substitute with room in a declined line's place, as a new line at the end of the order."""
    assert step.line is not None
    order, now = deal.order, services.clock.now()
    line = orders.get_line(order.id, step.line)
    with transaction() as session:
        number = orders.first_free_number(session, order.id)
        kept = [row for row in orders.list_taken(order.id, step.line) if not row.is_sold]
        availability.give_back_held_places(session, orders.places_by_slot(kept))
        for row in kept:
            session.delete(row)
        session.flush()
        orders.move_line(session, order.id, step.line, "replaced")
        for other in substitutes_for(order, line, services):
            if _hold_instead(session, order, line, other, number):
                audit.note_act(session, now, "site", "substitute", order.id, step.line, by=number)
                return
        orders.move_line(session, order.id, step.line, "released")
        deal.move(session, "undoing", why="declined")


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
    other = marked_up(other, line.markup)
    data = {**other.as_json(), "number": number}
    session.add(
        OrderLine(
            order_id=order.id, number=number, way=other.way, state="held", supplier_id=other.supplier_id,
            price=other.price, markup=other.markup, data=data, replaces=line.number,
        )
    )  # fmt: skip
    session.flush()
    session.add_all(
        orders.Taken(order_id=order.id, line=number, slot_id=slot_id, places=count) for slot_id, count in places.items()
    )
    session.flush()
    return True


def give_up(deal: Deal, step: Step, services: Services) -> None:
    """A part cannot be had and nothing may take its place: everything is undone."""
    assert step.line is not None
    order, now = deal.order, services.clock.now()
    line = orders.get_line(order.id, step.line)
    with transaction() as session:
        deal.move(session, "undoing", why="no_answer" if line.why == "no_answer" else "declined")
        audit.note_act(session, now, "site", "give_up", order.id, step.line, why=line.why)
