"""Sell a trip for an agency: the trip's quote at what the client was promised, and what differs from the promise.

    quote of now + what was promised -> differences (the agency looks first) -> the quote that the client pays

What the client pays carries no price of ours: neither parts nor totals tell what the agency pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any

from planner.booking.cancellation import NOTHING_BACK, Terms, read_tiers
from planner.booking.quote import Line, Quote
from planner.values.money import rupiah
from planner.values.rates import Rate
from planner.values.times import WITA

OWN_KIND, OWN_WAY = "own", "agency"
OPEN_TOTALS = ("nights", "transit_min", "boats", "flights", "co2_kg", "experience", "exposure")
"""What a client may read of a plan's totals: no sums."""
DEARER, CHEAPER = "dearer", "cheaper"


@dataclass(frozen=True)
class OwnItem:
    """Something that the agency provides itself: a driver, a guide, its fee. `net` is its cost, in whole rupiah.

    Everything is paid back until `free_days` before the trip begins, nothing later.
    """

    key: str
    name: str
    net: int
    free_days: int = 0

    @property
    def terms(self) -> Terms:
        """What is paid back of it, and until when."""
        return Terms(read_tiers([[24 * self.free_days, 1], [0, 0]])) if self.free_days else NOTHING_BACK


@dataclass(frozen=True)
class Promise:
    """What a part was promised for: `net` is what it cost then, `share` what the client pays of it; whole rupiah."""

    net: int
    share: int


@dataclass(frozen=True)
class Difference:
    """A part that is not as it was promised: `why` is dearer, cheaper, or the reason for which it cannot be sold."""

    line: int
    why: str
    was: int
    now: int

    @property
    def is_blocking(self) -> bool:
        """Tell whether it cannot be sold at all."""
        return self.why not in (DEARER, CHEAPER)


def differences(quote: Quote, nets: Mapping[int, int], promised: Mapping[int, Promise]) -> list[Difference]:
    """Return what differs from the promise. `nets` is what each charged line costs the agency now, by number."""
    found = []
    lines = {line.number: line for line in quote.lines if line.is_charged}
    for number in sorted(lines.keys() | promised.keys()):
        line, promise = lines.get(number), promised.get(number)
        was, now = promise.net if promise else 0, nets.get(number, 0)
        if line is None:
            found.append(Difference(number, "gone", was, 0))
        elif line.blocked:
            found.append(Difference(number, line.blocked, was, now))
        elif promise is None or now > was:
            found.append(Difference(number, DEARER, was, now))
        elif now < was:
            found.append(Difference(number, CHEAPER, was, now))
    return found


def sell(
    quote: Quote,
    nets: Mapping[int, int],
    promised: Mapping[int, Promise],
    own: Sequence[tuple[OwnItem, int]] = (),
    rate: Rate | None = None,
) -> Quote:
    """Return the quote that a client pays: each part at its share of the promised sum, own items behind the rest.

    What a part costs now may differ from then: that is the agency's gain or loss, the sum stays as promised.
    """
    lines = [
        _promised(line, nets[line.number], promised[line.number].share) if line.is_charged else replace(line, was=None)
        for line in quote.lines
    ]
    first, last = quote.starts_at, quote.ends_at
    number = max((line.number for line in lines), default=0)
    for item, share in own:
        number += 1
        lines.append(_own(number, item, share, first, last))
    return replace(quote, lines=tuple(lines), facts=_without_sums(quote.facts), rate=rate)


def sell_net(quote: Quote, nets: Mapping[int, int]) -> Quote:
    """Return the quote that an agency pays which settles with its client itself: each part at its net price."""
    lines = tuple(
        _promised(line, nets[line.number], nets[line.number]) if line.is_charged else replace(line, was=None)
        for line in quote.lines
    )
    return replace(quote, lines=lines, facts=_without_sums(quote.facts), rate=None)


def _promised(line: Line, net: int, share: int) -> Line:
    """Show a part at its share alone; amounts that it is made of grow by the same factor."""
    public = int(line.item["price"]["amount"]) or 1
    quantity = [
        {**part, "amount": -(-Fraction(int(part["amount"]) * share, public) // 1)}
        for part in line.item.get("quantity") or ()
    ]
    item = {**line.item, "price": rupiah(share), "price_low": rupiah(share), "quantity": quantity}
    tickets = [int(part["amount"]) for part in line.item.get("quantity") or ()]
    terms = line.terms
    if terms.least_ticket and tickets and max(tickets) < terms.least_ticket:
        terms = NOTHING_BACK  # its seller looks at the ticket's own price
    return replace(line, item=item, price=share, low=share, markup=share - net, was=None, terms=terms)


def _own(number: int, own: OwnItem, share: int, first: datetime, last: datetime) -> Line:
    on: date = first.astimezone(WITA).date()
    item: dict[str, Any] = {
        "kind": OWN_KIND, "title": own.name, "on": on.isoformat(), "price": rupiah(share), "sold": "here",
        "confidence": "verified", "source": "",
    }  # fmt: skip
    starts_at = datetime.combine(on, time(0), WITA)
    return Line(number, OWN_WAY, item, share, share, starts_at, max(last, starts_at), terms=own.terms, markup=share)


def _without_sums(facts: Mapping[str, Any]) -> dict[str, Any]:
    totals = facts.get("totals", {})
    return {**facts, "totals": {key: totals[key] for key in OPEN_TOTALS if key in totals}}


def marked_up(line: Line, markup: int) -> Line:
    """Return a line that stands in for another, with the same mark-up for the agency."""
    if not markup:
        return line
    return _promised(line, line.price, line.price + markup)
