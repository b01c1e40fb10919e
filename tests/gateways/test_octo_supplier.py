"""Booking at a supplier that speaks OCTO: what is asked, what each answer means, and what no answer means."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from planner.booking.request import Answer, BookingRequest, request_of
from planner.booking.supplier_system import SupplierSystem
from planner.gateways.octo_supplier import OctoSupplier
from planner.values.parties import Party
from tests.booking.making import START, package, stay
from tests.gateways.conftest import SHORT_S, http_to
from tests.standins.octo_contract import problems
from tests.standins.octo_supplier import KEY
from tests.standins.running import RunningSupplier

CONTACT = {"email": "ani@example.org", "phone": "+62 812 0000 0000"}
LEAD = ("Ani", "Bee")
WALK = package(1, "PK01", 1_500_000, places=3, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000, nights=3, rooms=2)
NEVER_ANSWERED = ("reset", "cut_headers", "cut_body", "half_json", "empty", "not_json", "huge", "redirect")
FAILED = ("500", "503", "429", "401", "403", "404", "408")


def asking(line=WALK, **more: Any) -> BookingRequest:
    wanted = request_of("o1", "LTS-AAAAAA", line, CONTACT, ("Ani Bee", "Cit Dee"), party=Party(2, (9,)), lead=LEAD)
    return replace(wanted, **more)


@pytest.fixture
def octo(supplier: RunningSupplier) -> OctoSupplier:
    return of(supplier)


def of(supplier: RunningSupplier, total_s: float = 10, key: str = KEY, **ids: str) -> OctoSupplier:
    return OctoSupplier(SupplierSystem(supplier.address, key, ids), http_to(supplier.allowed, total_s))


# --- what is asked ------------------------------------------------------------------------------------------------


def test_a_booking_is_reserved_under_our_uuid_and_confirmed_with_our_reference(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    wanted = asking()
    assert octo.confirm(wanted) == Answer("confirmed", "SUP-1")
    (booking,) = supplier.bookings()
    assert (booking["uuid"], booking["status"]) == (wanted.uuid, "CONFIRMED")
    assert booking["resellerReference"] == "LTS-AAAAAA-01"
    assert booking["availability"]["localDateTimeStart"] == WALK.starts_at.isoformat()
    assert [item["unitId"] for item in booking["unitItems"]] == ["adult", "adult", "child"]
    assert len({item["uuid"] for item in booking["unitItems"]}) == 3
    assert booking["contact"]["fullName"] == "Ani Bee"
    assert [one["on"] for one in supplier.seen()] == ["availability", "book", "confirm"]


def test_what_is_said_on_both_sides_is_what_the_specification_describes(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    octo.confirm(asking(names=("Ani Bee", "Cit Dee")))
    octo.confirm(asking(HOUSE))
    octo.look_up(asking())
    octo.cancel(asking(), "cancelled")
    octo.look_up(asking(uuid="11111111-1111-4111-8111-111111111111"))
    seen = supplier.seen()
    assert {one["on"] for one in seen} == {"availability", "book", "confirm", "get", "cancel"}
    assert [problem for one in seen for problem in problems(one)] == []


def test_the_contract_notices_a_word_that_the_specification_does_not_know(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    octo.confirm(asking())
    book = supplier.seen("book")[0]
    assert problems({**book, "asked": {**book["asked"], "rooms": 2}})
    assert problems({**book, "told": {**book["told"], "status": "MAYBE"}})


def test_a_stay_is_one_booking_of_a_room_for_each_night(octo: OctoSupplier, supplier: RunningSupplier) -> None:
    assert octo.confirm(asking(HOUSE)).state == "confirmed"
    (booking,) = supplier.bookings()
    assert [item["unitId"] for item in booking["unitItems"]] == ["room-night"] * 6
    assert booking["availability"]["localDateTimeStart"].startswith("2027-06-02")
    assert booking["notes"] == "2 room(s), 3 night(s), leaving on 2027-06-05"
    (asked,) = [one["asked"] for one in supplier.seen("availability")]
    assert (asked["localDateStart"], asked["localDateEnd"]) == ("2027-06-02", "2027-06-04")
    assert asked["units"] == [{"id": "room-night", "quantity": 2}]


def test_names_of_those_who_travel_go_out_only_where_they_are_asked_for(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    octo.confirm(asking())
    octo.confirm(asking(uuid="22222222-2222-4222-8222-222222222222", names=("Ani Bee", "Cit Dee")))
    without, with_names = (
        [item["contact"]["fullName"] for item in one["unitItems"]] for one in supplier.bookings()
    )  # fmt: skip
    assert without == [None, None, None]
    assert with_names == ["Ani Bee", "Cit Dee", None]


def test_a_supplier_may_call_things_otherwise(supplier: RunningSupplier) -> None:
    ids = {"OUR1": "PK01", "OUR1/ours": "DEFAULT", "OUR1/grown": "adult"}
    wanted = asking(product_id="OUR1", option_id="ours", unit_ids=("grown", "grown"))
    assert of(supplier, **ids).confirm(wanted).state == "confirmed"
    assert supplier.bookings()[0]["productId"] == "PK01"
    assert of(supplier).confirm(replace(wanted, uuid="33333333-3333-4333-8333-333333333333")) == Answer(
        "declined", why="INVALID_PRODUCT_ID"
    )


# --- what it says -------------------------------------------------------------------------------------------------


def test_asking_twice_books_once(octo: OctoSupplier, supplier: RunningSupplier) -> None:
    assert octo.confirm(asking()) == octo.confirm(asking())
    assert len(supplier.bookings()) == 1


@pytest.mark.parametrize("repeat", ["500", "400"])
@pytest.mark.parametrize("stands", ["ON_HOLD", "CONFIRMED"])
def test_a_supplier_that_refuses_a_repetition_is_asked_how_the_booking_stands(
    octo: OctoSupplier, supplier: RunningSupplier, repeat: str, stands: str
) -> None:
    octo.confirm(asking())
    supplier.control("decide", {"uuid": asking().uuid, "status": stands})
    supplier.behave(repeat=repeat)
    assert octo.confirm(asking()) == Answer("confirmed", "SUP-1")
    assert len(supplier.live()) == 1


def test_a_repetition_that_is_sold_out_because_we_have_the_last_places_is_no_no(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    supplier.behave(capacity=3)
    assert octo.confirm(asking()).state == "confirmed"
    assert octo.confirm(asking()) == Answer("confirmed", "SUP-1")
    assert octo.confirm(asking(uuid="44444444-4444-4444-8444-444444444444")) == Answer("declined", why="SOLD_OUT")


def test_a_house_that_lacks_one_night_is_sold_out(octo: OctoSupplier, supplier: RunningSupplier) -> None:
    supplier.behave(capacity=2)
    last = replace(asking(HOUSE), starts_at=HOUSE.starts_at.replace(day=4), nights=1, unit_ids=("room-night",) * 2)
    assert octo.confirm(replace(last, uuid="55555555-5555-4555-8555-555555555555")).state == "confirmed"
    assert octo.confirm(asking(HOUSE)) == Answer("declined", why="SOLD_OUT")


def test_a_start_that_it_does_not_have_is_a_no(octo: OctoSupplier) -> None:
    wanted = asking(starts_at=WALK.starts_at.replace(hour=9), availability_id="")
    assert octo.confirm(wanted) == Answer("declined", why="NO_SUCH_START")


@pytest.mark.parametrize("error", ["UNPROCESSABLE_ENTITY", "INVALID_AVAILABILITY_ID", "INVALID_UNIT_ID", "BAD_REQUEST"])
@pytest.mark.parametrize("on", ["availability", "book", "confirm"])
def test_a_no_in_its_words_is_a_no_and_leaves_nothing_there(
    octo: OctoSupplier, supplier: RunningSupplier, on: str, error: str
) -> None:
    supplier.will(on, "before", error)
    assert octo.confirm(asking()) == Answer("declined", why=error)
    assert (supplier.live(), supplier.on_hold()) == ({}, [])


def test_what_it_reserved_and_will_not_confirm_is_not_called_a_no_until_it_is_given_back(
    octo: OctoSupplier, supplier: RunningSupplier
) -> None:
    supplier.will("confirm", "before", "UNPROCESSABLE_ENTITY")
    supplier.will("cancel", "before", "reset")
    assert octo.confirm(asking()).state == "unknown"
    assert len(supplier.on_hold()) == 1
    assert octo.look_up(asking()) == Answer("confirmed", "SUP-1")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("CONFIRMED", Answer("confirmed", "SUP-1")),
        ("REDEEMED", Answer("confirmed", "SUP-1")),
        ("PENDING", Answer("pending", "SUP-1")),
        ("REJECTED", Answer("declined", "SUP-1", "rejected")),
        ("EXPIRED", Answer("declined", "SUP-1", "expired")),
        ("CANCELLED", Answer("declined", "SUP-1", "cancelled")),
        ("ON_HOLD", Answer("confirmed", "SUP-1")),
    ],
)
def test_each_state_of_a_booking_means_one_thing(
    octo: OctoSupplier, supplier: RunningSupplier, status: str, answer: Answer
) -> None:
    octo.confirm(asking())
    supplier.control("decide", {"uuid": asking().uuid, "status": status})
    assert octo.look_up(asking()) == answer


@pytest.mark.parametrize("status", ["PENDING", "REJECTED"])
def test_a_supplier_may_have_to_think_or_refuse_when_it_confirms(
    octo: OctoSupplier, supplier: RunningSupplier, status: str
) -> None:
    supplier.behave(confirms_as=status)
    assert octo.confirm(asking()).state == {"PENDING": "pending", "REJECTED": "declined"}[status]


def test_a_booking_that_it_does_not_know_never_arrived(octo: OctoSupplier) -> None:
    assert octo.look_up(asking()) == Answer("declined", why="not_found")


def test_a_booking_of_fewer_places_is_not_ours(octo: OctoSupplier, supplier: RunningSupplier) -> None:
    supplier.behave(forgets_units=True)
    assert octo.confirm(asking()) == Answer("unknown", why="other_places")


# --- what it does not say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [*NEVER_ANSWERED, *FAILED])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("on", ["availability", "book", "confirm"])
def test_no_answer_is_no_no_and_asking_again_books_once(
    octo: OctoSupplier, supplier: RunningSupplier, on: str, when: str, how: str
) -> None:
    supplier.will(on, when, how)
    first = octo.confirm(asking())
    assert first.state in ("unknown", "confirmed"), first
    again = octo.look_up(asking())
    if again.why == "not_found":
        again = octo.confirm(asking())
    assert again == Answer("confirmed", "SUP-1")
    assert (list(supplier.live()), supplier.on_hold()) == ([asking().uuid], [])


@pytest.mark.parametrize("how", [*NEVER_ANSWERED, *FAILED])
def test_a_look_up_without_an_answer_is_no_no(octo: OctoSupplier, supplier: RunningSupplier, how: str) -> None:
    octo.confirm(asking())
    supplier.will("get", "after", how)
    assert octo.look_up(asking()).state == "unknown"
    assert octo.look_up(asking()).state == "confirmed"


@pytest.mark.parametrize("how", [*NEVER_ANSWERED, *FAILED])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_cancellation_is_done_only_when_the_supplier_says_so(
    octo: OctoSupplier, supplier: RunningSupplier, when: str, how: str
) -> None:
    octo.confirm(asking())
    supplier.will("cancel", when, how)
    first = octo.cancel(asking(), "undone")
    assert first.state in ("unknown", "cancelled")
    assert first.state == "unknown" or supplier.live() == {}
    assert octo.cancel(asking(), "undone").state == "cancelled"
    assert supplier.live() == {}


@pytest.mark.parametrize("on", ["availability", "book", "confirm"])
@pytest.mark.parametrize("how", ["black_hole", "drip"])
def test_a_supplier_that_never_ends_is_not_waited_for(supplier: RunningSupplier, on: str, how: str) -> None:
    supplier.will(on, "after", how)
    assert of(supplier, SHORT_S).confirm(asking()) == Answer("unknown", why="timeout")
    assert of(supplier).confirm(asking()) == Answer("confirmed", "SUP-1")


def test_what_never_existed_is_cancelled(octo: OctoSupplier) -> None:
    assert octo.cancel(asking(), "undone") == Answer("cancelled", why="not_found")


@pytest.mark.parametrize("status", ["EXPIRED", "CANCELLED", "REJECTED"])
def test_what_is_over_is_cancelled(octo: OctoSupplier, supplier: RunningSupplier, status: str) -> None:
    octo.confirm(asking())
    supplier.control("decide", {"uuid": asking().uuid, "status": status})
    assert octo.cancel(asking(), "undone").state == "cancelled"


def test_a_supplier_that_will_not_cancel_is_not_believed_to_have(octo: OctoSupplier, supplier: RunningSupplier) -> None:
    octo.confirm(asking())
    supplier.behave(may_cancel=False)
    assert octo.cancel(asking(), "undone") == Answer("unknown", why="is_confirmed")


def test_a_supplier_that_is_away_is_no_no(supplier: RunningSupplier) -> None:
    octo = of(supplier)
    supplier.stop()
    for answer in (octo.confirm(asking()), octo.look_up(asking()), octo.cancel(asking(), "undone")):
        assert answer == Answer("unknown", why="refused")
    supplier.start()
    assert octo.confirm(asking()).state == "confirmed"


# --- the key ------------------------------------------------------------------------------------------------------


def test_a_refused_key_is_no_no(supplier: RunningSupplier) -> None:
    wrong = of(supplier, key="another-key")
    for answer in (wrong.confirm(asking()), wrong.look_up(asking()), wrong.cancel(asking(), "undone")):
        assert answer == Answer("unknown", why="forbidden")


@pytest.mark.parametrize("key", ["a\r\nX-Injected: 1", "clé", "a\nb"])
def test_a_key_that_is_none_is_not_sent(supplier: RunningSupplier, key: str) -> None:
    assert of(supplier, key=key).confirm(asking()) == Answer("unknown", why="key_unreadable")
    assert supplier.seen() == []


def test_neither_key_nor_names_are_logged(
    supplier: RunningSupplier, octo: OctoSupplier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for how in ("", "reset", "cut_body", "500"):
        if how:
            supplier.will("book", "after", how)
        octo.confirm(asking(names=("Ani Bee", "Cit Dee")))
        octo.cancel(asking(), "undone")
    of(supplier, key="wrong\nkey").confirm(asking())
    written = caplog.text
    assert "supplier op-PK01: confirm is confirmed" in written
    for secret in (KEY, "wrong", "Ani", "Bee", "ani@example.org", "812 0000", "8120000"):
        assert secret not in written
    assert KEY not in repr(SupplierSystem("https://s", KEY))
