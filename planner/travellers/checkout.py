"""Buy a planned trip: check prices and places anew, hold them, name who travels, go to the payment page and come back.

show_quote | show_kept_quote -> hold | hold_kept -> show_travellers -> pay -> (payment page) -> come_back
-> bookings.show_booking
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from planner.booking.hold import MOST_EXTENSIONS, Hold, HoldLapsed, NoMoreExtensions, TooManyHolds
from planner.booking.payment import OutcomeUnknown, PaymentRefused, Plan, payment_plans
from planner.booking.quote import Quote
from planner.booking.states import WrongState
from planner.design.edits import as_it_is
from planner.errors import NotFound
from planner.flow.adjust_trip import adjust_trip
from planner.flow.hold_places import (
    NotForSale,
    QuoteExpired,
    SoldOutNow,
    extend_hold,
    hold_places,
    release_hold,
)
from planner.flow.open_payment import open_payment
from planner.flow.price_trip import price_trip
from planner.flow.take_payment import check_payment, name_travellers
from planner.store import orders, trips
from planner.store.orders import Order
from planner.travellers import order_view, planning
from planner.travellers.brief_form import Asked, read_brief
from planner.travellers.traveller_form import TravellerForm
from planner.values.passports import NATIONALITIES
from planner.web import filters, headers, trip_view, words
from planner.web.atlas import Atlas, in_service
from planner.web.currency import chosen_currency
from planner.web.limits import BOOKING, PLANNING, limiter
from planner.web.refund_words import moment
from planner.web.services import services

pages = Blueprint("checkout", __name__)


@pages.after_request
def keep_secret(response: FlaskResponse) -> FlaskResponse:
    """Keep held trips to those who have their link."""
    return headers.keep_secret(response) if "secret" in (request.view_args or {}) else response


def get_order(code: str, secret: str) -> Order:
    """Find an order by the code and the secret of its link; who lacks either learns nothing.

    Raises:
        NotFound: there is no such order, or the secret is another.
    """
    order = orders.get_order_by_code(code)
    if not hmac.compare_digest(order.secret.encode(), secret.encode()):
        raise NotFound("there is no such booking", code="no_such_order")
    return order


def address_of(order: Order, endpoint: str = "travellers.bookings.show_booking", **more: Any) -> str:
    """The address of one of an order's pages."""
    return url_for(endpoint, code=order.code, secret=order.secret, **more)


def visitor() -> str:
    """Who asks, for the cap on live holds: an address and browser, not kept in the clear."""
    told = f"{request.remote_addr}|{request.user_agent.string}|{current_app.secret_key!r}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Wanted:
    """A trip that somebody is about to buy: its plan, what that was made from, its page, and where others are found."""

    plan: dict[str, Any]
    brief: dict[str, Any]
    page: str
    others: str

    def priced(self) -> Quote:
        """Its price as of now."""
        return price_trip(self.plan, self.brief, services(), chosen_currency())


def _planned(itinerary_id: str, atlas: Atlas) -> tuple[Asked, Wanted | None]:
    asked = read_brief(request.args, atlas, planning.today())
    if asked.brief is None or not planning.makes_sense(asked, atlas):
        return asked, None
    answer = planning.plan(asked.brief)
    plan = next((p for p in answer["itineraries"] if p["id"] == itinerary_id), None)
    if plan is None:
        return asked, None
    query = "?" + planning.query_of(asked)
    page = url_for("travellers.planning.show_trip", itinerary_id=itinerary_id) + query
    return asked, Wanted(plan, asked.brief, page, url_for("travellers.planning.show_trips") + query)


