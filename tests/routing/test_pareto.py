"""A journey stays only where it is better than every other in something: later, sooner there, cheaper, calmer."""

import pytest

from planner.routing.labels import NEVER
from tests.routing.small_network import Small

STOPS = """
    a   harbour  Lombok
    b   harbour  Lombok
    c   harbour  Lombok
    d   place    Lombok high=1200
"""


def test_an_earlier_cheaper_arrival_removes_a_later_dearer_one() -> None:
    lines = "slow bus price=300\nfast bus price=200"
    net = Small(STOPS, lines, "slow a 08:00 12:00 b\nfast a 08:00 11:00 b")
    assert net.journeys("a", "b") == ["08:00 fast b 11:00 = 200"]


def test_a_dearer_faster_one_stays_beside_a_cheaper_slower_one() -> None:
    lines = "slow bus price=200\nfast bus price=500"
    net = Small(STOPS, lines, "slow a 08:00 12:00 b\nfast a 08:00 10:00 b")
    assert net.journeys("a", "b") == ["08:00 fast b 10:00 = 500", "08:00 slow b 12:00 = 200"]


def test_a_start_in_a_later_part_of_the_day_is_worth_keeping() -> None:
    net = Small(STOPS, "bus bus price=200", "bus a 08:00 12:00 b\nbus a 13:00 17:00 b\nbus a 16:00 20:00 b")
    assert net.journeys("a", "b") == [
        "08:00 bus b 12:00 = 200",
        "13:00 bus b 17:00 = 200",
        "16:00 bus b 20:00 = 200",
    ]


def test_a_calmer_crossing_stays_though_it_is_slower_and_dearer() -> None:
    lines = "fast fast_boat price=200 band=2\nferry ferry price=300 band=1"
    net = Small(STOPS, lines, "fast a 08:00 10:00 b\nferry a 08:00 14:00 b")
    assert net.journeys("a", "b") == ["08:00 fast b 10:00 = 200 rough 2/2", "08:00 ferry b 14:00 = 300 rough 1/1"]


def test_a_ride_without_a_flight_stays_for_divers_though_a_flight_is_better_in_all() -> None:
    net = Small(
        STOPS, "fly flight price=100\nbus bus price=200", "fly a 09:00 10:00 b\nbus a 08:00 12:00 b", "b d 30 50"
    )
    assert net.journeys("a", "d") == [
        "08:00 bus b 12:00, 12:00 road d 12:30 = 250",
        "09:00 fly b 10:00, 10:00 road d 10:30 = 150",
    ]


def test_exposure_is_the_worst_band_and_the_sum_of_all() -> None:
    lines = "fast fast_boat price=200 band=2\nferry ferry price=300 band=1"
    net = Small(STOPS, lines, "fast a 08:00 10:00 b\nferry b 11:00 14:00 c", "c d 30 100")
    assert net.journeys("a", "d") == ["08:00 fast b 10:00, 11:00 ferry c 14:00, 14:00 road d 14:30 = 600 rough 2/3"]


def test_one_boat_over_two_hops_is_rough_once() -> None:
    net = Small(STOPS, "ship ship price=300 band=2", "ship a 08:00 10:00 b 10:30 12:00 c")
    assert net.journeys("a", "c") == ["08:00 ship c 12:00 = 300 rough 2/2"]


def test_a_few_minutes_or_rupiah_are_no_reason_for_a_second_journey() -> None:
    lines = "one bus price=200\ntwo bus price=190"
    net = Small(STOPS, lines, "one a 08:00 12:00 b\ntwo a 08:05 12:05 b")
    assert net.journeys("a", "b") == ["08:00 one b 12:00 = 200"]


def test_of_roads_at_any_time_the_cheap_and_the_fast_stay_and_the_rest_goes() -> None:
    roads = "a b 60 500\na b 90 200\na b 120 300"
    assert Small(STOPS, roads=roads).journeys("a", "b") == [
        "any time: 08:00 road b 09:00 = 500",
        "any time: 08:00 road b 09:30 = 200",
    ]


