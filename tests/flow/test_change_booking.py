"""A change of a booked trip: what stays is not touched, what is new is confirmed first, what goes goes after that."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from planner.booking.change import Change
from planner.booking.hold import HoldLapsed
from planner.booking.quote import Line
from planner.booking.states import WrongState
from planner.flow.answer_request import answer_request
from planner.flow.cancel_booking import ChangeUnderWay, TermsChanged, cancel_booking
from planner.flow.change_booking import (
    OtherParty,
    compare_with_booked,
    hold_change,
    propose_change,
    release_change,
    sweep_changes,
)
from planner.flow.hold_places import NotForSale, QuoteExpired, SoldOutNow
from planner.flow.open_payment import balance_of, open_change_payment
from planner.flow.record_transfer import amount_due
from planner.flow.steer_order import undo_order
from planner.flow.take_payment import check_payment
from planner.store import changes, ledger, orders, payments
from planner.store.db import db
from tests.booking.making import BRIEF, FREE_A_DAY_BEFORE, START, fee, package, quote_of, ride, stay
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, NO, World
from tests.flow.test_desk_acts import transfer

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
FERRY = ride(3, 261_200, terms=FREE_A_DAY_BEFORE)
TRIP = (WALK, HOUSE, FERRY, fee(9, 300_000))
TOTAL = 1_000_000 + 900_000 + 261_200
BETTER = stay(2, "ST-LBJ-5", 700_000)
DIVING = package(5, "PK55", 800_000, starts_at=START.replace(hour=8))
CRUISE = package(4, "PK47", 11_000_000, "requested")
OTHER_FERRY = replace(ride(3, 200_000, route_id="F-KYA-PTO", terms=FREE_A_DAY_BEFORE), number=3)


def booked(world: World, lines: Sequence[Line] = TRIP, **more) -> str:
    order_id = shop.paid(world, lines, **more)
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"
    return order_id


def changed_to(world: World, order_id: str, lines: Sequence[Line]) -> Change:
    return compare_with_booked(order_id, quote_of(lines, world.clock.now()), world.services)


def held(world: World, order_id: str, lines: Sequence[Line]) -> int:
    return hold_change(order_id, changed_to(world, order_id, lines), world.services, "traveller").number


def page(world: World, order_id: str, number: int) -> str:
    opened = open_change_payment(order_id, number, "https://s/done", "https://s/back", "A change", world.services)
    return opened.session_id


def paid(world: World, order_id: str, lines: Sequence[Line]) -> int:
    number = held(world, order_id, lines)
    world.payments.pay(page(world, order_id, number))
    check_payment(order_id, world.services)
    assert change_state(order_id, number) == "authorised"
    return number


def change_state(order_id: str, number: int) -> str:
    db.session.rollback()
    return changes.get_change(order_id, number).state


def products(order_id: str) -> list[str]:
    """List what is booked, by product."""
    db.session.rollback()
    rows = orders.list_lines(order_id)
    sold = [row.data["item"] for row in rows if row.state in ("confirmed", "to_buy", "bought")]
    return sorted(item.get("product_id") or item["route_id"] for item in sold)


def as_it_was(world: World, order_id: str) -> None:
    """Hold what a change that came to nothing promises: the trip is what it was, and no money moved."""
    assert shop.state(order_id) == "confirmed"
    assert products(order_id) == ["F-PDB-LEM", "PK01", "ST-LBJ-1"]
    assert world.suppliers.held() == ["PK01", "ST-LBJ-1"]
    assert world.payments.taken() == TOTAL
    assert orders.get_order(order_id).version == 0
    assert balance_of(order_id) == 0
    assert not [p for p in payments.list_payments(order_id) if p.state == "authorised"]


def test_a_dearer_house_is_paid_for_with_the_difference_and_nothing_else_is_touched(world: World) -> None:
    order_id = booked(world)
    calls_before = len(world.suppliers.calls)
    number = paid(world, order_id, (WALK, BETTER, FERRY))
    steps = shop.run(world, order_id)

    assert steps == [
        "confirm", "capture", "cancel_line", "open_tasks", "issue_vouchers", "tell", "finish",
    ]  # fmt: skip
    assert change_state(order_id, number) == "confirmed"
    assert products(order_id) == ["F-PDB-LEM", "PK01", "ST-LBJ-5"]
    assert world.suppliers.held() == ["PK01", "ST-LBJ-5"]
    assert [what for what, _ in world.suppliers.calls[calls_before:]] == ["confirm", "cancel"]
    assert world.payments.taken() == TOTAL - 900_000 + 1_400_000
    assert ledger.balances(order_id).get(f"traveller:{order_id}", 0) == 0
    assert world.mailer.subjects() == ["confirmed", "changed:1"]
    assert orders.get_order(order_id).total == TOTAL - 900_000 + 1_400_000


def test_the_booked_trip_stands_until_the_new_parts_are_confirmed(world: World) -> None:
    order_id = booked(world)
    paid(world, order_id, (WALK, BETTER, FERRY))

    assert products(order_id) == ["F-PDB-LEM", "PK01", "ST-LBJ-1"]
    assert shop.counts(HOUSE) == (0, 1) and shop.counts(BETTER) == (1, 0)


def test_a_cheaper_trip_is_paid_back_without_a_payment_page(world: World) -> None:
    order_id = booked(world)
    number = held(world, order_id, (HOUSE, FERRY))
    assert change_state(order_id, number) == "authorised"
    steps = shop.run(world, order_id)

    assert steps[:3] == ["book_sale", "cancel_line", "refund_back"]
    assert world.payments.taken() == TOTAL - 1_000_000
    assert products(order_id) == ["F-PDB-LEM", "ST-LBJ-1"]
    assert world.mailer.subjects() == ["confirmed", "changed:1"]


def test_a_no_leaves_the_trip_as_it_was(world: World) -> None:
    order_id = booked(world, consent="closest")
    world.suppliers.will("confirm ST-LBJ-5", NO)
    number = paid(world, order_id, (WALK, BETTER, FERRY))
    shop.run(world, order_id)

    assert change_state(order_id, number) == "undone"
    as_it_was(world, order_id)
    assert world.mailer.subjects() == ["confirmed", "change_undone:1"]


def test_one_no_among_new_parts_gives_the_others_back(world: World) -> None:
    order_id = booked(world)
    world.suppliers.will("confirm PK55", NO)
    paid(world, order_id, (WALK, BETTER, FERRY, DIVING))
    shop.run(world, order_id)

    as_it_was(world, order_id)
    assert shop.counts(BETTER) == (0, 0)


def test_a_new_part_on_request_waits_for_its_supplier(world: World) -> None:
    order_id = booked(world)
    number = paid(world, order_id, (WALK, HOUSE, FERRY, CRUISE))
    shop.run(world, order_id, stop_at="wait")
    assert change_state(order_id, number) == "authorised"

    (row,) = orders.list_proposed(order_id, number)
    answer_request(str(row.answer_token), True, world.services)
    shop.run(world, order_id)

    assert change_state(order_id, number) == "confirmed"
    assert products(order_id) == ["F-PDB-LEM", "PK01", "PK47", "ST-LBJ-1"]


def test_a_new_part_whose_supplier_is_silent_leaves_the_trip_as_it_was(world: World) -> None:
    order_id = booked(world)
    number = paid(world, order_id, (WALK, HOUSE, FERRY, CRUISE))
    shop.run(world, order_id, most_h=72)

    assert change_state(order_id, number) == "undone"
    as_it_was(world, order_id)


def test_a_hold_that_runs_out_leaves_the_trip_as_it_was_and_late_money_is_released(world: World) -> None:
    order_id = booked(world)
    number = held(world, order_id, (WALK, BETTER, FERRY))
    session = page(world, order_id, number)
    world.clock.move(hours=2)
    assert sweep_changes(world.services) == 1
    assert change_state(order_id, number) == "lapsed" and shop.counts(BETTER) == (0, 0)

    world.payments.pay(session)
    check_payment(order_id, world.services)
    shop.run(world, order_id)
    as_it_was(world, order_id)
    assert change_state(order_id, number) == "undone"


def test_it_can_be_given_up_before_it_is_paid(world: World) -> None:
    order_id = booked(world)
    number = held(world, order_id, (WALK, BETTER, FERRY))
    release_change(order_id, number, world.services)

    as_it_was(world, order_id)
    with pytest.raises(HoldLapsed):
        page(world, order_id, number)
    held(world, order_id, (WALK, BETTER, FERRY))  # and another one may be begun


def test_a_place_that_somebody_else_took_holds_nothing(world: World) -> None:
    order_id = booked(world)
    wanted = changed_to(world, order_id, (WALK, BETTER, FERRY, DIVING))
    shop.set_capacity(BETTER, 1)
    shop.hold(world, [BETTER])
    with pytest.raises(SoldOutNow):
        hold_change(order_id, wanted, world.services, "traveller")

    assert shop.counts(DIVING) == (0, 0)
    assert changes.list_changes(order_id) == []
    as_it_was(world, order_id)


def test_one_change_at_a_time_and_no_cancelling_meanwhile(world: World) -> None:
    order_id = booked(world)
    held(world, order_id, (WALK, BETTER, FERRY))
    with pytest.raises(ChangeUnderWay):
        held(world, order_id, (WALK, FERRY))
    with pytest.raises(ChangeUnderWay):
        cancel_booking(order_id, [1], 1_000_000, world.services, "traveller")


def test_what_is_paid_back_is_what_was_shown_or_nothing_happens(world: World) -> None:
    order_id = booked(world)
    shown = changed_to(world, order_id, (WALK, BETTER, FERRY))
    world.clock.move(hours=(START - world.clock.now()).total_seconds() // 3600 - 12)
    fresh = replace(shown, quote=quote_of(shown.quote.lines, world.clock.now()))
    with pytest.raises(TermsChanged):
        hold_change(order_id, fresh, world.services, "traveller")


def test_old_prices_are_not_held(world: World) -> None:
    order_id = booked(world)
    shown = changed_to(world, order_id, (WALK, BETTER, FERRY))
    world.clock.move(minutes=31)
    with pytest.raises(QuoteExpired):
        hold_change(order_id, shown, world.services, "traveller")


def test_a_part_that_has_begun_cannot_go(world: World) -> None:
    order_id = booked(world)
    world.clock.move(seconds=(FERRY.starts_at - world.clock.now()).total_seconds() + 60)
    with pytest.raises(NotForSale) as refused:
        held(world, order_id, (WALK, HOUSE))
    assert refused.value.params["lines"] == {3: "begun"}


def test_nothing_new_is_no_change_and_an_unbooked_trip_has_none(world: World) -> None:
    order_id = booked(world)
    with pytest.raises(WrongState):
        held(world, order_id, TRIP)
    unpaid = shop.hold(world, [WALK])
    with pytest.raises(WrongState):
        changed_to(world, unpaid, TRIP)


def test_other_people_are_another_trip(world: World) -> None:
    order_id = booked(world)
    brief = {**BRIEF, "party": {**BRIEF["party"], "adults": 3}}
    with pytest.raises(OtherParty):
        propose_change(order_id, {}, brief, world.services)


def test_a_ticket_bought_later_is_bought_for_the_new_crossing_alone(world: World) -> None:
    order_id = booked(world)
    assert shop.open_tasks(order_id) == ["buy_ticket"]
    held(world, order_id, (WALK, HOUSE, OTHER_FERRY))
    shop.run(world, order_id)

    assert shop.open_tasks(order_id) == ["buy_ticket"]
    assert products(order_id) == ["F-KYA-PTO", "PK01", "ST-LBJ-1"]
    assert world.payments.taken() == TOTAL - 61_200


def test_it_can_be_changed_again_and_cancelled_after(world: World) -> None:
    order_id = booked(world)
    paid(world, order_id, (WALK, BETTER, FERRY))
    shop.run(world, order_id)
    number = held(world, order_id, (BETTER, FERRY))
    shop.run(world, order_id)
    assert number == orders.get_order(order_id).version == 2
    assert products(order_id) == ["F-PDB-LEM", "ST-LBJ-5"]

    left = 1_400_000 + 261_200
    cancel_booking(order_id, (), left, world.services, "traveller")
    shop.run(world, order_id)
    assert shop.state(order_id) == "cancelled"
    assert world.payments.taken() == 0
    assert world.suppliers.held() == []


def test_a_capture_whose_answer_was_lost_is_taken_once(world: World) -> None:
    order_id = booked(world)
    world.payments.will("capture", LOST_AFTER)
    number = paid(world, order_id, (WALK, BETTER, FERRY))
    shop.run(world, order_id)

    assert change_state(order_id, number) == "confirmed"
    assert world.payments.taken() == TOTAL + 500_000


def test_the_rest_of_a_deposit_stays_owed_and_a_cheaper_trip_lowers_it(world: World) -> None:
    order_id = booked(world, plan=1)
    rest = balance_of(order_id)
    assert rest > 0
    held(world, order_id, (HOUSE, FERRY))
    shop.run(world, order_id)

    assert balance_of(order_id) == max(0, rest - 1_000_000)
    assert world.payments.taken() + balance_of(order_id) == TOTAL - 1_000_000


def test_what_was_paid_for_a_change_goes_back_first(world: World) -> None:
    order_id = booked(world)
    paid(world, order_id, (WALK, BETTER, FERRY))
    shop.run(world, order_id)
    cancel_booking(order_id, [1], 1_000_000, world.services, "traveller")
    shop.run(world, order_id)

    by_purpose = {p.purpose: p.refunded for p in payments.list_payments(order_id)}
    assert by_purpose == {"whole": 500_000, "change": 500_000}




# --- at the desk -------------------------------------------------------------------------------------------------


def test_the_difference_may_come_by_transfer(world: World, tmp_path: Path) -> None:
    order_id = booked(world)
    number = held(world, order_id, (WALK, BETTER, FERRY))
    assert amount_due(orders.get_order(order_id)) == 500_000
    transfer(world, order_id, 500_000, tmp_path)
    shop.run(world, order_id)

    assert change_state(order_id, number) == "confirmed"
    assert products(order_id) == ["F-PDB-LEM", "PK01", "ST-LBJ-5"]
    assert world.payments.taken() == TOTAL
    assert ledger.balances(order_id)["bank"] == 500_000


def test_a_transfer_for_a_change_that_fails_is_paid_back_by_a_person(world: World, tmp_path: Path) -> None:
    order_id = booked(world)
    world.suppliers.will("confirm ST-LBJ-5", NO)
    held(world, order_id, (WALK, BETTER, FERRY))
    transfer(world, order_id, 500_000, tmp_path)
    shop.run(world, order_id)

    as_it_was(world, order_id)
    assert "refund_transfer" in shop.open_tasks(order_id)


def test_staff_undo_a_change_that_is_held_or_being_confirmed_and_the_trip_stands(world: World) -> None:
    order_id = booked(world)
    first = held(world, order_id, (WALK, BETTER, FERRY))
    undo_order(order_id, "asked by telephone", world.services, "ayu")
    assert change_state(order_id, first) == "undone"

    second = paid(world, order_id, (WALK, HOUSE, FERRY, CRUISE))
    shop.run(world, order_id, stop_at="wait")
    undo_order(order_id, "asked by telephone", world.services, "ayu")
    shop.run(world, order_id)
    assert change_state(order_id, second) == "undone"
    as_it_was(world, order_id)
    with pytest.raises(WrongState):
        undo_order(order_id, "and again", world.services, "ayu")
