"""The steps of the saga that give back: cancel at the supplier, withdraw a question, release places."""

from __future__ import annotations

from datetime import timedelta

from planner.booking import ledger as books
from planner.booking.agency_sale import OWN_WAY
from planner.booking.request import Answer
from planner.booking.saga import Step
from planner.flow.ask_suppliers import request_for
from planner.flow.deal import Deal, sold_of
from planner.flow.hold_places import give_back_lines
from planner.flow.services import Services
from planner.store import attempts, audit, availability, ledger, orders, tasks
from planner.store.db import transaction


def cancel_line(deal: Deal, step: Step, services: Services) -> None:
    """Give a line back to its supplier and its places to whoever comes next; a lost answer is asked for again.

    What is bought at a counter or still to be bought has no system to ask: a person hands the ticket back.
    """
    assert step.line is not None
    order = deal.order
    line = orders.get_line(order.id, step.line)
    key, number, now = step.key(order.id), line.number, services.clock.now()
    reason = "undone" if deal.state == "undoing" else "cancelled"
    with transaction() as session:
        attempts.begin_attempt(session, order.id, "cancel_line", number, key, now)
        tries = line.tries + 1 if line.state == "cancelling" else 1
        if line.state != "cancelling":
            orders.move_line(session, order.id, number, "cancelling", before_person=False)
        orders.note_line(session, order.id, number, {"tried_at": now, "tries": tries})
    if line.way in ("later", OWN_WAY):
        answer = Answer("cancelled")
    else:
        answer = services.suppliers.cancel(request_for(order, line), reason)
    if answer.state != "cancelled":
        return
    with transaction() as session:
        now = services.clock.now()
        attempts.end_attempt(session, key, "cancelled", now, why=answer.why)
        orders.move_line(session, order.id, number, "cancelled", cancelled_at=now, tries=0)
        if deal.state == "confirmed":
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


def withdraw(deal: Deal, step: Step, services: Services) -> None:
    """Take a question back that nobody has answered; its link answers no more."""
    assert step.line is not None
    order, now = deal.order, services.clock.now()
    line = orders.get_line(order.id, step.line)
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


def release(deal: Deal, step: Step, services: Services) -> None:
    """Give back the places of every line that nobody outside may have booked."""
    with transaction() as session:
        give_back_lines(session, deal.order.id, deal.lines(), services.clock.now())
