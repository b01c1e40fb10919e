"""An agency applies, is let in, invites people and lets them go; nobody gets in who should not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid, NotFound
from planner.flow import run_agency
from planner.flow.run_agency import Card, LastOwner, WorksElsewhere
from planner.store import agencies, audit, tasks
from planner.store.accounts import add_account, get_account
from planner.store.agencies import Agency
from tests.desk.people import forget_everybody
from tests.flow.fakes import World

CARD = Card(" Lombok Lintas Tur ", "NIB 8120 0011", "Halo@tur.example", "+62 812 3456 7890")
STAFF, RINA, DEWA, MADE = "ayu@desk.example", "rina@tur.example", "dewa@tur.example", "made@tur.example"


@pytest.fixture
def people(shop_app: Flask) -> dict[str, int]:
    """Give accounts without a role that lets anybody in, by address."""
    forget_everybody()
    return {email: add_account(email, None, "traveller", datetime.now(UTC)).id for email in (RINA, DEWA, MADE)}


def roles(email: str) -> set[str]:
    return {role.name for role in get_account(email).roles}


def let_in(world: World, people: dict[str, int]) -> Agency:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    run_agency.approve_agency(agency.id, 1000, world.services, STAFF)
    return agencies.get_agency(agency.id)


def test_an_agency_gets_in_when_it_is_approved_and_not_before(world: World, people: dict[str, int]) -> None:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    assert (agency.state, agency.name, agency.email) == ("applied", "Lombok Lintas Tur", "halo@tur.example")
    assert "agent" not in roles(RINA)

    run_agency.approve_agency(agency.id, 900, world.services, STAFF)
    assert "agent" in roles(RINA) and agencies.get_agency(agency.id).commission_bp == 900
    done = [(act.what, act.who) for act in audit.list_all()[:2]]
    assert done == [("approve_agency", STAFF), ("apply_as_agency", RINA)]


def test_a_suspended_agency_is_out_and_its_sessions_end(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    before = get_account(RINA).fs_uniquifier
    run_agency.suspend_agency(agency.id, world.services, STAFF)
    assert "agent" not in roles(RINA) and get_account(RINA).fs_uniquifier != before
    with pytest.raises(WrongState):
        run_agency.suspend_agency(agency.id, world.services, STAFF)
    run_agency.approve_agency(agency.id, 1000, world.services, STAFF)
    assert "agent" in roles(RINA)


def test_whoever_is_invited_joins_with_the_account_of_that_address_alone(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    invited = run_agency.invite(agency.id, f" {DEWA.upper()} ", "seller", world.services, RINA)
    with pytest.raises(NotFound):
        run_agency.join_agency(invited.id, people[MADE], MADE, world.services)
    assert "agent" not in roles(MADE)

    run_agency.join_agency(invited.id, people[DEWA], DEWA, world.services)
    assert "agent" in roles(DEWA) and agencies.list_invitations(DEWA) == []
    with pytest.raises(NotFound):
        run_agency.join_agency(invited.id, people[DEWA], DEWA, world.services)


def test_who_joins_an_agency_that_waits_gets_in_with_it(world: World, people: dict[str, int]) -> None:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    invited = run_agency.invite(agency.id, DEWA, "reader", world.services, RINA)
    run_agency.join_agency(invited.id, people[DEWA], DEWA, world.services)
    assert "agent" not in roles(DEWA)
    run_agency.approve_agency(agency.id, 0, world.services, STAFF)
    assert "agent" in roles(DEWA)


def test_one_account_works_for_one_agency(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    with pytest.raises(WorksElsewhere):
        run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    other = run_agency.apply_as_agency(CARD, people[MADE], MADE, world.services)
    invited = run_agency.invite(agency.id, MADE, "seller", world.services, RINA)
    with pytest.raises(WorksElsewhere):
        run_agency.join_agency(invited.id, people[MADE], MADE, world.services)
    assert agencies.find_member(people[MADE]).agency_id == other.id  # type: ignore[union-attr]


def test_somebody_always_owns_an_agency(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    (rina,) = agencies.list_members(agency.id)
    invited = run_agency.invite(agency.id, DEWA, "owner", world.services, RINA)
    for act in (
        lambda: run_agency.let_go(agency.id, rina.id, world.services, RINA),
        lambda: run_agency.set_work(agency.id, rina.id, "seller", world.services, RINA),
    ):
        with pytest.raises(LastOwner):
            act()
    run_agency.join_agency(invited.id, people[DEWA], DEWA, world.services)
    run_agency.let_go(agency.id, rina.id, world.services, DEWA)
    assert "agent" not in roles(RINA) and agencies.find_member(people[RINA]) is None


def test_an_agency_has_no_hold_on_people_of_another(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    other = run_agency.apply_as_agency(CARD, people[MADE], MADE, world.services)
    (made,) = agencies.list_members(other.id)
    with pytest.raises(NotFound):
        run_agency.let_go(agency.id, made.id, world.services, RINA)
    with pytest.raises(NotFound):
        run_agency.set_work(agency.id, made.id, "reader", world.services, RINA)


def test_an_invitation_is_made_once_to_an_address(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    run_agency.invite(agency.id, DEWA, "seller", world.services, RINA)
    with pytest.raises(Conflict) as refused:
        run_agency.invite(agency.id, DEWA, "reader", world.services, RINA)
    assert (refused.value.code, refused.value.field) == ("invited_before", "email")
    for email, work, field in (("dewa", "seller", "email"), ("x@y.example", "king", "work")):
        with pytest.raises(Invalid) as wrong:
            run_agency.invite(agency.id, email, work, world.services, RINA)
        assert wrong.value.field == field


def test_what_is_wrong_with_an_application_is_said_field_by_field(world: World, people: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        run_agency.apply_as_agency(Card("", "x" * 61, "halo", ""), people[RINA], RINA, world.services)
    assert {(one.field, one.code) for one in refused.value.problems} == {
        ("name", "missing"), ("licence", "too_long"), ("email", "bad_email"), ("phone", "missing"),
    }  # fmt: skip
    assert agencies.find_member(people[RINA]) is None


def test_how_prices_are_made_is_kept_or_refused_as_a_whole(world: World, people: dict[str, int]) -> None:
    agency = let_in(world, people)
    run_agency.set_prices(agency.id, 1250, 50_000, 15, " Paid a month ahead. ", world.services, RINA)
    kept = agencies.get_agency(agency.id)
    assert (kept.markup_bp, kept.step, kept.free_after, kept.terms) == (1250, 50_000, 15, "Paid a month ahead.")
    with pytest.raises(Invalid) as refused:
        run_agency.set_prices(agency.id, -1, 7, 100, "", world.services, RINA)
    assert {one.field for one in refused.value.problems} == {"markup", "step", "free_after"}
    assert agencies.get_agency(agency.id).markup_bp == 1250


@pytest.mark.parametrize("commission_bp", [-1, 1001])
def test_a_commission_out_of_bounds_lets_nobody_in(world: World, people: dict[str, int], commission_bp: int) -> None:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    with pytest.raises(Invalid):
        run_agency.approve_agency(agency.id, commission_bp, world.services, STAFF)
    assert agencies.get_agency(agency.id).state == "applied" and "agent" not in roles(RINA)


def test_owners_are_written_to_when_their_agency_is_let_in_or_suspended_and_nobody_else(
    world: World, people: dict[str, int]
) -> None:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    invited = run_agency.invite(agency.id, DEWA, "seller", world.services, RINA)
    run_agency.invite(agency.id, MADE, "owner", world.services, RINA)
    assert world.mailer.sent == [], "an invitation is found, not sent"
    run_agency.join_agency(invited.id, people[DEWA], DEWA, world.services)
    run_agency.approve_agency(agency.id, 1000, world.services, STAFF)
    run_agency.approve_agency(agency.id, 500, world.services, STAFF)
    run_agency.suspend_agency(agency.id, world.services, STAFF)
    world.clock.move(minutes=1)
    run_agency.approve_agency(agency.id, 500, world.services, STAFF)
    assert [(mail.to, mail.subject) for mail in world.mailer.sent] == [
        (RINA, "agency let_in"), (RINA, "agency suspended"), (RINA, "agency let_in"),
    ]  # fmt: skip


def test_an_agency_is_let_in_where_no_mail_goes_out_and_somebody_is_told(world: World, people: dict[str, int]) -> None:
    agency = run_agency.apply_as_agency(CARD, people[RINA], RINA, world.services)
    world.mailer.is_down = True
    run_agency.approve_agency(agency.id, 1000, world.services, STAFF)
    assert agencies.get_agency(agency.id).state == "approved" and "agent" in roles(RINA)
    (task,) = tasks.list_queue("mail_failed")
    assert task.order_id is None and task.facts["to"] == RINA
