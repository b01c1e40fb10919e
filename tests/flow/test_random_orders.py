"""Many travellers at random in a shop of few places: whatever they do, counters equal rows and nobody is cheated."""

import contextlib
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle as Many
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from planner.booking.hold import HoldLapsed, NoMoreExtensions
from planner.booking.quote import Line, Quote
from planner.booking.states import SOLD_LINES, WrongState
from planner.errors import Conflict
from planner.flow.answer_request import answer_request
from planner.flow.cancel_booking import ChangeUnderWay, cancel_booking, refunds_now
from planner.flow.change_booking import compare_with_booked, hold_change, release_change, sweep_changes
from planner.flow.confirm_booking import take_next_step
from planner.flow.hold_places import SoldOutNow, extend_hold, release_hold, sweep_holds
from planner.flow.open_payment import open_change_payment
from planner.flow.take_payment import check_payment
from planner.store import changes, orders
from planner.store.db import db
from planner.store.orders import Order
from tests.booking.making import START, package, quote_of, stay
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, LOST_BEFORE, NO, FakeSnapshots, World

CAPACITY = 5
MISHAPS = ("", LOST_BEFORE, LOST_AFTER, NO)
WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
CRUISE = package(2, "PK47", 11_000_000, "requested")
HOUSE = stay(3, "ST-LBJ-1", 450_000, nights=3)
BUNDLES: tuple[tuple[Line, ...], ...] = (
    (WALK,),
    (HOUSE,),
    (WALK, HOUSE),
    (CRUISE,),
    (CRUISE, HOUSE),
    (WALK, CRUISE, HOUSE),
)


