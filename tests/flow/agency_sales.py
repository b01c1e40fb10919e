"""An accepted proposal in the small shop: what was promised of a walk, a house and a boat, and a driver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from planner.booking.agency_price import OWN, Cost, Price, Terms, price_trip_for, shares_of
from planner.booking.quote import Line, Quote
from planner.flow import sell_proposal
from planner.flow.draft_proposal import Draft
from planner.flow.price_proposal import own_key
from planner.store.agencies import Agency, AgencyLogo, Member
from planner.store.agency_rates import AgencyRate
from planner.store.db import transaction
from planner.store.enquiries import Client, ClientTraveller, Enquiry, EnquiryAct
from planner.store.orders import Order
from planner.store.proposals import Proposal, ProposalComment, ProposalVersion
from planner.values.rates import Rate
from tests.booking.making import START, package, quote_of, ride, stay
from tests.flow.fakes import World

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
BOAT = ride(3, 130_600)
LINES = (WALK, HOUSE, BOAT)
DRIVER = {"key": "1", "name": "Driver", "net": 500_000, "free_days": 7}
TERMS = Terms(2000, None, 10_000)
AGENCY, RINA = "a", "rina@tur.example"
PLAN = {"id": "plan", "items": [dict(line.item) for line in LINES]}


def found_agency(world: World, **more: Any) -> None:
    """Leave one agency with one seller; call it in the shop's context."""
    now = world.clock.now()
    with transaction() as session:
        session.execute(update(Order).values(agency_id=None))
        for table in (ProposalComment, ProposalVersion, Proposal, EnquiryAct, Enquiry, ClientTraveller, Client,
                      AgencyRate, AgencyLogo, Member, Agency):  # fmt: skip
            session.execute(delete(table))
        session.add(Agency(
            id=AGENCY, name="Tur", licence="1", email="tur@example.org", phone="1", applied_at=now, state="approved",
            **more,
        ))  # fmt: skip
        session.flush()
        session.add(Member(agency_id=AGENCY, email=RINA, work="owner", invited_at=now, joined_at=now))


def price_of(lines: Sequence[Line], terms: Terms, own: Sequence[dict[str, Any]] = ()) -> Price:
    """Price lines for two."""
    costs = [Cost(str(line.number), line.price) for line in lines]
    costs += [Cost(own_key(item["key"]), item["net"], OWN) for item in own]
    return price_trip_for(costs, 2, terms)


def sent(
    world: World, terms: Terms = TERMS, own: Sequence[dict[str, Any]] = (), payer: str = "client",
    commission_bp: int = 0, lines: Sequence[Line] = LINES,
) -> int:  # fmt: skip
    """Write a proposal down as it is once it was sent, and return its id."""
    price, now = price_of(lines, terms, own), world.clock.now()
    shares = shares_of(price)
    with transaction() as session:
        client = Client(agency_id=AGENCY, name="Maren", email="maren@example.org", created_at=now)
        session.add(client)
        session.flush()
        enquiry = Enquiry(
            agency_id=AGENCY, client_id=client.id, title="Komodo", state="sent", owner=RINA, next_step="",
            created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(enquiry)
        session.flush()
        proposal = Proposal(
            agency_id=AGENCY, enquiry_id=enquiry.id, secret=f"s{enquiry.id}", draft=Draft("Komodo").as_json(), at=1,
            created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        session.add(ProposalVersion(
            proposal_id=proposal.id, number=1, document=b"page", paper=b"paper", digest="d", sent_at=now, sent_by=RINA,
            valid_until=now + timedelta(days=14), recheck={},
            public={"payer": payer, "language": "en", "rate": terms.rate.as_json() if terms.rate else None,
                    "options": [{"key": "a", "due": price.due}], "title": "Komodo"},
            private={"commission_bp": commission_bp, "options": {"a": {
                "brief": {}, "itinerary": PLAN, "net": price.net, "margin": price.margin,
                "promised": {str(line.number): [line.price, shares[str(line.number)]] for line in lines},
                "own": [{**item, "share": shares[own_key(item["key"])]} for item in own],
            }}},
        ))  # fmt: skip
        return int(proposal.id)


def due_of(terms: Terms, own: Sequence[dict[str, Any]] = ()) -> int:
    return price_of(LINES, terms, own).due


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch, world: World) -> dict[str, Any]:
    """Answer what is asked again of a proposal's trip: `lines` are what it costs now, `plan` how it would be made."""
    now: dict[str, Any] = {"lines": LINES, "plan": PLAN}

    def priced(*_: Any) -> Quote:
        return replace(quote_of(now["lines"], world.clock.now()), itinerary_id="plan")

    class Adjusted:
        @property
        def itinerary(self) -> Any:
            return now["plan"]

    monkeypatch.setattr(sell_proposal, "price_trip", priced)
    monkeypatch.setattr(sell_proposal, "adjust_trip", lambda *_: Adjusted())
    monkeypatch.setattr(sell_proposal, "as_it_is", lambda *_: None)
    return now


EURO = Rate.from_json({"currency": "EUR", "rupiah": "19012.34", "on": "2026-11-20", "source": "ECB"})
