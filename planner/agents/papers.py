"""What the agency sold: its bookings, the papers of each, and the statement of what the platform owes it.

list_bookings -> show_booking -> purchase orders | driver sheets | rooming list | itinerary | invoice
show_statement -> PDF | CSV
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask_babel import force_locale

from planner.agents import words
from planner.agents.guards import by_sellers, may_sell
from planner.booking.agency_statement import Statement
from planner.errors import Invalid
from planner.store.agency_orders import Asked, get_order_of, search_orders_of
from planner.web import filters
from planner.web.limits import BOOKING, READING, limiter
from planner.web.papers import statement as statements
from planner.web.papers.driver_sheets import driver_paper
from planner.web.papers.final_itinerary import itinerary_paper
from planner.web.papers.invoice import invoice_paper, invoice_table, read_invoice
from planner.web.papers.purchase_orders import LANGUAGE, purchase_orders, purchase_paper
from planner.web.papers.rooming_list import rooming_paper
from planner.web.papers.sheet import Paper, draw
from planner.web.papers.sold_trip import SoldTrip, headcount, read_trip
from planner.web.services import services

pages = Blueprint("papers", __name__)
PDF, CSV = "application/pdf", "text/csv"


@pages.get("/bookings")
@limiter.limit(READING)
def list_bookings() -> str:
    """What was sold: by code or mail address, by state, by the day it starts; the latest first."""
    state = request.args.get("state", "")
    asked = Asked(
        request.args.get("q", ""), state if state in words.ORDERS else "", _asked_day("from"), _asked_day("until")
    )
    found = search_orders_of(g.agency.id, asked, request.args.get("page", 1, type=int))
    return render_template(
        "agents/papers/list_bookings.html",
        agency=g.agency,
        found=found,
        ask={name: request.args[name] for name in ("q", "state", "from", "until") if request.args.get(name)},
        state=asked.state,
        words=words,
        may_sell=may_sell(),
    )


def _asked_day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _trip(code: str) -> SoldTrip:
    return read_trip(get_order_of(g.agency.id, code), g.agency)


@pages.get("/bookings/<code>")
@limiter.limit(READING)
def show_booking(code: str) -> str:
    """One booking: each part with what it costs and brings in, who travels, and its papers."""
    trip = _trip(code)
    charged, invoice = [part for part in trip.parts if part.is_charged], read_invoice(trip)
    earned = sum(part.earned for part in charged)
    if trip.client_price is not None:
        earned += invoice.total - sum(part.row.price - part.row.refund_due for part in charged)
    return render_template(
        "agents/papers/show_booking.html",
        agency=g.agency,
        trip=trip,
        parts=charged,
        invoice=invoice,
        suppliers=purchase_orders(trip),
        who=headcount(trip.people),
        words=words,
        may_sell=may_sell(),
        sums={
            "net": sum(part.net for part in charged),
            "commission": sum(part.commission for part in charged),
            "earned": earned,
        },
    )


def _file(content: bytes, kind: str, name: str) -> Response:
    how = "inline" if kind == PDF else "attachment"
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'{how}; filename="{name}"'})


def _paper(code: str, name: str, write: Callable[[SoldTrip], Paper], language: str = "") -> Response:
    """Set a paper of a booking: in a language, else in the reader's."""
    order = get_order_of(g.agency.id, code)
    with force_locale(language or filters.language()):
        return _file(draw(write(read_trip(order, g.agency)), g.agency), PDF, f"{order.code}-{name}.pdf")


@pages.get("/bookings/<code>/purchase-orders.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_purchase_orders(code: str) -> Response:
    """A page for each supplier, or for the one that is asked for; in Indonesian, as suppliers are written to."""
    wanted = request.args.get("supplier", "")
    return _paper(code, "purchase-orders", lambda trip: purchase_paper(trip, wanted), LANGUAGE)


@pages.get("/bookings/<code>/driver-sheets.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_driver_sheets(code: str) -> Response:
    """A page for each day with a car or a guided part."""
    return _paper(code, "driver-sheets", driver_paper)


@pages.get("/bookings/<code>/rooming-list.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_rooming_list(code: str) -> Response:
    """A page for each house."""
    return _paper(code, "rooming-list", rooming_paper)


@pages.get("/bookings/<code>/itinerary.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_itinerary(code: str) -> Response:
    """The trip day by day, in the client's language."""
    return _paper(code, "itinerary", itinerary_paper, get_order_of(g.agency.id, code).language)


@pages.get("/bookings/<code>/invoice.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_invoice(code: str) -> Response:
    """The invoice, in the client's language."""
    return _paper(code, "invoice", invoice_paper, get_order_of(g.agency.id, code).language)


@pages.get("/bookings/<code>/invoice.csv")
@limiter.limit(BOOKING)
@by_sellers
def show_invoice_table(code: str) -> Response:
    """The invoice for a spreadsheet."""
    order = get_order_of(g.agency.id, code)
    with force_locale(order.language):
        return _file(invoice_table(read_trip(order, g.agency)), CSV, f"{order.code}-invoice.csv")


@pages.get("/statement")
@limiter.limit(READING)
@by_sellers
def show_statement() -> Any:
    """What the platform owes the agency: every entry of a span of days, this month where none is asked for."""
    typed = _typed()
    try:
        found = _statement(typed)
    except Invalid as refused:
        return _statement_page(typed, None, words.at_fields(refused)), 422
    return _statement_page(typed, found, {})


def _typed() -> dict[str, str]:
    """Return the days that were asked for, those of this month where none were."""
    today = services().clock.today()
    last = monthrange(today.year, today.month)[1]
    usual = {"from": today.replace(day=1).isoformat(), "until": today.replace(day=last).isoformat()}
    return {name: request.args.get(name, day).strip() for name, day in usual.items()}


def _statement(typed: Mapping[str, str]) -> Statement:
    days, wrong = {}, []
    for name, said in typed.items():
        try:
            days[name] = date.fromisoformat(said)
        except ValueError:
            wrong.append(Invalid("this is no day", field=name, code="no_day"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)
    return statements.read_statement(g.agency, days["from"], days["until"])


def _statement_page(typed: Mapping[str, str], found: Statement | None, wrong: Mapping[str, str]) -> str:
    first = services().clock.today().replace(day=1)
    last_month = first - timedelta(days=1)
    return render_template(
        "agents/papers/show_statement.html",
        agency=g.agency,
        typed=typed,
        wrong=wrong,
        found=found,
        codes=statements.codes_in(found) if found else {},
        kind_of=statements.kind_of,
        part_of=statements.part_of,
        last_month={"from": last_month.replace(day=1).isoformat(), "until": last_month.isoformat()},
    )


@pages.get("/statement.pdf")
@limiter.limit(BOOKING)
@by_sellers
def show_statement_paper() -> Response:
    """The statement on paper."""
    found = _statement(_typed())
    return _file(draw(statements.statement_paper(g.agency, found), g.agency), PDF, f"{_named(found)}.pdf")


@pages.get("/statement.csv")
@limiter.limit(BOOKING)
@by_sellers
def show_statement_table() -> Response:
    """The statement for a spreadsheet."""
    found = _statement(_typed())
    return _file(statements.statement_table(found), CSV, f"{_named(found)}.csv")


def _named(found: Statement) -> str:
    return f"statement-{found.first.isoformat()}-{found.last.isoformat()}"
