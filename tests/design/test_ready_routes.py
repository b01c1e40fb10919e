"""The shipped routes: well formed, spread over the islands, and each really plans in its season."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from itertools import groupby
from typing import Any

import pytest

from planner.design.designer import Designer
from planner.design.ready_routes import Known, ReadyRoute, known, read_route, wrongs
from planner.design.tables import read_tables

TABLES = read_tables()
ROUTES = [read_route(row) for row in TABLES.routes]
PROVINCE = {row["place_id"]: row["province"] for row in TABLES.places}
NIGHTS = {p["id"]: p["lintas"].get("nights", 0) for p in TABLES.products}


@pytest.fixture(scope="module")
def about() -> Known:
    return known(TABLES.places, TABLES.hubs, TABLES.products)


def test_the_shipped_routes_are_many_and_of_four_to_sixteen_days() -> None:
    assert len(ROUTES) >= 8
    assert len({route.slug for route in ROUTES}) == len(ROUTES)
    assert all(4 <= route.days <= 16 for route in ROUTES)
    assert min(route.days for route in ROUTES) == 4
    islands = {row["place_id"]: row["island"] for row in TABLES.places}
    seen = {islands[place] for route in ROUTES for place in route.places}
    seen |= {
        islands[v] for p in TABLES.products for r in ROUTES if p["id"] in r.packages for v in p["lintas"]["visits"]
    }
    assert {"Bali", "Lombok", "Sumbawa", "Komodo", "Flores"} <= seen


def test_most_routes_spend_most_of_their_nights_beyond_bali() -> None:
    def beyond(route: ReadyRoute) -> bool:
        here = {True: 0, False: 0}
        for stop in route.stops:
            here[PROVINCE[stop.place_id] == "Bali"] += stop.nights + sum(NIGHTS[p] for p in stop.packages)
        return here[False] > here[True]

    assert sum(beyond(route) for route in ROUTES) >= 3


@pytest.mark.parametrize("row", TABLES.routes, ids=lambda row: str(row["slug"]))
def test_nothing_is_wrong_with_a_shipped_route(row: dict[str, Any], about: Known) -> None:
    assert wrongs(row, about) == []
    assert row["promoted_by"] == ""


def spoilt() -> Iterator[tuple[str, Any, str]]:
    yield "slug", "Two Words", "slug"
    yield "state", "maybe", "state: maybe is not known"
    yield "name", {"en": "English alone"}, "name: nothing is said in id"
    yield "entry", {"hub": "XXX", "at": "12:00"}, "entry: its hub is not known"
    yield "exit", {"hub": "LBJ", "by": "8 pm"}, "exit: 8 pm is no time of day"
    yield "days", True, "days: give 2 to 45"
    yield "season_months", [4, 13], "season_months"
    yield "start_weekday", 7, "start_weekday"
    yield "interests", {"dreaming": 2}, "interests: dreaming is not known"
    yield "interests", {"culture": 4}, "interests: give weights"
    yield "picture", "a-photo", "picture"
    yield "stops", [], "stops: none"


@pytest.mark.parametrize(("field", "value", "wrong"), list(spoilt()))
def test_what_is_wrong_with_a_route_is_told(about: Known, field: str, value: Any, wrong: str) -> None:
    assert any(said.startswith(wrong) for said in wrongs({**TABLES.routes[0], field: value}, about))


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("place_id", "atlantis", "stop 1: place atlantis is not known"),
        ("packages", ["PK999"], "stop 1: package PK999 is not known"),
        ("nights", -1, "stop 1: nights"),
        ("text", {"en": "", "id": "Ada"}, "stop 1: text: nothing is said in en"),
        ("nights", 40, "days:"),
    ],
)
def test_what_is_wrong_with_a_stop_is_told(about: Known, field: str, value: Any, wrong: str) -> None:
    row = deepcopy(TABLES.routes[0])
    row["stops"][0][field] = value
    assert any(said.startswith(wrong) for said in wrongs(row, about))


def test_a_route_begins_on_its_weekday_in_its_season() -> None:
    for route in ROUTES:
        start = route.first_start(date(2026, 12, 15))
        assert start.month in route.season_months and start.weekday() == route.start_weekday
        assert route.first_start(start) == start


def test_nights_are_asked_for_only_where_a_place_comes_once() -> None:
    dragons = next(route for route in ROUTES if route.slug == "dragons-of-komodo")
    brief = dragons.brief(date(2027, 5, 3), 3)
    assert brief["nights"] == {"sanur": 1}
    assert brief["must"] == ["sanur", "labuan-bajo"] and brief["must_packages"] == ["PK47"]
    assert brief["exit"] == {"hub": "DPS", "by": "2027-05-08T20:00:00+08:00"}
    assert brief["party"] == {"adults": 3, "children": [], "residency": "foreign", "rooms": 2}


@pytest.mark.slow
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.slug))
def test_every_route_plans_in_the_order_of_its_places(designer: Designer, route: ReadyRoute) -> None:
    start = route.first_start(date(2027, 4, 1))
    answer = designer.plan(designer.read(route.brief(start))).as_json()
    assert answer["itineraries"], answer["refusal"]
    orders = [order_of(itinerary, route) for itinerary in answer["itineraries"]]
    assert [place for place, _stops in groupby(stop.place_id for stop in route.stops)] in orders
    for itinerary in answer["itineraries"]:
        assert set(route.packages) <= {item.get("product_id") for item in itinerary["items"]}


def order_of(itinerary: dict[str, Any], route: ReadyRoute) -> list[str]:
    stays = sorted((i for i in itinerary["items"] if i["kind"] == "stay"), key=lambda i: str(i["check_in"]))
    return [place for place, _stays in groupby(s["place_id"] for s in stays if s["place_id"] in route.places)]
