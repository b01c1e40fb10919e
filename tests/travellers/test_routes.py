"""Ready-made routes on pages: what a page says of them, and the search that planning one leads to."""

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from planner.design.tables import read_tables
from planner.travellers import planning, route_view, routes
from planner.web.atlas import Atlas
from tests.travellers.conftest import TODAY, sample

LONG = "/routes/long-thread"


def route(atlas: Atlas, slug: str) -> Any:
    return next(one for one in route_view.published(atlas) if one.slug == slug)


def test_the_list_shows_every_published_route_and_the_start_page_the_first(pages: FlaskClient, atlas: Atlas) -> None:
    text = pages.get("/routes").text
    slugs = [one.slug for one in route_view.published(atlas)]
    assert re.findall(r'href="/routes/([\w-]+)"', text) == slugs
    assert re.findall(r'href="/routes/([\w-]+)"', pages.get("/").text) == slugs[: planning.SHOWN_ROUTES]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("days=5", lambda one, cloths: one.days <= 5),
        ("province=bali", lambda one, cloths: "bali" in cloths),
        ("province=ntt&days=7", lambda one, cloths: "ntt" in cloths and one.days <= 7),
    ],
)
def test_the_list_can_be_narrowed(
    pages: FlaskClient, atlas: Atlas, query: str, kept: Callable[[Any, list[str]], bool]
) -> None:
    wanted = [c.route.slug for c in route_view.cards(atlas, TODAY) if kept(c.route, c.cloths)]
    assert wanted
    assert re.findall(r'href="/routes/([\w-]+)"', pages.get(f"/routes?{query}").text) == wanted


def test_a_list_without_any_route_says_so(pages: FlaskClient) -> None:
    assert "Nothing fits all these wishes" in pages.get("/routes?province=bali&days=2").text


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_page_shows_its_places_in_order_in_the_readers_language(
    pages: FlaskClient, app: Flask, atlas: Atlas, language: str
) -> None:
    pages.set_cookie("lang", language)
    for one in route_view.published(atlas):
        answer = pages.get(f"/routes/{one.slug}")
        assert answer.status_code == 200 and f'<html lang="{language}"' in answer.text
        assert one.name[language] in answer.text and one.text[language] in answer.text
        told = [html.unescape(answer.text).index(stop.text[language]) for stop in one.stops]
        assert told == sorted(told)


def test_days_follow_from_the_nights_and_those_of_the_tours(atlas: Atlas) -> None:
    days = [
        (s.stop.place_id, s.first_day, s.nights) for s in route_view.steps(route(atlas, "by-boat-to-komodo"), atlas)
    ]
    assert days == [("tetebatu", 1, 2), ("labuhan-lombok", 3, 4), ("labuan-bajo", 7, 1)]


@pytest.mark.parametrize(
    ("slug", "areas"),
    [
        ("long-thread", ["lombok", "alas", "sape", "komodo"]),
        ("dragons-of-komodo", ["komodo"]),
        ("slow-east-bali", []),
        ("ikat-road", []),
        ("four-days-on-gili-air", ["lombok"]),
    ],
)
def test_a_route_names_the_seas_that_it_crosses(app: Flask, atlas: Atlas, slug: str, areas: list[str]) -> None:
    with app.test_request_context("/"):
        assert [area for area, _name, _vessel in route_view.straits(route(atlas, slug), atlas)] == areas


def test_a_map_numbers_the_stops_and_sews_by_mode(app: Flask, atlas: Atlas) -> None:
    with app.test_request_context("/"):
        (whole,) = route_view.charts(route(atlas, "dragons-of-komodo"), atlas, 1)
        assert [pin.place_id for pin in sorted(whole.pins, key=lambda p: p.number)] == [
            "sanur",
            "labuan-bajo",
            "komodo",
        ]
        assert whole.stitches[0].texture == "road" and "air" in {s.texture for s in whole.stitches}


def test_what_a_route_needs_is_told_with_its_source(pages: FlaskClient) -> None:
    text = pages.get("/routes/three-volcanoes").text
    assert "What it needs" in text and "Rinjani" in text[text.index("What it needs") :]


