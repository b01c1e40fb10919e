"""Travel agencies: who they are, how they make their prices, who works there.

Agency 1--n Member. A member is invited by an address and joins with the account that has it; one account works for one
agency. An agency that was not approved, or was suspended, has no members who get in.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db

OWNER, SELLER, READER = "owner", "seller", "reader"
WORKS = (OWNER, SELLER, READER)
"""Owners run the agency, sellers make trips and prices, readers look."""


class Agency(Base):
    """A travel agency. `commission_bp` is what the platform pays it on public prices, in hundredths of a per cent."""

    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    licence: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    terms: Mapped[str] = mapped_column(Text, default="")
    """What its clients agree to, in its own words."""
    markup_bp: Mapped[int] = mapped_column(default=1000)
    step: Mapped[int] = mapped_column(default=10_000)
    """Rupiah to which the price of each who pays is rounded up."""
    free_after: Mapped[int] = mapped_column(default=0)
    commission_bp: Mapped[int] = mapped_column(default=0)
    logo: Mapped[str] = mapped_column(String(64), default="")
    """The digest of its picture; empty where it has none."""
    bank: Mapped[str] = mapped_column(String(200), default="")
    """Where what it earned is paid to."""
    state: Mapped[str] = mapped_column(String(12), default="applied", index=True)
    """applied, approved or suspended."""
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgencyLogo(Base):
    """A picture of an agency by its digest. Older ones stay, since proposals that were sent show them."""

    __tablename__ = "agency_logo"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    mime: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Member(Base):
    """Somebody who works for an agency, or was invited to."""

    __tablename__ = "agency_member"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    email: Mapped[str] = mapped_column(String(200), index=True)
    account_id: Mapped[int | None] = mapped_column(unique=True)
    """None until they join."""
    work: Mapped[str] = mapped_column(String(12))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def get_agency(agency_id: str) -> Agency:
    """Find an agency.

    Raises:
        NotFound: there is none.
    """
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise NotFound("there is no such agency", code="no_such_agency")
    return agency


def get_logo(digest: str) -> AgencyLogo:
    """Find a picture by its digest.

    Raises:
        NotFound: there is none.
    """
    logo = db.session.scalar(select(AgencyLogo).where(AgencyLogo.digest == digest).limit(1))
    if logo is None:
        raise NotFound("there is no such picture", code="no_such_logo")
    return logo


def name_of(agency_id: str) -> str:
    """Return what an agency is called; its id where it is not known."""
    agency = db.session.get(Agency, agency_id)
    return agency.name if agency else agency_id


def list_agencies(state: str = "") -> list[Agency]:
    """List agencies, or those of a state: the newest first."""
    query = select(Agency).order_by(Agency.applied_at.desc(), Agency.id)
    return list(db.session.scalars(query.where(Agency.state == state) if state else query))


def find_member(account_id: int) -> Member | None:
    """Find where an account works."""
    return db.session.scalar(select(Member).where(Member.account_id == account_id))


def list_members(agency_id: str) -> list[Member]:
    """List who works for an agency and who was invited, in the order in which they were."""
    return list(db.session.scalars(select(Member).where(Member.agency_id == agency_id).order_by(Member.id)))


def list_invitations(email: str) -> list[Member]:
    """List the invitations of an address that nobody has answered."""
    query = select(Member).where(Member.email == email, Member.account_id.is_(None)).order_by(Member.id)
    return list(db.session.scalars(query))


def get_agency_to_change(session: Session, agency_id: str) -> Agency:
    """Find an agency and keep others from it until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    agency = session.get(Agency, agency_id, with_for_update=True, populate_existing=True)
    if agency is None:
        raise NotFound("there is no such agency", code="no_such_agency")
    return agency


def get_member(session: Session, agency_id: str, member_id: int) -> Member:
    """Find a member of an agency and keep others from it until the transaction ends.

    Raises:
        NotFound: this agency has no such member.
    """
    member = session.get(Member, member_id, with_for_update=True, populate_existing=True)
    if member is None or member.agency_id != agency_id:
        raise NotFound("this agency has no such member", code="no_such_member")
    return member
