"""Pages of agencies are valid HTML."""

from __future__ import annotations

import io
import re

from flask import Flask

from planner.store import agencies
from planner.store.accounts import get_account
from planner.web.letters import WrittenLetters
from tests.agents import proposal_walk
from tests.agents.conftest import DEWA, MADE, RINA, hire
from tests.agents.sold_order import sold_here
from tests.agents.test_clients import CARD, ONE, hidden, take, upload
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
        agency_id = member.agency_id
        hire(agency_id, DEWA, "reader")
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
    open_clients(seller, client[1], gathering)
    with site.app_context():
        enquiry_id = int(page.rsplit("/", 1)[1])
        reminder = WrittenLetters(site, "https://trips.example").remind_agent(agency_id, enquiry_id, RINA)
        gathering.add("reminder", reminder.html if reminder else "")
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


def open_clients(seller: Visitor, client: str, gathering: Gathering) -> None:
    """Open what there is of clients: lists, forms, travellers, a table, and all of it refused."""
    new, travellers = "/agency/clients/new", client + "/travellers/new"
    seller.post(travellers, client, **{**ONE, "document_until": "2020-01-01"})
    one = re.search(r'href="(/agency/clients/\d+/travellers/\d+)"', seller.client.get(client).text)
    assert one
    seller.post(client + "/card", client, seen=hidden(seller.client.get(client + "/card").text, "seen"), **CARD)
    gathering.open(
        seller.client,
        ("/agency/clients/", "/agency/clients/?q=nobody", new, client, client + "/card", travellers, one[1],
         "/agency/clients/import"),
    )  # fmt: skip
    gathering.answer("client refused", seller.post(new, new, wishes="x" * 2001))
    gathering.answer("card refused", seller.post(client + "/card", client, name=""))
    gathering.answer("card is stale", seller.post(client + "/card", client, **CARD))
    gathering.answer("traveller refused", seller.post(travellers, client, born_on="x", document="1", needs="x" * 501))
    gathering.answer("traveller not removed", seller.post(one[1] + "/drop", client))
    gathering.answer("table refused", upload(seller, b""))
    table = b"name,email,shoe\nAni,,4\nBudi,budi,5\nM,m@example.org,6\nAni,,7\n"
    gathering.answer("table", shown := upload(seller, table))
    gathering.answer("table with a wrong row", take(seller, shown))
    gathering.answer("table of those who are known", upload(seller, b"name,email\nM,maren@example.org\n"))
    assert take(seller, shown, leave_out="yes").status_code == 303
    gathering.open(seller.client, ("/agency/clients/",))
