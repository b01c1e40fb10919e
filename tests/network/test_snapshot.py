"""Any feed becomes one table of hops; what is saved is opened again unchanged, without reading it into memory."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import planner.data
from planner.network.fares import Fare
from planner.network.gtfs import read_feed
from planner.network.snapshot import ARRAYS, Timetable, build_timetable, load, save
from planner.values.times import DAY

Make = Callable[..., Timetable]
COACH = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,Coaches,https://coach.example/,Asia/Makassar\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\na,A,-8.5,118\nb,B,-8.6,119\nc,C,-8.7,120\n",
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "day,A,,Day coach,3\nsea,A,,Night boat,4\n",
    "trips": "route_id,service_id,trip_id\nday,daily,stopping\nsea,friday,night\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "stopping,8:00:00,8:00:00,a,1\nstopping,9:30:00,9:40:00,b,2\nstopping,11:00:00,11:00:00,c,3\n"
    "night,23:30:00,23:30:00,c,1\nnight,25:15:00,25:30:00,b,2\nnight,29:00:00,29:00:00,a,3\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "daily,1,1,1,1,1,1,1,20270401,20270410\nfriday,0,0,0,0,1,0,0,20270401,20270410\n",
}
THURSDAY, FRIDAY, SATURDAY = date(2027, 4, 1), date(2027, 4, 2), date(2027, 4, 3)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Give a maker of timetables: the coach and the boat with some files replaced or added."""

    def write(**changes: str) -> Timetable:
        folder = tmp_path / "feed"
        folder.mkdir(exist_ok=True)
        for name, text in {**COACH, **changes}.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        return build_timetable(read_feed(folder))

    return write


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def hops(timetable: Timetable) -> list[str]:
    """Write every connection as a line."""
    return [
        f"{timetable.trip_ids[timetable.trip[i]]}: {timetable.stop_ids[timetable.board[i]]} "
        f"{clock(timetable.dep_s[i])} - {clock(timetable.arr_s[i])} {timetable.stop_ids[timetable.alight[i]]}"
        for i in range(len(timetable.board))
    ]


def departures(timetable: Timetable, day: date, days: int) -> list[str]:
    """Write the connections of a window as lines, their times counted from its first midnight."""
    index, shift = timetable.window(day, days)
    lines = hops(timetable)
    return [
        f"{clock(timetable.dep_s[i] + s)} {lines[i].split(' ')[0]}{s // DAY:+}"
        for i, s in zip(index, shift, strict=True)
    ]


def test_a_trip_of_three_calls_is_two_hops_and_all_hops_are_sorted_by_departure(make: Make) -> None:
    assert hops(make()) == [
        "stopping: a 08:00 - 09:30 b",
        "stopping: b 09:40 - 11:00 c",
        "night: c 23:30 - 25:15 b",
        "night: b 25:30 - 29:00 a",
    ]


def test_every_trip_knows_its_route_and_its_service(make: Make) -> None:
    timetable = make()
    assert [timetable.route_ids[r] for r in timetable.trip_route] == ["day", "sea"]
    assert list(timetable.conn_service) == [timetable.trip_service[t] for t in timetable.trip]
    assert len(set(timetable.trip_service)) == 2


def test_the_feed_spans_its_own_days(make: Make) -> None:
    timetable = make()
    assert (timetable.first_day, timetable.last_day) == (THURSDAY, date(2027, 4, 10))
    assert not timetable.running(date(2027, 3, 31)).any() and not timetable.running(date(2027, 4, 11)).any()


def test_a_window_of_a_day_includes_what_left_yesterday_after_midnight(make: Make) -> None:
    timetable = make()
    assert departures(timetable, FRIDAY, 1) == ["08:00 stopping:+0", "09:40 stopping:+0", "23:30 night:+0"]
    assert departures(timetable, SATURDAY, 1) == ["01:30 night:-1", "08:00 stopping:+0", "09:40 stopping:+0"]


def test_a_window_of_several_days_is_sorted_across_its_midnights(make: Make) -> None:
    timetable = make()
    assert departures(timetable, FRIDAY, 2) == [
        "08:00 stopping:+0", "09:40 stopping:+0", "23:30 night:+0",
        "25:30 night:+0", "32:00 stopping:+1", "33:40 stopping:+1",
    ]  # fmt: skip


