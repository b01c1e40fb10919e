"""Ask for a trip, read the routes that fit, and read one of them day by day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from planner.travellers import ready, structured, trip_view, words
from planner.travellers.atlas import ENTRY_HUBS, EXIT_HUBS, ISLANDS, STRAITS, USUAL_VESSEL, Atlas, shipped
from planner.travellers.brief_form import AVOIDABLE, Asked, Problem, patched, read_brief, read_fields, write_query
from planner.travellers.suggest import suggest_places
from planner.web import filters
from planner.web.caching import cache
from planner.web.limits import PLANNING, SEARCHING, limiter
from planner.web.services import services

pages = Blueprint("planning", __name__)

ZONE = ZoneInfo("Asia/Makassar")
TABS = ("best", "cheapest", "least_travel", "calmest")
MOST_CARDS = 8
KEPT_S = 1800


def today() -> date:
    """The day in the islands."""
    return datetime.now(ZONE).date()


def plan(brief: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the planner for the answer to a brief; the same brief on the same day is planned once."""
    key = "plan:" + hashlib.sha256(json.dumps([brief, today().isoformat()], sort_keys=True).encode()).hexdigest()
    answer = cache.get(key)
    if answer is None:
        from planner.flow.plan_trip import plan_trip

        answer = plan_trip(brief, services()).as_json()
        cache.set(key, answer, timeout=KEPT_S)
    return dict(answer)


def flexible_of(asked: Asked) -> dict[str, str] | None:
    """What a flexible search adds to its query: the month and the number of days."""
    return {"month": asked.values["month"], "days": asked.values["days"]} if asked.is_flexible else None


def query_of(asked: Asked, **more: str) -> str:
    """The one query string of a search, with something added."""
    pairs = write_query(asked.brief or {}, flexible_of(asked))
    return urlencode(pairs + [(k, v) for k, v in more.items() if v])


@pages.get("/")
def show_search() -> str:
    """The start page: the islands, the search, ready-made routes, the sea and what is known to close."""
    atlas = shipped()
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
        routes=ready.routes(atlas, now),
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
    return request.path + "?" + urlencode(problem.corrected(request.args.items(multi=True), answer))


def _months(now: date, count: int = 18) -> list[date]:
    first = now.replace(day=1)
    return [(first.replace(day=15) + timedelta(days=round(30.44 * n))).replace(day=1) for n in range(count)]


