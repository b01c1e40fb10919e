"""Write mails from an order in its reader's language, with vouchers and calendar where they belong."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from planner.booking.letter import Attachment, Mail
from planner.store import claims, orders
from planner.store.orders import Order, OrderLine
from planner.web import agency_news, agent_reminder
from planner.web.calendar_file import calendar_of
from planner.web.news import News, news_of
from planner.web.proposal_news import language_of, news_of_proposal
from planner.web.supplier_question import Question, page_of
from planner.web.vouchers import trip_voucher, voucher_pdf


class WrittenLetters:
    """Writes mails; `address` begins every link."""

    def __init__(self, app: Flask, address: str) -> None:
        self._app = app
        self._address = address.rstrip("/")

    def ask_supplier(self, order_id: str, line: int, is_reminder: bool) -> Mail | None:
        """Write the question to a supplier on request; None where nobody may be asked by mail."""
        order, row = orders.get_order(order_id), orders.get_line(order_id, line)
        to = self._supplier(row)
        if not to:
            return None
        link = f"{self._address}/answer/{row.answer_token}"
        page = page_of(Question(order, row, link, is_reminder, self._is_demo))
        with force_locale("id"):
            return Mail(to, page.title, page.as_text(), page.as_html())

    def _supplier(self, row: OrderLine) -> str:
        """Return where a supplier is written to: guests are named to nobody whom staff has not approved.

        In a demonstration placeholders get mail too, at addresses that reach nobody.
        """
        claim = claims.find_claim(row.supplier_id)
        if claim is not None and claim.approved_at is not None and claim.email:
            return claim.email
        return f"{row.supplier_id[:60]}@suppliers.invalid" if self._is_demo else ""

    @property
    def _is_demo(self) -> bool:
        return bool(self._app.config["IS_DEMO"])

    def tell_traveller(self, order_id: str, what: str) -> Mail | None:
        """Write to the traveller: held, confirmed, undone, cancelled, changed; None where no address is known."""
        order = orders.get_order(order_id)
        to = str(order.contact.get("email", ""))
        if not to:
            return None
        with force_locale(order.language):
            news = news_of(order, trip_voucher(order, self._address), what)
            text, html = news.page.as_text(), news.page.as_html()
        return Mail(to, news.subject, text, html, self._attached(order, news))

    def tell_of_proposal(self, proposal_id: int, whom: str, what: str) -> Mail | None:
        """Write to an agency or its client about a proposal: sent, comment, accepted, changed; None without address."""
        with force_locale(language_of(proposal_id, whom)):
            news = news_of_proposal(proposal_id, whom, what, self._address, self._is_demo)
            if news is None:
                return None
            text, html = news.page.as_text(), news.page.as_html()
        papers = [Attachment(f"proposal-{proposal_id}.pdf", "application/pdf", news.paper)] if news.paper else []
        return Mail(news.to, news.subject, text, html, tuple(papers))

    def tell_agency(self, agency_id: str, to: str, what: str, rate_id: int | None = None) -> Mail | None:
        """Write to an owner of an agency: let_in, suspended; of a rate: rate_approved, rate_refused."""
        page = agency_news.page_of(agency_news.Decided.about(agency_id, what, rate_id, self._address, self._is_demo))
        with force_locale("en"):
            return Mail(to, page.title, page.as_text(), page.as_html())

    def remind_agent(self, agency_id: str, enquiry_id: int, to: str) -> Mail | None:
        """Write to whoever sees to an enquiry that its next step is due."""
        page = agent_reminder.page_of(agency_id, enquiry_id, self._address, self._is_demo)
        with force_locale("en"):
            return Mail(to, page.title, page.as_text(), page.as_html())

    def _attached(self, order: Order, news: News) -> tuple[Attachment, ...]:
        files = []
        if news.has_vouchers:
            files.append(Attachment(f"{order.code}.pdf", "application/pdf", voucher_pdf(order, address=self._address)))
        if news.has_calendar:
            files.append(Attachment(f"{order.code}.ics", "text/calendar", calendar_of(order)))
        return tuple(files)
