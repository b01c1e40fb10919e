"""How many places are left of what is sold, day by day.

    room = capacity - held - sold        held: promised for a while; sold: paid for

A package has one slot for each day and start time, a house one for each night (capacity in rooms). A departure whose
carrier gave us seats has one too, made when it is first asked for: its route and trip stand in place of product and
option.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import Conflict, Invalid
from planner.store.db import Base, db

FIRST_DAY = date(2026, 11, 24)
LAST_DAY = date(2028, 12, 31)
NIGHT_STARTS = "00:00"
CHUNK = 8000


class SoldOut(Conflict):
    """There are fewer places left than were asked for."""

    default_code = "sold_out"


class Slot(Base):
    """The places of one option on one day at one start time; times are local (WITA)."""

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(40))
    option_id: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column()
    starts_at: Mapped[str] = mapped_column(String(5))
    ends_on: Mapped[date]
    ends_at: Mapped[str] = mapped_column(String(5))
    capacity: Mapped[int]
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    sold: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("product_id", "option_id", "starts_on", "starts_at"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("sold >= 0", name="sold_not_negative"),
        CheckConstraint("held + sold <= capacity", name="not_oversold"),
        # Small: only days on which something is taken. Planning asks for exactly these.
        Index("ix_slot_taken", starts_on, sqlite_where=held + sold > 0, postgresql_where=held + sold > 0),
    )


_TABLE = cast(Table, Slot.__table__)
_BY_KEY = select(Slot).where(
    Slot.product_id == bindparam("product"),
    Slot.option_id == bindparam("option"),
    Slot.starts_on == bindparam("day"),
    Slot.starts_at == bindparam("time"),
)


def _move(guard: Callable[[Any, Any], Any], values: Callable[[Any, Any], Mapping[str, Any]]) -> Update:
    """Return the one guarded statement that moves places of a slot; written once, since a long trip runs it often."""
    columns: Any = _TABLE.c
    places: Any = bindparam("places")
    return update(_TABLE).where(columns.id == bindparam("slot"), guard(columns, places)).values(values(columns, places))


_HOLD = _move(lambda c, n: c.held + c.sold + n <= c.capacity, lambda c, n: {"held": c.held + n})
_SELL_HELD = _move(lambda c, n: c.held >= n, lambda c, n: {"held": c.held - n, "sold": c.sold + n})
_GIVE_BACK_HELD = _move(lambda c, n: c.held >= n, lambda c, n: {"held": c.held - n})
_GIVE_BACK_SOLD = _move(lambda c, n: c.sold >= n, lambda c, n: {"sold": c.sold - n})


@dataclass(frozen=True)
class Room:
    """What is left of a slot that is no longer full."""

    product_id: str
    option_id: str
    starts_on: date
    starts_at: str
    room: int
    capacity: int


def list_short(from_date: date, to_date: date, product_ids: Sequence[str] = ()) -> list[Room]:
    """List the slots from one date to another (included) that have fewer places left than their full capacity."""
    query = (
        select(
            Slot.product_id,
            Slot.option_id,
            Slot.starts_on,
            Slot.starts_at,
            Slot.capacity - Slot.held - Slot.sold,
            Slot.capacity,
        )
        .where(Slot.held + Slot.sold > 0, Slot.starts_on.between(from_date, to_date))
        .order_by(Slot.starts_on, Slot.product_id, Slot.option_id, Slot.starts_at)
    )
    if product_ids:
        query = query.where(Slot.product_id.in_(product_ids))
    return [Room(*row) for row in db.session.execute(query)]


def list_slots(product_id: str, from_date: date, to_date: date) -> list[Slot]:
    """List all slots of a product from one date to another, included."""
    return list(
        db.session.scalars(
            select(Slot)
            .where(Slot.product_id == product_id, Slot.starts_on.between(from_date, to_date))
            .order_by(Slot.starts_on, Slot.starts_at)
        )
    )


def find_slot(session: Session, product_id: str, option_id: str, starts_on: date, starts_at: str) -> Slot | None:
    """Find the slot of an option on a day at a start time."""
    return session.scalar(_BY_KEY, {"product": product_id, "option": option_id, "day": starts_on, "time": starts_at})


def make_departure(session: Session, key: tuple[str, str, date, str], ends: datetime, seats: int) -> Slot:
    """Find the slot of a departure (route, trip, date, time), made with so many seats if it is new.

    Call it inside a transaction. Two that make the same one at once end up with one slot.
    """
    found = find_slot(session, *key)
    if found is None:
        fresh = Slot(
            product_id=key[0], option_id=key[1], starts_on=key[2], starts_at=key[3],
            ends_on=ends.date(), ends_at=ends.strftime("%H:%M"), capacity=seats,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(fresh)
                session.flush()
        except IntegrityError:
            found = find_slot(session, *key)
            assert found is not None
            return found
        found = fresh
    return found


def hold_places(session: Session, wanted: Mapping[int, int]) -> None:
    """Hold places in several slots, all or none; call it inside a transaction.

    Each slot is taken by one guarded statement, in the order of ids, so that two bundles never wait for each other.

    Raises:
        SoldOut: a slot has fewer places left; the transaction must not be kept.
        Invalid: fewer than one place was asked for.
    """
    _move_each(session, _HOLD, wanted)


def sell_held_places(session: Session, places_of: Mapping[int, int]) -> None:
    """Turn held places into sold ones; call it inside a transaction.

    Raises:
        SoldOut: fewer places are held in a slot than are to be sold.
    """
    _move_each(session, _SELL_HELD, places_of)


def give_back_held_places(session: Session, places_of: Mapping[int, int]) -> None:
    """Release held places; call it inside a transaction.

    Raises:
        SoldOut: fewer places are held in a slot than are to be given back.
    """
    _move_each(session, _GIVE_BACK_HELD, places_of)


def give_back_sold_places(session: Session, places_of: Mapping[int, int]) -> None:
    """Release sold places after a cancellation; call it inside a transaction.

    Raises:
        SoldOut: fewer places are sold in a slot than are to be given back.
    """
    _move_each(session, _GIVE_BACK_SOLD, places_of)


def _move_each(session: Session, move: Update, places_of: Mapping[int, int]) -> None:
    for slot_id in sorted(places_of):
        if places_of[slot_id] < 1:
            raise Invalid("at least one place must be asked for", code="bad_places")
        done = session.execute(move, {"slot": slot_id, "places": places_of[slot_id]})
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise SoldOut(f"slot {slot_id} has too few places", params={"slot_id": slot_id})


def lay_out_slots(product: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lay out every slot of an OCTO product from the first to the last day of sale."""
    facts = product["lintas"]
    for option in product["options"]:
        key = {"product_id": product["id"], "option_id": option["id"]}
        if facts["kind"] == "stay":
            for day in _list_days():
                yield {
                    **key,
                    "starts_on": day,
                    "starts_at": NIGHT_STARTS,
                    "ends_on": day + timedelta(days=1),
                    "ends_at": NIGHT_STARTS,
                    "capacity": facts["rooms"],
                }
            continue
        starts = option["availabilityLocalStartTimes"]
        shares = _split(facts["daily_capacity"], len(starts))
        for day in _list_days():
            if _runs(facts, day):
                for start, share in zip(starts, shares, strict=True):
                    yield {
                        **key,
                        "starts_on": day,
                        "starts_at": start,
                        "ends_on": day + timedelta(days=facts["duration_days"] - 1),
                        "ends_at": facts["end_time"],
                        "capacity": share,
                    }


