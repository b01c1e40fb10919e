"""The ledger's tables: each movement once, never unbalanced, balances by account and by order."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from planner.booking.ledger import Entry, Unbalanced, payment
from planner.store.db import db, transaction
from planner.store.ledger import LedgerEntry, balances, list_entries, list_unbalanced, post
from tests.booking.making import NOW


def sell(key: str, order_id: str, amount: int) -> bool:
    entries = [
        Entry(f"traveller:{order_id}", amount, order_id),
        Entry("supplier:s", -amount, order_id, 1, date(2027, 7, 1)),
    ]
    with transaction() as session:
        return post(session, key, "sale", entries, NOW, order_id)


def test_a_movement_is_posted_once_however_often_it_is_tried(empty_store: Flask) -> None:
    assert sell("o1:sale", "o1", 500)
    assert not sell("o1:sale", "o1", 500)
    assert balances() == {"traveller:o1": 500, "supplier:s": -500}


def test_balances_are_told_for_all_and_for_one_order_and_leave_out_what_is_even(empty_store: Flask) -> None:
    sell("o1:sale", "o1", 500)
    sell("o2:sale", "o2", 70)
    with transaction() as session:
        post(session, "o1:payment", "payment", payment("o1", 500), NOW, "o1")
    assert balances("o1") == {"card": 500, "supplier:s": -500}
    assert balances() == {"card": 500, "supplier:s": -570, "traveller:o2": 70}
    moves = list_entries("supplier:s")
    assert [(entry.amount, entry.due_on, at.key) for entry, at in moves] == [
        (-500, date(2027, 7, 1), "o1:sale"), (-70, date(2027, 7, 1), "o2:sale")
    ]  # fmt: skip


def test_an_unbalanced_movement_leaves_nothing(empty_store: Flask) -> None:
    with pytest.raises(Unbalanced), transaction() as session:
        post(session, "bad", "sale", [Entry("card", 5), Entry("bank", -4)], NOW)
    assert balances() == {}
    with transaction() as session:
        assert not post(session, "empty", "sale", [], NOW)


def test_what_somebody_wrote_past_the_books_is_found(empty_store: Flask) -> None:
    sell("o1:sale", "o1", 500)
    assert list_unbalanced() == []
    with transaction() as session:
        first = session.query(LedgerEntry).first()
        assert first is not None
        session.add(LedgerEntry(transaction_id=first.transaction_id, account="card", amount=1))
    assert list_unbalanced() == [first.transaction_id]


def test_the_database_refuses_an_entry_of_nothing(empty_store: Flask) -> None:
    sell("o1:sale", "o1", 500)
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(LedgerEntry(transaction_id=1, account="card", amount=0))
    db.session.rollback()
