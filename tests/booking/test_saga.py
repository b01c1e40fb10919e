"""What the saga does next, case by case; that it ends well whatever happens is tested in ``test_saga_model``."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from planner.booking.saga import CAPTURE_MARGIN, Facts, LineFacts, Step, answer_by, next_step
from tests.booking.making import NOW


def line(number: int, state: str, way: str = "held", **more) -> LineFacts:
    return LineFacts(number, way, state, **more)


def facts(*lines: LineFacts, state: str = "authorised", payment: str = "authorised", **more) -> Facts:
    return Facts("o1", state, payment, lines, **more)


def later(**how_long: float) -> datetime:
    return NOW + timedelta(**how_long)


def asked(number: int = 1, **more) -> LineFacts:
    return line(number, "requested", "requested", asked_at=NOW, answer_by=later(hours=24), **more)


CONFIRMED = line(1, "confirmed")
BOOKED = facts(CONFIRMED, state="confirmed", payment="captured", has_tasks=True, has_vouchers=True,
               told=frozenset({"confirmed"}))  # fmt: skip


def test_nothing_happens_before_it_is_paid() -> None:
    assert next_step(facts(line(1, "held"), state="paying", payment="none"), NOW) == Step("wait", why="payment")


@pytest.mark.parametrize("state", ["held", "paying", "lapsed", "authorised"])
@pytest.mark.parametrize("payment", ["none", "voided"])
def test_no_supplier_is_asked_while_no_payment_stands(state: str, payment: str) -> None:
    assert next_step(facts(line(1, "held"), state=state, payment=payment), NOW) == Step("wait", why="payment")


def test_an_order_that_is_over_is_left_alone() -> None:
    cancelled = replace(BOOKED, state="cancelled", payment="voided", lines=(line(1, "cancelled"),))
    assert next_step(cancelled, NOW) == Step("finish")


def test_every_held_line_is_confirmed_before_any_answer_is_weighed() -> None:
    assert next_step(facts(line(1, "declined"), line(2, "held")), NOW) == Step("confirm", 2)
    assert next_step(facts(line(1, "unknown", tried_at=NOW, tries=1), line(2, "held")), NOW) == Step("confirm", 2)


def test_a_line_whose_worker_died_is_confirmed_again() -> None:
    assert next_step(facts(line(1, "confirming", tries=1, tried_at=NOW)), NOW) == Step("confirm", 1)


def test_a_no_is_replaced_where_the_traveller_agreed_else_everything_is_undone() -> None:
    assert next_step(facts(line(1, "declined", may_substitute=True)), NOW) == Step("substitute", 1)
    assert next_step(facts(line(1, "declined")), NOW) == Step("give_up", 1)


@pytest.mark.parametrize(("tries", "pause_s"), [(1, 2), (2, 5), (3, 10), (4, 30), (5, 60), (9, 60)])
def test_a_lost_answer_is_asked_for_again_after_growing_pauses(tries: int, pause_s: int) -> None:
    unknown = line(1, "unknown", tries=tries, tried_at=NOW, before_person=True)
    just_before = next_step(facts(unknown), later(seconds=pause_s - 0.001))
    assert just_before == Step("wait", until=later(seconds=pause_s), why="suppliers")
    assert next_step(facts(unknown), later(seconds=pause_s)) == Step("look_up", 1)


def test_after_five_tries_or_five_minutes_a_person_sees_it_once() -> None:
    tried_often = line(1, "unknown", tries=5, tried_at=NOW)
    assert next_step(facts(tried_often), NOW) == Step("call_a_person", 1)
    assert next_step(facts(replace(tried_often, before_person=True)), NOW).name == "wait"
    for_long = line(1, "unknown", tries=4, tried_at=later(seconds=301), asked_at=NOW)
    assert next_step(facts(for_long), later(seconds=301)) == Step("call_a_person", 1)
    assert next_step(facts(replace(for_long, tried_at=later(seconds=299))), later(seconds=300)).name == "wait"


def test_a_supplier_is_reminded_at_half_time_and_given_up_at_the_end() -> None:
    assert next_step(facts(asked()), NOW) == Step("wait", until=later(hours=12), why="suppliers")
    assert next_step(facts(asked()), later(hours=12)) == Step("remind", 1)
    reminded = asked(reminded=True)
    assert next_step(facts(reminded), later(hours=12)) == Step("wait", until=later(hours=24), why="suppliers")
    assert next_step(facts(reminded), later(hours=24)) == Step("too_late", 1)


def test_waiting_ends_with_the_first_thing_that_falls_due() -> None:
    unknown = line(2, "unknown", tries=1, tried_at=NOW)
    assert next_step(facts(asked(), unknown), NOW).until == later(seconds=2)


def test_money_is_taken_only_when_every_answer_is_there() -> None:
    done = [CONFIRMED, line(2, "to_buy", "later"), line(3, "planned", "self"), line(4, "replaced")]
    assert next_step(facts(*done), NOW) == Step("capture")
    for state in ("held", "confirming", "declined"):
        assert next_step(facts(*done, line(5, state)), NOW).name != "capture"
    assert next_step(facts(*done, asked(5)), NOW).name != "capture"


def test_a_capture_without_an_answer_is_asked_for_again_after_a_pause() -> None:
    tried = facts(CONFIRMED, payment_tries=1, payment_tried_at=NOW)
    assert next_step(tried, NOW) == Step("wait", until=later(seconds=2), why="payment")
    assert next_step(tried, later(seconds=2)) == Step("capture")


def test_after_the_money_come_tasks_vouchers_and_the_mail() -> None:
    paid = facts(CONFIRMED, state="confirmed", payment="captured")
    assert next_step(paid, NOW) == Step("open_tasks")
    paid = replace(paid, has_tasks=True)
    assert next_step(paid, NOW) == Step("issue_vouchers")
    paid = replace(paid, has_vouchers=True)
    assert next_step(paid, NOW) == Step("tell", why="confirmed")
    assert next_step(BOOKED, NOW) == Step("finish")


def test_undoing_goes_backwards_then_releases_places_then_the_payment() -> None:
    lines = [CONFIRMED, line(2, "held"), line(3, "confirmed"), asked(4), line(5, "to_buy", "later")]
    order = facts(*lines, state="undoing")
    assert next_step(order, NOW) == Step("withdraw", 4)
    lines[3] = line(4, "released")
    assert next_step(facts(*lines, state="undoing"), NOW) == Step("cancel_line", 3)
    lines[2] = line(3, "cancelled")
    assert next_step(facts(*lines, state="undoing"), NOW) == Step("cancel_line", 1)
    lines[0] = line(1, "cancelled")
    assert next_step(facts(*lines, state="undoing"), NOW) == Step("release")
    lines[1] = lines[4] = line(2, "released")
    assert next_step(facts(*lines, state="undoing"), NOW) == Step("void")
    assert next_step(facts(*lines, state="undoing", payment="captured"), NOW) == Step("refund_all")
    assert next_step(facts(*lines, state="undoing", payment="voided"), NOW) == Step("tell", why="undone")
    told = facts(*lines, state="undoing", payment="voided", told=frozenset({"undone"}))
    assert next_step(told, NOW) == Step("finish")


@pytest.mark.parametrize("state", ["unknown", "confirming", "cancelling"])
def test_the_payment_is_not_released_while_a_supplier_may_still_hold_a_booking(state: str) -> None:
    pending = line(1, state, tries=1, tried_at=NOW)
    assert next_step(facts(pending, state="undoing"), NOW).name in ("wait", "look_up")
    assert next_step(facts(pending, state="undoing"), later(seconds=2)).name in ("look_up", "cancel_line")


def test_a_line_that_was_confirmed_a_moment_ago_is_given_back_at_once() -> None:
    assert next_step(facts(line(1, "confirmed", tries=1, tried_at=NOW), state="undoing"), NOW).name == "cancel_line"


def test_a_cancelled_part_is_given_back_paid_back_and_told_in_this_order() -> None:
    asked_to = replace(BOOKED, lines=(line(1, "cancelling"), line(2, "confirmed")))
    assert next_step(asked_to, NOW) == Step("cancel_line", 1)
    given_back = replace(BOOKED, lines=(line(1, "cancelled"), line(2, "confirmed")), owed_back=500)
    assert next_step(given_back, NOW) == Step("refund_back")
    assert next_step(replace(given_back, owed_back=0), NOW) == Step("tell", why="cancelled")
    told = frozenset({"confirmed", "cancelled:1"})
    assert next_step(replace(given_back, owed_back=0, told=told), NOW) == Step("finish")


def test_keys_name_order_step_and_line() -> None:
    keys = [
        Step("confirm", 1).key("o1"), Step("confirm", 11).key("o1"), Step("confirm", 1).key("o11"),
        Step("cancel_line", 1).key("o1"), Step("capture").key("o1"), Step("void").key("o1"),
        Step("confirm", 1).key("o1", tries=2),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)
    assert Step("confirm", 1, until=NOW, why="x").key("o1") == Step("confirm", 1).key("o1")


def test_answers_are_wanted_before_the_payment_lapses_and_before_the_start() -> None:
    far, week = later(days=100), later(days=7)
    assert answer_by(NOW, 24, far, week) == later(hours=24)
    assert answer_by(NOW, 400, far, week) == week - CAPTURE_MARGIN
    assert answer_by(NOW, 400, later(hours=5), week) == later(hours=4)
    assert answer_by(NOW, 0, far, None) == later(hours=1)
    assert answer_by(NOW, 24, NOW, week) == later(minutes=5), "a supplier has five minutes at the least"
