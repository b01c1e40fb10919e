"""Ask for a trip, read the routes that fit, and read one of them day by day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from planner.errors import Invalid
from planner.flow.plan_trip import plan_trip
from planner.travellers import narrowing, other_days, route_view, side_by_side, structured, trip_events
from planner.travellers.brief_form import (
    AVOIDABLE,
    Asked,
    Pairs,
    Problem,
    flexible_of,
    patched,
    read_brief,
    read_fields,
    write_query,
)
from planner.travellers.other_days import OtherDay
from planner.travellers.suggest import suggest_places
from planner.web import currency, errors, filters, reasons, trip_view, words
from planner.web.addresses import own_address, whole_address
from planner.web.atlas import ENTRY_HUBS, EXIT_HUBS, ISLANDS, STRAITS, USUAL_VESSEL, Atlas, in_service
from planner.web.caching import cache
from planner.web.limits import FILLING, PLANNING, SEARCHING, limiter
from planner.web.services import services
from planner.web.streaming import Tell, stream

pages = Blueprint("planning", __name__)

ZONE = ZoneInfo("Asia/Makassar")
TABS = ("best", "cheapest", "least_travel", "calmest")
MOST_CARDS = 8
SHOWN_ROUTES = 5
KEPT_S = 1800


def today() -> date:
    """The day in the islands."""
    return datetime.now(ZONE).date()


def plan(brief: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the planner for the answer to a brief that makes sense; the same one on the same day is planned once."""
    answer = known_answer(brief)
    if answer is None:
        answer = plan_trip(brief, services()).as_json()
        cache.set(_key(brief), answer, timeout=KEPT_S)
    return answer


def last_day() -> date:
    """The last day that the timetables in service know."""
    last: date = services().snapshots.designer().last_day
    return last


