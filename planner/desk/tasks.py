"""The queue: what needs a person, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from planner.desk import words
from planner.desk.acting import acting, make_sure, text
from planner.flow import work_tasks
from planner.store import orders, tasks
from planner.store.orders import Order
from planner.store.tasks import Task
from planner.web.accounts import signed_in_as
from planner.web.atlas import in_service
from planner.web.services import services
from planner.web.vouchers import what_of

pages = Blueprint("tasks", __name__)

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class TaskView:
    """One row of the queue."""

    task: Task
    order: Order | None
    part: str
    is_overdue: bool
    is_soon: bool
    is_early: bool
    """Nothing can be done yet, as when a ticket's sale has not opened."""

    @property
    def kind(self) -> str:
        """What it is."""
        return str(words.TASKS.get(self.task.kind, self.task.kind))

    @property
    def to_do(self) -> str:
        """What to do about it."""
        return str(words.TO_DO.get(self.task.kind, ""))


def view_of(task: Task, now: datetime) -> TaskView:
    """Give a task with its order and the part it is about."""
    order = orders.get_order(task.order_id) if task.order_id else None
    part = ""
    if task.order_id and task.line is not None:
        item = orders.get_line(task.order_id, task.line).data["item"]
        part = what_of(item, in_service())[1]
    is_open = task.state == "open"
    return TaskView(
        task, order, part, is_open and task.due_at <= now, is_open and now < task.due_at <= now + SOON,
        is_open and task.opens_at > now,
    )  # fmt: skip


@pages.get("/")
def list_tasks() -> str:
    """The queue, by kind, state and owner."""
    now, who = services().clock.now(), signed_in_as()
    kind, state = request.args.get("kind", ""), request.args.get("state", "open")
    kind = kind if kind in words.TASKS else ""
    state = state if state in words.TASK_STATES else "open"
    mine = request.args.get("mine") == "1"
    found = tasks.list_queue(kind, state, who if mine else "")
    rows = [view_of(task, now) for task in found]
    open_now = rows if (kind, state, mine) == ("", "open", False) else _all_open(now)
    return render_template(
        "desk/tasks/list_tasks.html",
        rows=rows,
        counts=tasks.count_open(),
        overdue=sum(row.is_overdue for row in open_now),
        soon=sum(row.is_soon for row in open_now),
        free=sum(not row.task.owner for row in open_now),
        of_mine=sum(row.task.owner == who for row in open_now),
        kind=kind,
        state=state,
        mine=mine,
        who=who,
        kinds=words.TASKS,
        states=words.TASK_STATES,
    )


def _all_open(now: datetime) -> list[TaskView]:
    return [TaskView(t, None, "", t.due_at <= now, now < t.due_at <= now + SOON, False) for t in tasks.list_queue()]


@pages.get("/tasks/<int:task_id>")
def show_task(task_id: int) -> str:
    """One task, what to do about it, and how to close it."""
    task = tasks.get_task(task_id)
    return render_template(
        "desk/tasks/show_task.html", row=view_of(task, services().clock.now()), who=signed_in_as(),
        is_recorded=task.kind in work_tasks.TO_BE_RECORDED,
    )  # fmt: skip


@pages.post("/tasks/<int:task_id>/take")
@acting
def take(task_id: int) -> str:
    """Put it on one's own desk."""
    work_tasks.take_task(task_id, signed_in_as(), services())
    return _("The task is yours.")


@pages.post("/tasks/<int:task_id>/give-back")
@acting
def give_back(task_id: int) -> str:
    """Let others take it."""
    work_tasks.give_task_back(task_id, signed_in_as(), services())
    return _("The task is free again.")


@pages.post("/tasks/<int:task_id>/close")
@acting
def close(task_id: int) -> str:
    """Close it with a note."""
    make_sure()
    work_tasks.close_task(task_id, signed_in_as(), text("note"), services(), text("reference"))
    return _("The task is closed.")
