"""What is known of each sea and island month by month; estimates, shown as bands only."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.columns import ExactDecimal
from planner.store.db import Base
from planner.store.rows import ReferenceRow


class SeaMonth(ReferenceRow, Base):
    """One month of one area; a blank share of cancelled days means that nobody estimated it."""

    __tablename__ = "sea_month"
    __table_args__ = (CheckConstraint("month BETWEEN 1 AND 12", name="month_of_the_year"),)

    area_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    area_type: Mapped[str] = mapped_column(String(20))
    area: Mapped[str] = mapped_column(String(120))
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    season: Mapped[str] = mapped_column(String(20))
    wave_typ_m: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    wave_high_m: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    wind_typ_kn: Mapped[int | None]
    wind_from: Mapped[str] = mapped_column(String(20))
    rain_mm_typ: Mapped[int | None]
    rain_days_typ: Mapped[int | None]
    cancel_pct_ferry: Mapped[int | None]
    cancel_pct_fast_boat: Mapped[int | None]
    cancel_pct_tour_boat: Mapped[int | None]
    advice: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
