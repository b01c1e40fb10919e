"""The log of an order's saga: each outside act is written down before it is tried, and its outcome after.

An attempt without an outcome is one whose process died or is at work: its key is used again, so that whoever was
called knows it for the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class Attempt(Base):
    """One step of an order that was begun under a key."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("trip_order.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    line: Mapped[int | None]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    runs: Mapped[int] = mapped_column(default=1)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(24), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def begin_attempt(
    session: Session, order_id: str, step: str, line: int | None, key: str, now: datetime, **detail: Any
) -> Attempt:
    """Write down that a step begins, or begins again under the same key; call it inside a transaction.

    `detail` is what is asked for; a step that begins again finds what was asked for first.
    """
    attempt = session.scalar(select(Attempt).where(Attempt.key == key))
    if attempt is None:
        attempt = Attempt(order_id=order_id, step=step, line=line, key=key, began_at=now, detail=detail)
        session.add(attempt)
    else:
        attempt.runs += 1
    session.flush()
    return attempt


def end_attempt(session: Session, key: str, outcome: str, now: datetime, **detail: Any) -> None:
    """Write down how a step ended; call it inside a transaction."""
    attempt = session.scalar(select(Attempt).where(Attempt.key == key))
    if attempt is not None:
        attempt.outcome, attempt.ended_at, attempt.detail = outcome, now, detail
        session.flush()


def list_attempts(order_id: str) -> list[Attempt]:
    """List what was tried for an order, the oldest first."""
    return list(db.session.scalars(select(Attempt).where(Attempt.order_id == order_id).order_by(Attempt.id)))
