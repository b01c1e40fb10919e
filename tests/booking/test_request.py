"""What a supplier is asked: the same booking however often it is asked for, and no name it does not need."""

from dataclasses import replace

from planner.booking.request import BookingRequest, request_of
from tests.booking.making import package, ride, stay


def ask(line=None, order_id: str = "o1", **more) -> BookingRequest:
    line = line or package(3, "PK47", 1_000_000)
    return request_of(order_id, "LTS-ABCDEF", line, {"email": "a@b.c"}, ("Ani B", "Cit D"), **more)


def test_asking_twice_is_the_same_booking() -> None:
    assert ask() == ask()


def test_another_order_line_or_version_is_another_booking() -> None:
    others = [ask(order_id="o2"), ask(package(4, "PK47", 1_000_000)), ask(version=2)]
    assert len({ask().uuid, *(other.uuid for other in others)}) == 4


def test_it_names_order_and_part_for_people() -> None:
    assert ask().reference == "LTS-ABCDEF-03"


def test_names_go_only_where_they_are_needed() -> None:
    assert ask().names == ()
    assert ask(replace(package(3, "PK47", 1_000_000), needs_names=True)).names == ("Ani B", "Cit D")


def test_units_are_places_of_a_start_rooms_of_a_night_and_seats_of_a_ticket() -> None:
    assert ask(package(1, "PK47", 900_000, places=3)).units == 3
    assert ask(stay(1, "ST-LBJ-1", 400_000, nights=4, rooms=2)).units == 2
    assert ask(ride(1, 200_000)).units == 2


def test_what_has_no_product_is_named_by_route_and_trip() -> None:
    wanted = ask(ride(1, 200_000))
    assert (wanted.product_id, wanted.option_id) == ("F-PDB-LEM", "F-PDB-LEM-1")
