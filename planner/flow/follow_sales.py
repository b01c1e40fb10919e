"""Bring enquiries to where their trips are: booked once everybody confirmed, travelling, done; tell their agencies."""

from __future__ import annotations

from planner.flow.answer_proposal import tell
from planner.flow.keep_enquiries import advance
from planner.flow.services import Services
from planner.store import enquiries, orders, proposals
from planner.store.db import transaction
from planner.store.orders import Order
from planner.values.times import WITA

SITE = "site"


def follow_sales(services: Services) -> int:
    """Move on every enquiry whose trip was booked, has begun or is over; return how many there were."""
    now = services.clock.now()
    moved = 0
    for enquiry_id, agency_id, order in proposals.list_sold(("accepted", "booked", "travelling")):
        _tell(enquiry_id, order, services)
        state = _state_of(order, services)
        if not state:
            continue
        with transaction() as session:
            enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
            before = enquiry.state
            advance(session, enquiry, state, now, SITE)
            moved += enquiry.state != before
    return moved


def _tell(enquiry_id: int, order: Order, services: Services) -> None:
    """Write to the agency once about each thing that came of a sale."""
    proposal = proposals.find_of_enquiry(enquiry_id)
    assert proposal is not None
    gone = sum(line.state == "cancelled" for line in orders.list_lines(order.id))
    if order.state in ("confirmed", "cancelled"):
        tell(proposal.id, "agency", "booked", f"booked:{order.id}", services)
        if gone:
            tell(proposal.id, "agency", "cancelled", f"cancelled:{order.id}:{gone}", services)
    elif order.state == "undone" and order.authorised_at is not None:
        tell(proposal.id, "agency", "undone", f"undone:{order.id}", services)


def _state_of(order: Order, services: Services) -> str:
    if order.state != "confirmed":
        return ""
    today = services.clock.now().astimezone(WITA).date()
    if today > order.ends_on:
        return "done"
    return "travelling" if today >= order.starts_on else "booked"
