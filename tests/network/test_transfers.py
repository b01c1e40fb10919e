"""On-demand rows become directed edges; a party hires as many vehicles as it needs and no more."""

from collections.abc import Mapping

import numpy as np
import pytest

from planner.design.tables import read_tables
from planner.network.stops import Stops, build_stops
from planner.network.transfers import MODE_NUMBER, Transfers, build_transfers, hire
from planner.values.parties import Party

TABLES = read_tables()
ROWS = {row["route_id"]: row for row in TABLES.transfers}
CAR = {
    "mode": "road", "vehicle_pax_max": "5", "minibus_pax_max": "12", "minibus_factor": "1.6",
    "price_foreign_adult_high": "350001", "price_foreign_adult_low": "200000",
    "price_resident_adult_high": "300000", "price_resident_adult_low": "150000",
}  # fmt: skip
BOAT = CAR | {"mode": "charter_boat", "vehicle_pax_max": "6", "minibus_pax_max": "", "minibus_factor": ""}
WALK = {"mode": "walk", "vehicle_pax_max": "", "minibus_pax_max": "", "minibus_factor": ""}


@pytest.fixture(scope="module")
def stops() -> Stops:
    return build_stops(TABLES.hubs, TABLES.places)


@pytest.fixture(scope="module")
def shipped(stops: Stops) -> Transfers:
    return build_transfers(TABLES.transfers, stops)


def three_stops() -> Stops:
    row = {"island": "Flores", "province": "East Nusa Tenggara", "elevation_m": "0"}
    return build_stops([], [{"place_id": place_id, "name": place_id, **row} for place_id in "abc"])


def a_row(**more: str) -> dict[str, str]:
    return {
        "route_id": "R", "mode": "road", "price_basis": "per vehicle", "from_id": "a", "to_id": "b",
        "dur_min_typ": "40", "dur_back_typ": "", "bidirectional": "1", **more,
    }  # fmt: skip


def edges(transfers: Transfers, stops: Stops) -> list[str]:
    return [
        f"{stops.ids[transfers.board[e]]}-{stops.ids[transfers.to[e]]} {transfers.dur_s[e] // 60}"
        + (" back" if transfers.is_back[e] else "")
        for e in range(len(transfers))
    ]


def test_a_two_way_row_is_two_edges_and_a_one_way_row_is_one() -> None:
    stops = three_stops()
    rows = [a_row(), a_row(from_id="b", to_id="c", bidirectional="0", dur_min_typ="15")]
    assert edges(build_transfers(rows, stops), stops) == ["a-b 40", "b-a 40 back", "b-c 15"]


def test_the_way_back_takes_its_own_time_where_one_is_given() -> None:
    stops = three_stops()
    assert edges(build_transfers([a_row(dur_back_typ="55.0")], stops), stops) == ["a-b 40", "b-a 55 back"]


def test_a_boat_that_returns_the_same_day_joins_nothing() -> None:
    stops = three_stops()
    boat = a_row(mode="charter_boat", price_basis="per boat, return same day")
    made = build_transfers([boat, a_row(from_id="b", to_id="c")], stops)
    assert edges(made, stops) == ["b-c 40", "c-b 40 back"]
    assert [made.rows[number]["from_id"] for number in made.row] == ["b", "b"], "row numbers still point at their rows"


def test_a_catalogue_without_transfers_still_bounds_every_stop() -> None:
    assert list(build_transfers([], three_stops()).first) == [0, 0, 0, 0]


def test_edges_of_a_stop_lie_between_its_bounds(shipped: Transfers, stops: Stops) -> None:
    assert len(shipped.first) == len(stops.ids) + 1
    assert shipped.first[0] == 0 and shipped.first[-1] == len(shipped)
    assert np.all(np.diff(shipped.board) >= 0), "sorted by start"
    for i in range(len(stops.ids)):
        assert set(shipped.board[shipped.first[i] : shipped.first[i + 1]]) <= {i}


