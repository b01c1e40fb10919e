"""Suppliers' own booking systems, and where each booking was made: there it is looked up and given back, for good.

    supplier_system 1--n booked_in        a booking without a system was confirmed from the allotment

A supplier has one system at a time. One that was ended, or left for another, is kept with its key as long as somebody
may want to cancel what was booked in it. The same endpoint is the same system, whatever its key is now.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.booking.supplier_system import SupplierSystem
from planner.errors import NotFound
from planner.store.claims import Claim
from planner.store.columns import UtcDateTime
from planner.store.db import WRITES, Base, db
from planner.store.seals import seal, unseal


class System(Base):
    """A booking system of a supplier; `ended_at` since when nothing new is booked in it."""

    __tablename__ = "supplier_system"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    supplier_id: Mapped[str] = mapped_column(String(80))
    endpoint: Mapped[str] = mapped_column(String(200))
    sealed_key: Mapped[str] = mapped_column(Text)
    ids: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("supplier_id", "endpoint"),)


class BookedIn(Base):
    """Where one booking is made, written down before anybody is asked; no system means: from the allotment."""

    __tablename__ = "booked_in"

    uuid: Mapped[str] = mapped_column(String(40), primary_key=True)
    system_id: Mapped[int | None] = mapped_column(ForeignKey("supplier_system.id"), index=True)


def find_connected(session: Session, supplier_id: str) -> System | None:
    """Find the system in which a supplier's new bookings would be made, whether or not it is approved."""
    return session.scalar(select(System).where(System.supplier_id == supplier_id, System.ended_at.is_(None)))


def list_systems(supplier_id: str) -> list[System]:
    """List a supplier's systems, the one that is connected first, then the latest."""
    query = select(System).where(System.supplier_id == supplier_id).order_by(System.ended_at.desc(), System.id.desc())
    return sorted(db.session.scalars(query), key=lambda system: system.ended_at is not None)


def find_system(supplier_id: str) -> SupplierSystem | None:
    """Find the system in which a new booking would be made: of a supplier whom staff approved.

    Raises:
        SealBroken: its key cannot be read any more.
    """
    with Session(db.engine) as session:
        return _opened(_for_new(session, supplier_id))


def choose(uuid: str, supplier_id: str) -> SupplierSystem | None:
    """Find the system that a booking belongs to, None where it is the allotment; decided when it is first asked for.

    Raises:
        SealBroken: its key cannot be read any more.
    """
    with Session(db.engine) as session:
        if (known := session.get(BookedIn, uuid)) is not None:
            return _opened(_of(session, known))
    try:
        with _apart() as session:
            system = _for_new(session, supplier_id)
            session.add(BookedIn(uuid=uuid, system_id=system.id if system else None))
            session.commit()
            return _opened(system)
    except IntegrityError:  # another process decided just now
        with Session(db.engine) as session:
            return _opened(_of(session, session.get_one(BookedIn, uuid)))


def _of(session: Session, booking: BookedIn) -> System | None:
    return session.get(System, booking.system_id) if booking.system_id is not None else None


def connect_system(session: Session, supplier_id: str, system: SupplierSystem, now: datetime) -> None:
    """Make new bookings of a supplier in this system from now on; call it inside a transaction.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    if session.get(Claim, supplier_id) is None:
        raise NotFound(f"nobody claimed {supplier_id}", code="no_such_claim")
    before = find_connected(session, supplier_id)
    if before is not None and before.endpoint != system.endpoint:
        before.ended_at = now
        session.flush()
    row = session.scalar(select(System).where(System.supplier_id == supplier_id, System.endpoint == system.endpoint))
    if row is None:
        row = System(supplier_id=supplier_id, endpoint=system.endpoint, connected_at=now)
        session.add(row)
    elif row.ended_at is not None:
        row.connected_at = now
    row.sealed_key, row.ids, row.ended_at = seal(system.key), dict(system.ids), None
    session.flush()


def end_system(session: Session, supplier_id: str, now: datetime) -> None:
    """Book nothing new in a supplier's system; call it inside a transaction.

    Raises:
        NotFound: it has none.
    """
    system = find_connected(session, supplier_id)
    if system is None:
        raise NotFound("no system is connected", code="no_system")
    system.ended_at = now
    session.flush()


def _for_new(session: Session, supplier_id: str) -> System | None:
    claim = session.get(Claim, supplier_id)
    return find_connected(session, supplier_id) if claim is not None and claim.approved_at is not None else None


def _opened(system: System | None) -> SupplierSystem | None:
    return SupplierSystem(system.endpoint, unseal(system.sealed_key), dict(system.ids)) if system else None


@contextmanager
def _apart() -> Iterator[Session]:
    """Write apart from whatever the caller reads; never from inside a transaction, which it would wait for."""
    if db.session().info.get(WRITES):
        raise RuntimeError("where a booking is made is written down before its step's own transaction")
    with Session(db.engine, info={WRITES: True}) as session:
        session.connection(execution_options={WRITES: True})
        yield session
