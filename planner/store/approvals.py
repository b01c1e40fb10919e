"""What staff write down about a supplier: who claimed it, that it is approved, that its prices are agreed, its seats.

Without a row a supplier is a placeholder; with both dates it may be sold for real money (`claims.list_contracted`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.errors import NotFound
from planner.store.claims import Allotment, Claim
from planner.store.db import db


def list_claims() -> dict[str, Claim]:
    """Return the standing of every supplier that somebody claimed, by its id."""
    return {claim.supplier_id: claim for claim in db.session.scalars(select(Claim).order_by(Claim.supplier_id))}


def list_allotments() -> list[Allotment]:
    """List the routes of which seats were given to us."""
    return list(db.session.scalars(select(Allotment).order_by(Allotment.route_id)))


def write_claim(
    session: Session, supplier_id: str, by: str, email: str, phone: str, bank: str, now: datetime
) -> Claim:
    """Write down who a supplier is; call it inside a transaction."""
    claim = session.get(Claim, supplier_id)
    if claim is None:
        claim = Claim(supplier_id=supplier_id, claimed_at=now)
        session.add(claim)
    claim.claimed_by, claim.email, claim.phone, claim.bank = by, email, phone, bank
    session.flush()
    return claim


def get_claim(session: Session, supplier_id: str) -> Claim:
    """Find a supplier's standing and keep others from it until the transaction ends.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    claim = session.get(Claim, supplier_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise NotFound("nobody claimed this supplier yet", code="no_such_claim")
    return claim


def drop_allotment(session: Session, route_id: str) -> None:
    """Take no more seats of a route; departures that were sold from keep theirs. Call it inside a transaction."""
    row = session.get(Allotment, route_id)
    if row is not None:
        session.delete(row)
        session.flush()
