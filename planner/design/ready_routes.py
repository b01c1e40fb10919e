"""Ready-made routes: places in order with their nights and tours, a season, and the brief that plans one for a day.

One shape serves those that ship with the program and those that tourism offices promote together. Texts are given in
both languages, for offices write their own.

    shipped, or an office's draft  ->  published  ->  shown  ->  planned afresh for the visitor's dates
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

LANGUAGES = ("en", "id")
STATES = ("draft", "published")
PICTURES = ("", "bali", "lakes", "loom", "ntb", "ntt")
PACES = ("relaxed", "balanced", "packed")
LEVELS = ("simple", "mid", "upper")
SHORTEST, LONGEST = 2, 45
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
TEXTS = ("name", "line", "text")

Words = Mapping[str, str]


@dataclass(frozen=True)
class Stop:
    """A place of a route, the nights in a bed there, the tours that start there, and a sentence about it."""

    place_id: str
    nights: int
    packages: tuple[str, ...]
    text: Words


@dataclass(frozen=True)
class ReadyRoute:
    """A route as it is shown; `days` counts the first and the last, and may leave room beside the nights given."""

    slug: str
    state: str
    promoted_by: str
    name: Words
    line: Words
    text: Words
    entry_hub: str
    entry_at: str
    exit_hub: str
    exit_by: str
    days: int
    season_months: tuple[int, ...]
    start_weekday: int
    pace: str
    comfort: str
    interests: Mapping[str, int]
    picture: str
    stops: tuple[Stop, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """The tours of the route in order."""
        return tuple(package for stop in self.stops for package in stop.packages)

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the route in order, each once."""
        return tuple(dict.fromkeys(stop.place_id for stop in self.stops))

    def first_start(self, earliest: date) -> date:
        """Return the first day of its season from `earliest` on that is the weekday it is best begun on."""
        on = earliest
        while on.month not in self.season_months or on.weekday() != self.start_weekday:
            on += timedelta(days=1)
        return on

    def brief(self, start: date, adults: int = 2) -> dict[str, Any]:
        """Return the brief that plans the route from a day on.

        The nights of a place that comes once are asked for as they are; what days are left over the planner fills.
        """
        often = Counter(stop.place_id for stop in self.stops)
        end = start + timedelta(days=self.days - 1)
        return {
            "entry": {"hub": self.entry_hub, "at": f"{start}T{self.entry_at}:00+08:00"},
            "exit": {"hub": self.exit_hub, "by": f"{end}T{self.exit_by}:00+08:00"},
            "party": {"adults": adults, "children": [], "residency": "foreign", "rooms": -(-adults // 2)},
            "must": list(self.places),
            "must_packages": list(self.packages),
            "nights": {s.place_id: s.nights for s in self.stops if s.nights and often[s.place_id] == 1},
            "interests": dict(self.interests),
            "pace": self.pace,
            "comfort": self.comfort,
        }


def read_route(row: Mapping[str, Any]) -> ReadyRoute:
    """Read a route that `wrongs` finds nothing wrong with."""
    return ReadyRoute(
        slug=row["slug"],
        state=row["state"],
        promoted_by=row["promoted_by"],
        name=row["name"],
        line=row["line"],
        text=row["text"],
        entry_hub=row["entry"]["hub"],
        entry_at=row["entry"]["at"],
        exit_hub=row["exit"]["hub"],
        exit_by=row["exit"]["by"],
        days=row["days"],
        season_months=tuple(row["season_months"]),
        start_weekday=row["start_weekday"],
        pace=row["pace"],
        comfort=row["comfort"],
        interests=row["interests"],
        picture=row["picture"],
        stops=tuple(Stop(s["place_id"], s["nights"], tuple(s["packages"]), s["text"]) for s in row["stops"]),
    )


@dataclass(frozen=True)
class Known:
    """What a route may name: places, hubs, and the nights within each package."""

    places: frozenset[str]
    hubs: frozenset[str]
    package_nights: Mapping[str, int]
    interests: frozenset[str]


def known(places: Iterable[Mapping[str, str]], hubs: Iterable[Mapping[str, str]], products: Iterable[Any]) -> Known:
    """Gather what routes may name from the tables."""
    rows = list(places)
    packages = [p for p in products if p.get("lintas", {}).get("kind") == "package"]
    interests = {t for row in rows for t in row.get("interests", "").split(";") if t}
    interests |= {t for p in packages for t in p["lintas"].get("interests", ())}
    return Known(
        frozenset(row["place_id"] for row in rows if row.get("place_id")),
        frozenset(row["hub_id"] for row in hubs if row.get("hub_id")),
        {p["id"]: p["lintas"].get("nights", 0) for p in packages if "id" in p},
        frozenset(interests),
    )


def wrongs(row: Any, about: Known) -> list[str]:
    """Say what is wrong with a route, field by field; nothing means that it can be read and planned."""
    if not isinstance(row, Mapping):
        return ["is no object"]
    found = list(_fields(row, about))
    stops = row.get("stops")
    if not isinstance(stops, list) or not stops:
        return [*found, "stops: none"]
    for number, stop in enumerate(stops, 1):
        found += (f"stop {number}: {wrong}" for wrong in _stop(stop, about))
    if not found:
        nights = sum(stop["nights"] + sum(about.package_nights[p] for p in stop["packages"]) for stop in stops)
        if nights > row["days"] - 1:
            found.append(f"days: {row['days']} days have no room for {nights} nights")
    return found


def _fields(row: Mapping[str, Any], about: Known) -> Iterator[str]:
    if not isinstance(row.get("slug"), str) or not _SLUG.fullmatch(row["slug"]) or len(row["slug"]) > 60:
        yield "slug: give small letters, digits and single hyphens, at most 60"
    for field, allowed in (("state", STATES), ("pace", PACES), ("comfort", LEVELS), ("picture", PICTURES)):
        if row.get(field) not in allowed:
            yield f"{field}: {row.get(field)} is not known"
    if not isinstance(row.get("promoted_by"), str):
        yield "promoted_by: give a text, empty for our own"
    for field in TEXTS:
        yield from (f"{field}: {wrong}" for wrong in _words(row.get(field)))
    for field, clock in (("entry", "at"), ("exit", "by")):
        end = row.get(field)
        if not isinstance(end, Mapping) or end.get("hub") not in about.hubs:
            yield f"{field}: its hub is not known"
        elif not _CLOCK.fullmatch(str(end.get(clock))):
            yield f"{field}: {end.get(clock)} is no time of day"
    if not _is_whole(row.get("days"), SHORTEST, LONGEST):
        yield f"days: give {SHORTEST} to {LONGEST}"
    months = row.get("season_months")
    if not isinstance(months, list) or not months or not all(_is_whole(m, 1, 12) for m in months):
        yield "season_months: give at least one of 1 to 12"
    if not _is_whole(row.get("start_weekday"), 0, 6):
        yield "start_weekday: give 0 (Monday) to 6"
    wishes = row.get("interests")
    if not isinstance(wishes, Mapping) or not all(_is_whole(w, 0, 3) for w in wishes.values()):
        yield "interests: give weights of 0 to 3"
    else:
        yield from (f"interests: {wish} is not known" for wish in wishes if wish not in about.interests)


def _stop(stop: Any, about: Known) -> Iterator[str]:
    if not isinstance(stop, Mapping):
        yield "is no object"
        return
    if stop.get("place_id") not in about.places:
        yield f"place {stop.get('place_id')} is not known"
    if not _is_whole(stop.get("nights"), 0, LONGEST):
        yield "nights: give a whole number"
    packages = stop.get("packages")
    if not isinstance(packages, list):
        yield "packages: give a list"
    else:
        yield from (f"package {p} is not known" for p in packages if p not in about.package_nights)
    yield from (f"text: {wrong}" for wrong in _words(stop.get("text")))


def _words(text: Any) -> Iterator[str]:
    for language in LANGUAGES:
        said = text.get(language) if isinstance(text, Mapping) else None
        if not isinstance(said, str) or not said.strip():
            yield f"nothing is said in {language}"


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
