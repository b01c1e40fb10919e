"""Compare a booked trip with a new plan of it: what stays as it is, what is new, what goes, and the money between them.

Two lines are the same booking when they take the same places of the same slots, or are the same ride bought later. What
stays keeps its number, its price and its supplier's yes, whatever it would cost today.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from planner.booking.quote import Line, Quote


@dataclass(frozen=True)
class Booked:
    """A line that is sold: what it cost and what it would pay back now, in whole rupiah."""

    line: Line
    price: int
    refund: int
    has_begun: bool = False


@dataclass(frozen=True)
class Change:
    """A new plan beside the booked one. `quote` has the numbers that its lines get in the order.

    `kept` and `added` are numbers of charged lines of the quote; `dropped` says what each line that goes pays back.
    """

    quote: Quote
    kept: tuple[int, ...]
    added: tuple[int, ...]
    dropped: Mapping[int, int]
    begun: tuple[int, ...] = ()
    """Lines that would have to go but have begun: with any of these the change cannot be made."""

    @property
    def added_price(self) -> int:
        """What the new lines cost together."""
        return sum(line.price for line in self.quote.lines if line.number in self.added)

    @property
    def refund(self) -> int:
        """What the lines that go pay back together."""
        return sum(self.dropped.values())

    @property
    def difference(self) -> int:
        """What is to be paid for the change; negative is paid back."""
        return self.added_price - self.refund

    @property
    def blocked(self) -> tuple[Line, ...]:
        """The new lines that may not be sold, each with its reason."""
        return tuple(line for line in self.quote.lines if line.number in self.added and line.blocked)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing that is paid here would change."""
        return not self.added and not self.dropped

    @property
    def fingerprint(self) -> str:
        """The same for changes that promise the same for the same money."""
        told = f"{self.quote.fingerprint}:{sorted(self.dropped.items())}"
        return blake2b(told.encode(), digest_size=12).hexdigest()


def compare(booked: Sequence[Booked], quote: Quote, first_free: int) -> Change:
    """Compare what is booked with a fresh quote of a new plan; new lines are numbered from `first_free` on."""
    left: dict[Hashable, list[Booked]] = {}
    for one in booked:
        left.setdefault(_same(one.line), []).append(one)
    lines, kept, added, number = [], [], [], first_free
    for line in quote.lines:
        twins = left.get(_same(line)) if line.is_charged else None
        if twins:
            twin = twins.pop(0)
            kept.append(twin.line.number)
            lines.append(replace(twin.line, price=twin.price, was=None, blocked=""))
            continue
        if line.is_charged:
            added.append(number)
        lines.append(replace(line, number=number, was=None))
        number += 1
    gone = [one for twins in left.values() for one in twins]
    return Change(
        replace(quote, lines=tuple(lines), gone=()),
        tuple(sorted(kept)),
        tuple(added),
        {one.line.number: one.refund for one in sorted(gone, key=lambda one: one.line.number)},
        tuple(sorted(one.line.number for one in gone if one.has_begun)),
    )


def _same(line: Line) -> Hashable:
    item = line.item
    if line.takes:
        return line.kind, line.supplier_id, tuple(sorted(line.takes))
    counts = tuple((part["what"], part["count"]) for part in item.get("quantity", ()))
    what = item.get("product_id") or item.get("trip_id") or item.get("route_id")
    return line.kind, line.supplier_id, what, line.starts_at, line.ends_at, counts
