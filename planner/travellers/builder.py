"""Work on a trip by hand: its days in columns with what may be changed at each part; undo without end; links; claiming.

make_trip -> show_builder -> adjusting.try_change -> adjusting.take_change -> show_builder -> checkout.show_kept_quote
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import auth_required, current_user
from werkzeug.wrappers import Response

from planner.design import edits
from planner.design.choices import places_on
from planner.errors import NotFound
from planner.flow.keep_trip import ClaimedBefore, NothingToUndo, begin_trip, claim_trip, redo, save_version, undo
from planner.flow.run_agency import ROLE
from planner.store import trips
from planner.store.trips import StaleVersion, Trip, TripVersion
from planner.travellers import planning
from planner.travellers.brief_form import read_brief
from planner.travellers.suggest import suggest_places
from planner.web import filters, headers, trip_view, words
from planner.web.atlas import in_service
from planner.web.limits import BOOKING, READING, limiter
from planner.web.services import services

pages = Blueprint("builder", __name__)
pages.after_request(headers.keep_secret)


@pages.post("/trips/<itinerary_id>/make")
@limiter.limit(BOOKING)
def make_trip(itinerary_id: str) -> Response | tuple[str, int]:
    """Begin to work on a plan that was found."""
    atlas = in_service()
    asked = read_brief(request.args, atlas, planning.today())
    found = None
    if asked.brief is not None and planning.makes_sense(asked, atlas):
        answer = planning.plan(asked.brief)
        found = next((plan for plan in answer["itineraries"] if plan["id"] == itinerary_id), None)
    if found is None or asked.brief is None:
        return render_template("travellers/planning/show_gone.html", query=planning.query_of(asked)), 404
    trip = begin_trip(asked.brief, found, services(), filters.language())
    return redirect(url_for("travellers.builder.show_builder", secret=trip.edit_secret), 303)


@pages.get("/plans/<secret>")
@limiter.limit(READING)
def show_builder(secret: str) -> str:
    """The trip in columns, a day each, with what may be changed at each part."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    return builder_page(trip)


@pages.get("/look/<secret>")
@limiter.limit(READING)
def look(secret: str) -> str:
    """The same trip for who may only look."""
    return builder_page(trips.get_trip_by_secret(secret, may_edit=False), may_edit=False)


def builder_page(trip: Trip, problem: str = "", may_edit: bool = True, unknown_place: str | None = None) -> str:
    """The page of a trip as it is in view.

    `problem` says why something could not be done; `unknown_place` is what was typed for a place that nobody knows.
    """
    atlas, version = in_service(), trips.get_version(trip.id, trip.at)
    after = trips.find_next(trip.id, trip.at)
    plan = version.itinerary
    numbers = {id(item): number for number, item in enumerate(plan["items"])}
    stays = [number for number, item in enumerate(plan["items"]) if item["kind"] == "stay"]
    span = trip_view.days_of(plan)
    look_link = url_for("travellers.builder.look", secret=trip.view_secret, _external=True)
    return render_template(
        "travellers/builder/show_builder.html",
        trip=trip,
        version=version,
        plan=plan,
        brief=version.brief,
        name=trip_view.title(plan, atlas),
        span=span,
        days=trip_view.days_view(plan, atlas),
        number_of=lambda item: numbers.get(id(item), -1),
        stays=stays,
        is_kept=lambda item: edits.is_kept(version.brief, item),
        own_of=lambda item: edits.own_of(version.brief, item),
        has_place=lambda on: bool(places_on(plan, on)),
        stay_name=trip_view.stay_name,
        houses=lambda item: _other_houses(item, version),
        undoes=_change_of(version) if version.before is not None else None,
        redoes=_change_of(after) if after else None,
        unknown_place=unknown_place,
        near=[(atlas.name(one), one) for one in suggest_places(unknown_place, atlas, 4)] if unknown_place else [],
        places=sorted((atlas.name(place), place) for place in atlas.places),
        words=words,
        atlas=atlas,
        may_edit=may_edit,
        problem=problem,
        is_mine=current_user.is_authenticated and trip.account_id == current_user.id,
        look_link=look_link,
        price_link=_price_link(_builder_link(trip) if may_edit else look_link),
        enquiry_link=_enquiry_link(_builder_link(trip)) if may_edit else "",
    )


def _builder_link(trip: Trip) -> str:
    return url_for("travellers.builder.show_builder", secret=trip.edit_secret, _external=True)


def _enquiry_link(trip_link: str) -> str:
    """Return where an agent writes down for whom a trip is; empty for everybody else."""
    return url_for("agents.enquiries.show_form", trip=trip_link) if _price_link(trip_link) else ""


def _price_link(trip_link: str) -> str:
    """Return where people of an agency price the trip of a link; empty for everybody else."""
    if not (current_user.is_authenticated and current_user.has_role(ROLE)):
        return ""
    return url_for("agents.pricing.show_price", trip=trip_link)


def _change_of(version: TripVersion) -> str:
    """Name the change that a version was made by."""
    return str(words.EDITS.get(str(version.done.get("do")), _("a change")))


def _other_houses(item: Mapping[str, Any], version: TripVersion) -> list[tuple[str, str]]:
    """Other houses of the same place that have room for the party, by id and name."""
    party = version.brief["party"]
    heads = int(party["adults"]) + len(party.get("children") or ())
    catalogue = services().snapshots.catalogue()
    return [
        (stay.id, f"{filters.say(stay.title)}, {words.COMFORTS.get(stay.level, stay.level)}")
        for stay in catalogue.stays_at.get(str(item["place_id"]), [])
        if stay.id != item.get("product_id") and stay.sleeps >= heads and stay.rooms >= int(item.get("rooms") or 1)
    ]


@pages.post("/plans/<secret>/undo")
@limiter.limit(BOOKING)
def step_back(secret: str) -> Response:
    """Undo the last change."""
    return _step(secret, undo)


@pages.post("/plans/<secret>/redo")
@limiter.limit(BOOKING)
def step_forth(secret: str) -> Response:
    """Do again what was undone."""
    return _step(secret, redo)


def _step(secret: str, act: Callable[..., int]) -> Response:
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    seen = request.form.get("seen", -1, type=int)
    with suppress(NothingToUndo, StaleVersion, NotFound):  # the page shows how it stands
        act(trip.id, seen, services())
    return redirect(url_for("travellers.builder.show_builder", secret=secret), 303)


@pages.post("/plans/<secret>/keep")
@limiter.limit(BOOKING)
def keep_part(secret: str) -> Any:
    """Pin a part for good, or let it go again."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    version = trips.get_version(trip.id, trip.at)
    number, seen = request.form.get("n", -1, type=int), request.form.get("seen", -1, type=int)
    try:
        brief = edits.keep(version.brief, version.itinerary, number, request.form.get("keep") == "1")
        save_version(trip.id, seen, brief, version.itinerary, {"do": "keep", "n": str(number)}, services())
    except edits.NoSuchPart:
        return builder_page(trip, _("That part is no longer in the plan.")), 422
    except StaleVersion:
        return builder_page(trips.get_trip(trip.id), _("Somebody saved this trip meanwhile. Look at it first.")), 409
    return redirect(url_for("travellers.builder.show_builder", secret=secret) + f"#item-{number}", 303)


@pages.get("/plans")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(READING)
def list_trips() -> str:
    """The trips that somebody keeps with an account, the last saved first."""
    atlas = in_service()
    found = [(trip, trips.get_version(trip.id, trip.at)) for trip in trips.list_trips_of(current_user.id)]
    rows = [
        (trip, version, trip_view.title(version.itinerary, atlas), trip_view.days_of(version.itinerary))
        for trip, version in found
    ]
    return render_template("travellers/builder/list_trips.html", rows=rows)


@pages.get("/plans/<secret>/claim")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(READING)
def ask_to_claim(secret: str) -> str:
    """Ask whoever has logged in whether to keep the trip with the account."""
    return builder_page(trips.get_trip_by_secret(secret, may_edit=True))


@pages.post("/plans/<secret>/claim")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(BOOKING)
def claim(secret: str) -> Any:
    """Keep a trip with an account; its links go on working."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    try:
        claim_trip(trip.id, current_user.id)
    except ClaimedBefore:
        return builder_page(trip, _("Another account keeps this trip already. Its links go on working.")), 409
    return redirect(url_for("travellers.builder.list_trips"), 303)
