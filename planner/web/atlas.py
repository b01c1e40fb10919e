"""The islands as the pages see them: names, points and provinces of places and hubs, rules, seas, closures, events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from flask_babel import force_locale
from rapidfuzz import utils

from planner.design.tables import Tables, read_tables
from planner.web import chart, filters, words
from planner.web.i18n import LANGUAGES
from planner.web.services import tables
from planner.web.words import PROVINCES

Row = Mapping[str, str]

STRAITS = ("badung", "lombok", "alas", "sape", "komodo", "sumba")
VESSEL_COLUMNS = {"ferry": "cancel_pct_ferry", "fast_boat": "cancel_pct_fast_boat", "tour_boat": "cancel_pct_tour_boat"}
USUAL_VESSEL = {
    "badung": "fast_boat",
    "lombok": "fast_boat",
    "alas": "ferry",
    "sape": "ferry",
    "komodo": "tour_boat",
    "sumba": "ferry",
}
ENTRY_HUBS = ("DPS", "LOP", "LBJ", "H-KETAPANG", "SWQ", "BMU", "ENE", "MOF", "KOE")
EXIT_HUBS = ("DPS", "LBJ", "KOE", "LOP", "MOF", "ENE", "BMU", "SWQ", "H-KETAPANG", "TMC", "WGP")
ISLANDS = ("Lombok", "Sumbawa", "Komodo", "Flores", "Sumba", "Timor", "Alor", "Lembata")
"""Those a traveller may choose among; Bali is always allowed."""


def band(percent: float) -> int:
    """The exposure band of a share of days lost: below 3 is 0, below 10 is 1, below 20 is 2, else 3."""
    return 0 if percent < 3 else 1 if percent < 10 else 2 if percent < 20 else 3


def months_of(text: str) -> list[int]:
    """Read `4-10` or `1;2;12` into months."""
    months: list[int] = []
    for part in filter(None, text.replace(",", ";").split(";")):
        first, _dash, last = part.partition("-")
        a, b = int(first), int(last or first)
        months += range(a, b + 1) if a <= b else [*range(a, 13), *range(1, b + 1)]
    return months


@dataclass(frozen=True)
class Closing:
    """Something known to close, or to fill, ahead."""

    id: str
    name: str
    first: datetime | date | None
    last: datetime | date | None
    confidence: str
    source: str
    text: str
    inferred: bool = False
    has_hours: bool = False


class Atlas:
    """Looks up what the tables know, by id."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.places: dict[str, Row] = {row["place_id"]: row for row in tables.places}
        self.hubs: dict[str, Row] = {row["hub_id"]: row for row in tables.hubs}
        self.rules: dict[str, Row] = {row["rule_id"]: row for row in tables.rules}
        self.products: dict[str, Mapping[str, Any]] = {thing["id"]: thing for thing in tables.products}

    def name(self, stop_id: str) -> str:
        """A place's or hub's short name in the reader's language: `Padang Bai`, `Bali (DPS)`."""
        if stop_id in self.places:
            return filters.say(short(self.places[stop_id]["name"]))
        hub = self.hubs.get(stop_id)
        if not hub:
            return stop_id
        if hub["kind"] == "airport":
            if stop_id == "DPS":
                return "Bali (DPS)"
            town = self.places.get(hub["place_id"])
            if stop_id == "LOP" or not town:
                return f"{filters.say(hub['island'])} ({stop_id})"
            return f"{self.name(hub['place_id'])} ({stop_id})"
        return filters.say(hub["name"].split(" (")[0])

    @cached_property
    def _ids_by_name(self) -> dict[str, str]:
        names = {row["name"]: stop_id for stop_id, row in [*self.places.items(), *self.hubs.items()]}
        return names | {stop_id: stop_id for stop_id in [*self.places, *self.hubs]}

    def short_name(self, name: str) -> str:
        """The short name of what the planner names in full or by its id; a title that is no place as it is said."""
        stop_id = self._ids_by_name.get(name)
        return self.name(stop_id) if stop_id else filters.say(name)

    def point(self, stop_id: str) -> chart.Point | None:
        """Where a place or hub lies on the chart."""
        row = self.places.get(stop_id) or self.hubs.get(stop_id)
        return chart.project(float(row["lon"]), float(row["lat"])) if row else None

    def province(self, stop_id: str) -> str:
        """The cloth of a place or hub: bali, ntb or ntt."""
        row = self.places.get(stop_id)
        if row:
            return PROVINCES.get(row["province"], "bali")
        hub = self.hubs.get(stop_id)
        if hub and hub["place_id"] in self.places:
            return self.province(hub["place_id"])
        island = hub["island"] if hub else ""
        if island in ("Lombok", "Sumbawa"):
            return "ntb"
        return "bali" if island in ("Bali", "Java") else "ntt"

    def town(self, stop_id: str) -> str:
        """The place that a hub belongs to, or the id itself."""
        hub = self.hubs.get(stop_id)
        return (hub["place_id"] or stop_id) if hub else stop_id

    def sea_name(self, area_id: str) -> str:
        """A strait's or sea's name in the reader's language."""
        if area_id in words.STRAITS:
            return str(words.STRAITS[area_id][0])
        return str(words.AREAS.get(area_id, area_id))

    def product_name(self, product_id: str | None) -> str:
        """A product's English title."""
        thing = self.products.get(product_id or "")
        return str(thing["lintas"]["title"]) if thing else ""

    def packages(self) -> list[Mapping[str, Any]]:
        """All packages as OCTO products."""
        return [thing for thing in self.products.values() if thing["lintas"]["kind"] == "package"]

    def stays(self, place_id: str) -> list[Mapping[str, Any]]:
        """The stays of one place, simplest first."""
        order = {"simple": 0, "mid": 1, "upper": 2}
        found = [
            t for t in self.products.values() if t["lintas"]["kind"] == "stay" and t["lintas"]["place_id"] == place_id
        ]
        return sorted(found, key=lambda t: (order.get(t["lintas"]["level"], 3), t["id"]))

    @cached_property
    def sea(self) -> dict[tuple[str, int, str], int]:
        """Exposure band by strait, month and kind of vessel."""
        bands = {}
        for row in self.tables.weather:
            for vessel, column in VESSEL_COLUMNS.items():
                if row.get(column):
                    bands[row["area_id"], int(row["month"]), vessel] = band(float(row[column]))
        return bands

    def past_closures(self, area_id: str, month: int | None = None) -> list[Row]:
        """Dated closures of a sea or airport, newest first; with a month, those that touched it in any year."""
        found = []
        for row in self.tables.closures:
            if area_id not in row["area_id"].split(";"):
                continue
            first, last = date.fromisoformat(row["from_date"]), date.fromisoformat(row["to_date"])
            if month and month not in {(first + timedelta(days=i)).month for i in range((last - first).days + 1)}:
                continue
            found.append(row)
        return sorted(found, key=lambda row: row["from_date"], reverse=True)

    def closings_ahead(self, today: date, until: date | None = None) -> list[Closing]:
        """What is known to close from today on: holy days, closed seasons, holiday peaks, and stops without a date."""
        until = until or today + timedelta(days=550)
        found = [c for rule in self.tables.rules for c in _closings(rule, today)]
        dated = [c for c in found if c.first and as_day(c.first) <= until]
        dated.sort(key=lambda c: as_day(c.first or today))
        return dated + [c for c in found if not c.first]

    def events_between(self, first: date, last: date) -> list[tuple[date, date, Row]]:
        """Events that touch a span, by date."""
        found = []
        for row in self.tables.events:
            for start, end in event_dates(row):
                if start <= last and end >= first:
                    found.append((start, end, row))
        return sorted(found, key=lambda item: (item[0], item[1]))

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every name a traveller may type for a place, in any of our languages, and the place's id."""
        names: dict[str, str] = {}
        for place_id, row in self.places.items():
            names[place_id.replace("-", " ")] = place_id
            for whole in _in_every_language(row["name"]):
                names[whole] = place_id
                for part in whole.replace("(", "/").replace(")", "").split("/"):
                    for piece in part.split(","):
                        names.setdefault(piece.replace("island", "").replace("pulau ", "").strip(), place_id)
            for whole in _in_every_language(short(row["name"])):
                names.setdefault(whole, place_id)
        names.update(
            {
                "kelimutu": "moni",
                "bena": "bajawa",
                "flores": "",
                "gili t": "gili-trawangan",
                "komodo national park": "komodo",
                "mandalika": "kuta-lombok",
                "pink beach": "komodo",
            }
        )
        spelled = ((utils.default_process(name), place_id) for name, place_id in names.items())
        return {name: place_id for name, place_id in spelled if name and place_id}


