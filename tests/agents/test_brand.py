"""Owners say how their agency shows itself; what clients were shown before stays where it was."""

from __future__ import annotations

import io
import re

from flask import Flask
from werkzeug.test import TestResponse

from planner.store import agencies, audit
from tests.agents.conftest import RINA, Agents
from tests.agents.test_pages import seller, trip_link
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow.fakes import World
from tests.flow.test_dress_agency import picture

__all__ = ["seller", "trip_link"]

CARD = {"card_name": "Lintas Timur", "card_licence": "NIB 9", "card_email": "kami@tur.example", "card_phone": "+62 1",
        "card_bank": "BCA 777, Rina"}  # fmt: skip


def upload(who: Visitor, content: bytes, name: str = "logo.png") -> TestResponse:
    return who.post("/agency/logo", "/agency/", logo=(io.BytesIO(content), name))


def shown(page: str) -> str:
    found = re.search(r'src="(/logos/[0-9a-f]{64}\.png)"', page)
    return found[1] if found else ""


def test_a_logo_is_shown_and_its_address_goes_on_showing_it(desk_app: Flask, agents: Agents) -> None:
    assert upload(agents.rina, picture("red")).status_code == 303
    first = shown(agents.rina.client.get("/agency/").text)
    anybody = desk_app.test_client()
    answer = anybody.get(first)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in answer.headers
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert anybody.get(first, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert anybody.get("/id" + first).status_code == 404, "it has one address for all languages"

    assert upload(agents.rina, picture("blue", form="WEBP"), "logo.webp").status_code == 303
    second = shown(agents.rina.client.get("/agency/").text)
    assert second != first and anybody.get(first).data == answer.data
    assert agents.rina.post("/agency/logo/drop", "/agency/").status_code == 303
    assert shown(agents.rina.client.get("/agency/").text) == ""
    assert anybody.get(second).status_code == anybody.get(first).status_code == 200


def test_what_was_never_a_logo_is_not_there(desk_app: Flask, world: World) -> None:
    for digest in ("0" * 64, "x", "..%2Fx", "%00"):
        assert desk_app.test_client().get(f"/logos/{digest}.png").status_code == 404


def test_what_is_no_logo_is_refused_at_its_field(agents: Agents) -> None:
    for content, said in (
        (b"", "Choose a picture first."),
        (b"%PDF-1.7", "This is no PNG, JPEG or WebP picture that can be read."),
        (b"x" * (1024 * 1024 + 1), "This picture is larger than 1 MB."),
        (picture(size=(4001, 5)), "At most 4000 pixels a side."),
    ):
        answer = upload(agents.rina, content)
        assert answer.status_code == 422, said
        field = re.search(r'<input id="logo"[^>]*>.*?</div>', answer.text)
        assert field and 'aria-invalid="true"' in field[0] and said in field[0]
    missing = agents.rina.post("/agency/logo", "/agency/")
    assert missing.status_code == 422 and "Choose a picture first." in missing.text


def test_sellers_look_at_the_logo_and_at_no_bank_account(agents: Agents) -> None:
    upload(agents.rina, picture())
    assert agents.rina.post("/agency/card", "/agency/", **CARD).status_code == 303
    page = agents.dewa.client.get("/agency/").text
    assert shown(page) and "Lintas Timur" in page and "BCA 777" not in page
    assert 'type="file"' not in page and 'name="card_name"' not in page
    assert "BCA 777" in agents.rina.client.get("/agency/").text


def test_a_card_is_changed_or_refused_at_its_fields_with_all_that_was_typed(desk_app: Flask, agents: Agents) -> None:
    wrong = agents.rina.post("/agency/card", "/agency/", **{**CARD, "card_email": "kami", "card_name": " "})
    assert wrong.status_code == 422 and len(re.findall(r'aria-invalid="true"', wrong.text)) == 2
    assert 'value="kami"' in wrong.text and 'value="BCA 777, Rina"' in wrong.text
    assert not re.search(r'id="email"[^>]*aria-invalid', wrong.text), "the form that invites people is not meant"
    assert agents.rina.post("/agency/card", "/agency/", **CARD).status_code == 303
    with desk_app.app_context():
        agency = agencies.get_agency(agents.agency_id)
        assert (agency.name, agency.licence, agency.bank) == ("Lintas Timur", "NIB 9", "BCA 777, Rina")
        (act,) = [one for one in audit.list_all() if one.what == "set_agency_card"]
        assert act.who == RINA and "NIB 9" in act.detail["licence"] and "BCA" not in str(act.detail)
    trail = people.staff(desk_app).client.get("/desk/trail/?what=set_agency_card").text
    assert "changed who an agency is" in trail and "new bank account" in trail and "Lintas Timur" in trail


def test_an_agent_finds_the_price_from_a_trip_and_nobody_else_sees_the_way(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    path = trip_link.removeprefix("http://localhost")
    look = re.search(r'href="http://localhost(/look/[^"]+)"', site.test_client().get(path).text)
    assert look
    for address in (path, look[1]):
        page = seller.client.get(address).text
        link = re.search(r'href="(/agency/price\?trip=[^"]+)"', page)
        assert link and "Price it for a client" in page and "Mark-up" not in page
        assert "Part by part" in seller.client.get(link[1]).text
        for other in (site.test_client(), people.traveller(site).client):
            assert "/agency/price" not in other.get(address).text
    assert trip_link.rsplit("/", 1)[1] not in seller.client.get(look[1]).text
