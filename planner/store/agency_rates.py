"""What an agency agreed on with suppliers: a price of its own for a product, once staff have seen the contract.

asked -> approved | refused        only approved rates make prices
asked | approved -> withdrawn      the agency took it back
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db

ASKED, APPROVED, REFUSED, WITHDRAWN = "asked", "approved", "refused", "withdrawn"


class AgencyRate(Base):
    """A rate by contract: so many rupiah for each unit of the public price, or so much off it; one of the two."""

    __tablename__ = "agency_rate"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    product_id: Mapped[str] = mapped_column(String(80))
    amount: Mapped[int | None]
    """Whole rupiah for a person, a group or a room and night, whatever the public price counts."""
    off_bp: Mapped[int | None]
    """Hundredths of a per cent off the public price."""
    contract: Mapped[str] = mapped_column(String(120))
    """How the agency and the supplier call their contract."""
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    """The first day on which it no longer holds."""
    state: Mapped[str] = mapped_column(String(12), default=ASKED, index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("(amount IS NULL) <> (off_bp IS NULL)", name="amount_or_off"),)


def list_rates(agency_id: str) -> list[AgencyRate]:
    """List the rates of an agency, the newest first."""
    query = select(AgencyRate).where(AgencyRate.agency_id == agency_id).order_by(AgencyRate.id.desc())
    return list(db.session.scalars(query))


def list_approved(agency_id: str) -> list[AgencyRate]:
    """List the rates that make an agency's prices, the newest first."""
    return [rate for rate in list_rates(agency_id) if rate.state == APPROVED]


def list_waiting() -> list[AgencyRate]:
    """List the rates that staff have to look at, those that wait longest first."""
    return list(db.session.scalars(select(AgencyRate).where(AgencyRate.state == ASKED).order_by(AgencyRate.id)))


def get_rate(rate_id: int) -> AgencyRate:
    """Find a rate.

    Raises:
        NotFound: there is none.
    """
    rate = db.session.get(AgencyRate, rate_id)
    if rate is None:
        raise NotFound("there is no such rate", code="no_such_rate")
    return rate


def get_rate_to_change(session: Session, rate_id: int, agency_id: str = "") -> AgencyRate:
    """Find a rate, of one agency where that is given, and keep others from it until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    rate = session.get(AgencyRate, rate_id, with_for_update=True, populate_existing=True)
    if rate is None or (agency_id and rate.agency_id != agency_id):
        raise NotFound("there is no such rate", code="no_such_rate")
    return rate
