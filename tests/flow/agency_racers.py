"""What racers do with proposals: accept one at once, pay for one at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from planner.flow import answer_proposal, sell_proposal
from planner.store import orders, proposals
from planner.store.db import db, transaction
from tests.booking.making import quote_of
from tests.flow.agency_sales import PLAN, WALK
from tests.flow.racing import Racer


def accept_at_once(proposal_ids: Sequence[int], racer: Racer) -> list[str]:
    """Accept each proposal; without the guard, by what was seen before all met."""
    acts = []
    for proposal_id in proposal_ids:
        db.session.rollback()
        proposal = proposals.get_by_id(proposal_id)
        if not racer.is_guarded:
            closed = answer_proposal.why_closed(proposal, proposals.get_version(proposal_id, 1), racer.world.services)
            answer_proposal.why_closed = lambda *_, closed=closed: closed
            db.session.rollback()
        racer.meet()
        acts.append(racer.tell(lambda proposal=proposal: _accept(proposal, racer)))
    return acts


def _accept(proposal: proposals.Proposal, racer: Racer) -> None:
    answer_proposal.accept(proposal, 1, "a", "Maren", True, racer.world.services)


def sell_at_once(proposal_ids: Sequence[int], racer: Racer) -> list[str]:
    """Hold each accepted proposal; without the guard the order is written down whoever came first."""
    sell_proposal.price_trip = lambda *_: replace(quote_of([WALK], racer.world.clock.now()), itinerary_id="plan")
    sell_proposal.adjust_trip = lambda *_: _Made()
    sell_proposal.as_it_is = lambda *_: None
    if not racer.is_guarded:
        sell_proposal._linked = _overwrite
    acts = []
    for proposal_id in proposal_ids:
        db.session.rollback()
        proposal = proposals.get_by_id(proposal_id)
        racer.meet()
        acts.append(racer.tell(lambda proposal=proposal: _sell(proposal, racer)))
    return acts


def _sell(proposal: proposals.Proposal, racer: Racer) -> str:
    return sell_proposal.open_sale(proposal, racer.world.services).id


class _Made:
    itinerary = PLAN


def _overwrite(proposal_id: int, number: int, before: Any, order_id: str, services: Any) -> Any:
    with transaction():
        proposals.get_version(proposal_id, number).order_id = order_id
    return orders.get_order(order_id)
