"""Say which pages search engines may find, and by which address each goes: canonical, alternates, sitemap, robots.

A page's own query is only what makes it another page; filters of lists, orders and marks of campaigns are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for

from planner.travellers import events, planning, route_view
from planner.web.addresses import in_language, site_root, whole_address
from planner.web.atlas import VESSEL_COLUMNS, Atlas, in_service
from planner.web.i18n import LANGUAGES, chosen_language
from planner.web.limits import READING, limiter

pages = Blueprint("found", __name__)

Query = dict[str, str]
USUAL_VESSEL = "ferry"
KEPT_S = 3600
DEFAULT_LANGUAGE = "en"
"""The language of who speaks none of ours (`x-default`)."""


def _no_query() -> Query:
    return {}


def _month() -> Query:
    """The month of the events' page; without one it is the present month, whichever that is."""
    asked = request.args.get("month", "")
    return {"month": asked} if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked) and _is_known(asked) else {}


def _is_known(month: str) -> bool:
    return int(month[:4]) in events.years(in_service())


def _vessel() -> Query:
    """The kind of vessel that the seas are shown for; the usual one needs no name."""
    asked = request.args.get("vessel", "")
    return {"vessel": asked} if asked in VESSEL_COLUMNS and asked != USUAL_VESSEL else {}


OWN_QUERY: dict[str, Callable[[], Query]] = {
    "travellers.planning.show_search": _no_query,
    "travellers.places.list_places": _no_query,
    "travellers.places.show_place": _no_query,
    "travellers.packages.list_packages": _no_query,
    "travellers.packages.show_package": _no_query,
    "travellers.routes.list_routes": _no_query,
    "travellers.routes.show_route": _no_query,
    "travellers.seasons.show_seasons": _vessel,
    "travellers.events.show_events": _month,
    "travellers.about.show_about": _no_query,
    "travellers.afloat.show_offline": _no_query,
}
"""Public pages and what of their query makes them another page."""
SEARCHES = ("travellers.planning.show_trips", "travellers.planning.show_trip")
"""Pages that a whole search names: they go by that search alone, and are planned anew for each reader."""
PLANNED = ("/trips?", "/trips/day?", "/routes/*/plan", "/routes/*/price")
"""Addresses that plan for seconds when they are read; a trip's own page stays open, for who shows its picture."""
OPEN = "/trips/"
"""Said first, for programs that read `/trips?` as the beginning of all that is called trips."""
SECRET = ("/account/", "/answer/", "/bookings/", "/checkout/", "/look/", "/plans")
MACHINES = ("/api/v1/", "/agency/", "/desk/", "/hooks/", "/preferences")


@dataclass(frozen=True)
class Addresses:
    """What a page goes by: its one address in its language, and the same page in each language."""

    canonical: str
    alternates: dict[str, str]
    is_listed: bool = True


def addresses_of(path: str, language: str, is_listed: bool = True) -> Addresses:
    """Give the full addresses of a page from its path and query, with or without a language."""
    full = {code: whole_address(in_language(path, code)) for code in LANGUAGES}
    return Addresses(full[language], {**full, "x-default": full[DEFAULT_LANGUAGE]}, is_listed)


def page_addresses(search: str = "") -> Addresses | None:
    """Give the addresses of the page at hand, of a search's pages by its query; None where nobody should find it."""
    endpoint = request.endpoint or ""
    if request.method not in ("GET", "HEAD"):
        return None
    if endpoint in SEARCHES:
        return addresses_of(f"{_path()}?{search}", chosen_language(), False) if search else None
    own = OWN_QUERY.get(endpoint)
    if own is None:
        return None
    query = urlencode(own())
    return addresses_of(_path() + (f"?{query}" if query else ""), chosen_language())


def _path() -> str:
    return url_for(request.endpoint or "", **(request.view_args or {}))


def listed(atlas: Atlas) -> Iterator[str]:
    """Give the path of each page that search engines should know."""

    def path(endpoint: str, **given: Any) -> str:
        return url_for(f"travellers.{endpoint}", **given)

    yield path("planning.show_search")
    yield path("routes.list_routes")
    yield from (path("routes.show_route", slug=route.slug) for route in route_view.published(atlas))
    yield path("places.list_places")
    yield from (path("places.show_place", place_id=place) for place in atlas.places)
    yield path("packages.list_packages")
    yield from (path("packages.show_package", package_id=thing["id"]) for thing in atlas.packages())
    yield path("seasons.show_seasons")
    yield from (path("seasons.show_seasons", vessel=one) for one in VESSEL_COLUMNS if one != USUAL_VESSEL)
    yield path("events.show_events")
    yield from (path("events.show_events", month=month) for month in _months_ahead(atlas))
    yield path("about.show_about")


def _months_ahead(atlas: Atlas) -> list[str]:
    now = planning.today().strftime("%Y-%m")
    months = [f"{year}-{month:02d}" for year in events.years(atlas) for month in range(1, 13)]
    return [month for month in months if month >= now]


def hide_searches(response: Response) -> Response:
    """Keep trips that somebody searched for out of search engines: they are without number, and old the next day."""
    if request.endpoint in SEARCHES:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/sitemap.xml")
@limiter.limit(READING)
def show_sitemap() -> Response:
    """Every page that search engines should know, in each language, with the same page in the others.

    When a page last changed is known of none: data are loaded as a whole, so `lastmod` stays out.
    """
    found = [addresses_of(path, DEFAULT_LANGUAGE) for path in listed(in_service())]
    body = render_template("travellers/found/sitemap.xml", pages=found, languages=LANGUAGES)
    return _for_all(body, "application/xml")


@pages.get("/robots.txt")
@limiter.exempt
def show_robots() -> Response:
    """What programs should leave alone, and where the sitemap is."""
    root = site_root().rstrip("/")
    starts = [root, *(f"{root}/{language}" for language in LANGUAGES)]
    closed = [start + path for path in (*SECRET, *PLANNED) for start in starts] + [root + path for path in MACHINES]
    lines = ["User-agent: *", *(f"Allow: {start}{OPEN}" for start in starts), *(f"Disallow: {path}" for path in closed)]
    sitemap = whole_address(url_for("travellers.found.show_sitemap"))
    return _for_all("\n".join([*lines, "", f"Sitemap: {sitemap}", ""]), "text/plain")


def _for_all(body: str, kind: str) -> Response:
    answer = Response(body, mimetype=kind)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return answer