def replace_slots(
    session: Session, products: Sequence[Mapping[str, Any]], tell: Callable[[int], None] = lambda done: None
) -> int:
    """Lay out all slots anew and count them; slots in use keep what is held and sold, and never shrink below it.

    `tell` hears after each product how many are done.
    """
    session.execute(delete(Slot).where(Slot.held + Slot.sold == 0))
    used = {
        (slot.product_id, slot.option_id, slot.starts_on, slot.starts_at): slot
        for slot in session.scalars(select(Slot))
    }
    waiting: list[dict[str, Any]] = []
    for number, product in enumerate(products):
        for row in lay_out_slots(product):
            slot = used.get((row["product_id"], row["option_id"], row["starts_on"], row["starts_at"]))
            if slot is not None:
                slot.capacity = max(row["capacity"], slot.held + slot.sold)
                continue
            waiting.append(row)
        if len(waiting) >= CHUNK:
            _insert(session, waiting)
            waiting = []
        tell(number + 1)
    _insert(session, waiting)
    session.flush()
    return session.scalar(select(func.count()).select_from(Slot)) or 0


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        connection.execute(insert(_TABLE), rows)
        return
    # COPY takes hundreds of thousands of rows in a second or two, inserts a dozen.
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY slot ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _list_days() -> list[date]:
    return [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]


def _runs(facts: Mapping[str, Any], day: date) -> bool:
    if facts["only_dates"]:
        return day.isoformat() in facts["only_dates"]
    return day.weekday() in facts["days_of_week"] and day.month in facts["season_months"]


def _split(capacity: int, parts: int) -> list[int]:
    """Share the places of a day among its start times; the first takes what does not divide."""
    share, rest = divmod(capacity, parts)
    return [share + (number < rest) for number in range(parts)]
