"""Pages of a site, gathered in both languages to be judged at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

LANGUAGES = ("en", "id")
NO_PAGE = frozenset((
    "accounts.arrive", "agents.clients.export", "agents.clients.show_template", "agents.proposals.show_paper",
    "agents.papers.show_driver_sheets", "agents.papers.show_invoice", "agents.papers.show_invoice_table",
    "agents.papers.show_itinerary", "agents.papers.show_purchase_orders", "agents.papers.show_rooming_list",
    "agents.papers.show_statement_paper", "agents.papers.show_statement_table",
    "travellers.proposals.show_paper",
    "api.catalogue.get_place", "api.catalogue.list_packages", "api.catalogue.list_places",
    "api.document.show_document", "api.journeys.list_journeys", "begin_in_language", "desk.books.payout_file",
    "desk.suppliers.lead_back", "desk.transfers.lead_back", "desk.transfers.show_proof", "health.show",
    "security.confirm_email", "security.static", "security.tf_select", "security.two_factor_rescue", "security.verify",
    "static", "travellers.afloat.show_manifest", "travellers.afloat.show_worker", "travellers.bookings.come_back",
    "travellers.bookings.show_calendar", "travellers.bookings.show_voucher", "travellers.bookings.show_vouchers",
    "travellers.changes.come_back", "travellers.checkout.come_back", "travellers.events.show_calendar",
    "travellers.found.show_robots", "travellers.found.show_sitemap", "travellers.planning.show_day",
    "travellers.logos.show_logo", "travellers.planning.suggest",
    "travellers.routes.reckon", "travellers.taking.show_calendar", "travellers.taking.show_pdf",
    "travellers.taking.show_picture", "travellers.taking.show_route", "travellers.taking.show_table",
    "travellers.taking.take_kept",
))  # fmt: skip
"""Views that answer with a file, with data, with a part of a page or with another address."""
SHOPS = ("travellers.answers.", "travellers.bookings.", "travellers.changes.", "travellers.checkout.show_travellers")
HOUSES = ("desk.", "accounts.", "security.")
AGENCIES = ("agents.", "travellers.proposals.")
MADE = (
    "travellers.builder.", "travellers.adjusting.", "travellers.checkout.show_quote",
    "travellers.checkout.show_kept_quote",
)  # fmt: skip


def views_with_pages(app: Flask) -> set[str]:
    """Name every view that answers a GET with a page."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NO_PAGE


class Gathering:
    """HTML by the name of its page, and the views that it came from."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.views: set[str] = set()

    def add(self, name: str, html: str) -> None:
        """Take a page that is no answer of the site, such as a letter."""
        self.pages[name] = html

    def answer(self, name: str, answer: Any) -> None:
        """Take an answer of the site; one without a page means that it was asked wrongly."""
        assert answer.mimetype == "text/html" and not answer.location, f"{name}: {answer.status} {answer.location}"
        self.pages[f"{name} ({answer.status_code})"] = answer.text

    def open(self, client: FlaskClient, addresses: Iterable[str]) -> None:
        """Open pages in each language."""
        views = client.application.url_map.bind("localhost")
        for language in LANGUAGES:
            client.set_cookie("lang", language)
            for address in addresses:
                answer = client.get(address)
                self.answer(f"{language} {address}", answer)
                if answer.status_code == 200:
                    self.views.add(str(views.match(address.partition("?")[0])[0]))
