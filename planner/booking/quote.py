"""A quote: every part of a plan with its price, its seller, its refund terms and how it comes to be booked.

held        places that are ours to give: kept at once, confirmed by their supplier after payment
requested   kept at once where there are places; a person or a system says yes or no by a deadline
later       bought on a date: sales are not open yet, or only a person can buy it; a dated task
self        the traveller's own: planned, never charged
on_spot     paid there: planned, never charged
agency      what the agency that sells the trip provides itself: charged, and nobody else is asked
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from planner.booking.cancellation import NOTHING_BACK, Terms, fare_terms, package_terms, stay_terms
from planner.booking.pricing import Price, price_today
from planner.design.catalogue import Catalogue, Package
from planner.network.snapshot import Timetable
from planner.values.parties import Party
from planner.values.rates import Rate
from planner.values.times import WITA

CHARGED = ("held", "requested", "later", "agency")
QUOTE_MIN = 30
"""A quote stands this long; afterwards prices and places are asked for again."""
CHECK_IN = "14:00"
NIGHT_STARTS = "00:00"


@dataclass(frozen=True, order=True)
class Take:
    """Places of one slot: of a departure, of a start time, or rooms of a night."""

    product_id: str
    option_id: str
    starts_on: date
    starts_at: str
    places: int

    def as_json(self) -> list[Any]:
        """Return a shape that reads back the same."""
        return [self.product_id, self.option_id, self.starts_on.isoformat(), self.starts_at, self.places]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Take:
        """Read what `as_json` wrote."""
        return cls(data[0], data[1], date.fromisoformat(data[2]), data[3], data[4])


@dataclass(frozen=True)
class Line:
    """One part of a plan. Prices in whole rupiah for the whole party; `answer_h` hours a supplier has to answer."""

    number: int
    way: str
    item: Mapping[str, Any]
    price: int
    low: int
    starts_at: datetime
    ends_at: datetime
    supplier_id: str = ""
    takes: tuple[Take, ...] = ()
    terms: Terms = NOTHING_BACK
    answer_h: int = 0
    buy_on: date | None = None
    needs_names: bool = False
    blocked: str = ""
    was: int | None = None
    """What the plan said, where it said something else."""
    markup: int = 0
    """What of the price is the selling agency's."""

    @property
    def kind(self) -> str:
        """Leg, transfer, package, stay or fee."""
        return str(self.item["kind"])

    @property
    def is_charged(self) -> bool:
        """Tell whether it is paid at our checkout."""
        return self.way in CHARGED and self.price > 0

    @property
    def net(self) -> int:
        """What the part costs whoever sells it."""
        return self.price - self.markup

    def as_json(self) -> dict[str, Any]:
        """Return a shape that reads back the same."""
        return {
            "number": self.number,
            "way": self.way,
            "item": dict(self.item),
            "price": self.price,
            "low": self.low,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "supplier_id": self.supplier_id,
            "takes": [take.as_json() for take in self.takes],
            "terms": self.terms.as_json(),
            "answer_h": self.answer_h,
            "buy_on": self.buy_on.isoformat() if self.buy_on else None,
            "needs_names": self.needs_names,
            "blocked": self.blocked,
            "was": self.was,
            "markup": self.markup,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        """Read what `as_json` wrote."""
        return cls(
            **{
                **data,
                "starts_at": datetime.fromisoformat(data["starts_at"]),
                "ends_at": datetime.fromisoformat(data["ends_at"]),
                "takes": tuple(Take.from_json(take) for take in data["takes"]),
                "terms": Terms.from_json(data["terms"]),
                "buy_on": date.fromisoformat(data["buy_on"]) if data["buy_on"] else None,
            }
        )


@dataclass(frozen=True)
class Quote:
    """What one itinerary costs now; `gone` are the numbers of lines that are no longer on offer or sold out."""

    itinerary_id: str
    brief: Mapping[str, Any]
    lines: tuple[Line, ...]
    made_at: datetime
    valid_until: datetime
    currency: str = "IDR"
    gone: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    rate: Rate | None = None
    """The rate at which the traveller reads these rupiah; it goes with the order and never changes what is charged."""

    @cached_property
    def total(self) -> int:
        """What is paid at our checkout, in whole rupiah."""
        return sum(line.price for line in self.lines if line.is_charged)

    @property
    def changed(self) -> tuple[Line, ...]:
        """The lines whose price is no longer what the plan said."""
        return tuple(line for line in self.lines if line.was is not None and line.was != line.price)

    @property
    def blocked(self) -> tuple[Line, ...]:
        """The charged lines that may not be sold, each with its reason."""
        return tuple(line for line in self.lines if line.is_charged and line.blocked)

    @property
    def starts_at(self) -> datetime:
        """When the first part begins."""
        return min(line.starts_at for line in self.lines)

    @property
    def ends_at(self) -> datetime:
        """When the last part ends."""
        return max(line.ends_at for line in self.lines)

    @property
    def party(self) -> Party:
        """Who travels."""
        return party_of(self.brief)

    @property
    def fingerprint(self) -> str:
        """The same for quotes that promise the same for the same money."""
        parts = [[line.number, line.way, line.price, dict(line.item)] for line in self.lines]
        return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=12).hexdigest()

    def takes(self) -> dict[tuple[str, str, date, str], int]:
        """Return how many places are wanted of each slot, over all lines."""
        wanted: dict[tuple[str, str, date, str], int] = {}
        for take in (take for line in self.lines if line.is_charged for take in line.takes):
            key = take.product_id, take.option_id, take.starts_on, take.starts_at
            wanted[key] = wanted.get(key, 0) + take.places
        return wanted

    def as_json(self) -> dict[str, Any]:
        """Return a shape that reads back the same."""
        return {
            "itinerary_id": self.itinerary_id,
            "brief": dict(self.brief),
            "lines": [line.as_json() for line in self.lines],
            "made_at": self.made_at.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "currency": self.currency,
            "gone": list(self.gone),
            "facts": dict(self.facts),
            "rate": self.rate.as_json() if self.rate else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Quote:
        """Read what `as_json` wrote."""
        return cls(
            data["itinerary_id"],
            data["brief"],
            tuple(Line.from_json(line) for line in data["lines"]),
            datetime.fromisoformat(data["made_at"]),
            datetime.fromisoformat(data["valid_until"]),
            data["currency"],
            tuple(data["gone"]),
            data["facts"],
            Rate.from_json(data["rate"]) if data.get("rate") else None,
        )


def party_of(brief: Mapping[str, Any]) -> Party:
    """Read the party of a brief that was planned."""
    party = brief["party"]
    return Party(
        int(party["adults"]),
        tuple(int(age) for age in party.get("children") or ()),
        party.get("residency") or "foreign",
        int(party.get("rooms") or 1),
    )


def quote_itinerary(
    itinerary: Mapping[str, Any],
    brief: Mapping[str, Any],
    catalogue: Catalogue,
    timetable: Timetable,
    allotted: Mapping[str, int],
    now: datetime,
) -> Quote:
    """Price every item of an itinerary as of now.

    `allotted` tells how many seats of each departure of a route are ours to give.
    """
    party = party_of(brief)
    lines, gone = [], []
    for number, item in enumerate(itinerary["items"], start=1):
        price = price_today(item, party, catalogue, timetable)
        if price is None:
            gone.append(number)
        lines.append(_line(number, item, price, party, catalogue, allotted, now))
    return Quote(
        itinerary["id"],
        brief,
        tuple(lines),
        now,
        now + timedelta(minutes=QUOTE_MIN),
        gone=tuple(gone),
        facts={
            "totals": itinerary["totals"],
            "rules": itinerary.get("rules", []),
            "starts_at": itinerary["starts_at"],
            "ends_at": itinerary["ends_at"],
        },
    )


def _line(
    number: int,
    item: Mapping[str, Any],
    price: Price | None,
    party: Party,
    catalogue: Catalogue,
    allotted: Mapping[str, int],
    now: datetime,
) -> Line:
    told = int(item["price"]["amount"])
    high = price.high if price else told
    low = price.low if price else int(item.get("price_low", item["price"])["amount"])
    if price and high != told:
        item = {**item, "price": {**item["price"], "amount": high}, "quantity": list(price.quantity)}
    starts_at, ends_at = _span(item)
    line = Line(number, item["sold"], item, high, low, starts_at, ends_at, was=told if high != told else None)
    if item["sold"] != "here":
        return line
    kind = item["kind"]
    if kind == "package":
        return _package(line, party, catalogue)
    if kind == "stay":
        return _stay(line, catalogue)
    return _carried(line, party, catalogue, allotted, now)


def _package(line: Line, party: Party, catalogue: Catalogue) -> Line:
    item = line.item
    package = catalogue.package.get(item["product_id"])
    if package is None:
        return line
    take = Take(package.id, package.option_id, line.starts_at.date(), line.starts_at.strftime("%H:%M"), party.heads)
    on_request = package.confirm == "on_request"
    return replace(
        line,
        way="requested" if on_request else "held",
        supplier_id=package.supplier_id,
        takes=(take,),
        terms=package_terms(package.row),
        answer_h=int(package.row["confirm_hours"]) if on_request else 0,
        needs_names=wants_names(package),
    )


def wants_names(package: Package) -> bool:
    """Tell whether a package's seller or its park must know who comes."""
    return bool(package.rule_ids) or package.type in ("liveaboard", "trek", "dive")


def _stay(line: Line, catalogue: Catalogue) -> Line:
    item = line.item
    stay = next((stay for stay in catalogue.stays if stay.id == item["product_id"]), None)
    if stay is None:
        return line
    first = date.fromisoformat(item["check_in"])
    nights = tuple(
        Take(stay.id, stay.option_id, first + timedelta(days=n), NIGHT_STARTS, item["rooms"])
        for n in range(item["nights"])
    )
    return replace(line, way="held", supplier_id=stay.supplier_id, takes=nights, terms=stay_terms(stay.row))


def _carried(line: Line, party: Party, catalogue: Catalogue, allotted: Mapping[str, int], now: datetime) -> Line:
    """Sell a leg from the seats that are ours, else as something to buy on a date; a car is ordered the same way."""
    item = line.item
    group_id = item.get("fare_group") or _fare_group(catalogue, item["route_id"])
    group = catalogue.fare_groups.get(group_id)
    line = replace(
        line,
        supplier_id=f"carrier:{item['operator'] or item['route_id']}"[:80],
        terms=fare_terms(group) if group else NOTHING_BACK,
        needs_names=bool(group) and group["names_on_ticket"] == "1",  # type: ignore[index]
    )
    if item["kind"] == "leg" and allotted.get(item["route_id"]) and not item.get("sales_open_on"):
        departs = line.starts_at
        take = Take(
            item["route_id"],
            item["trip_id"],
            date.fromisoformat(item["service_date"]),
            departs.strftime("%H:%M"),
            party.heads,
        )
        return replace(line, way="held", takes=(take,))
    opens = date.fromisoformat(item["sales_open_on"]) if item.get("sales_open_on") else now.astimezone(WITA).date()
    if group and item["kind"] == "transfer":
        opens = max(opens, line.starts_at.date() - timedelta(days=int(group["sales_open_days"] or 0)))
    return replace(line, way="later", buy_on=opens)


def _fare_group(catalogue: Catalogue, route_id: str) -> str:
    row = next((row for row in catalogue.transfers.rows if row["route_id"] == route_id), None)
    return row["fare_group"] if row else ""


def _span(item: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return when an item begins and ends; a stay begins at check-in time, a fee lasts its day."""
    kind = item["kind"]
    if kind in ("leg", "transfer"):
        first, last = item["departs"], item["arrives"]
    elif kind == "package":
        first, last = item["starts"], item["ends"]
    elif kind == "stay":
        first, last = f"{item['check_in']}T{CHECK_IN}:00+08:00", f"{item['check_out']}T11:00:00+08:00"
    else:
        first, last = f"{item['on']}T00:00:00+08:00", f"{item['on']}T23:59:00+08:00"
    return datetime.fromisoformat(first), datetime.fromisoformat(last)
