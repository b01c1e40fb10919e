"""What a client accepted is sold at the promised price: to the rupiah, by the same saga, with the agency's earnings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from planner.booking.agency_price import Terms
from planner.booking.states import WrongState
from planner.errors import Conflict
from planner.flow import answer_proposal
from planner.flow.answer_proposal import NotOpen
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.change_booking import list_swaps
from planner.flow.follow_sales import follow_sales
from planner.flow.hold_places import release_hold, sweep_holds
from planner.flow.keep_clients import Traveller, add_traveller
from planner.flow.pay_out import list_payouts, pay_out
from planner.flow.sell_proposal import NotAsPromised, found_of, keep_promise, look_again, open_sale
from planner.flow.send_proposal import withdraw
from planner.flow.take_payment import check_payment
from planner.store import enquiries, ledger, orders, proposals
from planner.store.db import db, transaction
from planner.store.enquiries import STATES
from planner.store.orders import Order
from planner.web.supplier_question import Question
from tests.flow import shop
from tests.flow.agency_racers import accept_at_once, sell_at_once
from tests.flow.agency_sales import (
    AGENCY,
    BOAT,
    DRIVER,
    EURO,
    HOUSE,
    LINES,
    RINA,
    TERMS,
    WALK,
    due_of,
    found_agency,
    prices,
    sent,
)
from tests.flow.fakes import World
from tests.flow.racing import race

__all__ = ["prices"]
KEY = f"agent:{AGENCY}"


@pytest.fixture(autouse=True)
def agency(world: World) -> None:
    found_agency(world, bank="BCA 9")


def accepted(world: World, proposal_id: int) -> proposals.Proposal:
    proposal = proposals.get_by_id(proposal_id)
    answer_proposal.accept(proposal, 1, "a", "Maren Oduya", True, world.services)
    return proposals.get_by_id(proposal_id)


def sold(world: World, proposal: proposals.Proposal, plan: int = 0, consent: str = "undo") -> str:
    order_id = open_sale(proposal, world.services).id
    shop.pay(world, order_id, consent, plan)
    assert check_payment(order_id, world.services) == "authorised"
    shop.run(world, order_id)
    return order_id


@pytest.mark.parametrize("terms", [TERMS, Terms(1250, EURO, 100), Terms(0, EURO, 1), Terms(3333, None, 1)])
def test_a_client_pays_what_was_promised_and_everybody_gets_their_share(
    world: World, prices: Any, terms: Terms
) -> None:
    proposal = accepted(world, sent(world, terms, [DRIVER], commission_bp=400))
    order_id = sold(world, proposal)
    due = due_of(terms, [DRIVER])
    order, shares = orders.get_order(order_id), ledger.balances(order_id)
    assert (shop.state(order_id), order.total, shares["card"]) == ("confirmed", due, due)
    assert "traveller:" + order_id not in shares
    assert (shares["supplier:op-PK01"], shares[f"supplier:{HOUSE.supplier_id}"]) == (-900_000, -810_000)
    assert shares["to_buy"] == -BOAT.price
    commission = 40_000 + 36_000
    assert shares["platform"] == -(100_000 + 90_000 - commission)
    assert -shares[KEY] == due - (WALK.price + HOUSE.price + BOAT.price) + commission
    assert shop.states(order_id) == ["confirmed", "confirmed", "to_buy", "confirmed"]


def test_suppliers_are_asked_for_and_paid_the_net_price(world: World, prices: Any) -> None:
    prices["lines"] = (replace(WALK, way="requested", answer_h=24), HOUSE, BOAT)
    order = open_sale(accepted(world, sent(world, commission_bp=400)), world.services)
    shop.pay(world, order.id)
    row = orders.get_line(order.id, 1)
    assert (row.price - row.markup, row.markup > 0) == (WALK.price, True)
    assert Question(orders.get_order(order.id), row, "", False, True).share == 900_000


def test_an_agency_is_paid_out_a_week_after_each_part_has_ended(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world, own=[DRIVER], commission_bp=400)))
    earned = -ledger.balances(order_id)[KEY]
    until = orders.get_order(order_id).ends_on + timedelta(days=8)
    world.clock.move(days=(until - world.clock.today()).days)
    (payout,) = [one for one in list_payouts(until) if one.is_agency]
    assert (payout.name, payout.bank, payout.amount, payout.may_be_paid) == ("Tur", "BCA 9", earned, True)
    pay_out(KEY, until, earned, "OUT-7", world.services, "ayu@desk")
    assert not [one for one in list_payouts(until) if one.is_agency]


def test_a_deposit_is_a_share_of_the_promised_price(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world)), plan=1)
    due = due_of(TERMS)
    shares = ledger.balances(order_id)
    assert shares["card"] == -(-due * 30 // 100)
    assert shares["traveller:" + order_id] == due - shares["card"]


def test_what_is_cancelled_takes_the_mark_up_back_by_its_share(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world, own=[DRIVER], commission_bp=400)))
    refunds = {one.line: one.amount for one in refunds_now(order_id, world.services)}
    lines = {line.number: line.price for line in orders.list_lines(order_id)}
    assert refunds == lines, "everything is paid back a day before, the driver a week before"
    cancel_booking(order_id, [], sum(refunds.values()), world.services, "traveller")
    shop.run(world, order_id)
    assert ledger.balances(order_id) == {}
    assert shop.state(order_id) == "cancelled"


def test_a_host_s_no_undoes_it_all_and_the_agency_earns_nothing(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world, own=[DRIVER]))
    order = open_sale(proposal, world.services)
    shop.pay(world, order.id)
    check_payment(order.id, world.services)
    with transaction() as session:
        orders.move_line(session, order.id, 1, "declined")
    shop.run(world, order.id)
    assert (shop.state(order.id), ledger.balances(order.id)) == ("undone", {})
    again = open_sale(proposals.get_by_id(proposal.id), world.services)
    assert again.id != order.id and shop.state(again.id) == "held"
    with pytest.raises(WrongState):
        withdraw(AGENCY, proposal.id, world.services, RINA)
    release_hold(again.id, world.services)
    withdraw(AGENCY, proposal.id, world.services, RINA)


def test_asking_twice_is_the_same_order_until_it_lapsed(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world))
    first = open_sale(proposal, world.services)
    assert open_sale(proposals.get_by_id(proposal.id), world.services).id == first.id
    world.clock.move(hours=2)
    sweep_holds(world.services)
    assert open_sale(proposals.get_by_id(proposal.id), world.services).id != first.id


def test_what_costs_more_is_shown_to_the_agency_which_may_bear_it(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world))
    dearer = replace(WALK, price=1_100_000, item={**WALK.item, "price": {**WALK.item["price"], "amount": 1_100_000}})
    prices["lines"] = (dearer, HOUSE, BOAT)
    with pytest.raises(NotAsPromised):
        open_sale(proposal, world.services)
    assert "proposal changed" in [mail.subject for mail in world.mailer.sent]
    (one,) = found_of(proposals.get_version(proposal.id, 1))
    assert (one.line, one.why, one.was, one.now) == (1, "dearer", 1_000_000, 1_100_000)
    assert keep_promise(proposal, world.services) == []
    order_id = sold(world, proposals.get_by_id(proposal.id))
    shares = ledger.balances(order_id)
    assert shares["card"] == due_of(TERMS) and shares["supplier:op-PK01"] == -990_000
    assert -shares[KEY] == due_of(TERMS) - 1_100_000 - HOUSE.price - BOAT.price


def test_a_dearer_price_than_the_agency_agreed_to_is_shown_again(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world))

    def cost(amount: int) -> None:
        item = {**WALK.item, "price": {**WALK.item["price"], "amount": amount}}
        prices["lines"] = (replace(WALK, price=amount, item=item), HOUSE, BOAT)

    cost(1_100_000)
    keep_promise(proposal, world.services)
    cost(1_100_001)
    with pytest.raises(NotAsPromised):
        open_sale(proposals.get_by_id(proposal.id), world.services)
    cost(900_000)
    assert open_sale(proposals.get_by_id(proposal.id), world.services).total == due_of(TERMS)


def test_what_cannot_be_sold_or_made_stops_the_sale(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world))
    prices["lines"] = (WALK, replace(HOUSE, blocked="sold_out"), BOAT)
    assert [one.why for one in keep_promise(proposal, world.services)] == ["sold_out"]
    with pytest.raises(NotAsPromised):
        open_sale(proposals.get_by_id(proposal.id), world.services)
    prices["lines"], prices["plan"] = LINES, None
    found = look_again(proposals.get_by_id(proposal.id), proposals.get_version(proposal.id, 1), world.services)
    assert [one.why for one in found] == ["no_plan"]


def test_an_agency_that_settles_itself_pays_net_and_earns_its_commission(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world, own=[DRIVER], payer="agency", commission_bp=400)))
    shares = ledger.balances(order_id)
    assert shares["card"] == WALK.price + HOUSE.price + BOAT.price
    assert shares[KEY] == -(40_000 + 36_000)


def test_nobody_sells_what_was_not_accepted_or_was_taken_back(world: World, prices: Any) -> None:
    proposal_id = sent(world)
    with pytest.raises(WrongState):
        open_sale(proposals.get_by_id(proposal_id), world.services)
    proposal = accepted(world, proposal_id)
    withdraw(AGENCY, proposal_id, world.services, RINA)
    with pytest.raises(WrongState):
        open_sale(proposals.get_by_id(proposal.id), world.services)
    with pytest.raises(NotOpen):
        accepted(world, proposal_id)


def test_what_lapsed_is_accepted_by_nobody(world: World, prices: Any) -> None:
    proposal_id = sent(world)
    world.clock.move(days=15)
    with pytest.raises(NotOpen):
        accepted(world, proposal_id)


def test_a_trip_that_an_agency_sold_is_changed_by_the_agency(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world)))
    with pytest.raises(WrongState):
        list_swaps(order_id, 1, world.services)


def test_an_enquiry_follows_its_trip_and_never_goes_back(world: World, prices: Any) -> None:
    proposal = accepted(world, sent(world))
    order_id = sold(world, proposal)
    seen = [enquiries.get_enquiry(AGENCY, proposal.enquiry_id)[0].state]
    order = orders.get_order(order_id)
    for day in (world.clock.today(), order.starts_on, order.ends_on + timedelta(days=1)):
        world.clock.move(days=(day - world.clock.today()).days)
        follow_sales(world.services)
        db.session.rollback()
        seen.append(enquiries.get_enquiry(AGENCY, proposal.enquiry_id)[0].state)
        assert follow_sales(world.services) == 0
    assert seen == ["accepted", "booked", "travelling", "done"]
    assert [STATES.index(one) for one in seen] == sorted(STATES.index(one) for one in seen)


def test_the_agency_is_written_to_once_about_what_came_of_a_sale(world: World, prices: Any) -> None:
    order_id = sold(world, accepted(world, sent(world)))
    for _ in range(3):
        follow_sales(world.services)
    refund = refunds_now(order_id, world.services, [1])[0].amount
    cancel_booking(order_id, [1], refund, world.services, "traveller")
    shop.run(world, order_id)
    for _ in range(3):
        follow_sales(world.services)
    told = [mail.subject for mail in world.mailer.sent if mail.to == "agency@example.com"]
    assert told == ["proposal accepted", "proposal booked", "proposal cancelled"]


@pytest.mark.parametrize(("payer", "has_documents"), [("client", False), ("agency", True)])
def test_who_travels_stands_in_the_checkout_s_form_and_documents_only_for_the_agency(
    world: World, prices: Any, payer: str, has_documents: bool
) -> None:
    proposal = accepted(world, sent(world, payer=payer))
    client = enquiries.get_enquiry(AGENCY, proposal.enquiry_id)[1]
    maren = Traveller("Maren", "Oduya", nationality="NL", document="C01X23456")
    add_traveller(AGENCY, client.id, maren, world.services, RINA)
    order = orders.get_order(open_sale(proposal, world.services).id)
    assert order.contact == {"email": "maren@example.org", "phone": ""}
    (one,) = order.travellers
    assert (one["given"], one["family"], one.get("document")) == (
        "Maren", "Oduya", "C01X23456" if has_documents else None,
    )  # fmt: skip


@pytest.mark.slow
def test_a_proposal_is_accepted_once_whoever_is_first(world: World, shop_app: Flask) -> None:
    made = [sent(world) for _ in range(8)]
    told = race(shop_app.config["SQLALCHEMY_DATABASE_URI"], [partial(accept_at_once, made)] * 3, True)
    for answers in zip(*told, strict=True):
        assert sorted(answers) == ["done", "proposal_not_open", "proposal_not_open"]


def test_who_believes_what_they_saw_accepts_what_another_accepted(world: World, shop_app: Flask) -> None:
    made = [sent(world) for _ in range(8)]
    told = race(shop_app.config["SQLALCHEMY_DATABASE_URI"], [partial(accept_at_once, made)] * 2, False)
    assert ("done", "done") in zip(*told, strict=True), "the race proves nothing"


@pytest.mark.slow
def test_two_who_pay_at_once_hold_the_trip_once(world: World, shop_app: Flask, prices: Any) -> None:
    made = [accepted(world, sent(world, lines=[WALK])).id for _ in range(6)]
    told = race(shop_app.config["SQLALCHEMY_DATABASE_URI"], [partial(sell_at_once, made)] * 2, True)
    db.session.rollback()
    for one, other in zip(*told, strict=True):
        assert one == other or Conflict.default_code in (one, other), (one, other)
    assert held_of_agency() == len(made)


def test_two_who_pay_without_looking_hold_it_twice(world: World, shop_app: Flask, prices: Any) -> None:
    made = [accepted(world, sent(world, lines=[WALK])).id for _ in range(6)]
    race(shop_app.config["SQLALCHEMY_DATABASE_URI"], [partial(sell_at_once, made)] * 2, False)
    db.session.rollback()
    assert held_of_agency() > len(made), "the race proves nothing"


def held_of_agency() -> int:
    return db.session.query(Order).filter(Order.agency_id == AGENCY, Order.state == "held").count()
