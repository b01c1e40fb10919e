"""Change a booked trip: compare a new plan with what is booked, hold what is new, and pay the difference.

    propose_change -> hold_change -> open_payment.open_change_payment -> (payment page) -> the saga of `flow.deal`
                          |  nothing more to pay
                          +-> the saga

Until every new part is confirmed and paid the booked trip stays as it is; what cannot be had changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from planner.booking.change import Booked, Change, compare
from planner.booking.hold import Hold, HoldLapsed, new_hold
from planner.booking.quote import QUOTE_MIN, Line, Quote
from planner.booking.states import SOLD_LINES, WrongState
from planner.booking.substitute import alternatives
from planner.errors import Conflict, PlannerError
from planner.flow.cancel_booking import ChangeUnderWay, TermsChanged, refunds_now
from planner.flow.hold_places import NotForSale, QuoteExpired, give_back_lines, new_line, take_places
from planner.flow.price_trip import check_lines, price_trip
from planner.flow.services import Services
from planner.store import audit, changes, claims, orders
from planner.store.changes import TripChange
from planner.store.db import db, transaction
from planner.store.orders import Order


class OtherParty(Conflict):
    """A change keeps who travels: others are another trip."""

    default_code = "other_party"


def propose_change(
    order_id: str, itinerary: Mapping[str, Any], brief: Mapping[str, Any], services: Services
) -> Change:
    """Compare a new plan with a booked trip, at today's prices and by today's terms.

    Raises:
        WrongState: the trip is not booked.
        OtherParty: the plan is for other people.
    """
    order = orders.get_order(order_id)
    if dict(brief["party"]) != dict(order.quote["brief"]["party"]):
        raise OtherParty("a change keeps the party")
    quote = price_trip(itinerary, brief, services)
    kept = Quote.from_json(order.quote)
    return compare_with_booked(order_id, replace(quote, rate=kept.rate), services)


def list_swaps(order_id: str, number: int, services: Services) -> list[Line]:
    """List what a traveller may have instead of one booked part, the closest match first.

    Raises:
        NotFound: there is no such part.
        WrongState: the trip is not booked, or that part is not.
    """
    order, row = orders.get_order(order_id), orders.get_line(order_id, number)
    _check_booked(order)
    if row.state not in SOLD_LINES or row.proposed_by is not None:
        raise WrongState("this part is not booked", params={"now": row.state})
    return alternatives(Line.from_json(row.data), Quote.from_json(order.quote).party, services.snapshots.catalogue())


def propose_swap(order_id: str, number: int, instead: Line, services: Services) -> Change:
    """Compare a booked trip with the same trip with one part exchanged, at today's prices and by today's terms.

    Raises:
        WrongState: the trip is not booked.
    """
    order, now = orders.get_order(order_id), services.clock.now()
    rows = [row for row in orders.list_lines(order_id) if row.state in (*SOLD_LINES, "planned")]
    lines = tuple(instead if row.number == number else Line.from_json(row.data) for row in rows)
    quote = replace(
        Quote.from_json(order.quote), lines=lines, made_at=now, valid_until=now + timedelta(minutes=QUOTE_MIN)
    )
    return compare_with_booked(order_id, check_lines(quote, services), services)


def compare_with_booked(order_id: str, quote: Quote, services: Services) -> Change:
    """Compare a fresh quote of a new plan with a booked trip.

    Raises:
        WrongState: the trip is not booked.
    """
    _check_booked(orders.get_order(order_id))
    return compare(_booked(order_id, services), quote, orders.first_free_number(db.session(), order_id))


def _check_booked(order: Order) -> None:
    if order.state != "confirmed" or not order.has_vouchers:
        raise WrongState("only a booked trip can be changed", params={"now": order.state})
    if order.agency_id:
        raise WrongState("its agency changes what it sold", code="sold_by_agency")


def _booked(order_id: str, services: Services) -> list[Booked]:
    refunds = {refund.line: refund for refund in refunds_now(order_id, services)}
    rows = [row for row in orders.list_lines(order_id) if row.state in SOLD_LINES and row.price]
    return [
        Booked(Line.from_json(row.data), row.price, refunds[row.number].amount, refunds[row.number].has_begun)
        for row in rows
    ]


def hold_change(order_id: str, change: Change, services: Services, who: str) -> TripChange:
    """Hold every new part of a change. Where nothing more is to be paid the booking workers go on at once.

    Raises:
        WrongState: the trip is not booked (any more), or the plan changes nothing.
        ChangeUnderWay: another change is not finished yet.
        QuoteExpired: the prices are too old.
        NotForSale: a new part may not be sold, or a part would have to go that has begun.
        TermsChanged: what is paid back is no longer what was shown.
        SoldOutNow: a place went to somebody else.
    """
    now = services.clock.now()
    quote = change.quote
    if now >= quote.valid_until:
        raise QuoteExpired("these prices are too old; please look again")
    if change.is_empty:
        raise WrongState("this plan changes nothing")
    if change.blocked or change.begun:
        blocked = {line.number: line.blocked for line in change.blocked} | dict.fromkeys(change.begun, "begun")
        raise NotForSale("something in this change is not possible", params={"lines": blocked})
    seats = claims.allotted()
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        _check_booked(order)
        if changes.find_live_change(order_id) is not None:
            raise ChangeUnderWay("another change of this trip is not finished yet")
        fresh = {one.line.number: one.refund for one in _booked(order_id, services)}
        if {number: fresh.get(number) for number in change.dropped} != dict(change.dropped):
            raise TermsChanged("the refund is another one by now")
        if set(change.kept) - set(fresh):
            raise WrongState("a part that was to stay is no longer booked")
        is_covered = change.difference <= 0
        row = TripChange(
            order_id=order_id,
            number=changes.next_number(session, order_id),
            state="authorised" if is_covered else "held",
            quote=quote.as_json(),
            quote_before=order.quote,
            refunds={str(number): refund for number, refund in change.dropped.items()},
            difference=change.difference,
            hold_until=new_hold(now).until,
            asked_by=who,
            created_at=now,
        )
        session.add(row)
        added = replace(quote, lines=tuple(line for line in quote.lines if line.number in change.added))
        others = [line for line in quote.lines if not line.is_charged]
        for line in (*added.lines, *others):
            fresh_line = new_line(order_id, line)
            fresh_line.proposed_by = row.number
            session.add(fresh_line)
        session.flush()
        take_places(session, order_id, added, seats)
        audit.note_act(session, now, who, "hold_change", order_id, change=row.number, difference=change.difference)
        if is_covered:
            orders.note_order(session, order_id, {"due_at": now})
    if is_covered:
        services.queue.enqueue(order_id)
    return row


def release_change(order_id: str, number: int, services: Services, why: str = "left") -> None:
    """Give back what a change holds because its traveller does not want it; the booked trip stays.

    Raises:
        HoldLapsed: it is paid, or over already.
    """
    _end_change(order_id, number, services.clock.now(), "undone", "traveller", why)


def sweep_changes(services: Services) -> int:
    """Give back what every change holds whose time has run out; return how many there were."""
    now = services.clock.now()
    swept = 0
    for order_id, number in changes.list_lapsed_changes(now):
        try:
            _end_change(order_id, number, now, "lapsed", "site", "hold_lapsed", only_if_lapsed=True)
            swept += 1
        except PlannerError:
            continue  # paid in this very moment
    return swept


def _end_change(
    order_id: str, number: int, now: datetime, state: str, who: str, why: str, only_if_lapsed: bool = False
) -> None:
    with transaction() as session:
        session.refresh(orders.get_order(order_id), with_for_update=True)
        change = changes.get_change(order_id, number)
        session.refresh(change)
        if change.state not in ("held", "paying") or (only_if_lapsed and Hold(change.hold_until).is_live(now)):
            raise HoldLapsed("this hold is over")
        changes.move_change(session, order_id, number, state, why=why, ended_at=now)
        give_back_lines(session, order_id, orders.list_proposed(order_id, number), now)
        audit.note_act(session, now, who, "release_change", order_id, change=number, why=why)
