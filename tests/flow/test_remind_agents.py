"""Whoever sees to an enquiry is reminded of its day once, by one of many sweepers; what nobody takes is tried again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.flow import keep_enquiries, run_agency
from planner.flow.keep_enquiries import Asked
from planner.flow.remind_agents import MOST_REFUSED, remind_agents
from planner.store import agencies, enquiries
from planner.store.db import db
from planner.store.enquiries import Enquiry
from tests.flow import agencies_at_work
from tests.flow.agencies_at_work import DEWA, RINA
from tests.flow.fakes import World
from tests.flow.racers import remind
from tests.flow.racing import race


@pytest.fixture
def agency(shop_app: Flask, world: World) -> str:
    agencies_at_work.found()
    return "a"


def ask(world: World, in_days: int | None = 0, **more: object) -> Enquiry:
    """Open an enquiry whose next step is due in so many days."""
    enquiry = keep_enquiries.open_enquiry("a", Asked("Komodo", "Maren", ""), world.services, RINA)
    return move(world, enquiry.id, in_days, **more)


def move(world: World, enquiry_id: int, in_days: int | None, **more: object) -> Enquiry:
    enquiry, _ = enquiries.get_enquiry("a", enquiry_id)
    day = None if in_days is None else world.clock.today() + timedelta(days=in_days)
    wanted = {"state": enquiry.state, "owner": enquiry.owner, "next_step": "Ring", "next_on": day, **more}
    world.clock.move(seconds=1)
    keep_enquiries.move_on(
        "a",
        enquiry_id,
        enquiry.changed_at.isoformat(),
        **wanted,
        services=world.services,
        who=RINA,  # type: ignore[arg-type]
    )
    return enquiries.get_enquiry("a", enquiry_id)[0]


def mails(world: World) -> list[tuple[str, str]]:
    return [(mail.to, mail.subject) for mail in world.mailer.sent]


def test_what_is_due_is_told_once_to_whoever_sees_to_it(world: World, agency: str) -> None:
    today, late = ask(world), ask(world, -3, owner=DEWA)
    ask(world, 1)
    ask(world, None)
    ask(world, state="lost")
    assert remind_agents(world.services) == 2
    assert remind_agents(world.services) == 0
    assert Counter(mails(world)) == Counter([(RINA, f"due {today.id}"), (DEWA, f"due {late.id}")])
    assert enquiries.get_enquiry("a", today.id)[0].reminded_on == world.clock.today()
    world.clock.move(days=1)
    assert remind_agents(world.services) == 1, "what was tomorrow is due now"


def test_another_day_is_reminded_of_anew_even_the_same_one_set_again(world: World, agency: str) -> None:
    enquiry = ask(world)
    remind_agents(world.services)
    move(world, enquiry.id, 0, next_step="Write")
    assert remind_agents(world.services) == 0, "the day stayed"
    move(world, enquiry.id, 2)
    assert remind_agents(world.services) == 0
    move(world, enquiry.id, 0)
    assert remind_agents(world.services) == 1


def test_what_nobody_takes_is_tried_again_and_the_round_ends_soon(world: World, agency: str) -> None:
    for _ in range(MOST_REFUSED + 2):
        ask(world)
    world.mailer.is_down = True
    assert remind_agents(world.services) == 0
    assert {one.reminded_on for one in db.session.query(Enquiry)} == {None}
    world.mailer.is_down = False
    assert remind_agents(world.services) == MOST_REFUSED + 2
    assert remind_agents(world.services) == 0


def test_whoever_has_left_or_only_looks_hears_nothing_more_of_clients(world: World, agency: str) -> None:
    enquiry, other = ask(world, owner=DEWA), ask(world, owner=DEWA)
    dewa = agencies.list_members("a")[1]
    run_agency.set_work("a", dewa.id, "reader", world.services, RINA)
    remind_agents(world.services)
    assert Counter(mails(world)) == Counter([(RINA, f"due {enquiry.id}"), (RINA, f"due {other.id}")])


def test_people_of_a_suspended_agency_are_not_written_to(world: World, agency: str) -> None:
    ask(world)
    run_agency.suspend_agency("a", world.services, "ayu@desk.example")
    world.mailer.sent.clear()
    assert remind_agents(world.services) == 0
    assert mails(world) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(("remind", "set", "unset", "night", "down", "up")), max_size=14))
def test_each_day_that_was_set_is_told_at_most_once_and_once_where_mail_goes(
    world: World, agency: str, acts: list[str]
) -> None:
    agencies_at_work.found()
    world.mailer.sent.clear()
    enquiry = ask(world, None)
    sent, is_waiting = 0, False
    for act in (*acts, "up", "remind"):
        if act in ("down", "up"):
            world.mailer.is_down = act == "down"
        elif act == "night":
            world.clock.move(days=1)
        elif act in ("set", "unset"):
            kept = move(world, enquiry.id, 0 if act == "set" else None)
            is_waiting = kept.next_on is not None and kept.reminded_on is None
        else:
            remind_agents(world.services)
            if is_waiting and not world.mailer.is_down:
                sent, is_waiting = sent + 1, False
        assert len(world.mailer.sent) == sent


ROUNDS = 6


def raced(world: World, app: Flask, is_guarded: bool) -> list[list[str]]:
    for _ in range(ROUNDS):
        ask(world)
    due = enquiries.list_due(world.clock.today())
    db.session.rollback()
    act = partial(remind, due, world.clock.now())
    outcomes = race(app.config["SQLALCHEMY_DATABASE_URI"], [act, act, act], is_guarded)
    db.session.rollback()
    return outcomes


@pytest.mark.slow
def test_of_sweepers_at_one_moment_one_sends(world: World, agency: str, shop_app: Flask) -> None:
    sent = [subject for one in raced(world, shop_app, True) for subject in one]
    assert sorted(Counter(sent).values()) == [1] * ROUNDS


@pytest.mark.slow
def test_sweepers_that_believe_what_they_saw_send_twice(world: World, agency: str, shop_app: Flask) -> None:
    sent = [subject for one in raced(world, shop_app, False) for subject in one]
    assert len(sent) > ROUNDS, "the race proves nothing"
