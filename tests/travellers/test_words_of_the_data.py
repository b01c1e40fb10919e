"""What the data say is said in Indonesian on Indonesian pages: titles, rules, events, closures, places, vehicles."""

import json
import re
from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from planner.travellers.suggest import find_place
from planner.web import filters, reasons
from planner.web.atlas import Atlas
from tests.travellers.shown_words import ROOT, TABLES, WORDS, english_on, indonesian, shown

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"


def test_every_text_that_is_shown_has_its_indonesian() -> None:
    said = indonesian()
    missing = sorted({(where, text) for where, text in shown() if text and not said.get(text)})
    assert missing == [], f"add these to {WORDS.relative_to(ROOT)}"


def test_no_words_are_kept_for_texts_that_are_gone() -> None:
    assert sorted(set(indonesian()) - {text for _where, text in shown()}) == []


def test_the_indonesian_tells_the_same_numbers() -> None:
    dated = re.compile(r"\d{4}-\d\d-\d\d")
    numbers = re.compile(r"\d+")
    wrong = [
        (text, said)
        for text, said in indonesian().items()
        if not dated.search(text) and Counter(numbers.findall(text)) != Counter(numbers.findall(said))
    ]
    assert wrong == []


def test_no_indonesian_page_shows_the_data_in_english(pages: FlaskClient) -> None:
    pages.set_cookie("lang", "id")
    addresses = [
        "/",
        "/places",
        "/packages",
        "/about",
        f"/?{SEARCH}&stop=saleh-bay&package=PK47",
        f"/trips?{SEARCH}",
        f"/trips?{SEARCH}&stop=moni",
        f"/trips/it-best?{SEARCH}",
        *(f"/seasons?vessel={vessel}" for vessel in ("ferry", "fast_boat", "tour_boat")),
        *(f"/places/{row['place_id']}" for row in TABLES.places),
        *(f"/routes/{row['slug']}" for row in TABLES.routes),
        *(f"/events?month={year}-{month:02d}" for year in (2026, 2027) for month in range(1, 13)),
        *(f"/packages/{thing['id']}" for thing in TABLES.products if thing["lintas"]["kind"] == "package"),
    ]
    read = []
    for address in addresses:
        answer = pages.get(address)
        assert answer.status_code == 200 and '<html lang="id"' in answer.text, address
        read.append(answer.text)
    assert english_on(read) == []


@pytest.fixture
def fresh_atlas() -> Atlas:
    return Atlas(TABLES)


@pytest.mark.parametrize(("typed", "place"), [("Teluk Saleh", "saleh-bay"), ("pulau moyo", "moyo"), ("Moyo", "moyo")])
def test_a_place_is_found_by_its_name_in_either_language(
    app: Flask, fresh_atlas: Atlas, typed: str, place: str
) -> None:
    with app.test_request_context("/"):
        assert find_place(typed, fresh_atlas) == place


def test_names_follow_the_reader(app: Flask, fresh_atlas: Atlas) -> None:
    with app.test_request_context("/"):
        assert fresh_atlas.name("H-BIMA") == "Bima port"
        with force_locale("id"):
            assert fresh_atlas.name("H-BIMA") == "Pelabuhan Bima"
            assert fresh_atlas.short_name("Saleh Bay / Labuhan Jambu") == "Teluk Saleh"
            assert fresh_atlas.short_name("Kelimutu sunrise from Moni") == "Matahari terbit Kelimutu dari Moni"


def test_a_text_that_was_loaded_since_is_shown_as_it_stands(app: Flask) -> None:
    with app.test_request_context("/"), force_locale("id"):
        assert filters.say("A tour that nobody translated") == "A tour that nobody translated"
        assert filters.say("") == filters.say(None) == ""


def test_a_closed_season_is_told_in_the_rules_own_words(app: Flask, fresh_atlas: Atlas) -> None:
    rule = next(row for row in TABLES.rules if json.loads(row["machine_rule"] or "{}").get("type") == "closed_season")
    params = {"place": "Mount Rinjani National Park", "rule": rule["name"]}
    reason = {"code": "closed_season", "rule_id": rule["rule_id"], "text": "closed", "params": params}
    with app.test_request_context("/"), force_locale("id"):
        assert reasons.say_reason(reason, fresh_atlas).startswith("Taman Nasional Gunung Rinjani: ")
        assert reasons.say_reason({**reason, "params": {}}, fresh_atlas) == indonesian()[rule["rule_text"]]


@pytest.mark.parametrize(("language", "text"), [("en", "09:30"), ("id", "09.30")])
def test_a_time_of_day_alone_is_written_as_the_reader_writes_it(app: Flask, language: str, text: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert filters.clock("09:30") == filters.clock("2027-04-05T09:30:00+08:00") == text
