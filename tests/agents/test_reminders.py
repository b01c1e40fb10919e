"""Whoever sees to an enquiry reads in both languages what is next, and the link leads to it."""

from __future__ import annotations

from datetime import date

from flask import Flask

from planner.flow.keep_enquiries import Asked, move_on, open_enquiry
from planner.web.letters import WrittenLetters
from planner.web.services import services
from tests.agents.conftest import RINA, Agents

ROOT = "https://trips.example/"


def test_a_reminder_says_what_is_next_and_leads_there(desk_app: Flask, agents: Agents) -> None:
    with desk_app.app_context():
        asked = Asked("Komodo\r\nBcc: x@example.org", "Maren <b>", "")
        enquiry = open_enquiry(agents.agency_id, asked, services(), RINA)
        move_on(agents.agency_id, enquiry.id, enquiry.changed_at.isoformat(), "new", RINA, "Ring Maren",
                date(2026, 12, 1), services(), RINA)  # fmt: skip
        mail = WrittenLetters(desk_app, ROOT).remind_agent(agents.agency_id, enquiry.id, RINA)
        address = f"/agency/enquiries/{enquiry.id}"
    assert mail is not None and (mail.to, mail.subject) == (RINA, "Due: Komodo Bcc: x@example.org")
    assert mail.text.count(f"https://trips.example{address}") == mail.html.count(f'href="{ROOT[:-1]}{address}"') == 2
    for text in (mail.text, mail.html):
        for said in ("Ring Maren", "1 December 2026", "1 Desember 2026", "Langkah berikutnya", "Jatuh tempo"):
            assert said in text, said
    assert "Maren &lt;b&gt;" in mail.html
    assert agents.rina.client.get(address).status_code == 200
