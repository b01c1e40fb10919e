"""Which suppliers are real: claimed by somebody whom staff approved, with confirmed prices. And the seats they gave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class Claim(Base):
    """A supplier's standing with us; a supplier without a row is a placeholder."""

    __tablename__ = "supplier_claim"

    supplier_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    claimed_by: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    prices_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bank: Mapped[str] = mapped_column(String(200), default="")


class Allotment(Base):
    """Seats of every departure of a route that its carrier gave us to sell."""

    __tablename__ = "allotment"

    route_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seats: Mapped[int]
    source: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (CheckConstraint("seats > 0", name="seats_positive"),)


def list_contracted() -> frozenset[str]:
    """List suppliers that may be sold for real money: approved, with confirmed prices."""
    query = select(Claim.supplier_id).where(Claim.approved_at.is_not(None), Claim.prices_confirmed_at.is_not(None))
    return frozenset(db.session.scalars(query))


def find_claim(supplier_id: str) -> Claim | None:
    """Find a supplier's standing, if somebody claimed it."""
    return db.session.get(Claim, supplier_id)


def allotted() -> dict[str, int]:
    """Return the seats that are ours on each departure, by route."""
    return {row.route_id: row.seats for row in db.session.scalars(select(Allotment))}


def allot(session: Session, route_id: str, seats: int, source: str) -> None:
    """Set the seats that are ours on each departure of a route; call it inside a transaction."""
    row = session.get(Allotment, route_id)
    if row is None:
        session.add(Allotment(route_id=route_id, seats=seats, source=source))
    else:
        row.seats, row.source = seats, source
    session.flush()
