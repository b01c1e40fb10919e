"""Sell what a client accepted: ask for prices and places again, show the agency what changed, then hold it all.

    accepted -> look again -> as promised -> hold -> checkout, as for any traveller
                           -> changed     -> the agency keeps its promise, or sends another version
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from planner.booking.agency_sale import DEARER, Difference, OwnItem, Promise, differences, sell, sell_net
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.design.edits import as_it_is
from planner.errors import Conflict
from planner.flow.adjust_trip import adjust_trip
from planner.flow.answer_proposal import tell
from planner.flow.draft_proposal import AGENCY
from planner.flow.hold_places import Seller, hold_places, release_hold
from planner.flow.keep_clients import travellers_of
from planner.flow.price_proposal import nets_of
from planner.flow.price_trip import price_trip
from planner.flow.send_proposal import ACCEPTED, OVER
from planner.flow.services import Services
from planner.store import agency_rates, enquiries, orders, proposals
from planner.store.db import transaction
from planner.store.orders import Order
from planner.store.proposals import Proposal, ProposalVersion
from planner.store.seals import SealBroken
from planner.values.rates import Rate

NO_PLAN = "no_plan"
"""The trip can no longer be made as it was planned: a timetable or a rule changed."""


class NotAsPromised(Conflict):
    """Prices or places are not what was promised: the agency has to look first."""

    default_code = "not_as_promised"


def chosen_of(version: ProposalVersion) -> Mapping[str, Any]:
    """Return what was frozen of the option that was accepted: for the agency's eyes."""
    found: Mapping[str, Any] = version.private["options"][version.chosen]
    return found


def promised_of(frozen: Mapping[str, Any]) -> dict[int, Promise]:
    """Return what each line was promised for, by number."""
    return {int(number): Promise(net, share) for number, (net, share) in frozen["promised"].items()}


def look_again(proposal: Proposal, version: ProposalVersion, services: Services) -> list[Difference]:
    """Ask for prices and places of an accepted trip again, write down what differs, and return it."""
    return _look(proposal, version, services)[2]


def _look(
    proposal: Proposal, version: ProposalVersion, services: Services
) -> tuple[Quote, dict[int, int], list[Difference]]:
    """Return the quote of now, what each part costs the agency, and what differs, which is written down."""
    quote, nets = _now(proposal, version, services)
    found = _differences(version, quote, nets, services)
    now, proposal_id, number = services.clock.now(), proposal.id, version.number
    with transaction() as session:
        proposals.get_proposal_to_change(session, proposal_id)
        row = proposals.get_version(proposal_id, number)
        agreed = dict(row.recheck.get("agreed", {}))
        row.recheck = {"at": now.isoformat(), "found": [_as_json(one) for one in found], "agreed": agreed}
    return quote, nets, found


def _now(proposal: Proposal, version: ProposalVersion, services: Services) -> tuple[Quote, dict[int, int]]:
    frozen = chosen_of(version)
    quote = price_trip(frozen["itinerary"], frozen["brief"], services)
    return quote, nets_of(quote, agency_rates.list_approved(proposal.agency_id))


def _differences(
    version: ProposalVersion, quote: Quote, nets: Mapping[int, int], services: Services
) -> list[Difference]:
    frozen = chosen_of(version)
    found = differences(quote, nets, promised_of(frozen))
    adjusted = adjust_trip(as_it_is(frozen["brief"], frozen["itinerary"]), services)
    if adjusted.itinerary is None or adjusted.itinerary["id"] != frozen["itinerary"]["id"]:
        found.insert(0, Difference(0, NO_PLAN, 0, 0))
    return found


def _as_json(one: Difference) -> dict[str, Any]:
    return {"line": one.line, "why": one.why, "was": one.was, "now": one.now}


def found_of(version: ProposalVersion) -> list[Difference]:
    """Return what differed when it was last looked at."""
    return [Difference(**one) for one in version.recheck.get("found", ())]


def unsettled(version: ProposalVersion, found: list[Difference]) -> list[Difference]:
    """Return what the agency has not said yes to: what cannot be sold, and what costs more than it agreed to bear."""
    agreed = {int(number): int(net) for number, net in version.recheck.get("agreed", {}).items()}
    return [
        one for one in found
        if one.is_blocking or (one.why == DEARER and one.now > agreed.get(one.line, one.was))
    ]  # fmt: skip


