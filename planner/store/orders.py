"""Orders: a trip that somebody holds, pays and has confirmed; its lines; and the places each line has taken.

Order 1--n OrderLine 1--n Taken n--1 Slot

A change of a booked trip (`store.changes`) adds lines that count only once it is confirmed; until then they are
proposed and `list_lines` leaves them out.

A change of state is one guarded statement: it is made only from the states that may come before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.booking.states import LINE, ORDER
from planner.errors import NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db
from planner.store.moving import move


class Order(Base):
    """One trip of one traveller. `quote` is frozen; `total` is what it costs at our checkout, in whole rupiah."""

    __tablename__ = "trip_order"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    secret: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    visitor: Mapped[str] = mapped_column(String(64), default="", index=True)
    language: Mapped[str] = mapped_column(String(8), default="en")
    itinerary_id: Mapped[str] = mapped_column(String(40))
    quote: Mapped[dict[str, Any]] = mapped_column(JSON)
    total: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="IDR")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    hold_until: Mapped[datetime] = mapped_column(UtcDateTime)
    extensions: Mapped[int] = mapped_column(default=0)
    contact: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    travellers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    consent: Mapped[str] = mapped_column(String(16), default="")
    plan: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    why: Mapped[str] = mapped_column(String(60), default="")
    told: Mapped[list[str]] = mapped_column(JSON, default=list)
    has_tasks: Mapped[bool] = mapped_column(default=False)
    has_vouchers: Mapped[bool] = mapped_column(default=False)
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("agency.id"), index=True)
    """The agency that sold it; None where a traveller bought it alone."""
    commission_bp: Mapped[int] = mapped_column(default=0)
    """What the platform pays that agency on it, as agreed when it was sold, in hundredths of a per cent."""
    version: Mapped[int] = mapped_column(default=0)
    """The number of the change in force; 0 while the trip is as it was first sold."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authorised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the saga has something to do for it; None while nothing is to be done."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("total >= 0", name="total_not_negative"),
        Index("ix_trip_order_live", "state", "hold_until"),
    )


