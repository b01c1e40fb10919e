"""The figures in docs/data.md are those of the data."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import planner.data
from planner.design.tables import Tables, read_tables

DATA = Path(planner.data.__file__).parent
PAGE = " ".join((DATA.parent.parent / "docs" / "data.md").read_text(encoding="utf-8").split())


def rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


@pytest.mark.parametrize(
    "table",
    [
        "routes",
        "packages",
        "stays",
        "fare_rules",
        "fees_rules",
        "events",
        "closure_events",
        "weather",
        "places",
        "hubs",
    ],
)
def test_shares_of_confidence_are_counted(table: str) -> None:
    found = Counter(row["confidence"] for row in rows(f"source/{table}.csv"))
    total = sum(found.values())
    cells = [f"{found[level]} ({100 * found[level] / total:.0f} %)" for level in ("verified", "typical", "estimated")]
    assert f"| {table} | {total} | {' | '.join(cells)} |" in PAGE


def test_figures_of_the_timetable_are_counted(tables: Tables) -> None:
    routes, trips = rows("gtfs/routes.txt"), rows("gtfs/trips.txt")
    by = Counter(row["confidence"] for row in routes)
    assert (
        f"{len(routes)} routes ({by['verified']} verified, {by['typical']} typical, {by['estimated']} estimated) "
        f"and {len(trips)} trips"
    ) in PAGE
    by = Counter(row["dep_confidence"] for row in trips)
    assert f"of {by['verified']} trips are verified, of {by['typical']} typical, of {by['estimated']} estimated" in PAGE
    by = Counter(row["confidence"] for row in tables.transfers)
    assert (
        f"Of the {len(tables.transfers)} rows that go on demand {by['verified']} are verified, {by['typical']} "
        f"typical, {by['estimated']} estimated"
    ) in PAGE
    undated = sum(not row["evidence_year"] for row in rows("source/routes.csv"))
    assert f"{undated} of the {len(rows('source/routes.csv'))} routes do not say how old" in PAGE


def test_later_starts_without_an_end_are_all_listed(tables: Tables) -> None:
    listed = []
    for product in tables.products:
        facts = product["lintas"]
        if facts["kind"] == "package" and facts["duration_days"] == 1:
            bookable = product["options"][0]["availabilityLocalStartTimes"]
            late = [start for start in facts["start_times"] if start not in bookable]
            listed += [f"{product['id']} ({', '.join(late)})"] if late else []
    assert f"{len(listed)} one-day packages name a later start" in PAGE
    assert ", ".join(listed) + "." in PAGE


def test_events_without_a_stay_are_all_listed(tables: Tables) -> None:
    in_stays = {event for product in tables.products for event in product["lintas"].get("event_peaks", {})}
    bare = [
        event["event_id"]
        for event in tables.events
        if float(event["price_factor"]) > 1 and event["event_id"] not in in_stays
    ]
    assert f"{len(bare)} events that raise prices stand in no stay at all: {', '.join(bare)}." in PAGE
    race = next(event for event in tables.events if event["event_id"] == "EV-MOTOGP")["dates_2027"].split("..")
    assert f"{(date.fromisoformat(race[1]) - date.fromisoformat(race[0])).days + 1} days for the race weekend" in PAGE


def test_crossings_of_seas_without_estimates_are_all_named(tables: Tables) -> None:
    straits = {row["area_id"] for row in tables.weather if row["cancel_pct_ferry"]}
    bare = [
        row["route_id"]
        for row in [*rows("gtfs/routes.txt"), *tables.transfers]
        if row["area_id"] and row["area_id"] not in straits
    ]
    assert bare
    for route_id in bare:
        assert route_id in PAGE


def test_trips_outside_the_hours_of_their_hub_are_all_named(tables: Tables) -> None:
    hours = {
        hub["hub_id"]: tuple(map(int, hub["open_hours"].split("-")))
        for hub in tables.hubs
        if re.fullmatch(r"\d\d-\d\d", hub["open_hours"])
    }
    found = set()
    for call in rows("gtfs/stop_times.txt"):
        if call["stop_id"] in hours:
            opens, shuts = hours[call["stop_id"]]
            clock = int(call["departure_time"][:2]) % 24 + int(call["departure_time"][3:5]) / 60
            if not opens <= clock <= shuts:
                found.add(call["trip_id"])
    assert f"{len(found)} trips leave or land outside" in PAGE
    for trip_id in found:
        assert trip_id in PAGE


def test_counts_of_judgement_hold(tables: Tables) -> None:
    packages = [product for product in tables.products if product["lintas"]["kind"] == "package"]
    wet = sum(bool(product["lintas"]["area_id"]) for product in packages)
    assert f"{wet} of {len(packages)}" in PAGE
    asked = sum(product["lintas"]["confirm"] == "on_request" for product in packages)
    assert f"{asked} of {len(packages)} packages are on request" in PAGE
    odd = [
        product["id"] for product in packages if product["lintas"]["nights"] != product["lintas"]["duration_days"] - 1
    ]
    assert odd == ["PK66"]
    stays = Counter(product["lintas"]["place_id"] for product in tables.products if product["lintas"]["kind"] == "stay")
    assert f"Komodo ({stays['komodo']}), Kanawa ({stays['kanawa']}) and Kenawa ({stays['kenawa']})" in PAGE
    longest = max(int(row["dur_min_typ"]) for row in tables.transfers)
    assert f"{longest / 60:g} h by car from Labuan Bajo to Moni (R-LBJ-MON)" in PAGE


def test_licences_name_every_origin_of_the_data() -> None:
    licences = (DATA / "LICENCES.md").read_text(encoding="utf-8")
    for name in (
        "GeoNames",
        "CC BY 4.0",
        "idn-area-data",
        "ODbL",
        "OpenFlights",
        "airportsdata",
        "MIT",
        "GSHHG",
        "LGPL",
        "Open Font License",
    ):
        assert name in licences
    for row in rows("gtfs/attributions.txt"):
        assert row["organization_name"].split(" (")[0] in licences
