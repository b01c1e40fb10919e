"""The shipped data as the checker reads it: GTFS text, catalogue and source tables, with no help from the planner."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

WITA = timezone(timedelta(hours=8))
SHIPPED = Path(__file__).resolve().parents[2] / "planner" / "data"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PROVINCES = {"Bali": "Bali", "West Nusa Tenggara": "NTB", "East Nusa Tenggara": "NTT"}
Row = dict[str, str]


@dataclass(frozen=True)
class Call:
    """One stop of a trip; times in seconds after the midnight that opens its service day."""

    stop_id: str
    arrives_s: int
    departs_s: int


@dataclass(frozen=True)
class Trip:
    route_id: str
    service_id: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Data:
    """Every table the points need, keyed by id."""

    trips: dict[str, Trip]
    calendar: dict[str, Row]
    exceptions: dict[tuple[str, date], str]
    modes: dict[str, str]
    routes: dict[str, Row]
    transfers: dict[str, Row]
    fares: dict[str, Row]
    places: dict[str, Row]
    hubs: dict[str, Row]
    rules: dict[str, Row]
    events: dict[str, Row]
    weather: dict[tuple[str, int], Row]
    products: dict[str, dict[str, Any]]

    def runs_on(self, service_id: str, day: date) -> bool:
        """Say whether a service runs on a day (GTFS: the exception wins over the week)."""
        exception = self.exceptions.get((service_id, day))
        if exception is not None:
            return exception == "1"
        week = self.calendar.get(service_id)
        if week is None:
            return False
        return week[WEEKDAYS[day.weekday()]] == "1" and gtfs_day(week["start_date"]) <= day <= gtfs_day(
            week["end_date"]
        )

    def place_of(self, stop_id: str) -> str:
        """Give the place itself, or the place a hub belongs to, or an empty string."""
        return stop_id if stop_id in self.places else self.hubs.get(stop_id, {}).get("place_id", "")

    def island(self, stop_id: str) -> str:
        return (self.places.get(stop_id) or self.hubs.get(stop_id) or {}).get("island", "")

    def province(self, stop_id: str) -> str:
        """Give Bali, NTB, NTT or other; a hub without a place takes the province of its island."""
        if place := self.places.get(stop_id):
            return PROVINCES[place["province"]]
        island = self.island(stop_id)
        return next((PROVINCES[p["province"]] for p in self.places.values() if p["island"] == island), "other")

    def elevation_m(self, stop_id: str) -> float:
        return float(self.places.get(self.place_of(stop_id), {}).get("elevation_m") or 0)

    def package(self, product_id: Any) -> dict[str, Any] | None:
        return self._product(product_id, "package")

    def stay(self, product_id: Any) -> dict[str, Any] | None:
        return self._product(product_id, "stay")

    def _product(self, product_id: Any, kind: str) -> dict[str, Any] | None:
        product = self.products.get(product_id)
        return product if product and product["lintas"]["kind"] == kind else None

    def start_times(self, product: dict[str, Any]) -> list[str]:
        return product["options"][0]["availabilityLocalStartTimes"]

    def rules_with(self, rule_ids: list[str], *effects: str) -> list[str]:
        return [r for r in rule_ids if self.rules.get(r, {}).get("effect") in effects]

    def machine_rule(self, rule_id: str) -> dict[str, Any]:
        return json.loads(self.rules[rule_id]["machine_rule"] or "{}")

    def event_days(self, event_id: str) -> Iterator[tuple[date, date]]:
        """Yield first and last day of each time an event takes place."""
        row = self.events[event_id]
        for column in sorted(c for c in row if c.startswith("dates_")):
            for span in split(row[column]):
                first, _, last = span.partition("..")
                yield date.fromisoformat(first), date.fromisoformat(last or first)

    def happens_on(self, event_id: str, day: date) -> bool:
        return any(first <= day <= last for first, last in self.event_days(event_id))

    def is_holiday(self, day: date) -> bool:
        return any(e["kind"] == "holiday" and self.happens_on(event_id, day) for event_id, e in self.events.items())


def split(text: str) -> list[str]:
    return [part for part in (text or "").split(";") if part]


def months(text: str) -> set[int]:
    """Read `4-11` or `1;7-8` as months."""
    found: set[int] = set()
    for part in split(text):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def gtfs_day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()


def seconds(text: str) -> int:
    """Read HH:MM:SS, also beyond 24 hours."""
    hours, minutes, rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def at(day: date, clock: str | int) -> datetime:
    """Give the instant of a local clock time (HH:MM, or seconds after midnight) on a day."""
    if isinstance(clock, int):
        return datetime.combine(day, time(0), WITA) + timedelta(seconds=clock)
    return datetime.combine(day, time.fromisoformat(clock), WITA)


def read_rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def by(rows: list[Row], column: str) -> dict[str, Row]:
    return {row[column]: row for row in rows}


@cache
def read_data(folder: Path = SHIPPED) -> Data:
    """Read the shipped folder (gtfs/, catalogue/, source/) once."""
    gtfs, catalogue, source = folder / "gtfs", folder / "catalogue", folder / "source"
    calls: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(gtfs / "stop_times.txt"):
        calls[row["trip_id"]].append(row)
    trips = {}
    for row in read_rows(gtfs / "trips.txt"):
        in_order = sorted(calls[row["trip_id"]], key=lambda c: int(c["stop_sequence"]))
        trips[row["trip_id"]] = Trip(
            row["route_id"],
            row["service_id"],
            tuple(Call(c["stop_id"], seconds(c["arrival_time"]), seconds(c["departure_time"])) for c in in_order),
        )
    return Data(
        trips=trips,
        calendar=by(read_rows(gtfs / "calendar.txt"), "service_id"),
        exceptions={
            (r["service_id"], gtfs_day(r["date"])): r["exception_type"] for r in read_rows(gtfs / "calendar_dates.txt")
        },
        modes={r["route_id"]: r["mode"] for r in read_rows(gtfs / "routes.txt")},
        routes=by(read_rows(source / "routes.csv"), "route_id"),
        transfers=by(read_rows(catalogue / "transfers.csv"), "route_id"),
        fares=by(read_rows(source / "fare_rules.csv"), "fare_group"),
        places=by(read_rows(catalogue / "places.csv"), "place_id"),
        hubs=by(read_rows(catalogue / "hubs.csv"), "hub_id"),
        rules=by(read_rows(catalogue / "rules.csv"), "rule_id"),
        events=by(read_rows(catalogue / "events.csv"), "event_id"),
        weather={(r["area_id"], int(r["month"])): r for r in read_rows(catalogue / "weather.csv")},
        products={p["id"]: p for p in json.loads((catalogue / "products.json").read_text(encoding="utf-8"))},
    )
