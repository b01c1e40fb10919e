"""A planned trip as values: its items in order, and what they add up to on the criteria and beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from planner.design.problem import Trip
from planner.values.money import rupiah
from planner.values.times import DAY

BOAT_MODES = frozenset({"ferry", "fast_boat", "public_boat", "ship", "charter_boat"})


@dataclass(frozen=True)
class Item:
    """One item of a plan. Seconds count from the trip's first midnight; prices in whole rupiah for the whole party."""

    kind: str
    start_s: int
    end_s: int
    price: int
    low: int
    sold: str
    confidence: str
    province: str
    body: dict[str, Any]
    rule_ids: tuple[str, ...] = ()
    mode: str = ""
    exposure: int = 0
    co2_kg: float = 0.0
    local_pct: int = 0
    nights: int = 0
    exposed_end_s: int = -1

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return self.body | {
            "price": rupiah(self.price),
            "price_low": rupiah(self.low),
            "sold": self.sold,
            "confidence": self.confidence,
            "rule_ids": list(self.rule_ids),
        }


@dataclass(frozen=True)
class Itinerary:
    """A whole trip: its items in order, and what they add up to on the four criteria."""

    trip: Trip
    items: tuple[Item, ...]
    transit_s: int
    worth: int
    label: str = ""
    why: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()
    visited: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def price(self) -> int:
        """The sum of the items."""
        return sum(item.price for item in self.items)

    @cached_property
    def exposure(self) -> tuple[int, int]:
        """Worst band and sum of bands."""
        bands = [item.exposure for item in self.items]
        return max(bands, default=0), sum(bands)

    @cached_property
    def experience(self) -> float:
        """Points, to a tenth."""
        return round(max(0, self.worth) / 100, 1)

    @property
    def transit_min(self) -> int:
        """Minutes under way, waiting and check-in included."""
        return self.transit_s // 60

    @cached_property
    def co2_kg(self) -> float:
        """Kilograms of CO2-equivalent of the whole party."""
        return round(sum(item.co2_kg for item in self.items), 1)

    @cached_property
    def criteria(self) -> tuple[int, int, float, tuple[int, int]]:
        """What itineraries are compared by; experience negated, so that less is better throughout."""
        return self.price, self.transit_min, -self.experience, self.exposure

    @cached_property
    def key(self) -> str:
        """The same for itineraries with the same items."""
        parts = [[item.kind, item.start_s, item.end_s, item.price, _name_of(item)] for item in self.items]
        return blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()

    @property
    def id(self) -> str:
        """Names this itinerary among all of its brief and data."""
        return blake2b(f"{self.trip.calendar.first_day} {self.key}".encode(), digest_size=8).hexdigest()

    def dates(self) -> list[date]:
        """Return the dates from start to end."""
        calendar = self.trip.calendar
        first, last = calendar.day(self.start_s // DAY), calendar.day(self.end_s // DAY)
        return [first + timedelta(days=i) for i in range((last - first).days + 1)]

    @cached_property
    def start_s(self) -> int:
        """Second of the first movement."""
        return min(item.start_s for item in self.items if item.kind in ("leg", "transfer", "package"))

    @cached_property
    def end_s(self) -> int:
        """Second of the last arrival."""
        return max(item.end_s for item in self.items if item.kind in ("leg", "transfer", "package"))

    def keeps_legs(self) -> bool:
        """Tell whether every pinned leg is taken; stays and packages that are pinned cannot be missed."""
        taken = {(item.body["trip_id"], item.body["service_date"]) for item in self.items if item.kind == "leg"}
        return all((pin.trip_id, pin.service_date.isoformat()) in taken for pin in self.trip.brief.pinned_legs)

    def free_days(self) -> list[date]:
        """Return the days on which nothing moves and no package runs."""
        calendar = self.trip.calendar
        busy: set[int] = set()
        for item in self.items:
            if item.kind in ("leg", "transfer", "package"):
                busy.update(range(item.start_s // DAY, max(item.start_s, item.end_s - 1) // DAY + 1))
        return [day for day in self.dates() if calendar.index(day) not in busy]

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        heads = self.trip.brief.party.heads
        price = self.price
        calendar = self.trip.calendar
        spend = dict.fromkeys(("Bali", "NTB", "NTT"), 0)
        nights = dict.fromkeys(("Bali", "NTB", "NTT"), 0)
        for item in self.items:
            spend[item.province] = spend.get(item.province, 0) + item.price
            if item.nights:
                nights[item.province] = nights.get(item.province, 0) + item.nights
        worst, total = self.exposure
        verified = sum(item.price for item in self.items if item.confidence == "verified")
        local = sum(item.price * item.local_pct for item in self.items)
        return {
            "id": self.id,
            "label": self.label,
            "totals": {
                "price": rupiah(price),
                "price_low": rupiah(sum(item.low for item in self.items)),
                "price_per_person": rupiah(-(-price // heads)),
                "pay_here": rupiah(sum(item.price for item in self.items if item.sold == "here")),
                "firm_share": round(verified / price, 3) if price else 0.0,
                "transit_min": self.transit_min,
                "experience": self.experience,
                "exposure": {"worst": worst, "sum": total},
                "co2_kg": self.co2_kg,
                "boats": sum(item.mode in BOAT_MODES for item in self.items),
                "flights": sum(item.mode == "flight" for item in self.items),
                "nights": nights,
                "spend": {province: rupiah(amount) for province, amount in spend.items()},
                "local_share": round(local / 100 / price, 3) if price else 0.0,
            },
            "starts_at": calendar.iso(self.start_s),
            "ends_at": calendar.iso(self.end_s),
            "days": len(self.dates()),
            "free_days": [day.isoformat() for day in self.free_days()],
            "items": [item.as_json() for item in self.items],
            "rules": [rule.as_json() for rule in self.rules],
            "why": [reason.text for reason in self.why],
            "why_codes": [{"code": reason.code, "params": dict(reason.params)} for reason in self.why],
        }


def _name_of(item: Item) -> str:
    return str(
        item.body.get("route_id")
        or item.body.get("product_id")
        or item.body.get("rule_id")
        or item.body.get("place_id")
    )
