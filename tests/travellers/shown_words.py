"""What the shipped data say on pages: every text that is shown, its Indonesian, and English that slipped through."""

import csv
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from planner.design.tables import SHIPPED, read_tables
from planner.web.atlas import short

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "planner" / "translations" / "id" / "LC_MESSAGES" / "data.po"
TABLES = read_tables()

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
LONG = 24
"""From so many letters on a text is looked for within sentences too; shorter ones only where they stand alone."""


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
    """The Indonesian of each text of the data."""
    with WORDS.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="id") if message.id}


def english_of_the_data() -> Iterator[str]:
    """Every text of the tables that Indonesian pages must not show, whether a page is known to show it or not."""
    said = indonesian()
    rows: list[Mapping[str, Any]] = [thing["lintas"] for thing in TABLES.products] + list(routes())
    for table in ("places", "hubs", "transfers", "fare_groups", "rules", "events", "closures", "weather"):
        rows += getattr(TABLES, table)
    cells = {cell for row in rows for cell in row.values() if isinstance(cell, str) and " " in cell.strip()}
    yield from (text for text, word in said.items() if word != text)
    yield from (cell for cell in cells - set(said) if "http" not in cell)


def english_on(pages: Iterable[str]) -> list[str]:
    """Texts of the data that stand in English on Indonesian pages, given as HTML."""
    pieces: set[str] = set()
    for page in pages:
        text = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
        text = re.sub(r'(?:aria-label|title|placeholder|content)="([^"]*)"', r">\1<", text)
        pieces |= {html.unescape(" ".join(piece.split())) for piece in re.split(r"<[^>]*>|[<>]", text)}
    alone = {piece.strip(" .,:;()") for piece in pieces}
    together = "\n".join(pieces)
    spoken = set(indonesian().values())
    all_spoken = "\n".join(spoken)
    return sorted(
        text
        for text in english_of_the_data()
        if text in alone - spoken or (len(text) > LONG and text in together and text not in all_spoken)
    )