class OrderLine(Base):
    """One part of an order; `data` is the line of the quote."""

    __tablename__ = "order_line"

    order_id: Mapped[str] = mapped_column(ForeignKey("trip_order.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), index=True)
    supplier_id: Mapped[str] = mapped_column(String(80), index=True, default="")
    price: Mapped[int]
    markup: Mapped[int] = mapped_column(default=0)
    """What of the price is the selling agency's; below nothing where it sells below what the part costs."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(80), default="")
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    before_person: Mapped[bool] = mapped_column(default=False)
    supplier_uuid: Mapped[str] = mapped_column(String(40), default="")
    reference: Mapped[str] = mapped_column(String(80), default="")
    why: Mapped[str] = mapped_column(String(200), default="")
    replaces: Mapped[int | None]
    proposed_by: Mapped[int | None]
    """The number of the change that wants this line, as long as that change is not in force."""
    refund_due: Mapped[int] = mapped_column(default=0)
    """What its terms promised when it was cancelled."""
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("refund_due >= 0 AND refund_due <= price", name="refund_within_price"),
    )


class Taken(Base):
    """Places of one slot that one line keeps (`is_sold` false) or has bought."""

    __tablename__ = "taken"

    order_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True, index=True)
    places: Mapped[int]
    is_sold: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        ForeignKeyConstraint(["order_id", "line"], ["order_line.order_id", "order_line.number"]),
        CheckConstraint("places > 0", name="places_positive"),
    )


def get_order(order_id: str) -> Order:
    """Find an order by its id.

    Raises:
        NotFound: there is none.
    """
    return _found(db.session.get(Order, order_id))


def get_order_by_code(code: str) -> Order:
    """Find an order by the code a traveller reads out.

    Raises:
        NotFound: there is none.
    """
    return _found(db.session.scalar(select(Order).where(Order.code == code.upper())))


def _found(order: Order | None) -> Order:
    if order is None:
        raise NotFound("there is no such booking", code="no_such_order")
    return order


def list_lines(order_id: str) -> list[OrderLine]:
    """List the lines of an order in their order, without what a change merely proposes."""
    return list(db.session.scalars(_lines(order_id).where(OrderLine.proposed_by.is_(None))))


def list_proposed(order_id: str, change: int) -> list[OrderLine]:
    """List the lines that a change wants to add and that are not in force."""
    return list(db.session.scalars(_lines(order_id).where(OrderLine.proposed_by == change)))


def _lines(order_id: str) -> Select[OrderLine]:
    return select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.number)


def first_free_number(session: Session, order_id: str) -> int:
    """Return the number that the next line of an order gets."""
    last = session.scalar(select(func.max(OrderLine.number)).where(OrderLine.order_id == order_id))
    return (last or 0) + 1


def get_line(order_id: str, number: int) -> OrderLine:
    """Find one line.

    Raises:
        NotFound: there is none.
    """
    line = db.session.get(OrderLine, (order_id, number))
    if line is None:
        raise NotFound("there is no such part of the booking", code="no_such_line")
    return line


def get_line_by_token(token: str) -> OrderLine:
    """Find the line that an answer link belongs to.

    Raises:
        NotFound: no link has this token.
    """
    line = db.session.scalar(select(OrderLine).where(OrderLine.answer_token == token))
    if line is None:
        raise NotFound("this link is not known", code="no_such_link")
    return line


def list_taken(order_id: str, line: int | None = None) -> list[Taken]:
    """List the places that an order, or one of its lines, has taken."""
    query = select(Taken).where(Taken.order_id == order_id).order_by(Taken.slot_id, Taken.line)
    return list(db.session.scalars(query if line is None else query.where(Taken.line == line)))


def list_lapsed(now: datetime, most: int = 100) -> list[str]:
    """List ids of unpaid orders whose hold has run out, the oldest first."""
    query = (
        select(Order.id)
        .where(Order.state.in_(("held", "paying")), Order.hold_until <= now)
        .order_by(Order.hold_until)
        .limit(most)
    )
    return list(db.session.scalars(query))


def list_due(now: datetime, most: int = 100) -> list[str]:
    """List ids of orders for which the saga has something to do, the longest due first."""
    query = select(Order.id).where(Order.due_at <= now).order_by(Order.due_at).limit(most)
    return list(db.session.scalars(query))


def count_live_holds(session: Session, visitor: str, now: datetime) -> int:
    """Count the trips that a visitor keeps without having paid."""
    query = (
        select(func.count())
        .select_from(Order)
        .where(Order.visitor == visitor, Order.state.in_(("held", "paying")), Order.hold_until > now)
    )
    return session.scalar(query) or 0


def move_order(session: Session, order_id: str, to: str, **values: Any) -> None:
    """Bring an order into a state, from any state that may come before it; call it inside a transaction.

    Raises:
        WrongState: the order is in no such state (any more).
    """
    move(session, Order.state, Order.id == order_id, ORDER, to, values)


def move_line(session: Session, order_id: str, number: int, to: str, **values: Any) -> None:
    """Bring a line into a state, from any state that may come before it; call it inside a transaction.

    Raises:
        WrongState: the line is in no such state (any more).
    """
    mine = (OrderLine.order_id == order_id) & (OrderLine.number == number)
    move(session, OrderLine.state, mine, LINE, to, values)


def places_by_slot(taken: Sequence[Taken]) -> dict[int, int]:
    """Add up places over lines, one number a slot."""
    sums: dict[int, int] = {}
    for row in taken:
        sums[row.slot_id] = sums.get(row.slot_id, 0) + row.places
    return sums


def note_order(session: Session, order_id: str, values: Mapping[str, Any]) -> None:
    """Write facts of an order that are no state; call it inside a transaction."""
    session.execute(update(Order).where(Order.id == order_id).values(**values))


def put_to_rest(session: Session, order_id: str, seen: datetime | None, until: datetime | None) -> bool:
    """Let the saga look at an order again at an instant, or never; call it inside a transaction.

    False where somebody woke it since it was `seen` to be due: what it then decided on is old.
    """
    asleep = update(Order).where(Order.id == order_id, Order.due_at.is_not_distinct_from(seen)).values(due_at=until)
    return bool(session.execute(asleep).rowcount == 1)  # type: ignore[attr-defined]


def note_line(session: Session, order_id: str, number: int, values: Mapping[str, Any]) -> None:
    """Write facts of a line that are no state; call it inside a transaction."""
    session.execute(
        update(OrderLine).where(OrderLine.order_id == order_id, OrderLine.number == number).values(**values)
    )


def search_orders(
    text: str = "", state: str = "", from_on: date | None = None, until_on: date | None = None, most: int = 100
) -> list[Order]:
    """List orders, the latest first: by the beginning of a code or by mail address, by state, by first day."""
    query = select(Order).order_by(Order.created_at.desc()).limit(most)
    wanted = text.strip()
    if "@" in wanted:
        query = query.where(func.lower(Order.contact["email"].as_string()) == wanted.lower())
    elif wanted:
        query = query.where(Order.code.startswith(wanted.upper(), autoescape=True))
    if state:
        query = query.where(Order.state == state)
    if from_on:
        query = query.where(Order.starts_on >= from_on)
    if until_on:
        query = query.where(Order.starts_on <= until_on)
    return list(db.session.scalars(query))


def codes_of(order_ids: Collection[str]) -> dict[str, str]:
    """Return the codes of orders by their ids."""
    return {row.id: row.code for row in db.session.execute(select(Order.id, Order.code).where(Order.id.in_(order_ids)))}