def test_the_page_speaks_to_search_engines_without_an_offer(pages: FlaskClient, atlas: Atlas) -> None:
    text = pages.get(LONG).text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert (data["@type"], data["itinerary"]["numberOfItems"]) == ("TouristTrip", 5)
    assert [part["item"]["name"] for part in data["itinerary"]["itemListElement"]][:2] == ["Ubud", "Gili Air"]
    assert "offers" not in json.dumps(data)


def test_planning_a_route_leads_to_the_search_for_those_days(pages: FlaskClient, atlas: Atlas) -> None:
    answer = pages.get(f"{LONG}/plan?on=2027-05-03&adults=3")
    assert answer.status_code == 302
    address = urlsplit(answer.location)
    asked = parse_qs(address.query)
    assert address.path == "/trips"
    assert asked["stop"] == list(route(atlas, "long-thread").places)
    assert asked["package"] == ["PK30", "PK47"]
    assert (asked["in_on"], asked["out_on"], asked["adults"]) == (["2027-05-03"], ["2027-05-14"], ["3"])
    assert {"ubud:2", "gili-air:2", "bima:1"} <= set(asked["nights"])


def test_the_search_asks_for_exactly_the_routes_brief(atlas: Atlas, app: Flask) -> None:
    with app.test_request_context("/"):
        for one in route_view.published(atlas):
            brief = one.brief(date(2027, 5, 3), 2)
            asked = route_view.search_of(one, date(2027, 5, 3), 2, atlas, TODAY)
            assert asked.problems == [] and asked.brief is not None
            assert {key: asked.brief[key] for key in brief} == brief, one.slug


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Give the day on which you begin"),
        ("on=2027-02-30&adults=2", "Give the day on which you begin"),
        ("on=2026-11-01&adults=2", "This day has passed"),
        ("on=2027-05-03&adults=0", "Give 1 to 12 people"),
        ("on=2027-05-03&adults=40", "Give 1 to 12 people"),
    ],
)
def test_a_form_that_makes_no_sense_says_why_and_keeps_what_was_typed(
    pages: FlaskClient, query: str, told: str
) -> None:
    for door in ("plan", "price"):
        answer = pages.get(f"{LONG}/{door}?{query}")
        assert answer.status_code == 422
        assert told in answer.text and 'role="alert"' in answer.text
    if "on=" in query:
        assert 'value="' + query.split("on=")[1].split("&")[0] + '"' in answer.text


def test_no_price_is_shown_before_somebody_planned_the_route(pages: FlaskClient) -> None:
    text = pages.get(LONG).text
    assert "Nobody has planned it of late" in text and "as planned for" not in text


def test_a_price_is_that_of_a_plan_and_names_its_day(
    pages: FlaskClient, asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    answer = pages.get(f"{LONG}/price?on=2027-05-03&adults=2")
    assert answer.status_code == 302 and answer.location.endswith("/routes/long-thread#price")
    assert asked_of_the_planner[-1]["must_packages"] == ["PK30", "PK47"]
    text = " ".join(pages.get(LONG).text.split())
    assert "a person, as planned for 3 May 2027" in text and "It is not an offer" in text
    best = sample("sample_answer")["itineraries"][0]["totals"]["price_per_person"]["amount"]
    assert routes.Price(best, "2027-05-03", 2).amount == best
    assert "Nobody has planned it of late" in pages.get("/routes/slow-east-bali").text


def test_a_route_that_cannot_be_had_on_a_day_gets_no_price(pages: FlaskClient) -> None:
    assert pages.get("/routes/ikat-road/price?on=2027-05-03&adults=2").status_code == 302
    assert "Nobody has planned it of late" in pages.get("/routes/ikat-road").text


def test_there_is_no_page_for_a_draft_or_for_nothing(pages: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = read_tables()
    rows = ({**tables.routes[0], "state": "draft"}, {**tables.routes[1], "promoted_by": "Three offices"})
    drawn = Atlas(replace(tables, routes=rows))
    monkeypatch.setattr(routes, "in_service", lambda: drawn)
    assert pages.get(f"/routes/{rows[0]['slug']}").status_code == 404
    assert pages.get("/routes/nowhere").status_code == 404
    shown = pages.get("/routes").text
    assert re.findall(r'href="/routes/([\w-]+)"', shown) == [rows[1]["slug"]]
    assert "Promoted by Three offices" in shown
    assert "Promoted by Three offices" in pages.get(f"/routes/{rows[1]['slug']}").text
