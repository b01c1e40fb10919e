"""List the places and the packages that briefs and answers speak of."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from planner.api.reading import read_query
from planner.design.tables import Tables
from planner.errors import NotFound
from planner.web.limits import READING, limiter
from planner.web.services import tables

views = Blueprint("catalogue", __name__, url_prefix="/v1")


class PlaceQuery(BaseModel):
    """What is asked of ``GET /api/v1/places``."""

    model_config = ConfigDict(extra="forbid")

    island: str = Field(default="", max_length=64, description="Only places on this island.")
    interest: str = Field(default="", max_length=64, description="Only places good for this.")


class PackageQuery(BaseModel):
    """What is asked of ``GET /api/v1/packages``."""

    model_config = ConfigDict(extra="forbid")

    island: str = Field(default="", max_length=64, description="Only packages on this island.")
    interest: str = Field(default="", max_length=64, description="Only packages good for this.")
    visits: str = Field(
        default="", max_length=64, description="Only packages that start at, end at or visit this place."
    )


@views.get("/places")
@limiter.limit(READING)
def list_places() -> dict[str, Any]:
    """List places and hubs by name."""
    asked = read_query(PlaceQuery)
    found = [
        place
        for place in _places(tables())
        if asked.island in ("", place["island"]) and (not asked.interest or asked.interest in place["interests"])
    ]
    return {"places": sorted(found, key=lambda place: (place["name"], place["place_id"]))}


@views.get("/places/<place_id>")
@limiter.limit(READING)
def get_place(place_id: str) -> dict[str, Any]:
    """Give one place or hub."""
    for place in _places(tables()):
        if place["place_id"] == place_id:
            return place
    raise NotFound(f"There is no place {place_id}.", code="no_such_place", params={"place_id": place_id})


@views.get("/packages")
@limiter.limit(READING)
def list_packages() -> dict[str, Any]:
    """List packages by id."""
    asked = read_query(PackageQuery)
    found = [
        package
        for package in _packages(tables())
        if asked.island in ("", package["island"])
        and (not asked.interest or asked.interest in package["interests"])
        and (not asked.visits or asked.visits in (package["from_place"], package["to_place"], *package["visits"]))
    ]
    return {"packages": sorted(found, key=lambda package: package["product_id"])}


def _places(held: Tables) -> Iterator[dict[str, Any]]:
    for row in held.places:
        yield {
            "place_id": row["place_id"],
            "name": row["name"],
            "kind": row["kind"],
            "island": row["island"],
            "province": row["province"],
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
            "is_hub": False,
            "interests": [word for word in row["interests"].split(";") if word],
            "typical_nights": int(row["typical_nights"]) if row["typical_nights"] else None,
            "best_months": months_of(row["best_months"]),
            "gateway_hub": row["gateway_hub"] or None,
            "confidence": row["confidence"],
            "source": row["source"],
        }
    for row in held.hubs:
        yield {
            "place_id": row["hub_id"],
            "name": row["name"],
            "kind": row["kind"],
            "island": row["island"],
            "province": None,
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
            "is_hub": True,
            "interests": [],
            "confidence": row["confidence"],
            "source": row["source"],
        }


def _packages(held: Tables) -> Iterator[dict[str, Any]]:
    for product in held.products:
        about = product["lintas"]
        if about["kind"] != "package":
            continue
        yield {
            "product_id": product["id"],
            "title": about["title"],
            "type": about["type"],
            "island": about["island"],
            "from_place": about["start_id"],
            "to_place": about["end_id"],
            "days": about["duration_days"],
            "nights": about["nights"],
            "start_times": about["start_times"],
            "months": about["season_months"],
            "price": _rupiah(about["price_high"]),
            "price_low": _rupiah(about["price_low"]),
            "price_basis": about["price_basis"],
            "min_pax": about["min_pax"],
            "max_pax": about["max_pax"],
            "interests": about["interests"],
            "visits": about["visits"],
            "confirm": about["confirm"],
            "operator": about["operator"],
            "local_share_pct": about["local_spend_share_pct"],
            "confidence": about["confidence"],
            "source": about["source"],
        }


def _rupiah(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "IDR", "precision": 0}


def months_of(text: str) -> list[int]:
    """Read months as the tables write them: ``4-10``, ``11-3`` over the new year, or ``1;2;12``."""
    months: list[int] = []
    for part in filter(None, text.replace(",", ";").split(";")):
        first, _dash, last = part.partition("-")
        begin, end = int(first), int(last or first)
        months += range(begin, end + 1) if begin <= end else [*range(begin, 13), *range(1, end + 1)]
    return months
