"""Take a task, give it back, or close it with a note: the desk's queue of what needs a person."""

from __future__ import annotations

from typing import Any

from planner.errors import Conflict, Invalid
from planner.flow.services import Services
from planner.store import audit, orders, tasks
from planner.store.db import transaction

TO_BE_RECORDED = ("buy_ticket", "order_car")
"""Tasks that end when the ticket is recorded, so that the books know what it cost."""


class TakenByOther(Conflict):
    """Somebody else works on this task."""

    default_code = "taken_by_other"


class RecordItInstead(Conflict):
    """A note is not enough: what was bought is recorded with its reference and price."""

    default_code = "record_it_instead"


def take_task(task_id: int, who: str, services: Services) -> None:
    """Put a task on somebody's desk.

    Raises:
        NotFound: there is no such task.
        TaskOver: it is done or dropped.
        TakenByOther: somebody else has it.
    """
    with transaction() as session:
        task = tasks.get_open_task(session, task_id)
        if task.owner and task.owner != who:
            raise TakenByOther("somebody else works on this", params={"owner": task.owner})
        task.owner = who
        _note(session, services, who, "take_task", task)


def give_task_back(task_id: int, who: str, services: Services) -> None:
    """Let others take a task; anybody at the desk may free one whose owner is away.

    Raises:
        NotFound: there is no such task.
        TaskOver: it is done or dropped.
    """
    with transaction() as session:
        task = tasks.get_open_task(session, task_id)
        before, task.owner = task.owner, ""
        _note(session, services, who, "give_task_back", task, was=before)


def close_task(task_id: int, who: str, note: str, services: Services, reference: str = "") -> None:
    """Close a task as done, saying how.

    Raises:
        Invalid: the note is empty.
        NotFound: there is no such task.
        TaskOver: it is done or dropped.
        TakenByOther: somebody else has it.
        RecordItInstead: a ticket is still to be bought; record it.
    """
    if not note.strip():
        raise Invalid("say in a few words how it was settled", field="note", code="no_note")
    with transaction() as session:
        task = tasks.get_open_task(session, task_id)
        if task.owner and task.owner != who:
            raise TakenByOther("somebody else works on this", params={"owner": task.owner})
        if task.kind in TO_BE_RECORDED and _is_still_to_buy(task):
            raise RecordItInstead("record the ticket and what it cost")
        task.state, task.done_at, task.owner = "done", services.clock.now(), who
        task.note, task.reference = note.strip(), reference.strip()[:120]
        _note(session, services, who, "close_task", task, note=task.note, reference=task.reference)


def _is_still_to_buy(task: tasks.Task) -> bool:
    if not task.order_id or task.line is None:
        return False
    return orders.get_line(task.order_id, task.line).state == "to_buy"


def _note(session: Any, services: Services, who: str, what: str, task: tasks.Task, **detail: str) -> None:
    now, order_id = services.clock.now(), task.order_id or ""
    audit.note_act(session, now, who, what, order_id, task.line, task=task.id, kind=task.kind, **detail)
