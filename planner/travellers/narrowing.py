"""Leave out found routes: by mode, price a person, time on the move, the worst sea and islands, all in the address.

    less=flight        no flight, once for each mode left out
    upto=10.5          at most 10.5 million rupiah a person
    hours=20           at most 20 hours on the move
    sea=1              no crossing worse than band 1
    see=Flores         sleeps or stops there, once for each island

Nothing is planned anew for this; a search that asks for the same is another matter, and offered where it helps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.travellers.brief_form import AVOIDABLE, Pairs, Query
from planner.travellers.places import NEAR
from planner.web import filters, words
from planner.web.atlas import ISLANDS, Atlas

Plan = Mapping[str, Any]
Pair = tuple[str, str]

MANY = ("less", "see")
ONE = ("upto", "hours", "sea")
MILLION = 1_000_000
PRICE_STEP, HOUR_STEP = 0.5, 5
MODES = tuple(mode for mode in words.MODES if mode != "walk")


@dataclass(frozen=True)
class Traits:
    """What the filters look at in a plan."""

    modes: frozenset[str]
    price: int
    minutes: int
    sea: int
    islands: frozenset[str]

    def fails(self, wish: Pair) -> bool:
        """Tell whether one filter leaves this plan out."""
        name, value = wish
        if name == "less":
            return value in self.modes
        if name == "see":
            return value not in self.islands
        measured = {"upto": self.price / MILLION, "hours": self.minutes / 60, "sea": self.sea}[name]
        return measured > float(value)


@dataclass(frozen=True)
class Option:
    """One answer that a filter offers, with the number of routes that would be left with it."""

    value: str
    word: str
    left: int
    is_chosen: bool


@dataclass(frozen=True)
class Active:
    """A filter in force: what it says, how many routes it hides, the address without it, and the search instead."""

    word: str
    hides: int
    without: str
    anew: str = ""


@dataclass
class Narrowed:
    """The plans that pass, those that do not with what hides them, and the filters to choose from."""

    shown: list[dict[str, Any]]
    hidden: list[tuple[dict[str, Any], list[str]]]
    active: list[Active] = field(default_factory=list)
    options: dict[str, list[Option]] = field(default_factory=dict)
    in_all: list[str] = field(default_factory=list)


def read_wishes(query: Query) -> Pairs:
    """The filters of an address; what makes no sense is passed over."""
    wishes: Pairs = [("less", mode) for mode in MODES if mode in query.getlist("less")]
    for name, least, most in (("upto", 0.1, 10_000.0), ("hours", 0.0, 2_000.0), ("sea", 0.0, 2.0)):
        try:
            value = float(query.get(name, "").replace(",", "."))
        except ValueError:
            continue
        if least <= value <= most:
            wishes.append((name, f"{value:g}"))
    return wishes + [("see", island) for island in ("Bali", *ISLANDS) if island in query.getlist("see")]


def traits_of(plan: Plan, atlas: Atlas) -> Traits:
    """What the filters look at in one plan; a tour counts with what it travels in."""
    modes: set[str] = set()
    stops: list[str] = []
    for item in plan["items"]:
        if item["kind"] in ("leg", "transfer"):
            modes.add(item["mode"])
        elif item["kind"] == "package":
            lintas = atlas.products.get(item.get("product_id") or "", {}).get("lintas", {})
            modes |= set(lintas.get("modes_used") or ()) | ({"liveaboard"} & {str(item.get("type"))})
            stops += item.get("visits") or ()
        elif item["kind"] == "stay":
            stops.append(item["place_id"])
    found = (atlas.places[place]["island"] for place in stops if place in atlas.places)
    islands = {NEAR.get(island, island) for island in found}
    totals = plan["totals"]
    price, worst = totals["price_per_person"]["amount"], int(totals["exposure"]["worst"])
    return Traits(frozenset(modes), price, int(totals["transit_min"]), worst, frozenset(islands))


def fitting(plans: Sequence[dict[str, Any]], wishes: Pairs, atlas: Atlas) -> list[dict[str, Any]]:
    """The plans that pass every filter."""
    if not wishes:
        return list(plans)
    return [plan for plan in plans if not any(traits_of(plan, atlas).fails(wish) for wish in wishes)]


def narrow(plans: Sequence[dict[str, Any]], wishes: Pairs, search: Pairs, atlas: Atlas) -> Narrowed:
    """Sort plans into shown and hidden, and say what each filter does or would do; `search` is the search's query."""
    traits = [traits_of(plan, atlas) for plan in plans]
    sayings = {wish: say(wish) for wish in wishes}
    narrowed = Narrowed([], [])
    for plan, trait in zip(plans, traits, strict=True):
        failed = [sayings[wish] for wish in wishes if trait.fails(wish)]
        if failed:
            narrowed.hidden.append((plan, failed))
        else:
            narrowed.shown.append(plan)
    for wish in wishes:
        others = [one for one in wishes if one != wish]
        hides = sum(trait.fails(wish) for trait in traits)
        narrowed.active.append(Active(sayings[wish], hides, urlencode(search + others), _anew(wish, others, search)))
    in_all = set.intersection(*(set(trait.modes) for trait in traits)) & set(MODES) if traits else set()
    narrowed.in_all = [str(words.MODES[mode]).lower() for mode in MODES if mode in in_all]
    narrowed.options = _options(traits, wishes, in_all)
    return narrowed