def test_a_detour_on_the_road_is_taken_where_it_is_cheaper() -> None:
    assert Small(STOPS, roads="a b 60 500\na c 60 100\nc b 60 100").journeys("a", "b") == [
        "any time: 08:00 road b 09:00 = 500",
        "any time: 08:00 road c 09:00, 09:00 road b 10:00 = 200",
    ]


def test_the_last_rough_crossing_is_told_with_its_arrival() -> None:
    lines = "fast fast_boat price=200 band=2\nferry ferry price=300 band=1"
    net = Small(STOPS, lines, "fast a 08:00 10:00 b\nferry b 11:00 14:00 c")
    (offer,), _ = net.search("a", "c")
    (calm,), _ = net.search("b", "c")
    assert (offer["exposed_s"], calm["exposed_s"]) == (10 * 3600, -1)


def test_a_rough_chartered_boat_before_a_leg_is_told_with_its_arrival_too() -> None:
    net = Small(STOPS, "bus bus checkin=30 price=200", "bus b 11:00 14:00 c", "a b 60 900 boat band=3")
    (offer,), _ = net.search("a", "c")
    assert net.journeys("a", "c") == ["09:30 boat b 10:30, 11:00 bus c 14:00 = 1100 rough 3/3"]
    assert offer["exposed_s"] == 10 * 3600 + 1800


def test_a_rough_chartered_boat_at_any_time_counts_from_leaving() -> None:
    net = Small(STOPS, roads="a b 60 900 boat band=3\nb c 30 100")
    (offer,), _ = net.search("a", "c")
    assert (offer["is_free"], offer["exposed_s"]) == (1, 3600)


def test_the_first_climb_above_300_metres_is_told_with_its_arrival() -> None:
    def climbs(roads: str = "", trips: str = "") -> list[int]:
        offers, _ = Small(STOPS, "bus bus checkin=30 price=200", trips, roads).search("a", "c")
        return [int(offer["climb_s"]) for offer in offers]

    assert climbs("a d 60 300", "bus d 11:00 14:00 c") == [10 * 3600 + 1800], "half an hour before the bus"
    assert climbs("a d 60 300\nd c 60 300") == [3600], "an hour after leaving, whenever that is"
    assert climbs("", "bus a 09:00 10:00 d 10:10 12:00 c") == [10 * 3600], "passing on board counts"
    assert climbs("a b 60 300", "bus b 11:00 14:00 c") == [NEVER]


@pytest.mark.xfail(strict=True, reason="a label on board is beaten by one that must board and pay again")
def test_staying_on_board_is_not_beaten_by_a_quicker_vehicle_to_the_call_on_the_way() -> None:
    """One ticket all the way is cheaper than two, though another vehicle reaches the stop between sooner."""
    lines = "through bus checkin=15 price=300\nquick bus checkin=15 price=200"
    net = Small(STOPS, lines, "through a 08:00 11:00 b 11:05 12:00 c\nquick a 08:00 09:00 b")
    assert "08:00 through c 12:00 = 300" in net.journeys("a", "c")


def test_a_stretch_of_three_roads_keeps_its_hours_when_its_first_part_has_a_rival() -> None:
    """The boat would sail from 19:00 to 20:00, in the dark, whichever road leads to its pier."""
    stops = "o place Lombok\nx place Lombok\nz place Lombok\ny place Lombok\nw place Lombok\nend place Lombok"
    roads = "x y 50 oneway\ny w 60 boat oneway\no x 100 oneway"
    trip = "bus w 20:30 23:00 end"
    direct = Small(stops, "bus bus checkin=30 price=200", trip, roads)
    rival = Small(stops, "bus bus checkin=30 price=200", trip, roads + "\no z 10 oneway\nz x 80 oneway")
    assert direct.journeys("o", "end") == []
    assert rival.journeys("o", "end") == []
