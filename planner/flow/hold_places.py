"""Hold every place of a quote for a while, all or none; put the hold off; give it back; sweep what has run out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from planner.booking.hold import MOST_LIVE_HOLDS, PAYMENT_MIN, Hold, HoldLapsed, TooManyHolds, new_hold
from planner.booking.quote import Line, Quote
from planner.booking.voucher import new_code, new_secret
from planner.errors import Conflict, PlannerError
from planner.flow.services import Services
from planner.store import audit, availability, claims, orders, tasks
from planner.store.db import db, queue_up, transaction
from planner.store.orders import Order, OrderLine, Taken

Key = tuple[str, str, date, str]
RELEASABLE = ("held", "declined", "to_buy", "replaced")
"""States of lines of which no supplier holds anything, or will."""


class QuoteExpired(Conflict):
    """A quote is too old to be held: ask for prices again."""

    default_code = "quote_expired"


class NotForSale(Conflict):
    """Something in the trip may not be sold; `params` name the lines and why."""

    default_code = "not_for_sale"


class SoldOutNow(Conflict):
    """Something was sold to somebody else while this quote was read; `params` name the line."""

    default_code = "sold_out"


@dataclass(frozen=True)
class Seller:
    """The agency that sells a trip, and what the platform pays it on it in hundredths of a per cent."""

    agency_id: str
    commission_bp: int = 0


def hold_places(
    quote: Quote, services: Services, visitor: str = "", language: str = "en", seller: Seller | None = None
) -> Order:
    """Keep all places of a quote and open an order.

    Raises:
        QuoteExpired: the quote no longer stands.
        NotForSale: a line is blocked, or nothing is sold here.
        TooManyHolds: this visitor keeps as many trips as one may.
        SoldOutNow: a place went to somebody else.
    """
    now = services.clock.now()
    if now >= quote.valid_until:
        raise QuoteExpired("these prices are too old; please look again")
    if quote.blocked:
        raise NotForSale(
            "something in this trip cannot be sold", params={"lines": {x.number: x.blocked for x in quote.blocked}}
        )
    if quote.total <= 0:
        raise NotForSale("nothing in this trip is sold here", params={"lines": {}})
    hold = new_hold(now)
    seats = claims.allotted()
    with transaction() as session:
        if visitor:
            queue_up(session, f"holds of {visitor}")  # else many at once would all count too few
        if visitor and orders.count_live_holds(session, visitor, now) >= MOST_LIVE_HOLDS:
            raise TooManyHolds(f"at most {MOST_LIVE_HOLDS} trips can be held at a time")
        order = _new_order(quote, hold, visitor, language, now)
        if seller is not None:
            order.agency_id, order.commission_bp = seller.agency_id, seller.commission_bp
        session.add(order)
        session.flush()
        session.add_all(new_line(order.id, line) for line in quote.lines)
        session.flush()
        take_places(session, order.id, quote, seats)
        audit.note_act(session, now, "traveller", "hold", order.id, total=quote.total)
        return order


def _new_order(quote: Quote, hold: Hold, visitor: str, language: str, now: datetime) -> Order:
    return Order(
        id=uuid.uuid4().hex,
        code=new_code(),
        secret=new_secret(),
        state="held",
        visitor=visitor,
        language=language,
        itinerary_id=quote.itinerary_id,
        quote=quote.as_json(),
        total=quote.total,
        currency=quote.currency,
        starts_on=quote.starts_at.date(),
        ends_on=quote.ends_at.date(),
        hold_until=hold.until,
        created_at=now,
    )


def take_places(session: Any, order_id: str, quote: Quote, seats: dict[str, int]) -> None:
    """Hold the places of every charged line of a quote, all or none; call it inside a transaction.

    `seats` are those that are ours on each departure, by route; read before, so that they are not locked for long.

    Raises:
        SoldOutNow: a place went to somebody else.
    """
    slot_of = _slots(session, quote, seats)
    wanted = {slot_of[key]: places for key, places in quote.takes().items()}
    try:
        availability.hold_places(session, wanted)
    except availability.SoldOut as refused:
        line = _line_of(quote, slot_of, refused.params["slot_id"])
        raise SoldOutNow("somebody was faster", params={"line": line}) from refused
    _note_taken(session, order_id, quote, slot_of)


def new_line(order_id: str, line: Line) -> OrderLine:
    """Return the row of a line of a quote, as it begins."""
    state = "planned"
    if line.is_charged:
        state = "to_buy" if line.way == "later" else "held"
    return OrderLine(
        order_id=order_id,
        number=line.number,
        way=line.way,
        state=state,
        supplier_id=line.supplier_id,
        price=line.price if line.is_charged else 0,
        markup=line.markup if line.is_charged else 0,
        data=line.as_json(),
    )


def _slots(session: Any, quote: Quote, seats: dict[str, int]) -> dict[Key, int]:
    """Return the id of each slot wanted; slots of departures are made where they are new.

    In the order of their keys, so that two trips that make the same departures never wait for each other.
    """
    found: dict[Key, int] = {}
    takes = [(take, line) for line in quote.lines if line.is_charged for take in line.takes]
    for take, line in sorted(takes, key=lambda one: one[0]):
        key = take.product_id, take.option_id, take.starts_on, take.starts_at
        slot = availability.find_slot(session, *key)
        if slot is None and line.kind == "leg" and take.product_id in seats:
            slot = availability.make_departure(session, key, line.ends_at, seats[take.product_id])
        if slot is None:
            raise SoldOutNow("this is not on sale on that day", params={"line": line.number})
        found[key] = slot.id
    return found


def _line_of(quote: Quote, slot_of: dict[Key, int], slot_id: int) -> int:
    for line in quote.lines:
        for take in line.takes:
            if slot_of.get((take.product_id, take.option_id, take.starts_on, take.starts_at)) == slot_id:
                return line.number
    return 0


def _note_taken(session: Any, order_id: str, quote: Quote, slot_of: dict[Key, int]) -> None:
    for line in quote.lines:
        places: dict[int, int] = {}
        for take in line.takes if line.is_charged else ():
            slot_id = slot_of[take.product_id, take.option_id, take.starts_on, take.starts_at]
            places[slot_id] = places.get(slot_id, 0) + take.places
        session.add_all(
            Taken(order_id=order_id, line=line.number, slot_id=slot_id, places=count)
            for slot_id, count in places.items()
        )
    session.flush()


def extend_hold(order_id: str, services: Services) -> datetime:
    """Put a hold off by ten minutes and return its new end.

    Raises:
        HoldLapsed: it has run out, or the order is no longer only held.
        NoMoreExtensions: it was put off as often as it may be.
    """
    now = services.clock.now()
    with transaction() as session:
        order = _held_order(order_id)
        longer = Hold(order.hold_until, order.extensions).extended(now)
        orders.note_order(session, order_id, {"hold_until": longer.until, "extensions": longer.extensions})
        audit.note_act(session, now, "traveller", "extend", order_id)
    return longer.until


def keep_for_payment(session: Any, order: Order, now: datetime) -> datetime:
    """Keep places as long as a payment page lives and a little longer; call it inside a transaction."""
    until: datetime = max(order.hold_until, now + timedelta(minutes=PAYMENT_MIN))
    orders.note_order(session, order.id, {"hold_until": until})
    return until


def _held_order(order_id: str) -> Order:
    order = orders.get_order(order_id)
    db.session.refresh(order, with_for_update=True)
    if order.state not in ("held", "paying"):
        raise HoldLapsed("this hold is over")
    return order


def release_hold(order_id: str, services: Services, why: str = "left") -> None:
    """Give the places of an unpaid order back because its traveller does not want them.

    Raises:
        WrongState: it is paid, or over already.
    """
    _end_hold(order_id, services.clock.now(), "undone", "traveller", why)


def sweep_holds(services: Services) -> int:
    """Give back the places of every hold that has run out; return how many there were."""
    now = services.clock.now()
    swept = 0
    for order_id in orders.list_lapsed(now):
        try:
            _end_hold(order_id, now, "lapsed", "site", "hold_lapsed", only_if_lapsed=True)
            swept += 1
        except PlannerError:
            continue  # paid or put off in this very moment
    return swept


def _end_hold(order_id: str, now: datetime, state: str, who: str, why: str, only_if_lapsed: bool = False) -> None:
    with transaction() as session:
        order = _held_order(order_id)
        if only_if_lapsed and Hold(order.hold_until).is_live(now):
            raise HoldLapsed("this hold was put off")
        orders.move_order(session, order_id, state, why=why, ended_at=now)
        give_back_lines(session, order_id, orders.list_lines(order_id), now)
        tasks.close_tasks(session, order_id, now)
        audit.note_act(session, now, who, "release", order_id, why=why)


def give_back_lines(session: Any, order_id: str, lines: Sequence[OrderLine], now: datetime) -> None:
    """Give back the places of those lines that nobody outside may have booked; call it inside a transaction."""
    over = [line.number for line in lines if line.state in RELEASABLE]
    kept = [row for row in orders.list_taken(order_id) if row.line in over and not row.is_sold]
    availability.give_back_held_places(session, orders.places_by_slot(kept))
    for row in kept:
        session.delete(row)
    for number in over:
        orders.move_line(session, order_id, number, "released")
        tasks.close_tasks(session, order_id, now, number)
    session.flush()