def say(wish: Pair) -> str:
    """A filter in words."""
    name, value = wish
    if name == "less":
        return _("Without: %(mode)s", mode=words.MODES[value])
    if name == "see":
        return _("Only with %(island)s", island=filters.say(value))
    if name == "upto":
        return _("Up to %(amount)s a person", amount=_amount(value))
    if name == "hours":
        return _("At most %(hours)s on the move", hours=_hours(value))
    return _("Sea at worst: %(band)s", band=words.EXPOSURES[int(float(value))])


def _amount(value: str) -> str:
    return filters.rounded_money(round(float(value) * MILLION))


def _hours(value: str) -> str:
    return filters.hours(round(float(value) * 60), True)


def _anew(wish: Pair, others: Pairs, search: Pairs) -> str:
    """The query of a search that is planned anew with a mode left out, where the filter alone only hides."""
    name, value = wish
    if name != "less" or value not in AVOIDABLE or ("avoid_mode", value) in search:
        return ""
    return urlencode([*search, ("avoid_mode", value), *others])


def _options(traits: Sequence[Traits], wishes: Pairs, in_all: set[str]) -> dict[str, list[Option]]:
    def left(wish: Pair) -> int:
        kept = [one for one in wishes if one[0] in MANY or one[0] != wish[0]] + [wish]
        return sum(not any(trait.fails(one) for one in kept) for trait in traits)

    def option(name: str, value: str, word: str) -> Option:
        return Option(value, word, left((name, value)), (name, value) in wishes)

    modes = {mode for trait in traits for mode in trait.modes}
    islands = {island for trait in traits for island in trait.islands}
    everywhere = set.intersection(*(set(t.islands) for t in traits)) if traits else set()
    chosen = {name: {value for one, value in wishes if one == name} for name in (*MANY, *ONE)}
    shown_modes = [m for m in MODES if (m in modes and m not in in_all) or m in chosen["less"]]
    shown_islands = [i for i in ("Bali", *ISLANDS) if (i in islands and i not in everywhere) or i in chosen["see"]]
    prices = _steps([trait.price / MILLION for trait in traits], PRICE_STEP, chosen["upto"])
    hours = _steps([trait.minutes / 60 for trait in traits], HOUR_STEP, chosen["hours"])
    seas = sorted({str(trait.sea) for trait in traits if trait.sea < 3} | chosen["sea"])
    if len({trait.sea for trait in traits}) == 1 and not chosen["sea"]:
        seas = []
    return {
        "less": [option("less", mode, str(words.MODES[mode])) for mode in shown_modes],
        "upto": [option("upto", value, _("up to %(amount)s", amount=_amount(value))) for value in prices],
        "hours": [option("hours", value, _("at most %(hours)s", hours=_hours(value))) for value in hours],
        "sea": [option("sea", value, str(words.EXPOSURES[int(float(value))])) for value in seas],
        "see": [option("see", island, filters.say(island)) for island in shown_islands],
    }


def _steps(measures: Sequence[float], step: float, chosen: set[str]) -> list[str]:
    """The round values that part the plans, lowest first, without the one that lets all pass; the chosen one too."""
    ups = {math.ceil(measure / step) * step for measure in measures}
    parting = {f"{up:g}" for up in ups if up < max(ups)} if ups else set()
    return sorted(parting | chosen, key=float)


def count_said(narrowed: Narrowed) -> str:
    """How many routes pass: `3 of 5 routes fit the filters`."""
    of = len(narrowed.shown) + len(narrowed.hidden)
    return ngettext("%(num)d of %(of)d routes fits the filters", "%(num)d of %(of)d routes fit the filters",
                    len(narrowed.shown), of=of)  # fmt: skip
