"""The books: balances, what operators are owed, payouts, and the check that all sums to zero."""

from __future__ import annotations

import csv
import io
from datetime import date

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from planner.desk.acting import acting, asked_day, day, make_sure, rupiah, text
from planner.flow.pay_out import list_payouts, pay_out
from planner.store import ledger
from planner.web import filters
from planner.web.accounts import signed_in_as
from planner.web.services import services

pages = Blueprint("books", __name__, url_prefix="/books")

OWN = ("card", "bank", "to_buy", "platform", "rounding")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _until() -> date:
    return asked_day("until") or services().clock.today()


@pages.get("/")
def show_balances() -> str:
    """Our own accounts, what travellers owe, what operators are owed, and whether it all sums to zero."""
    balances, until = sorted(ledger.balances().items()), _until()
    sums = dict(balances)
    return render_template(
        "desk/books/show_balances.html",
        own=[(account, sums.get(account, 0)) for account in OWN if account in sums or account != "rounding"],
        suppliers=[(account, amount) for account, amount in balances if account.startswith("supplier:")],
        agencies=[(account, amount) for account, amount in balances if account.startswith("agent:")],
        travellers=sum(amount for account, amount in balances if account.startswith("traveller:")),
        total=ledger.total(),
        unbalanced=ledger.list_unbalanced(),
        payouts=list_payouts(until),
        until=until,
        today=services().clock.today(),
    )


@pages.get("/accounts/<path:account>")
def show_account(account: str) -> str:
    """What moved one account, with its balance after each movement."""
    rows, balance = [], 0
    for entry, transaction in ledger.list_entries(account):
        balance += entry.amount
        rows.append((entry, transaction, balance))
    return render_template("desk/books/show_account.html", account=account, rows=rows, balance=balance)


@pages.get("/payouts.csv")
def payout_file() -> Response:
    """What is due, for the bank; who has no approved account is left out."""
    until = _until()
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["supplier", "name", "bank_account", "amount_idr", "due_until", "reference"])
    for one in list_payouts(until):
        if one.may_be_paid:
            reference = f"LINTAS {until.isoformat()}"
            writer.writerow([*map(_harmless, (one.payee_id, one.name, one.bank)), one.amount, until, reference])
    answer = Response(written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="payouts-{until.isoformat()}.csv"'
    return answer


def _harmless(cell: str) -> str:
    """Keep a sheet from reading what somebody typed as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


@pages.post("/payouts")
@acting
def pay() -> str:
    """Write down that an operator was paid."""
    make_sure()
    amount = rupiah("amount")
    pay_out(text("account"), day("until"), amount, text("reference"), services(), signed_in_as())
    return _("%(amount)s to %(name)s is in the books.", amount=filters.money(amount), name=text("account"))
