"""The rules of the islands: what they forbid on a date, and the verdicts that a plan carries with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from planner.design.catalogue import Catalogue, Package
from planner.design.costs import KEPT_RULES, facts_of
from planner.values.times import WITA

ROADS_SHUT_BEFORE = timedelta(hours=14)
"""Bali's roads close at 16:00 on the eve of Nyepi, fourteen hours before the silence begins."""
PEAK_DAYS = 1
Silence = tuple[str, datetime, datetime]


@dataclass(frozen=True)
class Verdict:
    """What a rule means for one plan: applied, needs_filing, needs_paper, warning or known."""

    rule_id: str
    verdict: str
    text: str
    source: str
    confidence: str

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return vars(self) | {}


VERDICT_OF_EFFECT = {
    "fee": "applied",
    "quota": "needs_filing",
    "require": "needs_paper",
    "connection": "applied",
    "forbid": "kept",
    "price": "applied",
    "warn": "warning",
    "policy": "known",
    "context": "known",
}


def machine(catalogue: Catalogue, rule_id: str) -> Mapping[str, Any]:
    """Return the machine-readable part of a rule."""
    return facts_of(catalogue.rules[rule_id]["machine_rule"])


def silences(catalogue: Catalogue) -> list[Silence]:
    """Return (rule_id, from, until) of each day on which all of Bali stands still."""
    return [
        (rule_id, *ends)
        for rule_id, rule in catalogue.rules.items()
        if rule["effect"] == "forbid" and (ends := _silence_of(rule["machine_rule"]))
    ]


@lru_cache(maxsize=KEPT_RULES)
def _silence_of(text: str) -> tuple[datetime, datetime] | None:
    facts = facts_of(text)
    if facts.get("type") != "closure" or facts.get("island") != "Bali":
        return None
    start, end = facts["from"], facts["until" if "until" in facts else "to"]
    return datetime.fromisoformat(start).astimezone(WITA), datetime.fromisoformat(end).astimezone(WITA)


def closures(catalogue: Catalogue) -> tuple[tuple[datetime, datetime], ...]:
    """Return the windows in which Bali's roads are shut, in order."""
    return tuple(sorted((start - ROADS_SHUT_BEFORE, end) for _, start, end in silences(catalogue)))


def silence_at(catalogue: Catalogue, hub_id: str, at: datetime) -> str:
    """Return the rule that shuts a hub at an instant, "" if none."""
    if catalogue.stops.province(hub_id) != "Bali":
        return ""
    return next((rule_id for rule_id, start, end in silences(catalogue) if start <= at < end), "")


def in_closed_season(catalogue: Catalogue, rule_id: str, first: date, last: date) -> bool:
    """Tell whether a yearly closed season touches a span of dates."""
    facts = machine(catalogue, rule_id)
    if facts.get("type") != "closed_season":
        return False
    day = first
    while day <= last:
        if facts["from"] <= f"{day:%m-%d}" <= facts["to"]:
            return True
        day += timedelta(days=1)
    return False


def closes_package(
    catalogue: Catalogue, package: Package, day: date, silent: Sequence[Silence] | None = None
) -> str:
    """Return the rule that forbids a departure of `day`, "" if none does; `silent` saves looking up `silences`."""
    last = package.last_day(day)
    for rule_id in package.rule_ids:
        if catalogue.rules[rule_id]["effect"] == "forbid" and in_closed_season(catalogue, rule_id, day, last):
            return rule_id
    stops = catalogue.stops
    midnight = datetime.combine(day, datetime.min.time(), WITA)
    start, end = midnight + timedelta(seconds=package.starts_s[0]), midnight + timedelta(seconds=package.span_s)
    for rule_id, closed_from, closed_until in silences(catalogue) if silent is None else silent:
        if start < closed_until and end > closed_from - ROADS_SHUT_BEFORE:
            places = (package.start_id, package.end_id, *package.visits)
            return rule_id if any(stops.province(place) == "Bali" for place in places) else ""
    return ""


def verdict(catalogue: Catalogue, rule_id: str, said: str = "") -> Verdict:
    """Return the verdict of a rule as its effect has it, or as said."""
    rule = catalogue.rules[rule_id]
    return Verdict(
        rule_id, said or VERDICT_OF_EFFECT[rule["effect"]], rule["rule_text"] or rule["name"], rule["source"],
        rule["confidence"],
    )  # fmt: skip


def seasonal_rules(catalogue: Catalogue, days: Iterable[date], place_ids: set[str]) -> list[str]:
    """Return the price and warning rules whose dates and places a trip touches: peaks, race weekends, holy days."""
    found = []
    for rule_id, rule in catalogue.rules.items():
        if rule["effect"] != "price":
            continue
        place = machine(catalogue, rule_id).get("place")
        if place and place not in place_ids:
            continue
        first, last = rule["effective_from"], rule["effective_to"]
        if any(first <= day.isoformat() <= last for day in days):
            found.append(rule_id)
    for rule_id, start, end in silences(catalogue):
        if any(start.date() - timedelta(days=PEAK_DAYS) <= day <= end.date() for day in days):
            found.append(rule_id)
    return found
