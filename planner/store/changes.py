"""Changes of booked trips: a new version that is held, paid and confirmed beside the one in force.

The new lines stand among the order's lines with the number of their change in `proposed_by`; once the change is
confirmed they are lines like any other. A change has the states of an order (`booking.states`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.booking.states import ORDER
from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db
from planner.store.moving import move

LIVE = ("held", "paying", "authorised", "undoing")


class TripChange(Base):
    """One new version of one order. Amounts in whole rupiah; `difference` is paid, or paid back where negative."""

    __tablename__ = "trip_change"

    order_id: Mapped[str] = mapped_column(ForeignKey("trip_order.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    quote: Mapped[dict[str, Any]] = mapped_column(JSON)
    quote_before: Mapped[dict[str, Any]] = mapped_column(JSON)
    refunds: Mapped[dict[str, int]] = mapped_column(JSON)
    """What each line that goes pays back, by its number, as it was shown."""
    difference: Mapped[int]
    hold_until: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(String(60), default="")
    asked_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_trip_change_live", "state", "hold_until"),)


def get_change(order_id: str, number: int) -> TripChange:
    """Find a change.

    Raises:
        NotFound: there is none.
    """
    change = db.session.get(TripChange, (order_id, number))
    if change is None:
        raise NotFound("there is no such change", code="no_such_change")
    return change


def find_live_change(order_id: str) -> TripChange | None:
    """Find the change of an order that is neither in force nor over; there is at most one."""
    return db.session.scalar(select(TripChange).where(TripChange.order_id == order_id, TripChange.state.in_(LIVE)))


def list_changes(order_id: str) -> list[TripChange]:
    """List the changes of an order, the first one first."""
    return list(
        db.session.scalars(select(TripChange).where(TripChange.order_id == order_id).order_by(TripChange.number))
    )


def next_number(session: Session, order_id: str) -> int:
    """Return the number of an order's next change."""
    last = session.scalar(select(func.max(TripChange.number)).where(TripChange.order_id == order_id))
    return (last or 0) + 1


def list_lapsed_changes(now: datetime, most: int = 100) -> list[tuple[str, int]]:
    """List order and number of unpaid changes whose hold has run out, the oldest first."""
    query = (
        select(TripChange.order_id, TripChange.number)
        .where(TripChange.state.in_(("held", "paying")), TripChange.hold_until <= now)
        .order_by(TripChange.hold_until)
        .limit(most)
    )
    return [(row.order_id, row.number) for row in db.session.execute(query)]


def move_change(session: Session, order_id: str, number: int, to: str, **values: Any) -> None:
    """Bring a change into a state, from any state that may come before it; call it inside a transaction.

    Raises:
        WrongState: the change is in no such state (any more).
    """
    mine = (TripChange.order_id == order_id) & (TripChange.number == number)
    move(session, TripChange.state, mine, ORDER, to, values)


def note_change(session: Session, order_id: str, number: int, values: Mapping[str, Any]) -> None:
    """Write facts of a change that are no state; call it inside a transaction."""
    session.execute(
        update(TripChange).where(TripChange.order_id == order_id, TripChange.number == number).values(**values)
    )
