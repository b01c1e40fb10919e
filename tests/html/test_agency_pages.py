"""Pages of agencies are valid HTML."""

from __future__ import annotations

import re

from flask import Flask

from planner.store import agencies
from planner.store.accounts import get_account
from tests.agents.conftest import DEWA, MADE, RINA, hire
from tests.agents.test_pages import FIELDS, seller, trip_link
from tests.desk import people
from tests.desk.people import Visitor
from tests.html.gathering import AGENCIES, Gathering, views_with_pages
from tests.html.judge import Judge

__all__ = ["seller", "trip_link"]


def test_pages_of_agencies_are_valid(
    seller: Visitor, trip_link: str, site: Flask, gathering: Gathering, judge: Judge
) -> None:
    with site.app_context():
        member = agencies.find_member(get_account(RINA).id)
        assert member is not None
        hire(member.agency_id, DEWA, "reader")
        people.open_account(MADE, "traveller")
    gathering.open(
        seller.client,
        ("/agency/", "/agency/price", f"/agency/price?trip={trip_link}&currency=EUR&sizes=2,40", "/agency/standing"),
    )
    wrong = "/agency/price?trip=x&markup=y&sizes=z&currency=Q&free_after=w"
    gathering.answer("price refused", seller.client.get(wrong))
    gathering.answer("house refused", seller.post("/agency/prices", "/agency/", markup="x", step="7", free_after="x"))
    gathering.answer("person refused", seller.post("/agency/people", "/agency/", email="x", work="king"))
    gathering.open(seller.client, ("/agency/enquiries/", "/agency/enquiries/new"))
    asked = {"title": "Komodo", "name": "Maren", "email": "m@example.org", "language": "en", "currency": "EUR"}
    page = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **asked).location
    seller.post(page + "/trip", page, trip=trip_link)
    client = re.search(r'href="(/agency/enquiries/clients/\d+)"', seller.client.get(page).text)
    assert client
    gathering.open(seller.client, (page, client[1], "/agency/enquiries/?q=x", "/agency/enquiries/"))
    gathering.answer("enquiry refused", seller.post(page, page, state="x", owner="x", next_on="x"))
    gathering.answer("note refused", seller.post(page + "/notes", page, note=" "))
    gathering.answer("new refused", seller.post("/agency/enquiries/new", page, title=""))
    gathering.answer("not sure", seller.post(client[1] + "/erase", client[1]))
    dewa = people.staff(site, DEWA, "agent")
    gathering.open(dewa.client, ("/agency/", page, client[1]))
    seller.post(client[1] + "/erase", client[1], sure="yes")
    gathering.open(seller.client, (client[1],))
    made = people.visitor(site)
    made.log_in(MADE)
    gathering.open(made.client, ("/agency/apply", "/agency/standing"))
    gathering.answer("application refused", made.post("/agency/apply", "/agency/apply", name="x"))
    seller.post("/agency/people", "/agency/", email=MADE, work="seller")
    gathering.open(made.client, ("/agency/standing",))
    made.post("/agency/apply", "/agency/standing", **FIELDS)
    gathering.open(made.client, ("/agency/standing",))
    assert gathering.views >= {one for one in views_with_pages(site) if one.startswith(AGENCIES)}
    judge.accept(gathering.pages)
