"""A rate by contract makes prices only after staff have looked at it, and only until it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from planner.booking.states import WrongState
from planner.errors import Invalid, NotFound
from planner.flow import keep_rates, run_agency
from planner.flow.keep_rates import Wanted
from planner.store import agency_rates, audit, tasks
from planner.store.accounts import add_account
from tests.desk.people import forget_everybody
from tests.flow.fakes import World
from tests.flow.test_run_agency import CARD

STAFF, RINA, MADE = "ayu@desk.example", "rina@tur.example", "made@tur.example"
FIRST, UNTIL = date(2027, 1, 1), date(2028, 1, 1)
GOOD = Wanted("PK01", 100_000, None, " Agreement 12/2027 ", FIRST, UNTIL)


@pytest.fixture
def agency_id(shop_app: Flask, world: World) -> Iterator[str]:
    """Give an agency that Rina owns, let in."""
    yield found(world, RINA)
    forget_everybody()


def found(world: World, email: str) -> str:
    if email == RINA:
        forget_everybody()
    account = add_account(email, None, "traveller", datetime.now(UTC))
    agency = run_agency.apply_as_agency(CARD, account.id, email, world.services)
    run_agency.approve_agency(agency.id, 1000, world.services, STAFF)
    world.mailer.sent.clear()
    return agency.id


def test_a_rate_waits_until_staff_approve_it_and_is_taken_back_by_the_agency(world: World, agency_id: str) -> None:
    rate = keep_rates.ask_rate(agency_id, GOOD, world.services, RINA)
    assert (rate.state, rate.contract) == ("asked", "Agreement 12/2027")
    assert [one.id for one in agency_rates.list_waiting()] == [rate.id]
    assert agency_rates.list_approved(agency_id) == []

    keep_rates.approve_rate(rate.id, world.services, STAFF)
    assert [one.id for one in agency_rates.list_approved(agency_id)] == [rate.id]
    assert agency_rates.list_waiting() == []
    with pytest.raises(WrongState):
        keep_rates.refuse_rate(rate.id, world.services, STAFF)

    keep_rates.withdraw_rate(agency_id, rate.id, world.services, RINA)
    assert agency_rates.list_approved(agency_id) == []
    for act in (keep_rates.approve_rate, keep_rates.refuse_rate):
        with pytest.raises(WrongState):
            act(rate.id, world.services, STAFF)
    with pytest.raises(WrongState):
        keep_rates.withdraw_rate(agency_id, rate.id, world.services, RINA)
    done = [(act.what, act.who) for act in audit.list_all()[:3]]
    assert done == [("withdraw_rate", RINA), ("approve_rate", STAFF), ("ask_rate", RINA)]


def test_a_refused_rate_makes_no_price(world: World, agency_id: str) -> None:
    rate = keep_rates.ask_rate(agency_id, GOOD, world.services, RINA)
    keep_rates.refuse_rate(rate.id, world.services, STAFF)
    assert agency_rates.list_approved(agency_id) == agency_rates.list_waiting() == []
    with pytest.raises(WrongState):
        keep_rates.approve_rate(rate.id, world.services, STAFF)


def test_owners_are_written_to_when_staff_decide_and_a_mail_that_fails_undoes_nothing(
    world: World, agency_id: str
) -> None:
    good, bad, silent = (keep_rates.ask_rate(agency_id, GOOD, world.services, RINA) for _ in range(3))
    keep_rates.approve_rate(good.id, world.services, STAFF)
    keep_rates.refuse_rate(bad.id, world.services, STAFF)
    assert [(mail.to, mail.subject) for mail in world.mailer.sent] == [
        (RINA, "agency rate_approved"), (RINA, "agency rate_refused"),
    ]  # fmt: skip
    world.mailer.is_down = True
    keep_rates.approve_rate(silent.id, world.services, STAFF)
    assert {one.id for one in agency_rates.list_approved(agency_id)} == {good.id, silent.id}
    assert [task.facts["to"] for task in tasks.list_queue("mail_failed")] == [RINA]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"product_id": "PK-NONE"}, {("product", "no_such_product")}),
        ({"amount": None}, {("amount", "no_amount_or_off")}),
        ({"off_bp": 500}, {("off", "amount_and_off")}),
        ({"amount": None, "off_bp": 0}, {("off", "bad_off")}),
        ({"amount": None, "off_bp": -1}, {("off", "bad_off")}),
        ({"amount": None, "off_bp": 10_000}, {("off", "bad_off")}),
        ({"amount": 0}, {("amount", "bad_sum")}),
        ({"amount": -1}, {("amount", "bad_sum")}),
        ({"amount": 90_000_000}, {("amount", "above_public")}),
        ({"contract": "  "}, {("contract", "missing")}),
        ({"contract": "x" * 121}, {("contract", "too_long")}),
        ({"valid_from": None}, {("from", "no_day")}),
        ({"valid_until": None}, {("until", "no_day")}),
        ({"valid_until": FIRST}, {("until", "until_before_from")}),
        ({"valid_from": date(2020, 1, 1), "valid_until": date(2021, 1, 1)}, {("until", "over_already")}),
        ({"product_id": "", "amount": None, "contract": "", "valid_from": None},
         {("product", "no_such_product"), ("amount", "no_amount_or_off"), ("contract", "missing"), ("from", "no_day")}),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_rate_is_said_field_by_field_and_nothing_is_kept(
    world: World, agency_id: str, changed: dict[str, object], wrong: set[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        keep_rates.ask_rate(agency_id, Wanted(**{**vars(GOOD), **changed}), world.services, RINA)  # type: ignore[arg-type]
    assert {(one.field, one.code) for one in refused.value.problems} == wrong
    assert agency_rates.list_rates(agency_id) == []


def test_a_rate_may_be_the_public_price_itself_and_a_share_down_to_a_hundredth(world: World, agency_id: str) -> None:
    public = keep_rates.list_on_offer(world.services)["PK01"].amount
    keep_rates.ask_rate(agency_id, Wanted("PK01", public, None, "x", FIRST, UNTIL), world.services, RINA)
    keep_rates.ask_rate(agency_id, Wanted("ST-LBJ-1", None, 1, "x", FIRST, UNTIL), world.services, RINA)
    assert [rate.amount for rate in agency_rates.list_rates(agency_id)] == [None, public]


def test_another_agency_s_rate_is_not_there(world: World, agency_id: str) -> None:
    rate = keep_rates.ask_rate(agency_id, GOOD, world.services, RINA)
    other = found(world, MADE)
    with pytest.raises(NotFound):
        keep_rates.withdraw_rate(other, rate.id, world.services, MADE)
    keep_rates.approve_rate(rate.id, world.services, STAFF)
    assert agency_rates.list_approved(other) == []


def test_what_is_on_offer_is_counted_as_its_public_price_counts(world: World) -> None:
    offers = keep_rates.list_on_offer(world.services)
    assert {one.unit for one in offers.values()} <= {"person", "group", "room_night"}
    assert offers["ST-LBJ-1"].unit == "room_night" and offers["PK01"].unit == "person"
