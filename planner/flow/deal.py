"""What is agreed in one go: an order as it was first sold, or a later change of it. The saga carries either through.

A change is confirmed beside the trip that is in force; only when all of its new parts are confirmed and paid does it
become the trip, and what it drops is given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from planner.booking import ledger as books
from planner.booking.quote import Line, Quote
from planner.booking.saga import Facts, LineFacts
from planner.booking.states import SOLD_LINES
from planner.flow.filings import drop_stale
from planner.store import audit, changes, ledger, orders, payments
from planner.store.changes import TripChange
from planner.store.orders import Order, OrderLine
from planner.store.payments import Payment


@dataclass(frozen=True)
class Deal:
    """An order, or one change of it."""

    order: Order
    change: TripChange | None = None

    @property
    def number(self) -> int | None:
        """The number of the change; None of the order itself."""
        return self.change.number if self.change else None

    @property
    def state(self) -> str:
        """The state of the change, or of the order itself."""
        return self.change.state if self.change else self.order.state

    @property
    def why(self) -> str:
        """Why it ended, or is being undone."""
        return self.change.why if self.change else self.order.why

    @property
    def suffix(self) -> str:
        """What tells the keys of a change from those of its order."""
        return f":change{self.number}" if self.change else ""

    @property
    def news_undone(self) -> str:
        """What the traveller is told when it could not be had."""
        return f"change_undone:{self.number}" if self.change else "undone"

    def lines(self) -> list[OrderLine]:
        """Return its lines: those in force, or those that the change wants to add."""
        if self.number is None:
            return orders.list_lines(self.order.id)
        return orders.list_proposed(self.order.id, self.number)

    def money(self) -> Payment | None:
        """Return the payment that pays for it."""
        return payments.find_money(self.order.id, self.number)

    def amount(self) -> int:
        """Return what its confirmed lines cost, less what a change pays back for the lines that go; whole rupiah."""
        confirmed = sum(line.price for line in self.lines() if line.state in SOLD_LINES)
        return confirmed - (sum(self.change.refunds.values()) if self.change else 0)

    def move(self, session: Any, to: str, **values: Any) -> None:
        """Bring it into a state; call it inside a transaction.

        Raises:
            WrongState: it is in no state that may come before.
        """
        if self.number is None:
            orders.move_order(session, self.order.id, to, **values)
        else:
            changes.move_change(session, self.order.id, self.number, to, **values)


def list_deals(order_id: str) -> list[Deal]:
    """List what there is to carry through of an order: a change that is under way, then the order itself."""
    order = orders.get_order(order_id)
    change = changes.find_live_change(order_id)
    return [Deal(order, change), Deal(order)] if change else [Deal(order)]


def deal_of(line: OrderLine) -> Deal:
    """Return what a line belongs to."""
    order = orders.get_order(line.order_id)
    return Deal(order, changes.get_change(line.order_id, line.proposed_by) if line.proposed_by is not None else None)


def facts_of(deal: Deal, may_substitute: frozenset[int]) -> Facts:
    """Return what the saga needs to know of a deal; `may_substitute` are lines for which something else is left."""
    order, money = deal.order, deal.money()
    told = frozenset(order.told)
    if deal.news_undone in told:
        told |= {"undone"}
    return Facts(
        order_id=order.id,
        state=deal.state,
        payment=money.state if money else _without_money(deal),
        lines=tuple(_line_facts(line, line.number in may_substitute) for line in deal.lines()),
        payment_tries=money.tries if money else 0,
        payment_tried_at=money.tried_at if money else None,
        has_tasks=order.has_tasks,
        has_vouchers=order.has_vouchers,
        version=order.version,
        told=told,
        owed_back=0 if deal.change else owed_back(order.id),
    )


def _without_money(deal: Deal) -> str:
    if deal.change and deal.change.difference <= 0:
        return "covered"
    mine = [p for p in payments.list_payments(deal.order.id) if p.change == deal.number]
    return "voided" if any(p.state in ("voided", "refunded") for p in mine) else "none"


def owed_back(order_id: str) -> int:
    """Return what a traveller has paid too much, as far as it can be paid back."""
    owed = -ledger.balances(order_id).get(f"traveller:{order_id}", 0)
    return max(0, min(owed, sum(money.captured - money.refunded for money in payments.list_received(order_id))))


def _line_facts(line: OrderLine, may_substitute: bool) -> LineFacts:
    return LineFacts(
        number=line.number,
        way=line.way,
        state=line.state,
        asked_at=line.asked_at or line.tried_at,
        answer_by=line.answer_by,
        reminded=line.reminded_at is not None,
        tries=line.tries,
        tried_at=line.tried_at,
        before_person=line.before_person,
        may_substitute=may_substitute,
        by_system=line.state == "requested" and bool(line.supplier_uuid),
    )


def sold_of(line: OrderLine) -> books.Sold:
    """Return what the ledger needs to know of a line."""
    quoted, order = Line.from_json(line.data), orders.get_order(line.order_id)
    return books.Sold(
        line.order_id, line.number, quoted.kind, line.way, line.supplier_id, line.price, quoted.ends_at.date(),
        line.markup, order.agency_id or "", order.commission_bp,
    )  # fmt: skip


def put_in_force(session: Any, deal: Deal, now: datetime) -> None:
    """Post the sale of every line that is sold and let the deal be the trip; call it inside a transaction."""
    order = deal.order
    sold = [sold_of(line) for line in deal.lines() if line.state in SOLD_LINES and line.price]
    ledger.post(session, f"{order.id}:sale{deal.suffix}", "sale", books.sale(sold), now, order.id)
    if deal.change is not None:
        _replace_version(session, order, deal.change, now)
        deal.move(session, "confirmed", ended_at=now)
    else:
        deal.move(session, "confirmed")


def _replace_version(session: Any, order: Order, change: TripChange, now: datetime) -> None:
    """Let the lines of a change take their place in the trip, and those go that it drops."""
    quote = Quote.from_json(change.quote)
    for line in orders.list_lines(order.id):
        if line.state == "planned":
            session.delete(line)
    for line in orders.list_proposed(order.id, change.number):
        line.proposed_by = None
    session.flush()
    gone = {int(number): refund for number, refund in change.refunds.items()}
    for line in orders.list_lines(order.id):
        if line.number not in gone or line.state not in SOLD_LINES:
            continue
        refund = gone[line.number]
        orders.move_line(session, order.id, line.number, "cancelling", tries=0, tried_at=None, before_person=False)
        orders.note_line(session, order.id, line.number, {"refund_due": refund})
        entries = books.cancellation(sold_of(line), refund)
        ledger.post(session, f"{order.id}:cancelled:{line.number}", "cancellation", entries, now, order.id)
    values = {
        "quote": change.quote,
        "itinerary_id": quote.itinerary_id,
        "total": sum(line.price for line in quote.lines if line.is_charged),
        "starts_on": quote.starts_at.date(),
        "ends_on": quote.ends_at.date(),
        "version": change.number,
        "has_tasks": False,
        "has_vouchers": False,
        "told": [*order.told, *(f"cancelled:{number}" for number in gone)],
        "due_at": now,
    }
    orders.note_order(session, order.id, values)
    drop_stale(session, order.id, quote, now)
    audit.note_act(session, now, "site", "change", order.id, version=change.number, difference=change.difference)
