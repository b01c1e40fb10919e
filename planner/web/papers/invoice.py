"""The invoice of an agency to its client: parts with their prices, what was paid, what is due when. No net price.

Before a trip is confirmed it is a pro forma. Its number is made of the booking's code and never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from planner.store import payments
from planner.values.times import WITA
from planner.web import filters
from planner.web.currency import reckoned_at
from planner.web.papers.sheet import Fact, Facts, Paper, Sheet, Table
from planner.web.papers.sold_trip import SoldPart, SoldTrip
from planner.web.papers.spreadsheet import write_table
from planner.web.services import services

OPEN = ("held", "paying", "authorised")
COLUMNS = ("invoice", "row", "code", "what", "begins", "state", "amount_idr", "credited_idr")


@dataclass(frozen=True)
class InvoiceLine:
    """One part; `price` is what the client pays of it, `credit` what is given back of it, in whole rupiah."""

    code: str
    what: str
    on: date
    state: str
    price: int
    credit: int


@dataclass(frozen=True)
class Invoice:
    """`total` + `paid back` - `paid` = `open`; a negative `open` is to be paid back. Whole rupiah."""

    number: str
    is_final: bool
    made_on: date
    lines: tuple[InvoiceLine, ...]
    paid: int
    paid_back: int
    due_on: date | None
    settles_here: bool
    """Whether the client pays through us; else only the agency knows what was paid."""

    @property
    def sum(self) -> int:
        """What all parts cost, cancelled ones too."""
        return sum(line.price for line in self.lines)

    @property
    def credit(self) -> int:
        """What is given back for parts that were cancelled."""
        return sum(line.credit for line in self.lines)

    @property
    def total(self) -> int:
        """What the client owes for the trip as it is."""
        return self.sum - self.credit

    @property
    def open(self) -> int:
        """What is still to be paid."""
        return self.total - self.paid + self.paid_back


def read_invoice(trip: SoldTrip) -> Invoice:
    """Read an invoice from a booking and its payments."""
    order, here = trip.order, trip.client_price is None
    money = payments.list_payments(order.id) if here else []
    lines = [_line(trip, part) for part in trip.parts if part.is_charged]
    if trip.client_price is not None and lines:
        own_on = order.starts_on
        lines += [
            InvoiceLine("", name, own_on, "", share, 0) for name, share in trip.client_price.own if share
        ]  # fmt: skip
    due = order.plan.get("due_on")
    return Invoice(
        f"INV-{order.code}",
        order.state not in OPEN,
        order.created_at.astimezone(WITA).date(),
        tuple(lines),
        sum(one.captured for one in money),
        sum(one.refunded for one in money),
        date.fromisoformat(due) if due else None,
        here,
    )


def _line(trip: SoldTrip, part: SoldPart) -> InvoiceLine:
    voucher = part.voucher
    what = f"{voucher.what}: {voucher.title}"
    if voucher.amount:
        what = f"{what}, {voucher.amount}"
    return InvoiceLine(voucher.code, what, part.on, part.state, trip.gross_of(part), trip.credit_of(part))


def invoice_paper(trip: SoldTrip) -> Paper:
    """Return the invoice; call it in the client's language."""
    one, order = read_invoice(trip), trip.order
    title = _("Invoice %(number)s", number=one.number) if one.is_final else _("Pro forma %(number)s", number=one.number)
    email = str(order.contact.get("email") or "")
    facts = [
        Fact(_("For"), "\n".join(filter(None, (trip.client, email if one.settles_here else "")))),
        Fact(_("Number and day"), f"{one.number}\n{filters.full_day(one.made_on)}"),
        Fact(_("Trip"), f"{trip.title}\n{trip.span}"),
    ]
    rows = [
        (
            line.code,
            "\n".join(filter(None, (line.what, filters.full_day(line.on)))),
            line.state,
            filters.money(-line.credit, False) if line.credit else "",
            filters.money(line.price, False),
        )
        for line in one.lines
    ]
    table = Table(
        "",
        (_("Part"), _("What"), _("State"), ">" + _("Given back, IDR"), ">" + _("Price, IDR")),
        rows,
        [
            (
                "",
                _("Parts together"),
                "",
                filters.money(-one.credit, False) if one.credit else "",
                filters.money(one.sum, False),
            )
        ],
        (3, 7, 3, 2, 3),
    )
    return Paper(title, (Sheet(title, "", facts, (table, Facts(_("To pay"), _sums(trip, one)))),))


def _sums(trip: SoldTrip, one: Invoice) -> list[Fact]:
    said = [Fact(_("Total"), filters.money(one.total))]
    if trip.rate and one.total:
        said.append(Fact(_("For information"), filters.money(trip.rate.convert(one.total).as_json())))
        said.append(Fact("", reckoned_at(trip.rate)))
    if not one.settles_here:
        return [*said, Fact("", _("To be paid to %(agency)s.", agency=trip.agency.name))]
    said.append(Fact(_("Paid"), filters.money(one.paid)))
    if one.paid_back:
        said.append(Fact(_("Paid back"), filters.money(one.paid_back)))
    if one.open < 0:
        said.append(Fact(_("Will be paid back"), filters.money(-one.open)))
    elif not one.open:
        said.append(Fact(_("Still to pay"), _("nothing")))
    else:
        said.append(Fact(_("Still to pay"), f"{filters.money(one.open)}{_due(trip, one)}"))
    said.append(
        Fact("", _("As of %(day)s. All amounts are Indonesian rupiah.", day=filters.full_day(services().clock.today())))
    )
    return said


def _due(trip: SoldTrip, one: Invoice) -> str:
    order = trip.order
    if order.state in ("held", "paying"):
        until = order.hold_until.astimezone(WITA)
        return ", " + _("held until %(when)s", when=f"{filters.full_day(until.date())}, {filters.clock(until)} WITA")
    if order.state == "authorised":
        return ", " + _("authorised, taken once all is confirmed")
    return ", " + _("due by %(day)s", day=filters.full_day(one.due_on)) if one.due_on else ""


def invoice_table(trip: SoldTrip) -> bytes:
    """Return the invoice as CSV: a row for each part, then its sums; columns have the same names in both languages."""
    one = read_invoice(trip)
    rows: list[Sequence[object]] = [
        (one.number, "part", line.code, line.what, line.on.isoformat(), line.state, line.price, line.credit)
        for line in one.lines
    ]
    sums = [("total", one.total), ("paid", one.paid), ("paid_back", one.paid_back), ("open", one.open)]
    rows += [
        (one.number, name, "", "", "", "", amount, "") for name, amount in (sums if one.settles_here else sums[:1])
    ]
    return write_table(COLUMNS, rows)
