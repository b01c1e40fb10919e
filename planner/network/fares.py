"""What a seat costs: fares by rider category (age band and residency) from the timetable's fare tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.values.parties import Party


@dataclass(frozen=True)
class RiderCategory:
    """An age band of one fare group and residency; `max_age` None means no upper end."""

    category_id: str
    fare_group: str
    residency: str
    band: str
    min_age: int
    max_age: int | None

    def holds(self, age: int) -> bool:
        """Tell whether a rider of this age (whole years) belongs here."""
        return self.min_age <= age and (self.max_age is None or age <= self.max_age)


@dataclass(frozen=True)
class Fare:
    """One seat: the high and the low end in whole rupiah."""

    high: int
    low: int


@dataclass(frozen=True)
class FareLine:
    """So many riders of one band at one amount each."""

    band: str
    count: int
    each: Fare


@dataclass(frozen=True)
class Fares:
    """Fares of every route: `seats[route_id][category_id]`."""

    categories: tuple[RiderCategory, ...]
    seats: Mapping[str, Mapping[str, Fare]]

    def lines(self, route_id: str, party: Party) -> list[FareLine] | None:
        """Return what a party pays on a route, one line a band, adults first; None where no fare is known."""
        fares = self.seats.get(route_id)
        if not fares:
            return None
        bands: dict[tuple[str, Fare], int] = {}
        for age in party.ages:
            match = next(
                (
                    (c.band, fares[c.category_id])
                    for c in self.categories
                    if c.category_id in fares and c.residency == party.residency and c.holds(age)
                ),
                None,
            )
            if match is None:
                return None
            bands[match] = bands.get(match, 0) + 1
        return [FareLine(band, count, each) for (band, each), count in bands.items()]
