"""The platform's statement to an agency: every entry of its account over a span of days, with the balance after it."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from planner.booking.agency_statement import PAYOUT, Movement, Statement, make_statement, split_entry
from planner.booking.voucher import part_code
from planner.flow.deal import sold_of
from planner.store import ledger, orders
from planner.store.agencies import Agency
from planner.store.ledger import LedgerEntry, LedgerTransaction
from planner.values.times import WITA
from planner.web import filters
from planner.web.papers.sheet import Fact, Facts, Paper, Sheet, Table
from planner.web.papers.spreadsheet import write_table

COLUMNS = ("date", "order", "part", "kind", "markup_idr", "commission_idr", "paid_idr", "balance_idr", "note")
KINDS = {
    "sale": _l("Sale"), "cancellation": _l("Cancellation"), "payout": _l("Payout"), "refund": _l("Refund"),
    "dispute": _l("Dispute lost"),
}  # fmt: skip


def read_statement(agency: Agency, first: date, last: date) -> Statement:
    """Read an agency's account from its first to its last day, both counted.

    Raises:
        BadPeriod: it ends before it begins.
    """
    entries = ledger.list_entries(f"{ledger.AGENT}{agency.id}")
    return make_statement([_movement(entry, transaction, first, last) for entry, transaction in entries], first, last)


def _movement(entry: LedgerEntry, transaction: LedgerTransaction, first: date, last: date) -> Movement:
    on = transaction.at.astimezone(WITA).date()
    sold, refund = None, 0
    if entry.line is not None and first <= on <= last:
        line = orders.get_line(entry.order_id, entry.line)
        sold, refund = sold_of(line), line.refund_due
    markup, commission, paid = split_entry(transaction.kind, entry.amount, sold, refund)
    return Movement(on, transaction.kind, markup, commission, paid, entry.order_id, entry.line, transaction.note)


def codes_in(statement: Statement) -> dict[str, str]:
    """Return the codes of the orders that it tells of, by id."""
    return orders.codes_of({row.movement.order_id for row in statement.rows} - {""})


def kind_of(movement: Movement) -> str:
    """Say what a movement is."""
    return str(KINDS.get(movement.kind, movement.kind))


def part_of(movement: Movement, codes: dict[str, str]) -> str:
    """Return the code of the part that a movement is about; of the order where it is about all of it."""
    code = codes.get(movement.order_id, "")
    return part_code(code, movement.line) if code and movement.line is not None else code


def statement_paper(agency: Agency, statement: Statement) -> Paper:
    """Return the statement for the agency."""
    codes, money = codes_in(statement), filters.money
    title = _("Statement %(span)s", span=filters.span(statement.first, statement.last))
    rows = [
        (
            filters.day(row.movement.on, "d MMM y"),
            part_of(row.movement, codes) or "–",
            "\n".join(filter(None, (kind_of(row.movement), row.movement.note if row.movement.kind == PAYOUT else ""))),
            *(money(amount, False) if amount else "" for amount in
              (row.movement.markup, row.movement.commission, -row.movement.paid)),
            money(row.balance, False),
        )
        for row in statement.rows
    ]  # fmt: skip
    opening = ("", "", _("Opening balance"), "", "", "", money(statement.opening, False))
    table = Table(
        "",
        (_("Day"), _("Part"), _("What"), ">" + _("Mark-up, IDR"), ">" + _("Commission, IDR"), ">" + _("Paid out, IDR"),
         ">" + _("Balance, IDR")),
        [opening, *rows],
        [("", "", _("Closing balance"), money(statement.markup, False), money(statement.commission, False),
          money(-statement.paid, False), money(statement.closing, False))],
        (3, 4, 4, 3, 3, 3, 3),
    )  # fmt: skip
    facts = [
        Fact(_("Opening balance"), money(statement.opening)),
        Fact(_("Closing balance"), money(statement.closing)),
        Fact(_("Paid to"), agency.bank or "–"),
    ]
    means = Facts("", [Fact("", _("A balance above nothing is what Lintas owes the agency."))])
    return Paper(title, (Sheet(title, agency.name, facts, (table, means)),))


def statement_table(statement: Statement) -> bytes:
    """Return the statement as CSV; the first row is the opening balance, the last one the closing balance."""
    codes = codes_in(statement)
    rows: list[tuple[object, ...]] = [(statement.first.isoformat(), "", "", "opening", 0, 0, 0, statement.opening, "")]
    for row in statement.rows:
        one = row.movement
        rows.append((
            one.on.isoformat(), codes.get(one.order_id, ""), part_of(one, codes) if one.line is not None else "",
            one.kind, one.markup, one.commission, one.paid, row.balance, one.note,
        ))  # fmt: skip
    sums = statement.markup, statement.commission, statement.paid, statement.closing
    rows.append((statement.last.isoformat(), "", "", "closing", *sums, ""))
    return write_table(COLUMNS, rows)
