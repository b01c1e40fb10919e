"""The reference data as a whole: loaded at once, read as tables, under a version that every edit moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, event, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.design.table_checks import TableError
from planner.design.tables import Rows, Tables
from planner.store.availability import replace_slots
from planner.store.catalogue import list_products, list_suppliers, replace_products, replace_suppliers
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db, queue_up, transaction
from planner.store.events import Event, PastClosure
from planner.store.fares import FareGroup
from planner.store.places import Hub, OnDemand, Place
from planner.store.ready_routes import list_routes, replace_routes
from planner.store.rows import ReferenceRow, list_rows, replace_rows, to_values
from planner.store.rules import Rule
from planner.store.seas import SeaMonth

# In the order in which they refer to one another.
TEXT_TABLES: tuple[tuple[str, type[ReferenceRow]], ...] = (
    ("places", Place),
    ("hubs", Hub),
    ("fare_groups", FareGroup),
    ("rules", Rule),
    ("events", Event),
    ("closures", PastClosure),
    ("weather", SeaMonth),
)


class ReferenceState(Base):
    """One row: which catalogue was loaded, and how often something was edited since."""

    __tablename__ = "reference_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    edits: Mapped[int] = mapped_column(default=0)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


def tables() -> Tables:
    """Read the reference data as it stands now, office edits included."""
    session = db.session()
    text: dict[str, Rows] = {name: list_rows(session, model) for name, model in TEXT_TABLES}
    transfers = tuple(session.scalars(select(OnDemand.facts).order_by(OnDemand.position)))
    return Tables(
        transfers=transfers,
        suppliers=tuple(list_suppliers(session)),
        products=tuple(list_products(session)),
        routes=list_routes(session),
        **text,
    )


def is_laid_out() -> bool:
    """Tell whether the database has been brought to our schema at all."""
    return inspect(db.engine).has_table(ReferenceState.__tablename__)


def reference_version() -> str:
    """Name the state of the reference data; "" before any was loaded. Equal versions mean equal tables."""
    state = db.session.execute(select(ReferenceState.sha256, ReferenceState.edits)).first()
    return f"{state.sha256[:12]}.{state.edits}" if state else ""


def find_loaded() -> str:
    """Find the digest of the catalogue that was loaded last; "" if none was."""
    return db.session.scalar(select(ReferenceState.sha256)) or ""


def check_values(given: Tables) -> list[TableError]:
    """List the rows whose numbers, dates or flags would not fit their columns."""
    errors = []
    for name, model in TEXT_TABLES:
        for number, row in enumerate(getattr(given, name)):
            try:
                to_values(model, row)
            except KeyError as missing:
                errors.append(TableError(f"{name}.csv", f"row {number + 1}", f"lacks the column {missing.args[0]}"))
            except (ValueError, ArithmeticError) as trouble:
                errors.append(TableError(f"{name}.csv", f"row {number + 1}", f"holds what does not fit: {trouble}"))
    return errors


def replace_reference(
    given: Tables, sha256: str, now: datetime, progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Load all reference data and lay out what is for sale, in one transaction; count the slots."""
    before = len(TEXT_TABLES) + 3
    steps = before + len(given.products)

    def tell(what: str, done: int) -> None:
        if progress:
            progress(what, done, steps)

    with transaction() as session:
        queue_up(session, "reference")
        for number, (name, model) in enumerate(TEXT_TABLES):
            replace_rows(session, model, [to_values(model, row) for row in getattr(given, name)])
            tell(name, number + 1)
        replace_rows(
            session,
            OnDemand,
            [
                {
                    **{
                        column: row[column]
                        for column in ("route_id", "mode", "from_id", "to_id", "status", "confidence")
                    },
                    "facts": dict(row),
                }
                for row in given.transfers
            ],
        )
        tell("transfers", before - 2)
        replace_routes(session, given.routes)
        tell("routes", before - 1)
        replace_suppliers(session, given.suppliers)
        replace_products(session, given.products)
        tell("products", before)
        slots = replace_slots(session, given.products, lambda done: tell("availability", before + done))
        _note_load(session, sha256, now)
        return slots


def _note_load(session: Session, sha256: str, now: datetime) -> None:
    changed = session.execute(
        update(ReferenceState).values(sha256=sha256, edits=ReferenceState.edits + 1, loaded_at=now)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        session.execute(insert(ReferenceState).values(id=1, sha256=sha256, edits=0, loaded_at=now))


def _count_edit(session: Session, *_: Any) -> None:
    """Move the version whenever an office changes a row of reference data."""
    touched = [*session.new, *session.dirty, *session.deleted]
    if any(isinstance(row, ReferenceRow) and (row not in session.dirty or session.is_modified(row)) for row in touched):
        session.execute(update(ReferenceState).values(edits=ReferenceState.edits + 1))


event.listen(Session, "before_flush", _count_edit)
