"""Two agencies and their people, logged in with both factors, on the desk's small shop or on the whole site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from planner.flow import run_agency
from planner.flow.run_agency import Card
from planner.store.accounts import get_account
from planner.web.services import services
from tests.desk import people
from tests.desk.conftest import desk_app, desk_snapshots, world
from tests.desk.people import Visitor

__all__ = ["desk_app", "desk_snapshots", "world"]

RINA, DEWA, MADE = "rina@tur.example", "dewa@tur.example", "made@other.example"
CARD = Card("Lombok Lintas Tur", "NIB 8120 0011", "halo@tur.example", "+62 812 3456 7890")


@dataclass
class Agents:
    """The people of an agency: who owns it, who sells, and the owner of another one."""

    agency_id: str
    other_id: str
    rina: Visitor
    dewa: Visitor
    made: Visitor


def found_agency(email: str, card: Card = CARD) -> str:
    """Have somebody apply and staff approve; call it in the site's context."""
    account = people.open_account(email, "traveller")
    agency = run_agency.apply_as_agency(card, account.id, email, services())
    run_agency.approve_agency(agency.id, 1000, services(), people.STAFF)
    return agency.id


def hire(agency_id: str, email: str, work: str) -> None:
    """Have somebody invited and join."""
    account = people.open_account(email, "traveller")
    invited = run_agency.invite(agency_id, email, work, services(), RINA)
    run_agency.join_agency(invited.id, account.id, email, services())


@pytest.fixture
def agents(desk_app: Flask, world: object) -> Iterator[Agents]:
    """Rina owns an agency in which Dewa sells; Made owns another."""
    with desk_app.app_context():
        agency_id, other_id = found_agency(RINA), found_agency(MADE, Card("Other", "X 1", "o@other.example", "+62 1"))
        hire(agency_id, DEWA, "seller")
        assert get_account(DEWA).needs_second_factor
    rina, dewa, made = (people.staff(desk_app, email, "agent") for email in (RINA, DEWA, MADE))
    yield Agents(agency_id, other_id, rina, dewa, made)
