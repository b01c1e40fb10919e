"""A stored journey is priced for whoever travels, in the month they travel, without what they avoid."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from planner.routing.query import Tariff
from planner.routing.router import Offers, Router
from planner.routing.travel_table import build_table
from tests.routing.small_network import DAY_0, Small

NET = Small(
    stops="""
        a     place    Lombok
        pier  harbour  Lombok
        b     place    Lombok
        c     place    Lombok
        d     place    Lombok
    """,
    lines="""
        ferry  ferry      checkin=60 close=15 price=100 band=1
        fast   fast_boat  checkin=30 close=10 price=400 band=2
        bus    bus        checkin=15 price=50
    """,
    trips="""
        ferry  pier 09:00 13:00 b
        fast   pier 09:00 10:30 b
        bus    b 14:00 15:00 c 15:10 16:00 a
    """,
    roads="""
        a     pier  60  350
        pier  b     90  900 boat oneway band=3
        c     d     30  0 walk oneway
    """,
)
ALL = np.arange(len(NET.stops.ids), dtype=np.int16)
TABLE = build_table(NET.network, [NET.tariff()], ALL)
ROUTER = Router(NET.network, TABLE)


def lines(offers: Offers, nodes: Sequence[str], origin: str, target: str, day: int = 0) -> list[str]:
    """Write the offers between two nodes of a plan as text, sorted."""
    node = nodes.index(origin)
    rows = offers.rows[offers.first[day, node] : offers.last[day, node]]
    rows = rows[rows["target"] == nodes.index(target)]
    return sorted(NET.text(row, ROUTER.moves(row, 8 * 3600)) for row in rows)


def offers(tariff: Tariff, nodes: Sequence[str] = NET.stops.ids, days: Sequence[date] = (DAY_0,)) -> Offers:
    numbers = np.array([NET.stops.index.get(node, -1) for node in nodes], np.int16)
    return ROUTER.offers(days, numbers, tariff, 0)


def test_a_party_of_three_pays_three_seats_and_one_car() -> None:
    assert lines(offers(NET.tariff(heads=3)), NET.stops.ids, "a", "b") == [
        "07:00 road pier 08:00, 09:00 ferry b 13:00 = 650 rough 1/1",
        "07:30 road pier 08:30, 09:00 fast b 10:30 = 1550 rough 2/2",
        "any time: 08:00 road pier 09:00, 09:00 boat b 10:30 = 1250 rough 3/3",
    ]


def test_a_leg_of_two_hops_is_paid_once() -> None:
    assert lines(offers(NET.tariff(heads=3)), NET.stops.ids, "b", "a") == [
        "14:00 bus a 16:00 = 150",
    ]


@pytest.mark.parametrize(
    ("avoid", "kept"),
    [
        (("fast_boat",), ["ferry", "boat"]),
        (("ferry",), ["fast", "boat"]),
        (("charter_boat",), ["ferry", "fast"]),
        (("ferry", "fast_boat", "charter_boat"), []),
        (("road",), []),
        (("walk", "bus"), ["ferry", "fast", "boat"]),
    ],
)
def test_journeys_with_an_avoided_mode_are_closed(avoid: tuple[str, ...], kept: list[str]) -> None:
    found = lines(offers(NET.tariff(avoid=avoid)), NET.stops.ids, "a", "b")
    assert sorted(line.split(", ")[1].split()[1] for line in found) == sorted(kept)


def test_the_sea_of_the_month_counts() -> None:
    calm = NET.tariff()
    calm.route_band[4] = 0
    rough = NET.tariff()
    rough.route_band[[m for m in range(13) if m != 4]] = 0
    assert "09:00 fast b 10:30 = 400" in lines(offers(calm), NET.stops.ids, "pier", "b")
    assert "09:00 fast b 10:30 = 400 rough 2/2" in lines(offers(rough), NET.stops.ids, "pier", "b")


def test_an_offer_that_another_beats_at_this_partys_price_goes() -> None:
    """With the ferry as dear as the fast boat and as rough, nobody needs it."""
    tariff = NET.tariff()
    tariff.route_price[0] = tariff.route_price[1]
    tariff.route_band[:, 0] = tariff.route_band[:, 1]
    assert [line for line in lines(offers(tariff), NET.stops.ids, "a", "b") if "ferry" in line] == []


def test_a_plan_numbers_its_own_nodes_and_sees_no_others() -> None:
    nodes = ["b", "a"]
    found = offers(NET.tariff(), nodes)
    assert set(found.rows["target"]) == {0, 1}
    assert len(lines(found, nodes, "a", "b")) == 3
    whole = offers(NET.tariff())
    assert lines(found, nodes, "a", "b") == lines(whole, NET.stops.ids, "a", "b")


def test_a_node_that_is_no_stop_has_no_offers_and_takes_none_of_another() -> None:
    nodes = ["a", "c", "at sea"]
    found = offers(NET.tariff(), nodes)
    assert lines(found, nodes, "at sea", "a") == []
    assert lines(found, nodes, "a", "at sea") == []
    assert lines(found, nodes, "a", "c") == lines(offers(NET.tariff(), ["a", "c"]), ["a", "c"], "a", "c") != []


def test_days_with_the_same_journeys_share_their_rows() -> None:
    days = [DAY_0 + timedelta(days=d) for d in range(3)]
    found = offers(NET.tariff(), days=days)
    assert np.array_equal(found.first[0], found.first[1]) and np.array_equal(found.last[0], found.last[2])
    assert len(found.rows) == len(offers(NET.tariff()).rows)


def test_the_same_journeys_in_another_month_are_priced_apart() -> None:
    net = Small("a harbour Lombok\nb harbour Lombok", "ferry ferry price=100", "ferry a 09:00 13:00 b")
    router = Router(net.network, build_table(net.network, [net.tariff()], np.arange(2, dtype=np.int16)))
    tariff = net.tariff()
    tariff.route_band[4] = 3
    object.__setattr__(net.timetable, "first_day", date(2027, 4, 28))
    found = router.offers([date(2027, 4, 30), date(2027, 5, 1)], np.arange(2, dtype=np.int16), tariff, 0)
    assert [[int(row["worst"]) for row in found.rows[found.first[d, 0] : found.last[d, 0]]] for d in (0, 1)] == [
        [3],
        [0],
    ]


def test_a_day_outside_the_timetable_has_only_what_goes_on_demand_or_nothing() -> None:
    found = offers(NET.tariff(), days=[DAY_0 + timedelta(days=400)])
    assert not any("ferry" in line or "bus" in line for line in lines(found, NET.stops.ids, "a", "b"))


def test_a_free_offer_is_told_from_the_hour_it_leaves() -> None:
    found = offers(NET.tariff(), ["c", "d"])
    (row,) = [r for r in found.rows[found.first[0, 0] : found.last[0, 0]] if r["is_free"]]
    (walk,) = ROUTER.moves(row, 10 * 3600)
    assert (walk.dep_s, walk.arr_s, walk.trip, walk.service_day) == (10 * 3600, 10 * 3600 + 1800, -1, 0)
