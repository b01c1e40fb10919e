"""Orders carried through against a real server that breaks off, hangs, fails and dies: its list and ours are one.

After each story: nothing booked twice, nothing at the supplier that no order has, nothing confirmed to a traveller that
the supplier does not have, no reservation left hanging, and the shop's books are right (which `world` holds).
"""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import select

from planner.booking.states import SOLD_LINES
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.confirm_booking import take_next_step
from planner.store.db import db
from planner.store.orders import OrderLine
from tests.booking.making import START, package, stay
from tests.flow import shop
from tests.flow.fakes import World
from tests.gateways.conftest import SHORT_S, WITH_A_SYSTEM
from tests.standins.octo_contract import problems
from tests.standins.running import RunningSupplier

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
TRIP = (WALK, HOUSE)
SLOW = f"slow:{2 * SHORT_S}"
HOWS = ("reset", "cut_headers", "cut_body", "empty", "not_json", "500", "503", "429", "black_hole", "drip", SLOW)
FAULTS = [(when, how) for how in HOWS for when in ("before", "after")]
SILENT = ("reset", "cut_headers", "cut_body", "black_hole", "500")


def agree(supplier: RunningSupplier) -> None:
    """Hold the supplier's list against ours."""
    db.session.rollback()
    sold = select(OrderLine).where(OrderLine.state.in_(SOLD_LINES), OrderLine.supplier_id.in_(WITH_A_SYSTEM))
    ours = {line.supplier_uuid: line.reference for line in db.session.scalars(sold)}
    assert supplier.live() == ours
    assert supplier.on_hold() == []
    assert [problem for one in supplier.seen() for problem in problems(one) if not one["how"]] == []


def wait_for(condition: Callable[[], bool], within_s: float = 30) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def confirmed(world: World, supplier: RunningSupplier, order_id: str) -> None:
    assert (shop.state(order_id), shop.states(order_id)) == ("confirmed", ["confirmed", "confirmed"])
    assert len(supplier.live()) == 2
    assert world.payments.taken() == 1_900_000
    agree(supplier)


def undone(world: World, supplier: RunningSupplier, order_id: str) -> None:
    assert shop.state(order_id) == "undone"
    assert supplier.live() == {}
    assert world.payments.taken() == 0
    agree(supplier)


def test_a_trip_is_booked_and_given_back_at_its_suppliers(octo_world: World, supplier: RunningSupplier) -> None:
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    confirmed(octo_world, supplier, order_id)
    cancel_booking(order_id, [], sum(one.amount for one in refunds_now(order_id, octo_world.services)),
                   octo_world.services, "traveller")  # fmt: skip
    shop.run(octo_world, order_id)
    assert shop.state(order_id) == "cancelled"
    assert supplier.live() == {}
    agree(supplier)


@pytest.mark.parametrize(("when", "how"), FAULTS)
@pytest.mark.parametrize("on", ["availability", "book", "confirm"])
def test_a_booking_survives_a_fault(
    octo_world: World, supplier: RunningSupplier, on: str, when: str, how: str
) -> None:  # fmt: skip
    supplier.will(on, when, how)
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    confirmed(octo_world, supplier, order_id)


@pytest.mark.parametrize(("when", "how"), FAULTS)
def test_a_look_up_survives_a_fault(octo_world: World, supplier: RunningSupplier, when: str, how: str) -> None:
    supplier.will("confirm", "after", "reset")
    supplier.will("get", when, how, how)
    order_id = shop.paid(octo_world, TRIP)
    steps = shop.run(octo_world, order_id)
    assert steps.count("look_up") >= 1
    confirmed(octo_world, supplier, order_id)


@pytest.mark.parametrize(("when", "how"), FAULTS)
def test_a_cancellation_survives_a_fault(octo_world: World, supplier: RunningSupplier, when: str, how: str) -> None:
    supplier.behave(sold_out=["ST-LBJ-1"])
    supplier.will("cancel", when, how, how)
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    undone(octo_world, supplier, order_id)


@pytest.mark.parametrize("how", SILENT)
@pytest.mark.parametrize("repeat", ["500", "400"])
def test_faults_on_everything_and_a_supplier_that_refuses_repetitions(
    octo_world: World, supplier: RunningSupplier, how: str, repeat: str
) -> None:
    supplier.behave(repeat=repeat)
    for on in ("availability", "book", "confirm", "get"):
        supplier.will(on, "after", how)
        supplier.will(on, "before", how)
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    confirmed(octo_world, supplier, order_id)


