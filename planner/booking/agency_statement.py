"""What the platform owes an agency over some days: mark-ups and commissions earned, what was paid out, what is left.

    entries of the agency's account -> Movement (mark-up + commission - paid) -> Statement (opening ... closing)

Whole rupiah; a balance above nothing is owed to the agency. An entry of a sale holds mark-up and commission in one sum;
here it is taken apart again, and the parts are always that sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from planner.booking import ledger
from planner.booking.ledger import Sold
from planner.errors import Invalid

SALE, CANCELLATION, PAYOUT = "sale", "cancellation", "payout"


class BadPeriod(Invalid):
    """A span of days that ends before it begins."""

    default_code = "bad_period"


@dataclass(frozen=True)
class Movement:
    """One entry as the agency reads it; `order_id` and `line` name the part that it is about, `note` what was noted."""

    on: date
    kind: str
    markup: int = 0
    commission: int = 0
    paid: int = 0
    order_id: str = ""
    line: int | None = None
    note: str = ""

    @property
    def earned(self) -> int:
        """What it adds to what is owed to the agency."""
        return self.markup + self.commission - self.paid


@dataclass(frozen=True)
class Row:
    """A movement and what is owed after it."""

    movement: Movement
    balance: int


@dataclass(frozen=True)
class Statement:
    """The movements from `first` to `last`, both days counted: `opening` + all of them = `closing`."""

    first: date
    last: date
    opening: int
    rows: tuple[Row, ...]

    @property
    def closing(self) -> int:
        """What is owed at the end of the last day."""
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def markup(self) -> int:
        """Mark-ups earned, less those taken back."""
        return sum(row.movement.markup for row in self.rows)

    @property
    def commission(self) -> int:
        """Commissions earned, less those taken back."""
        return sum(row.movement.commission for row in self.rows)

    @property
    def paid(self) -> int:
        """What was paid out."""
        return sum(row.movement.paid for row in self.rows)


def split_entry(kind: str, amount: int, sold: Sold | None, refund: int = 0) -> tuple[int, int, int]:
    """Return mark-up, commission and payout of an entry of `amount` in an agency's account.

    `sold` is the line that it is about, `refund` what was paid back of it where it was cancelled.
    """
    if sold is None:
        return (0, 0, amount) if kind == PAYOUT else (0, -amount, 0)
    bare, entries = replace(sold, commission_bp=0), []
    if kind == SALE:
        entries = ledger.sale([bare])
    elif kind == CANCELLATION:
        entries = ledger.cancellation(bare, refund)
    markup = -sum(entry.amount for entry in entries if entry.account == f"agent:{sold.agency_id}")
    return markup, -amount - markup, 0


def make_statement(movements: Iterable[Movement], first: date, last: date) -> Statement:
    """Return the statement of a span of days; what came before is its opening balance.

    Raises:
        BadPeriod: it ends before it begins.
    """
    if last < first:
        raise BadPeriod("a period ends on or after the day it begins", field="until")
    in_time = sorted(movements, key=lambda movement: movement.on)
    opening = balance = sum(movement.earned for movement in in_time if movement.on < first)
    rows = []
    for movement in (one for one in in_time if first <= one.on <= last):
        balance += movement.earned
        rows.append(Row(movement, balance))
    return Statement(first, last, opening, tuple(rows))
