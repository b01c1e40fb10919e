"""Write down a supplier's yes or no that came by telephone or message, on the supplier's behalf."""

from __future__ import annotations

from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow.ask_suppliers import confirm_line
from planner.flow.services import Services
from planner.store import audit, orders, tasks
from planner.store.db import transaction

OPEN = ("requested", "unknown")
"""States of lines whose supplier has still to say something."""


def answer_for_supplier(
    order_id: str, number: int, says_yes: bool, services: Services, who: str, reference: str = "", reason: str = ""
) -> None:
    """Confirm or decline a line, and wake the order.

    Raises:
        Invalid: a yes without the supplier's reference, or a no without a reason.
        NotFound: there is no such line.
        WrongState: it waits for no answer (any more).
    """
    reference, reason = reference.strip()[:80], reason.strip()[:200]
    if says_yes and not reference:
        raise Invalid("the supplier's reference is needed", field="reference", code="no_reference")
    if not says_yes and not reason:
        raise Invalid("a reason is needed", field="reason", code="no_reason")
    now = services.clock.now()
    with transaction() as session:
        line = orders.get_line(order_id, number)
        session.refresh(line, with_for_update=True)
        if line.state not in OPEN:
            raise WrongState("this part waits for no answer", params={"now": line.state})
        if says_yes:
            confirm_line(session, order_id, number, reference, now, who)
        else:
            orders.move_line(session, order_id, number, "declined", why=reason, answered_at=now, answered_by=who[:80])
            tasks.close_tasks(session, order_id, now, number)
            audit.note_act(session, now, who, "decline", order_id, number, why=reason)
        orders.note_order(session, order_id, {"due_at": now})
    services.queue.enqueue(order_id)
