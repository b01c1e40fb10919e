"""What can be bought and what is known about it: packages, stays, rules, events and seas, as the design reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from planner.design.tables import Tables
from planner.network.stops import Stops, build_stops
from planner.network.transfers import Transfers, build_transfers
from planner.values.times import DAY, clock_seconds

BANDS = (3, 10, 20)
"""Upper ends, in per cent of days lost, of exposure bands 0, 1 and 2; beyond lies 3."""
VESSEL_COLUMN = {
    "ferry": "cancel_pct_ferry",
    "ship": "cancel_pct_ferry",
    "fast_boat": "cancel_pct_fast_boat",
    "public_boat": "cancel_pct_fast_boat",
    "charter_boat": "cancel_pct_tour_boat",
    "liveaboard": "cancel_pct_tour_boat",
}
ISLAND_GROUP = {
    "Nusa Penida": "Bali",
    "Nusa Lembongan": "Bali",
    "Padar": "Komodo",
    "Rinca": "Komodo",
    "Kanawa": "Komodo",
}


@dataclass(frozen=True)
class Package:
    """A package as an OCTO product with one option; times in seconds of the local day, prices in whole rupiah."""

    id: str
    option_id: str
    supplier_id: str
    title: str
    type: str
    operator: str
    island: str
    start_id: str
    end_id: str
    days: int
    nights: int
    starts_s: tuple[int, ...]
    end_s: int
    weekdays: frozenset[int]
    months: frozenset[int]
    only_dates: frozenset[date]
    min_pax: int
    max_pax: int
    daily_capacity: int
    low: int
    high: int
    is_per_group: bool
    is_party_minimum: bool
    fees_included: bool
    rule_ids: tuple[str, ...]
    min_age: int
    cutoff_hours: int
    interests: tuple[str, ...]
    visits: tuple[str, ...]
    confirm: str
    local_share_pct: int
    area_id: str
    modes_used: frozenset[str]
    row: Mapping[str, Any]

    def dates_ok(self, day: date) -> bool:
        """Tell whether it starts on this date by weekday, month and list of dates."""
        if self.only_dates:
            return day in self.only_dates
        return day.weekday() in self.weekdays and day.month in self.months

    def last_day(self, day: date) -> date:
        """Return the date on which a departure of `day` ends."""
        return day + timedelta(days=self.days - 1)

    @property
    def span_s(self) -> int:
        """Seconds from the midnight of the first day to its end."""
        return (self.days - 1) * DAY + self.end_s

    @property
    def is_dive(self) -> bool:
        """Tell whether guests breathe compressed air on it."""
        return self.type == "dive" or "dive" in self.interests

    @property
    def needs_night_before(self) -> bool:
        """Tell whether the night before must be spent at its start (liveaboards and treks)."""
        return self.type in ("liveaboard", "trek")


@dataclass(frozen=True)
class Stay:
    """A house that lets rooms by the night; prices in whole rupiah a room and night."""

    id: str
    option_id: str
    supplier_id: str
    place_id: str
    title: str
    level: str
    type: str
    operator: str
    rooms: int
    sleeps: int
    low: int
    high: int
    peak_months: frozenset[int]
    peak_factor: str
    event_peaks: Mapping[str, str]
    local_share_pct: int
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """A festival, holy day or holiday with its dates, both ends included."""

    id: str
    name: str
    kind: str
    place_ids: tuple[str, ...]
    spans: tuple[tuple[date, date], ...]
    row: Mapping[str, str]

    def is_on(self, day: date) -> bool:
        """Tell whether the event is on that day."""
        return any(first <= day <= last for first, last in self.spans)


def _spans(row: Mapping[str, str]) -> tuple[tuple[date, date], ...]:
    spans = []
    for year in ("2026", "2027", "2028"):
        for part in filter(None, row[f"dates_{year}"].split(";")):
            ends = [date.fromisoformat(text) for text in part.split("..")]
            spans.append((ends[0], ends[-1]))
    return tuple(spans)


def _package(product: Mapping[str, Any]) -> Package:
    row = product["lintas"]
    option = product["options"][0]
    return Package(
        id=product["id"],
        option_id=option["id"],
        supplier_id=product["supplierId"],
        title=row["title"],
        type=row["type"],
        operator=row["operator"],
        island=row["island"],
        start_id=row["start_id"],
        end_id=row["end_id"],
        days=row["duration_days"],
        nights=row["nights"],
        starts_s=tuple(clock_seconds(text) for text in option["availabilityLocalStartTimes"]),
        end_s=clock_seconds(row["end_time"]),
        weekdays=frozenset(row["days_of_week"]),
        months=frozenset(row["season_months"]),
        only_dates=frozenset(date.fromisoformat(text) for text in row["only_dates"]),
        min_pax=row["min_pax"],
        max_pax=row["max_pax"],
        daily_capacity=row["daily_capacity"],
        low=row["price_low"],
        high=row["price_high"],
        is_per_group=row["price_basis"] == "per group",
        is_party_minimum=row["min_rule"] == "party_minimum",
        fees_included=bool(row["park_fees_included"]),
        rule_ids=tuple(row["rule_ids"]),
        min_age=row["min_age"],
        cutoff_hours=row["cutoff_hours"],
        interests=tuple(row["interests"]),
        visits=tuple(row["visits"]),
        confirm=row["confirm"],
        local_share_pct=row["local_spend_share_pct"],
        area_id=row["area_id"],
        modes_used=frozenset(row["modes_used"]),
        row=row,
    )


def _stay(product: Mapping[str, Any]) -> Stay:
    row = product["lintas"]
    return Stay(
        id=product["id"],
        option_id=product["options"][0]["id"],
        supplier_id=product["supplierId"],
        place_id=row["place_id"],
        title=row["title"],
        level=row["level"],
        type=row["type"],
        operator=row["operator"],
        rooms=row["rooms"],
        sleeps=row["sleeps"],
        low=row["price_low"],
        high=row["price_high"],
        peak_months=frozenset(row["peak_months"]),
        peak_factor=str(row["peak_factor"]),
        event_peaks={key: str(value) for key, value in row["event_peaks"].items()},
        local_share_pct=row["local_spend_share_pct"],
        row=row,
    )


@dataclass(frozen=True)
class Catalogue:
    """Everything but the timetable, read once and never changed."""

    tables: Tables
    stops: Stops
    transfers: Transfers
    packages: tuple[Package, ...]
    stays: tuple[Stay, ...]
    events: Mapping[str, Event]
    rules: Mapping[str, Mapping[str, str]]
    fare_groups: Mapping[str, Mapping[str, str]]

    @cached_property
    def package(self) -> dict[str, Package]:
        """Packages by id."""
        return {package.id: package for package in self.packages}

    @cached_property
    def stays_at(self) -> dict[str, list[Stay]]:
        """Stays of each place in the catalogue's order."""
        found: dict[str, list[Stay]] = {}
        for stay in self.stays:
            found.setdefault(stay.place_id, []).append(stay)
        return found

    @cached_property
    def interests(self) -> tuple[str, ...]:
        """Every interest that a place or package serves, sorted."""
        tags = {tag for package in self.packages for tag in package.interests}
        for place in self.stops.places.values():
            tags.update(filter(None, place["interests"].split(";")))
        return tuple(sorted(tags))

    @cached_property
    def islands(self) -> tuple[str, ...]:
        """Every island that has a place."""
        return tuple(dict.fromkeys(place["island"] for place in self.stops.places.values()))

    @cached_property
    def _sea(self) -> dict[tuple[str, int], Mapping[str, str]]:
        return {(row["area_id"], int(row["month"])): row for row in self.tables.weather}

    def band(self, area_id: str, month: int, vessel: str) -> int:
        """Return the exposure band 0 to 3 of a sea in a month for a kind of vessel; 0 where no figure is known."""
        row = self._sea.get((area_id, month))
        text = row[VESSEL_COLUMN[vessel]] if row and vessel in VESSEL_COLUMN else ""
        if not text:
            return 0
        return sum(float(text) >= end for end in BANDS)

    def package_band(self, package: Package, month: int) -> int:
        """Return the band of a package on the water; 0 on land."""
        return self.band(package.area_id, month, "liveaboard") if package.area_id else 0

    def is_holiday(self, day: date) -> bool:
        """Tell whether parks charge their holiday rate: weekends and national holidays of at most three days."""
        if day.weekday() >= 5:
            return True
        return any(
            event.kind == "holiday"
            and not event.place_ids
            and any(first <= day <= last and (last - first).days <= 2 for first, last in event.spans)
            for event in self.events.values()
        )


def build_catalogue(tables: Tables) -> Catalogue:
    """Read the tables into nouns; raises KeyError or ValueError on tables that were not validated."""
    stops = build_stops(tables.hubs, tables.places)
    return Catalogue(
        tables=tables,
        stops=stops,
        transfers=build_transfers(tables.transfers, stops),
        packages=tuple(_package(p) for p in tables.products if p["lintas"]["kind"] == "package"),
        stays=tuple(_stay(p) for p in tables.products if p["lintas"]["kind"] == "stay"),
        events={
            row["event_id"]: Event(
                row["event_id"],
                row["name"],
                row["kind"],
                tuple(filter(None, row["place_ids"].split(";"))),
                _spans(row),
                row,
            )
            for row in tables.events
        },
        rules={row["rule_id"]: row for row in tables.rules},
        fare_groups={row["fare_group"]: row for row in tables.fare_groups},
    )