def _kept(secret: str) -> Wanted | Response:
    """The trip that somebody worked on, if it can still be made as it is; else where to see what it would become."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    version = trips.get_version(trip.id, trip.at)
    adjusted = adjust_trip(as_it_is(version.brief, version.itinerary), services())
    if adjusted.itinerary is None or adjusted.itinerary["id"] != version.itinerary["id"]:
        return redirect(url_for("travellers.adjusting.try_change", secret=secret, do="as_it_is"), 303)
    page = url_for("travellers.builder.show_builder", secret=secret)
    return Wanted(version.itinerary, version.brief, page, page)


@pages.get("/checkout/<itinerary_id>")
@limiter.limit(PLANNING)
def show_quote(itinerary_id: str) -> str | tuple[str, int]:
    """The price of a trip as of now: what is held, asked for or bought later, and the terms of each part."""
    atlas = in_service()
    asked, wanted = _planned(itinerary_id, atlas)
    if wanted is None:
        return render_template("travellers/planning/show_gone.html", query=planning.query_of(asked)), 404
    return _quote_page(wanted, wanted.priced(), atlas)


@pages.get("/plans/<secret>/checkout")
@limiter.limit(PLANNING)
def show_kept_quote(secret: str) -> str | Response:
    """The price of a trip that somebody worked on, as of now."""
    wanted = _kept(secret)
    return wanted if isinstance(wanted, Response) else _quote_page(wanted, wanted.priced(), in_service())


def _quote_page(wanted: Wanted, quote: Quote, atlas: Atlas, problem: str = "") -> str:
    parts, plan = order_view.quote_parts(quote, atlas), wanted.plan
    return render_template(
        "travellers/checkout/show_quote.html",
        atlas=atlas,
        wanted=wanted,
        words=words,
        quote=quote,
        rate=quote.rate,
        parts=parts,
        charged={way: [p for p in parts if p.way == way and p.is_charged] for way in order_view.WAYS},
        others=[p for p in parts if not p.is_charged and p.price],
        blocked=[p for p in parts if p.blocked and p.is_charged],
        changed=[p for p in parts if p.was is not None and p.is_charged],
        sums=order_view.sums_of(quote),
        groups=order_view.groups_of(parts),
        name=trip_view.title(plan, atlas),
        span=trip_view.days_of(plan),
        card=trip_view.card(plan, atlas, len(trip_view.days_of(plan))),
        until=moment(quote.valid_until),
        problem=problem,
    )


@pages.post("/checkout/<itinerary_id>")
@limiter.limit(BOOKING)
def hold(itinerary_id: str) -> str | tuple[str, int] | Response:
    """Hold every place of the trip. Where anything changed since it was shown, it is shown anew instead."""
    asked, wanted = _planned(itinerary_id, in_service())
    if wanted is None:
        return render_template("travellers/planning/show_gone.html", query=planning.query_of(asked)), 404
    return _hold(wanted)


@pages.post("/plans/<secret>/checkout")
@limiter.limit(BOOKING)
def hold_kept(secret: str) -> str | tuple[str, int] | Response:
    """Hold every place of a trip that somebody worked on."""
    wanted = _kept(secret)
    return wanted if isinstance(wanted, Response) else _hold(wanted)


def _hold(wanted: Wanted) -> str | tuple[str, int] | Response:
    atlas, quote = in_service(), wanted.priced()
    if request.form.get("shown") != quote.fingerprint:
        problem = _("Something changed while you were reading. Please look once more before you hold it.")
        return _quote_page(wanted, quote, atlas, problem), 409
    try:
        order = hold_places(quote, services(), visitor(), filters.language())
    except (NotForSale, QuoteExpired):
        return _quote_page(wanted, quote, atlas), 409
    except TooManyHolds:
        problem = _("You hold three trips already. Finish or release one of them first.")
        return _quote_page(wanted, quote, atlas, problem), 409
    except SoldOutNow as gone:
        names = {part.number: part.name for part in order_view.quote_parts(quote, atlas)}
        problem = _("Somebody was faster: %(part)s is sold out now.", part=names.get(gone.params["line"], ""))
        return _quote_page(wanted, wanted.priced(), atlas, problem), 409
    return redirect(address_of(order, "travellers.checkout.show_travellers"), 303)


def _form_of(order: Order) -> TravellerForm:
    quote = Quote.from_json(order.quote)
    needs = any(line.needs_names for line in quote.lines if line.is_charged)
    return TravellerForm(quote.party.heads, needs)


@pages.get("/checkout/held/<code>/<secret>")
@limiter.limit(PLANNING)
def show_travellers(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Who travels; the hold's clock runs beside it."""
    order = get_order(code, secret)
    if order.state not in ("held", "paying"):
        return redirect(address_of(order), 303)
    form = _form_of(order)
    form.fill(order.contact, order.travellers, order.consent)
    left = request.args.get("left")
    return _travellers_page(order, form, _("The payment page was left; nothing was charged.") if left else "")


