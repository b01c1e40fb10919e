"""The stored table answers as a fresh search would, however often it is saved, and days alike share what they can."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from planner.network.snapshot import Timetable
from planner.routing.router import Router
from planner.routing.travel_table import Network, TravelTable, build_table, load_table, save_table, table_key
from tests.routing.small_network import DAY_0, Small

STOPS = """
    a     place    Bali
    pier  harbour  Bali
    b     harbour  Lombok
    c     place    Lombok
"""
LINES = "ferry ferry checkin=60 close=15 price=100 band=1\nbus bus checkin=15 price=50"
TRIPS = """
    ferry  pier 09:00 13:00 b
    ferry  pier 20:00 27:00 b  on=1,3
    bus    b 14:00 15:00 c  on=0,1,2,3
    bus    b 27:30 34:30 c
"""
ROADS = "a pier 60 350\nb c 90 300"
SILENCE = (("2027-04-04T16:00", "2027-04-05T06:00"),)
NET = Small(STOPS, LINES, TRIPS, ROADS, SILENCE)
ALL = np.arange(4, dtype=np.int16)


@pytest.fixture(scope="module")
def table() -> TravelTable:
    return build_table(NET.network, [NET.tariff()], ALL)


def stored(table: TravelTable, day: int, origin: int, target: int) -> list[str]:
    router = Router(NET.network, table)
    found = router.offers([DAY_0 + timedelta(days=day)], ALL, NET.tariff(), 0)
    rows = found.rows[found.first[0, origin] : found.last[0, origin]]
    return sorted(NET.text(row, router.moves(row, 8 * 3600)) for row in rows if row["target"] == target)


def fresh(day: int, origin: int, target: int) -> list[str]:
    offers, moves = NET.router.search(origin, target, DAY_0 + timedelta(days=day), NET.tariff())
    return sorted(map(NET.text, offers, moves))


def pairs() -> list[tuple[int, int]]:
    return [(o, t) for o in range(4) for t in range(4) if o != t]


@pytest.mark.parametrize("day", range(-1, 7))
def test_the_table_answers_as_a_fresh_search(table: TravelTable, day: int) -> None:
    for origin, target in pairs():
        assert stored(table, day, origin, target) == fresh(day, origin, target)
    assert any(fresh(day, origin, target) for origin, target in pairs())


def test_a_saved_table_gives_the_same_offers_from_mapped_arrays(table: TravelTable, tmp_path: Path) -> None:
    save_table(table, tmp_path / "kept" / "key")
    again = load_table(tmp_path / "kept" / "key")
    assert isinstance(again.options, np.memmap) and isinstance(again.links, np.memmap)
    assert (again.signatures, again.overflow) == (table.signatures, 0)
    for day in range(7):
        assert all(stored(again, day, o, t) == stored(table, day, o, t) for o, t in pairs())
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["key"]


def test_a_table_may_hold_several_reference_parties(table: TravelTable) -> None:
    """For nine heads the road is cheap beside the seats; each reference is searched with its own prices."""
    both = build_table(NET.network, [NET.tariff(), NET.tariff(heads=9, avoid=("bus",))], ALL)
    assert both.block_of.shape[0] == 2
    router = Router(NET.network, both)
    first, second = (router.offers([DAY_0], ALL, NET.tariff(), reference) for reference in (0, 1))
    assert len(first.rows) == sum(len(stored(table, 0, o, t)) for o, t in pairs())
    assert len(second.rows) < len(first.rows), "the second was searched without buses"


def test_progress_is_told_until_all_is_done() -> None:
    told: list[tuple[int, int]] = []
    build_table(NET.network, [NET.tariff()], ALL[:1], lambda done, count: told.append((done, count)))
    assert told == [(n, 8) for n in range(1, 9)]


def test_only_the_chosen_stops_are_origins_and_targets() -> None:
    some = build_table(NET.network, [NET.tariff()], ALL[:2])
    assert (some.block_of[:, :, 2:] == -1).all() and (some.block_of[:, :, :2] >= 0).all()
    assert set(some.options["target"]) <= {0, 1}


def test_two_days_around_which_the_same_runs_share_a_signature() -> None:
    alike = Small(STOPS, LINES, "ferry pier 09:00 13:00 b\nbus b 14:00 15:00 c", ROADS)
    signatures = [alike.network.signature(DAY_0 + timedelta(days=d)) for d in range(-1, 7)]
    assert len(set(signatures[1:6])) == 1, "days whose neighbours all lie in the timetable"
    assert signatures[0] != signatures[1], "no service is known for the day before the first"
    assert signatures[6] != signatures[5] != signatures[7], "nor for those after the last"


def test_a_change_within_the_window_of_a_day_changes_its_signature() -> None:
    trips = "ferry pier 09:00 13:00 b on=-1,0,1,2,3,4,6\nbus b 14:00 15:00 c"
    network = Small(STOPS, LINES, trips, ROADS).network
    signatures = [network.signature(DAY_0 + timedelta(days=d)) for d in range(0, 6)]
    assert signatures[0] == signatures[1] == signatures[2]
    assert len({signatures[2], signatures[3], signatures[4], signatures[5]}) == 4


def test_days_that_a_closure_touches_share_with_no_other() -> None:
    trips = "ferry pier 09:00 13:00 b\nbus b 14:00 15:00 c"
    network = Small(STOPS, LINES, trips, ROADS, SILENCE).network
    signatures = [network.signature(DAY_0 + timedelta(days=d)) for d in range(0, 6)]
    hours = [(s[-2] // 3600, s[-1] // 3600) for s in signatures]
    assert hours == [(0, 0), (64, 78), (40, 54), (16, 30), (-8, 6), (0, 0)]
    assert len({signatures[1], signatures[2], signatures[3], signatures[4]}) == 4


def test_a_name_is_equal_for_equal_networks_and_changes_with_whatever_a_search_depends_on() -> None:
    def key(network: Network, net: Small = NET) -> str:
        return table_key(network, [net.tariff()])

    network, timetable = NET.network, NET.timetable
    same = Small(STOPS, LINES, TRIPS, ROADS, SILENCE)
    assert key(network) == key(same.network)

    def another(**changes: object) -> Timetable:
        return replace(timetable, **changes)  # type: ignore[arg-type]

    changed = [
        replace(network, closures=()),
        replace(network, checkin_s=network.checkin_s + 60),
        replace(network, close_s=network.close_s + 60),
        replace(network, timetable=another(dep_s=timetable.dep_s - 60)),
        replace(network, timetable=another(runs=~timetable.runs)),
        replace(network, timetable=another(first_day=date(2028, 1, 1))),
        replace(network, stops=replace(network.stops, kerb_s=network.stops.kerb_s + 60)),
        replace(network, transfers=replace(network.transfers, dur_s=network.transfers.dur_s + 60)),
    ]
    keys = [key(n) for n in changed] + [table_key(network, [NET.tariff(heads=2)]), table_key(network, [])]
    assert len({key(network), *keys}) == len(keys) + 1


def test_a_line_that_becomes_a_flight_changes_the_name() -> None:
    routes = tuple({**row, "mode": "flight"} for row in NET.timetable.routes)
    flown = replace(NET.network, timetable=replace(NET.timetable, routes=routes))
    assert table_key(flown, [NET.tariff()]) != table_key(NET.network, [NET.tariff()])
