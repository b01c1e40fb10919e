"""Ready-made routes: a list, and a page for each that plans it afresh for the visitor's own days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from planner.design.ready_routes import ReadyRoute
from planner.errors import Invalid, NotFound
from planner.travellers import planning, route_linked, route_view
from planner.travellers.brief_form import LARGEST_PARTY, Asked, Query
from planner.web import words
from planner.web.addresses import own_address
from planner.web.atlas import Atlas, in_service
from planner.web.caching import cache
from planner.web.limits import PLANNING, limiter

pages = Blueprint("routes", __name__)
PRICE_KEPT_S = 7 * 86_400


class NoSuchRoute(NotFound):
    """No published route bears this name."""

    default_code = "no_such_route"


@dataclass
class Price:
    """What a route cost when it was planned: not an offer, and not for other days."""

    amount: int
    start: str
    adults: int


def price_of(slug: str) -> Price | None:
    """What the route cost when somebody last planned it within a week, or nothing."""
    kept = cache.get(f"route-price:{slug}")
    return Price(**json.loads(kept)) if kept else None


def keep_price(route: ReadyRoute, brief: dict[str, Any]) -> None:
    """Plan the route, and keep what the best plan of it costs a person."""
    found = planning.plan(brief)["itineraries"]
    if found:
        price = Price(
            found[0]["totals"]["price_per_person"]["amount"], brief["entry"]["at"][:10], brief["party"]["adults"]
        )
        cache.set(f"route-price:{route.slug}", json.dumps(vars(price)), timeout=PRICE_KEPT_S)


@pages.get("/routes")
def list_routes() -> str:
    """All routes, or those of one province or of at most so many days."""
    atlas = in_service()
    province, most = request.args.get("province", ""), request.args.get("days", "")
    found = [
        one
        for one in route_view.cards(atlas, planning.today())
        if (not province or province in one.cloths) and (not most.isdigit() or one.route.days <= int(most))
    ]
    return render_template(
        "travellers/routes/list_routes.html", routes=found, atlas=atlas, province=province, most=most, words=words
    )


@pages.get("/routes/<slug>")
def show_route(slug: str) -> str | tuple[str, int]:
    """One route: map, places in order, seasons, seas, rules, and the form that plans it."""
    atlas = in_service()
    return _page(_find(slug, atlas), atlas)


@pages.get("/routes/<slug>/plan")
@limiter.limit(PLANNING)
def plan_route(slug: str) -> str | tuple[str, int] | Response:
    """Lead to the trips that keep to this route on the visitor's days, with as many people as come."""
    atlas = in_service()
    route = _find(slug, atlas)
    asked, problem = _asked(route, request.args, atlas)
    if problem or asked is None:
        return _page(route, atlas, problem), 422
    return redirect(f"{url_for('travellers.planning.show_trips')}?{planning.query_of(asked)}")


@pages.get("/routes/<slug>/price")
@limiter.limit(PLANNING)
def reckon(slug: str) -> str | tuple[str, int] | Response:
    """Plan the route for the days in question, keep its price, and show it on the route's page."""
    atlas = in_service()
    route = _find(slug, atlas)
    asked, problem = _asked(route, request.args, atlas)
    if problem or asked is None or asked.brief is None:
        return _page(route, atlas, problem), 422
    try:
        keep_price(route, asked.brief)
    except Invalid:
        return _page(route, atlas, _("The timetables do not reach so far.")), 422
    return redirect(url_for("travellers.routes.show_route", slug=slug, _anchor="price"))


def _find(slug: str, atlas: Atlas) -> ReadyRoute:
    found = next((route for route in route_view.published(atlas) if route.slug == slug), None)
    if found is None:
        raise NoSuchRoute(slug)
    return found


def _asked(route: ReadyRoute, query: Query, atlas: Atlas) -> tuple[Asked | None, str]:
    """The search of the form, or what is wrong with the form."""
    try:
        start = date.fromisoformat(query.get("on", ""))
        adults = int(query.get("adults", ""))
    except ValueError:
        return None, _("Give the day on which you begin, and how many you are.")
    if start < planning.today():
        return None, _("This day has passed. Choose one from today on.")
    if not 1 <= adults <= LARGEST_PARTY:
        return None, _("Give 1 to %(most)d people.", most=LARGEST_PARTY)
    asked = route_view.search_of(route, start, adults, atlas, planning.today())
    return asked, asked.problems[0].text if asked.problems else ""


def _page(route: ReadyRoute, atlas: Atlas, problem: str = "") -> str:
    today = planning.today()
    shown = route_view.card(route, atlas, today)
    path = url_for("travellers.routes.show_route", slug=route.slug)
    return render_template(
        "travellers/routes/show_route.html",
        route=route,
        card=shown,
        text=route_view.in_words(route.text),
        in_words=route_view.in_words,
        steps=route_view.steps(route, atlas),
        charts=route_view.charts(route, atlas, 1),
        narrow=route_view.charts(route, atlas, 2),
        straits=route_view.straits(route, atlas),
        sea=atlas.sea,
        rules=route_view.needs(route, atlas),
        price=price_of(route.slug),
        problem=problem,
        asked_on=request.args.get("on", shown.start.isoformat()),
        asked_adults=request.args.get("adults", "2"),
        today=today,
        most_people=LARGEST_PARTY,
        default_query=urlencode({"on": shown.start.isoformat(), "adults": 2}),
        atlas=atlas,
        words=words,
        linked_data=route_linked.tourist_trip(route, atlas, route_view.in_words, own_address(path)),
    )
