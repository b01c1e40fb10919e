"""People of an agency keep clients: find, change, write down who travels, take a table over, tell and forget."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from planner.agents import MOST_UPLOADED
from planner.flow import keep_clients, run_agency
from planner.flow.client_card import ClientCard
from planner.flow.import_clients import MOST_BYTES
from planner.flow.keep_clients import Traveller
from planner.store import agencies, audit, enquiries
from planner.web.services import services
from tests.agents.conftest import RINA, Agents
from tests.agents.test_access import CLIENT_SELLERS, GET
from tests.desk.people import Visitor, token_of

NEW, IMPORT = "/agency/clients/new", "/agency/clients/import"
CARD = {"name": "Maren Oduya", "email": "maren@example.org", "phone": "+31 6 1234", "language": "en",
        "currency": "EUR", "wishes": "Small hotels\r\nNo <early> flights"}  # fmt: skip
ONE = {"given": "Maren", "family": "Oduya", "born_on": "1988-02-29", "nationality": "NL", "document": "NX 123 4567",
       "document_until": "2031-01-31", "needs": "No nuts"}  # fmt: skip


@pytest.fixture
def page(agents: Agents) -> str:
    """The page of a client of Rina's agency."""
    return str(agents.rina.post(NEW, NEW, **CARD).location)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text
    return html.unescape(found[1])


def upload(who: Visitor, content: bytes) -> TestResponse:
    data = {"csrf_token": who.token(IMPORT), "table": (io.BytesIO(content), "clients.csv")}
    return who.client.post(IMPORT, data=data, content_type="multipart/form-data")


def take(who: Visitor, shown: TestResponse, **more: Any) -> TestResponse:
    """Press the button below what was shown of a table."""
    data = {"csrf_token": token_of(shown), "rows": hidden(shown.text, "rows"), **more}
    return who.client.post(IMPORT + "/rows", data=data, content_type="multipart/form-data")


def test_a_client_is_written_down_found_and_changed(agents: Agents, page: str) -> None:
    shown = agents.dewa.client.get(page).text
    assert "maren@example.org" in shown and "No &lt;early&gt; flights" in shown and "Euro" in shown
    again = agents.dewa.post(NEW, NEW, **{**CARD, "name": "M. O.", "currency": "XXX"})
    assert again.status_code == 422 and 'value="M. O."' in again.text and "Small hotels" in again.text
    again = agents.dewa.post(NEW, NEW, **{**CARD, "name": "M. O."})
    assert again.status_code == 422 and "has this address already" in again.text
    for asked, is_found in (
        ("", True),
        ("?q=oduya", True),
        ("?q=MAREN@", True),
        ("?q=nobody", False),
        ("?page=x", True),
    ):
        assert ("Maren Oduya" in agents.dewa.client.get("/agency/clients/" + asked).text) == is_found, asked
    assert "Maren" not in agents.made.client.get("/agency/clients/").text

    form = agents.rina.client.get(page + "/card").text
    assert "Small hotels\nNo &lt;early&gt; flights</textarea>" in form
    seen = hidden(form, "seen")
    assert agents.rina.post(page + "/card", page, seen=seen, **{**CARD, "name": "Maren"}).status_code == 303
    late = agents.dewa.post(page + "/card", page, seen=seen, **{**CARD, "name": "Never"})
    assert late.status_code == 409 and 'value="Never"' in late.text and "changed this meanwhile" in late.text
    again = agents.dewa.post(page + "/card", page, seen=hidden(late.text, "seen"), **{**CARD, "name": "After all"})
    assert again.status_code == 303 and "After all" in agents.dewa.client.get(page).text


def test_long_lists_have_pages_that_keep_the_search(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        for n in range(enquiries.PAGE + 1):
            keep_clients.add_client(agents.agency_id, ClientCard(f"Ani {n:02}"), services())
    first = agents.rina.client.get("/agency/clients/?q=ani").text
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further and "Page 1 of 2" in first
    last = agents.rina.client.get(html.unescape(further[1])).text
    assert "Ani 30" in last and "Ani 00" not in last and 'value="ani"' in last


def test_documents_are_shown_masked_and_whole_only_to_whoever_changes_them(
    desk_app: Flask, agents: Agents, page: str
) -> None:
    assert agents.dewa.post(page + "/travellers/new", page, **ONE).status_code == 303
    shown = agents.dewa.client.get(page).text
    assert "•••567" in shown and "NX1234567" not in shown and "Netherlands" in shown and "29 February 1988" in shown
    one = re.search(r'href="(/agency/clients/\d+/travellers/\d+)"', shown)
    assert one
    form = agents.dewa.client.get(one[1])
    assert 'value="NX1234567"' in form.text and form.headers["Cache-Control"] == "no-store"
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.set_work(agents.agency_id, dewa, "reader", services(), RINA)
    read = agents.dewa.client.get(page).text
    assert "Maren Oduya" in read and "No nuts" in read
    assert not [word for word in ("567", "1988", "2031", "Netherlands", "travellers/", "all.json") if word in read]
    assert agents.dewa.client.get(one[1]).status_code == 403


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "has lapsed"), (0, "within six months"), (178, "within six months"), (190, "")]
)
def test_a_document_that_lapses_is_warned_of_in_words(
    desk_app: Flask, agents: Agents, page: str, days: int, said: str
) -> None:
    with desk_app.app_context():
        until = services().clock.today() + timedelta(days=days)
    agents.rina.post(page + "/travellers/new", page, **{**ONE, "document_until": until.isoformat()})
    shown = agents.rina.client.get(page).text
    assert ("The document" in shown) == bool(said) and said in shown