@pytest.mark.parametrize("how", SILENT)
def test_faults_on_everything_while_a_trip_is_undone(octo_world: World, supplier: RunningSupplier, how: str) -> None:
    supplier.behave(sold_out=["ST-LBJ-1"])
    for on in ("confirm", "get", "cancel"):
        supplier.will(on, "after", how)
        supplier.will(on, "before", how)
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    undone(octo_world, supplier, order_id)


@pytest.mark.parametrize("on", ["book", "confirm", "cancel"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_supplier_that_dies_and_comes_back(
    octo_world: World, supplier: RunningSupplier, on: str, when: str
) -> None:  # fmt: skip
    if on == "cancel":
        supplier.behave(sold_out=["ST-LBJ-1"])
    supplier.will(on, when, "die")
    order_id = shop.paid(octo_world, TRIP)
    for _ in range(60):  # a step at a time, until it is dead and was asked in vain once more
        went = take_next_step(order_id, octo_world.services)
        octo_world.clock.move(seconds=went.wait_s)
        if not supplier.is_running:
            break
    assert not supplier.is_running
    octo_world.clock.move(seconds=5)
    take_next_step(order_id, octo_world.services)
    assert shop.state(order_id) in ("authorised", "undoing")
    supplier.start()
    shop.run(octo_world, order_id)
    (undone if on == "cancel" else confirmed)(octo_world, supplier, order_id)


def test_a_supplier_that_is_away_for_long_stands_before_a_person_and_is_asked_on(
    octo_world: World, supplier: RunningSupplier
) -> None:
    order_id = shop.paid(octo_world, TRIP)
    supplier.stop()
    shop.run(octo_world, order_id, most_h=0.2)
    assert shop.states(order_id) == ["unknown", "unknown"]
    assert shop.open_tasks(order_id) == ["unknown_outcome", "unknown_outcome"]
    supplier.start()
    shop.run(octo_world, order_id)
    confirmed(octo_world, supplier, order_id)


def test_a_reservation_that_arrives_after_the_trip_was_undone_is_never_confirmed(
    octo_world: World, supplier: RunningSupplier
) -> None:
    """The first request for the walk hangs on its way until everything is over."""
    supplier.will("book", "before", "slow:4")
    supplier.behave(sold_out=["ST-LBJ-1"])
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    assert shop.state(order_id) == "undone"
    wait_for(lambda: any(one["how"] == "slow:4" for one in supplier.seen("book")))
    assert supplier.live() == {}
    supplier.control("expire", {})
    undone(octo_world, supplier, order_id)


def test_a_supplier_that_says_no_undoes_the_trip_and_leaves_nothing_there(
    octo_world: World, supplier: RunningSupplier
) -> None:
    supplier.behave(confirms_as="REJECTED")
    order_id = shop.paid(octo_world, TRIP)
    shop.run(octo_world, order_id)
    undone(octo_world, supplier, order_id)


def test_a_supplier_that_has_to_think_is_looked_up_until_it_decides(
    octo_world: World, supplier: RunningSupplier
) -> None:
    supplier.behave(confirms_as="PENDING")
    order_id = shop.paid(octo_world, [WALK])
    shop.run(octo_world, order_id, most_h=0.1)
    assert shop.states(order_id) == ["requested"]
    (uuid,) = supplier.live()
    supplier.control("decide", {"uuid": uuid, "status": "CONFIRMED"})
    shop.run(octo_world, order_id, most_h=0.5)
    assert shop.state(order_id) == "confirmed"
    agree(supplier)


def test_a_supplier_that_never_decides_is_given_its_booking_back(octo_world: World, supplier: RunningSupplier) -> None:
    supplier.behave(confirms_as="PENDING")
    supplier.will("cancel", "after", "reset")
    order_id = shop.paid(octo_world, [WALK])
    shop.run(octo_world, order_id)
    undone(octo_world, supplier, order_id)


def test_a_hold_that_ran_out_while_its_answer_was_lost_undoes_the_trip(
    octo_world: World, supplier: RunningSupplier
) -> None:
    supplier.will("confirm", "before", "reset")
    order_id = shop.paid(octo_world, [WALK])
    take_next_step(order_id, octo_world.services)
    assert shop.states(order_id) == ["unknown"]
    supplier.control("expire", {})
    shop.run(octo_world, order_id)
    undone(octo_world, supplier, order_id)


def test_suppliers_without_a_system_confirm_from_what_they_allotted(
    octo_world: World, supplier: RunningSupplier
) -> None:
    other = package(3, "PK55", 400_000, starts_at=START.replace(hour=8))
    order_id = shop.paid(octo_world, [WALK, other])
    shop.run(octo_world, order_id)
    assert shop.states(order_id) == ["confirmed", "confirmed"]
    assert len(supplier.live()) == 1
    agree(supplier)
