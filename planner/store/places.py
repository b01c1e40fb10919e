"""Places to visit, the airports and harbours that serve them, and what goes between them on demand."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from planner.store.columns import ExactDecimal
from planner.store.db import Base
from planner.store.rows import ReferenceRow


class Place(ReferenceRow, Base):
    """A town, village, island or park where a traveller can stay or which a package shows."""

    __tablename__ = "place"

    place_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    island: Mapped[str] = mapped_column(String(40))
    province: Mapped[str] = mapped_column(String(40), index=True)
    regency: Mapped[str] = mapped_column(String(60))
    lat: Mapped[Decimal] = mapped_column(ExactDecimal)
    lon: Mapped[Decimal] = mapped_column(ExactDecimal)
    elevation_m: Mapped[int]
    min_nights: Mapped[int]
    typical_nights: Mapped[int]
    interests: Mapped[str] = mapped_column(Text)
    best_months: Mapped[str] = mapped_column(String(40))
    gateway_hub: Mapped[str] = mapped_column(String(40))
    is_extension: Mapped[bool]
    coord_source: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)


class Hub(ReferenceRow, Base):
    """An airport or harbour; one that lies in no place has none."""

    __tablename__ = "hub"

    hub_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    iata: Mapped[str] = mapped_column(String(3))
    icao: Mapped[str] = mapped_column(String(4))
    place_id: Mapped[str | None] = mapped_column(ForeignKey("place.place_id"))
    island: Mapped[str] = mapped_column(String(40))
    lat: Mapped[Decimal] = mapped_column(ExactDecimal)
    lon: Mapped[Decimal] = mapped_column(ExactDecimal)
    tz: Mapped[str] = mapped_column(String(40))
    elevation_ft: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    checkin_min_domestic: Mapped[int]
    checkin_close_min: Mapped[int]
    arrival_to_kerb_min: Mapped[int]
    min_connect_same_mode_min: Mapped[int]
    min_connect_to_boat_min: Mapped[int]
    open_hours: Mapped[str] = mapped_column(String(60))
    aircraft_or_vessel_limit: Mapped[str] = mapped_column(String(60))
    closures: Mapped[str] = mapped_column(Text)
    coord_source: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    confidence: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)


class OnDemand(ReferenceRow, Base):
    """A private car, chartered boat or walk between two stops; `facts` is the row as it stands in the file."""

    __tablename__ = "on_demand"

    route_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    from_id: Mapped[str] = mapped_column(String(40), index=True)
    to_id: Mapped[str] = mapped_column(String(40), index=True)
    status: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[str] = mapped_column(String(12))
    facts: Mapped[dict[str, str]] = mapped_column(JSON)
