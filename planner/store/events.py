"""The joint calendar of events, and the dated closures that really happened."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.columns import ExactDecimal
from planner.store.db import Base
from planner.store.rows import ReferenceRow


class Event(ReferenceRow, Base):
    """A festival, holiday or season with its dates of each year as `FROM..TO;FROM..TO`."""

    __tablename__ = "event"

    event_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    place_ids: Mapped[str] = mapped_column(Text)
    area: Mapped[str] = mapped_column(String(120))
    province: Mapped[str] = mapped_column(String(40))
    date_rule: Mapped[str] = mapped_column(Text)
    dates_2026: Mapped[str] = mapped_column(String(120))
    dates_2027: Mapped[str] = mapped_column(String(120))
    dates_2028: Mapped[str] = mapped_column(String(120))
    crowding_0_3: Mapped[int]
    closes: Mapped[str] = mapped_column(Text)
    price_factor: Mapped[Decimal] = mapped_column(ExactDecimal)
    rule_id: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    date_confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)


class PastClosure(ReferenceRow, Base):
    """A crossing, sea or airport that was shut on known days; `area_id` may name several with semicolons."""

    __tablename__ = "past_closure"

    event_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    from_date: Mapped[date]
    to_date: Mapped[date]
    area: Mapped[str] = mapped_column(String(120))
    mode: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[str] = mapped_column(String(60))