def short(name: str) -> str:
    """A place's name without its second name and what explains it: `Moyo` of `Moyo island`."""
    first = name.split(" / ")[0].split(" (")[0]
    return first.removesuffix(" island").removesuffix(" and inner islands")


def _in_every_language(name: str) -> list[str]:
    found = [name.lower()]
    for language in LANGUAGES:
        with force_locale(language):
            found.append(filters.say(name).lower())
    return list(dict.fromkeys(found))


def as_day(value: datetime | date) -> date:
    """The day of a date or a time."""
    return value.date() if isinstance(value, datetime) else value


def event_dates(row: Row) -> Iterable[tuple[date, date]]:
    """The spans of an event in every year that the tables know."""
    for column in ("dates_2026", "dates_2027", "dates_2028"):
        for part in filter(None, row.get(column, "").split(";")):
            first, _dots, last = part.partition("..")
            yield date.fromisoformat(first), date.fromisoformat(last or first)


def _closings(rule: Row, today: date) -> Iterable[Closing]:
    machine = json.loads(rule["machine_rule"] or "{}")
    kind = machine.get("type")

    def closing(first: Any, last: Any, **extra: Any) -> Closing:
        return Closing(
            rule["rule_id"], rule["name"], first, last, rule["confidence"], rule["source"], rule["rule_text"], **extra
        )

    if kind == "closure":
        opens, ends = datetime.fromisoformat(machine["from"]), datetime.fromisoformat(machine["to"])
        if ends.date() >= today:
            yield closing(opens, ends, has_hours=True)
    elif kind == "closed_season" and machine.get("recurring"):
        for year in (today.year, today.year + 1):
            first, last = date.fromisoformat(f"{year}-{machine['from']}"), date.fromisoformat(f"{year}-{machine['to']}")
            if last >= today:
                announced = rule["effective_from"][:4] == str(year)
                yield closing(first, last, inferred=not announced)
                return
    elif kind == "peak" and rule["effective_from"] and rule["rule_id"].startswith("RL-EID"):
        first, last = date.fromisoformat(rule["effective_from"]), date.fromisoformat(rule["effective_to"])
        if last >= today:
            yield closing(first, last)
    elif kind in ("weather_closure", "hazard"):
        yield closing(None, None)


@lru_cache(maxsize=1)
def shipped() -> Atlas:
    """The atlas of the shipped tables, read once."""
    return Atlas(read_tables())


def in_service() -> Atlas:
    """The atlas of the tables in service, drawn anew when others were loaded or one was edited."""
    return _drawn(_Held(tables()))


class _Held:
    """Tables by identity, so that a cache can hold what was made of them."""

    def __init__(self, held: Tables) -> None:
        self.tables = held

    def __hash__(self) -> int:
        return id(self.tables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.tables is self.tables


@lru_cache(maxsize=2)
def _drawn(held: _Held) -> Atlas:
    return Atlas(held.tables)
