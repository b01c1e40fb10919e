"""Random briefs that are valid by the contract, whether or not a plan exists for them.

One description, two sources of chance: `random_brief(seed)` (plain and repeatable, for the bench) and `briefs()`
(hypothesis, which also shrinks what fails).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from .data import WITA, Data, at, read_data

FIRST, LAST = date(2026, 12, 1), date(2028, 12, 1)
AIRPORTS = ("DPS", "LOP", "LBJ", "KOE", "MOF", "ENE", "BMU", "SWQ", "TMC", "WGP", "BJW", "RTG", "LKA", "ARD")
HARBOURS = ("PADANGBAI", "SANUR", "BENOA", "GILIMANUK", "LEMBAR", "KAYANGAN", "LBJ", "LBJMARINA", "SAPE", "KUPANG")
HUBS = (*AIRPORTS, *(f"H-{name}" for name in HARBOURS))
MAIN_HUBS = ("DPS", "LOP", "LBJ")
ISLANDS = ("Lombok", "Sumbawa", "Komodo", "Flores", "Moyo", "Gili Trawangan", "Sumba", "Timor", "Alor", "Lembata")
INTERESTS = ("trek", "dive", "culture", "beach", "surf", "food", "weaving", "wildlife", "snorkel", "coffee", "family")
AVOIDABLE = ("fast_boat", "flight", "bus", "ferry", "public_boat", "charter_boat", "ship", "shuttle", "liveaboard")
NYEPI, EID, WET = (date(2027, 3, 6), date(2028, 3, 24)), (date(2027, 3, 9), date(2028, 2, 25)), (date(2027, 1, 10),)
HARD_DATES = (*NYEPI, *EID, *WET, date(2026, 12, 28), date(2027, 12, 30))


class Chance(Protocol):
    def number(self, least: int, most: int) -> int: ...


class Dice:
    """Chance from a seed."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


def pick(chance: Chance, options: Sequence[Any]) -> Any:
    return options[chance.number(0, len(options) - 1)]


def some(chance: Chance, options: Sequence[Any], least: int, most: int) -> list[Any]:
    """Pick so many different options, in their order."""
    count = chance.number(least, min(most, len(options)))
    picked: set[int] = set()
    for _ in range(count):
        picked.add(chance.number(0, len(options) - 1))
    return [option for i, option in enumerate(options) if i in picked]


def happens(chance: Chance, percent: int) -> bool:
    return chance.number(0, 99) >= 100 - percent


def draw_brief(chance: Chance, data: Data) -> dict[str, Any]:
    """Compose a brief; each wish is there or not."""
    places = sorted(data.places)
    packages = sorted(p for p, product in data.products.items() if product["lintas"]["kind"] == "package")
    first = FIRST + timedelta(chance.number(0, (LAST - FIRST).days - 31))
    if happens(chance, 20):
        first = pick(chance, HARD_DATES)
    days = pick(chance, (1, 2, 3, 5, 7, 10, 14, 14, 21, 30))
    entry = pick(chance, MAIN_HUBS) if happens(chance, 70) else pick(chance, HUBS)
    leaving = entry if happens(chance, 50) else pick(chance, HUBS)
    last = first + timedelta(days - 1)
    brief: dict[str, Any] = {
        "entry": {"hub": entry, "at": stamp(at(first, f"{chance.number(6, 15):02d}:{pick(chance, ('00', '30'))}"))},
        "exit": {"hub": leaving, "by": stamp(at(last, f"{chance.number(17, 22):02d}:00"))},
        "party": draw_party(chance),
    }
    provinces = {data.province(entry), data.province(leaving)}
    near = [p for p in places if data.province(p) in provinces]
    choice = (
        places if happens(chance, 30) else near
    )  # most briefs can be met, some ask for the other end of the islands
    must = places if happens(chance, 2) else some(chance, choice, 0, min(6, 1 + days // 3))
    if must:
        brief["must"] = must
    if happens(chance, 25):
        brief["avoid"] = [p for p in some(chance, places, 1, 3) if p not in must]
    open_places = must or [p for p in places if p not in brief.get("avoid", [])]
    if happens(chance, 25):
        brief["islands"] = some(chance, ISLANDS, 1, 4)
    if happens(chance, 15):
        brief["must_packages"] = some(chance, packages, 1, 2)
    if happens(chance, 20):
        brief["nights"] = {pick(chance, open_places): chance.number(1, max(1, min(4, days - 1)))}
    if happens(chance, 15) and days >= 3:
        brief["booked"] = [draw_booked(chance, brief, open_places, first, days)]
    if happens(chance, 20):
        brief["self_arrange"] = some(chance, ("stay", "package", "flight", "road", "bus"), 1, 2)
    if happens(chance, 60):
        brief["interests"] = {i: chance.number(0, 3) for i in some(chance, INTERESTS, 1, 4)}
    if happens(chance, 60):
        brief["pace"] = pick(chance, ("relaxed", "balanced", "packed"))
    if happens(chance, 60):
        brief["comfort"] = pick(chance, ("simple", "mid", "upper"))
    if happens(chance, 20):
        brief["budget"] = {"amount": chance.number(1, 120) * 1_000_000, "currency": "IDR", "precision": 0}
    if happens(chance, 20):
        brief["avoid_modes"] = some(chance, AVOIDABLE, 1, 2)
    if happens(chance, 30):
        brief["want"] = chance.number(1, 6)
    return brief


def draw_party(chance: Chance) -> dict[str, Any]:
    adults = pick(chance, (1, 1, 2, 2, 2, 3, 4, 6, 9, 12))
    children = [chance.number(0, 17) for _ in range(chance.number(1, 3))] if happens(chance, 35) and adults < 10 else []
    residency = pick(chance, ("foreign", "foreign", "resident"))
    party: dict[str, Any] = {"adults": adults, "children": children, "residency": residency}
    if happens(chance, 50):
        party["rooms"] = max(1, (adults + len(children) + 1) // 2)
    return party


def draw_booked(chance: Chance, brief: dict[str, Any], places: Sequence[str], first: date, days: int) -> dict[str, Any]:
    """Book one stay inside the trip, at a place the brief gives no other number of nights for."""
    check_in = first + timedelta(chance.number(0, days - 3))
    nights = chance.number(1, min(3, (first + timedelta(days - 1) - check_in).days))
    place = pick(chance, places)
    if place in brief.get("nights", {}):
        brief["nights"][place] = nights
    return {
        "kind": "stay",
        "place_id": place,
        "check_in": check_in.isoformat(),
        "check_out": (check_in + timedelta(nights)).isoformat(),
    }


def stamp(moment: datetime) -> str:
    return moment.astimezone(WITA).isoformat()


def random_brief(seed: int, data: Data | None = None) -> dict[str, Any]:
    """Give the brief of a seed: the same seed and data, the same brief."""
    return draw_brief(Dice(seed), data or read_data())


def briefs(data: Data | None = None) -> Any:
    """Give a hypothesis strategy of briefs; small numbers shrink to a plain and short brief."""
    from hypothesis import strategies as st

    class Drawn:
        def __init__(self, draw: Any):
            self._draw = draw

        def number(self, least: int, most: int) -> int:
            return self._draw(st.integers(least, most))

    @st.composite
    def brief(draw: Any) -> dict[str, Any]:
        return draw_brief(Drawn(draw), data or read_data())

    return brief()
