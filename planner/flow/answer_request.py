"""Take a supplier's yes or no to a booking on request, by the link it was sent: no account needed, once, in time."""

from __future__ import annotations

from planner.errors import Conflict
from planner.flow.ask_suppliers import confirm_line
from planner.flow.services import Services
from planner.store import audit, orders, tasks
from planner.store.db import transaction
from planner.store.orders import OrderLine

BY_LINK = "link"


class AnsweredBefore(Conflict):
    """This question was answered, withdrawn, or has lapsed."""

    default_code = "answered_before"


def answer_request(
    token: str, says_yes: bool, services: Services, reference: str = "", why: str = "", who: str = BY_LINK
) -> OrderLine:
    """Write down a supplier's answer and wake the order.

    Raises:
        NotFound: no link has this token.
        AnsweredBefore: it was answered, withdrawn, or has lapsed.
    """
    line = orders.get_line_by_token(token)
    order_id, number, now = line.order_id, line.number, services.clock.now()
    if line.state not in ("requested", "held", "unknown") or (line.answer_by and now >= line.answer_by):
        raise AnsweredBefore("this question is no longer open")
    with transaction() as session:
        if says_yes:
            confirm_line(session, order_id, number, reference.strip()[:80], now, who)
        else:
            orders.move_line(
                session, order_id, number, "declined", why=(why.strip() or "said_no")[:200],
                answered_at=now, answered_by=who,
            )  # fmt: skip
            tasks.close_tasks(session, order_id, now, number)
            audit.note_act(session, now, who, "decline", order_id, number, why=why.strip()[:200])
        orders.note_order(session, order_id, {"due_at": now})
    services.queue.enqueue(order_id)
    return orders.get_line(order_id, number)
