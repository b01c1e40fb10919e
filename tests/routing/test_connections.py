"""What must lie between two vehicles: check-in, the way to the kerb, the longer times of airports and seas."""

import pytest

from tests.routing.small_network import Small

STOPS = """
    ubud    place    Bali
    sanur   harbour  Bali
    DPS     airport  Bali     kerb=45 connect=120 to_boat=180
    LOP     airport  Lombok   kerb=25 connect=75 to_boat=100
    kuta    place    Lombok
    pier    harbour  Lombok
    LBJ     airport  Flores   kerb=20
    bajo    place    Flores
"""
LINES = """
    fly    flight     checkin=90 close=30 price=900
    hop    flight     checkin=90 close=30 price=500
    ferry  ferry      checkin=60 close=15 price=100
    fast   fast_boat  checkin=30 close=10 price=400
    bus    bus        checkin=15 close=5  price=80
"""


def test_a_road_before_a_leg_starts_just_in_time_for_check_in() -> None:
    net = Small(STOPS, LINES, "fly DPS 10:00 11:10 LBJ", "ubud DPS 85 350")
    assert net.journeys("ubud", "LBJ") == ["07:05 road DPS 08:30, 10:00 fly LBJ 11:10 = 1250"]


def test_check_in_is_aimed_at_not_its_closing() -> None:
    """A bus that arrives 89 minutes before take-off is too late, though the desk shuts at 30."""
    trips = "fly LOP 10:00 11:10 LBJ\nbus kuta 07:00 {} LOP"
    assert Small(STOPS, LINES, trips.format("08:31")).journeys("kuta", "LBJ") == []
    assert Small(STOPS, LINES, trips.format("08:30")).journeys("kuta", "LBJ") == [
        "07:00 bus LOP 08:30, 10:00 fly LBJ 11:10 = 980"
    ]


