"""A ready-made route as people see it: a card, its stops day by day, its map, its seas, what it needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from planner.design.ready_routes import ReadyRoute, Stop, Words, read_route
from planner.travellers.brief_form import Asked, read_brief, write_query
from planner.web import chart, words
from planner.web.atlas import STRAITS, USUAL_VESSEL, Atlas, Row

LEAD_DAYS = 21
"""A route is offered to begin not sooner than so many days from today."""
APART = 45.0
"""So far apart, on the chart, must pins of a tour's calls be from others."""
LINE = {
    **dict.fromkeys(("Bali", "Nusa Penida", "Nusa Lembongan"), 0),
    **dict.fromkeys(("Lombok", "Gili Trawangan", "Gili Meno", "Gili Air"), 1),
    **dict.fromkeys(("Sumbawa", "Kenawa", "Moyo", "Satonda"), 2),
    **dict.fromkeys(("Komodo", "Padar", "Rinca", "Kanawa", "Flores"), 3),
}
"""The islands from west to east; between two that are neighbours lies one strait, and whoever goes further flies."""
UNTOLD = ("price", "context", "policy")
"""Effects of rules that ask nothing of a traveller."""
BETWEEN = ("lombok", "alas", "sape")
ISLETS = {"Nusa Penida": "badung", "Nusa Lembongan": "badung"}


@dataclass
class Card:
    """A route in a list: its words, its cloth and the day it is offered for."""

    route: ReadyRoute
    name: str
    line: str
    cloths: list[str]
    start: date

    @property
    def picture(self) -> str:
        """The woven picture; "" where the cloths themselves are shown."""
        return self.route.picture


@dataclass
class Step:
    """A stop on the page: its days of the route, counted from 1, and what is done there."""

    stop: Stop
    number: int
    first_day: int
    last_day: int
    nights: int
    packages: list[tuple[str, Any]]
    cloth: str


def in_words(text: Words) -> str:
    """A text of a route in the reader's language."""
    locale = get_locale()
    return text.get(locale.language if locale else "en") or text["en"]


def published(atlas: Atlas) -> list[ReadyRoute]:
    """The routes that visitors may see, in their order."""
    return [read_route(row) for row in atlas.tables.routes if row["state"] == "published"]


def cards(atlas: Atlas, today: date) -> list[Card]:
    """Every published route with the first good day on which it can be begun."""
    return [card(route, atlas, today) for route in published(atlas)]


def card(route: ReadyRoute, atlas: Atlas, today: date) -> Card:
    """One route as a list shows it."""
    start = route.first_start(today + timedelta(days=LEAD_DAYS))
    cloths = list(dict.fromkeys(atlas.province(place) for place in route.places))
    return Card(route, in_words(route.name), in_words(route.line), cloths, start)


def search_of(route: ReadyRoute, start: date, adults: int, atlas: Atlas, today: date) -> Asked:
    """The search that plans a route from a day on, as if it had been typed."""
    return read_brief(MultiDict(write_query(route.brief(start, adults))), atlas, today)


def steps(route: ReadyRoute, atlas: Atlas) -> list[Step]:
    """The stops with the days on which they fall when nothing takes longer."""
    found: list[Step] = []
    day = 1
    for number, stop in enumerate(route.stops, 1):
        packages = [(p, atlas.products[p]["lintas"]) for p in stop.packages if p in atlas.products]
        nights = stop.nights + sum(facts["nights"] for _p, facts in packages)
        found.append(
            Step(stop, number, day, min(day + nights, route.days), nights, packages, atlas.province(stop.place_id))
        )
        day = min(day + nights, route.days)
    return found


def charts(route: ReadyRoute, atlas: Atlas, columns: int) -> list[chart.Chart]:
    """The map: the stops and what the longer tours call at, joined in order."""
    days: dict[str, list[int]] = {}
    chain = [route.entry_hub]
    for step in steps(route, atlas):
        days.setdefault(step.stop.place_id, []).append(step.first_day)
        chain.append(step.stop.place_id)
        for _id, facts in step.packages:
            if facts["nights"]:
                chain += facts["visits"]
                for place in _worth_a_pin(facts["visits"], [*route.places, *days], atlas):
                    days.setdefault(place, []).append(step.first_day)
    chain.append(route.exit_hub)
    stops = [(place, atlas.name(place), atlas.point(place), on) for place, on in days.items()]
    moves = [
        (_mode(a, b, atlas), start, end)
        for a, b in pairwise(chain)
        if (start := atlas.point(a)) and (end := atlas.point(b))
    ]
    return chart.draw([(p, name, point, on) for p, name, point, on in stops if point], moves, columns)


def _worth_a_pin(visits: Sequence[str], pinned: Sequence[str], atlas: Atlas) -> list[str]:
    """What a longer tour calls at, as far as the map has room beside what is pinned; places with nights go first."""
    taken = [point for place in pinned if (point := atlas.point(place))]
    found = []
    for place in sorted(visits, key=lambda p: -int(atlas.places[p]["typical_nights"])):
        point = atlas.point(place)
        if place not in pinned and point and all(max(abs(point[0] - x), abs(point[1] - y)) > APART for x, y in taken):
            found.append(place)
            taken.append(point)
    return found


def _island(stop_id: str, atlas: Atlas) -> str:
    row = atlas.places.get(stop_id) or atlas.hubs.get(stop_id) or {}
    return str(row.get("island", ""))


def _mode(a: str, b: str, atlas: Atlas) -> str:
    here, there = _island(a, atlas), _island(b, atlas)
    if here == there:
        return "road"
    return "flight" if abs(LINE.get(here, 9) - LINE.get(there, 9)) > 1 else "ferry"


def straits(route: ReadyRoute, atlas: Atlas) -> list[tuple[str, Any, str]]:
    """The seas that a route crosses, west to east: (area, name and crossings, usual vessel)."""
    crossed: set[str] = set()
    for a, b in pairwise([route.entry_hub, *(stop.place_id for stop in route.stops), route.exit_hub]):
        here, there = _island(a, atlas), _island(b, atlas)
        crossed |= {ISLETS[island] for island in (here, there) if island in ISLETS}
        i, j = sorted((LINE.get(here, 9), LINE.get(there, 9)))
        if j - i == 1 and j < 9:
            crossed.add(BETWEEN[i])
        elif here != there and i == j == 1:
            crossed.add("lombok")
        elif here != there and i == j == 2:
            crossed.add("alas")
    crossed |= {str(atlas.products[p]["lintas"]["area_id"] or "") for p in route.packages if p in atlas.products}
    return [(area, words.STRAITS[area], USUAL_VESSEL[area]) for area in STRAITS if area in crossed]


def needs(route: ReadyRoute, atlas: Atlas) -> list[Row]:
    """The rules that its tours and places bring: papers, fees, quotas, closed seasons; no prices of holidays."""
    asked = {r for p in route.packages if p in atlas.products for r in atlas.products[p]["lintas"]["rule_ids"]}
    return [
        rule
        for rule in atlas.tables.rules
        if rule["effect"] not in UNTOLD and (rule["rule_id"] in asked or _falls_due(rule, route, atlas))
    ]


def _falls_due(rule: Row, route: ReadyRoute, atlas: Atlas) -> bool:
    machine = json.loads(rule["machine_rule"] or "{}")
    if machine.get("type") == "visa":
        return True
    if "first_place_in" in machine:
        return any(atlas.places[place]["province"] == machine["first_place_in"] for place in route.places)
    named = {machine.get("place"), *machine.get("place_in", ())}
    return bool(named & set(route.places)) and "weather" not in rule["category"]
