"""What needs a person: dated purchases, park filings, late suppliers, unknown outcomes, refunds that failed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import Conflict, NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class TaskOver(Conflict):
    """A task is done, or dropped because what it asked for is no longer wanted."""

    default_code = "task_over"


class Task(Base):
    """One thing to do, with a deadline and, once somebody took it, an owner."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(24), index=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("trip_order.id"), index=True)
    line: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    owner: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(8), default="open", index=True)
    reference: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def open_task(
    session: Session,
    key: str,
    kind: str,
    now: datetime,
    due_at: datetime,
    order_id: str | None = None,
    line: int | None = None,
    opens_at: datetime | None = None,
    **facts: Any,
) -> None:
    """Open a task, unless one was opened under this key; call it inside a transaction."""
    if session.scalar(select(Task.id).where(Task.key == key)) is None:
        session.add(
            Task(
                key=key, kind=kind, order_id=order_id, line=line, facts=facts,
                opens_at=opens_at or now, due_at=due_at, created_at=now,
            )
        )  # fmt: skip
        session.flush()


def get_task(task_id: int) -> Task:
    """Find a task.

    Raises:
        NotFound: there is none.
    """
    task = db.session.get(Task, task_id)
    if task is None:
        raise NotFound("there is no such task", code="no_such_task")
    return task


def list_tasks(order_id: str = "", state: str = "") -> list[Task]:
    """List tasks by deadline, of one order or of all."""
    query = select(Task).order_by(Task.due_at, Task.id)
    if order_id:
        query = query.where(Task.order_id == order_id)
    if state:
        query = query.where(Task.state == state)
    return list(db.session.scalars(query))


def close_tasks(session: Session, order_id: str, now: datetime, line: int | None = None, kind: str = "") -> None:
    """Drop what is open for an order or one of its lines; call it inside a transaction."""
    for task in session.scalars(select(Task).where(Task.order_id == order_id, Task.state == "open")):
        if (line is None or task.line == line) and (not kind or task.kind == kind):
            task.state, task.done_at = "dropped", now
    session.flush()


def drop_task(session: Session, key: str, now: datetime) -> None:
    """Close the task that was opened under a key, if it is open: it has settled itself. Call it in a transaction."""
    for task in session.scalars(select(Task).where(Task.key == key, Task.state == "open")):
        task.state, task.done_at = "dropped", now
    session.flush()


def get_open_task(session: Session, task_id: int) -> Task:
    """Find a task that is open and keep others from it until the transaction ends.

    Raises:
        NotFound: there is no such task.
        TaskOver: it is done or dropped.
    """
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise NotFound("there is no such task", code="no_such_task")
    if task.state != "open":
        raise TaskOver("this task is no longer open")
    return task


def list_queue(
    kind: str = "", state: str = "open", owner: str = "", due_before: datetime | None = None, most: int = 500
) -> list[Task]:
    """List tasks by deadline; of one kind, in one state, of one owner, due before an instant, where those are given."""
    query = select(Task).order_by(Task.due_at, Task.id).limit(most)
    if kind:
        query = query.where(Task.kind == kind)
    if state:
        query = query.where(Task.state == state)
    if owner:
        query = query.where(Task.owner == owner)
    if due_before:
        query = query.where(Task.due_at < due_before)
    return list(db.session.scalars(query))


def count_open() -> dict[str, int]:
    """Count open tasks by kind."""
    query = select(Task.kind, func.count()).where(Task.state == "open").group_by(Task.kind)
    return {kind: int(count) for kind, count in db.session.execute(query)}


def settle_tasks(
    session: Session, order_id: str, kinds: Collection[str], now: datetime, who: str, line: int | None = None,
    reference: str = "", note: str = "",
) -> None:  # fmt: skip
    """Close open tasks of an order as done, because what they ask for was done; call it inside a transaction."""
    query = select(Task).where(Task.order_id == order_id, Task.state == "open", Task.kind.in_(kinds))
    for task in session.scalars(query if line is None else query.where(Task.line == line)):
        task.state, task.done_at, task.owner = "done", now, task.owner or who
        task.reference, task.note = reference, note
    session.flush()
