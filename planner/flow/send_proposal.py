"""Send a proposal: what was drafted is frozen with its page and its paper, byte for byte; or take it back.

What the client may read and what the agency earns are kept apart from the beginning: `public` and `private`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from planner.booking.agency_price import Terms
from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow.draft_proposal import Draft, draft_of
from planner.flow.keep_enquiries import ChangedMeanwhile, advance
from planner.flow.price_proposal import Offer
from planner.flow.services import Services
from planner.store import agencies, enquiries, orders, proposals
from planner.store.agencies import Agency
from planner.store.db import transaction
from planner.store.proposals import Proposal, ProposalVersion

SENT, ACCEPTED, WITHDRAWN = "sent", "accepted", "withdrawn"
OVER = ("lapsed", "undone", "cancelled")
"""States of orders after which a version may be sold anew, or taken back."""


def valid_until(draft: Draft, offers: Sequence[Offer], now: datetime) -> datetime:
    """Return until when a proposal sent now may be accepted: its days, but never beyond the start of a trip."""
    ends = [now + timedelta(days=draft.days_valid), *(offer.quote.starts_at for offer in offers)]
    return min(ends).replace(microsecond=0)


def check_offers(draft: Draft, offers: Sequence[Offer], now: datetime) -> None:
    """Refuse to send what nobody could accept.

    Raises:
        Invalid: there is no option, one has parts that cannot be sold, costs nothing, or begins too soon; or several
            have no names to choose them by.
    """
    wrong = []
    if not offers:
        wrong.append(Invalid("there is no option", code="no_option"))
    for offer in offers:
        if offer.blocked:
            wrong.append(Invalid("something cannot be sold", field=f"option_{offer.option.key}", code="blocked_option"))
        elif offer.price.due <= 0:
            wrong.append(Invalid("nothing is sold here", field=f"option_{offer.option.key}", code="empty_option"))
        elif offer.quote.starts_at <= now:
            wrong.append(Invalid("it has begun", field=f"option_{offer.option.key}", code="begun_option"))
    names = [offer.option.name for offer in offers]
    if len(offers) > 1 and (not all(names) or len(set(names)) < len(names)):
        wrong.append(Invalid("options need names of their own", code="unnamed_options"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)


def public_of(draft: Draft, agency: Agency, offers: Sequence[Offer], number: int, until: datetime) -> dict[str, Any]:
    """Return what a client may read of a proposal, as data: never what a part costs the agency."""
    return {
        "number": number,
        "title": draft.title,
        "greeting": draft.greeting,
        "language": draft.language,
        "payer": draft.payer,
        "valid_until": until.isoformat(),
        "agency": {
            "id": agency.id, "name": agency.name, "licence": agency.licence, "email": agency.email,
            "phone": agency.phone, "logo": agency.logo,
        },
        "terms": agency.terms,
        "rate": offers[0].terms.rate.as_json() if offers and offers[0].terms.rate else None,
        "options": [_public_option(offer) for offer in offers],
    }  # fmt: skip


def _public_option(offer: Offer) -> dict[str, Any]:
    price = offer.price
    return {
        "key": offer.option.key,
        "name": offer.option.name,
        "total": price.total.as_json(),
        "each": price.each.as_json(),
        "alone": price.alone.as_json(),
        "due": price.due,
        "heads": price.heads,
        "paying": price.paying,
        "starts_on": offer.quote.starts_at.date().isoformat(),
        "ends_on": offer.quote.ends_at.date().isoformat(),
    }


def _private_of(agency: Agency, offers: Sequence[Offer]) -> dict[str, Any]:
    return {
        "commission_bp": agency.commission_bp,
        "terms": _terms_json(offers[0].terms) if offers else {},
        "options": {offer.option.key: _private_option(offer) for offer in offers},
    }


def _terms_json(terms: Terms) -> dict[str, Any]:
    rate = terms.rate.as_json() if terms.rate else None
    return {"markup_bp": terms.markup_bp, "step": terms.step, "free_after": terms.free_after, "rate": rate}


def _private_option(offer: Offer) -> dict[str, Any]:
    shares = offer.own_shares()
    return {
        "brief": dict(offer.brief),
        "itinerary": dict(offer.itinerary),
        "promised": {str(number): [one.net, one.share] for number, one in offer.promised().items()},
        "own": [
            {**asdict(item), "share": shares[item.key]} for item in offer.option.own
        ],
        "net": offer.price.net,
        "margin": offer.price.margin,
    }


def next_number(proposal_id: int) -> int:
    """Return the number that the next version of a proposal gets."""
    sent = proposals.list_versions(proposal_id)
    return (sent[0].number if sent else 0) + 1


def send_proposal(
    agency_id: str,
    proposal_id: int,
    seen: str,
    offers: Sequence[Offer],
    public: Mapping[str, Any],
    document: bytes,
    paper: bytes,
    services: Services,
    who: str,
) -> ProposalVersion:
    """Freeze what was drafted as the next version; its link shows it from now on.

    Raises:
        NotFound: this agency has no such proposal.
        Invalid: nobody could accept it (`check_offers`).
        ChangedMeanwhile: somebody changed or sent it after it was seen.
        WrongState: its client has accepted a version already, and that was not withdrawn.
    """
    proposals.get_proposal(agency_id, proposal_id)
    now = services.clock.now()
    with transaction() as session:
        proposal = proposals.get_proposal_to_change(session, proposal_id)
        draft = draft_of(proposal)
        check_offers(draft, offers, now)
        if proposal.changed_at.isoformat() != seen or public["number"] != next_number(proposal_id):
            raise ChangedMeanwhile("somebody changed this meanwhile")
        if proposal.at and proposals.get_version(proposal_id, proposal.at).state == ACCEPTED:
            raise WrongState("the client has accepted already", code="accepted_already")
        agency = agencies.get_agency(agency_id)
        version = ProposalVersion(
            proposal_id=proposal_id, number=int(public["number"]), state=SENT, public=dict(public),
            private=_private_of(agency, offers), document=document, paper=paper,
            digest=sha256(document + paper).hexdigest(), sent_at=now, sent_by=who,
            valid_until=datetime.fromisoformat(public["valid_until"]), recheck={},
        )  # fmt: skip
        session.add(version)
        session.flush()
        proposal.at, proposal.changed_at = version.number, now
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, proposal.enquiry_id)
        advance(session, enquiry, "sent", now, who)
    return version


def may_withdraw(version: ProposalVersion) -> bool:
    """Tell whether a version can be taken back: not while an order of it is held or booked."""
    is_live = version.order_id is not None and orders.get_order(version.order_id).state not in OVER
    return version.state != WITHDRAWN and not is_live


def withdraw(agency_id: str, proposal_id: int, services: Services, who: str) -> Proposal:
    """Take the version back that the link shows: nobody can accept it, or pay for it, any more.

    Raises:
        NotFound: this agency has no such proposal.
        WrongState: nothing was sent, it was taken back before, or it is held or booked.
    """
    proposals.get_proposal(agency_id, proposal_id)
    now = services.clock.now()
    with transaction() as session:
        proposal = proposals.get_proposal_to_change(session, proposal_id)
        if not proposal.at:
            raise WrongState("nothing was sent", code="not_sent")
        version = proposals.get_version(proposal_id, proposal.at)
        if not may_withdraw(version):
            raise WrongState("it cannot be taken back", code="cannot_withdraw")
        version.state, proposal.changed_at = WITHDRAWN, now
    return proposal