@pages.get("/trips")
@limiter.limit(PLANNING)
def show_trips() -> str | tuple[str, int] | Response:
    """The routes that fit a search, or the reasons why none does and what would help."""
    atlas = shipped()
    asked = read_brief(request.args, atlas, today())
    if asked.problems or asked.brief is None:
        return _search_page(atlas, asked), 422
    answer = plan(asked.brief)
    facts = {
        "atlas": atlas,
        "asked": asked,
        "brief": asked.brief,
        "query": query_of(asked),
        "words": words,
        "now": today(),
    }
    if not answer["itineraries"]:
        reasons = [_reason(reason, atlas) for reason in (answer["refusal"] or {}).get("reasons", ())]
        ways = [
            (_relaxation(way), urlencode(write_query(patched(asked.brief, way["change"]))))
            for way in (answer["refusal"] or {}).get("relaxations", ())
        ]
        return render_template(
            "travellers/planning/show_refusal.html",
            reasons=reasons,
            ways=ways,
            other_days=_other_days(asked, atlas),
            **facts,
        )
    plans = answer["itineraries"][:MOST_CARDS]
    tab = request.args.get("tab", "best")
    tab = tab if tab in TABS else "best"
    longest = max(len(trip_view.days_of(p)) for p in plans)
    cards = [trip_view.card(p, atlas, longest) for p in _sorted(plans, tab)]
    compared = [c for c in cards if c.plan["id"] in request.args.getlist("cmp")][:4]
    return render_template(
        "travellers/planning/show_trips.html",
        cards=cards,
        tab=tab,
        tabs=[(t, _sorted(plans, t)[0]) for t in TABS],
        front=answer["front"],
        compared=compared,
        other_days=_other_days(asked, atlas),
        why=trip_view.why,
        **facts,
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
    rule = atlas.rules.get(reason.get("rule_id") or "")
    return {"text": reason["text"], "rule": rule}


def _relaxation(way: Mapping[str, Any]) -> str:
    return str(way["text"])


def _other_days(asked: Asked, atlas: Atlas) -> list[dict[str, Any]]:
    """The same trip begun on other days: a flexible search's days, or three days either way; closed days say so."""
    brief = asked.brief or {}
    start, end = filters.as_date(brief["entry"]["at"]), filters.as_date(brief["exit"]["by"])
    starts = asked.start_days or [start + timedelta(days=n) for n in range(-3, 4)]
    closings = [c for c in atlas.closings_ahead(today()) if c.has_hours and c.first and c.last]
    found = []
    for other in starts:
        if other < today():
            continue
        change = {
            "entry": {"at": f"{other}{brief['entry']['at'][10:]}"},
            "exit": {"by": f"{other + (end - start)}{brief['exit']['by'][10:]}"},
        }
        closed = [c for c in closings if isinstance(c.first, datetime) and c.first.date() == other]
        found.append(
            {
                "on": other,
                "is_chosen": other == start,
                "closed": closed[0] if closed else None,
                "query": urlencode(write_query(patched(brief, change), flexible_of(asked))),
            }
        )
    return found


@pages.get("/trips/<itinerary_id>")
@limiter.limit(PLANNING)
def show_trip(itinerary_id: str) -> str | tuple[str, int]:
    """One route day by day, with its map, its price line by line and the rules that shaped it."""
    atlas = shipped()
    asked = read_brief(request.args, atlas, today())
    if asked.problems or asked.brief is None:
        return _search_page(atlas, asked), 422
    answer = plan(asked.brief)
    found = next((p for p in answer["itineraries"] if p["id"] == itinerary_id), None)
    if found is None:
        return render_template("travellers/planning/show_gone.html", query=query_of(asked)), 404
    days = trip_view.days_view(found, atlas)
    wide = trip_view.charts(found, atlas, 1)
    _number_days(days, wide)
    span = trip_view.days_of(found)
    events = [e for e in atlas.events_between(span[0], span[-1]) if _touches(e[2], found, atlas)]
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
        events=events,
        why=trip_view.why(found, atlas),
        now=datetime.now(ZONE),
        quantity=trip_view.quantity_text,
        linked_data=structured.tourist_trip(
            found, atlas, url_for("travellers.planning.show_trip", itinerary_id=itinerary_id, _external=True)
        ),
    )


def _number_days(days: list[trip_view.Day], charts: list[Any]) -> None:
    for day in days:
        place = (day.night or {}).get("place_id")
        for pin in (p for c in charts for p in c.pins):
            if pin.place_id == place or (not place and day.number in pin.days):
                day.pin = pin.number
                break


def _touches(event: Mapping[str, str], found: Mapping[str, Any], atlas: Atlas) -> bool:
    """Whether an event concerns a trip: it happens at one of its places, or everywhere and closes something."""
    places = set(trip_view.sleeping_places(found)) | {v for i in found["items"] for v in i.get("visits") or ()}
    wanted = set(filter(None, event["place_ids"].split(";")))
    return bool(wanted & places) if wanted else bool(event["closes"])


@pages.get("/places/suggest")
@limiter.limit(SEARCHING)
def suggest() -> Response:
    """Places whose names come near to what is being typed."""
    text = request.args.get("q", "")[:60]
    atlas = shipped()
    found = suggest_places(text, atlas) if text.strip() else []
    answer = jsonify(
        [
            {"id": place, "name": atlas.name(place), "island": filters.say(atlas.places[place]["island"])}
            for place in found
        ]
    )
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer
