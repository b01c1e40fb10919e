"""The desk's queue: who has a task, who may close it, and what cannot be closed with a word."""

import pytest

from planner.errors import Invalid
from planner.flow.work_tasks import RecordItInstead, TakenByOther, close_task, give_task_back, take_task
from planner.store import audit, tasks
from planner.store.db import db
from planner.store.tasks import Task, TaskOver
from tests.booking.making import package, ride
from tests.flow import shop
from tests.flow.fakes import World

CRUISE = package(1, "PK47", 11_000_000, "requested")
FERRY = ride(2, 261_200)


def waiting(world: World) -> Task:
    """Give the task of an order whose supplier has still to answer."""
    order_id = shop.paid(world, [CRUISE, FERRY])
    shop.run(world, order_id, stop_at="wait")
    (task,) = tasks.list_queue("await_answer")
    return task


def fresh(task: Task) -> Task:
    db.session.rollback()
    return tasks.get_task(task.id)


def test_a_task_that_was_taken_has_an_owner_and_nobody_else_can_take_it(world: World) -> None:
    task_id = waiting(world).id
    take_task(task_id, "ayu@desk", world.services)
    assert tasks.get_task(task_id).owner == "ayu@desk"
    take_task(task_id, "ayu@desk", world.services)  # again by the same person: nothing new
    with pytest.raises(TakenByOther):
        take_task(task_id, "budi@desk", world.services)
    assert [one.id for one in tasks.list_queue(owner="ayu@desk")] == [task_id]


def test_a_task_given_back_is_free_whoever_gives_it_back(world: World) -> None:
    task = waiting(world)
    take_task(task.id, "ayu@desk", world.services)
    give_task_back(task.id, "budi@desk", world.services)
    take_task(task.id, "budi@desk", world.services)
    assert fresh(task).owner == "budi@desk"
    trail = [(act.who, act.what) for act in audit.list_acts(task.order_id or "") if "task" in act.what]
    assert trail == [("ayu@desk", "take_task"), ("budi@desk", "give_task_back"), ("budi@desk", "take_task")]


def test_closing_needs_a_note_and_happens_once(world: World) -> None:
    task = waiting(world)
    with pytest.raises(Invalid):
        close_task(task.id, "ayu@desk", "  ", world.services)
    close_task(task.id, "ayu@desk", "rang them: they answer today", world.services)
    assert (fresh(task).state, fresh(task).note) == ("done", "rang them: they answer today")
    with pytest.raises(TaskOver):
        close_task(task.id, "ayu@desk", "again", world.services)
    with pytest.raises(TaskOver):
        take_task(task.id, "budi@desk", world.services)
    assert audit.list_all(what="close_task")[0].detail["note"] == "rang them: they answer today"


def test_nobody_closes_what_somebody_else_works_on(world: World) -> None:
    task = waiting(world)
    take_task(task.id, "ayu@desk", world.services)
    with pytest.raises(TakenByOther):
        close_task(task.id, "budi@desk", "done", world.services)
    assert fresh(task).state == "open"


def test_a_ticket_still_to_be_bought_is_recorded_not_talked_away(world: World) -> None:
    order_id = shop.paid(world, [FERRY])
    shop.run(world, order_id)
    (task,) = tasks.list_queue("buy_ticket")
    with pytest.raises(RecordItInstead):
        close_task(task.id, "ayu@desk", "bought it", world.services)
    assert fresh(task).state == "open"


def test_the_queue_is_sorted_by_deadline_and_counted_by_kind(world: World) -> None:
    waiting(world)
    order_id = shop.paid(world, [FERRY])
    shop.run(world, order_id)
    queue = tasks.list_queue()
    assert [one.due_at for one in queue] == sorted(one.due_at for one in queue)
    assert tasks.count_open() == {"await_answer": 1, "buy_ticket": 1}
