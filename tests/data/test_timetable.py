"""The shipped timetable, read back line by line and held against the tables as given."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import planner.data

DATA = Path(planner.data.__file__).parent
FIRST, LAST = date(2026, 11, 24), date(2028, 12, 31)
ALL_DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
NYEPIS = (date(2027, 3, 8), date(2028, 3, 26))
EIDS = (date(2027, 3, 9), date(2028, 2, 26))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def source() -> dict[str, dict[str, str]]:
    return {row["route_id"]: row for row in rows("source/routes.csv")}


@pytest.fixture(scope="module")
def trips() -> dict[str, dict[str, str]]:
    return {row["trip_id"]: row for row in rows("gtfs/trips.txt")}


@pytest.fixture(scope="module")
def calls() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows("gtfs/stop_times.txt"):
        found.setdefault(row["trip_id"], []).append(row)
    return found


@pytest.fixture(scope="module")
def dates() -> dict[str, set[date]]:
    """The days of every service, worked out from both calendars."""
    found: dict[str, set[date]] = {}
    for row in rows("gtfs/calendar.txt"):
        start, end = (datetime.strptime(row[name], "%Y%m%d").date() for name in ("start_date", "end_date"))
        found[row["service_id"]] = {
            day for day in ALL_DAYS if start <= day <= end and row[WEEKDAYS[day.weekday()]] == "1"
        }
    for row in rows("gtfs/calendar_dates.txt"):
        day = datetime.strptime(row["date"], "%Y%m%d").date()
        days = found.setdefault(row["service_id"], set())
        (days.add if row["exception_type"] == "1" else days.discard)(day)
    return found


@pytest.fixture(scope="module")
def runs(trips, calls, dates) -> list[tuple[str, str, str, str, datetime, datetime]]:
    """Every departure of every day: mode, fare group, from, to, leaves, lands (WITA)."""
    routes = {row["route_id"]: row for row in rows("gtfs/routes.txt")}
    found = []
    for trip_id, trip in trips.items():
        first, last = calls[trip_id]
        route = routes[trip["route_id"]]
        for day in dates[trip["service_id"]]:
            midnight = datetime(day.year, day.month, day.day)
            found.append(
                (
                    route["mode"],
                    route["fare_group"],
                    first["stop_id"],
                    last["stop_id"],
                    midnight + timedelta(minutes=minutes(first["departure_time"])),
                    midnight + timedelta(minutes=minutes(last["arrival_time"])),
                )
            )
    return found


def minutes(clock: str) -> int:
    hours, mins, secs = clock.split(":")
    assert secs == "00"
    return int(hours) * 60 + int(mins)


def in_province(province: str) -> set[str]:
    islands = {row["island"] for row in rows("source/places.csv") if row["province"] == province}
    return {row["place_id"] for row in rows("source/places.csv") if row["province"] == province} | {
        row["hub_id"] for row in rows("source/hubs.csv") if row["island"] in islands
    }


def timed(source: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    for row in source.values():
        if row["status"] in ("active", "verify", "seasonal") and ":" in row["departures_out"]:
            yield row


def test_only_rows_with_times_that_may_be_planned_become_routes(source) -> None:
    routes = {row["route_id"] for row in rows("gtfs/routes.txt")}
    assert routes == {row["route_id"] for row in timed(source)}
    assert {
        source[route]["status"] for route in source.keys() - routes if source[route]["departures_out"] != "on demand"
    } <= {"package_only", "planned", "not_confirmed"}


def test_every_departure_of_both_directions_is_one_trip(source, trips) -> None:
    expected = {
        f"{row['route_id']}-{way}-{clock.replace(':', '')}"
        for row in timed(source)
        for way, column in ((0, "departures_out"), (1, "departures_back"))
        for clock in row[column].split(";")
    }
    assert set(trips) == expected


def test_every_trip_keeps_the_time_stops_and_length_of_its_row(source, trips, calls) -> None:
    for trip_id, trip in trips.items():
        row = source[trip["route_id"]]
        back = trip["direction_id"] == "1"
        first, last = calls[trip_id]
        ends = (row["to_id"], row["from_id"]) if back else (row["from_id"], row["to_id"])
        assert (first["stop_id"], last["stop_id"]) == ends
        local = minutes(f"{trip_id[-4:-2]}:{trip_id[-2:]}:00")
        assert minutes(first["departure_time"]) - local == (60 if ends[0] == "H-KETAPANG" else 0), trip_id
        length = row["dur_back_typ"] or row["dur_min_typ"] if back else row["dur_min_typ"]
        assert minutes(last["arrival_time"]) - minutes(first["departure_time"]) == int(length), trip_id
        assert first["stop_sequence"] < last["stop_sequence"]


def test_a_ferry_from_ketapang_leaves_an_hour_later_by_the_clock_of_bali(calls) -> None:
    first, last = calls["F-KTP-GLM-0-2340"]
    assert (first["departure_time"], last["arrival_time"]) == ("24:40:00", "25:25:00")


def test_a_night_boat_lands_after_midnight_of_its_service_day(calls) -> None:
    assert calls["S-BEN-LBJ-0-2100"][1]["arrival_time"] == "70:00:00"
    assert calls["S-BEN-LBJ-1-2359"][1]["arrival_time"] == "50:59:00"


def test_weekday_lines_run_on_their_days_alone(source, trips, dates) -> None:
    for trip_id, trip in trips.items():
        row = source[trip["route_id"]]
        days = row["days_back"] if trip["direction_id"] == "1" else row["days"]
        if days != "daily" and not days.startswith("every"):
            assert {f"{day:%a}" for day in dates[trip["service_id"]]} == set(days.split(";")), trip_id


def test_daily_lines_miss_no_more_than_the_closures(source, trips, dates) -> None:
    near = {nyepi + timedelta(days=n) for nyepi in NYEPIS for n in (-1, 0, 1)} | set(EIDS)
    for trip_id, trip in trips.items():
        row = source[trip["route_id"]]
        if row["days"] == "daily" and row["season_months"] == "1-12":
            assert set(ALL_DAYS) - dates[trip["service_id"]] <= near, trip_id


@pytest.mark.parametrize(
    ("trip_id", "first"),
    [
        ("S-BEN-BMU-0-0800", date(2026, 12, 29)),
        ("S-BEN-BMU-1-0400", date(2027, 1, 7)),
        ("S-BEN-LBJ-0-2100", date(2027, 1, 5)),
        ("S-BEN-LBJ-1-2359", date(2027, 1, 13)),
        ("S-BMU-LBJ-0-1000", date(2026, 12, 30)),
        ("S-BMU-LBJ-1-1000", date(2027, 1, 6)),
    ],
)
def test_ships_come_every_fortnight_from_their_first_date(trips, dates, trip_id: str, first: date) -> None:
    fortnights = {first + timedelta(days=14 * n) for n in range(60)} & set(ALL_DAYS)
    missing = fortnights - dates[trips[trip_id]["service_id"]]
    assert dates[trips[trip_id]["service_id"]] <= fortnights
    assert missing <= {date(2027, 3, 9)}, "only Nyepi takes a sailing out"


def test_the_boat_from_amed_runs_from_may_to_october(trips, dates) -> None:
    for trip_id in ("B-AMD-GILT-0-0900", "B-AMD-GILT-1-1130"):
        assert dates[trips[trip_id]["service_id"]] == {day for day in ALL_DAYS if 5 <= day.month <= 10}


@pytest.mark.parametrize("nyepi", NYEPIS)
def test_nothing_flies_to_or_from_bali_while_it_is_silent(runs, nyepi: date) -> None:
    shut = datetime(nyepi.year, nyepi.month, nyepi.day, 6)
    flights = [run for run in runs if run[0] == "flight"]
    assert flights
    for _, _, start, end, leaves, lands in flights:
        assert not (start == "DPS" and shut <= leaves < shut + timedelta(days=1))
        assert not (end == "DPS" and shut <= lands < shut + timedelta(days=1))
    assert any(start == "DPS" and leaves == shut + timedelta(days=1, hours=1) for _, _, start, _, leaves, _ in flights)


@pytest.mark.parametrize("nyepi", NYEPIS)
def test_boats_keep_clear_of_bali_with_the_margins_of_its_ports(runs, nyepi: date) -> None:
    day = datetime(nyepi.year, nyepi.month, nyepi.day)
    opens = day + timedelta(days=1, hours=6)
    bali = in_province("Bali")
    assert {"H-PENIDA", "H-LEMBONGAN", "H-PADANGBAI", "H-GILIMANUK"} <= bali
    for mode, _, start, end, leaves, lands in runs:
        if mode in ("ferry", "fast_boat", "public_boat", "ship"):
            if start in bali:
                assert not day + timedelta(hours=3) < leaves < day + timedelta(days=1, hours=9)
            if end in bali:
                assert not day - timedelta(hours=4) < leaves < opens or lands >= opens
                assert not day + timedelta(hours=6) <= lands < opens
    leaving = {leaves for mode, _, start, _, leaves, _ in runs if start == "H-PADANGBAI" and mode == "ferry"}
    assert day + timedelta(hours=1.5) in leaving and day + timedelta(days=1, hours=9) in leaving
    coming = {leaves for _, _, start, end, leaves, _ in runs if start == "H-LEMBAR" and end == "H-PADANGBAI"}
    assert day - timedelta(hours=4.5) in coming, "the 19:30 of the eve still sails"


@pytest.mark.parametrize("nyepi", NYEPIS)
def test_no_bus_is_on_the_roads_of_bali_from_the_eve_on(runs, nyepi: date) -> None:
    day = datetime(nyepi.year, nyepi.month, nyepi.day)
    bali = in_province("Bali")
    for mode, _, start, end, leaves, lands in runs:
        if mode in ("bus", "shuttle") and {start, end} & bali:
            assert not (leaves < day + timedelta(hours=30) and lands > day - timedelta(hours=8))


def test_other_islands_go_on_during_nyepi(runs) -> None:
    days = {leaves.date() for _, _, start, end, leaves, _ in runs if (start, end) == ("H-KAYANGAN", "H-POTOTANO")}
    assert days >= set(ALL_DAYS)


def test_village_lines_of_lombok_and_sumbawa_rest_on_the_first_day_of_eid(runs) -> None:
    west_nusa = in_province("West Nusa Tenggara")
    for _, group, start, _, leaves, _ in runs:
        if group in ("FG-BUS-LOCAL", "FG-BUS-LONG", "FG-PUBLICBOAT") and start in west_nusa:
            assert leaves.date() not in EIDS
    flores = {
        leaves.date() for _, group, start, _, leaves, _ in runs if group == "FG-BUS-LOCAL" and start == "labuan-bajo"
    }
    assert set(EIDS) <= flores


def test_every_reference_of_the_feed_resolves() -> None:
    ids = {
        name: [row[column] for row in rows(f"gtfs/{name}.txt")]
        for name, column in (
            ("agency", "agency_id"),
            ("stops", "stop_id"),
            ("routes", "route_id"),
            ("trips", "trip_id"),
            ("networks", "network_id"),
            ("rider_categories", "rider_category_id"),
            ("fare_products", "fare_product_id"),
        )
    }
    for name, values in ids.items():
        assert len(values) == len(set(values)), name
    services = {row["service_id"] for name in ("calendar", "calendar_dates") for row in rows(f"gtfs/{name}.txt")}
    for name, column, known in (
        ("routes", "agency_id", ids["agency"]),
        ("trips", "route_id", ids["routes"]),
        ("trips", "service_id", services),
        ("stop_times", "trip_id", ids["trips"]),
        ("stop_times", "stop_id", ids["stops"]),
        ("route_networks", "route_id", ids["routes"]),
        ("route_networks", "network_id", ids["networks"]),
        ("fare_leg_rules", "network_id", ids["networks"]),
        ("fare_leg_rules", "fare_product_id", ids["fare_products"]),
        ("fare_products", "rider_category_id", ids["rider_categories"]),
        ("transfers", "from_stop_id", ids["stops"]),
        ("transfers", "from_route_id", ids["routes"]),
        ("transfers", "to_route_id", ids["routes"]),
    ):
        assert {row[column] for row in rows(f"gtfs/{name}.txt")} <= set(known), f"{name}.{column}"
    assert {row["service_id"] for row in rows("gtfs/trips.txt")} == services
    assert {row["network_id"] for row in rows("gtfs/fare_leg_rules.txt")} == set(ids["networks"])


def test_all_hubs_and_places_are_stops_under_their_own_ids() -> None:
    assert Counter(row["stop_id"] for row in rows("gtfs/stops.txt")) == Counter(
        [row["hub_id"] for row in rows("source/hubs.csv")] + [row["place_id"] for row in rows("source/places.csv")]
    )
    assert {row["stop_id"] for row in rows("gtfs/stops.txt") if row["stop_timezone"] != "Asia/Makassar"} == {
        "H-KETAPANG"
    }
    assert {row["agency_timezone"] for row in rows("gtfs/agency.txt")} == {"Asia/Makassar"}


def test_routes_keep_what_planning_needs_beside_the_standard_columns(source) -> None:
    for row in rows("gtfs/routes.txt"):
        given = source[row["route_id"]]
        for column in (
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
        ):
            assert row[column] == given[column], (row["route_id"], column)
        assert row["price_basis"] == "per person"


def test_times_are_called_exact_only_where_they_are_verified(trips, calls) -> None:
    for trip_id, trip in trips.items():
        exact = "1" if trip["dep_confidence"] == "verified" else "0"
        assert {call["timepoint"] for call in calls[trip_id]} == {exact}


def test_flights_need_the_hubs_time_between_them() -> None:
    waits = {row["hub_id"]: int(row["min_connect_same_mode_min"]) for row in rows("source/hubs.csv")}
    table = rows("gtfs/transfers.txt")
    assert {(row["from_stop_id"], row["min_transfer_time"]) for row in table} == {
        (hub, str(waits[hub] * 60)) for hub in {row["from_stop_id"] for row in table}
    }
    assert ("LOP", "A-DPS-LOP", "A-LOP-LBJ") in {
        (row["from_stop_id"], row["from_route_id"], row["to_route_id"]) for row in table
    }


def test_every_file_has_plain_line_ends_and_no_blank_lines() -> None:
    for path in (DATA / "gtfs").iterdir():
        text = path.read_bytes()
        assert b"\r" not in text and b"\n\n" not in text and text.endswith(b"\n"), path.name
        assert re.fullmatch(r"[a-z_]+\.txt", path.name)