def keep_promise(proposal: Proposal, services: Services) -> list[Difference]:
    """Say that the agency bears what parts cost more now; return what still cannot be sold.

    Raises:
        WrongState: its client has not accepted.
    """
    version = _accepted(proposal)
    found = look_again(proposal, version, services)
    with transaction() as session:
        proposals.get_proposal_to_change(session, proposal.id)
        row = proposals.get_version(proposal.id, version.number)
        agreed = {str(one.line): one.now for one in found if one.why == DEARER}
        row.recheck = {**row.recheck, "agreed": agreed}
    return unsettled(version, found)


def _accepted(proposal: Proposal) -> ProposalVersion:
    version = proposals.get_version(proposal.id, proposal.at) if proposal.at else None
    if version is None or version.state != ACCEPTED:
        raise WrongState("this was not accepted", code="not_accepted")
    return version


def open_sale(proposal: Proposal, services: Services) -> Order:
    """Return the order of an accepted proposal: the one that is held or booked, or a new one that holds all places.

    Raises:
        WrongState: its client has not accepted.
        NotAsPromised: the agency has to look first; it is told.
        NotForSale: something may not be sold.
        SoldOutNow: somebody else took a place in this moment.
        TooManyHolds: it was held too often at a time.
    """
    version = _accepted(proposal)
    begun = orders.get_order(version.order_id) if version.order_id else None
    if begun is not None and begun.state not in OVER:
        return begun
    quote, nets, found = _look(proposal, version, services)
    open_ones = unsettled(version, found)
    if open_ones:
        marks = "-".join(f"{one.line}{one.why}{one.now}" for one in open_ones)
        tell(proposal.id, "agency", "changed", f"changed{version.number}:{marks}"[:80], services)
        raise NotAsPromised("the agency has to look first", params={"lines": [one.line for one in open_ones]})
    order = _hold(proposal, version, quote, nets, services)
    _fill_in(proposal, order.id, has_documents=version.public["payer"] == AGENCY)
    return _linked(proposal.id, version.number, begun.id if begun else None, order.id, services)


def _hold(
    proposal: Proposal, version: ProposalVersion, quote: Quote, nets: Mapping[int, int], services: Services
) -> Order:
    frozen, public = chosen_of(version), version.public
    seller = Seller(proposal.agency_id, int(version.private["commission_bp"]))
    if public["payer"] == AGENCY:
        sold = sell_net(quote, nets)
    else:
        own = [
            (OwnItem(item["key"], item["name"], item["net"], item["free_days"]), int(item["share"]))
            for item in frozen["own"]
        ]
        rate = Rate.from_json(public["rate"]) if public["rate"] else None
        sold = sell(quote, nets, promised_of(frozen), own, rate)
    return hold_places(sold, services, f"proposal:{proposal.id}", str(public["language"]), seller)


def _fill_in(proposal: Proposal, order_id: str, has_documents: bool) -> None:
    """Write down who travels as far as the agency knows, to be looked over at the checkout.

    Documents go there only where the agency itself fills the form in: a client's link may have been passed on.
    """
    _enquiry, client = enquiries.get_enquiry(proposal.agency_id, proposal.enquiry_id)
    known = ("given", "family", *(("nationality", "document") if has_documents else ()))
    travellers: list[dict[str, str]] = []
    with suppress(SealBroken):  # then they are typed at the checkout
        travellers = [{key: str(getattr(one, key) or "") for key in known} for one in travellers_of(client.id)]
    with transaction() as session:
        contact = {"email": client.email, "phone": client.phone}
        orders.note_order(session, order_id, {"contact": contact, "travellers": travellers})


def _linked(proposal_id: int, number: int, before: str | None, order_id: str, services: Services) -> Order:
    """Remember the order of a version; where another came first in this moment, give this one back."""
    with transaction() as session:
        proposals.get_proposal_to_change(session, proposal_id)
        row = proposals.get_version(proposal_id, number)
        session.refresh(row)
        if row.order_id == before:
            row.order_id = order_id
        kept = str(row.order_id)
    if kept != order_id:
        release_hold(order_id, services)
    return orders.get_order(kept)
