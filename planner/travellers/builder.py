"""Work on a trip by hand: each change is planned first and shown with what it costs, then taken; undo has no end.

make_trip -> show_builder -> try_change -> take_change -> show_builder
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from planner.design import edits
from planner.errors import Invalid, NotFound
from planner.flow.adjust_trip import Adjusted, adjust_trip
from planner.flow.keep_trip import NothingToUndo, begin_trip, redo, save_version, undo
from planner.store import trips
from planner.store.trips import StaleVersion, Trip, TripVersion
from planner.travellers import planning, trip_view
from planner.travellers.brief_form import read_brief
from planner.web import filters, headers, reasons, words
from planner.web.atlas import Atlas, in_service
from planner.web.limits import BOOKING, PLANNING, READING, limiter
from planner.web.services import services

pages = Blueprint("builder", __name__)
pages.after_request(headers.keep_secret)

Asked = MultiDict[str, str]
Edit = Callable[[Mapping[str, Any], Mapping[str, Any], Asked], edits.Wish]


def _number(asked: Asked) -> int:
    return asked.get("n", -1, type=int)


EDITS: dict[str, Edit] = {
    "drop_package": lambda brief, plan, asked: edits.drop_package(brief, plan, _number(asked)),
    "drop_stop": lambda brief, plan, asked: edits.drop_stop(brief, plan, _number(asked)),
    "add_stop": lambda brief, plan, asked: edits.add_stop(brief, plan, asked.get("place", "")),
    "more_nights": lambda brief, plan, asked: edits.change_nights(brief, plan, _number(asked), 1),
    "fewer_nights": lambda brief, plan, asked: edits.change_nights(brief, plan, _number(asked), -1),
    "earlier": lambda brief, plan, asked: edits.move_stop(brief, plan, _number(asked), -1),
    "later": lambda brief, plan, asked: edits.move_stop(brief, plan, _number(asked), 1),
    "swap_stay": lambda brief, plan, asked: edits.swap_stay(brief, plan, _number(asked), asked.get("house", "")),
}


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
    return _builder_page(trip)


@pages.get("/look/<secret>")
@limiter.limit(READING)
def look(secret: str) -> str:
    """The same trip for who may only look."""
    return _builder_page(trips.get_trip_by_secret(secret, may_edit=False), may_edit=False)


def _builder_page(trip: Trip, problem: str = "", may_edit: bool = True) -> str:
    atlas, version = in_service(), trips.get_version(trip.id, trip.at)
    plan = version.itinerary
    numbers = {id(item): number for number, item in enumerate(plan["items"])}
    stays = [number for number, item in enumerate(plan["items"]) if item["kind"] == "stay"]
    span = trip_view.days_of(plan)
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
        stay_name=trip_view.stay_name,
        houses=lambda item: _other_houses(item, version),
        has_undo=version.before is not None,
        has_redo=trips.find_next(trip.id, trip.at) is not None,
        places=sorted((atlas.name(place), place) for place in atlas.places),
        words=words,
        atlas=atlas,
        may_edit=may_edit,
        problem=problem,
        look_link=url_for("travellers.builder.look", secret=trip.view_secret, _external=True),
    )


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


@pages.get("/plans/<secret>/try")
@limiter.limit(PLANNING)
def try_change(secret: str) -> str | tuple[str, int]:
    """What a change does to price, travel and sea, before it is taken; or why it is not possible."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    version = trips.get_version(trip.id, trip.at)
    try:
        adjusted = _adjusted(version, request.args)
    except (edits.CannotEdit, NotFound, Invalid) as refused:
        return _builder_page(trip, _why_not(refused.code)), 422
    return _change_page(trip, version, adjusted)


def _adjusted(version: TripVersion, asked: Asked) -> Adjusted:
    edit = EDITS.get(asked.get("do", ""))
    if edit is None:
        raise edits.NoSuchPart("there is no such change")
    return adjust_trip(edit(version.brief, version.itinerary, asked), services())


def _why_not(code: str) -> str:
    said = {
        "last_night": _("That is the last night there. Leave the place out instead."),
        "no_other_stop": _("There is no other stop to change places or nights with."),
        "neighbour_has_one_night": _("The next stop has only one night to give."),
        "same_place_next": _("The next stop is the same place, after nights aboard. Change that one."),
        "no_such_part": _("That part is no longer in the plan."),
    }
    return said.get(code, _("This change makes no sense for this trip."))


def _change_page(trip: Trip, version: TripVersion, adjusted: Adjusted, problem: str = "", status: int = 200) -> Any:
    atlas, old, new = in_service(), version.itinerary, adjusted.itinerary
    page = render_template(
        "travellers/builder/try_change.html",
        trip=trip,
        seen=version.number,
        old=old,
        new=new,
        asked=request.args,
        stops_before=_stops(old, atlas),
        stops_after=_stops(new, atlas) if new else [],
        gave_way=[_words_of(pin, atlas) for pin in adjusted.gave_way],
        reasons=_reasons(adjusted, atlas),
        words=words,
        problem=problem,
    )
    return page, status


def _reasons(adjusted: Adjusted, atlas: Atlas) -> list[str]:
    told = adjusted.refusal.reasons if adjusted.refusal else ()
    return [reasons.say_reason(one.as_json(), atlas) for one in told]


def _stops(plan: Mapping[str, Any], atlas: Atlas) -> list[str]:
    return [
        ngettext("%(place)s, %(num)d night", "%(place)s, %(num)d nights", int(item["nights"]),
                 place=atlas.name(str(item["place_id"])))
        for item in plan["items"]
        if item["kind"] == "stay"
    ]  # fmt: skip


def _words_of(pin: Mapping[str, Any], atlas: Atlas) -> str:
    """Name a part that could not stay."""
    if pin["kind"] == "stay":
        nights = (date.fromisoformat(pin["check_out"]) - date.fromisoformat(pin["check_in"])).days
        place = atlas.name(str(pin["place_id"]))
        return ngettext("%(place)s, %(num)d night", "%(place)s, %(num)d nights", nights, place=place)
    if pin["kind"] == "package":
        return f"{filters.say(str(atlas.product_name(pin['product_id'])))}, {filters.full_day(str(pin['starts'])[:10])}"
    return _("A crossing on %(day)s", day=filters.full_day(str(pin["service_date"])))


@pages.post("/plans/<secret>/try")
@limiter.limit(PLANNING)
def take_change(secret: str) -> Any:
    """Take a change as it was shown; where it would come out otherwise by now, or somebody saved, it is shown anew."""
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    version = trips.get_version(trip.id, trip.at)
    try:
        adjusted = _adjusted(version, request.args)
    except (edits.CannotEdit, NotFound, Invalid) as refused:
        return _builder_page(trip, _why_not(refused.code)), 422
    shown, seen = request.form.get("shown"), request.form.get("seen", -1, type=int)
    if seen != version.number:
        problem = _("Somebody saved this trip meanwhile. This is what the change does to it now.")
        return _change_page(trip, version, adjusted, problem, 409)
    if adjusted.itinerary is None or adjusted.itinerary["id"] != shown:
        return _change_page(trip, version, adjusted, _("It comes out differently by now. Please look once more."), 409)
    done = {"do": request.args.get("do", ""), "n": request.args.get("n", "")}
    try:
        save_version(trip.id, seen, adjusted.brief, adjusted.itinerary, done, services())
    except StaleVersion:
        return _builder_page(trips.get_trip(trip.id), _("Somebody saved this trip meanwhile. Look at it first.")), 409
    return redirect(url_for("travellers.builder.show_builder", secret=secret), 303)


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
        return _builder_page(trip, _why_not("no_such_part")), 422
    except StaleVersion:
        return _builder_page(trips.get_trip(trip.id), _("Somebody saved this trip meanwhile. Look at it first.")), 409
    return redirect(url_for("travellers.builder.show_builder", secret=secret) + f"#item-{number}", 303)
