"""What packages, nights and fees cost a party: the high end of each range, with the low end beside it.

Stays take the single largest factor that applies to the night; factors touch nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from planner.design.catalogue import Catalogue, Package, Stay
from planner.values.money import times_up
from planner.values.parties import Party

LEVELS = ("simple", "mid", "upper")
KEPT_RULES = 1024


@lru_cache(maxsize=KEPT_RULES)
def facts_of(text: str) -> Mapping[str, Any]:
    """Read the machine-readable part of a rule; nobody may change what it returns, since it is kept."""
    return MappingProxyType(json.loads(text or "{}"))


@dataclass(frozen=True)
class Line:
    """So many of something at one amount each, in whole rupiah."""

    what: str
    count: int
    amount: int


@dataclass(frozen=True)
class Cost:
    """The two ends of what a party pays, and how the high end is made up."""

    high: int
    low: int
    basis: str
    lines: tuple[Line, ...] = ()


def package_cost(package: Package, party: Party) -> Cost:
    """Price a package: per person (below `min_pax` the party's minimum, where that is the rule) or per group."""
    if package.is_per_group:
        return Cost(package.high, package.low, "per_group", (Line("group", 1, package.high),))
    paying = max(party.heads, package.min_pax) if package.is_party_minimum else party.heads
    return Cost(package.high * paying, package.low * paying, "per_person", (Line("person", paying, package.high),))


def package_fits(package: Package, party: Party) -> bool:
    """Tell whether a party of this size and these ages may join."""
    return party.heads <= min(package.max_pax, package.daily_capacity) and party.youngest >= package.min_age


def night_factor(stay: Stay, night: date, catalogue: Catalogue) -> str:
    """Return the largest factor that applies: the peak months' or an event's; "1" on other nights."""
    factors = [Decimal(1)]
    if night.month in stay.peak_months:
        factors.append(Decimal(stay.peak_factor))
    factors += [Decimal(f) for event_id, f in stay.event_peaks.items() if catalogue.events[event_id].is_on(night)]
    return str(max(factors))


def nights_cost(stay: Stay, check_in: date, nights: int, rooms: int, catalogue: Catalogue) -> Cost:
    """Price a stay: rooms times each night's rate, rounded up a room and night."""
    high = low = 0
    rates: dict[int, int] = {}
    for n in range(nights):
        factor = night_factor(stay, check_in + timedelta(days=n), catalogue)
        rate = times_up(stay.high, factor)
        high += rate * rooms
        low += times_up(stay.low, factor) * rooms
        rates[rate] = rates.get(rate, 0) + rooms
    return Cost(high, low, "per_room_night", tuple(Line("room_night", n, rate) for rate, n in rates.items()))


def choose_stay(catalogue: Catalogue, place_id: str, comfort: str, party: Party) -> Stay | None:
    """Return the house for a party at a place: its level if there is one with rooms enough, else the nearest level.

    Among equals the cheapest, then the first in the catalogue.
    """
    wanted = LEVELS.index(comfort)
    fitting = [
        (abs(LEVELS.index(stay.level) - wanted), stay.high, number, stay)
        for number, stay in enumerate(catalogue.stays_at.get(place_id, []))
        if stay.rooms >= party.rooms and stay.sleeps >= party.heads and stay.high > 0
    ]
    return min(fitting)[3] if fitting else None


@dataclass(frozen=True)
class Fee:
    """One fee item: a rule, a date, so many persons at one amount."""

    rule_id: str
    on: date
    persons: int
    each: int

    @property
    def amount(self) -> int:
        """The item's price in whole rupiah."""
        return self.each * self.persons


def fee_each(catalogue: Catalogue, rule_id: str, party: Party, on: date) -> int:
    """Return what one person pays under a fee rule; a blank resident amount counts as the foreign one."""
    rule = catalogue.rules[rule_id]
    foreign = rule["amount_foreign_idr"]
    if party.residency == "foreign":
        return int(foreign or 0)
    holiday, weekday = rule["amount_resident_holiday_idr"], rule["amount_resident_weekday_idr"]
    return int((holiday if catalogue.is_holiday(on) else weekday) or foreign or 0)


def fee_period(catalogue: Catalogue, rule_id: str) -> str:
    """Return how often a fee falls due: day, visit, entry, trip, night, boarding or person."""
    return str(facts_of(catalogue.rules[rule_id]["machine_rule"]).get("per", "person"))


def is_fee(catalogue: Catalogue, rule_id: str) -> bool:
    """Tell whether a rule puts a fee into the plan."""
    return catalogue.rules[rule_id]["effect"] == "fee"


def persons_of(catalogue: Catalogue, rule_id: str, party: Party) -> int:
    """Return how many of the party a fee rule touches."""
    applies_to = catalogue.rules[rule_id]["applies_to"]
    if applies_to == "foreign adults":
        return party.adults if party.residency == "foreign" else 0
    if applies_to == "foreigners":
        return party.heads if party.residency == "foreign" else 0
    return party.heads


def entry_area(catalogue: Catalogue, rule_id: str) -> frozenset[str]:
    """Return the places whose shore a fee is paid at, once an arrival; empty for other rules."""
    return frozenset(facts_of(catalogue.rules[rule_id]["machine_rule"]).get("place_in", ()))


def package_fees(catalogue: Catalogue, package: Package, start: date, party: Party) -> list[Fee]:
    """Return the fees that a departure of `start` brings on top of its price.

    A fee by the day is counted for every day of the package, the most it can be; others once, on its first day.
    Who starts inside an area with an entry fee has paid it on arrival.
    """
    if package.fees_included:
        return []
    fees = []
    for rule_id in package.rule_ids:
        if not is_fee(catalogue, rule_id) or package.start_id in entry_area(catalogue, rule_id):
            continue
        persons = persons_of(catalogue, rule_id, party)
        days = package.days if fee_period(catalogue, rule_id) == "day" else 1
        for n in range(days):
            on = start + timedelta(days=n)
            each = fee_each(catalogue, rule_id, party, on)
            if persons and each:
                fees.append(Fee(rule_id, on, persons, each))
    return fees
