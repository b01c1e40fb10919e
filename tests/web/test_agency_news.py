"""Owners of an agency read in both languages what staff decided, with a link that works, and nothing of others."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import Flask

from planner.booking.letter import Mail
from planner.flow import keep_rates
from planner.flow.keep_rates import Wanted
from planner.web.services import services
from tests.agents.conftest import CARD, RINA, Agents
from tests.agents.conftest import agents as agents
from tests.desk.conftest import desk_app, desk_snapshots, world
from tests.web.test_letters import ADDRESS, Reader, letters, plain

__all__ = ["agents", "desk_app", "desk_snapshots", "world"]

WANTED = Wanted("PK01", 100_000, None, "Agreement <12>", date(2027, 1, 1), date(2028, 1, 1))


def told(app: Flask, agents: Agents, what: str) -> Mail:
    with app.app_context():
        rate_id = None
        if what.startswith("rate"):
            rate_id = keep_rates.ask_rate(agents.agency_id, WANTED, services(), RINA).id
        mail = letters(app).tell_agency(agents.agency_id, RINA, what, rate_id)
    assert mail is not None
    return mail


@pytest.mark.parametrize(
    ("what", "subject", "english", "indonesian"),
    [
        ("let_in", f"{CARD.name} is let in", "Commission on public prices: 10 %.", "Komisi atas harga umum: 10%."),
        ("suspended", f"{CARD.name} is suspended", "What was sold stays sold.", "ditangguhkan"),
        ("rate_approved", "Contract rate approved: Ubud cooking class with market visit, Ubud",
         "It makes your prices from now on.", "Harga kontrak disetujui"),
        ("rate_refused", "Contract rate not approved: Ubud cooking class with market visit, Ubud",
         "The public price goes on to hold.", "Harga umum tetap berlaku."),
    ],
)  # fmt: skip
def test_owners_read_what_was_decided(
    desk_app: Flask, agents: Agents, what: str, subject: str, english: str, indonesian: str
) -> None:
    mail = told(desk_app, agents, what)
    html = Reader(mail.html)
    assert (mail.to, mail.subject) == (RINA, subject)
    assert english in plain(mail.text) and english in plain(html.text)
    assert indonesian in plain(mail.text).replace(" %", "%") and html.languages == ["en", "id"] and html.fetched == []
    for link in html.links:
        assert link.startswith(ADDRESS + "/agency/")
        assert agents.rina.client.get(urlsplit(link).path).status_code == 200


def test_a_rate_stands_in_its_letter_with_contract_and_days(desk_app: Flask, agents: Agents) -> None:
    mail = told(desk_app, agents, "rate_approved")
    text = plain(mail.text)
    assert "Agreement <12>" in text and "IDR 100,000 a person" in text and "1 January to 31 December 2027" in text
    assert "per orang" in text and "1 Januari" in text
    assert "Agreement &lt;12&gt;" in mail.html
