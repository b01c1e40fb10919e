"""Every point where a traveller can be: 54 hubs and 58 places, numbered once for all arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

PROVINCES = {"Bali": "Bali", "West Nusa Tenggara": "NTB", "East Nusa Tenggara": "NTT"}
BALI_ISLANDS = frozenset({"Bali", "Nusa Penida", "Nusa Lembongan"})
DEFAULT_CONNECT_MIN = 60
ASH_AIRPORTS = frozenset({"MOF", "LKA"})
HIGH_M = 300
"""Metres above the sea that a diver must not climb within a day of the last dive."""


@dataclass(frozen=True)
class Stops:
    """Hubs and places by number; the id of each is its GTFS `stop_id`.

    Arrays have one element a stop: `kerb_s` seconds from landing to the kerb, `connect_s` least time flight to flight,
    `to_boat_s` least time landing to boat (0 at harbours and places), `elevation_m` metres above the sea.
    """

    ids: tuple[str, ...]
    hubs: Mapping[str, Mapping[str, str]]
    places: Mapping[str, Mapping[str, str]]
    kerb_s: np.ndarray
    connect_s: np.ndarray
    to_boat_s: np.ndarray
    in_bali: np.ndarray
    elevation_m: np.ndarray

    @cached_property
    def is_ashen(self) -> np.ndarray:
        """(stops,) whether volcanic ash often shuts an airport."""
        return np.array([stop_id in ASH_AIRPORTS for stop_id in self.ids], np.bool_)

    @cached_property
    def is_high(self) -> np.ndarray:
        """(stops,) whether a stop lies above HIGH_M."""
        return self.elevation_m > HIGH_M

    @cached_property
    def index(self) -> dict[str, int]:
        """Number of each id."""
        return {stop_id: i for i, stop_id in enumerate(self.ids)}

    @cached_property
    def places_number(self) -> dict[str, int]:
        """Number of each place among the places; fits a bit of a 64-bit word."""
        return {place_id: i for i, place_id in enumerate(self.places)}

    def name(self, stop_id: str) -> str:
        """Return the plain name of a hub or place."""
        return (self.places.get(stop_id) or self.hubs[stop_id])["name"]

    def is_place(self, stop_id: str) -> bool:
        """Tell whether a traveller can visit this stop, not only change there."""
        return stop_id in self.places

    def is_airport(self, stop_id: str) -> bool:
        """Tell whether this stop is an airport."""
        return stop_id in self.hubs and self.hubs[stop_id]["kind"] == "airport"

    def island(self, stop_id: str) -> str:
        """Return the island a stop lies on."""
        return (self.places.get(stop_id) or self.hubs[stop_id])["island"]

    def town(self, stop_id: str) -> str:
        """Return the place of a hub, or the place itself; "" where a hub has no town."""
        return stop_id if stop_id in self.places else self.hubs[stop_id]["place_id"]

    def province(self, stop_id: str) -> str:
        """Return Bali, NTB or NTT, or "other" (Java)."""
        if stop_id in self.places:
            return PROVINCES[self.places[stop_id]["province"]]
        return self.province_of_island[self.hubs[stop_id]["island"]]

    @cached_property
    def province_of_island(self) -> dict[str, str]:
        """Province of each island that has a place; others count as "other"."""
        known = {place["island"]: PROVINCES[place["province"]] for place in self.places.values()}
        return {hub["island"]: "other" for hub in self.hubs.values()} | known


def build_stops(hubs: Sequence[Mapping[str, str]], places: Sequence[Mapping[str, str]]) -> Stops:
    """Number hubs, then places, in the order of the catalogue."""
    rows = [*hubs, *places]

    def minutes(column: str, default: int) -> np.ndarray:
        return np.array([60 * int(row.get(column) or default) for row in rows], np.int32)

    airport = np.array([row.get("kind") == "airport" for row in rows])
    return Stops(
        ids=tuple([h["hub_id"] for h in hubs] + [p["place_id"] for p in places]),
        hubs={h["hub_id"]: h for h in hubs},
        places={p["place_id"]: p for p in places},
        kerb_s=minutes("arrival_to_kerb_min", 0),
        connect_s=minutes("min_connect_same_mode_min", DEFAULT_CONNECT_MIN),
        to_boat_s=np.where(airport, minutes("min_connect_to_boat_min", 0), 0).astype(np.int32),
        in_bali=np.array([row["island"] in BALI_ISLANDS for row in rows]),
        elevation_m=np.array([0] * len(hubs) + [int(float(p["elevation_m"] or 0)) for p in places], np.int32),
    )
