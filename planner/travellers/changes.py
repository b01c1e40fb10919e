"""Change a booked trip: other dates, or something else instead of one part; what it costs, before anything is done.

ask_change -> show_dates | show_swaps -> review -> (payment page) -> show_change -> bookings.show_booking
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from planner.booking.change import Change
from planner.booking.hold import HoldLapsed
from planner.booking.payment import OutcomeUnknown, PaymentRefused
from planner.booking.quote import Line, Quote
from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid, NotFound
from planner.flow.change_booking import hold_change, list_swaps, propose_change, propose_swap, release_change
from planner.flow.open_payment import open_change_payment
from planner.flow.take_payment import check_payment
from planner.store import changes, orders
from planner.store.orders import Order
from planner.travellers import order_view, planning
from planner.travellers.checkout import address_of, get_order
from planner.web import filters, headers, reasons, trip_view
from planner.web.atlas import in_service
from planner.web.limits import BOOKING, PLANNING, READING, limiter
from planner.web.services import services

pages = Blueprint("changes", __name__)
pages.after_request(headers.keep_secret)

MOST_PLANS = 4
MOST_SWAPS = 8
SWAPPABLE = ("package", "stay")


@dataclass(frozen=True)
class Choice:
    """One way in which the trip may be changed. `query` leads to its review."""

    name: str
    facts: list[str]
    change: Change
    query: dict[str, str]
    sure: str = "estimated"

    @property
    def deal(self) -> str:
        """What it does to the trip, counted."""
        return _deal_words(self.change)


@pages.get("/bookings/<code>/<secret>/change")
@limiter.limit(READING)
def ask_change(code: str, secret: str) -> str | Response:
    """What somebody may want to change: the dates, or one part."""
    order = get_order(code, secret)
    if (elsewhere := _elsewhere(order)) is not None:
        return elsewhere
    return _ask_page(order)


def _may_change(order: Order) -> bool:
    """Tell whether its traveller may change it here: what an agency sold, the agency changes."""
    return order.state == "confirmed" and order.has_vouchers and not order.agency_id


def _elsewhere(order: Order) -> Response | None:
    """Where to go instead: to the change that is under way, or back to a booking that cannot be changed."""
    live = changes.find_live_change(order.id)
    if live is not None:
        return redirect(address_of(order, "travellers.changes.show_change", number=live.number), 303)
    return redirect(address_of(order), 303) if not _may_change(order) else None


def _ask_page(order: Order, errors: dict[str, str] | None = None) -> str:
    now = services().clock.now()
    rows = [row for row in orders.list_lines(order.id) if row.state in ("confirmed", "to_buy", "bought") and row.price]
    parts = order_view.order_parts(rows, in_service(), now)
    coming = [part for part in parts if Line.from_json(_data(rows, part.number)).starts_at > now]
    brief = order.quote["brief"]
    values = {
        "arrive": request.args.get("arrive", str(brief["entry"]["at"])[:10]),
        "leave": request.args.get("leave", str(brief["exit"]["by"])[:10]),
    }
    return render_template(
        "travellers/changes/ask_change.html",
        order=order,
        address=address_of,
        span=[order.starts_on, order.ends_on],
        has_begun=len(coming) < len(parts),
        parts=[part for part in coming if part.kind in SWAPPABLE],
        values=values,
        errors=errors or {},
        earliest=services().clock.today() + timedelta(days=1),
        **_rate(order),
    )


def _rate(order: Order) -> dict[str, Any]:
    return {"rate": Quote.from_json(order.quote).rate, "rate_is_kept": True}


def _data(rows: list[Any], number: int) -> dict[str, Any]:
    return next(dict(row.data) for row in rows if row.number == number)


@pages.get("/bookings/<code>/<secret>/change/dates")
@limiter.limit(PLANNING)
def show_dates(code: str, secret: str) -> str | tuple[str, int] | Response:
    """The same wishes on other dates: each plan with what stays, what is new, what goes and what it costs."""
    order = get_order(code, secret)
    if (elsewhere := _elsewhere(order)) is not None:
        return elsewhere
    brief, errors = _brief(order)
    if errors or brief is None:
        return _ask_page(order, errors), 422
    choices = [_plan_choice(order, plan, brief) for plan in planning.plan(brief)["itineraries"][:MOST_PLANS]]
    open_choices = [choice for choice in choices if not choice.change.is_empty]
    title = _("Your trip on other dates")
    return _choices_page(order, title, sorted(open_choices, key=lambda c: -len(c.change.kept)), len(choices))


def _brief(order: Order) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """Return the brief of a booked trip on the dates that were asked for, or what is wrong with them by field."""
    brief, errors, days = dict(order.quote["brief"]), {}, {}
    for name in ("arrive", "leave"):
        try:
            days[name] = date.fromisoformat(request.args.get(name, ""))
        except ValueError:
            errors[name] = _("Please choose a day.")
    if errors:
        return None, errors
    brief["entry"] = {**brief["entry"], "at": f"{days['arrive']}{str(brief['entry']['at'])[10:]}"}
    brief["exit"] = {**brief["exit"], "by": f"{days['leave']}{str(brief['exit']['by'])[10:]}"}
    try:
        planning.check(brief)
    except Invalid as refused:
        for problem in refused.problems:
            name = "arrive" if (problem.field or "").startswith("entry") else "leave"
            text = reasons.say(reasons.FIELDS, problem.code, problem.params, problem.message, in_service())
            errors[name] = text
    return (None if errors else brief), errors


def _plan_choice(order: Order, plan: dict[str, Any], brief: dict[str, Any]) -> Choice:
    atlas = in_service()
    change = propose_change(order.id, plan, brief, services())
    query = {"arrive": str(brief["entry"]["at"])[:10], "leave": str(brief["exit"]["by"])[:10], "plan": str(plan["id"])}
    span = trip_view.days_of(plan)
    return Choice(trip_view.title(plan, atlas), [filters.span(span[0], span[-1])], change, query)


@pages.get("/bookings/<code>/<secret>/change/part/<int:number>")
@limiter.limit(PLANNING)
def show_swaps(code: str, secret: str, number: int) -> str | Response:
    """What else fits in the place of one part."""
    order = get_order(code, secret)
    if (elsewhere := _elsewhere(order)) is not None:
        return elsewhere
    swaps = list_swaps(order.id, number, services())[:MOST_SWAPS]
    row = orders.get_line(order.id, number)
    (old,) = order_view.order_parts([row], in_service(), services().clock.now())
    choices = [_swap_choice(order, number, line) for line in swaps]
    return _choices_page(order, _("Instead of %(part)s", part=old.name), choices, len(choices), old)


def _swap_choice(order: Order, number: int, line: Line) -> Choice:
    part = order_view.line_part(line, in_service())
    change = propose_swap(order.id, number, line, services())
    query = {"part": str(number), "instead": str(line.item["product_id"])}
    return Choice(part.name, [part.when, *part.facts], change, query, part.sure)


def _choices_page(order: Order, title: str, choices: list[Choice], planned: int, old: Any = None) -> str:
    return render_template(
        "travellers/changes/show_choices.html",
        order=order,
        address=address_of,
        title=title,
        old=old,
        choices=[choice for choice in choices if not choice.change.blocked and not choice.change.begun],
        shut=[choice for choice in choices if choice.change.blocked or choice.change.begun],
        planned=planned,
        **_rate(order),
    )


def _chosen(order: Order) -> Change:
    """Return the change that the query names, at today's prices.

    Raises:
        NotFound: there is no such plan or part (any more).
    """
    number, instead = request.args.get("part", type=int), request.args.get("instead", "")
    if number is not None:
        line = next((x for x in list_swaps(order.id, number, services()) if x.item["product_id"] == instead), None)
        if line is None:
            raise NotFound("this does not fit there", code="no_such_swap")
        return propose_swap(order.id, number, line, services())
    brief, errors = _brief(order)
    if brief is None or errors:
        raise NotFound("these dates are no longer possible", code="no_such_plan")
    plans = planning.plan(brief)["itineraries"]
    plan = next((plan for plan in plans if plan["id"] == request.args.get("plan")), None)
    if plan is None:
        raise NotFound("this plan is no longer possible", code="no_such_plan")
    return propose_change(order.id, plan, brief, services())


@pages.get("/bookings/<code>/<secret>/change/review")
@limiter.limit(PLANNING)
def review(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Old and new side by side, and the money between them."""
    order = get_order(code, secret)
    if (elsewhere := _elsewhere(order)) is not None:
        return elsewhere
    return _review_page(order, _chosen(order))


