"""Pages of the desk and of accounts are valid HTML."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from planner.booking.letter import Mail
from planner.store import agency_rates
from planner.web.letters import WrittenLetters
from tests.browser.test_accessible_desk import Desk, addresses, desk
from tests.desk import people
from tests.desk.conftest import desk_app, desk_snapshots, world
from tests.html.gathering import HOUSES, Gathering, views_with_pages
from tests.html.judge import Judge

__all__ = ["desk", "desk_app", "desk_snapshots", "world"]

WAYS_IN = ("/account/log-in", "/account/register", "/account/reset", "/account/confirm")


@pytest.fixture
def pages_site() -> str:
    return ""


@pytest.fixture
def mails(desk_app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    sent: list[Mail] = []
    postman = desk_app.extensions["planner.services"].mailer
    monkeypatch.setattr(type(postman), "send", lambda self, mail: sent.append(mail))
    return sent


def way_in(gathering: Gathering, app: Flask, mails: list[Mail]) -> None:
    """Go every way into an account, with mistakes."""
    with app.app_context():
        people.open_account("budi@desk.example", "staff")
    gathering.open(app.test_client(), WAYS_IN)
    new = people.visitor(app)
    weak = {"email": "cit", "password": "short", "password_confirm": "other"}
    gathering.answer("refused", new.log_in("budi@desk.example", "wrong-wrong-wrong"))
    gathering.answer("weak", new.post("/account/register", "/account/register", **weak))
    new.post("/account/reset", "/account/reset", email=people.STAFF)
    reset = urlsplit(re.search(r"https?://\S+", mails[-1].text)[0]).path  # type: ignore[index]
    gathering.open(new.client, (reset,))
    gathering.answer("weak again", new.post(reset, reset, password="short", password_confirm="other"))
    new.log_in("budi@desk.example")
    gathering.open(new.client, ("/account/second-factor",))
    token = new.token("/account/second-factor")
    scan = new.client.post("/account/second-factor", data={"setup": "authenticator", "csrf_token": token})
    gathering.answer("scan", scan)
    gathering.answer("wrong code", new.client.post("/account/code", data={"code": "0", "csrf_token": token}))
    again = people.visitor(app)
    again.log_in(people.STAFF)
    gathering.open(again.client, ("/account/code",))
    gathering.answer("code refused", again.enter("000000"))


def letters_to_agencies(gathering: Gathering, app: Flask) -> None:
    """Gather what owners of an agency are told of what was decided at the desk."""
    letters = WrittenLetters(app, "https://trips.example")
    with app.app_context():
        (rate, *_) = agency_rates.list_waiting()
        for what in ("let_in", "suspended", "rate_approved", "rate_refused"):
            about = rate.id if what.startswith("rate") else None
            mail = letters.tell_agency(rate.agency_id, "rina@tur.example", what, about)
            gathering.add(what, mail.html if mail else "")


def test_pages_of_the_desk_and_of_accounts_are_valid(
    desk: Desk, desk_app: Flask, gathering: Gathering, judge: Judge, mails: list[Mail]
) -> None:
    gathering.open(desk.ayu.client, addresses(desk))
    letters_to_agencies(gathering, desk_app)
    way_in(gathering, desk_app, mails)
    assert gathering.views >= {one for one in views_with_pages(desk_app) if one.startswith(HOUSES)}
    judge.accept(gathering.pages)
