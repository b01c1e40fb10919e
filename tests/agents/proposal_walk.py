"""Walk an enquiry to a proposal, a proposal to its client's yes, and on to the checkout, by the pages alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.desk.people import Visitor

ASKED = {"title": "Komodo in May", "name": "Maren Oduya", "email": "maren@example.org", "phone": "+31 6 1234 5678",
         "language": "en", "currency": "EUR"}  # fmt: skip
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Walk:
    """A seller and the addresses of an enquiry and its proposal."""

    seller: Visitor
    enquiry: str
    page: str

    def shown(self) -> str:
        return self.seller.client.get(self.page).text

    def act(self, path: str, **data: Any) -> Any:
        """Send a form of the proposal's page as it stands now."""
        seen = re.search(r'name="seen" value="([^"]+)"', self.shown())
        return self.seller.post(self.page + path, self.page, seen=seen[1] if seen else "", **data)

    def words(self, **other: Any) -> Any:
        given = {"title": "Komodo in May", "greeting": "Dear Maren,\nthis is it.", "language": "en", "currency": "EUR",
                 "markup": "20", "step": "100", "free_after": "0", "days_valid": "14", "sizes": "",
                 "payer": "client"}  # fmt: skip
        return self.act("/words", **{**given, **other})

    def send(self) -> str:
        """Send it and return the client's address."""
        answer = self.act("/send", mail="yes")
        assert answer.status_code == 303, answer.text
        link = re.search(r'id="link"[^>]* value="([^"]+)"', self.shown())
        assert link
        return re.sub(r"^https?://[^/]+", "", unescape(link[1]))


def begin(seller: Visitor, trip: str, **asked: str) -> Walk:
    """Write an enquiry down, give it a trip, and begin its proposal."""
    enquiry = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **{**ASKED, **asked}).location
    assert seller.post(enquiry + "/trip", enquiry, trip=trip).status_code == 303
    number = enquiry.rsplit("/", 1)[1]
    page = seller.post(f"/agency/proposals/of/{number}", enquiry).location
    return Walk(seller, enquiry, page)


class Client:
    """Somebody who has a proposal's link and no account."""

    def __init__(self, site: Flask, address: str) -> None:
        self.client: FlaskClient = site.test_client()
        self.address = address
        self.answers: list[str] = []

    def read(self, path: str = "", **more: Any) -> Any:
        answer = self.client.get(self.address + path, headers={"User-Agent": "Mozilla/5.0 Firefox"}, **more)
        self.answers.append(answer.get_data(as_text=True) if "pdf" not in answer.mimetype else "")
        return answer

    def act(self, path: str, **data: Any) -> Any:
        token = TOKEN.search(self.client.get(self.address, headers={"User-Agent": "bot"}).text)
        answer = self.client.post(self.address + path, data={"csrf_token": token[1] if token else "", **data})
        self.answers.append(answer.text)
        return answer

    def accept(self, version: int = 1, option: str = "a", **other: str) -> Any:
        given = {"version": str(version), "option": option, "name": "Maren Oduya", "agrees": "yes", **other}
        return self.act("/accept", **given)
