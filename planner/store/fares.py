"""What each group of carriers asks of its passengers: ages and shares, bags, changes, refunds, sales windows."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.columns import ExactDecimal
from planner.store.db import Base
from planner.store.rows import ReferenceRow


class FareGroup(ReferenceRow, Base):
    """The terms of one group; tickets are sold from `sales_open_days` before to `sales_close_h` before departure."""

    __tablename__ = "fare_group"

    fare_group: Mapped[str] = mapped_column(String(40), primary_key=True)
    carrier_kind: Mapped[str] = mapped_column(String(80))
    infant_max_age: Mapped[int]
    infant_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    child_min_age: Mapped[int]
    child_max_age: Mapped[int]
    child_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    needs_own_seat_from_age: Mapped[int]
    cabin_kg: Mapped[int | None]
    hold_kg: Mapped[int | None]
    excess_idr_per_kg: Mapped[int]
    surfboard_dive_bag: Mapped[str] = mapped_column(Text)
    change_fee_pct: Mapped[int | None]
    change_fee_idr: Mapped[int | None]
    change_until_h: Mapped[int]
    refund_tiers: Mapped[str] = mapped_column(Text)
    refund_min_ticket_idr: Mapped[int | None]
    weather_stop_refund_pct: Mapped[int]
    weather_note: Mapped[str] = mapped_column(Text)
    checkin_min: Mapped[int]
    checkin_close_min: Mapped[int]
    sales_close_h: Mapped[int]
    sales_open_days: Mapped[int]
    names_on_ticket: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