def test_a_window_beyond_the_feed_is_empty_and_one_over_its_edge_holds_what_is_inside(make: Make) -> None:
    timetable = make()
    assert departures(timetable, date(2027, 5, 1), 3) == []
    assert departures(timetable, date(2027, 3, 31), 2) == ["32:00 stopping:+1", "33:40 stopping:+1"]


def test_calendar_dates_add_a_day_and_take_one_away(make: Make) -> None:
    timetable = make(
        calendar_dates="service_id,date,exception_type\nfriday,20270402,2\nfriday,20270403,1\nfriday,20270412,1\n"
    )
    assert departures(timetable, FRIDAY, 1) == ["08:00 stopping:+0", "09:40 stopping:+0"]
    assert "23:30 night:+0" in departures(timetable, SATURDAY, 1)
    assert timetable.last_day == date(2027, 4, 12), "an added day stretches the span"
    assert departures(timetable, date(2027, 4, 12), 1) == ["23:30 night:+0"]


def test_days_with_the_same_services_are_of_one_class(make: Make) -> None:
    timetable = make()
    assert len(timetable.day_class) == 10 and len(set(timetable.day_class)) == 2
    assert np.flatnonzero(timetable.day_class == timetable.day_class[1]).tolist() == [1, 8], "the two Fridays"


def test_a_trip_by_frequency_becomes_one_trip_a_departure(make: Make) -> None:
    timetable = make(
        frequencies="trip_id,start_time,end_time,headway_secs,exact_times\n"
        "stopping,06:00:00,08:00:00,3600,1\nstopping,25:00:00,26:00:00,1800,1\n"
    )
    assert [line for line in hops(timetable) if line.startswith("stopping") and ": a" in line] == [
        "stopping@360: a 06:00 - 07:30 b",
        "stopping@420: a 07:00 - 08:30 b",
        "stopping@1500: a 25:00 - 26:30 b",
        "stopping@1530: a 25:30 - 27:00 b",
    ], "the end is excluded, the hour of the pattern itself does not run"
    assert "stopping@360: b 07:40 - 09:00 c" in hops(timetable), "later calls move along"
    assert len(set(timetable.trip_ids)) == len(timetable.trip_ids) == len(timetable.trip_route) == 5


def test_a_trip_of_one_call_goes_nowhere(make: Make) -> None:
    timetable = make(
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "stopping,8:00:00,8:00:00,a,1\nnight,23:30:00,23:30:00,c,1\nnight,29:00:00,29:00:00,a,2\n"
    )
    assert hops(timetable) == ["night: c 23:30 - 29:00 a"] and timetable.trip_ids == ("night",)


def test_routes_of_a_plain_feed_get_a_mode_by_their_type_and_our_columns_are_kept(make: Make) -> None:
    plain = make()
    assert [row["mode"] for row in plain.routes] == ["bus", "ferry"]
    assert [row["operators"] for row in plain.routes] == ["Day coach", "Night boat"]
    ours = make(
        routes="route_id,agency_id,route_short_name,route_long_name,route_type,mode,seats,area_id\n"
        "day,A,,Day coach,3,shuttle,7,\nsea,A,,Night boat,4,fast_boat,90,sape\n"
    )
    assert [(row["mode"], row["seats"], row["area_id"]) for row in ours.routes] == [
        ("shuttle", "7", ""), ("fast_boat", "90", "sape"),
    ]  # fmt: skip


def test_fares_of_rider_categories_are_read_with_both_ends(make: Make) -> None:
    timetable = make(
        rider_categories="rider_category_id,rider_category_name,fare_group,residency,min_age,max_age\n"
        "G.adult.foreign,Adult,G,foreign,12,\nG.child.foreign,Child,G,foreign,0,11\n",
        fare_products="fare_product_id,rider_category_id,amount,currency,amount_low\n"
        "pa,G.adult.foreign,100000,IDR,80000\npc,G.child.foreign,75000,IDR,\n",
        networks="network_id,network_name\nN,Sea\n",
        route_networks="network_id,route_id\nN,sea\n",
        fare_leg_rules="network_id,fare_product_id\nN,pa\nN,pc\n",
    )
    assert timetable.fares.seats == {
        "sea": {"G.adult.foreign": Fare(100_000, 80_000), "G.child.foreign": Fare(75_000, 75_000)}
    }
    assert [(c.band, c.min_age, c.max_age) for c in timetable.fares.categories] == [
        ("adult", 12, None),
        ("child", 0, 11),
    ]


