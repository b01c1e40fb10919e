"""A timetable as arrays that never change: built once per feed, saved, memory-mapped and shared by all workers."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from planner.network.fares import Fare, Fares, RiderCategory
from planner.network.gtfs import Feed, Frequency
from planner.values.times import DAY

ARRAYS = ("board", "alight", "dep_s", "arr_s", "trip", "trip_route", "trip_service", "runs")


@dataclass(frozen=True)
class Timetable:
    """Connections sorted by departure. A connection is one hop of one trip between two stops in a row.

    Shapes and units: `board, alight` (connections,) numbers in `stop_ids`; `dep_s, arr_s` (connections,) seconds from
    the midnight of the service day, above 86,400 after it; `trip` (connections,) numbers in `trip_ids`; `trip_route,
    trip_service` (trips,) numbers in `route_ids` and of services; `runs` (services, days) whether a service runs on the
    day `first_day` + i.
    """

    stop_ids: tuple[str, ...]
    route_ids: tuple[str, ...]
    trip_ids: tuple[str, ...]
    routes: tuple[Mapping[str, str], ...]
    trips: tuple[Mapping[str, str], ...]
    first_day: date
    fares: Fares
    board: np.ndarray
    alight: np.ndarray
    dep_s: np.ndarray
    arr_s: np.ndarray
    trip: np.ndarray
    trip_route: np.ndarray
    trip_service: np.ndarray
    runs: np.ndarray
    version: str = ""
    stops: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    @cached_property
    def conn_service(self) -> np.ndarray:
        """(connections,) the service of each connection's trip."""
        return np.asarray(self.trip_service)[self.trip]

    @cached_property
    def day_class(self) -> np.ndarray:
        """(days,) equal numbers for days on which exactly the same services run."""
        columns, inverse = np.unique(np.asarray(self.runs), axis=1, return_inverse=True)
        del columns
        return inverse.reshape(-1)

    @property
    def last_day(self) -> date:
        """The last day the feed covers."""
        return self.first_day + timedelta(days=self.runs.shape[1] - 1)

    def running(self, day: date) -> np.ndarray:
        """Return (services,) whether each service runs on a day; all False outside the feed."""
        index = (day - self.first_day).days
        if not 0 <= index < self.runs.shape[1]:
            return np.zeros(self.runs.shape[0], bool)
        return np.asarray(self.runs[:, index])

    def window(self, day: date, days: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the connections of `days` days from `day` on, sorted by departure.

        Returns (n,) indices of connections and (n,) seconds to add to their times, counted from `day` 00:00; trips of
        the day before that depart after midnight are among them.
        """
        parts = []
        for offset in range(-1, days):
            index = np.flatnonzero(self.running(day + timedelta(days=offset))[self.conn_service])
            shift = np.full(index.shape[0], offset * DAY, np.int32)
            starts = self.dep_s[index] + shift
            inside = (starts >= 0) & (starts < days * DAY)
            parts.append((index[inside], shift[inside], starts[inside]))
        index, shift, starts = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(starts, kind="stable")
        return index[order].astype(np.int32), shift[order]


def save(timetable: Timetable, folder: Path) -> None:
    """Write a timetable into a folder: one .npy an array, the rest as JSON. The folder appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        room = Path(made) / "arrays"
        room.mkdir()
        for name in ARRAYS:
            np.save(room / f"{name}.npy", getattr(timetable, name))
        (room / "names.json").write_text(json.dumps(_names(timetable), ensure_ascii=False), encoding="utf-8")
        if not folder.exists():
            os.replace(room, folder)


def load(folder: Path) -> Timetable:
    """Open a saved timetable; its arrays are memory-mapped read-only."""
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    return Timetable(
        stop_ids=tuple(names["stop_ids"]),
        route_ids=tuple(row["route_id"] for row in names["routes"]),
        trip_ids=tuple(names["trip_ids"]),
        routes=tuple(names["routes"]),
        trips=tuple(names["trips"]),
        stops=tuple(names["stops"]),
        first_day=date.fromisoformat(names["first_day"]),
        fares=_fares(names["fares"]),
        version=names["version"],
        **arrays,
    )


def _names(timetable: Timetable) -> dict[str, Any]:
    return {
        "version": timetable.version,
        "first_day": timetable.first_day.isoformat(),
        "stop_ids": timetable.stop_ids,
        "stops": timetable.stops,
        "trip_ids": timetable.trip_ids,
        "routes": timetable.routes,
        "trips": timetable.trips,
        "fares": {
            "categories": [vars(category) for category in timetable.fares.categories],
            "seats": {
                route: {category: [fare.high, fare.low] for category, fare in fares.items()}
                for route, fares in timetable.fares.seats.items()
            },
        },
    }


def _fares(names: Mapping[str, Any]) -> Fares:
    return Fares(
        categories=tuple(RiderCategory(**category) for category in names["categories"]),
        seats={
            route: {category: Fare(*ends) for category, ends in fares.items()}
            for route, fares in names["seats"].items()
        },
    )


MODE_OF_TYPE = {0: "bus", 1: "bus", 2: "bus", 3: "bus", 4: "ferry", 5: "bus", 6: "bus", 7: "bus", 11: "bus", 12: "bus"}
"""Modes of GTFS route types for feeds that do not say more; trains and buses are alike to us."""
OUR_COLUMNS = (
    "mode", "fare_group", "seats", "vessel", "area_id", "cutoff_hours", "season_months", "rule_ids", "status",
    "distance_km", "operators", "evidence_year", "source", "confidence", "dep_confidence", "price_basis", "note",
)  # fmt: skip


def build_timetable(feed: Feed, version: str = "") -> Timetable:
    """Turn a checked feed into arrays. Trips by frequency become one trip a departure; days are the feed's own span."""
    days = sorted({day for service in feed.services.values() for day in service.list_dates()})
    first_day, last_day = (days[0], days[-1]) if days else (date.today(), date.today())
    span = (last_day - first_day).days + 1
    runs = np.zeros((len(feed.service_ids), span), np.bool_)
    for number, service_id in enumerate(feed.service_ids):
        for day in feed.services[service_id].list_dates() if service_id in feed.services else ():
            runs[number, (day - first_day).days] = True
    hops, trip_ids, trip_route, trip_service, trips = _hops(feed)
    table = np.array(sorted(hops), np.int64).reshape(-1, 5)
    return Timetable(
        stop_ids=feed.stop_ids,
        route_ids=feed.route_ids,
        trip_ids=tuple(trip_ids),
        routes=tuple(_route_rows(feed)),
        trips=tuple(trips),
        first_day=first_day,
        fares=_read_fares(feed),
        board=table[:, 2].astype(np.int32),
        alight=table[:, 3].astype(np.int32),
        dep_s=table[:, 0].astype(np.int32),
        arr_s=table[:, 1].astype(np.int32),
        trip=table[:, 4].astype(np.int32),
        trip_route=np.array(trip_route, np.int32),
        trip_service=np.array(trip_service, np.int32),
        runs=runs,
        version=version or feed.version,
        stops=tuple(
            {"stop_id": stop_id, "lat": str(feed.stop_lat[i]), "lon": str(feed.stop_lon[i])}
            for i, stop_id in enumerate(feed.stop_ids)
        ),
    )


def _hops(
    feed: Feed,
) -> tuple[list[tuple[int, int, int, int, int]], list[str], list[int], list[int], list[dict[str, str]]]:
    repeated: dict[int, list[Frequency]] = {}
    for frequency in feed.frequencies:
        repeated.setdefault(frequency.trip, []).append(frequency)
    hops: list[tuple[int, int, int, int, int]] = []
    trip_ids: list[str] = []
    trip_route: list[int] = []
    trip_service: list[int] = []
    trips: list[dict[str, str]] = []
    confidence = feed.tables["trips"].columns.get("dep_confidence") if "trips" in feed.tables else None
    calls = feed.stop_times
    for number, trip_id in enumerate(feed.trip_ids):
        at, end = int(calls.first[number]), int(calls.first[number + 1])
        if end - at < 2:
            continue
        start_s = int(calls.depart_s[at])
        shifts = [s - start_s for f in repeated.get(number, ()) for s in range(f.start_s, f.end_s, f.headway_s)] or (
            [] if number in repeated else [0]
        )
        for shift in shifts:
            here = len(trip_ids)
            trip_ids.append(trip_id if number not in repeated else f"{trip_id}@{(start_s + shift) // 60}")
            trip_route.append(int(feed.trip_route[number]))
            trip_service.append(int(feed.trip_service[number]))
            trips.append({"dep_confidence": confidence[number] if confidence is not None else ""})
            for call in range(at, end - 1):
                hops.append(
                    (
                        int(calls.depart_s[call]) + shift,
                        int(calls.arrive_s[call + 1]) + shift,
                        int(calls.stop[call]),
                        int(calls.stop[call + 1]),
                        here,
                    )
                )
    return hops, trip_ids, trip_route, trip_service, trips


def _route_rows(feed: Feed) -> list[dict[str, str]]:
    rows = []
    for number, row in enumerate(feed.tables["routes"].rows()):
        known = {column: row.get(column, "") for column in OUR_COLUMNS}
        known["mode"] = known["mode"] or MODE_OF_TYPE.get(int(feed.route_type[number]), "bus")
        known["operators"] = known["operators"] or row.get("route_long_name", "")
        known["confidence"] = known["confidence"] or "typical"
        rows.append({"route_id": row["route_id"], **known})
    return rows


def _read_fares(feed: Feed) -> Fares:
    categories = tuple(
        RiderCategory(
            row["rider_category_id"],
            row["fare_group"],
            row["residency"],
            row["rider_category_id"].split(".")[1],
            int(row["min_age"]),
            int(row["max_age"]) if row["max_age"] else None,
        )
        for row in feed.fares.rider_categories
        if row.get("fare_group") and row.get("min_age")
    )
    products = {product.fare_product_id: product for product in feed.fares.products}
    networks: dict[str, list[str]] = {}
    for rule in feed.fares.leg_rules:
        networks.setdefault(rule.network_id, []).append(rule.fare_product_id)
    seats: dict[str, dict[str, Fare]] = {}
    for route_id in feed.route_ids:
        network = (feed.fares.network_of_route or {}).get(route_id)
        for product_id in networks.get(network or "", ()):
            product = products[product_id]
            if product.rider_category_id:
                high = int(product.amount)
                fare = Fare(high, int(float(product.row.get("amount_low") or high)))
                seats.setdefault(route_id, {})[product.rider_category_id] = fare
    return Fares(categories, seats)
