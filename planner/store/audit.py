"""Who did what: every act of staff, suppliers and the site itself on an order, never changed afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class Act(Base):
    """One act. `who` is an account, a supplier's link or `site`."""

    __tablename__ = "act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(40))
    order_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    line: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def note_act(
    session: Session, now: datetime, who: str, what: str, order_id: str = "", line: int | None = None, **detail: Any
) -> None:
    """Write down an act; call it inside the transaction that does it."""
    session.add(Act(at=now, who=who, what=what, order_id=order_id, line=line, detail=detail))
    session.flush()


def list_acts(order_id: str) -> list[Act]:
    """List the acts on an order, the oldest first."""
    return list(db.session.scalars(select(Act).where(Act.order_id == order_id).order_by(Act.id)))


def list_all(who: str = "", what: str = "", before: int | None = None, most: int = 100) -> list[Act]:
    """List acts, the latest first; of one person or of one kind where that is given, before an id to page on."""
    query = select(Act).order_by(Act.id.desc()).limit(most)
    if who:
        query = query.where(Act.who == who)
    if what:
        query = query.where(Act.what == what)
    if before is not None:
        query = query.where(Act.id < before)
    return list(db.session.scalars(query))