def test_what_is_wrong_with_a_traveller_stands_at_its_field_and_nothing_is_lost(agents: Agents, page: str) -> None:
    bad = {**ONE, "given": "", "born_on": "2999-01-01", "nationality": "XX", "document": "12", "needs": "x" * 501}
    wrong = agents.rina.post(page + "/travellers/new", page, **bad)
    assert wrong.status_code == 422 and wrong.text.count('aria-invalid="true"') == 5
    for field in ("family", "born_on", "document", "needs"):
        assert bad[field] in wrong.text, field
    agents.rina.post(page + "/travellers/new", page, **ONE)
    one = re.search(r'href="(/agency/clients/\d+/travellers/\d+)"', agents.rina.client.get(page).text)
    assert one
    seen = hidden(agents.rina.client.get(one[1]).text, "seen")
    wrong = agents.rina.post(one[1], one[1], seen=seen, **{**ONE, "family": "007"})
    assert wrong.status_code == 422 and 'value="007"' in wrong.text and hidden(wrong.text, "seen") == seen
    stale = agents.rina.post(one[1], one[1], seen="2020", **{**ONE, "family": "Late"})
    assert stale.status_code == 409 and 'value="Late"' in stale.text
    assert agents.rina.post(one[1], one[1], seen=seen, **{**ONE, "family": "Visser"}).status_code == 303
    assert "Maren Visser" in agents.rina.client.get(page).text
    assert agents.rina.post(one[1] + "/drop", one[1]).status_code == 422
    assert agents.rina.post(one[1] + "/drop", one[1], sure="yes").status_code == 303
    assert "Nobody is written down yet" in agents.rina.client.get(page).text


def test_all_that_is_known_is_handed_over_and_forgotten(agents: Agents, page: str) -> None:
    agents.rina.post(page + "/travellers/new", page, **ONE)
    told = agents.dewa.client.get(page + "/all.json")
    assert told.json["travellers"][0]["document"] == "NX1234567"  # type: ignore[index]
    assert told.json["wishes"].startswith("Small hotels")  # type: ignore[index]
    assert "attachment" in told.headers["Content-Disposition"] and told.headers["Cache-Control"] == "no-store"
    assert agents.dewa.post(page + "/erase", page).status_code == 422
    assert agents.dewa.post(page + "/erase", page, sure="yes").status_code == 303
    gone = agents.dewa.client.get(page).text
    assert not [word for word in ("Maren", "1234", "hotels", "nuts", "567") if word in gone]
    for address in (page + "/card", page + "/travellers/new"):
        assert agents.dewa.client.get(address).status_code == 404
    assert "Maren" not in agents.dewa.client.get(page + "/all.json").text


