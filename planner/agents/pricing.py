"""Price a trip for a client: net, mark-up and gross of each part, and what parties of other sizes would pay each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, g, render_template, request

from planner.agents import words
from planner.agents.reading import basis_points, sizes, whole
from planner.booking.agency_price import CONTRACT, MOST_MARKUP_BP, Part, Terms, price_trip_for
from planner.errors import NotFound
from planner.flow.price_for_agency import costs_of, heads_of, price_slabs
from planner.flow.run_agency import MOST_FREE_AFTER
from planner.store import agency_rates, trips
from planner.store.trips import TripVersion
from planner.values.money import PRECISION
from planner.values.rates import CHARGED_IN, SHOWN
from planner.web import filters
from planner.web.atlas import Atlas, in_service
from planner.web.currency import NAMES, reckoned_at
from planner.web.limits import PLANNING, limiter
from planner.web.services import services
from planner.web.vouchers import what_of

pages = Blueprint("pricing", __name__)
SIZES = "2, 4, 6"
"""Of parties that are priced beside the one that the trip was made for."""


@pages.get("/price")
@limiter.limit(PLANNING)
def show_price() -> Any:
    """Ask for the link of a trip; with one, show its price as the agency makes it, and the terms to change."""
    given = request.args
    if "trip" not in given:
        return _page({}, {})
    wrong: dict[str, str] = {}
    version = _version(given.get("trip", ""), wrong)
    terms, parties = _terms(given, wrong), sizes("sizes", {"sizes": given.get("sizes", SIZES)})
    if parties is None:
        wrong["sizes"] = str(words.WRONG["bad_sizes"])
    if version is None or terms is None or parties is None:
        return _page(given, wrong), 422
    heads = heads_of(version.brief)
    rates = agency_rates.list_approved(g.agency.id)
    price = price_trip_for(costs_of(version.itinerary, rates), heads, terms)
    items, atlas = version.itinerary["items"], in_service()
    return _page(
        given,
        wrong,
        price=price,
        terms=terms,
        parts=[(part, *_named(items[int(part.key)], atlas), _public(part, items)) for part in price.parts],
        slabs=price_slabs(version.brief, version.itinerary, parties, terms, services(), rates),
        saved_at=version.saved_at,
        spot=sum(int(item["price"]["amount"]) for item in items if item["sold"] == "on_spot"),
    )


def _named(item: Mapping[str, Any], atlas: Atlas) -> tuple[str, str, str]:
    """Return what a part is, its name and its day."""
    what, name = what_of(item, atlas)
    if item["kind"] == "stay":
        name = filters.say(str(atlas.product_name(item["product_id"])))
    return what, name, str(item.get("departs") or item.get("starts") or item["check_in"])[:10]


def _public(part: Part, items: Sequence[Mapping[str, Any]]) -> int | None:
    """Return the public price of a part that has another one by contract, in whole rupiah."""
    return int(items[int(part.key)]["price"]["amount"]) if part.origin == CONTRACT else None


def _version(link: str, wrong: dict[str, str]) -> TripVersion | None:
    """Find the trip that a link opens, to change it or to look at it."""
    path = urlsplit(link.strip()).path.rstrip("/")
    before, _slash, secret = path.rpartition("/")
    try:
        trip = trips.get_trip_by_secret(secret, may_edit=not before.endswith("/look"))
        return trips.get_version(trip.id, trip.at)
    except NotFound:
        wrong["trip"] = str(words.WRONG["no_such_trip"])
        return None


def _terms(given: Any, wrong: dict[str, str]) -> Terms | None:
    """Read how the price is made: the agency's own way where nothing else is asked."""
    markup = basis_points("markup", given) if given.get("markup") else g.agency.markup_bp
    free = whole("free_after", given) if given.get("free_after") else g.agency.free_after
    currency = given.get("currency", CHARGED_IN)
    if currency not in SHOWN:
        wrong["currency"] = str(words.WRONG["bad_step"])
    if not 0 <= markup <= MOST_MARKUP_BP:
        wrong["markup"] = str(words.WRONG["bad_markup"])
    if not 0 <= free <= MOST_FREE_AFTER:
        wrong["free_after"] = str(words.WRONG["bad_free_after"])
    rate = services().rates.find_rate(currency) if currency in SHOWN else None
    if currency in SHOWN and currency != CHARGED_IN and rate is None:
        wrong["currency"] = str(words.WRONG["no_rate"])
    if wrong.keys() & {"currency", "markup", "free_after"}:
        return None
    return Terms(markup, rate, g.agency.step if rate is None else 10 ** PRECISION[currency], free)


def _page(given: Any, wrong: dict[str, str], **facts: Any) -> str:
    typed = {"sizes": SIZES, "currency": CHARGED_IN, **given}
    return render_template(
        "agents/pricing/show_price.html",
        typed=typed,
        wrong=wrong,
        names=NAMES,
        agency=g.agency,
        reckoned_at=reckoned_at,
        words=words,
        **facts,
    )
