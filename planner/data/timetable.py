"""Turns the timed rows of the route table into a valid GTFS feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner.data import fares
from planner.data.service_days import (
    FIRST_DAY,
    LAST_DAY,
    WEEKDAYS,
    Departure,
    is_stopped_by_eid,
    is_stopped_by_nyepi,
    list_eid_days,
    list_months,
    list_nyepi_days,
    list_regular_dates,
    list_weekdays,
)
from planner.data.wording import slug

Row = Mapping[str, str]
File = tuple[Sequence[str], list[dict[str, str]]]

ZONE = "Asia/Makassar"
SITE = "https://lintas.example/"
PLANNED = frozenset({"active", "verify", "seasonal"})
ROUTE_TYPES = {
    "ferry": "4",
    "fast_boat": "4",
    "public_boat": "4",
    "ship": "4",
    "bus": "3",
    "shuttle": "3",
    "flight": "1100",
}
EXTENSIONS = (
    "mode",
    "fare_group",
    "seats",
    "vessel",
    "area_id",
    "cutoff_hours",
    "season_months",
    "rule_ids",
    "status",
    "distance_km",
    "operators",
    "evidence_year",
    "source",
    "confidence",
    "dep_confidence",
    "price_basis",
    "note",
    "dur_min_low",
    "dur_min_high",
)
CREDITS = (
    ("geonames", "GeoNames (CC BY 4.0)", "https://www.geonames.org/"),
    ("idn-area-data", "idn-area-data (ODbL 1.0)", "https://github.com/fityannugroho/idn-area-data"),
    ("airportsdata", "airportsdata (MIT)", "https://github.com/mborsetti/airportsdata"),
    ("openflights", "OpenFlights (ODbL 1.0)", "https://openflights.org/data"),
)
# Clock of East Java is one hour behind the feed's zone.
_BEHIND_MIN = {"Asia/Makassar": 0, "Asia/Jakarta": 60}


@dataclass(frozen=True)
class Trip:
    """One departure of a route with the dates on which it runs; times in minutes of the feed's zone."""

    trip_id: str
    route: Row
    direction: int
    from_stop: str
    to_stop: str
    departs_min: int
    arrives_min: int
    regular: tuple[date, ...]
    pattern: str
    removed: tuple[date, ...]

    @property
    def service_id(self) -> str:
        """Name the service by its pattern and the dates taken out, so that equal trips share it."""
        return "-".join([self.pattern, *(["no"] if self.removed else []), *(f"{day:%Y%m%d}" for day in self.removed)])


def list_timed_routes(routes: Iterable[Row]) -> list[Row]:
    """Keep the rows that run to a timetable and that a plan may use."""
    return [row for row in routes if row["status"] in PLANNED and row["departures_out"] not in ("", "on demand")]


def list_provinces(places: Iterable[Row], hubs: Iterable[Row]) -> dict[str, str]:
    """Tell the province of every stop; a hub without a place takes that of its island."""
    place_rows = list(places)
    by_island = {row["island"]: row["province"] for row in place_rows} | {"Java": "East Java"}
    known = {row["place_id"]: row["province"] for row in place_rows}
    return known | {row["hub_id"]: known.get(row["place_id"]) or by_island[row["island"]] for row in hubs}


def list_trips(
    routes: Iterable[Row], places: Sequence[Row], hubs: Sequence[Row], rules: Iterable[Row], events: Iterable[Row]
) -> list[Trip]:
    """Lay out every departure of every timed route in both directions."""
    province = list_provinces(places, hubs)
    behind = {row["hub_id"]: _BEHIND_MIN[row["tz"]] for row in hubs}
    nyepis, eids = list_nyepi_days(rules), list_eid_days(events)
    trips = []
    for route in routes:
        for direction, start, end, days, clock_times, length in _list_directions(route):
            months = list_months(route["season_months"])
            regular = tuple(list_regular_dates(days, months))
            for clock in clock_times:
                departs = int(clock[:2]) * 60 + int(clock[3:]) + behind.get(start, 0)
                run = Departure(
                    route["mode"], route["fare_group"], province[start], province[end], departs, departs + length
                )
                removed = tuple(
                    day
                    for day in regular
                    if any(is_stopped_by_nyepi(run, day, nyepi) for nyepi in nyepis)
                    or is_stopped_by_eid(run, day, eids)
                )
                trips.append(
                    Trip(
                        f"{route['route_id']}-{direction}-{clock.replace(':', '')}",
                        route,
                        direction,
                        start,
                        end,
                        departs,
                        departs + length,
                        regular,
                        _name_pattern(days, route["season_months"]),
                        removed,
                    )
                )
    return trips


