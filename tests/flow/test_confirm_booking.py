"""Carrying an order through: yes, no, silence, suppliers who answer later, money that answers late; and undoing."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from planner.booking.quote import Line
from planner.booking.saga import Facts, Step, next_step
from planner.errors import Conflict
from planner.flow.answer_request import answer_request
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.confirm_booking import take_next_step
from planner.flow.take_payment import check_payment
from planner.store import attempts, ledger, orders, payments, tasks
from planner.store.db import db
from tests.booking.making import FREE_A_DAY_BEFORE, START, fee, package, quote_of, ride, stay
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, LOST_BEFORE, NO, PENDING, World

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
FERRY = ride(3, 261_200, terms=FREE_A_DAY_BEFORE)
CRUISE = package(4, "PK47", 11_000_000, "requested")
TRIP = (WALK, HOUSE, FERRY, fee(9, 300_000))
TOTAL = 1_000_000 + 900_000 + 261_200


def taken(world: World) -> int:
    return world.payments.taken()


def charge_state(world: World) -> str:
    (charge,) = world.payments.charges.values()
    return charge.state


def confirmed(world: World, lines: Sequence[Line] = TRIP, **more) -> str:
    order_id = shop.paid(world, lines, **more)
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"
    return order_id


def undone(world: World, order_id: str) -> None:
    """Hold what undoing promises: nothing booked, nothing paid, no place kept, and the traveller knows."""
    assert shop.state(order_id) == "undone"
    assert world.suppliers.held() == []
    assert taken(world) == 0
    assert charge_state(world) in ("voided", "captured")
    assert orders.list_taken(order_id) == []
    assert set(shop.states(order_id)) <= {"released", "cancelled", "planned"}
    assert world.mailer.subjects().count("undone") == 1
    assert ledger.balances(order_id) == {}
    assert orders.get_order(order_id).due_at is None


# --- all goes well -----------------------------------------------------------------------------------------------


def test_all_say_yes_and_exactly_that_is_captured_once(world: World) -> None:
    order_id = shop.paid(world, TRIP)
    steps = shop.run(world, order_id)
    assert steps == ["confirm", "confirm", "capture", "open_tasks", "issue_vouchers", "tell", "finish"]
    assert shop.states(order_id) == ["confirmed", "confirmed", "to_buy", "planned"]
    assert (shop.state(order_id), taken(world)) == ("confirmed", TOTAL)
    assert world.suppliers.held() == ["PK01", "ST-LBJ-1"]
    assert shop.counts(WALK) == (0, 2)
    assert world.mailer.subjects() == ["confirmed"]
    assert ledger.balances(order_id) == {
        "card": TOTAL, "supplier:op-PK01": -900_000, "supplier:house-ST-LBJ-1": -810_000, "platform": -190_000,
        "to_buy": -261_200,
    }  # fmt: skip
    order = orders.get_order(order_id)
    assert (order.due_at, order.has_tasks, order.has_vouchers) == (None, True, True)
    assert all(line.reference.startswith("REF-LTS-") for line in orders.list_lines(order_id)[:2])


def test_a_finished_order_does_nothing_more(world: World) -> None:
    order_id = confirmed(world)
    calls = list(world.suppliers.calls), list(world.payments.calls)
    assert shop.run(world, order_id) == ["finish"]
    assert calls == (world.suppliers.calls, world.payments.calls)


def test_every_outside_act_was_written_down_before_and_has_its_outcome(world: World) -> None:
    order_id = confirmed(world)
    log = [(one.step, one.line, one.outcome, one.runs) for one in attempts.list_attempts(order_id)]
    assert log == [("confirm", 1, "confirmed", 1), ("confirm", 2, "confirmed", 1), ("capture", None, "captured", 1)]


def test_what_is_bought_later_becomes_a_dated_task(world: World) -> None:
    order_id = confirmed(world)
    (task,) = tasks.list_tasks(order_id, "open")
    assert (task.kind, task.line) == ("buy_ticket", 3)
    assert FERRY.buy_on is not None
    assert task.opens_at.date() == FERRY.buy_on
    assert task.opens_at < task.due_at < FERRY.starts_at


def test_a_park_that_wants_names_becomes_a_filing_by_the_day_before(world: World) -> None:
    rules = [{"rule_id": "RL-KNP-QUOTA", "verdict": "needs_filing"}, {"rule_id": "RL-X", "verdict": "applied"}]
    order_id = confirmed(world, quote={"facts": {"rules": rules}})
    filing = next(task for task in tasks.list_tasks(order_id, "open") if task.kind == "file_park")
    assert filing.facts == {"rule_id": "RL-KNP-QUOTA", "names": 2}
    assert filing.due_at < orders.get_order(order_id).created_at.replace(year=2027, month=6, day=1)


def test_a_deposit_is_captured_and_the_rest_is_asked_for(world: World) -> None:
    order_id = confirmed(world, plan=1)
    deposit = 648_360
    assert taken(world) == deposit
    assert ledger.balances(order_id)[f"traveller:{order_id}"] == TOTAL - deposit
    balance = next(task for task in tasks.list_tasks(order_id) if task.kind == "collect_balance")
    assert balance.facts["amount"] == TOTAL - deposit


def test_the_rest_is_what_is_owed_not_what_was_planned(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    order_id = confirmed(world, consent="closest", plan=1)
    balance = next(task for task in tasks.list_tasks(order_id) if task.kind == "collect_balance")
    assert balance.facts["amount"] == ledger.balances(order_id)[f"traveller:{order_id}"]


# --- somebody says no --------------------------------------------------------------------------------------------


def test_a_no_without_consent_undoes_everything(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    order_id = shop.paid(world, TRIP, consent="undo")
    steps = shop.run(world, order_id)
    assert steps == ["confirm", "confirm", "give_up", "cancel_line", "release", "void", "tell", "finish"]
    undone(world, order_id)
    assert charge_state(world) == "voided"
    assert orders.get_order(order_id).why == "declined"


def test_a_no_with_consent_is_replaced_by_the_closest_at_no_higher_price(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    order_id = shop.paid(world, TRIP, consent="closest")
    steps = shop.run(world, order_id)
    assert steps[:4] == ["confirm", "confirm", "substitute", "confirm"]
    assert shop.states(order_id) == ["confirmed", "replaced", "to_buy", "planned", "confirmed"]
    new = orders.get_line(order_id, 10)
    assert (new.replaces, new.data["item"]["product_id"], new.price) == (2, "ST-LBJ-5", 700_000)
    assert taken(world) == 1_000_000 + 700_000 + 261_200, "what is cheaper is not charged"
    assert world.suppliers.held() == ["PK01", "ST-LBJ-5"]
    assert shop.counts(HOUSE) == (0, 0)


def test_where_no_substitute_is_left_everything_is_undone(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    world.suppliers.will("confirm ST-LBJ-5", NO)
    order_id = shop.paid(world, TRIP, consent="closest")
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_substitute_that_is_full_is_none(world: World) -> None:
    shop.hold(world, [stay(1, "ST-LBJ-5", 350_000, nights=1, rooms=38)])
    world.suppliers.will("confirm ST-LBJ-1", NO)
    order_id = shop.paid(world, TRIP, consent="closest")
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_no_while_another_answer_is_lost_waits_for_it_before_the_payment_goes(world: World) -> None:
    world.suppliers.will("confirm PK01", LOST_AFTER)
    world.suppliers.will("confirm ST-LBJ-1", NO)
    world.suppliers.will("look_up", LOST_BEFORE, LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    for _ in range(5):
        shop.run(world, order_id, stop_at="wait")
        if "released" in shop.states(order_id):
            assert shop.counts(WALK) == (2, 0), "the supplier may have it, so its places are not given to others"
        assert charge_state(world) == "authorised" or world.suppliers.held() == []
        world.clock.move(seconds=3)
    shop.run(world, order_id)
    undone(world, order_id)


# --- answers that were lost ---------------------------------------------------------------------------------------


def test_a_lost_yes_is_found_by_looking_it_up_and_not_booked_again(world: World) -> None:
    world.suppliers.will("confirm PK01", LOST_AFTER)
    order_id = shop.paid(world, TRIP)
    steps = shop.run(world, order_id)
    assert "look_up" in steps
    assert world.suppliers.count("confirm") == 2
    assert (shop.state(order_id), world.suppliers.held()) == ("confirmed", ["PK01", "ST-LBJ-1"])


def test_what_never_arrived_is_asked_again_as_the_same_booking(world: World) -> None:
    world.suppliers.will("confirm PK01", LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    uuids = {uuid for what, uuid in world.suppliers.calls if what != "cancel"}
    assert len(uuids) == 2, "one for each line, however often it is asked"
    assert (shop.state(order_id), world.suppliers.held()) == ("confirmed", ["PK01", "ST-LBJ-1"])


def test_a_long_silence_is_put_before_a_person_once_and_goes_on_asking(world: World) -> None:
    world.suppliers.will("confirm PK01", LOST_AFTER)
    world.suppliers.will("look_up", *[LOST_BEFORE] * 12)
    order_id = shop.paid(world, TRIP)
    began = world.clock.now()
    while "unknown_outcome" not in shop.open_tasks(order_id):
        shop.run(world, order_id, stop_at="call_a_person")
    assert (world.clock.now() - began).total_seconds() <= 300
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"
    assert "unknown_outcome" not in shop.open_tasks(order_id), "what is known needs nobody"
    assert [task.kind for task in tasks.list_tasks(order_id)].count("unknown_outcome") == 1


def test_a_supplier_who_does_not_answer_a_cancellation_is_asked_until_it_does(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    world.suppliers.will("cancel", LOST_BEFORE, LOST_AFTER, LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    steps = shop.run(world, order_id)
    assert steps.count("cancel_line") == 4
    undone(world, order_id)


def test_silence_at_booking_and_again_at_cancelling_calls_a_person_each_time(world: World) -> None:
    world.suppliers.will("confirm PK01", LOST_AFTER)
    world.suppliers.will("look_up", *[LOST_BEFORE] * 6)
    order_id = shop.paid(world, [WALK, CRUISE])
    shop.run(world, order_id, most_h=1)
    assert shop.states(order_id) == ["confirmed", "requested"]
    world.suppliers.will("cancel", *[LOST_BEFORE] * 8)
    token = orders.get_line(order_id, 4).answer_token
    assert token
    answer_request(token, False, world.services)
    shop.run(world, order_id)
    undone(world, order_id)
    assert [task.kind for task in tasks.list_tasks(order_id)].count("unknown_outcome") == 2


def test_a_capture_whose_answer_was_lost_is_asked_again_with_the_same_key(world: World) -> None:
    world.payments.will("capture", LOST_AFTER, LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    keys = [key for what, key in world.payments.calls if what == "capture"]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert (shop.state(order_id), taken(world)) == ("confirmed", TOTAL)
    (payment,) = payments.list_payments(order_id)
    assert (payment.state, payment.captured) == ("captured", TOTAL)


def test_a_capture_that_is_refused_undoes_the_trip(world: World) -> None:
    world.payments.will("capture", NO)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    undone(world, order_id)
    assert orders.get_order(order_id).why == "payment_refused"


def test_an_authorisation_that_lapsed_at_the_provider_undoes_the_trip(world: World) -> None:
    order_id = shop.paid(world, TRIP)
    world.payments.lose(next(iter(world.payments.charges)))
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_void_whose_answer_was_lost_is_asked_again(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    world.payments.will("void", LOST_AFTER, LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    keys = [key for what, key in world.payments.calls if what == "void"]
    assert (len(keys), len(set(keys))) == (3, 1)
    undone(world, order_id)


def test_mail_that_nobody_takes_is_given_to_a_person_and_holds_nothing_up(world: World) -> None:
    world.mailer.is_down = True
    order_id = confirmed(world)
    assert "mail_failed" in shop.open_tasks(order_id)


# --- suppliers who are asked --------------------------------------------------------------------------------------


def ask(world: World, consent: str = "undo") -> tuple[str, str]:
    """Bring a trip with a cruise on request as far as the question; return order and token."""
    order_id = shop.paid(world, [WALK, CRUISE], consent)
    shop.run(world, order_id, stop_at="wait")
    assert shop.states(order_id) == ["confirmed", "requested"]
    token = orders.get_line(order_id, 4).answer_token
    assert token and len(token) >= 32
    return order_id, token


def test_a_supplier_is_asked_by_mail_and_nothing_is_captured_meanwhile(world: World) -> None:
    order_id, _ = ask(world)
    assert world.mailer.subjects() == ["ask 4"]
    assert taken(world) == 0
    assert shop.open_tasks(order_id) == ["await_answer"]
    line = orders.get_line(order_id, 4)
    assert line.answer_by is not None
    assert (line.answer_by - world.clock.now()).total_seconds() == 24 * 3600
    assert shop.counts(CRUISE) == (2, 0)


def test_its_yes_completes_the_trip(world: World) -> None:
    order_id, token = ask(world)
    answer_request(token, True, world.services, "SHIP-7")
    assert world.queue.orders.count(order_id) == 2
    shop.run(world, order_id)
    assert (shop.state(order_id), taken(world)) == ("confirmed", 12_000_000)
    assert orders.get_line(order_id, 4).reference == "SHIP-7"
    assert shop.counts(CRUISE) == (0, 2)
    assert shop.open_tasks(order_id) == []


def test_its_no_undoes_the_trip(world: World) -> None:
    order_id, token = ask(world)
    answer_request(token, False, world.services, why="engine")
    shop.run(world, order_id)
    undone(world, order_id)


def test_it_is_answered_once(world: World) -> None:
    order_id, token = ask(world)
    answer_request(token, True, world.services)
    for says_yes in (True, False):
        with pytest.raises(Conflict):
            answer_request(token, says_yes, world.services)
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"


def test_who_does_not_answer_is_reminded_once_and_then_the_trip_is_undone(world: World) -> None:
    order_id, token = ask(world)
    shop.run(world, order_id, most_h=13)
    assert world.mailer.subjects() == ["ask 4", "remind 4"]
    shop.run(world, order_id)
    undone(world, order_id)
    assert orders.get_order(order_id).why == "no_answer"
    with pytest.raises(Conflict):
        answer_request(token, True, world.services)


def test_a_yes_after_the_deadline_is_too_late_even_before_the_saga_noticed(world: World) -> None:
    order_id, token = ask(world)
    world.clock.move(hours=24)
    with pytest.raises(Conflict):
        answer_request(token, True, world.services)
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_yes_that_comes_while_the_trip_is_being_undone_is_given_back(world: World) -> None:
    order_id, token = ask(world)
    other = next(iter(world.payments.charges))
    world.payments.lose(other)
    assert check_payment(order_id, world.services) == "undoing"
    answer_request(token, True, world.services)
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_supplier_whose_system_says_wait_is_looked_up_until_it_decides(world: World) -> None:
    world.suppliers.will("confirm PK01", PENDING)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id, most_h=0.1)
    assert shop.states(order_id)[0] == "requested"
    assert world.mailer.subjects() == [], "a system is not asked by mail"
    (uuid,) = [u for u, product in world.suppliers.products.items() if product == "PK01"]
    world.suppliers.bookings[uuid] = "confirmed"
    shop.run(world, order_id, most_h=0.5)
    assert shop.state(order_id) == "confirmed"


def test_a_system_that_never_decides_is_given_back_before_the_trip_is_undone(world: World) -> None:
    world.suppliers.will("confirm PK01", PENDING)
    world.suppliers.will("cancel PK01", LOST_BEFORE, LOST_AFTER)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    undone(world, order_id)


def test_a_pending_booking_is_given_back_when_the_rest_is_undone(world: World) -> None:
    world.suppliers.will("confirm PK01", PENDING)
    world.suppliers.will("confirm ST-LBJ-1", NO)
    world.suppliers.will("cancel PK01", LOST_BEFORE)
    order_id = shop.paid(world, TRIP)
    shop.run(world, order_id)
    undone(world, order_id)


# --- a change of mind ---------------------------------------------------------------------------------------------


def test_a_part_that_is_cancelled_is_paid_back_by_its_terms(world: World) -> None:
    order_id = confirmed(world)
    refund = sum(one.amount for one in refunds_now(order_id, world.services, [1]))
    assert refund == 1_000_000
    cancel_booking(order_id, [1], refund, world.services, "traveller")
    shop.run(world, order_id)
    assert shop.states(order_id)[:3] == ["cancelled", "confirmed", "to_buy"]
    assert (taken(world), world.suppliers.held()) == (TOTAL - 1_000_000, ["ST-LBJ-1"])
    assert shop.counts(WALK) == (0, 0)
    assert ledger.balances(order_id).get(f"traveller:{order_id}", 0) == 0
    assert shop.state(order_id) == "confirmed"


def test_a_trip_that_is_cancelled_whole_leaves_nothing_behind(world: World) -> None:
    order_id = confirmed(world)
    shown = sum(one.amount for one in refunds_now(order_id, world.services))
    cancel_booking(order_id, [], shown, world.services, "traveller")
    shop.run(world, order_id)
    assert (shop.state(order_id), taken(world), world.suppliers.held()) == ("cancelled", 0, [])
    assert ledger.balances(order_id) == {}
    assert shop.open_tasks(order_id) == []


def test_a_refund_whose_answer_was_lost_is_the_same_refund_though_more_is_cancelled_meanwhile(world: World) -> None:
    order_id = confirmed(world)
    world.payments.will("refund", LOST_AFTER)
    cancel_booking(order_id, [1], 1_000_000, world.services, "traveller")
    shop.run(world, order_id, stop_at="refund_back")
    cancel_booking(order_id, [2], 900_000, world.services, "traveller")
    shop.run(world, order_id)
    assert taken(world) == TOTAL - 1_900_000
    assert ledger.balances(order_id).get(f"traveller:{order_id}", 0) == 0
    assert "refund_failed" not in shop.open_tasks(order_id)


def test_a_refund_that_the_provider_refuses_stands_before_a_person(world: World) -> None:
    order_id = confirmed(world)
    world.payments.will("refund", NO)
    cancel_booking(order_id, [1], 1_000_000, world.services, "traveller")
    shop.run(world, order_id, stop_at="refund_back")
    assert "refund_failed" in shop.open_tasks(order_id)
    shop.run(world, order_id)
    assert taken(world) == TOTAL - 1_000_000


# --- workers ------------------------------------------------------------------------------------------------------


def test_two_orders_do_not_touch_each_other(world: World) -> None:
    world.suppliers.will("confirm ST-LBJ-1", NO)
    first, second = shop.paid(world, TRIP), shop.paid(world, TRIP)
    shop.run(world, first)
    assert shop.counts(WALK) == (2, 0)
    shop.run(world, second)
    assert (shop.state(first), shop.state(second)) == ("undone", "confirmed")
    assert shop.counts(WALK) == (0, 2)
    assert ledger.balances(first) == {}


def test_an_order_that_waits_is_due_again_when_its_wait_is_over(world: World) -> None:
    order_id, _ = ask(world)
    went = take_next_step(order_id, world.services)
    assert went.step == "wait"
    due_at = orders.get_order(order_id).due_at
    assert due_at is not None
    assert (due_at - world.clock.now()).total_seconds() == went.wait_s == 12 * 3600
    assert orders.list_due(world.clock.now()) == []
    world.clock.move(hours=12)
    assert orders.list_due(world.clock.now()) == [order_id]


def test_the_quote_of_an_order_is_what_was_held(world: World) -> None:
    order_id = confirmed(world)
    db.session.rollback()
    assert orders.get_order(order_id).quote == quote_of(TRIP).as_json()


@pytest.mark.parametrize("what", ["capture", "void"])
def test_a_provider_that_stays_silent_is_asked_on_and_a_person_is_told(world: World, what: str) -> None:
    if what == "void":
        world.suppliers.will("confirm", NO)
    world.payments.will(what, *[LOST_BEFORE] * 6)
    order_id = shop.paid(world, [package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))])
    steps = shop.run(world, order_id)
    assert steps.count(what) == 7
    assert [task.kind for task in tasks.list_tasks(order_id)] == ["unknown_outcome"]
    assert shop.open_tasks(order_id) == [], "it settled itself"
    assert shop.state(order_id) == ("confirmed" if what == "capture" else "undone")


def meanwhile(monkeypatch: pytest.MonkeyPatch, step_name: str, act: Callable[[], object]) -> None:
    """Let something happen after the saga has read its facts and before it writes down what it made of them."""
    acts = [act]

    def decide(facts: Facts, now: datetime) -> Step:
        step = next_step(facts, now)
        if step.name == step_name and acts:
            acts.pop()()
        return step

    monkeypatch.setattr("planner.flow.confirm_booking.next_step", decide)


def test_an_answer_that_comes_while_the_saga_decides_to_wait_is_not_slept_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = shop.paid(world, [CRUISE])
    shop.run(world, order_id, stop_at="confirm")
    token = str(orders.get_line(order_id, 4).answer_token)

    def answer() -> None:
        world.clock.move(seconds=1)
        answer_request(token, True, world.services)

    meanwhile(monkeypatch, "wait", answer)
    went = take_next_step(order_id, world.services)
    assert (went.step, went.wait_s < 1) == ("wait", True)
    assert orders.list_due(world.clock.now()) == [order_id]
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"


def test_a_cancellation_that_comes_while_the_saga_finishes_is_not_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = shop.paid(world, [WALK])

    def cancel() -> None:
        world.clock.move(seconds=1)
        back = sum(one.amount for one in refunds_now(order_id, world.services))
        cancel_booking(order_id, [], back, world.services, "traveller")

    meanwhile(monkeypatch, "finish", cancel)
    shop.run(world, order_id)
    assert shop.state(order_id) == "cancelled"