class Shop(RuleBasedStateMachine):
    """Travellers hold, pay, leave and cancel; suppliers answer or not; workers take a step at a time; time passes."""

    app: Flask
    snapshots: FakeSnapshots
    made = Many("made")
    booked = Many("booked")

    @initialize()
    def open(self) -> None:
        self.context = self.app.app_context()
        self.context.push()
        shop.empty()
        self.world = World(self.snapshots)
        for line in (WALK, CRUISE, HOUSE):
            shop.set_capacity(line, CAPACITY)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            try:
                self._let_everything_end()
            finally:
                db.session.rollback()
                for line in (WALK, CRUISE, HOUSE):
                    shop.set_capacity(line, 30)
                self.context.pop()

    @rule(target=made, lines=some.sampled_from(BUNDLES), visitor=some.sampled_from(["a", "b", "c", "d"]))
    def hold(self, lines: tuple[Line, ...], visitor: str) -> Any:
        try:
            return shop.hold(self.world, lines, visitor=visitor)
        except SoldOutNow:
            assert any(self._room(line) < line.takes[0].places for line in lines), "refused though there was room"
        except Conflict:
            pass  # a visitor who keeps too many
        return multiple()

    @rule(target=made, lines=some.sampled_from(BUNDLES), consent=some.sampled_from(["undo", "closest"]),
          mishap=some.sampled_from(MISHAPS), count=some.integers(0, 8))  # fmt: skip
    def buy(self, lines: tuple[Line, ...], consent: str, mishap: str, count: int) -> Any:
        """Go the whole way at once, so that the rest happens to paid orders often enough."""
        try:
            order_id = shop.paid(self.world, lines, consent)
        except SoldOutNow:
            return multiple()
        self.world.suppliers.will("confirm", mishap)
        self.work(order_id, count)
        return order_id

    @rule(target=booked, lines=some.sampled_from(BUNDLES), then=some.sampled_from(BUNDLES), is_paid=some.booleans(),
          mishap=some.sampled_from(MISHAPS), count=some.integers(0, 6))  # fmt: skip
    def book_and_change(
        self, lines: tuple[Line, ...], then: tuple[Line, ...], is_paid: bool, mishap: str, count: int
    ) -> Any:
        """Buy a trip to which everybody says yes, so that there is something to change; and begin to change it."""
        try:
            order_id = shop.paid(self.world, lines)
        except SoldOutNow:
            return multiple()
        self.work(order_id, 10)
        self.answer(order_id, True)
        self.work(order_id, 10)
        self.world.suppliers.will("confirm", mishap)
        self.change(order_id, then, is_paid, count)
        return order_id

    @rule(order_id=made)
    def extend(self, order_id: str) -> None:
        with contextlib.suppress(HoldLapsed, NoMoreExtensions):
            extend_hold(order_id, self.world.services)

    @rule(order_id=made)
    def leave(self, order_id: str) -> None:
        with contextlib.suppress(Conflict):
            release_hold(order_id, self.world.services)

    @rule(order_id=made, consent=some.sampled_from(["undo", "closest"]), is_told=some.booleans())
    def pay(self, order_id: str, consent: str, is_told: bool) -> None:
        try:
            shop.pay(self.world, order_id, consent)
        except HoldLapsed:
            return
        if is_told:
            check_payment(order_id, self.world.services)

    @rule(order_id=some.one_of(made, booked))
    def hear(self, order_id: str) -> None:
        check_payment(order_id, self.world.services)

    @rule(order_id=some.one_of(made, booked), count=some.integers(1, 6))
    def work(self, order_id: str, count: int) -> None:
        for _ in range(count):
            if take_next_step(order_id, self.world.services).step in ("wait", "finish"):
                break

    @rule(what=some.sampled_from(["confirm", "look_up", "cancel"]), mishap=some.sampled_from(MISHAPS))
    def supplier_will(self, what: str, mishap: str) -> None:
        if not (mishap == NO and what != "confirm"):
            self.world.suppliers.will(what, mishap)

    @rule(what=some.sampled_from(["capture", "void", "refund"]), mishap=some.sampled_from([LOST_BEFORE, LOST_AFTER]))
    def payment_will(self, what: str, mishap: str) -> None:
        self.world.payments.will(what, mishap)

    @rule(order_id=some.one_of(made, booked), says_yes=some.booleans())
    def answer(self, order_id: str, says_yes: bool) -> None:
        live = changes.find_live_change(order_id)
        proposed = orders.list_proposed(order_id, live.number) if live else []
        for line in [*orders.list_lines(order_id), *proposed]:
            if line.answer_token:
                with contextlib.suppress(Conflict):
                    answer_request(line.answer_token, says_yes, self.world.services)

    @rule(order_id=some.one_of(made, booked), number=some.integers(1, 3))
    def cancel(self, order_id: str, number: int) -> None:
        shown = sum(refund.amount for refund in refunds_now(order_id, self.world.services, [number]))
        with contextlib.suppress(WrongState, ChangeUnderWay):
            cancel_booking(order_id, [number], shown, self.world.services, "traveller")

    @rule(order_id=booked, lines=some.sampled_from(BUNDLES), is_paid=some.booleans(), count=some.integers(0, 6))
    def change(self, order_id: str, lines: tuple[Line, ...], is_paid: bool, count: int) -> None:
        """Book something else instead, and perhaps pay for it at once."""
        with contextlib.suppress(Conflict):
            quote = quote_of(lines, self.world.clock.now())
            wanted = compare_with_booked(order_id, quote, self.world.services)
            number = hold_change(order_id, wanted, self.world.services, "traveller").number
            if is_paid and wanted.difference > 0:
                page = open_change_payment(order_id, number, "https://s/1", "https://s/2", "x", self.world.services)
                self.world.payments.pay(page.session_id)
                check_payment(order_id, self.world.services)
            self.work(order_id, count)

    @rule(order_id=booked)
    def give_a_change_up(self, order_id: str) -> None:
        live = changes.find_live_change(order_id)
        if live is not None:
            with contextlib.suppress(Conflict):
                release_change(order_id, live.number, self.world.services)

    @precondition(lambda self: self.world.payments.charges)
    @rule(data=some.data())
    def a_bank_takes_an_authorisation_back(self, data: some.DataObject) -> None:
        open_ones = sorted(k for k, v in self.world.payments.charges.items() if v.state == "authorised")
        if open_ones:
            self.world.payments.lose(data.draw(some.sampled_from(open_ones)))

    @rule(minutes=some.sampled_from([1, 11, 31, 46, 800]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        sweep_holds(self.world.services)
        sweep_changes(self.world.services)

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "world"):
            shop.check_books()
            self._check_money()

    def _check_money(self) -> None:
        for order in db.session.scalars(select(Order)):
            charges = self._charges(order.id)
            taken = sum(charge.captured for charge in charges)
            assert not (taken and order.state in ("undone", "lapsed", "held", "paying", "undoing")), order.state
            versions = changes.list_changes(order.id)
            done = [change for change in versions if change.state == "confirmed"]
            assert len([charge for charge in charges if charge.captured]) <= 1 + len(done), "captured twice"
            first = Quote.from_json(versions[0].quote_before if versions else order.quote)
            assert taken <= first.total + sum(max(0, change.difference) for change in done)

    def _charges(self, order_id: str) -> list[Any]:
        pages = [page for key, page in self.world.payments.pages.items()
                 if self.world.payments.requests[key].order_id == order_id and page.intent_id]  # fmt: skip
        return [self.world.payments.charges[page.intent_id] for page in pages]

    def _room(self, line: Line) -> int:
        slots = [shop.slot_of(line, number) for number in range(len(line.takes))]
        return min(slot.capacity - slot.held - slot.sold for slot in slots)

    def _let_everything_end(self) -> None:
        """Let the world answer, time pass and workers work: every order must come to rest, and rightly."""
        for what in ("confirm", "look_up", "cancel", "capture", "void", "refund"):
            for fake in (self.world.suppliers, self.world.payments):
                fake._script[what].clear()
        ids = list(db.session.scalars(select(Order.id)))
        self.world.clock.move(hours=2)
        for order_id in ids:
            check_payment(order_id, self.world.services)
        self.sweep()
        for order_id in ids:
            if shop.state(order_id) not in ("lapsed", "undone"):
                shop.run(self.world, order_id, most_h=100)
            check_payment(order_id, self.world.services)
        shop.check_books()
        paid_for = set()
        for order_id in ids:
            assert shop.state(order_id) in ("lapsed", "undone", "confirmed", "cancelled")
            lines = orders.list_lines(order_id)
            taken = sum(charge.captured - charge.refunded for charge in self._charges(order_id))
            kept = sum(line.price - line.refund_due for line in lines if line.state == "cancelled")
            sold = sum(line.price for line in lines if line.state in SOLD_LINES)
            assert taken == (sold + kept if shop.state(order_id) in ("confirmed", "cancelled") else 0)
            assert changes.find_live_change(order_id) is None, "a change hangs in the air"
            assert all(charge.state != "authorised" for charge in self._charges(order_id)), (
                "a card is blocked for nothing"
            )
            paid_for |= {line.supplier_uuid for line in lines if line.state in SOLD_LINES and line.supplier_uuid}
        held = {uuid for uuid, state in self.world.suppliers.bookings.items() if state == "confirmed"}
        assert held == paid_for, "suppliers' lists are not ours"


EXAMPLES = {"sqlite": 40, "postgresql": 15}
"""The second database is asked over a connection, which takes three times as long."""


def test_random_orders_never_oversell_or_cheat(shop_app: Flask, snapshots: FakeSnapshots) -> None:
    Shop.app, Shop.snapshots = shop_app, snapshots
    with shop_app.app_context():
        examples = EXAMPLES[db.engine.dialect.name]
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )  # fmt: skip


pytestmark = pytest.mark.slow
