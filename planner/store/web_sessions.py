"""Sessions of visitors who are known by more than a form's token: kept here, so that they can be ended from here.

The cookie holds a secret, this table its hash: who reads the table cannot use what stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.columns import UtcDateTime
from planner.store.db import Base, StoreUnavailable, db, transaction


class WebSession(Base):
    """One browser. It ends at `idle_until` unless somebody uses it, and at `ends_at` in any case."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    data: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Kept:
    """What a session holds, and when it was last seen."""

    data: str
    seen_at: datetime


def find_session(session_id: str, now: datetime) -> Kept | None:
    """Find a session that has not ended.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    query = select(WebSession.data, WebSession.seen_at).where(
        WebSession.id == session_id, WebSession.idle_until > now, WebSession.ends_at > now
    )
    try:
        row = db.session.execute(query).first()
    except SQLAlchemyError as trouble:
        db.session.rollback()
        raise StoreUnavailable("sessions cannot be read") from trouble
    return Kept(row.data, row.seen_at) if row else None


def add_session(
    session_id: str,
    account_id: int | None,
    data: str,
    device: str,
    now: datetime,
    idle_until: datetime,
    ends_at: datetime,
    instead_of: str = "",
) -> None:
    """Open a session, in another one's place where that is named; those that have ended are swept away."""
    with transaction() as session:
        session.execute(delete(WebSession).where((WebSession.idle_until <= now) | (WebSession.ends_at <= now)))
        if instead_of:
            session.execute(delete(WebSession).where(WebSession.id == instead_of))
        session.add(
            WebSession(
                id=session_id, account_id=account_id, data=data, device=device[:200], created_at=now, seen_at=now,
                idle_until=idle_until, ends_at=ends_at,
            )
        )  # fmt: skip


def keep_session(session_id: str, data: str, now: datetime, idle_until: datetime) -> None:
    """Write what a session holds; one that was ended meanwhile stays ended."""
    with transaction() as session:
        session.execute(
            update(WebSession).where(WebSession.id == session_id).values(data=data, seen_at=now, idle_until=idle_until)
        )


def end_session(session_id: str, account_id: int | None = None) -> bool:
    """End a session, of this account only where one is named; tell whether there was one."""
    query = delete(WebSession).where(WebSession.id == session_id)
    if account_id is not None:
        query = query.where(WebSession.account_id == account_id)
    with transaction() as session:
        return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]


def end_sessions(account_id: int, but: str = "") -> int:
    """End every session of an account, but perhaps one; return how many there were."""
    with transaction() as session:
        done = session.execute(delete(WebSession).where(WebSession.account_id == account_id, WebSession.id != but))
        return int(done.rowcount)  # type: ignore[attr-defined]


def list_sessions(account_id: int, now: datetime) -> list[WebSession]:
    """List the sessions of an account, the one used last first."""
    query = (
        select(WebSession)
        .where(WebSession.account_id == account_id, WebSession.idle_until > now, WebSession.ends_at > now)
        .order_by(WebSession.seen_at.desc())
    )
    return list(db.session.scalars(query))
