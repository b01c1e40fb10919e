"""Reads any GTFS feed, a folder or a zip, checks it strictly and hands it over as plain columns.

Follows the GTFS Schedule reference (gtfs.org). A feed with one error is refused whole, with every error found:

    read_feed -> Feed          fit for a snapshot; odd but legal things stand in `warnings`
              -> FeedRefused   with file, line and reason for each error

Not read: shapes, translations, levels, pathways and flexible areas, which no plan needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import available_timezones

import numpy as np

from planner.errors import Invalid
from planner.network.gtfs_fares import FeedFares, read_fares
from planner.network.gtfs_rows import (
    Complaints,
    FeedError,
    Progress,
    Table,
    empty_table,
    index_ids,
    list_files,
    look_up,
    need_columns,
    read_clocks,
    read_dates,
    read_integers,
    read_numbers,
    read_table,
    unpack,
)

__all__ = ["Feed", "FeedError", "FeedRefused", "Frequency", "Service", "StopTimes", "Transfer", "read_feed"]

NEEDED = ("agency", "stops", "routes", "trips", "stop_times")
OPTIONAL = (
    "calendar",
    "calendar_dates",
    "frequencies",
    "transfers",
    "feed_info",
    "attributions",
    "areas",
    "networks",
    "route_networks",
    "rider_categories",
    "fare_products",
    "fare_leg_rules",
    "fare_attributes",
    "fare_rules",
)
COLUMNS = {
    "agency": ("agency_name", "agency_url", "agency_timezone"),
    "stops": ("stop_id",),
    "routes": ("route_id", "route_type"),
    "trips": ("route_id", "service_id", "trip_id"),
    "stop_times": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    "calendar": (
        "service_id",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "start_date",
        "end_date",
    ),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers": ("transfer_type",),
}
WEEKDAYS = COLUMNS["calendar"][1:8]
STOP, STATION, ENTRANCE = 0, 1, 2
_NO_TIME = -1


class FeedRefused(Invalid):
    """The feed breaks the format; `errors` says where and how."""

    default_code = "feed_refused"

    def __init__(self, errors: tuple[FeedError, ...]) -> None:
        first = "; ".join(str(error) for error in errors[:3])
        super().__init__(
            f"{len(errors)} errors in the feed: {first}",
            params={"count": len(errors)},
            gathered=[
                Invalid(
                    str(error), code="feed_error", field=error.file, params={"line": error.line, "reason": error.reason}
                )
                for error in errors
            ],
        )
        self.errors = errors


@dataclass(frozen=True)
class Service:
    """The days on which a service runs: a weekly pattern between two dates, days added, days taken out."""

    weekdays: tuple[bool, ...]
    start_on: date | None
    end_on: date | None
    added: frozenset[date]
    removed: frozenset[date]

    def runs_on(self, day: date) -> bool:
        """Tell whether the service runs on a date."""
        if day in self.added:
            return True
        if day in self.removed or self.start_on is None or self.end_on is None:
            return False
        return self.start_on <= day <= self.end_on and self.weekdays[day.weekday()]

    def list_dates(self) -> list[date]:
        """List every date on which the service runs, in order."""
        days = set(self.added)
        if self.start_on is not None and self.end_on is not None:
            for number in range((self.end_on - self.start_on).days + 1):
                day = self.start_on + timedelta(days=number)
                if self.weekdays[day.weekday()] and day not in self.removed:
                    days.add(day)
        return sorted(days)


@dataclass(frozen=True)
class StopTimes:
    """Calls in the order of trips and sequence; those of trip t are `first[t]:first[t + 1]`, times in seconds."""

    first: np.ndarray
    stop: np.ndarray
    arrive_s: np.ndarray
    depart_s: np.ndarray
    sequence: np.ndarray

    def __len__(self) -> int:
        return len(self.stop)


@dataclass(frozen=True)
class Frequency:
    """A trip repeated from `start_s` to before `end_s`; only exact ones promise the minute."""

    trip: int
    start_s: int
    end_s: int
    headway_s: int
    is_exact: bool


@dataclass(frozen=True)
class Transfer:
    """A rule for changing; blank ids hold for all."""

    from_stop_id: str
    to_stop_id: str
    from_route_id: str
    to_route_id: str
    from_trip_id: str
    to_trip_id: str
    kind: int
    min_s: int | None


@dataclass(frozen=True)
class Feed:
    """A checked feed. Numbers in arrays index the tuples of ids; `tables` keeps every column, extensions too."""

    name: str
    version: str
    zone: str
    tables: Mapping[str, Table]
    stop_ids: tuple[str, ...]
    stop_lat: np.ndarray
    stop_lon: np.ndarray
    stop_kind: np.ndarray
    stop_parent: np.ndarray
    route_ids: tuple[str, ...]
    route_type: np.ndarray
    trip_ids: tuple[str, ...]
    trip_route: np.ndarray
    trip_service: np.ndarray
    trip_direction: np.ndarray
    service_ids: tuple[str, ...]
    services: Mapping[str, Service]
    stop_times: StopTimes
    frequencies: tuple[Frequency, ...]
    transfers: tuple[Transfer, ...]
    fares: FeedFares
    warnings: tuple[FeedError, ...]

    def active_on(self, service_id: str, day: date) -> bool:
        """Tell whether a service runs on a date; False for a service that the feed does not have."""
        service = self.services.get(service_id)
        return service is not None and service.runs_on(day)

    def counts(self) -> dict[str, int]:
        """Count stops, routes, trips, calls and services."""
        return {
            "stops": len(self.stop_ids),
            "routes": len(self.route_ids),
            "trips": len(self.trip_ids),
            "stop_times": len(self.stop_times),
            "services": len(self.service_ids),
        }


def read_feed(path: Path | str, progress: Progress | None = None) -> Feed:
    """Read and check a feed.

    Raises:
        FeedRefused: the feed has errors; all of them are listed.
    """
    source = Path(path)
    complaints = Complaints()
    tables = _read_tables(source, complaints, progress)
    _refuse(complaints)
    for name, table in tables.items():
        if name in COLUMNS and (name in NEEDED or table.columns):
            need_columns(table, COLUMNS[name], complaints)
    _refuse(complaints)
    feed = _check_feed(source.name, tables, complaints)
    _refuse(complaints)
    if progress:
        progress("checks", len(tables) + 1, len(tables) + 1)
    return feed


def _refuse(complaints: Complaints) -> None:
    if complaints.errors:
        raise FeedRefused(complaints.errors)


def _read_tables(source: Path, complaints: Complaints, progress: Progress | None) -> dict[str, Table]:
    files = list_files(source, complaints)
    _refuse(complaints)
    for name in NEEDED:
        if f"{name}.txt" not in files:
            complaints.error(f"{name}.txt", 0, "is missing")
    if "calendar.txt" not in files and "calendar_dates.txt" not in files:
        complaints.error("calendar.txt", 0, "is missing, and so is calendar_dates.txt: one of them is needed")
    wanted = [name for name in (*NEEDED, *OPTIONAL) if f"{name}.txt" in files]
    tables = {name: empty_table(f"{name}.txt") for name in (*NEEDED, *OPTIONAL)}
    for number, name in enumerate(wanted):
        content = unpack(f"{name}.txt", files[f"{name}.txt"], complaints)
        if content is not None:
            tables[name] = read_table(f"{name}.txt", content, complaints)
        if progress:
            progress(f"{name}.txt", number + 1, len(wanted) + 1)
    return tables


def _check_feed(name: str, tables: Mapping[str, Table], complaints: Complaints) -> Feed:
    zone = _check_agencies(tables["agency"], complaints)
    stops = index_ids(tables["stops"], "stop_id", complaints)
    lat, lon, kind, parent = _check_stops(tables["stops"], stops, complaints)
    routes = index_ids(tables["routes"], "route_id", complaints)
    route_type = _check_routes(tables["routes"], tables["agency"], complaints)
    services = _check_services(tables["calendar"], tables["calendar_dates"], complaints)
    service_index = {service_id: number for number, service_id in enumerate(services)}
    trips = index_ids(tables["trips"], "trip_id", complaints)
    trip_route = look_up(tables["trips"], "route_id", routes, complaints, "route")
    trip_service = look_up(tables["trips"], "service_id", service_index, complaints, "service")
    direction = read_integers(tables["trips"], "direction_id", complaints, lambda n: n in (0, 1), "0 or 1", 0)
    stop_times = _check_stop_times(tables["stop_times"], tables["trips"].get("trip_id"), trips, stops, kind, complaints)
    frequencies = _check_frequencies(tables["frequencies"], trips, complaints)
    transfers = _check_transfers(tables["transfers"], stops, routes, trips, complaints)
    fares = read_fares(tables, routes, set(tables["stops"].get("zone_id")) - {""}, complaints)
    _warn_of_idle(tables["trips"], stop_times, trip_service, services, complaints)
    info = tables["feed_info"]
    return Feed(
        name=name,
        version=info.get("feed_version")[0] if len(info) else "",
        zone=zone,
        tables=tables,
        stop_ids=tuple(tables["stops"].get("stop_id")),
        stop_lat=lat,
        stop_lon=lon,
        stop_kind=kind,
        stop_parent=parent,
        route_ids=tuple(tables["routes"].get("route_id")),
        route_type=route_type,
        trip_ids=tuple(tables["trips"].get("trip_id")),
        trip_route=trip_route,
        trip_service=trip_service,
        trip_direction=direction.astype(np.int8),
        service_ids=tuple(services),
        services=services,
        stop_times=stop_times,
        frequencies=frequencies,
        transfers=transfers,
        fares=fares,
        warnings=complaints.warnings,
    )


def _check_agencies(table: Table, complaints: Complaints) -> str:
    if not len(table):
        complaints.error(table.name, 0, "names no agency")
        return ""
    if len(table) > 1:
        index_ids(table, "agency_id", complaints)
    zones = table.get("agency_timezone")
    known = available_timezones()
    for number, line in enumerate(table.lines):
        for column in ("agency_name", "agency_url"):
            if not table.get(column)[number]:
                complaints.error(table.name, line, f"{column} is blank")
        if zones[number] not in known:
            complaints.error(table.name, line, f"agency_timezone {zones[number]} is no time zone")
        elif zones[number] != zones[0]:
            complaints.error(table.name, line, f"agency_timezone {zones[number]} differs from {zones[0]}")
    return zones[0]


def _check_stops(
    table: Table, stops: dict[str, int], complaints: Complaints
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    kind = read_integers(table, "location_type", complaints, lambda n: 0 <= n <= 4, "from 0 to 4", STOP)
    must = kind <= ENTRANCE
    for column in ("stop_name", "stop_lat", "stop_lon"):
        for number in _where(must):
            if not table.get(column)[number]:
                complaints.error(table.name, table.lines[number], f"{column} is blank")
    lat = read_numbers(table, "stop_lat", complaints, -90, 90, default=0.0)
    lon = read_numbers(table, "stop_lon", complaints, -180, 180, default=0.0)
    for number in _where(must & (np.abs(lat) < 1) & (np.abs(lon) < 1)):
        complaints.warn(table.name, table.lines[number], "lies within a degree of 0, 0")
    parent = look_up(table, "parent_station", stops, complaints, "stop", may_be_blank=True)
    for number in _where(parent >= 0):
        if kind[number] == STATION:
            complaints.error(table.name, table.lines[number], "is a station and has a parent station")
        elif kind[number] in (STOP, ENTRANCE, 3) and kind[parent[number]] != STATION:
            complaints.error(
                table.name, table.lines[number], f"parent_station {table.get('parent_station')[number]} is no station"
            )
    return lat, lon, kind.astype(np.int8), parent


def _check_routes(table: Table, agency: Table, complaints: Complaints) -> np.ndarray:
    index = {agency_id: number for number, agency_id in enumerate(agency.get("agency_id")) if agency_id}
    look_up(table, "agency_id", index, complaints, "agency", may_be_blank=len(agency) < 2)
    for short, long, line in zip(table.get("route_short_name"), table.get("route_long_name"), table.lines, strict=True):
        if not short and not long:
            complaints.error(table.name, line, "has neither a short nor a long name")
    return read_integers(
        table, "route_type", complaints, lambda n: 0 <= n <= 7 or n in (11, 12) or 100 <= n <= 1799, "a kind of route"
    )


def _check_services(calendar: Table, dates: Table, complaints: Complaints) -> dict[str, Service]:
    """Read both calendars; a service may stand in either or in both."""
    index_ids(calendar, "service_id", complaints)
    flags = [read_integers(calendar, day, complaints, lambda n: n in (0, 1), "0 or 1") for day in WEEKDAYS]
    starts, ends = read_dates(calendar, "start_date", complaints), read_dates(calendar, "end_date", complaints)
    weekly: dict[str, tuple[tuple[bool, ...], date | None, date | None]] = {}
    for number, service_id in enumerate(calendar.get("service_id")):
        start, end = starts[number], ends[number]
        if start and end and start > end:
            complaints.error(calendar.name, calendar.lines[number], f"starts on {start} after its end on {end}")
        weekly[service_id] = (tuple(bool(flag[number]) for flag in flags), start, end)
    kinds = read_integers(dates, "exception_type", complaints, lambda n: n in (1, 2), "1 or 2")
    changes: dict[str, dict[date, int]] = {}
    for number, (service_id, day) in enumerate(
        zip(dates.get("service_id"), read_dates(dates, "date", complaints), strict=True)
    ):
        if not service_id:
            complaints.error(dates.name, dates.lines[number], "service_id is blank")
        elif day is not None:
            of_service = changes.setdefault(service_id, {})
            if day in of_service:
                complaints.error(dates.name, dates.lines[number], f"service_id {service_id} names {day} twice")
            of_service[day] = int(kinds[number])
    services = {}
    for service_id in {**weekly, **changes}:
        flags_, start, end = weekly.get(service_id, ((False,) * 7, None, None))
        exceptions = changes.get(service_id, {})
        services[service_id] = Service(
            flags_,
            start,
            end,
            frozenset(day for day, kind in exceptions.items() if kind == 1),
            frozenset(day for day, kind in exceptions.items() if kind == 2),
        )
    return services


def _check_stop_times(
    table: Table, ids: list[str], trips: dict[str, int], stops: dict[str, int], kind: np.ndarray, complaints: Complaints
) -> StopTimes:
    trip = look_up(table, "trip_id", trips, complaints, "trip")
    stop = look_up(table, "stop_id", stops, complaints, "stop")
    sequence = read_integers(table, "stop_sequence", complaints, lambda n: n >= 0, "a whole number")
    arrive = read_clocks(table, "arrival_time", complaints, may_be_blank=True)
    depart = read_clocks(table, "departure_time", complaints, may_be_blank=True)
    lines = np.asarray(table.lines, np.int64)
    for number in _where((stop >= 0) & (kind[np.maximum(stop, 0)] != STOP)) if len(kind) else ():
        complaints.error(
            table.name,
            int(lines[number]),
            f"stop_id {table.get('stop_id')[number]} is a station or an entrance, not a stop",
        )
    if complaints.counts[table.name]:
        return _no_stop_times(len(ids))
    order = np.lexsort((sequence, trip))
    trip, stop, sequence, lines = trip[order], stop[order], sequence[order], lines[order]
    arrive, depart = arrive[order], depart[order]
    arrive = np.where(arrive == _NO_TIME, depart, arrive)
    depart = np.where(depart == _NO_TIME, arrive, depart)
    first = np.searchsorted(trip, np.arange(len(ids) + 1)).astype(np.int64)
    same = trip[1:] == trip[:-1] if len(trip) else np.zeros(0, bool)
    for number in _where(same & (sequence[1:] == sequence[:-1])):
        number += 1
        complaints.error(
            table.name, int(lines[number]), f"trip {ids[trip[number]]} has stop_sequence {sequence[number]} twice"
        )
    _fill_in_times(
        arrive,
        depart,
        trip,
        first,
        np.asarray(table.get("shape_dist_traveled"), object)[order],
        lines,
        ids,
        table.name,
        complaints,
    )
    if complaints.counts[table.name]:
        return _no_stop_times(len(ids))
    for number in _where(depart < arrive):
        complaints.error(table.name, int(lines[number]), f"trip {ids[trip[number]]} departs before it arrives")
    for number in _where(same & (arrive[1:] < depart[:-1])):
        number += 1
        complaints.error(
            table.name, int(lines[number]), f"trip {ids[trip[number]]} arrives before it left the stop before"
        )
    return StopTimes(first, stop, arrive.astype(np.int32), depart.astype(np.int32), sequence.astype(np.int32))


def _no_stop_times(trips: int) -> StopTimes:
    none = np.zeros(0, np.int32)
    return StopTimes(np.zeros(trips + 1, np.int64), none, none, none, none)


def _fill_in_times(
    arrive: np.ndarray,
    depart: np.ndarray,
    trip: np.ndarray,
    first: np.ndarray,
    dist: np.ndarray,
    lines: np.ndarray,
    ids: list[str],
    file: str,
    complaints: Complaints,
) -> None:
    """Lay blank times between the known ones around them, by distance where it is given, else evenly."""
    for number in np.unique(trip[arrive == _NO_TIME]):
        start, end = int(first[number]), int(first[number + 1])
        for edge in {start, end - 1}:
            if arrive[edge] == _NO_TIME:
                complaints.error(file, int(lines[edge]), f"trip {ids[number]} needs times at its first and last stop")
        if _NO_TIME in (arrive[start], arrive[end - 1]):
            continue
        known = [call for call in range(start, end) if arrive[call] != _NO_TIME]
        for before, after in pairwise(known):
            along = _list_distances(dist[before : after + 1])
            span = int(arrive[after]) - int(depart[before])
            for step in range(1, after - before):
                arrive[before + step] = depart[before + step] = int(depart[before]) + round(span * along[step])


def _list_distances(texts: np.ndarray) -> list[float]:
    """Share of the way at each call, 0 to 1."""
    steps = len(texts) - 1
    try:
        values = [float(text) for text in texts]
    except ValueError:
        values = []
    if values and values == sorted(values) and values[-1] > values[0]:
        return [(value - values[0]) / (values[-1] - values[0]) for value in values]
    return [number / steps for number in range(steps + 1)]


def _check_frequencies(table: Table, trips: dict[str, int], complaints: Complaints) -> tuple[Frequency, ...]:
    trip = look_up(table, "trip_id", trips, complaints, "trip")
    start, end = read_clocks(table, "start_time", complaints), read_clocks(table, "end_time", complaints)
    headway = read_integers(table, "headway_secs", complaints, lambda n: n > 0, "a number of seconds above 0")
    exact = read_integers(table, "exact_times", complaints, lambda n: n in (0, 1), "0 or 1", 0)
    found = [
        Frequency(int(of), int(a), int(b), int(every), bool(is_exact))
        for of, a, b, every, is_exact in zip(trip, start, end, headway, exact, strict=True)
    ]
    until: dict[int, int] = {}
    for frequency, line in sorted(zip(found, table.lines, strict=True), key=lambda pair: pair[0].start_s):
        if frequency.start_s >= frequency.end_s:
            complaints.error(table.name, line, "ends before it starts")
        elif frequency.start_s < until.get(frequency.trip, 0):
            complaints.error(table.name, line, "overlaps another frequency of the same trip")
        until[frequency.trip] = frequency.end_s
    return tuple(found)


def _check_transfers(
    table: Table, stops: dict[str, int], routes: dict[str, int], trips: dict[str, int], complaints: Complaints
) -> tuple[Transfer, ...]:
    kind = read_integers(table, "transfer_type", complaints, lambda n: 0 <= n <= 5, "from 0 to 5", 0)
    wait = read_integers(table, "min_transfer_time", complaints, lambda n: n >= 0, "a number of seconds", -1)
    for side in ("from", "to"):
        look_up(table, f"{side}_stop_id", stops, complaints, "stop", may_be_blank=True)
        look_up(table, f"{side}_route_id", routes, complaints, "route", may_be_blank=True)
        look_up(table, f"{side}_trip_id", trips, complaints, "trip", may_be_blank=True)
    for number in _where(kind < 4):
        if not table.get("from_stop_id")[number] or not table.get("to_stop_id")[number]:
            complaints.error(table.name, table.lines[number], "names no stop to change from or to")
    return tuple(
        Transfer(
            table.get("from_stop_id")[number],
            table.get("to_stop_id")[number],
            table.get("from_route_id")[number],
            table.get("to_route_id")[number],
            table.get("from_trip_id")[number],
            table.get("to_trip_id")[number],
            int(kind[number]),
            int(wait[number]) if wait[number] >= 0 else None,
        )
        for number in range(len(table))
    )


def _where(condition: np.ndarray) -> Iterator[int]:
    """Number the rows for which a condition holds."""
    return map(int, np.flatnonzero(condition))


def _warn_of_idle(
    table: Table,
    stop_times: StopTimes,
    trip_service: np.ndarray,
    services: Mapping[str, Service],
    complaints: Complaints,
) -> None:
    calls = np.diff(stop_times.first)
    for number in _where(calls < 2) if len(stop_times) else ():
        complaints.warn(
            table.name,
            table.lines[number],
            f"trip {table.get('trip_id')[number]} has {calls[number]} calls and cannot be ridden",
        )
    used = set(trip_service.tolist())
    for index, (service_id, service) in enumerate(services.items()):
        if index in used and not service.added and not any(service.weekdays):
            complaints.warn("trips.txt", 0, f"service {service_id} runs on no day")
