"""Paying: one page at a time, every message believed only after asking, and nothing kept for a trip that is gone."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.booking.hold import HoldLapsed
from planner.booking.payment import OutcomeUnknown, Plan
from planner.errors import NotAllowed
from planner.flow.hold_places import release_hold, sweep_holds
from planner.flow.open_payment import open_payment
from planner.flow.take_payment import check_payment, name_travellers, receive_event
from planner.store import audit, orders, payments
from planner.store.db import db
from tests.booking.making import package, ride, stay
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, LOST_BEFORE, World

WALK = package(1, "PK01", 1_000_000, starts_at=package(1, "PK01", 2).starts_at.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
TRIP = (WALK, HOUSE, ride(3, 261_200))


def tell(world: World, event_id: str, session: str = "", intent: str = "", signature: str = "signed") -> str:
    kind = "checkout.session.completed" if session else "payment_intent.amount_capturable_updated"
    body = json.dumps({"id": event_id, "type": kind, "session": session, "intent": intent}).encode()
    return receive_event(body, signature, world.services)


def charge_states(world: World) -> list[str]:
    return [charge.state for charge in world.payments.charges.values()]


def payment_states(order_id: str) -> list[str]:
    db.session.rollback()
    return [payment.state for payment in payments.list_payments(order_id)]


def test_the_page_lists_each_part_and_authorises_their_sum(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page = open_payment(order_id, "https://s/done", "https://s/back", {1: "Walk", 2: "House"}, world.services)
    wanted = world.payments.requests[page.session_id]
    assert [(article.name, article.amount) for article in wanted.articles] == [
        ("Walk", 1_000_000), ("House", 900_000), ("leg", 261_200)
    ]  # fmt: skip
    assert (wanted.order_id, wanted.key) == (order_id, f"{order_id}:checkout:1")
    assert wanted.expires_at == world.clock.now() + timedelta(minutes=31)
    assert shop.state(order_id) == "paying"
    assert orders.get_order(order_id).hold_until == world.clock.now() + timedelta(minutes=45)


def test_a_deposit_is_one_article_by_the_name_of_the_trip(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    plan = Plan(648_360, 1_512_840, orders.get_order(order_id).starts_on)
    name_travellers(order_id, shop.CONTACT, shop.TRAVELLERS, "undo", plan, world.services)
    page = shop.open_page(world, order_id)
    assert [(a.name, a.amount) for a in world.payments.requests[page].articles] == [("A trip", 648_360)]
    assert payments.list_payments(order_id)[0].purpose == "deposit"


def test_a_page_that_is_open_is_used_again(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    assert shop.open_page(world, order_id) == shop.open_page(world, order_id)
    assert world.payments.count("open_checkout") == 1


def test_a_page_that_expired_leaves_the_trip_held_and_another_can_be_opened(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    first = shop.open_page(world, order_id)
    world.payments.expire(first)
    assert tell(world, "evt_1", session=first) == "held"
    assert payment_states(order_id) == ["expired"]
    second = shop.open_page(world, order_id)
    assert second != first
    world.payments.pay(second)
    assert tell(world, "evt_2", session=second) == "authorised"


def test_a_page_that_nobody_answered_for_can_be_asked_for_again(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    world.payments.will("open_checkout", LOST_BEFORE)
    with pytest.raises(OutcomeUnknown):
        shop.open_page(world, order_id)
    world.payments.pay(shop.open_page(world, order_id))
    assert check_payment(order_id, world.services) == "authorised"


def test_no_page_is_opened_for_a_hold_that_ran_out(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    world.clock.move(minutes=30)
    with pytest.raises(HoldLapsed):
        shop.open_page(world, order_id)
    with pytest.raises(HoldLapsed):
        name_travellers(order_id, {}, [], "undo", Plan(1), world.services)
    assert world.payments.pages == {}


def test_news_of_a_payment_hands_the_order_over_once(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    assert tell(world, "evt_1", session=page) == "authorised"
    assert tell(world, "evt_1", session=page) == "known"
    assert world.queue.orders == [order_id]
    order = orders.get_order(order_id)
    assert (order.state, order.due_at) == ("authorised", world.clock.now())
    assert orders.get_order(order_id).due_at == world.clock.now()
    payment = payments.list_payments(order_id)[0]
    assert (payment.state, payment.card) == ("authorised", "visa 4242")
    assert payment.capture_before == world.clock.now() + timedelta(days=7)


def test_the_same_news_under_another_name_changes_nothing(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, intent = shop.pay(world, order_id)
    for number in range(3):
        tell(world, f"evt_{number}", session=page)
        tell(world, f"evt_i{number}", intent=intent)
    assert payment_states(order_id) == ["authorised"]
    assert [act.what for act in audit.list_acts(order_id)].count("authorised") == 1


def test_news_in_the_wrong_order_end_the_same(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, intent = shop.pay(world, order_id)
    assert tell(world, "evt_2", intent=intent) == "not_ours", "the page's news, which names the charge, comes later"
    assert tell(world, "evt_1", session=page) == "authorised"
    assert tell(world, "evt_3", intent=intent) == "authorised"


def test_old_news_of_a_page_do_not_undo_a_payment(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    tell(world, "evt_1", session=page)
    shop.run(world, order_id)
    assert tell(world, "evt_0", session=page) == "confirmed"
    assert payment_states(order_id) == ["captured"]


def test_forged_news_are_refused_and_leave_no_trace(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    with pytest.raises(NotAllowed):
        tell(world, "evt_1", session=page, signature="forged")
    assert shop.state(order_id) == "paying"
    assert tell(world, "evt_1", session=page) == "authorised"


def test_news_are_not_believed_but_asked_for(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page = shop.open_page(world, order_id)
    assert tell(world, "evt_1", session=page) == "paying", "it says completed, but the page is still open"
    assert tell(world, "evt_2", session="cs_somebody_elses") == "not_ours"


def test_where_the_provider_does_not_answer_the_news_count_as_not_received(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    world.payments.will("get_checkout", LOST_BEFORE)
    with pytest.raises(OutcomeUnknown):
        tell(world, "evt_1", session=page)
    assert tell(world, "evt_1", session=page) == "authorised"


def test_a_payment_for_a_hold_that_lapsed_is_released_and_nothing_is_booked(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    world.clock.move(minutes=46)
    assert sweep_holds(world.services) == 1
    assert tell(world, "evt_1", session=page) == "undoing"
    assert shop.run(world, order_id) == ["void", "tell", "finish"]
    assert (shop.state(order_id), charge_states(world), world.suppliers.calls) == ("undone", ["voided"], [])
    assert world.mailer.subjects() == ["undone"]
    assert world.queue.orders == [order_id]


def test_a_payment_for_a_trip_that_was_given_up_is_released(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    release_hold(order_id, world.services)
    assert tell(world, "evt_1", session=page) == "undoing"
    shop.run(world, order_id)
    assert (shop.state(order_id), charge_states(world)) == ("undone", ["voided"])


def test_a_payment_that_comes_after_the_hold_but_before_the_sweeper_is_taken(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, _ = shop.pay(world, order_id)
    world.clock.move(minutes=46)
    assert tell(world, "evt_1", session=page) == "authorised"
    assert sweep_holds(world.services) == 0


def test_who_pays_on_two_pages_pays_once(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    first = shop.open_page(world, order_id)
    world.clock.move(minutes=31)
    second = shop.open_page(world, order_id)
    world.payments.pay(second)
    world.payments.pay(first)
    tell(world, "evt_2", session=second)
    assert sorted(payment_states(order_id)) == ["authorised", "voided"]
    tell(world, "evt_1", session=first)
    shop.run(world, order_id)
    assert sorted(charge_states(world)) == ["captured", "voided"]
    assert shop.state(order_id) == "confirmed"


def test_a_second_payment_that_cannot_be_released_now_is_released_with_the_next_news(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    first = shop.open_page(world, order_id)
    world.clock.move(minutes=31)
    second = shop.open_page(world, order_id)
    for page in (first, second):
        world.payments.pay(page)
    world.payments.will("void", LOST_AFTER)
    with pytest.raises(OutcomeUnknown):
        tell(world, "evt_1", session=first)
    tell(world, "evt_1", session=first)
    assert sorted(payment_states(order_id)) == ["authorised", "voided"]
    shop.run(world, order_id)
    assert shop.state(order_id) == "confirmed"


def test_an_authorisation_that_lapsed_before_everything_was_confirmed_undoes_the_trip(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page, intent = shop.pay(world, order_id)
    tell(world, "evt_1", session=page)
    shop.run(world, order_id, stop_at="confirm")
    world.payments.lose(intent)
    assert tell(world, "evt_2", intent=intent) == "undoing"
    shop.run(world, order_id)
    assert (shop.state(order_id), world.suppliers.held()) == ("undone", [])


def test_a_declined_card_leaves_the_page_open_and_says_why(world: World) -> None:
    order_id = shop.hold(world, TRIP)
    page = shop.open_page(world, order_id)
    intent = world.payments.pay(page)
    world.payments.pages[page] = replace(world.payments.pages[page], state="open")
    world.payments.charges[intent] = replace(world.payments.charges[intent], state="failed", problem="card_declined")
    assert check_payment(order_id, world.services) == "paying"
    payment = payments.list_payments(order_id)[0]
    assert (payment.state, payment.problem) == ("open", "card_declined")