def _review_page(order: Order, change: Change, problem: str = "", status: int = 200) -> tuple[str, int]:
    atlas, now = in_service(), services().clock.now()
    rows = orders.list_lines(order.id)
    gone = order_view.order_parts([row for row in rows if row.number in change.dropped], atlas, now)
    parts = [order_view.line_part(line, atlas) for line in change.quote.lines]
    page = render_template(
        "travellers/changes/review.html",
        order=order,
        address=address_of,
        change=change,
        deal=_deal_words(change),
        added=[part for part in parts if part.number in change.added],
        kept=[part for part in parts if part.number in change.kept],
        gone=gone,
        span=[change.quote.starts_at.date(), change.quote.ends_at.date()],
        problem=problem,
        **_rate(order),
    )
    return page, status


def _deal_words(change: Change) -> str:
    """What a change does, counted: `3 parts stay, 1 is new, 1 goes`."""
    said = [
        ngettext("%(num)d part stays", "%(num)d parts stay", len(change.kept)),
        ngettext("%(num)d is new", "%(num)d are new", len(change.added)),
        ngettext("%(num)d goes", "%(num)d go", len(change.dropped)),
    ]
    return ", ".join(said)


@pages.post("/bookings/<code>/<secret>/change/review")
@limiter.limit(BOOKING)
def hold(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Hold what is new and go to the payment page; where nothing more is to be paid, make the change."""
    order = get_order(code, secret)
    if (elsewhere := _elsewhere(order)) is not None:
        return elsewhere
    change = _chosen(order)
    if request.form.get("shown") != change.fingerprint:
        problem = _("Something changed while you were reading. Please look once more.")
        return _review_page(order, change, problem, 409)
    try:
        held = hold_change(order.id, change, services(), "traveller")
    except Conflict:
        problem = _("This is not possible any more. Nothing was changed; here is how it stands now.")
        return _review_page(order, _chosen(order), problem, 409)
    number = held.number
    if held.state != "held":
        return redirect(address_of(order, "travellers.changes.show_change", number=number), 303)
    return _to_payment(order, number)


def _to_payment(order: Order, number: int) -> Response:
    page = address_of(order, "travellers.changes.show_change", number=number, _external=True)
    back = address_of(order, "travellers.changes.come_back", number=number, _external=True)
    name = _("Change of trip %(code)s", code=order.code)
    try:
        checkout = open_change_payment(order.id, number, back, page, name, services())
    except (HoldLapsed, OutcomeUnknown, PaymentRefused):
        return redirect(page, 303)  # which says how it stands, and lets one try again
    return redirect(checkout.url, 303)


@pages.get("/bookings/<code>/<secret>/changes/<int:number>")
@limiter.limit(READING)
def show_change(code: str, secret: str, number: int) -> str | Response:
    """How a change stands. While something is going on the page looks again by itself, without a script too."""
    order = get_order(code, secret)
    change = changes.get_change(order.id, number)
    if change.state == "confirmed":
        return redirect(address_of(order), 303)
    atlas, now = in_service(), services().clock.now()
    rows = orders.list_proposed(order.id, number)
    parts = [part for part in order_view.order_parts(rows, atlas, now) if part.state != "planned"]
    is_acting = change.state in ("paying", "authorised", "undoing")
    return render_template(
        "travellers/changes/show_change.html",
        order=order,
        change=change,
        parts=parts,
        settled=sum(part.state in ("confirmed", "to_buy") for part in parts),
        address=address_of,
        is_live=change.state in ("held", "paying") and change.hold_until > now,
        until=order_view.local(change.hold_until),
        left_s=max(0, int((change.hold_until - now).total_seconds())),
        look_again_s=order_view.look_again_s(order, {part.state for part in parts}, now) if is_acting else 0,
        **_rate(order),
    )


@pages.post("/bookings/<code>/<secret>/changes/<int:number>")
@limiter.limit(BOOKING)
def pay(code: str, secret: str, number: int) -> Response:
    """Go to the payment page of a change that is held."""
    return _to_payment(get_order(code, secret), number)


@pages.post("/bookings/<code>/<secret>/changes/<int:number>/release")
@limiter.limit(BOOKING)
def release(code: str, secret: str, number: int) -> Response:
    """Give a change up before it is paid; the booked trip stays."""
    order = get_order(code, secret)
    with suppress(HoldLapsed, WrongState):  # paid or over already: the page says so
        release_change(order.id, number, services())
    return redirect(address_of(order), 303)


@pages.get("/bookings/<code>/<secret>/changes/<int:number>/back")
@limiter.limit(READING)
def come_back(code: str, secret: str, number: int) -> Response:
    """Return from the payment page: ask how the payment stands, then show the change."""
    order = get_order(code, secret)
    with suppress(OutcomeUnknown):  # its message or the booking workers will tell
        check_payment(order.id, services())
    return redirect(address_of(order, "travellers.changes.show_change", number=number), 303)