def assert_equal(a: Timetable, b: Timetable) -> None:
    for field in fields(Timetable):
        if field.name in ARRAYS:
            assert np.array_equal(getattr(a, field.name), getattr(b, field.name)), field.name
            assert getattr(a, field.name).dtype == getattr(b, field.name).dtype, field.name
        else:
            assert getattr(a, field.name) == getattr(b, field.name), field.name


def test_a_saved_timetable_is_opened_unchanged(make: Make, tmp_path: Path) -> None:
    timetable = make()
    save(timetable, tmp_path / "kept" / "one")
    again = load(tmp_path / "kept" / "one")
    assert_equal(timetable, again)
    assert departures(again, FRIDAY, 2) == departures(timetable, FRIDAY, 2)


def test_a_timetable_is_opened_by_mapping_and_cannot_be_written_to(make: Make, tmp_path: Path) -> None:
    save(make(), tmp_path / "one")
    again = load(tmp_path / "one")
    assert all(isinstance(getattr(again, name), np.memmap) for name in ARRAYS)
    with pytest.raises(ValueError, match="read-only"):
        again.dep_s[0] = 0


def test_saving_leaves_nothing_else_behind_and_never_touches_what_is_there(make: Make, tmp_path: Path) -> None:
    room = tmp_path / "room"
    first = make()
    save(first, room / "one")
    save(make(calendar_dates="service_id,date,exception_type\nfriday,20270403,1\n"), room / "one")
    assert [path.name for path in room.iterdir()] == ["one"]
    assert_equal(load(room / "one"), first)


@pytest.fixture(scope="module")
def shipped() -> Timetable:
    return build_timetable(read_feed(Path(planner.data.__file__).parent / "gtfs"))


def test_the_shipped_timetable_survives_saving(shipped: Timetable, tmp_path: Path) -> None:
    save(shipped, tmp_path / "shipped")
    assert_equal(shipped, load(tmp_path / "shipped"))


def test_every_shipped_hop_goes_forward_in_time_between_two_stops(shipped: Timetable) -> None:
    assert np.all(shipped.arr_s > shipped.dep_s) and np.all(shipped.board != shipped.alight)
    assert np.all(np.diff(shipped.dep_s) >= 0)
    assert (shipped.first_day, shipped.last_day) == (date(2026, 11, 24), date(2028, 12, 31))


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 3, 8), date(2027, 7, 17), date(2028, 12, 31)])
def test_a_window_is_what_a_plain_loop_over_trips_finds(shipped: Timetable, day: date) -> None:
    wanted = []
    for offset in range(-1, 3):
        column = (day - shipped.first_day).days + offset
        runs = shipped.runs[:, column] if 0 <= column < shipped.runs.shape[1] else np.zeros(len(shipped.runs), bool)
        for i, trip in enumerate(shipped.trip):
            starts = int(shipped.dep_s[i]) + offset * DAY
            if runs[shipped.trip_service[trip]] and 0 <= starts < 3 * DAY:
                wanted.append((starts, i, offset * DAY))
    index, shift = shipped.window(day, 3)
    found = [(int(shipped.dep_s[i] + s), int(i), int(s)) for i, s in zip(index, shift, strict=True)]
    assert sorted(found) == sorted(wanted)
    assert [f[0] for f in found] == sorted(f[0] for f in found)


def test_nothing_flies_from_bali_on_nyepi(shipped: Timetable) -> None:
    dps = shipped.stop_ids.index("DPS")

    def flights(day: date) -> int:
        index, shift = shipped.window(day, 1)
        starts = shipped.dep_s[index] + shift
        return int(((shipped.board[index] == dps) & (starts >= 6 * 3600)).sum())

    assert flights(date(2027, 3, 8)) == 0 < flights(date(2027, 3, 8) - timedelta(days=7))
