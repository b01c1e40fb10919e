"""Tables that mirror the catalogue's files: typed columns here, the very same text there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Boolean, Date, Integer, delete, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.store.columns import ExactDecimal, UtcDateTime

CHUNK = 5000


class ReferenceRow:
    """A row of reference data; its columns bear the names of the file's columns.

    `position` keeps the order of the file. `edited_at` marks a row that an office changed: loading the files anew
    leaves it as it is.
    """

    INTERNAL: ClassVar[frozenset[str]] = frozenset({"position", "edited_at"})

    position: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def list_columns(model: type[ReferenceRow]) -> list[Any]:
    """List the columns that stand in the file too, in its order."""
    return [column for column in inspect(model).columns if column.name not in ReferenceRow.INTERNAL]


def to_values(model: type[ReferenceRow], row: Mapping[str, str]) -> dict[str, Any]:
    """Turn a row of text into typed values.

    Raises:
        ValueError: a number or date is none.
        KeyError: the file lacks a column.
    """
    return {column.name: _to_value(column, row[column.name]) for column in list_columns(model)}


def to_text(model: type[ReferenceRow], stored: Any) -> dict[str, str]:
    """Turn a stored row into text as it stood in the file."""
    return {column.name: _to_text(getattr(stored, column.name)) for column in list_columns(model)}


def list_rows(session: Session, model: type[ReferenceRow]) -> tuple[dict[str, str], ...]:
    """List all rows as text, in the order of the file."""
    columns = list_columns(model)
    found = session.execute(select(*columns).order_by(model.position))
    return tuple({column.name: _to_text(value) for column, value in zip(columns, row, strict=True)} for row in found)


def replace_rows(session: Session, model: type[ReferenceRow], rows: Iterable[Mapping[str, Any]]) -> None:
    """Make the table hold these rows and no others; rows that an office edited stay as they are."""
    keys = [column.name for column in inspect(model).primary_key]
    stored = {tuple(row[:-1]): row[-1] for row in session.execute(select(*inspect(model).primary_key, model.edited_at))}
    wanted = {tuple(row[key] for key in keys): {**row, "position": number} for number, row in enumerate(rows)}
    fresh = [row for key, row in wanted.items() if key not in stored]
    changed = [row for key, row in wanted.items() if key in stored and stored[key] is None]
    gone = [key for key, edited_at in stored.items() if key not in wanted and edited_at is None]
    insert_in_chunks(session, model, fresh)
    if changed:
        session.execute(update(model), changed)
    for key in gone:
        session.execute(
            delete(model).where(*(getattr(model, name) == value for name, value in zip(keys, key, strict=True)))
        )


def insert_in_chunks(session: Session, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows without building an object for each."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(model), rows[start : start + CHUNK])


def _to_value(column: Any, text: str) -> Any:
    if text == "" and column.nullable:
        return None
    if isinstance(column.type, ExactDecimal):
        return Decimal(text)
    if isinstance(column.type, Boolean):
        if text not in ("0", "1"):
            raise ValueError(f"{column.name} {text} is neither 0 nor 1")
        return text == "1"
    if isinstance(column.type, Integer):
        return int(text)
    if isinstance(column.type, Date):
        return date.fromisoformat(text)
    return text


def _to_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.isoformat() if isinstance(value, date) else str(value)
