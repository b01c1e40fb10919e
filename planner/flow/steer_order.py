"""Set an order going again, or undo it, because somebody at the desk says so."""

from __future__ import annotations

from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow.change_booking import release_change
from planner.flow.deal import list_deals
from planner.flow.hold_places import release_hold
from planner.flow.services import Services
from planner.store import audit, orders
from planner.store.db import transaction

RESUMED = ("authorised", "undoing", "confirmed", "undone")
"""States in which the saga may have something to do."""


def resume_order(order_id: str, services: Services, who: str) -> None:
    """Have the workers look at an order now instead of when it is next due.

    Raises:
        NotFound: there is no such order.
        WrongState: nothing is ever to be done for it.
    """
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        if order.state not in RESUMED:
            raise WrongState("nothing is to be done for this order", params={"now": order.state})
        orders.note_order(session, order_id, {"due_at": now})
        audit.note_act(session, now, who, "resume_order", order_id)
    services.queue.enqueue(order_id)


def undo_order(order_id: str, reason: str, services: Services, who: str) -> None:
    """Undo an order that is not confirmed yet, or a change of a confirmed one: what it took goes back.

    Its suppliers are told and its money is released; a trip whose change is undone stays as it was.

    Raises:
        Invalid: the reason is missing.
        NotFound: there is no such order.
        WrongState: it is confirmed and no change of it is under way, or it is over already.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid("a reason is needed", field="reason", code="no_reason")
    now = services.clock.now()
    deal = list_deals(order_id)[0]
    facts = {"change": deal.number} if deal.change else {}
    if deal.state in ("held", "paying"):
        if deal.change:
            release_change(order_id, deal.change.number, services, why="by_desk")
        else:
            release_hold(order_id, services, why="by_desk")
        with transaction() as session:
            audit.note_act(session, now, who, "undo_order", order_id, reason=reason[:200], **facts)
        return
    with transaction() as session:
        deal.move(session, "undoing", why="by_desk")
        orders.note_order(session, order_id, {"due_at": now})
        audit.note_act(session, now, who, "undo_order", order_id, reason=reason[:200], **facts)
    services.queue.enqueue(order_id)
