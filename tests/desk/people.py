"""People who log in: travellers, staff with an authenticator app, and the way they fill in the forms."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from planner.store.accounts import Account, add_account
from planner.store.agencies import Agency, AgencyLogo, Member
from planner.store.agency_rates import AgencyRate
from planner.store.db import transaction
from planner.store.enquiries import Client, ClientTraveller, Enquiry, EnquiryAct
from planner.store.orders import Order
from planner.store.proposals import Proposal, ProposalComment, ProposalVersion
from planner.store.web_sessions import WebSession

PASSWORD = "tamarind-ferry-loom"
STAFF = "ayu@desk.example"
TRAVELLER = "ani@home.example"
_hashes: dict[str, str] = {}


@dataclass
class Visitor:
    """A browser, and the authenticator app of whoever sits before it."""

    app: Flask
    client: FlaskClient
    key: str = ""

    def token(self, page: str = "/account/log-in") -> str:
        """Read the token of a page's forms."""
        return token_of(self.client.get(page))

    def post(self, path: str, page: str = "/account/home", **data: Any) -> TestResponse:
        """Send a form as a page holds it."""
        return self.client.post(path, data={"csrf_token": self.token(page), **data})

    def log_in(self, email: str, password: str = PASSWORD, next_page: str = "") -> TestResponse:
        """Fill in the log-in."""
        path = "/account/log-in" + (f"?next={next_page}" if next_page else "")
        return self.client.post(path, data={"email": email, "password": password, "csrf_token": self.token(path)})

    def code(self, steps: int = 0) -> str:
        """Read the app, perhaps some steps ahead."""
        return pyotp.TOTP(self.key).at(int(time.time()) + 30 * steps)

    def set_up_second_factor(self) -> TestResponse:
        """Scan the code and enter the first six digits."""
        path = "/account/second-factor"
        page = self.client.post(path, data={"setup": "authenticator", "csrf_token": self.token(path)})
        found = re.search(r'class="key-c">([^<]+)<', page.text)
        assert found, page.text
        self.key = re.sub(r"[^A-Z2-7]", "", found[1])
        return self.client.post("/account/code", data={"code": self.code(), "csrf_token": token_of(page)})

    def enter(self, code: str) -> TestResponse:
        """Enter a code after the password."""
        return self.client.post("/account/code", data={"code": code, "csrf_token": self.token("/account/code")})


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, f"{page.status_code}: {page.text[:300]}"
    return found[1]


def visitor(app: Flask) -> Visitor:
    return Visitor(app, app.test_client())


def hashed(password: str) -> str:
    """Hash once for all tests: hashing is slow on purpose."""
    if password not in _hashes:
        _hashes[password] = hash_password(password)
    return _hashes[password]


def open_account(email: str, role: str) -> Account:
    return add_account(email, hashed(PASSWORD), role, datetime.now(UTC))


def staff(app: Flask, email: str = STAFF, role: str = "staff") -> Visitor:
    """Give somebody at the desk, or of another role that needs it, logged in with both factors."""
    with app.app_context():
        open_account(email, role)
    here = visitor(app)
    assert here.log_in(email).location == "/account/second-factor"
    assert here.set_up_second_factor().location == "/account/arrive"
    return here


def traveller(app: Flask) -> Visitor:
    """Give a traveller who is logged in."""
    with app.app_context():
        open_account(TRAVELLER, "traveller")
    here = visitor(app)
    assert here.log_in(TRAVELLER).status_code == 302
    return here


def forget_everybody() -> None:
    with transaction() as session:
        session.execute(delete(WebSession))
        session.execute(update(Order).values(agency_id=None))
        for table in (
            ProposalComment, ProposalVersion, Proposal, EnquiryAct, Enquiry, ClientTraveller, Client, AgencyRate,
            AgencyLogo, Member, Agency, Account,
        ):  # fmt: skip
            session.execute(delete(table))