def test_a_journey_starts_with_check_in_at_the_first_stop() -> None:
    net = Small(STOPS, LINES, "ferry pier 09:00 13:00 sanur")
    offers, _ = net.search("pier", "sanur")
    assert [offer["dep_s"] // 60 for offer in offers] == [8 * 60], "an hour before the ferry"


@pytest.mark.parametrize(("lands", "found"), [("09:45", True), ("09:46", False)])
def test_from_flight_to_flight_the_connect_time_of_the_hub_counts(lands: str, found: bool) -> None:
    """Lombok asks 75 minutes: less than kerb and check-in (25 + 90), more than kerb and closing (25 + 30)."""
    net = Small(STOPS, LINES, f"hop DPS 09:00 {lands} LOP\nfly LOP 11:00 12:10 LBJ")
    wanted = [f"09:00 hop LOP {lands}, 11:00 fly LBJ 12:10 = 1400"]
    assert net.journeys("DPS", "LBJ") == (wanted if found else [])


@pytest.mark.parametrize(("lands", "found"), [("09:35", True), ("09:36", False)])
def test_from_flight_to_flight_kerb_and_closing_count_where_they_are_longer(lands: str, found: bool) -> None:
    slow = STOPS.replace("kerb=25 connect=75", "kerb=55 connect=75")
    net = Small(slow, LINES, f"hop DPS 09:00 {lands} LOP\nfly LOP 11:00 12:10 LBJ")
    assert bool(net.journeys("DPS", "LBJ")) == found


def test_after_a_landing_a_road_starts_at_the_kerb() -> None:
    net = Small(STOPS, LINES, "fly DPS 10:00 11:10 LBJ", "LBJ bajo 10 50")
    assert net.journeys("DPS", "bajo") == ["10:00 fly LBJ 11:10, 11:30 road bajo 11:40 = 950"]


@pytest.mark.parametrize(("leaves", "found"), [("10:40", True), ("10:39", False)])
def test_after_a_landing_a_bus_needs_kerb_and_check_in(leaves: str, found: bool) -> None:
    net = Small(STOPS, LINES, f"hop DPS 09:00 10:00 LOP\nbus LOP {leaves} 11:40 kuta")
    assert net.journeys("DPS", "kuta") == ([f"09:00 hop LOP 10:00, {leaves} bus kuta 11:40 = 580"] if found else [])


def test_after_a_boat_a_bus_needs_its_check_in_alone() -> None:
    net = Small(STOPS, LINES, "ferry sanur 08:00 12:00 pier\nbus pier 12:15 13:00 kuta\nbus pier 12:14 12:50 kuta")
    assert net.journeys("sanur", "kuta") == ["08:00 ferry pier 12:00, 12:15 bus kuta 13:00 = 180"]


@pytest.mark.parametrize(("sails", "found"), [("11:40", True), ("11:39", False)])
def test_from_a_landing_to_a_boat_the_hub_asks_its_own_time(sails: str, found: bool) -> None:
    """From Lombok's airport to a boat 100 minutes; kerb, road and check-in alone would need 85."""
    net = Small(STOPS, LINES, f"hop DPS 09:00 10:00 LOP\nfast pier {sails} 13:00 sanur", "LOP pier 30 200")
    found_journeys = net.journeys("DPS", "sanur")
    assert bool(found_journeys) == found, found_journeys


def test_that_time_binds_boats_only() -> None:
    net = Small(STOPS, LINES, "hop DPS 09:00 10:00 LOP\nbus pier 11:10 13:00 kuta", "LOP pier 30 200")
    assert net.journeys("DPS", "kuta") == ["09:00 hop LOP 10:00, 10:25 road pier 10:55, 11:10 bus kuta 13:00 = 780"]


@pytest.mark.parametrize(("takes_off", "found"), [("14:30", True), ("14:29", False)])
def test_a_fast_boat_into_bali_must_land_four_hours_before_the_desk_shuts(takes_off: str, found: bool) -> None:
    """It lands at ten; 240 minutes and the half hour of the desk make half past two."""
    net = Small(STOPS, LINES, f"fast pier 08:00 10:00 sanur\nfly DPS {takes_off} 15:40 LBJ", "sanur DPS 30 150")
    journeys = net.journeys("pier", "LBJ")
    wanted = [f"08:00 fast sanur 10:00, 10:00 road DPS 10:30, {takes_off} fly LBJ 15:40 = 1450"]
    assert journeys == (wanted if found else [])


def test_the_four_hours_hold_for_fast_boats_into_bali_alone() -> None:
    ferry = Small(STOPS, LINES, "ferry pier 08:00 10:00 sanur\nfly DPS 12:00 13:10 LBJ", "sanur DPS 30 150")
    assert ferry.journeys("pier", "LBJ") == [
        "08:00 ferry sanur 10:00, 10:00 road DPS 10:30, 12:00 fly LBJ 13:10 = 1150"
    ]
    lombok = Small(STOPS, LINES, "fast sanur 08:00 10:00 pier\nfly LOP 12:10 13:20 LBJ", "pier LOP 30 150")
    assert lombok.journeys("sanur", "LBJ") == [
        "08:00 fast pier 10:00, 10:00 road LOP 10:30, 12:10 fly LBJ 13:20 = 1450"
    ]


def test_a_ride_between_fast_boat_and_flight_does_not_shorten_the_four_hours() -> None:
    trips = "fast pier 08:00 10:00 sanur\nbus sanur 10:15 11:00 DPS\nfly DPS 14:29 15:40 LBJ"
    assert Small(STOPS, LINES, trips).journeys("pier", "LBJ") == []
    assert Small(STOPS, LINES, trips.replace("14:29", "14:30")).journeys("pier", "LBJ") == [
        "08:00 fast sanur 10:00, 10:15 bus DPS 11:00, 14:30 fly LBJ 15:40 = 1380"
    ]


def test_offers_tell_from_when_one_may_fly_and_when_the_first_flight_left() -> None:
    net = Small(STOPS, LINES, "fast pier 08:00 10:00 sanur\nfly DPS 15:00 16:10 LBJ", "sanur DPS 30 150")
    (boat,), _ = net.search("pier", "sanur")
    (flight,), _ = net.search("pier", "LBJ")
    assert boat["fly_at_s"] == 14 * 3600
    assert flight["first_flight_s"] == 15 * 3600 < boat["first_flight_s"]


def test_two_vehicles_are_two_fares_and_one_vehicle_over_two_hops_is_one_leg_and_one_fare() -> None:
    through = Small(STOPS, LINES, "bus ubud 08:00 09:00 sanur 09:05 10:00 DPS", "")
    assert through.journeys("ubud", "DPS") == ["08:00 bus DPS 10:00 = 80"]
    changed = Small(STOPS, LINES, "bus ubud 08:00 09:00 sanur\nbus sanur 09:15 10:00 DPS", "")
    assert changed.journeys("ubud", "DPS") == ["08:00 bus sanur 09:00, 09:15 bus DPS 10:00 = 160"]


def test_a_trip_may_be_joined_and_left_at_a_call_on_the_way() -> None:
    net = Small(STOPS, LINES, "bus ubud 08:00 09:00 sanur 09:05 10:00 DPS", "")
    assert net.journeys("sanur", "DPS") == ["09:05 bus DPS 10:00 = 80"]
    assert net.journeys("ubud", "sanur") == ["08:00 bus sanur 09:00 = 80"]


def test_the_same_trip_of_another_day_is_another_vehicle() -> None:
    """Yesterday's coach ends at Sanur at ten; today's leaves there half an hour later: two seats, two fares."""
    net = Small(STOPS, LINES, "bus sanur 10:30 12:00 ubud 12:30 20:00 DPS 28:30 34:00 sanur")
    assert net.journeys("DPS", "ubud") == ["04:30 bus sanur 10:00, 10:30 bus ubud 12:00 = 160"]
    _, (legs,) = net.search("DPS", "ubud")
    assert [leg.service_day for leg in legs] == [-1, 0] and legs[0].trip == legs[1].trip
    tight = Small(STOPS, LINES, "bus sanur 10:14 12:00 ubud 12:30 20:00 DPS 28:30 34:00 sanur")
    assert tight.journeys("DPS", "ubud") == [], "and a check-in of a quarter of an hour between"


def test_a_trip_that_left_yesterday_can_be_joined_after_midnight() -> None:
    net = Small(STOPS, LINES, "ferry sanur 23:00 28:30 pier 29:30 31:00 kuta", "")
    offers, moves = net.search("pier", "kuta")
    assert [(m.dep_s // 60, m.service_day) for legs in moves for m in legs] == [(5 * 60 + 30, -1)]
    assert [offer["dep_s"] // 60 for offer in offers] == [4 * 60 + 30]


def test_a_line_runs_only_on_its_days() -> None:
    net = Small(STOPS, LINES, "fly DPS 10:00 11:10 LBJ on=1")
    assert net.journeys("DPS", "LBJ", day=1) == ["10:00 fly LBJ 11:10 = 900"]
    assert net.journeys("DPS", "LBJ", day=2) == []
    assert net.journeys("DPS", "LBJ", day=0) == [], "a journey leaves on the day searched"


def test_nobody_leaves_before_four_in_the_morning_or_after_half_past_nine_in_the_evening() -> None:
    bus = "bus ubud {} {} DPS"

    def found(leaves: str, arrives: str) -> bool:
        return bool(Small(STOPS, LINES, bus.format(leaves, arrives)).journeys("ubud", "DPS"))

    assert [found("04:14", "05:30"), found("04:15", "05:30")] == [False, True]
    assert [found("21:45", "22:30"), found("21:46", "22:30")] == [True, False]


def test_nobody_waits_more_than_nine_hours_between_two_vehicles() -> None:
    trips = "ferry sanur 06:00 09:00 pier\nbus pier {} 19:30 kuta"
    assert Small(STOPS, LINES, trips.format("18:01")).journeys("sanur", "kuta") == []
    assert len(Small(STOPS, LINES, trips.format("18:00")).journeys("sanur", "kuta")) == 1


def test_roads_join_roads_before_and_after_a_leg() -> None:
    net = Small(STOPS, LINES, "fly DPS 10:00 11:10 LBJ", "ubud sanur 40 100\nsanur DPS 30 100\nLBJ bajo 10 50")
    assert net.journeys("ubud", "bajo") == [
        "07:20 road sanur 08:00, 08:00 road DPS 08:30, 10:00 fly LBJ 11:10, 11:30 road bajo 11:40 = 1150"
    ]


def test_a_one_way_road_is_not_driven_back() -> None:
    net = Small(STOPS, roads="ubud sanur 40 100 oneway")
    assert net.journeys("ubud", "sanur") == ["any time: 08:00 road sanur 08:40 = 100"]
    assert net.journeys("sanur", "ubud") == []


def test_a_sooner_cheaper_fast_boat_does_not_remove_the_ferry_that_alone_makes_the_flight() -> None:
    lines = LINES + "    quick  fast_boat  checkin=30 close=10 price=50\n"
    trips = "quick pier 08:00 09:00 sanur\nferry pier 08:00 11:00 sanur\nfly DPS 13:00 14:10 LBJ"
    net = Small(STOPS, lines, trips, "sanur DPS 30 150")
    assert net.journeys("pier", "LBJ") == ["08:00 ferry sanur 11:00, 11:00 road DPS 11:30, 13:00 fly LBJ 14:10 = 1150"]


def test_a_sooner_cheaper_landing_does_not_remove_the_bus_whose_riders_need_no_kerb() -> None:
    lines = LINES + "    cheap  flight  checkin=90 close=30 price=10\n"
    trips = "cheap kuta 09:00 10:00 LOP\nbus kuta 07:30 10:20 LOP\nbus LOP 10:35 12:00 pier"
    assert Small(STOPS, lines, trips).journeys("kuta", "pier") == ["07:30 bus LOP 10:20, 10:35 bus pier 12:00 = 160"]