def build_timetable(tables: Mapping[str, Sequence[Row]], version: str) -> dict[str, File]:
    """Lay out the files of the feed: name -> (columns, rows)."""
    timed = list_timed_routes(tables["routes"])
    groups = {row["fare_group"]: row for row in tables["fare_rules"]}
    trips = list_trips(timed, tables["places"], tables["hubs"], tables["fees_rules"], tables["events"])
    calendar, exceptions = _lay_out_services(trips)
    files: dict[str, list[dict[str, str]]] = {
        "agency": _list_agencies(timed),
        "stops": [*_list_hub_stops(tables["hubs"]), *_list_place_stops(tables["places"])],
        "routes": [_describe_route(route, tables) for route in timed],
        "trips": [
            {
                "route_id": trip.route["route_id"],
                "service_id": trip.service_id,
                "trip_id": trip.trip_id,
                "direction_id": str(trip.direction),
                "dep_confidence": trip.route["dep_confidence"],
            }
            for trip in trips
        ],
        "stop_times": [row for trip in trips for row in _list_stop_times(trip)],
        "calendar": calendar,
        "calendar_dates": exceptions,
        "transfers": list(_list_flight_connections(timed, tables["hubs"])),
        "feed_info": [
            {
                "feed_publisher_name": "Lintas",
                "feed_publisher_url": SITE,
                "feed_lang": "en",
                "default_lang": "en",
                "feed_start_date": f"{FIRST_DAY:%Y%m%d}",
                "feed_end_date": f"{LAST_DAY:%Y%m%d}",
                "feed_version": version,
            }
        ],
        "attributions": [
            {"attribution_id": key, "organization_name": name, "is_producer": "1", "attribution_url": url}
            for key, name, url in CREDITS
        ],
        "networks": [{"network_id": route["route_id"], "network_name": route["route_id"]} for route in timed],
        "route_networks": [{"network_id": route["route_id"], "route_id": route["route_id"]} for route in timed],
        "rider_categories": fares.list_categories(tables["fare_rules"], {route["fare_group"] for route in timed}),
        "fare_products": [row for route in timed for row in _list_products(route, groups[route["fare_group"]])],
        "fare_leg_rules": [
            {"network_id": route["route_id"], "fare_product_id": product["fare_product_id"]}
            for route in timed
            for product in _list_products(route, groups[route["fare_group"]])
        ],
    }
    return {name: (list(rows[0]), rows) for name, rows in files.items()}


def _list_directions(route: Row) -> Iterator[tuple[int, str, str, str, list[str], int]]:
    out = int(route["dur_min_typ"])
    yield 0, route["from_id"], route["to_id"], route["days"], route["departures_out"].split(";"), out
    if route["bidirectional"] == "1":
        back = int(route["dur_back_typ"] or out)
        yield 1, route["to_id"], route["from_id"], route["days_back"], route["departures_back"].split(";"), back


def _name_pattern(days: str, season: str) -> str:
    name = days.lower().replace(";", "-").replace(":", "-")
    return name if season == "1-12" else f"{name}-m{season.replace(';', '-')}"


def _list_agencies(routes: Iterable[Row]) -> list[dict[str, str]]:
    names = sorted({route["operators"] for route in routes})
    return [
        {"agency_id": slug(name), "agency_name": name, "agency_url": SITE, "agency_timezone": ZONE, "agency_lang": "en"}
        for name in names
    ]


def _list_hub_stops(hubs: Iterable[Row]) -> Iterator[dict[str, str]]:
    for row in hubs:
        yield {
            "stop_id": row["hub_id"],
            "stop_name": row["name"],
            "stop_lat": row["lat"],
            "stop_lon": row["lon"],
            "location_type": "0",
            "stop_timezone": row["tz"],
        }


