"""Read a quote or an order as people do: parts with their price, who says yes, and what is paid back until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.booking.agency_sale import OWN_KIND
from planner.booking.quote import CHARGED, Line, Quote
from planner.store.orders import Order, OrderLine
from planner.values.times import WITA
from planner.web import filters, trip_view
from planner.web.atlas import Atlas
from planner.web.refund_words import refund_words
from planner.web.standing import standing_of

WAYS = CHARGED


@dataclass
class PartView:
    """One part of a quote or an order, in words."""

    number: int
    kind: str
    way: str
    name: str
    icon: str
    when: str
    facts: list[str]
    price: int
    sure: str
    terms: list[str]
    state: str = ""
    state_words: str = ""
    tone: str = ""
    note: str = ""
    was: int | None = None
    blocked: str = ""
    reference: str = ""
    item: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_charged(self) -> bool:
        """Tell whether it is paid at our checkout."""
        return self.way in WAYS and self.price > 0


SOON_S = 3
LATER_S = 30


def look_again_s(order: Order, states: Collection[str], now: datetime) -> int:
    """Return after how many seconds a page of what is going on looks again.

    It can wait where all that is awaited is a person's answer, and the workers have nothing to do before that.
    """
    is_at_rest = order.due_at is None or order.due_at > now
    return LATER_S if "requested" in states and is_at_rest else SOON_S


def local(instant: datetime) -> datetime:
    """The same instant on a clock in the islands."""
    return instant.astimezone(WITA)


def quote_parts(quote: Quote, atlas: Atlas) -> list[PartView]:
    """Every line of a quote in the order of travel."""
    return [line_part(line, atlas) for line in quote.lines]


def order_parts(lines: Sequence[OrderLine], atlas: Atlas, now: datetime) -> list[PartView]:
    """Every line of an order with its state; what was replaced stands behind what replaced it."""
    parts = []
    for row in sorted(lines, key=lambda row: (row.data["starts_at"], row.number)):
        part = line_part(Line.from_json(row.data), atlas)
        part.number, part.state, part.reference = row.number, row.state, row.reference
        part.price = row.price if row.state != "planned" else part.price
        standing = standing_of(row, Line.from_json(row.data), now)
        part.state_words, part.tone, part.note = standing.words, standing.tone, standing.note
        parts.append(part)
    return parts


def line_part(line: Line, atlas: Atlas) -> PartView:
    """One line in words."""
    item = line.item
    if line.kind == "stay":
        name, icon = trip_view.stay_name(item, atlas), "bed"
        facts = [filters.span(item["check_in"], item["check_out"])]
        if item.get("title"):
            facts.insert(0, filters.say(str(item["title"])))
    else:
        part = trip_view.part_of(item, atlas)
        name, icon, facts = part.name, part.icon, part.facts
    when = filters.day(line.starts_at.date(), "EEE d MMM")
    if line.kind in ("leg", "transfer", "package"):
        when = f"{when}, {filters.clock(line.starts_at.isoformat())}"
    least, heads = int(item.get("runs_from") or 0), sum(take.places for take in line.takes[:1])
    if line.kind == "package" and least > heads and line.is_charged and item.get("basis") == "per_person":
        facts = [*facts, _("shared: runs from %(num)d guests, you are %(own)d", num=least, own=heads)]
    return PartView(
        line.number, line.kind, line.way, name, icon, when, facts, line.price,
        str(item.get("confidence") or "estimated"), refund_words(line), was=line.was, blocked=line.blocked, item=item,
    )  # fmt: skip


@dataclass
class Sums:
    """What is paid where, in whole rupiah."""

    here: int = 0
    own: int = 0
    on_spot: int = 0


def sums_of(quote: Quote) -> Sums:
    """What is paid at checkout, what the traveller arranges alone, and what is paid on the spot."""
    sums = Sums(here=quote.total)
    for line in quote.lines:
        if line.way == "self":
            sums.own += line.price
        elif line.way == "on_spot":
            sums.on_spot += line.price
    return sums


def groups_of(parts: Sequence[PartView]) -> list[tuple[str, int]]:
    """The summary beside every step: sums by kind of what is paid here."""
    names = {
        "leg": _("Boats, flights and buses"),
        "transfer": _("Cars"),
        "stay": _("Nights"),
        "package": _("Days out and tours"),
        OWN_KIND: _("From your agency"),
    }
    sums: dict[str, int] = {}
    for part in parts:
        if part.is_charged:
            sums[part.kind] = sums.get(part.kind, 0) + part.price
    return [(names[kind], sums[kind]) for kind in names if kind in sums]


def counts_of(parts: Sequence[PartView]) -> str:
    """What is kept, counted: `7 nights, 2 boats, 4 tours`."""
    kept = [part for part in parts if part.is_charged and part.way in ("held", "requested")]
    nights = sum(int(part.item.get("nights") or 0) for part in kept if part.kind == "stay")
    tours = sum(part.kind == "package" for part in kept)
    seats = sum(part.kind == "leg" for part in kept)
    said = []
    if nights:
        said.append(ngettext("%(num)d night", "%(num)d nights", nights))
    if tours:
        said.append(ngettext("%(num)d tour", "%(num)d tours", tours))
    if seats:
        said.append(ngettext("%(num)d crossing", "%(num)d crossings", seats))
    return ", ".join(said)
