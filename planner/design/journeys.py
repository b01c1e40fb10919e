"""Journeys from A to B as items with times, prices and sources: what a plan is made of, asked for alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from planner.design.brief import TripBrief
from planner.design.designer import Designer
from planner.design.items import ItemMaker
from planner.design.itinerary import Item
from planner.design.problem import Trip
from planner.design.tariffs import build_tariff
from planner.values.money import rupiah
from planner.values.parties import Party
from planner.values.times import WITA


@dataclass(frozen=True)
class Journey:
    """One way: its legs and transfers in order. One all on demand is shown from 08:00, and may start any time."""

    items: tuple[Item, ...]
    departs: str
    arrives: str
    duration_min: int
    price: int
    worst: int
    is_on_demand: bool

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return {
            "departs": self.departs,
            "arrives": self.arrives,
            "duration_min": self.duration_min,
            "price": rupiah(self.price),
            "exposure": self.worst,
            "on_demand": self.is_on_demand,
            "items": [item.as_json() for item in self.items],
        }


def journeys_between(designer: Designer, from_id: str, to_id: str, on: date, party: Party) -> list[Journey]:
    """Return the best undominated journeys of a day, the earliest arrival first."""
    catalogue, router = designer.catalogue, designer.router
    tariff = build_tariff(catalogue, router.network.timetable, party, ())
    rows, moves = router.search(catalogue.stops.index[from_id], catalogue.stops.index[to_id], on, tariff)
    noon = datetime.combine(on, time(12), WITA)
    brief = TripBrief("DPS", noon, "DPS", noon, party)
    make = ItemMaker(Trip.bare(brief, tariff), catalogue, router.network.timetable, designer.clock.today())
    found = []
    for row, chain in zip(rows, moves, strict=True):
        items = tuple(make.move(move, 0) for move in chain)
        dep_s = min(chain[0].dep_s, int(row["dep_s"])) if not row["is_free"] else chain[0].dep_s
        arr_s = chain[-1].arr_s
        found.append(
            Journey(
                items,
                brief.calendar.iso(dep_s),
                brief.calendar.iso(arr_s),
                (arr_s - dep_s) // 60,
                sum(item.price for item in items),
                max(item.exposure for item in items),
                bool(row["is_free"]),
            )
        )
    return sorted(found, key=lambda one: (one.arrives, one.price, one.departs))
