"""Races between processes about the same orders; each has a twin without the guard, which must break."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from planner.store import orders
from planner.store.audit import Act
from planner.store.db import db
from planner.store.orders import Order, Taken
from tests.booking.making import START, package
from tests.flow import shop
from tests.flow.fakes import World
from tests.flow.racers import (
    answer,
    buy_what_comes_free,
    cancel,
    capture,
    extend,
    hear_of_capture,
    hear_of_payment,
    leave,
    sweep,
)
from tests.flow.racing import race

WALK = [package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))]
ASKED = [package(1, "PK01", 1_000_000, "requested", starts_at=START.replace(hour=8))]
PLACES = 2
ROUNDS = 12
PLENTY = 30


@pytest.fixture
def full(world: World) -> Iterator[None]:
    """Leave just as many places as the orders of a race take."""
    shop.set_capacity(WALK[0], ROUNDS * PLACES)
    yield
    shop.empty()
    shop.set_capacity(WALK[0], PLENTY)


def run(app: Flask, *racers: Any, is_guarded: bool = True) -> list[list[str]]:
    outcomes = race(app.config["SQLALCHEMY_DATABASE_URI"], racers, is_guarded)
    db.session.rollback()
    return outcomes


def paid_unheard(world: World) -> tuple[list[str], list[datetime]]:
    """Make orders that were paid without anybody hearing of it, an hour apart; return them and their holds' ends."""
    made = []
    for _ in range(ROUNDS):
        made.append(shop.hold(world, WALK))
        shop.pay(world, made[-1])
        world.clock.move(hours=1)
    return made, [orders.get_order(order_id).hold_until for order_id in made]


def payment_news(world: World, made: list[str], ends: list[datetime]) -> Any:
    return partial(hear_of_payment, world.payments.pages, world.payments.charges, made, ends)


def places_of(order_id: str) -> int:
    return db.session.scalar(select(func.sum(Taken.places)).where(Taken.order_id == order_id)) or 0


@pytest.mark.slow
def test_a_hold_ends_in_one_way_whoever_comes_first(
    full: None, world: World, shop_app: Flask
) -> None:  # fmt: skip
    """Two sweep, one puts off, one leaves, two hear of the payment, one waits for the places: all at one moment."""
    made, ends = paid_unheard(world)
    news = payment_news(world, made, ends)
    swept_1, swept_2, longer, left, heard_1, heard_2, bought = run(
        shop_app, partial(sweep, ends), partial(sweep, ends), partial(extend, made, ends),
        partial(leave, made, ends), news, news, partial(buy_what_comes_free, WALK, ends),
    )  # fmt: skip
    states = [shop.state(order_id) for order_id in made]
    assert set(states) <= {"authorised", "undoing"}
    assert [places_of(order_id) for order_id in made] == [PLACES * (state == "authorised") for state in states]
    others = [order.state for order in db.session.scalars(select(Order).where(Order.id.not_in(made)))]
    assert len(others) == bought.count("held")
    swept = sum(map(int, swept_1 + swept_2))
    assert swept == states.count("undoing") - left.count("done") + others.count("lapsed"), "each is given back once"
    kept = [n for n, (put_off, gone) in enumerate(zip(longer, left, strict=True)) if put_off == "done" != gone]
    assert {states[n] for n in kept} <= {"authorised"}, "a hold that was put off was swept"
    assert all(told in (state, "undoing") for told, state in zip(heard_1, states, strict=True))
    assert set(longer) | set(left) <= {"done", "hold_lapsed"}
    assert set(bought) <= {"held", "sold_out"}
    held = PLACES * (states.count("authorised") + others.count("held"))
    assert shop.counts(WALK[0]) == (held, 0)
    shop.check_books()


def test_a_sweeper_that_believes_what_it_saw_takes_places_from_who_has_paid(
    full: None, world: World, shop_app: Flask
) -> None:
    made, ends = paid_unheard(world)
    _, heard = run(shop_app, partial(sweep, ends), payment_news(world, made, ends), is_guarded=False)
    states = [shop.state(order_id) for order_id in made]
    assert ("authorised", "lapsed") in zip(heard, states, strict=True), "the race proves nothing"