def test_every_shipped_row_is_an_edge_in_each_of_its_directions(shipped: Transfers, stops: Stops) -> None:
    wanted = set()
    for row in TABLES.transfers:
        if "return same day" not in row["price_basis"]:
            wanted.add((row["route_id"], row["from_id"], row["to_id"], int(row["dur_min_typ"])))
            if row["bidirectional"] == "1":
                back = int(row["dur_back_typ"] or row["dur_min_typ"])
                wanted.add((row["route_id"], row["to_id"], row["from_id"], back))
    found = {
        (
            shipped.rows[shipped.row[e]]["route_id"],
            stops.ids[shipped.board[e]],
            stops.ids[shipped.to[e]],
            int(shipped.dur_s[e]) // 60,
        )
        for e in range(len(shipped))
    }
    assert found == wanted and len(shipped) == len(wanted)
    assert all(MODE_NUMBER[shipped.rows[shipped.row[e]]["mode"]] == shipped.mode[e] for e in range(len(shipped)))


def test_day_boats_of_the_shipped_catalogue_are_left_out(shipped: Transfers) -> None:
    day_boats = {row["route_id"] for row in TABLES.transfers if row["price_basis"] == "per boat, return same day"}
    assert len(day_boats) == 6
    assert not day_boats & {shipped.rows[number]["route_id"] for number in shipped.row}


@pytest.mark.parametrize(
    ("heads", "what", "vehicles", "high", "low"),
    [
        (1, "car", 1, 350_001, 200_000),
        (5, "car", 1, 350_001, 200_000),
        (6, "minibus", 1, 560_002, 320_000),  # 350,001 x 1.6 = 560,001.6, rounded up
        (12, "minibus", 1, 560_002, 320_000),
        (13, "minibus", 2, 1_120_004, 640_000),
        (24, "minibus", 2, 1_120_004, 640_000),
        (25, "minibus", 3, 1_680_006, 960_000),
    ],
)
def test_a_party_takes_one_car_then_one_minibus_then_several(
    heads: int, what: str, vehicles: int, high: int, low: int
) -> None:
    found = hire(CAR, Party(heads))
    assert (found.what, found.vehicles, found.high, found.low) == (what, vehicles, high, low)


def test_infants_take_a_seat_in_a_car() -> None:
    assert hire(CAR, Party(2, (0, 1, 2))).what == "car"
    assert hire(CAR, Party(2, (0, 1, 2, 3))).what == "minibus"


@pytest.mark.parametrize(("heads", "boats"), [(1, 1), (6, 1), (7, 2), (12, 2), (13, 3)])
def test_boats_come_whole(heads: int, boats: int) -> None:
    found = hire(BOAT, Party(heads))
    assert (found.what, found.vehicles, found.high, found.low) == ("boat", boats, 350_001 * boats, 200_000 * boats)


def test_a_walk_costs_nothing_however_many_walk() -> None:
    found = hire(WALK, Party(7, (0,)))
    assert (found.vehicles, found.high, found.low) == (8, 0, 0)


def test_residents_hire_at_their_own_price() -> None:
    assert hire(CAR, Party(2, residency="resident")).high == 300_000


def test_the_roads_of_flores_take_their_own_minibus_factor() -> None:
    factors = {(r["mode"], r["minibus_factor"]) for r in TABLES.transfers}
    assert ("road", "1.7") in factors
    row = next(r for r in TABLES.transfers if r["minibus_factor"] == "1.7")
    exact = int(row["price_foreign_adult_high"]) * 17
    assert hire(row, Party(6)).high == -(-exact // 10)


@pytest.mark.parametrize("party", [Party(1), Party(5), Party(6), Party(13, residency="resident"), Party(2, (0, 5))])
def test_every_shipped_transfer_can_be_hired_and_its_low_end_is_the_lower(party: Party) -> None:
    def ends(row: Mapping[str, str]) -> tuple[int, int]:
        found = hire(row, party)
        return found.low, found.high

    for row in TABLES.transfers:
        low, high = ends(row)
        assert 0 <= low <= high and (high > 0) == (row["mode"] != "walk")
