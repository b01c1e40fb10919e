"""Pages of agencies are valid HTML."""

from __future__ import annotations

import io
import re

from flask import Flask

from planner.store import agencies
from planner.store.accounts import get_account
from tests.agents import proposal_walk
from tests.agents.conftest import DEWA, MADE, RINA, hire
from tests.agents.sold_order import sold_here
from tests.agents.test_pages import FIELDS, seller, trip_link
from tests.agents.test_rates import ASKED
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.test_dress_agency import picture
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
    judge_brand_and_rates(seller, gathering)
    gathering.answer("person refused", seller.post("/agency/people", "/agency/", email="x", work="king"))
    gathering.open(seller.client, ("/agency/enquiries/", "/agency/enquiries/new"))
    asked = {"title": "Komodo", "name": "Maren", "email": "m@example.org", "language": "en", "currency": "EUR"}
    page = seller.post("/agency/enquiries/new", "/agency/enquiries/new", **asked).location
    seller.post(page + "/trip", page, trip=trip_link)
    client = re.search(r'href="(/agency/clients/\d+)"', seller.client.get(page).text)
    assert client
    gathering.open(seller.client, (page, client[1], "/agency/enquiries/?q=x", "/agency/enquiries/"))
    gathering.answer("enquiry refused", seller.post(page, page, state="x", owner="x", next_on="x"))
    gathering.answer("note refused", seller.post(page + "/notes", page, note=" "))
    gathering.answer("new refused", seller.post("/agency/enquiries/new", page, title=""))
    gathering.answer("not sure", seller.post(client[1] + "/erase", client[1]))
    dewa = people.staff(site, DEWA, "agent")
    gathering.open(dewa.client, ("/agency/", "/agency/rates/", page, client[1]))
    seller.post(client[1] + "/erase", client[1], sure="yes")
    gathering.open(seller.client, (client[1],))
    with sold_here(site) as code:
        months = "/agency/statement?from=2026-01-01&until=2099-12-31"
        booking = f"/agency/bookings/{code}"
        gathering.open(seller.client, ("/agency/bookings", "/agency/bookings?q=x", booking, months))
        gathering.open(dewa.client, ("/agency/bookings", booking))
        gathering.answer("statement refused", seller.client.get("/agency/statement?from=x&until=y"))
    made = people.visitor(site)
    made.log_in(MADE)
    gathering.open(made.client, ("/agency/apply", "/agency/standing"))
    gathering.answer("application refused", made.post("/agency/apply", "/agency/apply", name="x"))
    seller.post("/agency/people", "/agency/", email=MADE, work="seller")
    gathering.open(made.client, ("/agency/standing",))
    made.post("/agency/apply", "/agency/standing", **FIELDS)
    gathering.open(made.client, ("/agency/standing",))
    judge_proposals(seller, trip_link, site, gathering)
    assert gathering.views >= {one for one in views_with_pages(site) if one.startswith(AGENCIES)}
    judge.accept(gathering.pages)


def judge_brand_and_rates(seller: Visitor, gathering: Gathering) -> None:
    """Gather how an agency shows itself and its rates, with mistakes."""
    gathering.open(seller.client, ("/agency/rates/",))
    gathering.answer("rate refused", seller.post("/agency/rates/", "/agency/rates/", product="<x", amount="1", off="x"))
    seller.post("/agency/rates/", "/agency/rates/", **ASKED)
    seller.post("/agency/logo", "/agency/", logo=(io.BytesIO(picture()), "logo.png"))
    gathering.open(seller.client, ("/agency/rates/", "/agency/"))
    gathering.answer("logo refused", seller.post("/agency/logo", "/agency/"))
    gathering.answer("card refused", seller.post("/agency/card", "/agency/", card_name="", card_email="x"))


def judge_proposals(seller: Visitor, trip_link: str, site: Flask, gathering: Gathering) -> None:
    """Gather what an agency and its client see of a proposal, as it goes from a draft to a yes."""
    walk = proposal_walk.begin(seller, trip_link)
    gathering.open(seller.client, (walk.page,))
    walk.words()
    walk.act("/options/a", name="By boat", own_name_1="Driver", own_net_1="900000")
    walk.act("/options/a/copy", name="By air")
    gathering.open(seller.client, (walk.page, walk.page + "/preview"))
    gathering.answer("words refused", walk.words(title="", markup="x", days_valid="x"))
    gathering.answer("option refused", walk.act("/options/a", own_name_1="x", own_net_1="x", own_days_1="x"))
    gathering.answer("trip refused", walk.act("/options", trip="x"))
    maren = proposal_walk.Client(site, walk.send())
    address = maren.address.removeprefix("/en")
    gathering.open(maren.client, (address,))
    gathering.answer("acceptance refused", maren.accept(option="", name="", agrees=""))
    gathering.answer("comment refused", maren.act("/comments", comment=" "))
    maren.act("/comments", who="Maren", comment="A view, please")
    maren.accept(option="b")
    gathering.open(maren.client, (address,))
    gathering.open(seller.client, (walk.page, walk.page + "/versions/1"))
    seller.post(walk.page + "/withdraw", walk.page, sure="yes")
    gathering.open(maren.client, (address,))
    gathering.open(seller.client, (walk.page,))
