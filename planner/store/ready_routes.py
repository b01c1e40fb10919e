"""Ready-made routes in the database: ours as shipped, the offices' as they entered them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.design.ready_routes import known, wrongs
from planner.errors import Invalid
from planner.store.catalogue import list_products
from planner.store.db import Base, db, transaction
from planner.store.places import Hub, Place
from planner.store.rows import ReferenceRow, list_rows, replace_rows


class StoredRoute(ReferenceRow, Base):
    """A route in whole in `facts`; beside it what is asked for often. `promoted_by` is empty for our own."""

    __tablename__ = "ready_route"

    slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    promoted_by: Mapped[str] = mapped_column(String(120))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


def list_routes(session: Session) -> tuple[dict[str, Any], ...]:
    """List all routes, drafts included, in their order."""
    return tuple(session.scalars(select(StoredRoute.facts).order_by(StoredRoute.position, StoredRoute.slug)))


def replace_routes(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Load the shipped routes; those that an office entered or changed stay."""
    replace_rows(session, StoredRoute, [_columns(row) for row in rows])


def put_route(row: Mapping[str, Any], now: datetime) -> None:
    """Enter a route, or change the one that bears its slug.

    Raises:
        Invalid: something about it is wrong; each is told.
    """
    with transaction() as session:
        about = known(list_rows(session, Place), list_rows(session, Hub), list_products(session))
        found = wrongs(row, about)
        if found:
            raise Invalid(
                "; ".join(found),
                code="bad_route",
                gathered=[Invalid(wrong, code="bad_value", field=wrong.partition(":")[0]) for wrong in found],
            )
        stored = session.get(StoredRoute, row["slug"])
        if stored is None:
            last = session.scalar(select(func.max(StoredRoute.position)))
            stored = StoredRoute(slug=row["slug"], position=0 if last is None else last + 1)
            session.add(stored)
        for column, value in _columns(row).items():
            setattr(stored, column, value)
        stored.edited_at = now
        session.flush()


def find_route(slug: str) -> dict[str, Any] | None:
    """Find a route, draft or published."""
    stored = db.session.get(StoredRoute, slug)
    return stored.facts if stored else None


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"slug": row["slug"], "state": row["state"], "promoted_by": row["promoted_by"], "facts": dict(row)}
