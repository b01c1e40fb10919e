"""The double-entry ledger: transactions of entries that sum to zero, each posted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.booking.ledger import Entry, check
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db

SUPPLIER, AGENT = "supplier:", "agent:"
"""How the accounts of suppliers begin."""


class LedgerTransaction(Base):
    """One movement; its key makes sure that it is posted once."""

    __tablename__ = "ledger_transaction"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    order_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(200), default="")


class LedgerEntry(Base):
    """One side of a movement, in whole rupiah; positive is debit."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    account: Mapped[str] = mapped_column(String(100), index=True)
    amount: Mapped[int]
    order_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    line: Mapped[int | None]
    due_on: Mapped[date | None]

    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"),)


def post(
    session: Session, key: str, kind: str, entries: Sequence[Entry], now: datetime, order_id: str = "", note: str = ""
) -> bool:
    """Post a transaction, unless one was posted under this key; call it inside a transaction.

    Raises:
        Unbalanced: the entries do not sum to zero.
    """
    if not entries or session.scalar(select(LedgerTransaction.id).where(LedgerTransaction.key == key)) is not None:
        return False
    check(entries)
    transaction = LedgerTransaction(key=key, kind=kind, order_id=order_id, at=now, note=note)
    session.add(transaction)
    session.flush()
    session.add_all(
        LedgerEntry(
            transaction_id=transaction.id,
            account=entry.account,
            amount=entry.amount,
            order_id=entry.order_id,
            line=entry.line,
            due_on=entry.due_on,
        )
        for entry in entries
    )
    session.flush()
    return True


def balances(order_id: str = "") -> dict[str, int]:
    """Return the balance of every account, or of one order's share in it; accounts at zero are left out."""
    query = select(LedgerEntry.account, func.sum(LedgerEntry.amount)).group_by(LedgerEntry.account)
    if order_id:
        query = query.where(LedgerEntry.order_id == order_id)
    return {account: int(amount) for account, amount in db.session.execute(query) if amount}


def list_entries(account: str) -> list[tuple[LedgerEntry, LedgerTransaction]]:
    """List what moved an account, the oldest first."""
    query = (
        select(LedgerEntry, LedgerTransaction)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.account == account)
        .order_by(LedgerEntry.id)
    )
    return [(entry, transaction) for entry, transaction in db.session.execute(query)]


def list_unbalanced() -> list[int]:
    """List transactions that do not sum to zero: there should be none."""
    query = (
        select(LedgerEntry.transaction_id)
        .group_by(LedgerEntry.transaction_id)
        .having(func.sum(LedgerEntry.amount) != 0)
    )
    return list(db.session.scalars(query))


def list_of_order(order_id: str) -> list[tuple[LedgerEntry, LedgerTransaction]]:
    """List what was posted for an order, the oldest first."""
    query = (
        select(LedgerEntry, LedgerTransaction)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerEntry.order_id == order_id)
        .order_by(LedgerEntry.id)
    )
    return [(entry, transaction) for entry, transaction in db.session.execute(query)]


def owed_by(until: date, whom: str = SUPPLIER) -> dict[str, int]:
    """Return what each supplier or agency is to be paid by a day: what fell due, less what was paid out.

    By the whole name of the account; zeros are left out.
    """
    query = (
        select(LedgerEntry.account, func.sum(LedgerEntry.amount))
        .where(
            LedgerEntry.account.startswith(whom, autoescape=True),
            (LedgerEntry.due_on <= until) | LedgerEntry.due_on.is_(None),
        )
        .group_by(LedgerEntry.account)
        .order_by(LedgerEntry.account)
    )
    return {account: -int(sum_) for account, sum_ in db.session.execute(query) if sum_}


def last_entry(session: Session, account: str) -> int:
    """Return the id of the latest entry of an account; 0 where there is none."""
    return session.scalar(select(func.max(LedgerEntry.id)).where(LedgerEntry.account == account)) or 0


def total() -> int:
    """Return the sum of all entries: zero, always."""
    return int(db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount), 0))) or 0)
