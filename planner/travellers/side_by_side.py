"""Two to four routes side by side: rows in groups, each told whether it differs and which route is best in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.travellers.narrowing import traits_of
from planner.values.rates import Rate
from planner.web import filters, trip_view, words
from planner.web.atlas import ISLANDS, Atlas
from planner.web.trip_view import Card

MOVES = ("leg", "transfer")


@dataclass(frozen=True)
class Cell:
    """One value, and the word that says it is the best of its row."""

    text: str
    best: str = ""


@dataclass(frozen=True)
class Row:
    """One fact of all the routes."""

    name: str
    cells: list[Cell]

    @property
    def differs(self) -> bool:
        """Tell whether the routes differ in it."""
        return len({cell.text for cell in self.cells}) > 1


Groups = list[tuple[str, list[Row]]]


def groups_of(cards: Sequence[Card], atlas: Atlas, rate: Rate | None) -> Groups:
    """The rows of a comparison by what they are about: money, time, the sea, what there is to see."""
    return [
        (_("Money"), _money(cards, rate)),
        (_("Days and ways"), _time(cards)),
        (_("Sea and air"), _sea(cards)),
        (_("What you see"), _sights(cards, atlas)),
    ]


def _row(
    name: str,
    cards: Sequence[Card],
    text: Callable[[Card], str],
    measure: Callable[[Card], float] | None = None,
    best: str = "",
) -> Row:
    """A row; `measure` is least where a route is best, and `best` the word for it, said only where some read worse."""
    texts = [text(card) for card in cards]
    if measure is None:
        return Row(name, [Cell(one) for one in texts])
    measures = [measure(card) for card in cards]
    least = min(measures)
    is_said = len(set(texts)) > 1 and max(measures) > least
    return Row(
        name,
        [Cell(one, best if is_said and size == least else "") for one, size in zip(texts, measures, strict=True)],
    )


def _totals(card: Card) -> Any:
    return card.plan["totals"]


def _money(cards: Sequence[Card], rate: Rate | None) -> list[Row]:
    def per_person(card: Card) -> int:
        return int(_totals(card)["price_per_person"]["amount"])

    rows = [
        _row(
            _("A person"),
            cards,
            lambda c: _("about %(amount)s", amount=filters.rounded_money(per_person(c))),
            per_person,
            _("lowest"),
        ),
    ]
    if rate:
        rows.append(
            _row(
                _("The same in %(currency)s", currency=rate.currency),
                cards,
                lambda c: filters.converted(per_person(c), rate),
            )
        )
    return [
        *rows,
        _row(_("For all"), cards, lambda c: _("about %(amount)s", amount=filters.rounded_money(_totals(c)["price"]))),
        _row(_("Firm share of the price"), cards, lambda c: filters.percent(c.firm), lambda c: -c.firm, _("firmest")),
        _row(_("Sold here"), cards, lambda c: filters.percent(c.here_share)),
        _row(
            _("Back, cancelled a week ahead"),
            cards,
            lambda c: "–" if c.back_share is None else filters.percent(c.back_share),
            lambda c: -(c.back_share or 0),
            _("most back"),
        ),
        _row(_("Prices known from"), cards, lambda c: known_from(trip_view.origin(c.plan))),
    ]


def known_from(origin: trip_view.Origin) -> str:
    """Where prices come from and how old that is: `14 pages, 2015 to 2026; 54 % reckoned by us`."""
    reckoned = _("%(share)s reckoned by us", share=filters.percent(origin.reckoned))
    if not origin.pages:
        return reckoned
    pages = ngettext("%(num)d page", "%(num)d pages", origin.pages)
    if origin.first is None or origin.last is None:
        years = _("no year given")
    elif origin.first == origin.last:
        years = str(origin.first)
    else:
        years = _("%(first)s to %(last)s", first=origin.first, last=origin.last)
    return f"{pages}, {years}; {reckoned}"


def _time(cards: Sequence[Card]) -> list[Row]:
    def moving(card: Card) -> int:
        return int(_totals(card)["transit_min"])

    return [
        _row(_("Days"), cards, lambda c: str(c.days)),
        _row(_("Time on the move"), cards, lambda c: filters.hours(moving(c)), moving, _("least")),
        _row(
            _("Longest day on the move"),
            cards,
            lambda c: filters.hours(longest_day(c)[1]),
            lambda c: longest_day(c)[1],
            _("shortest"),
        ),
        _row(_("Earliest start"), cards, earliest_start, lambda c: -_minute_of(earliest_start(c)), _("latest to rise")),
        _row(_("Boats"), cards, lambda c: str(_totals(c)["boats"]), lambda c: _totals(c)["boats"], _("fewest")),
        _row(_("Flights"), cards, lambda c: str(_totals(c)["flights"]), lambda c: _totals(c)["flights"], _("fewest")),
        _row(_("Changes of bed"), cards, lambda c: str(max(c.beds - 1, 0)), lambda c: c.beds, _("fewest")),
    ]


def longest_day(card: Card) -> tuple[date | None, int]:
    """The day with most time on the move, and its minutes."""
    moves = sorted((i for i in card.plan["items"] if i["kind"] in MOVES), key=trip_view.begins)
    days = [
        (on, sum(trip_view.minutes_of(i) for i in found))
        for on, found in groupby(moves, key=lambda i: filters.as_date(trip_view.begins(i)))
    ]
    return max(days, key=lambda day: day[1], default=(None, 0))


def earliest_start(card: Card) -> str:
    """The earliest clock time at which the party has to be under way."""
    stamps = [trip_view.begins(i) for i in card.plan["items"] if i["kind"] in (*MOVES, "package")]
    times = [datetime.fromisoformat(stamp) for stamp in stamps]
    return filters.clock(min((t.strftime("%H:%M") for t in times), default="00:00"))


def _minute_of(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:5])


def _sea(cards: Sequence[Card]) -> list[Row]:
    def worst(card: Card) -> str:
        band = str(words.EXPOSURES[card.exposure])
        return f"{band}: {card.exposed}" if card.exposed else band

    def order(card: Card) -> float:
        exposure = _totals(card)["exposure"]
        return float(exposure["worst"]) * 1000 + float(exposure["sum"])

    rows = [_row(_("Sea at worst"), cards, worst, order, _("calmest"))]
    if all(_totals(card).get("co2_kg") is not None for card in cards):
        rows.append(
            _row(
                _("CO₂ of the party"),
                cards,
                lambda c: _("about %(kg)s kg", kg=filters.number(_totals(c)["co2_kg"], "#,##0")),
                lambda c: round(float(_totals(c)["co2_kg"])),
                _("least"),
            )
        )
    return rows


def _sights(cards: Sequence[Card], atlas: Atlas) -> list[Row]:
    seen = [places_of(card, atlas) for card in cards]
    shared = set(seen[0]).intersection(*seen[1:]) if seen else set()

    def names(places: Sequence[str]) -> str:
        return ", ".join(atlas.name(place) for place in places) or "–"

    own = {
        id(card): [place for place in places if place not in shared] for card, places in zip(cards, seen, strict=True)
    }
    everywhere = [place for place in seen[0] if place in shared] if seen else []
    return [
        _row(
            _("Islands"),
            cards,
            lambda c: ", ".join(filters.say(i) for i in ("Bali", *ISLANDS) if i in traits_of(c.plan, atlas).islands),
        ),
        _row(_("In all of them"), cards, lambda c: names(everywhere)),
        _row(_("Not in all of them"), cards, lambda c: names(own[id(c)])),
        _row(
            _("Days out and tours"),
            cards,
            lambda c: str(sum(i["kind"] == "package" for i in c.plan["items"])),
            lambda c: -sum(i["kind"] == "package" for i in c.plan["items"]),
            _("most"),
        ),
    ]


def places_of(card: Card, atlas: Atlas) -> list[str]:
    """The places that a route sleeps or stops at, in the order of travel, each once."""
    found: list[str] = []
    for item in sorted(card.plan["items"], key=trip_view.begins):
        if item["kind"] == "stay":
            found.append(item["place_id"])
        elif item["kind"] == "package":
            found += item.get("visits") or ()
    return [place for place in dict.fromkeys(found) if place in atlas.places]
