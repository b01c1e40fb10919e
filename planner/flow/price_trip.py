"""Price a trip anew before it is sold: every part asked for again, with what is left and who may sell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from planner.booking.quote import Line, Quote, quote_itinerary
from planner.design.catalogue import Catalogue
from planner.flow.services import Services
from planner.store import availability, claims
from planner.store.db import db
from planner.values.rates import CHARGED_IN

PLACEHOLDER = "not_contracted"
SOLD_OUT = "sold_out"
GONE = "gone"
CLOSED = "sales_closed"


def price_trip(
    itinerary: Mapping[str, Any], brief: Mapping[str, Any], services: Services, currency: str = CHARGED_IN
) -> Quote:
    """Return a quote of an itinerary, as of now, in rupiah; today's rate of the reader's currency is frozen on it.

    A line that cannot be sold says why in `blocked`: no longer on offer, sold out, its sales closed, or (where
    money is real) its supplier has no contract with us.
    """
    now = services.clock.now()
    snapshots = services.snapshots
    quote = quote_itinerary(itinerary, brief, snapshots.catalogue(), snapshots.timetable(), claims.allotted(), now)
    return check_lines(replace(quote, rate=services.rates.find_rate(currency)), services)


def check_lines(quote: Quote, services: Services) -> Quote:
    """Return a quote with what each line says about being sold now."""
    now, catalogue, seats = services.clock.now(), services.snapshots.catalogue(), claims.allotted()
    contracted = frozenset() if services.is_demo else claims.list_contracted()

    def checked(line: Line) -> Line:
        if not line.is_charged:
            return line
        if line.number in quote.gone:
            return replace(line, blocked=GONE)
        if line.starts_at <= now or _closes_at(line, catalogue) < now:
            return replace(line, blocked=CLOSED)
        if not services.is_demo and line.supplier_id not in contracted:
            return replace(line, blocked=PLACEHOLDER)
        if not _has_room(line, seats):
            return replace(line, blocked=SOLD_OUT)
        return line

    return replace(quote, lines=tuple(checked(line) for line in quote.lines))


def _closes_at(line: Line, catalogue: Catalogue) -> datetime:
    """Return until when a line may be bought: a package until its cutoff."""
    package = catalogue.package.get(str(line.item.get("product_id")))
    return line.starts_at - timedelta(hours=package.cutoff_hours if package else 0)


def _has_room(line: Line, seats: Mapping[str, int]) -> bool:
    return all(_room(take.product_id, take.option_id, take.starts_on, take.starts_at, seats) >= take.places
               for take in line.takes)  # fmt: skip


def _room(product_id: str, option_id: str, starts_on: date, starts_at: str, seats: Mapping[str, int]) -> int:
    slot = availability.find_slot(db.session(), product_id, option_id, starts_on, starts_at)
    if slot is None:
        return seats.get(product_id, 0)
    return slot.capacity - slot.held - slot.sold