def _travellers_page(order: Order, form: TravellerForm, problem: str = "") -> str:
    atlas, quote, now = in_service(), Quote.from_json(order.quote), services().clock.now()
    parts = order_view.quote_parts(quote, atlas)
    hold_now = Hold(order.hold_until, order.extensions)
    locale = Locale(filters.language())
    return render_template(
        "travellers/checkout/show_travellers.html",
        order=order,
        form=form,
        quote=quote,
        rate=quote.rate,
        rate_is_kept=True,
        groups=order_view.groups_of(parts),
        counts=order_view.counts_of(parts),
        sums=order_view.sums_of(quote),
        span=[quote.starts_at.date(), quote.ends_at.date()],
        is_live=hold_now.is_live(now),
        may_extend=order.extensions < MOST_EXTENSIONS,
        left_s=max(0, int((order.hold_until - now).total_seconds())),
        until=order_view.local(order.hold_until),
        plans=payment_plans(order.total, order.starts_on, services().clock.today()),
        countries=sorted(((c, locale.territories[c]) for c in NATIONALITIES), key=lambda pair: pair[1]),
        party=quote.party,
        cloths=_cloths(quote),
        problem=problem,
        address=address_of,
    )


def _cloths(quote: Quote) -> list[tuple[str, int]]:
    nights = quote.facts.get("totals", {}).get("nights", {})
    return [(key.lower(), int(count)) for key, count in nights.items() if count]


@pages.post("/checkout/held/<code>/<secret>")
@limiter.limit(BOOKING)
def pay(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Write down who travels and open the payment page."""
    order = get_order(code, secret)
    form = _form_of(order)
    if not form.read(request.form):
        return _travellers_page(order, form, _("Some fields need another look.")), 422
    plans = payment_plans(order.total, order.starts_on, services().clock.today())
    plan: Plan = plans[-1] if request.form.get("plan") == "deposit" else plans[0]
    try:
        name_travellers(order.id, form.contact(), form.travellers(), form.value("consent"), plan, services())
        checkout = open_payment(
            order.id,
            address_of(order, "travellers.checkout.come_back", _external=True),
            address_of(order, "travellers.checkout.show_travellers", left=1, _external=True),
            _names(order),
            services(),
        )
    except HoldLapsed:
        return redirect(address_of(order), 303)
    except OutcomeUnknown:
        problem = _("The payment page does not answer just now. Nothing was charged; your places are kept. Try again.")
        return _travellers_page(orders.get_order(order.id), form, problem), 503
    except PaymentRefused as refused:
        problem = _("The payment provider refuses this sum (%(code)s). Nothing was charged.", code=refused.code)
        return _travellers_page(orders.get_order(order.id), form, problem), 409
    return redirect(checkout.url, 303)


def _names(order: Order) -> dict[int, str]:
    atlas, quote = in_service(), Quote.from_json(order.quote)
    names = {part.number: f"{part.name}, {part.when}" for part in order_view.quote_parts(quote, atlas)}
    return {0: _("Deposit for trip %(code)s", code=order.code)} | names


@pages.post("/checkout/held/<code>/<secret>/extend")
@limiter.limit(BOOKING)
def extend(code: str, secret: str) -> str | tuple[str, int] | Response:
    """Keep the places ten minutes longer."""
    order = get_order(code, secret)
    with suppress(HoldLapsed, NoMoreExtensions):  # the page says how it stands
        extend_hold(order.id, services())
    return redirect(address_of(order, "travellers.checkout.show_travellers"), 303)


@pages.post("/checkout/held/<code>/<secret>/release")
@limiter.limit(BOOKING)
def release(code: str, secret: str) -> Response:
    """Give the places back."""
    order = get_order(code, secret)
    with suppress(HoldLapsed, WrongState):  # paid or over already: the page says so
        release_hold(order.id, services())
    return redirect(address_of(order), 303)


@pages.get("/checkout/held/<code>/<secret>/back")
@limiter.limit(PLANNING)
def come_back(code: str, secret: str) -> Response:
    """Return from the payment page: ask how the payment stands, then show the booking."""
    order = get_order(code, secret)
    with suppress(OutcomeUnknown):  # its message or the booking workers will tell
        check_payment(order.id, services())
    return redirect(address_of(order), 303)
