"""Works out what a seat costs by age band and residency: shares of the adult fare, rounded up to the rupiah."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

BANDS = ("adult", "child", "infant")
RESIDENCIES = ("foreign", "resident")


@dataclass(frozen=True)
class Band:
    """An age band of a fare group; `share_pct` is its part of the adult fare."""

    name: str
    min_age: int
    max_age: int | None
    share_pct: Decimal


def list_bands(group: Mapping[str, str]) -> tuple[Band, Band, Band]:
    """Read adult, child and infant from a row of the fare rules."""
    child_max = int(group["child_max_age"])
    return (
        Band("adult", child_max + 1, None, Decimal(100)),
        Band("child", int(group["child_min_age"]), child_max, Decimal(group["child_pct"])),
        Band("infant", 0, int(group["infant_max_age"]), Decimal(group["infant_pct"])),
    )


def round_up(amount: Decimal) -> int:
    """Round to the next whole rupiah, never down."""
    return int(amount.to_integral_value(rounding=ROUND_CEILING))


def share_of(adult_fare: str, band: Band) -> int:
    """Price one seat in whole rupiah."""
    return round_up(Decimal(adult_fare) * band.share_pct / Decimal(100))


def list_fares(route: Mapping[str, str], group: Mapping[str, str]) -> Iterator[tuple[Band, str, int, int]]:
    """Yield (band, residency, high, low) of a route, in whole rupiah per person."""
    for band in list_bands(group):
        for residency in RESIDENCIES:
            yield (
                band,
                residency,
                share_of(route[f"price_{residency}_adult_high"], band),
                share_of(route[f"price_{residency}_adult_low"], band),
            )


def name_category(fare_group: str, band: Band, residency: str) -> str:
    """Name a rider category, for example `FG-AIR-ATR.infant.foreign`."""
    return f"{fare_group}.{band.name}.{residency}"


def list_categories(groups: Iterable[Mapping[str, str]], used: set[str]) -> list[dict[str, str]]:
    """Describe the rider categories of the fare groups that a timetable uses."""
    rows = []
    for group in groups:
        if group["fare_group"] not in used:
            continue
        for band in list_bands(group):
            for residency in RESIDENCIES:
                rows.append(
                    {
                        "rider_category_id": name_category(group["fare_group"], band, residency),
                        "rider_category_name": f"{band.name} ({residency}), {group['carrier_kind']}",
                        "fare_group": group["fare_group"],
                        "residency": residency,
                        "min_age": str(band.min_age),
                        "max_age": "" if band.max_age is None else str(band.max_age),
                    }
                )
    return rows
