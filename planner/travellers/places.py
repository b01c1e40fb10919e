"""Fifty-eight places: where they lie, when they are at their best, what is there and how to get there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from planner.errors import NotFound
from planner.web import chart, words
from planner.web.atlas import Atlas, in_service, months_of

pages = Blueprint("places", __name__)
ISLAND_ORDER = ("Bali", "Lombok", "Sumbawa", "Komodo", "Flores", "Sumba", "Timor", "Alor", "Lembata")
NEAR = {
    "Nusa Penida": "Bali",
    "Nusa Lembongan": "Bali",
    "Gili Trawangan": "Lombok",
    "Gili Meno": "Lombok",
    "Gili Air": "Lombok",
    "Kenawa": "Sumbawa",
    "Moyo": "Sumbawa",
    "Satonda": "Sumbawa",
    "Padar": "Komodo",
    "Rinca": "Komodo",
    "Kanawa": "Komodo",
}


class NoSuchPlace(NotFound):
    """No place has this id."""

    default_code = "no_such_place"


def island_of(name: str) -> str:
    """The large island that an islet is counted with."""
    return NEAR.get(name, name)


@pages.get("/places")
def list_places() -> str:
    """All places by island, or those of one island or interest."""
    atlas = in_service()
    island, interest = request.args.get("island", ""), request.args.get("interest", "")
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in ISLAND_ORDER}
    for place_id, row in atlas.places.items():
        home = island_of(row["island"])
        tastes = row["interests"].split(";")
        if (island and home != island) or (interest and interest not in tastes):
            continue
        groups.setdefault(home, []).append(
            {
                "id": place_id,
                "name": atlas.name(place_id),
                "row": row,
                "cloth": atlas.province(place_id),
                "months": months_of(row["best_months"]),
                "tastes": tastes,
                "packages": sum(
                    place_id in (p["lintas"]["start_id"], *p["lintas"]["visits"]) for p in atlas.packages()
                ),
            }
        )
    return render_template(
        "travellers/places/list_places.html",
        groups={k: v for k, v in groups.items() if v},
        island=island,
        interest=interest,
        islands=ISLAND_ORDER,
        words=words,
        count=sum(len(v) for v in groups.values()),
        is_chosen=bool(island or interest),
    )


@pages.get("/places/<place_id>")
def show_place(place_id: str) -> str:
    """One place with its map, months, packages, stays, ways there, rules and sources."""
    atlas = in_service()
    row = atlas.places.get(place_id)
    if row is None:
        raise NoSuchPlace(place_id)
    x, y = chart.project(float(row["lon"]), float(row["lat"]))
    packages = [p for p in atlas.packages() if place_id in (p["lintas"]["start_id"], *p["lintas"]["visits"])]
    rule_ids = {r for p in packages for r in p["lintas"]["rule_ids"]}
    rules = [rule for rule in atlas.tables.rules if rule["rule_id"] in rule_ids or _names(rule, atlas, place_id)]
    return render_template(
        "travellers/places/show_place.html",
        place_id=place_id,
        row=row,
        name=atlas.name(place_id),
        atlas=atlas,
        words=words,
        cloth=atlas.province(place_id),
        x=x,
        y=y,
        window=chart.window_around(x, y),
        months=months_of(row["best_months"]),
        packages=packages,
        stays=atlas.stays(place_id),
        rules=rules,
        ways=_ways(atlas, place_id),
        tastes=row["interests"].split(";"),
        hubs=[h for h in atlas.tables.hubs if h["place_id"] == place_id],
    )


def _names(rule: Any, atlas: Atlas, place_id: str) -> bool:
    return place_id in rule["machine_rule"] and "weather" not in rule["category"]


def _ways(atlas: Atlas, place_id: str) -> list[dict[str, Any]]:
    """Cars, chartered boats and walks that lead to a place, nearest first, and the boats and flights of its hubs."""
    stops = {place_id} | {h["hub_id"] for h in atlas.tables.hubs if h["place_id"] == place_id}
    found: list[dict[str, Any]] = []
    for row in atlas.tables.transfers:
        a, b = row["from_id"], row["to_id"]
        if (a in stops) == (b in stops):
            continue
        other = b if a in stops else a
        if a in stops and row["bidirectional"] != "1":
            continue
        found.append(
            {
                "mode": row["mode"],
                "from": atlas.name(other),
                "minutes": int(float(row["dur_min_typ"])),
                "low": int(float(row["price_foreign_adult_low"] or 0)),
                "high": int(float(row["price_foreign_adult_high"] or 0)),
                "basis": row["price_basis"],
                "sure": row["confidence"],
            }
        )
    nearest: dict[str, dict[str, Any]] = {}
    for way in sorted(found, key=lambda way: way["minutes"]):
        nearest.setdefault(way["mode"] + way["from"], way)
    return list(nearest.values())[:8]