def known_answer(brief: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer to a brief that was planned a short while ago, or None."""
    answer = cache.get(_key(brief))
    return dict(answer) if answer else None


def _key(brief: Mapping[str, Any]) -> str:
    return "plan:" + hashlib.sha256(json.dumps([brief, today().isoformat()], sort_keys=True).encode()).hexdigest()


def check(brief: Mapping[str, Any]) -> None:
    """Have the planner read a brief without planning it.

    Raises:
        Invalid: the planner finds fields that make no sense together; each has its path.
    """
    services().snapshots.designer().read(brief)


def makes_sense(asked: Asked, atlas: Atlas) -> bool:
    """Tell whether the planner understands what was asked; `asked` names the fields that make no sense."""
    if asked.problems or asked.brief is None:
        return False
    try:
        if not _is_known(asked):
            check(asked.brief)
    except Invalid as refused:
        for problem in refused.problems:
            name = reasons.field_of(problem.field or "")
            text = reasons.say(reasons.FIELDS, problem.code, problem.params, problem.message, atlas)
            asked.problems.append(Problem(name, text))
        return False
    return True


def _is_known(asked: Asked) -> bool:
    """Tell whether the answer is at hand, so that nobody has to wait for it."""
    return not asked.is_flexible and known_answer(asked.brief or {}) is not None


def query_of(asked: Asked, **more: str) -> str:
    """The one query string of a search, with something added."""
    pairs = write_query(asked.brief or {}, flexible_of(asked))
    return urlencode(pairs + [(k, v) for k, v in more.items() if v])


@pages.get("/")
def show_search() -> str:
    """The start page: the islands, the search, ready-made routes, the sea and what is known to close."""
    atlas = in_service()
    if request.args:
        asked = Asked(read_fields(request.args, today()))
        checked = read_brief(request.args, atlas, today())
        asked.values = checked.values if not checked.problems else asked.values
    else:
        asked = Asked(read_fields(request.args, today()))
    return _search_page(atlas, asked)


def _search_page(atlas: Atlas, asked: Asked) -> str:
    now = today()
    return render_template(
        "travellers/planning/show_search.html",
        asked=asked,
        now=now,
        routes=route_view.cards(atlas, now)[:SHOWN_ROUTES],
        **_choices(atlas),
        straits=[(area, *words.STRAITS[area], USUAL_VESSEL[area]) for area in STRAITS],
        sea=atlas.sea,
        closings=atlas.closings_ahead(now, now + timedelta(days=240)),
        closure_count=len(atlas.tables.closures),
        months=_months(now),
    )


def _choices(atlas: Atlas) -> dict[str, Any]:
    return {
        "atlas": atlas,
        "words": words,
        "entry_hubs": ENTRY_HUBS,
        "exit_hubs": EXIT_HUBS,
        "islands": ISLANDS,
        "avoidable": AVOIDABLE,
        "corrected": _corrected,
        "place_names": sorted({atlas.name(p) for p in atlas.places}),
    }


def _corrected(problem: Problem, answer: str) -> str:
    """The address of the same search with a word put right."""
    here = request.script_root + request.path
    return here + "?" + urlencode(problem.corrected(request.args.items(multi=True), answer))


def _months(now: date, count: int = 18) -> list[date]:
    first = now.replace(day=1)
    return [(first.replace(day=15) + timedelta(days=round(30.44 * n))).replace(day=1) for n in range(count)]


@pages.get("/trips")
@limiter.limit(PLANNING)
def show_trips() -> str | tuple[str, int] | Response:
    """The routes that fit a search, or the reasons why none does and what would help."""
    atlas = in_service()
    asked = read_brief(request.args, atlas, today())
    if asked.brief is None or not makes_sense(asked, atlas):
        return _search_page(atlas, asked), 422
    if _is_known(asked):
        return _trips_page(asked, atlas, lambda step: None)
    return stream(
        render_template("travellers/planning/show_waiting.html", brief=asked.brief, query=query_of(asked)),
        lambda tell: _trips_page(asked, atlas, tell),
        errors.failure_page,
    )


def _trips_page(asked: Asked, atlas: Atlas, tell: Tell) -> str:
    """Plan what was asked and write the page of its routes, or of the refusal; `tell` hears what is being done."""
    wishes = narrowing.read_wishes(request.args)
    if asked.is_flexible and not request.args.get("start"):
        asked = _cheapest_start(asked, _days(asked, atlas, wishes, tell), atlas)
    brief = asked.brief or {}
    tell(_("Trying the orders of places on the timetables of these days"))
    answer = plan(brief)
    search = write_query(brief, flexible_of(asked))
    facts: dict[str, Any] = {
        "atlas": atlas,
        "asked": asked,
        "brief": brief,
        "query": urlencode(search),
        "words": words,
        "now": today(),
        "other_days": _days(asked, atlas, wishes, tell),
    }
    if not answer["itineraries"]:
        return _refusal_page(answer["refusal"] or {}, **facts)
    narrowed = narrowing.narrow(answer["itineraries"][:MOST_CARDS], wishes, search, atlas)
    plans = narrowed.shown
    tab = request.args.get("tab", "best")
    tab = tab if tab in TABS else "best"
    longest = max((len(trip_view.days_of(p)) for p in plans), default=1)
    cards = [trip_view.card(p, atlas, longest) for p in _sorted(plans, tab)]
    compared = [c for c in cards if c.plan["id"] in request.args.getlist("cmp")][:4]
    return render_template(
        "travellers/planning/show_trips.html",
        cards=cards,
        tab=tab,
        tabs=[(t, _sorted(plans, t)[0]) for t in TABS if plans],
        front=answer["front"],
        compared=compared,
        rows=side_by_side.groups_of(compared, atlas, currency.chosen_rate()) if len(compared) > 1 else [],
        remark=trip_view.remark,
        narrowed=narrowed,
        search=search,
        wishes=wishes,
        kept=urlencode(search + wishes),
        count_said=narrowing.count_said(narrowed),
        name_of=trip_view.title,
        seas_of=trip_view.exposures,
        origin_of=trip_view.origin,
        known_from=side_by_side.known_from,
        asked_to_compare="cmp" in request.args,
        **facts,
    )


def _refusal_page(refusal: Mapping[str, Any], atlas: Atlas, brief: dict[str, Any], **facts: Any) -> str:
    ways = [
        (
            reasons.say(reasons.WAYS, way.get("code", ""), way.get("params", {}), way["text"], atlas),
            urlencode(write_query(patched(brief, way["change"]))),
        )
        for way in refusal.get("relaxations", ())
    ]
    told = [_reason(reason, atlas) for reason in refusal.get("reasons", ())]
    return render_template(
        "travellers/planning/show_refusal.html", reasons=told, ways=ways, atlas=atlas, brief=brief, **facts
    )


def _sorted(plans: list[dict[str, Any]], tab: str) -> list[dict[str, Any]]:
    """Order plans for a tab; the planner's own label comes first, then what the tab asks for."""
    keys = {
        "best": lambda p: 0,
        "cheapest": lambda p: p["totals"]["price"]["amount"],
        "least_travel": lambda p: p["totals"]["transit_min"],
        "calmest": lambda p: (p["totals"]["exposure"]["worst"], p["totals"]["exposure"]["sum"]),
    }
    measure = keys[tab]
    ranked = sorted(enumerate(plans), key=lambda pair: (_rank(measure(pair[1])), pair[1]["label"] != tab, pair[0]))
    return [p for _i, p in ranked] if tab != "best" else sorted(plans, key=lambda p: p["label"] != "best")


def _rank(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _reason(reason: Mapping[str, Any], atlas: Atlas) -> dict[str, Any]:
    return {"text": reasons.say_reason(reason, atlas), "rule": atlas.rules.get(reason.get("rule_id") or "")}


def _days(asked: Asked, atlas: Atlas, wishes: Pairs, tell: Tell) -> list[OtherDay]:
    """The strip of days: what is known of each; the start days of a flexible search are planned for it."""
    found = [other_days.begin_day(asked, on, wishes) for on in other_days.days_around(asked, today(), last_day())]
    starts = [day.on for day in found if day.on in asked.start_days]
    for day in found:
        if day.on in starts:
            n = starts.index(day.on) + 1
            tell(_("Starting day %(n)d of %(all)d: %(day)s", n=n, all=len(starts), day=filters.day(day.on)))
        is_wanted = day.is_chosen or day.on in starts
        _describe(day, _quiet_answer(day.brief) if is_wanted else known_answer(day.brief), atlas, wishes)
    other_days.mark(found)
    return found


def _describe(day: OtherDay, answer: Mapping[str, Any] | None, atlas: Atlas, wishes: Pairs) -> None:
    fit = narrowing.fitting(answer["itineraries"][:MOST_CARDS], wishes, atlas) if answer else []
    other_days.describe(day, answer, fit, atlas)


def _quiet_answer(brief: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        return plan(brief)
    except Invalid:
        return None


def _cheapest_start(asked: Asked, days: list[OtherDay], atlas: Atlas) -> Asked:
    """A flexible search, begun on the day on which it costs least."""
    day = other_days.cheapest(days)
    return read_brief(MultiDict(parse_qsl(day.query)), atlas, today()) if day else asked


@pages.get("/trips/day")
@limiter.limit(FILLING)
def show_day() -> Response | tuple[str, int]:
    """One day of the strip, planned for it: the box alone, which a script puts in place."""
    atlas = in_service()
    asked = read_brief(request.args, atlas, today())
    if asked.brief is None or not makes_sense(asked, atlas):
        return "", 422
    wishes = narrowing.read_wishes(request.args)
    day = other_days.begin_day(asked, filters.as_date(asked.brief["entry"]["at"]), wishes)
    day.is_chosen = False
    _describe(day, plan(day.brief), atlas, wishes)
    answer = make_response(render_template("travellers/planning/_day.html", d=day))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.get("/trips/<itinerary_id>")
@limiter.limit(PLANNING)
def show_trip(itinerary_id: str) -> str | tuple[str, int]:
    """One route day by day, with its map, its price line by line and the rules that shaped it."""
    atlas = in_service()
    asked = read_brief(request.args, atlas, today())
    if asked.brief is None or not makes_sense(asked, atlas):
        return _search_page(atlas, asked), 422
    answer = plan(asked.brief)
    found = next((p for p in answer["itineraries"] if p["id"] == itinerary_id), None)
    if found is None:
        return render_template("travellers/planning/show_gone.html", query=query_of(asked)), 404
    days = trip_view.days_view(found, atlas)
    wide = trip_view.charts(found, atlas, 1)
    _number_days(days, wide)
    span = trip_view.days_of(found)
    path = url_for("travellers.planning.show_trip", itinerary_id=itinerary_id) + f"?{query_of(asked)}"
    return render_template(
        "travellers/planning/show_trip.html",
        atlas=atlas,
        asked=asked,
        brief=asked.brief,
        query=query_of(asked),
        words=words,
        plan=found,
        name=trip_view.title(found, atlas),
        days=days,
        charts=wide,
        narrow=trip_view.charts(found, atlas, 2),
        groups=trip_view.breakdown(found, atlas),
        span=span,
        card=trip_view.card(found, atlas, len(span)),
        shares=trip_view.shares(found),
        stay_name=trip_view.stay_name,
        sums=trip_view.sums_by_seller(found),
        seas=trip_view.exposures(found, atlas),
        origin=trip_view.origin(found),
        known_from=side_by_side.known_from,
        page_of=trip_view.page_of,
        events=trip_events.touching(found, atlas),
        day_events=trip_events.by_day(days, atlas),
        why=trip_view.why(found, atlas),
        now=datetime.now(ZONE),
        quantity=trip_view.quantity_text,
        page_address=whole_address(path),
        linked_data=structured.tourist_trip(found, atlas, own_address(path)),
    )


def _number_days(days: list[trip_view.Day], charts: list[Any]) -> None:
    for day in days:
        place = (day.night or {}).get("place_id")
        for pin in (p for c in charts for p in c.pins):
            if pin.place_id == place or (not place and day.number in pin.days):
                day.pin = pin.number
                break


@pages.get("/places/suggest")
@limiter.limit(SEARCHING)
def suggest() -> Response:
    """Places whose names come near to what is being typed."""
    text = request.args.get("q", "")[:60]
    atlas = in_service()
    found = suggest_places(text, atlas) if text.strip() else []
    answer = jsonify(
        [
            {"id": place, "name": atlas.name(place), "island": filters.say(atlas.places[place]["island"])}
            for place in found
        ]
    )
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer
