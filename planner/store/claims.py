"""Which suppliers are real: claimed by somebody whom staff approved, with confirmed prices. And the seats they gave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.booking.supplier_system import SupplierSystem
from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db
from planner.store.seals import seal, unseal


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
    octo_endpoint: Mapped[str] = mapped_column(String(200), default="")
    octo_key: Mapped[str] = mapped_column(Text, default="")
    """Sealed: see `store.seals`."""
    octo_ids: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)


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


def find_system(supplier_id: str) -> SupplierSystem | None:
    """Find the booking system of a supplier whom staff approved; read apart from whatever is being read or written.

    Raises:
        SealBroken: its key cannot be read any more.
    """
    with Session(db.engine) as session:
        claim = session.get(Claim, supplier_id)
        if claim is None or claim.approved_at is None or not claim.octo_endpoint:
            return None
        return SupplierSystem(claim.octo_endpoint, unseal(claim.octo_key), dict(claim.octo_ids))


def connect_system(session: Session, supplier_id: str, system: SupplierSystem) -> None:
    """Book at a supplier's own system from now on; call it inside a transaction.

    There is no way back to the allotment: what was booked in a system can only be cancelled there.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    claim = session.get(Claim, supplier_id)
    if claim is None:
        raise NotFound(f"nobody claimed {supplier_id}", code="no_such_claim")
    claim.octo_endpoint, claim.octo_key, claim.octo_ids = system.endpoint, seal(system.key), dict(system.ids)
    session.flush()


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
