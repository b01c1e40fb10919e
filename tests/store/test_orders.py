"""Orders in the database: states move only as the tables allow, whoever asks and however many at once."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from planner.booking.states import LINE, ORDER, WrongState
from planner.errors import NotFound
from planner.store import attempts, letters, orders, payments, tasks
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine
from tests.booking.making import NOW


def add_order(order_id: str = "o1", state: str = "held", line_state: str = "held", **more) -> str:
    values = {"visitor": "v", "hold_until": NOW + timedelta(minutes=30), "created_at": NOW} | more
    with transaction() as session:
        session.add(
            Order(
                id=order_id, code=f"LTS-{order_id.upper()}", secret="s", state=state, itinerary_id="i", quote={},
                total=100, starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 9), **values,
            )
        )  # fmt: skip
        session.flush()
        session.add(OrderLine(order_id=order_id, number=1, way="held", state=line_state, price=100, data={}))
    return order_id


def test_an_order_moves_exactly_where_the_table_lets_it(empty_store: Flask) -> None:
    add_order()
    for now, allowed in ORDER.items():
        for then in ORDER:
            with transaction() as session:
                session.execute(update(Order).values(state=now))
            if then in allowed:
                with transaction() as session:
                    orders.move_order(session, "o1", then)
                assert orders.get_order("o1").state == then
            else:
                with pytest.raises(WrongState), transaction() as session:
                    orders.move_order(session, "o1", then)


def test_a_line_moves_exactly_where_the_table_lets_it(empty_store: Flask) -> None:
    add_order()
    for now, allowed in LINE.items():
        for then in LINE:
            with transaction() as session:
                session.execute(update(OrderLine).values(state=now))
            if then in allowed:
                with transaction() as session:
                    orders.move_line(session, "o1", 1, then)
            else:
                with pytest.raises(WrongState), transaction() as session:
                    orders.move_line(session, "o1", 1, then)


def test_of_many_who_make_the_same_move_one_makes_it(empty_store: Flask) -> None:
    add_order()
    meet, made = threading.Barrier(6), []

    def move() -> None:
        with empty_store.app_context():
            meet.wait(30)
            try:
                with transaction() as session:
                    orders.move_order(session, "o1", "authorised")
            except WrongState:
                return
            made.append(1)

    threads = [threading.Thread(target=move) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_orders_are_found_by_id_code_and_link_and_else_not(empty_store: Flask) -> None:
    add_order("abc")
    with transaction() as session:
        orders.note_line(session, "abc", 1, {"answer_token": "secret-token"})
    assert orders.get_order_by_code("lts-abc").id == orders.get_order("abc").id == "abc"
    assert orders.get_line_by_token("secret-token").number == 1
    for find in (orders.get_order, orders.get_order_by_code, orders.get_line_by_token):
        with pytest.raises(NotFound):
            find("nothing")
    with pytest.raises(NotFound):
        orders.get_line("abc", 2)


def test_lapsed_and_due_orders_are_listed_the_longest_waiting_first(empty_store: Flask) -> None:
    add_order("late", hold_until=NOW - timedelta(minutes=1))
    add_order("later", state="paying", hold_until=NOW - timedelta(minutes=2))
    add_order("live", hold_until=NOW + timedelta(seconds=1))
    add_order("paid", state="authorised", hold_until=NOW - timedelta(hours=1), due_at=NOW)
    add_order("soon", state="authorised", due_at=NOW + timedelta(seconds=1))
    assert orders.list_lapsed(NOW) == ["later", "late"]
    assert orders.list_due(NOW) == ["paid"]


def test_only_unpaid_holds_that_still_run_count_against_a_visitor(empty_store: Flask) -> None:
    add_order("a")
    add_order("b", state="paying")
    add_order("c", state="authorised")
    add_order("d", hold_until=NOW)
    add_order("e", visitor="w")
    assert orders.count_live_holds(db.session(), "v", NOW) == 2


@pytest.mark.parametrize("values", [{"price": -1}, {"refund_due": -1}, {"refund_due": 101}])
def test_the_database_itself_refuses_impossible_sums_of_a_line(empty_store: Flask, values: dict[str, int]) -> None:
    add_order()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(OrderLine).values(**values))


@pytest.mark.parametrize("values", [{"captured": 101}, {"captured": -1}, {"refunded": 1}, {"amount": 0}])
def test_nor_more_captured_than_authorised_nor_more_refunded_than_captured(
    empty_store: Flask, values: dict[str, int]
) -> None:
    add_order()
    with transaction() as session:
        session.add(payments.Payment(order_id="o1", kind="card", state="open", amount=100, created_at=NOW))
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(payments.Payment).values(**values))


def test_an_event_an_attempt_a_task_and_a_letter_count_once(empty_store: Flask) -> None:
    add_order()
    with transaction() as session:
        assert payments.add_event(session, "evt", "type", "cs", NOW)
        assert not payments.add_event(session, "evt", "type", "cs", NOW)
        for _ in range(2):
            attempts.begin_attempt(session, "o1", "confirm", 1, "o1:confirm:1", NOW, amount=5)
            tasks.open_task(session, "o1:task", "buy_ticket", NOW, NOW, "o1", 1)
            letters.note_sent(session, "o1:mail", "o1", NOW)
    (attempt,) = attempts.list_attempts("o1")
    assert (attempt.runs, attempt.outcome, attempt.detail) == (2, "", {"amount": 5})
    assert len(tasks.list_tasks("o1")) == 1
    assert letters.was_sent(db.session(), "o1:mail")


def test_a_step_that_begins_again_finds_what_was_asked_for_first(empty_store: Flask) -> None:
    add_order()
    with transaction() as session:
        attempts.begin_attempt(session, "o1", "refund", None, "k", NOW, amount=5)
        assert attempts.begin_attempt(session, "o1", "refund", None, "k", NOW, amount=9).detail == {"amount": 5}
        attempts.end_attempt(session, "k", "refunded", NOW, amount=5)
    assert attempts.list_attempts("o1")[0].ended_at == NOW


def test_tasks_are_dropped_by_order_line_or_kind(empty_store: Flask) -> None:
    add_order()
    with transaction() as session:
        for key, kind, line in (("a", "buy_ticket", 1), ("b", "await_answer", 1), ("c", "buy_ticket", 2)):
            tasks.open_task(session, key, kind, NOW, NOW, "o1", line)
        tasks.close_tasks(session, "o1", NOW, 1, "await_answer")
    assert [task.key for task in tasks.list_tasks("o1", "open")] == ["a", "c"]
    with transaction() as session:
        tasks.close_tasks(session, "o1", NOW, 2)
    assert [task.key for task in tasks.list_tasks("o1", "open")] == ["a"]
