"""Mails that were written, each once: to travellers, suppliers and staff."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import Integer, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.store.columns import UtcDateTime
from planner.store.db import Base


class Letter(Base):
    """A mail by its key; its text is not kept."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    order_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


def was_sent(session: Session, key: str) -> bool:
    """Tell whether a mail with this key was sent."""
    return session.scalar(select(Letter.id).where(Letter.key == key)) is not None


def note_sent(session: Session, key: str, order_id: str, now: datetime) -> None:
    """Remember that a mail was sent, also where another sent it in the same moment; call it inside a transaction."""
    if was_sent(session, key):
        return
    with suppress(IntegrityError), session.begin_nested():
        session.add(Letter(key=key, order_id=order_id, sent_at=now))