@pytest.mark.slow
def test_a_question_is_answered_once_by_whoever_is_first(world: World, shop_app: Flask) -> None:
    made = asked(world)
    ways = [(yes, by_link) for yes in (True, False) for by_link in (True, False)]
    told = run(shop_app, *(partial(answer, made, yes, by_link) for yes, by_link in ways))
    for n, order_id in enumerate(made):
        answers = [one[n] for one in told]
        assert answers.count("done") == 1, answers
        assert set(answers) <= {"done", "wrong_state", "answered_before"}
        says_yes = ways[answers.index("done")][0]
        assert shop.states(order_id) == ["confirmed" if says_yes else "declined"]
        assert acts_of(order_id) & Counter({"confirm": 9, "decline": 9}) == Counter(
            {"confirm" if says_yes else "decline": 1}
        )
    yes = PLACES * sum(shop.states(order_id) == ["confirmed"] for order_id in made)
    assert shop.counts(ASKED[0]) == (PLACES * len(made) - yes, yes)
    shop.check_books()


def test_answers_that_follow_from_what_was_seen_are_both_taken(world: World, shop_app: Flask) -> None:
    made = asked(world)
    told = run(shop_app, partial(answer, made, True, True), partial(answer, made, False, True), is_guarded=False)
    assert ("done", "done") in zip(*told, strict=True), "the race proves nothing"


@pytest.mark.slow
def test_a_capture_and_the_message_of_it_never_wait_for_each_other(world: World, shop_app: Flask) -> None:
    """The workers write down what they captured while the provider's message about it arrives."""
    made = [shop.paid(world, WALK) for _ in range(ROUNDS)]
    for order_id in made:
        shop.run(world, order_id, stop_at="confirm")
    captured, heard, heard_too = run(
        shop_app, partial(capture, world.payments.pages, world.payments.charges, made),
        *[partial(hear_of_capture, world.payments.pages, world.payments.charges, made)] * 2,
    )  # fmt: skip
    assert captured == ["capture"] * ROUNDS
    assert "store_unavailable" not in heard + heard_too
    assert {shop.state(order_id) for order_id in made} == {"confirmed"}
    shop.check_books()


def asked(world: World) -> list[str]:
    """Bring orders as far as the question to their supplier."""
    made = [shop.paid(world, ASKED) for _ in range(ROUNDS)]
    for order_id in made:
        shop.run(world, order_id, stop_at="wait")
        assert shop.states(order_id) == ["requested"]
    return made


def acts_of(order_id: str) -> Counter[str]:
    return Counter(db.session.scalars(select(Act.what).where(Act.order_id == order_id)))


@pytest.mark.slow
def test_a_trip_is_cancelled_and_paid_back_once(world: World, shop_app: Flask) -> None:
    made = confirmed(world)
    told = run(shop_app, *[partial(cancel, made)] * 3)
    for n, order_id in enumerate(made):
        answers = [one[n] for one in told]
        assert answers.count("done") == 1, answers
        assert set(answers) <= {"done", "wrong_state"}
        assert acts_of(order_id)["ask_to_cancel"] == 1
        shop.run(world, order_id)
        assert shop.state(order_id) == "cancelled"
    assert world.payments.taken() == 0
    assert world.payments.count("refund") == len(made)
    assert shop.counts(WALK[0]) == (0, 0)
    shop.check_books()


@pytest.mark.slow
def test_cancellations_that_follow_from_what_was_seen_are_all_promised(world: World, shop_app: Flask) -> None:
    made = confirmed(world)
    told = run(shop_app, *[partial(cancel, made)] * 3, is_guarded=False)
    assert ("done", "done") in zip(*told[:2], strict=True), "the race proves nothing"
    assert max(acts_of(order_id)["ask_to_cancel"] for order_id in made) > 1


def confirmed(world: World) -> list[str]:
    made = [shop.paid(world, WALK) for _ in range(ROUNDS)]
    for order_id in made:
        shop.run(world, order_id)
        assert shop.state(order_id) == "confirmed"
    return made
