"""The same trip begun on the days around the wished one: what each costs, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l

from planner.travellers.brief_form import Asked, Pairs, flexible_of, patched, write_query
from planner.web import filters
from planner.web.atlas import Atlas

BEFORE, COUNT = 7, 14
TALLEST = 80

SHORT_REASONS: dict[str, Any] = {
    "over_budget": _l("over the budget"),
    "pins_do_not_fit": _l("what is pinned does not fit"),
    "no_order_fits": _l("timetables do not join"),
    "no_bed": _l("no bed"),
    "party_too_big_or_young": _l("not for this party"),
    "closed_season": _l("closed season"),
    "not_on_these_dates": _l("nothing runs then"),
    "package_dates": _l("the tour does not run"),
    "cannot_be_reached": _l("no way there"),
    "exit_cannot_be_reached": _l("no way out"),
    "too_far": _l("too far"),
    "too_little_time": _l("too little time"),
    "too_short": _l("too short"),
    "more_nights_than_days": _l("more nights than days"),
    "closed_on_arrival": _l("shut on arrival"),
    "closed_on_departure": _l("shut on leaving"),
}
"""Why no plan begins on a day, in the few words that its box holds."""


@dataclass
class OtherDay:
    """One day of the strip.

    state   priced     the cheapest route that passes the filters costs `price` a person
            none       no route; `why` in a few words
            closed     the harbour or airport of arrival is shut; `why` names what shuts it
            filtered   there are routes, but the filters hide all of them
            unknown    not planned lately
    """

    on: date
    brief: dict[str, Any]
    query: str
    is_chosen: bool = False
    state: str = "unknown"
    price: int | None = None
    why: str = ""
    height: int = 0
    is_least: bool = False


def window(start: date, first: date, last: date) -> list[date]:
    """Fourteen days with `start` as the eighth, moved where `first` or `last` cut them; fewer where both do."""
    begin = max(min(start - timedelta(days=BEFORE), last - timedelta(days=COUNT - 1)), first)
    days = [begin + timedelta(days=n) for n in range(COUNT)]
    return [on for on in days if on <= max(last, start)]


def days_around(asked: Asked, first: date, last: date) -> list[date]:
    """The days of the strip from today to the timetable's end; a flexible search stays in its month."""
    brief = asked.brief or {}
    start, end = filters.as_date(brief["entry"]["at"]), filters.as_date(brief["exit"]["by"])
    last -= end - start
    if not asked.is_flexible:
        return window(start, first, last)
    month = start.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    around = window(start, max(first, month), min(last, after - timedelta(days=1)))
    return sorted({*around, *(on for on in asked.start_days if first <= on <= last)})


def moved(brief: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The brief of the same trip, as long as it was, begun on another day."""
    start, end = filters.as_date(brief["entry"]["at"]), filters.as_date(brief["exit"]["by"])
    change = {
        "entry": {"at": f"{on}{brief['entry']['at'][10:]}"},
        "exit": {"by": f"{on + (end - start)}{brief['exit']['by'][10:]}"},
    }
    return patched(brief, change)


def begin_day(asked: Asked, on: date, kept: Pairs) -> OtherDay:
    """A day of which nothing is known yet; `kept` goes on in its address."""
    brief = asked.brief or {}
    there = moved(brief, on)
    query = urlencode(write_query(there, flexible_of(asked)) + kept)
    return OtherDay(on, there, query, on == filters.as_date(brief["entry"]["at"]))


def describe(day: OtherDay, answer: Mapping[str, Any] | None, fit: Sequence[Mapping[str, Any]], atlas: Atlas) -> None:
    """Write into a day what is known of it: the plans of its answer that `fit`, or what shuts the place of arrival."""
    shut = shut_by(day.brief, atlas)
    if shut:
        day.state, day.why = "closed", shut
    if fit:
        day.state, day.price = "priced", min(p["totals"]["price_per_person"]["amount"] for p in fit)
    elif answer and answer["itineraries"]:
        day.state = "filtered"
    elif answer and not shut:
        day.state, day.why = "none", short_reason(answer["refusal"] or {}, atlas)


def short_reason(refusal: Mapping[str, Any], atlas: Atlas) -> str:
    """The first reason of a refusal in a few words; a closure by its name."""
    for reason in refusal.get("reasons", ()):
        rule = atlas.rules.get(reason.get("rule_id") or "")
        if rule and reason["code"].startswith("closed_on_"):
            return filters.say(rule["name"])
        if reason["code"] in SHORT_REASONS:
            return str(SHORT_REASONS[reason["code"]])
    return ""


def shut_by(brief: Mapping[str, Any], atlas: Atlas) -> str:
    """The name of what shuts the place of arrival when the trip begins, or nothing."""
    at = datetime.fromisoformat(brief["entry"]["at"])
    island = atlas.hubs.get(brief["entry"]["hub"], {}).get("island", "")
    for rule in atlas.tables.rules:
        machine = json.loads(rule["machine_rule"] or "{}")
        if machine.get("type") != "closure" or machine.get("island") != island:
            continue
        if datetime.fromisoformat(machine["from"]) <= at < datetime.fromisoformat(machine["to"]):
            return filters.say(rule["name"])
    return ""


def mark(days: Sequence[OtherDay]) -> None:
    """Give priced days their bars, to scale, and mark the lowest where others cost more."""
    prices = [day.price for day in days if day.price is not None]
    for day in days:
        if day.price is not None:
            day.height = round(TALLEST * day.price / max(prices))
            day.is_least = day.price == min(prices) < max(prices)


def cheapest(days: Sequence[OtherDay]) -> OtherDay | None:
    """The priced day that costs least, the earlier of two."""
    priced = [day for day in days if day.price is not None]
    return min(priced, key=lambda day: (day.price or 0, day.on)) if priced else None
