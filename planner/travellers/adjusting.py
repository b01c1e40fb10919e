"""Change a trip by hand: choose what instead, see what it does to price, travel and sea, then take it or leave it.

show_ways | show_tours -> try_change -> take_change -> builder.show_builder
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from planner.design import edits
from planner.design.choices import runs_of
from planner.errors import Invalid, NotFound
from planner.flow.adjust_trip import Adjusted, WayOut, adjust_trip, ways_out
from planner.flow.keep_trip import save_version
from planner.flow.list_choices import list_tours, list_ways
from planner.store import trips
from planner.store.trips import StaleVersion, Trip, TripVersion
from planner.travellers.builder import builder_page
from planner.travellers.suggest import find_place
from planner.web import filters, headers, reasons, trip_view, words
from planner.web.atlas import Atlas, in_service
from planner.web.limits import PLANNING, limiter
from planner.web.services import services

pages = Blueprint("adjusting", __name__)
pages.after_request(headers.keep_secret)

MOST_DAYS_MORE = 7
Asked = MultiDict[str, str]
Edit = Callable[[Mapping[str, Any], Mapping[str, Any], Asked], edits.Wish]


class NoSuchPlace(NotFound):
    """Nobody knows where that is; it is asked again where it was typed."""

    default_code = "no_such_place"


def _place(asked: Asked) -> str:
    found = find_place(asked.get("place", ""), in_service())
    if found is None:
        raise NoSuchPlace("no place has such a name")
    return found


def _number(asked: Asked) -> int:
    return asked.get("n", -1, type=int)


def _day(asked: Asked, name: str) -> date:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        raise edits.NoSuchPart("the plan has no such day") from None


def _runs(asked: Asked) -> list[tuple[str, str]]:
    """Read `trip@2027-04-05,trip@2027-04-05`."""
    named = [one.rpartition("@") for one in asked.get("runs", "").split(",") if one]
    return [(trip_id, day) for trip_id, _at, day in named]


EDITS: dict[str, Edit] = {
    "drop_package": lambda brief, plan, asked: edits.drop_package(brief, plan, _number(asked)),
    "add_package": lambda brief, plan, asked: edits.add_package(
        brief, plan, asked.get("product", ""), asked.get("starts", "")
    ),
    "swap_package": lambda brief, plan, asked: edits.swap_package(
        brief, plan, _number(asked), asked.get("product", ""), asked.get("starts", "")
    ),
    "move_package": lambda brief, plan, asked: edits.move_package(brief, plan, _number(asked), _day(asked, "to")),
    "swap_way": lambda brief, plan, asked: edits.swap_way(brief, plan, _number(asked), _runs(asked)),
    "drop_stop": lambda brief, plan, asked: edits.drop_stop(brief, plan, _number(asked)),
    "add_stop": lambda brief, plan, asked: edits.add_stop(brief, plan, _place(asked)),
    "more_nights": lambda brief, plan, asked: edits.change_nights(brief, plan, _number(asked), 1),
    "fewer_nights": lambda brief, plan, asked: edits.change_nights(brief, plan, _number(asked), -1),
    "earlier": lambda brief, plan, asked: edits.move_stop(brief, plan, _number(asked), -1),
    "later": lambda brief, plan, asked: edits.move_stop(brief, plan, _number(asked), 1),
    "move_stop": lambda brief, plan, asked: edits.move_stop(
        brief, plan, _number(asked), asked.get("by", 0, type=int)
    ),
    "swap_stay": lambda brief, plan, asked: edits.swap_stay(brief, plan, _number(asked), asked.get("house", "")),
    "see_to": lambda brief, plan, asked: edits.see_to(brief, plan, _number(asked), asked.get("own", "")),
    "end_later": lambda brief, plan, asked: edits.change_end(brief, plan, 1),
    "end_earlier": lambda brief, plan, asked: edits.change_end(brief, plan, -1),
    "as_it_is": lambda brief, plan, asked: edits.as_it_is(brief, plan),
}


@dataclass(frozen=True)
class Choice:
    """Something that may stand in the plan instead, or beside the rest; `link` shows what it does."""

    name: str
    when: str
    facts: list[str]
    icons: list[str]
    price: int
    exposure: int
    sure: str
    link: str


def _of_a_trip(view: Callable[[Trip, TripVersion], Any]) -> Callable[[str], Any]:
    """Give a view the trip of a secret link as it is in view; what cannot even be tried is told beside the trip."""

    @wraps(view)
    def shown(secret: str) -> Any:
        trip = trips.get_trip_by_secret(secret, may_edit=True)
        try:
            return view(trip, trips.get_version(trip.id, trip.at))
        except NoSuchPlace:
            return builder_page(trip, unknown_place=request.args.get("place", "")), 422
        except (edits.CannotEdit, NotFound, Invalid) as refused:
            return builder_page(trip, why_not(refused.code)), 422

    return shown


@pages.get("/plans/<secret>/ways")
@limiter.limit(PLANNING)
@_of_a_trip
def show_ways(trip: Trip, version: TripVersion) -> Any:
    """Other ways between the same two places on the same day."""
    number = _number(request.args)
    stretch = edits.stretch_at(version.itinerary, number)
    ways = list_ways(version.brief, version.itinerary, number, services())
    atlas = in_service()
    name = _("%(start)s to %(end)s", start=atlas.name(stretch.from_id), end=atlas.name(stretch.to_id))
    found = []
    for way in ways:
        moves = [item.as_json() for item in way.items]
        modes = [item.mode for item in way.items if item.mode != "walk"]
        runs = ",".join(f"{trip_id}@{day}" for trip_id, day in runs_of(way))
        found.append(Choice(
            ", ".join(dict.fromkeys(str(words.MODES.get(mode, mode)) for mode in modes)),
            f"{filters.clock(way.departs)} – {filters.clock(way.arrives)}",
            [filters.hours(way.duration_min), *(trip_view.part_of(move, atlas).name for move in moves
                                                if move["kind"] == "leg")],
            list(dict.fromkeys(words.MODE_ICONS.get(mode, "arrow") for mode in modes)),
            way.price,
            way.worst,
            _least_sure([str(item.confidence) for item in way.items]),
            url_for("travellers.adjusting.try_change", secret=trip.edit_secret, do="swap_way", n=number, runs=runs),
        ))  # fmt: skip
    return _choices_page(trip, _("Another way: %(name)s", name=name), filters.full_day(stretch.on), found)


@pages.get("/plans/<secret>/tours")
@limiter.limit(PLANNING)
@_of_a_trip
def show_tours(trip: Trip, version: TripVersion) -> Any:
    """Tours that could start on a day where the party is: to add one, or to take one instead of another."""
    number, atlas = _number(request.args), in_service()
    on = _day(request.args, "on")
    tours = list_tours(version.brief, version.itinerary, on, services())
    title = _("Add a tour")
    if number >= 0:
        old = edits.item_at(version.itinerary, number, "package")
        title = _("Instead of %(part)s", part=trip_view.part_of(old, atlas).name)
    found = [_tour(trip.edit_secret, number, one, atlas) for one in tours]
    return _choices_page(trip, title, filters.full_day(on), found)


def _tour(secret: str, number: int, item: dict[str, Any], atlas: Atlas) -> Choice:
    part = trip_view.part_of(item, atlas)
    instead = {"do": "swap_package", "n": number} if number >= 0 else {"do": "add_package"}
    return Choice(
        part.name, f"{filters.clock(item['starts'])}", part.facts, [part.icon], int(item["price"]["amount"]),
        int(item["exposure"]), str(item["confidence"]),
        url_for(
            "travellers.adjusting.try_change", secret=secret, **instead, product=item["product_id"],
            starts=item["starts"],
        ),
    )  # fmt: skip


def _least_sure(codes: list[str]) -> str:
    return next((code for code in ("estimated", "typical", "verified") if code in codes), "estimated")


def _choices_page(trip: Trip, title: str, when: str, choices: list[Choice]) -> str:
    return render_template(
        "travellers/builder/show_choices.html", trip=trip, title=title, when=when, choices=choices, words=words
    )


@pages.get("/plans/<secret>/try")
@limiter.limit(PLANNING)
@_of_a_trip
def try_change(trip: Trip, version: TripVersion) -> Any:
    """What a change does to price, travel and sea, before it is taken; or why it cannot be, and what would help."""
    adjusted = _adjusted(version, request.args)
    if adjusted.is_possible or _given_up(request.args) != WayOut():
        return _change_page(trip, version, adjusted)
    outs = ways_out(_edit(version, request.args), version.brief, services())
    return _change_page(trip, version, adjusted, outs=outs)


def _given_up(asked: Asked) -> WayOut:
    """Read what is given up for a change: the number of a pin, days at the end."""
    return WayOut(asked.get("let", None, type=int), max(0, min(asked.get("days", 0, type=int), MOST_DAYS_MORE)))


def _edit(version: TripVersion, asked: Asked) -> Callable[[Mapping[str, Any]], edits.Wish]:
    edit = EDITS.get(asked.get("do", ""))
    if edit is None:
        raise edits.NoSuchPart("there is no such change")
    return lambda brief: edit(brief, version.itinerary, asked)


def _adjusted(version: TripVersion, asked: Asked) -> Adjusted:
    return adjust_trip(_edit(version, asked)(_given_up(asked).loosened(version.brief)), services())


def why_not(code: str) -> str:
    """Say why a change cannot even be tried."""
    said = {
        "last_night": _("That is the last night there. Leave the place out instead."),
        "no_other_stop": _("There is no other stop to change places or nights with."),
        "neighbour_has_one_night": _("The next stop has only one night to give."),
        "same_place_next": _("The next stop is the same place, after nights aboard. Change that one."),
        "same_day": _("It is on that day already."),
        "is_booked": _("You have booked that part for these dates. Say that it is not booked, then move it."),
        "no_such_part": _("That part is no longer in the plan."),
    }
    return said.get(code, _("This change makes no sense for this trip."))


def _change_page(
    trip: Trip,
    version: TripVersion,
    adjusted: Adjusted,
    problem: str = "",
    status: int = 200,
    outs: tuple[WayOut, ...] = (),
) -> Any:
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
        comes=_only_in(new, old, atlas) if new else [],
        goes=_only_in(old, new, atlas) if new else [],
        gave_way=[_words_of(pin, atlas) for pin in adjusted.gave_way if pin["kind"] != "leg"],
        reasons=_reasons(adjusted, atlas),
        pinned=[_words_of(pin, atlas) for pin in version.brief.get("pins", ())],
        outs=[_way_out(one, version, atlas) for one in outs],
        words=words,
        problem=problem,
    )
    return page, status


def _way_out(way: WayOut, version: TripVersion, atlas: Atlas) -> tuple[str, str]:
    """Say what would make the change possible, and link to the same change with that given up."""
    asked = {**(request.view_args or {}), **request.args}
    link = url_for(".try_change", **{**asked, "let": way.pin, "days": way.days or None})
    if way.pin is None:
        return reasons.say(reasons.WAYS, "more_days", {"days": way.days}, "", atlas), link
    part = _words_of(version.brief["pins"][way.pin], atlas)
    return _("Without the pin on %(part)s it is possible", part=part), link


def _reasons(adjusted: Adjusted, atlas: Atlas) -> list[tuple[str, str]]:
    """Why a change is not possible, each with the name of the rule behind it, if there is one."""
    told = [one.as_json() for one in adjusted.refusal.reasons] if adjusted.refusal else []
    named = [(reasons.say_reason(one, atlas), atlas.rules.get(one.get("rule_id") or "", {})) for one in told]
    return [(text, filters.say(str(rule["name"])) if rule else "") for text, rule in named]


def _only_in(plan: Mapping[str, Any], other: Mapping[str, Any], atlas: Atlas) -> list[str]:
    """The legs and tours that one plan has and the other has not, in words."""
    had = [edits.pin_of(item) for item in other["items"]]
    return [
        f"{filters.day(trip_view.begins(item))}, {filters.clock(trip_view.begins(item))}: "
        f"{trip_view.part_of(item, atlas).name}"
        for item in plan["items"]
        if item["kind"] in ("leg", "package") and edits.pin_of(item) not in had
    ]


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
@_of_a_trip
def take_change(trip: Trip, version: TripVersion) -> Any:
    """Take a change as it was shown; where it would come out otherwise by now, or somebody saved, it is shown anew."""
    adjusted = _adjusted(version, request.args)
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
        return builder_page(trips.get_trip(trip.id), _("Somebody saved this trip meanwhile. Look at it first.")), 409
    return redirect(url_for("travellers.builder.show_builder", secret=trip.edit_secret), 303)
