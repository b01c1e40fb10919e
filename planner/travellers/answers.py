"""The page behind a supplier's yes/no link: what is asked, until when, and two buttons. No account needed."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import force_locale

from planner.booking.quote import Line, Quote
from planner.flow.answer_request import AnsweredBefore, answer_request
from planner.store import orders
from planner.store.orders import OrderLine
from planner.travellers import order_view
from planner.web import headers
from planner.web.atlas import in_service
from planner.web.i18n import named_language
from planner.web.limits import BOOKING, READING, limiter
from planner.web.refund_words import moment
from planner.web.services import services

pages = Blueprint("answers", __name__)
pages.after_request(headers.keep_secret)


@pages.get("/answer/<token>")
@limiter.limit(READING)
def show_question(token: str) -> str:
    """What is asked of the supplier."""
    return _page(orders.get_line_by_token(token), token)


@pages.post("/answer/<token>")
@limiter.limit(BOOKING)
def answer(token: str) -> str | tuple[str, int]:
    """Take the supplier's yes or no."""
    line = orders.get_line_by_token(token)
    said = request.form.get("answer")
    if said not in ("yes", "no"):
        return _page(line, token), 422
    try:
        line = answer_request(
            token, said == "yes", services(), request.form.get("reference", ""), request.form.get("why", "")
        )
    except AnsweredBefore:
        return _page(orders.get_line_by_token(token), token, is_late=True), 409
    return _page(line, token)


def _page(line: OrderLine, token: str, is_late: bool = False) -> str:
    order, now = orders.get_order(line.order_id), services().clock.now()
    quoted, quote = Line.from_json(line.data), Quote.from_json(order.quote)
    is_open = line.state == "requested" and line.answer_by is not None and now < line.answer_by
    with force_locale(named_language() or "id"):
        part = order_view.order_parts([line], in_service(), now)[0]
        return render_template(
            "travellers/answers/show_question.html",
            line=line,
            part=part,
            quoted=quoted,
            party=quote.party,
            names=[f"{one.get('given', '')} {one.get('family', '')}" for one in order.travellers]
            if quoted.needs_names and line.state in ("requested", "confirmed")
            else [],
            code=order.code,
            token=token,
            is_open=is_open,
            is_late=is_late,
            until=moment(line.answer_by) if line.answer_by else "",
        )
