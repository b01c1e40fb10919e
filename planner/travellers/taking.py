"""Take a planned trip along: as a PDF, for calendars and maps, as a table, as the picture that other sites show.

/trips/<id>/trip.pdf|trip.ics|trip.gpx|trip.csv|picture.png ?<the whole search>
/look/<secret>/trip.pdf|trip.ics|trip.gpx|trip.csv            of a trip that somebody worked on
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response as Conditional

from planner.errors import Invalid, NotFound
from planner.store import trips
from planner.travellers import planning, trip_sheet
from planner.travellers.brief_form import read_brief
from planner.travellers.plan_calendar import plan_calendar
from planner.travellers.plan_route import plan_route
from planner.travellers.plan_table import plan_table
from planner.web import filters, headers, trip_view, typeset
from planner.web.addresses import whole_address
from planner.web.atlas import Atlas, in_service
from planner.web.caching import cache
from planner.web.i18n import LANGUAGES, address_language
from planner.web.limits import PLANNING, limiter
from planner.web.services import services

pages = Blueprint("taking", __name__)

KEPT_S = 1800
PICTURE_KEPT_S = 7 * 24 * 3600
"""How long others may keep a picture; its address names the trip, the search and the language."""


class NoSuchTrip(NotFound):
    """The search no longer leads to this trip: its data or its dates have moved on."""

    default_code = "trip_gone"


class NoSearch(Invalid):
    """The address does not carry the search that led to the trip."""

    default_code = "search_missing"


@dataclass(frozen=True)
class Taken:
    """A trip to take along, with the brief that it answers and its page on this site."""

    plan: Mapping[str, Any]
    brief: Mapping[str, Any]
    page: str
    atlas: Atlas

    @property
    def address(self) -> str:
        """The trip's page, from anywhere."""
        return whole_address(self.page)

    def name(self, ending: str) -> str:
        """A file's name: `lintas-2027-04-05.pdf`."""
        return f"lintas-{trip_view.days_of(self.plan)[0].isoformat()}.{ending}"


def get_trip(itinerary_id: str) -> Taken:
    """Find the trip of an address among the routes that fit its search.

    Raises:
        NoSearch: the query asks for no trip that makes sense.
        NoSuchTrip: the search has other routes now.
    """
    atlas = in_service()
    asked = read_brief(request.args, atlas, planning.today())
    if asked.brief is None or not planning.makes_sense(asked, atlas):
        raise NoSearch()
    answer = planning.plan(asked.brief)
    found = next((plan for plan in answer["itineraries"] if plan["id"] == itinerary_id), None)
    if found is None:
        raise NoSuchTrip()
    page = url_for("travellers.planning.show_trip", itinerary_id=found["id"])
    return Taken(found, asked.brief, f"{page}?{planning.query_of(asked)}", atlas)


def _made_once(kind: str, trip: Taken, make: Callable[[], bytes]) -> bytes:
    """Return what `make` gives, the same for everybody who reads this language on this day."""
    told = repr((kind, trip.address, filters.language(), planning.today()))
    key = "taking:" + hashlib.sha256(told.encode()).hexdigest()
    kept = cache.get(key)
    if kept is None:
        kept = make()
        cache.set(key, kept, timeout=KEPT_S)
    return bytes(kept)


def _file(content: bytes, kind: str, name: str, how: str = "attachment") -> Response:
    answer = make_response(content)
    answer.mimetype = kind
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    answer.headers["Cache-Control"] = "private, max-age=600"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.vary.update(("Cookie", "Accept-Language"))
    return answer


def _now() -> datetime:
    return services().clock.now()


def _paper(trip: Taken) -> Response:
    def make() -> bytes:
        return typeset.pdf("trip", trip_sheet.trip_sheet(trip.plan, trip.brief, trip.atlas, trip.address))

    return _file(_made_once("pdf", trip, make), "application/pdf", trip.name("pdf"), "inline")


def _calendar(trip: Taken) -> Response:
    return _file(plan_calendar(trip.plan, trip.atlas, trip.address, _now()), "text/calendar", trip.name("ics"))


def _route(trip: Taken) -> Response:
    return _file(plan_route(trip.plan, trip.atlas, trip.address, _now()), "application/gpx+xml", trip.name("gpx"))


def _table(trip: Taken) -> Response:
    return _file(plan_table(trip.plan, trip.atlas), "text/csv", trip.name("csv"))


FORMS: dict[str, Callable[[Taken], Response]] = {"pdf": _paper, "ics": _calendar, "gpx": _route, "csv": _table}


@pages.get("/trips/<itinerary_id>/trip.pdf")
@limiter.limit(PLANNING)
def show_pdf(itinerary_id: str) -> Response:
    """The whole trip on paper."""
    return _paper(get_trip(itinerary_id))


@pages.get("/trips/<itinerary_id>/trip.ics")
@limiter.limit(PLANNING)
def show_calendar(itinerary_id: str) -> Response:
    """The trip for a calendar, every part tentative."""
    return _calendar(get_trip(itinerary_id))


@pages.get("/trips/<itinerary_id>/trip.gpx")
@limiter.limit(PLANNING)
def show_route(itinerary_id: str) -> Response:
    """The stops and ways of the trip for a map on a telephone."""
    return _route(get_trip(itinerary_id))


@pages.get("/trips/<itinerary_id>/trip.csv")
@limiter.limit(PLANNING)
def show_table(itinerary_id: str) -> Response:
    """The trip as a table, a row an item."""
    return _table(get_trip(itinerary_id))


@pages.get(f"/look/<secret>/trip.<any({', '.join(FORMS)}):form>")
@limiter.limit(PLANNING)
def take_kept(secret: str, form: str) -> Response:
    """A trip that somebody worked on, in one of these forms; what it carries leads to the page where one may look."""
    trip = trips.get_trip_by_secret(secret, may_edit=False)
    version = trips.get_version(trip.id, trip.at)
    page = url_for("travellers.builder.look", secret=secret)
    answer = FORMS[form](Taken(version.itinerary, version.brief, page, in_service()))
    return headers.keep_secret(answer)


@pages.get("/trips/<itinerary_id>/picture.png")
@limiter.limit(PLANNING)
def show_picture(itinerary_id: str) -> Conditional:
    """The picture of the trip that other sites show; its language is in its address, so that all may keep it."""
    wanted = address_language() or request.args.get("lang", "")
    with force_locale(wanted if wanted in LANGUAGES else "en"):
        trip = get_trip(itinerary_id)

        def make() -> bytes:
            return typeset.png("social", trip_sheet.picture_sheet(trip.plan, trip.atlas))

        answer = make_response(_made_once("png", trip, make))
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = f"public, max-age={PICTURE_KEPT_S}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.add_etag()
    return answer.make_conditional(request)
