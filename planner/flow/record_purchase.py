"""Record a ticket that was bought, or a car that was ordered, after the trip was sold: its reference and its price."""

from __future__ import annotations

from planner.booking import ledger as books
from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow.deal import sold_of
from planner.flow.services import Services
from planner.flow.work_tasks import TO_BE_RECORDED
from planner.store import audit, ledger, orders, tasks
from planner.store.db import transaction


def record_purchase(order_id: str, number: int, reference: str, paid: int, services: Services, who: str) -> None:
    """Mark a line as bought; what it cost more or less than it was sold for is the platform's.

    Raises:
        Invalid: the reference is missing, or the price is none.
        NotFound: there is no such line.
        WrongState: the line is not to be bought (any more), or its trip is not confirmed.
    """
    reference = reference.strip()[:80]
    if not reference:
        raise Invalid("the ticket's reference is needed", field="reference", code="no_reference")
    if paid <= 0:
        raise Invalid("what was paid is needed", field="paid", code="no_amount")
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        if order.state != "confirmed":
            raise WrongState("only for a confirmed trip are tickets bought", params={"now": order.state})
        line = orders.get_line(order_id, number)
        session.refresh(line, with_for_update=True)
        sold = sold_of(line)
        orders.move_line(
            session, order_id, number, "bought", reference=reference, answered_at=now, answered_by=who[:80]
        )
        ledger.post(session, f"{order_id}:bought:{number}", "purchase", books.purchase(sold, paid), now, order_id)
        tasks.settle_tasks(session, order_id, TO_BE_RECORDED, now, who, number, reference)
        audit.note_act(session, now, who, "record_purchase", order_id, number, reference=reference, paid=paid)