def test_travellers_that_cannot_be_read_any_more_leave_the_rest_of_the_page(
    desk_app: Flask, agents: Agents, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents.rina.post(page + "/travellers/new", page, **ONE)
    with desk_app.app_context():
        from cryptography.fernet import Fernet

        from planner.store.seals import EXTENSION

        monkeypatch.setitem(desk_app.extensions, EXTENSION, Fernet(Fernet.generate_key()))
    shown = agents.rina.client.get(page)
    assert shown.status_code == 200 and "cannot be read any more" in shown.text and "Erase the client" in shown.text


def test_a_table_is_looked_at_first_and_then_added(desk_app: Flask, agents: Agents, page: str) -> None:
    table = 'Email;Name;Shoe\nmaren@example.org;M;39\nani@example.org;Zoë, Ani "A";41\n;Budi;1\n'.encode("utf-8-sig")
    shown = upload(agents.rina, table)
    assert shown.status_code == 200 and "These columns are not read: Shoe" in shown.text
    assert [shown.text.count(word) for word in ("Is added</span>", "Known already</span>")] == [2, 1]
    assert "Budi" not in agents.rina.client.get("/agency/clients/").text, "looking adds nothing"
    assert take(agents.rina, shown).location == "/agency/clients/"
    listed = agents.rina.client.get("/agency/clients/").text
    assert "2 clients were added." in listed and "Zoë, Ani &#34;A&#34;" in listed and "Budi" in listed
    assert take(agents.rina, shown).status_code == 303, "sent twice"
    assert "3 clients" in agents.rina.client.get("/agency/clients/").text
    assert "Budi" not in agents.made.client.get("/agency/clients/").text
    with desk_app.app_context():
        assert [act.detail["count"] for act in audit.list_all(RINA, "import_clients")] == [0, 2]


def test_a_wrong_row_stops_the_table_until_it_may_be_left_out(agents: Agents) -> None:
    shown = upload(agents.rina, b"name,email,currency\nAni,ani@example.org,IDR\nBudi,budi,DEM\n")
    assert "Leave the wrong rows out" in shown.text and "Line 3" in shown.text
    assert "Mail address: This is no e-mail address" in shown.text and "currency" in shown.text.lower()
    stopped = take(agents.rina, shown)
    assert stopped.status_code == 422 and "nothing was added" in stopped.text and "Budi" in stopped.text
    assert "Ani" not in agents.rina.client.get("/agency/clients/").text
    assert take(agents.rina, stopped, leave_out="yes").status_code == 303
    assert "1 client was added." in agents.rina.client.get("/agency/clients/").text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a table first"), (b"x\n", "name the columns"), (b"\xff\xfe", "UTF-8"),
        (b"name\n" + b"x\n" * 501, "At most 500 rows"), (b"name\n" + b"x" * MOST_BYTES, "larger than 1 MB"),
        (b"name\n" + b"x" * (3 * MOST_BYTES), "larger than 1 MB"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told_at_its_field(agents: Agents, content: bytes, said: str) -> None:
    wrong = upload(agents.rina, content)
    assert wrong.status_code == 422 and said in wrong.text
    assert re.search(r'id="table"[^>]*aria-invalid="true"', wrong.text)


def test_the_largest_table_goes_through_and_a_larger_form_does_not(agents: Agents) -> None:
    row = b'"%d ' + b'""' * 40 + b'","' + b"x" * 1800 + b'"\n'
    shown = upload(agents.rina, b"name,wishes\n" + b"".join(row % n for n in range(500)))
    assert shown.status_code == 200 and take(agents.rina, shown).status_code == 303
    assert "500 clients were added." in agents.rina.client.get("/agency/clients/").text
    assert upload(agents.rina, b"x" * (MOST_UPLOADED + 1)).status_code == 413
    forged = agents.rina.post(IMPORT + "/rows", IMPORT, rows=json.dumps([[2, False, "x"]]))
    assert forged.status_code == 422 and "no table that can be read" in forged.text


def test_the_empty_table_has_the_columns(agents: Agents) -> None:
    answer = agents.rina.client.get(IMPORT + "/clients.csv")
    assert answer.data.decode("utf-8-sig") == "name,email,phone,language,currency,wishes\r\n"
    assert answer.mimetype == "text/csv" and "clients.csv" in answer.headers["Content-Disposition"]
    assert upload(agents.rina, answer.data + b"Ani,,,,,\r\n").status_code == 200


def test_another_agency_s_clients_are_not_there(desk_app: Flask, agents: Agents, page: str) -> None:
    client_id = int(page.rsplit("/", 1)[1])
    with desk_app.app_context():
        one = Traveller("Maren", "Oduya")
        keep_clients.add_traveller(agents.agency_id, client_id, one, services(), RINA)
        (one,) = keep_clients.travellers_of(client_id)
        own_id = keep_clients.add_client(agents.other_id, ClientCard("Own"), services()).id
        rules = desk_app.url_map._rules_by_endpoint
        ways = [
            (rules[endpoint][0].endpoint, method, wanted)
            for endpoint, method in {**CLIENT_SELLERS, "agents.clients.show_client": GET}.items()
            if (wanted := rules[endpoint][0].arguments)
        ]
    assert len(ways) >= 9
    for endpoint, method, wanted in ways:
        for whose in (client_id, own_id) if "traveller_id" in wanted else (client_id,):
            with desk_app.test_request_context():
                values = {"client_id": whose, "traveller_id": one.id}
                path = desk_app.url_for(endpoint, **{name: values[name] for name in wanted})
            path = path.removeprefix("http://localhost")
            given = {**CARD, **ONE, "sure": "yes", "seen": one.seen}
            answer = agents.made.client.get(path) if method == GET else agents.made.post(path, **given)
            assert answer.status_code == 404 and "Oduya" not in answer.text, path
    shown = agents.rina.client.get(page).text
    assert "Maren Oduya" in shown and "/travellers/" in shown


def test_readers_see_no_way_to_act(desk_app: Flask, agents: Agents, page: str) -> None:
    with desk_app.app_context():
        dewa = agencies.list_members(agents.agency_id)[1].id
        run_agency.set_work(agents.agency_id, dewa, "reader", services(), RINA)
    for address in ("/agency/clients/", page):
        main = agents.dewa.client.get(address).text.partition('<main id="main">')[2].partition("</main>")[0]
        assert 'method="post"' not in main and "/new" not in main and "/import" not in main


def test_the_room_speaks_indonesian(agents: Agents, page: str) -> None:
    agents.rina.post(page + "/travellers/new", page, **{**ONE, "document_until": "2020-01-01"})
    agents.rina.client.set_cookie("lang", "id")
    assert "Klien baru" in agents.rina.client.get("/agency/clients/").text
    assert "Dokumen sudah tidak berlaku." in agents.rina.client.get(page).text
    assert "Baris 2" in upload(agents.rina, b"name\nAni\n").text
