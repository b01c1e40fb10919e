"""What the data say is said in Indonesian on Indonesian pages: titles, rules, events, closures, places, vehicles."""

import csv
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from planner.design.tables import SHIPPED, read_tables
from planner.travellers.suggest import find_place
from planner.web import filters, reasons
from planner.web.atlas import Atlas, short

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "planner" / "translations" / "id" / "LC_MESSAGES" / "data.po"
TABLES = read_tables()
SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"

COLUMNS = {
    "rules": ("name", "rule_text", "unit"),
    "events": ("name", "area", "closes", "province"),
    "closures": ("area", "what"),
    "places": ("name", "kind", "island", "province", "regency"),
    "hubs": ("name", "island"),
    "transfers": ("operators", "vessel", "price_basis"),
}
PRODUCT_FIELDS = {
    "package": ("title", "operator", "incl_transfers", "cancellation"),
    "stay": ("title", "type", "cancellation"),
}
CITED = ("source", "coord_source")


def routes() -> list[dict[str, str]]:
    with (SHIPPED.parent / "gtfs" / "routes.txt").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def citations(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The sources of rows that are named in words, not by an address."""
    for row in rows:
        for column in CITED:
            yield from (part for part in str(row.get(column) or "").split(" | ") if not part.startswith("http"))


def shown() -> Iterator[tuple[str, str]]:
    """Every text of the shipped data that a page or the command line shows, with where it stands."""
    for table, columns in COLUMNS.items():
        for row in getattr(TABLES, table):
            yield from ((f"{table}.{column}", row[column]) for column in columns)
        yield from ((f"{table}.source", text) for text in citations(getattr(TABLES, table)))
    for thing in TABLES.products:
        facts = thing["lintas"]
        yield from ((f"{thing['id']}.{field}", facts[field]) for field in PRODUCT_FIELDS[facts["kind"]])
        yield from ((f"{thing['id']}.local_products", text) for text in facts["local_products"])
        yield from ((f"{thing['id']}.source", text) for text in citations([facts]))
        if facts["kind"] == "package" and facts["source"].startswith("none found"):
            yield f"{thing['id']}.note", facts["note"]
    for route in routes():
        yield from ((f"routes.{column}", route[column]) for column in ("operators", "vessel"))
        yield from (("routes.source", text) for text in citations([route]))
    yield from (("places, short", short(row["name"])) for row in TABLES.places)
    for hub in TABLES.hubs:
        if hub["kind"] != "airport":
            yield "hubs, short", hub["name"].split(" (")[0]


def indonesian() -> dict[str, str]:
    with WORDS.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="id") if message.id}


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


def english_of_the_data() -> Iterator[str]:
    """Every text of the tables that Indonesian pages must not show, whether a page is known to show it or not."""
    said = indonesian()
    rows: list[Mapping[str, Any]] = [thing["lintas"] for thing in TABLES.products] + list(routes())
    for table in ("places", "hubs", "transfers", "fare_groups", "rules", "events", "closures", "weather"):
        rows += getattr(TABLES, table)
    cells = {cell for row in rows for cell in row.values() if isinstance(cell, str) and " " in cell.strip()}
    yield from (text for text, word in said.items() if word != text)
    yield from (cell for cell in cells - set(said) if "http" not in cell)


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
        *(f"/packages/{thing['id']}" for thing in TABLES.products if thing["lintas"]["kind"] == "package"),
    ]
    pieces: set[str] = set()
    for address in addresses:
        answer = pages.get(address)
        assert answer.status_code == 200 and '<html lang="id"' in answer.text, address
        text = re.sub(r"<script.*?</script>", " ", answer.text, flags=re.DOTALL)
        text = re.sub(r'(?:aria-label|title|placeholder|content)="([^"]*)"', r">\1<", text)
        pieces |= {html.unescape(" ".join(piece.split())) for piece in re.split(r"<[^>]*>|[<>]", text)}
    alone = {piece.strip(" .,:;()") for piece in pieces}
    together = "\n".join(pieces)
    spoken = {str(word) for word in indonesian().values()}
    found = [
        text
        for text in english_of_the_data()
        if text in alone - spoken or (len(text) > 24 and text in together and text not in "\n".join(spoken))
    ]
    assert sorted(found) == []


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
