"""The orders that an agency sold: found by code, mail address, state and first day, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from planner.errors import NotFound
from planner.store import orders
from planner.store.db import db
from planner.store.orders import Order

PAGE = 30
"""Orders on a page of a list."""


@dataclass(frozen=True)
class Asked:
    """What is looked for: the beginning of a code or a whole mail address, a state, the first day of the trip."""

    text: str = ""
    state: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Found:
    """One page of what was found; `page` begins at 1 and is the last one where a later one was asked for."""

    orders: tuple[Order, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


def get_order_of(agency_id: str, code: str) -> Order:
    """Find an order that an agency sold, by its code.

    Raises:
        NotFound: there is none, somebody else sold it, or nobody did.
    """
    order = orders.get_order_by_code(code)
    if order.agency_id != agency_id:
        raise NotFound("there is no such booking", code="no_such_order")
    return order


def search_orders_of(agency_id: str, asked: Asked, page: int = 1) -> Found:
    """List what an agency sold, the latest first."""
    these = [Order.agency_id == agency_id, *_narrowing(asked)]
    count = db.session.scalar(select(func.count()).select_from(Order).where(*these)) or 0
    page = max(1, min(page, -(-count // PAGE)))
    query = select(Order).where(*these).order_by(Order.created_at.desc(), Order.id)
    found = db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))
    return Found(tuple(found), count, page)


def _narrowing(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    wanted = asked.text.strip()
    if "@" in wanted:
        found.append(func.lower(Order.contact["email"].as_string()) == wanted.lower())
    elif wanted:
        found.append(Order.code.startswith(wanted.upper(), autoescape=True))
    if asked.state:
        found.append(Order.state == asked.state)
    if asked.from_on:
        found.append(Order.starts_on >= asked.from_on)
    if asked.until_on:
        found.append(Order.starts_on <= asked.until_on)
    return found
