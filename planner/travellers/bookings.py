"""A booking by its code and secret link: how it stands, who has said yes, vouchers, calendar, and cancelling."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from planner.booking.payment import OutcomeUnknown
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.errors import NotFound, Unavailable
from planner.flow.cancel_booking import ChangeUnderWay, TermsChanged, cancel_booking, refunds_now
from planner.flow.open_payment import balance_of, open_balance
from planner.flow.take_payment import check_payment
from planner.store import agencies, changes, orders, payments
from planner.store.orders import Order
from planner.travellers import order_view
from planner.travellers.checkout import address_of, get_order
from planner.web import headers, qr
from planner.web.atlas import in_service
from planner.web.calendar_file import calendar_of
from planner.web.limits import BOOKING, READING, limiter
from planner.web.refund_words import moment
from planner.web.services import services
from planner.web.vouchers import voucher_pdf

pages = Blueprint("bookings", __name__)
pages.after_request(headers.keep_secret)

PAPERS = ("needs_filing", "needs_paper")
PDF = "application/pdf"
CALENDAR = "text/calendar"


@pages.get("/bookings")
@limiter.limit(READING)
def find() -> str:
    """Ask for code and e-mail address, to send the link again."""
    return render_template("travellers/bookings/find.html", is_sent=False, code="", email="")


@pages.post("/bookings")
@limiter.limit("5 per minute; 20 per hour")
def send_link() -> str:
    """Send the link of a booking to the address that it was booked with; the answer is the same either way."""
    code, email = request.form.get("code", "").strip()[:20], request.form.get("email", "").strip()[:200]
    try:
        order = orders.get_order_by_code(code)
    except NotFound:
        order = None
    if order is not None and str(order.contact.get("email", "")).casefold() == email.casefold() and email:
        mail = services().letters.tell_traveller(order.id, "held")
        if mail is not None:
            with suppress(Unavailable):  # the answer must not tell whether there is such a booking
                services().mailer.send(mail)
    return render_template("travellers/bookings/find.html", is_sent=True, code=code, email=email)


@pages.get("/bookings/<code>/<secret>")
@limiter.limit(READING)
def show_booking(code: str, secret: str) -> str | Response:
    """How a booking stands. While something is going on the page looks again by itself, without a script too."""
    order = get_order(code, secret)
    if order.state == "held":
        return redirect(address_of(order, "travellers.checkout.show_travellers"), 303)
    return render_template("travellers/bookings/show_booking.html", **_facts(order))


def _facts(order: Order) -> dict[str, Any]:
    atlas, now = in_service(), services().clock.now()
    lines = orders.list_lines(order.id)
    parts = order_view.order_parts(lines, atlas, now)
    charged = [part for part in parts if part.price and part.state != "planned"]
    paid = payments.list_payments(order.id)
    is_acting = order.state in ("paying", "authorised", "undoing") or any(p.state == "cancelling" for p in parts)
    is_acting = is_acting or (order.state == "confirmed" and not order.has_vouchers)
    refunds = {refund.line: refund for refund in refunds_now(order.id, services())}
    quote = Quote.from_json(order.quote)
    return {
        "order": order,
        "quote": quote,
        "rate": quote.rate,
        "rate_is_kept": True,
        "atlas": atlas,
        "parts": charged,
        "others": [part for part in parts if part.state == "planned" and part.price],
        "money": next((p for p in reversed(paid) if p.state not in ("open", "expired", "failed")), None),
        "failed": next((p for p in reversed(paid) if p.problem), None),
        "look_again_s": order_view.look_again_s(order, {line.state for line in lines}, now) if is_acting else 0,
        "settled": sum(part.state in ("confirmed", "to_buy", "bought") for part in charged),
        "charges": sum(p.kind == "card" and p.captured > 0 for p in paid),
        "received": sum(p.captured for p in paid),
        "paid_back": sum(p.refunded for p in paid),
        "balance": balance_of(order.id),
        "refunds": refunds,
        "refund_total": sum(refund.amount for refund in refunds.values() if not refund.has_begun),
        "span": [order.starts_on, order.ends_on],
        "address": address_of,
        "link": address_of(order, _external=True),
        "qr_of": qr.svg,
        "moment": moment,
        "change": changes.find_live_change(order.id),
        "agency": agencies.get_agency(order.agency_id) if order.agency_id else None,
        "now": now,
        "rules": [
            rule for rule in quote.facts.get("rules", ()) if rule.get("verdict") in ("needs_filing", "needs_paper")
        ],
    }


@pages.post("/bookings/<code>/<secret>/balance")
@limiter.limit(BOOKING)
def pay_balance(code: str, secret: str) -> Response:
    """Open the payment page for the rest of a trip that was confirmed on a deposit."""
    order = get_order(code, secret)
    name = _("Rest of trip %(code)s", code=order.code)
    back = address_of(order, "travellers.bookings.come_back", _external=True)
    try:
        checkout = open_balance(order.id, back, address_of(order, _external=True), name, services())
    except WrongState:
        return redirect(address_of(order), 303)
    return redirect(checkout.url, 303)


@pages.get("/bookings/<code>/<secret>/back")
@limiter.limit(READING)
def come_back(code: str, secret: str) -> Response:
    """Return from the payment page of the rest."""
    order = get_order(code, secret)
    with suppress(OutcomeUnknown):  # its message or the booking workers will tell
        check_payment(order.id, services())
    return redirect(address_of(order), 303)


@pages.get("/bookings/<code>/<secret>/vouchers.pdf")
@limiter.limit(BOOKING)
def show_vouchers(code: str, secret: str) -> Response:
    """An overview and a page for each part, to print or to keep."""
    order = get_order(code, secret)
    return _paper(voucher_pdf(order, address=_root()), PDF, f"{order.code}.pdf")


@pages.get("/bookings/<code>/<secret>/parts/<int:number>.pdf")
@limiter.limit(BOOKING)
def show_voucher(code: str, secret: str, number: int) -> Response:
    """The voucher of one part."""
    order = get_order(code, secret)
    row = orders.get_line(order.id, number)
    return _paper(voucher_pdf(order, row, address=_root()), PDF, f"{order.code}-{number:02d}.pdf")


@pages.get("/bookings/<code>/<secret>/calendar.ics")
@limiter.limit(BOOKING)
def show_calendar(code: str, secret: str) -> Response:
    """The trip for a calendar."""
    order = get_order(code, secret)
    return _paper(calendar_of(order), CALENDAR, f"{order.code}.ics")


def _paper(content: bytes, kind: str, name: str) -> Response:
    return FlaskResponse(content, mimetype=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _root() -> str:
    """The address that links on paper begin with."""
    return url_for("travellers.planning.show_search", _external=True).rstrip("/")


@pages.get("/bookings/<code>/<secret>/cancel")
@limiter.limit(READING)
def ask_to_cancel(code: str, secret: str) -> str | Response:
    """What each part would pay back if it were cancelled now."""
    order = get_order(code, secret)
    if order.state != "confirmed":
        return redirect(address_of(order), 303)
    picked = {int(n) for n in request.args.getlist("part") if n.isdigit()}
    return _cancel_page(order, picked)


def _cancel_page(order: Order, picked: set[int], problem: str = "") -> str:
    facts = _facts(order)
    refunds = {n: refund for n, refund in facts["refunds"].items() if not refund.has_begun}
    picked &= set(refunds)
    return render_template(
        "travellers/bookings/ask_to_cancel.html",
        picked=picked,
        open_refunds=refunds,
        picked_total=sum(refunds[n].amount for n in picked),
        picked_price=sum(refunds[n].price for n in picked),
        problem=problem,
        **facts,
    )


@pages.post("/bookings/<code>/<secret>/cancel")
@limiter.limit(BOOKING)
def cancel(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Cancel the parts that were picked, for the refund that was shown."""
    order = get_order(code, secret)
    picked = {int(n) for n in request.form.getlist("part") if n.isdigit()}
    shown = request.form.get("refund", "")
    if not picked or not shown.isdigit():
        return _cancel_page(order, picked, _("Please pick what you want to cancel.")), 422
    try:
        cancel_booking(order.id, picked, int(shown), services(), "traveller")
    except TermsChanged:
        return _cancel_page(order, picked, _("A deadline has passed since; this is what is paid back now.")), 409
    except ChangeUnderWay:
        return _cancel_page(order, picked, _("A change of this trip is under way. Finish it or give it up first.")), 409
    except WrongState:
        return _cancel_page(order, picked, _("This can no longer be cancelled.")), 409
    return redirect(address_of(order), 303)
