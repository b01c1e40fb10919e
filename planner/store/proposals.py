"""What an agency lays before a client: a draft that is worked on, and versions that were sent and never change again.

Proposal 1--n ProposalVersion, 1--n ProposalComment. Of a version `public` is all that a client's page is made of, and
`private` what the agency pays and earns: nothing that answers a client reads it. `document` and `paper` are the page
and its PDF twin as they were sent, kept byte for byte; `digest` names both.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db
from planner.store.enquiries import Enquiry
from planner.store.orders import Order


class Proposal(Base):
    """What is laid before a client for an enquiry. `at` is the number of the version that its link shows; 0: none."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiry.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    draft: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalVersion(Base):
    """A version as it was sent: it may be looked at, accepted, or withdrawn; what it says never changes."""

    __tablename__ = "proposal_version"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12), default="sent")
    """sent, accepted or withdrawn."""
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    private: Mapped[dict[str, Any]] = mapped_column(JSON)
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    paper: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[str] = mapped_column(String(200))
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    first_viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    views: Mapped[int] = mapped_column(default=0)
    chosen: Mapped[str] = mapped_column(String(20), default="")
    """The key of the option that was accepted."""
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_name: Mapped[str] = mapped_column(String(120), default="")
    recheck: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was found when prices and places were asked for again, and what the agency said to it."""
    order_id: Mapped[str | None] = mapped_column(ForeignKey("trip_order.id"), index=True)


class ProposalComment(Base):
    """Something that the client or the agency wrote beside a proposal."""

    __tablename__ = "proposal_comment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_client: Mapped[bool]
    who: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)


def get_proposal(agency_id: str, proposal_id: int) -> Proposal:
    """Find a proposal of an agency.

    Raises:
        NotFound: this agency has no such proposal.
    """
    proposal = db.session.get(Proposal, proposal_id)
    if proposal is None or proposal.agency_id != agency_id:
        raise NotFound("this agency has no such proposal", code="no_such_proposal")
    return proposal


def get_by_id(proposal_id: int) -> Proposal:
    """Find a proposal, whosever it is.

    Raises:
        NotFound: there is none.
    """
    proposal = db.session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("there is no such proposal", code="no_such_proposal")
    return proposal


def find_of_enquiry(enquiry_id: int) -> Proposal | None:
    """Find the proposal that was made for an enquiry."""
    return db.session.scalar(select(Proposal).where(Proposal.enquiry_id == enquiry_id))


def get_by_secret(secret: str) -> Proposal:
    """Find the proposal that a client's link opens; one that was never sent is not there.

    Raises:
        NotFound: no proposal has this link.
    """
    proposal = db.session.scalar(select(Proposal).where(Proposal.secret == secret, Proposal.at > 0))
    if proposal is None:
        raise NotFound("there is no such proposal", code="no_such_proposal")
    return proposal


def get_proposal_to_change(session: Session, proposal_id: int) -> Proposal:
    """Find a proposal and keep others from it until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    proposal = session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFound("there is no such proposal", code="no_such_proposal")
    return proposal


def get_version(proposal_id: int, number: int) -> ProposalVersion:
    """Find a version that was sent.

    Raises:
        NotFound: there is none.
    """
    version = db.session.get(ProposalVersion, (proposal_id, number))
    if version is None:
        raise NotFound("this proposal has no such version", code="no_such_version")
    return version


def list_versions(proposal_id: int) -> list[ProposalVersion]:
    """List what was sent, the newest first."""
    query = select(ProposalVersion).where(ProposalVersion.proposal_id == proposal_id)
    return list(db.session.scalars(query.order_by(ProposalVersion.number.desc())))


def list_comments(proposal_id: int) -> list[ProposalComment]:
    """List what was written beside a proposal, the oldest first."""
    query = select(ProposalComment).where(ProposalComment.proposal_id == proposal_id).order_by(ProposalComment.id)
    return list(db.session.scalars(query))


def list_sold(states: Collection[str]) -> list[tuple[int, str, Order]]:
    """List the enquiries in some states whose proposal became an order: enquiry, agency, order."""
    query = (
        select(Enquiry.id, Enquiry.agency_id, Order)
        .join(Proposal, Proposal.enquiry_id == Enquiry.id)
        .join(
            ProposalVersion,
            (ProposalVersion.proposal_id == Proposal.id) & (ProposalVersion.number == Proposal.at),
        )
        .join(Order, Order.id == ProposalVersion.order_id)
        .where(Enquiry.state.in_(states))
        .order_by(Enquiry.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def find_of_order(order_id: str) -> tuple[Proposal, ProposalVersion] | None:
    """Find what an order was made from, with the version that was accepted."""
    query = (
        select(Proposal, ProposalVersion)
        .join(ProposalVersion, ProposalVersion.proposal_id == Proposal.id)
        .where(ProposalVersion.order_id == order_id)
        .order_by(ProposalVersion.number.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return (found[0], found[1]) if found else None