def _list_place_stops(places: Iterable[Row]) -> Iterator[dict[str, str]]:
    for row in places:
        yield {
            "stop_id": row["place_id"],
            "stop_name": row["name"],
            "stop_lat": row["lat"],
            "stop_lon": row["lon"],
            "location_type": "0",
            "stop_timezone": ZONE,
        }


def _describe_route(route: Row, tables: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    names = {row["hub_id"]: row["name"] for row in tables["hubs"]} | {
        row["place_id"]: row["name"] for row in tables["places"]
    }
    return {
        "route_id": route["route_id"],
        "agency_id": slug(route["operators"]),
        "route_short_name": "",
        "route_long_name": f"{names[route['from_id']]} - {names[route['to_id']]}",
        "route_type": ROUTE_TYPES[route["mode"]],
        **{column: route[column] for column in EXTENSIONS},
    }


def _list_stop_times(trip: Trip) -> Iterator[dict[str, str]]:
    exact = "1" if trip.route["dep_confidence"] == "verified" else "0"
    for sequence, stop, minutes in (("1", trip.from_stop, trip.departs_min), ("2", trip.to_stop, trip.arrives_min)):
        clock = f"{minutes // 60:02d}:{minutes % 60:02d}:00"
        yield {
            "trip_id": trip.trip_id,
            "arrival_time": clock,
            "departure_time": clock,
            "stop_id": stop,
            "stop_sequence": sequence,
            "timepoint": exact,
        }


def _lay_out_services(trips: Iterable[Trip]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Weekly patterns become calendar rows with dates taken out; fortnights and seasons are lists of dates."""
    calendar: list[dict[str, str]] = []
    exceptions: list[dict[str, str]] = []
    for service_id, trip in {trip.service_id: trip for trip in trips}.items():
        season = list_months(trip.route["season_months"])
        days = trip.route["days_back"] if trip.direction else trip.route["days"]
        if len(season) < 12 or days.startswith("every"):
            exceptions += [
                {"service_id": service_id, "date": f"{day:%Y%m%d}", "exception_type": "1"}
                for day in trip.regular
                if day not in trip.removed
            ]
            continue
        runs = set(list_weekdays(days))
        calendar.append(
            {
                "service_id": service_id,
                **{name: str(int(n in runs)) for n, name in enumerate(_LONG_WEEKDAYS)},
                "start_date": f"{FIRST_DAY:%Y%m%d}",
                "end_date": f"{LAST_DAY:%Y%m%d}",
            }
        )
        exceptions += [
            {"service_id": service_id, "date": f"{day:%Y%m%d}", "exception_type": "2"} for day in trip.removed
        ]
    return (
        sorted(calendar, key=lambda row: row["service_id"]),
        sorted(exceptions, key=lambda row: (row["service_id"], row["date"])),
    )


def _list_flight_connections(routes: Iterable[Row], hubs: Iterable[Row]) -> Iterator[dict[str, str]]:
    flights = [route for route in routes if route["mode"] == "flight"]
    for hub in hubs:
        here = [route["route_id"] for route in flights if hub["hub_id"] in (route["from_id"], route["to_id"])]
        wait_s = int(hub["min_connect_same_mode_min"]) * 60
        for first in here:
            for second in here:
                yield {
                    "from_stop_id": hub["hub_id"],
                    "to_stop_id": hub["hub_id"],
                    "from_route_id": first,
                    "to_route_id": second,
                    "transfer_type": "2",
                    "min_transfer_time": str(wait_s),
                }


def _list_products(route: Row, group: Row) -> Iterator[dict[str, str]]:
    for band, residency, high, low in fares.list_fares(route, group):
        yield {
            "fare_product_id": f"{route['route_id']}.{band.name}.{residency}",
            "fare_product_name": f"{route['route_id']}, {band.name} ({residency})",
            "rider_category_id": fares.name_category(route["fare_group"], band, residency),
            "amount": str(high),
            "currency": "IDR",
            "amount_low": str(low),
        }


_LONG_WEEKDAYS = tuple(
    {
        "Mon": "monday",
        "Tue": "tuesday",
        "Wed": "wednesday",
        "Thu": "thursday",
        "Fri": "friday",
        "Sat": "saturday",
        "Sun": "sunday",
    }[day]
    for day in WEEKDAYS
)
