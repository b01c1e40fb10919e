"""Purchase orders: one for each supplier, with every part that it provides and what it is paid when.

Suppliers read Indonesian. What the client pays and what the agency adds are not on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from planner.web import filters
from planner.web.papers.sheet import Fact, Facts, Paper, Sheet, Table
from planner.web.papers.sold_trip import SoldPart, SoldTrip, headcount

LANGUAGE = "id"


@dataclass(frozen=True)
class PurchaseLine:
    """One part that a supplier provides; `net` and `owed` in whole rupiah."""

    code: str
    what: str
    begins: str
    ends: str
    where: str
    units: str
    guests: str
    state: str
    reference: str
    net: int
    owed: int
    owed_on: date | None


@dataclass(frozen=True)
class PurchaseOrder:
    """What one supplier is asked for. `number` is that of its first part and stays as it is."""

    supplier_id: str
    number: str
    supplier: str
    reached: str
    lines: tuple[PurchaseLine, ...]

    @property
    def net(self) -> int:
        """What its parts cost, in whole rupiah; cancelled ones too."""
        return sum(line.net for line in self.lines)

    @property
    def owed(self) -> int:
        """What it is paid in all, in whole rupiah."""
        return sum(line.owed for line in self.lines)


def purchase_orders(trip: SoldTrip) -> tuple[PurchaseOrder, ...]:
    """Return what each supplier is asked for, in the order of travel; what nobody sells for us is left out."""
    theirs: dict[str, list[SoldPart]] = {}
    for part in trip.parts:
        if part.is_charged and not part.is_own:
            theirs.setdefault(part.row.supplier_id, []).append(part)
    return tuple(_order(trip, supplier_id, parts) for supplier_id, parts in theirs.items())


def _order(trip: SoldTrip, supplier_id: str, parts: Sequence[SoldPart]) -> PurchaseOrder:
    first, seller = min(parts, key=lambda part: part.row.number), parts[0].voucher.seller
    return PurchaseOrder(
        supplier_id,
        f"PO-{first.voucher.code}",
        parts[0].supplier,
        ", ".join(one for one in (seller.phone, seller.email) if one),
        tuple(_line(trip, part) for part in parts),
    )


def _line(trip: SoldTrip, part: SoldPart) -> PurchaseLine:
    voucher = part.voucher
    same = voucher.begin.place == voucher.end.place
    return PurchaseLine(
        voucher.code,
        voucher.what if part.line.kind == "stay" else voucher.title,
        f"{voucher.begin.day}, {voucher.begin.clock}",
        f"{voucher.end.day}, {voucher.end.clock}",
        voucher.begin.place if same or not voucher.end.place else f"{voucher.begin.place} – {voucher.end.place}",
        ", ".join(one for one in (voucher.amount, part.units) if one),
        guests_of(trip, part),
        part.state,
        voucher.reference,
        part.net,
        part.owed,
        part.owed_on,
    )


def guests_of(trip: SoldTrip, part: SoldPart) -> str:
    """Say who comes: everybody by name where names are needed, else whoever leads and how many."""
    if part.line.needs_names:
        return ", ".join(one.said for one in trip.people)
    return f"{trip.lead.said}; {headcount(trip.people)}"


def purchase_paper(trip: SoldTrip, supplier_id: str = "") -> Paper:
    """Return a page for each supplier, or for one of them; call it in Indonesian."""
    found = [one for one in purchase_orders(trip) if supplier_id in ("", one.supplier_id)]
    title = _("Purchase orders %(code)s", code=trip.order.code)
    if not found:
        return Paper(title, (Sheet(title, _("No supplier is asked for anything.")),))
    return Paper(title, tuple(_sheet(trip, one) for one in found))


def _sheet(trip: SoldTrip, one: PurchaseOrder) -> Sheet:
    facts = [
        Fact(_("Purchase order"), one.number),
        Fact(_("Booking"), trip.order.code),
        Fact(_("Guests"), headcount(trip.people)),
        Fact(_("Ordered by"), trip.agency.name),
        Fact(_("Supplier is reached at"), one.reached or "–"),
        Fact(_("Trip"), trip.span),
    ]
    columns = (
        _("Part"), _("What and for whom"), _("When (WITA)"), ">" + _("Net price, IDR"), ">" + _("You receive, IDR, on"),
    )  # fmt: skip
    sums = (_("In all"), "", "", filters.money(one.net, False), filters.money(one.owed, False))
    table = Table(_("What is ordered"), columns, [_cells(line) for line in one.lines], [sums], (3, 5, 4, 2, 3))
    asks = Facts("", [Fact("", _("Please name the code of the part in every answer and on every bill."))])
    about = _("Purchase order of %(agency)s for booking %(code)s.", agency=trip.agency.name, code=trip.order.code)
    return Sheet(one.supplier, about, facts, (table, asks))


def _cells(line: PurchaseLine) -> tuple[str, ...]:
    reference = _("Your reference: %(reference)s", reference=line.reference) if line.reference else ""
    paid_on = filters.full_day(line.owed_on) if line.owed_on and line.owed else ""
    return (
        _stacked(line.code, line.state, reference),
        _stacked(line.what, line.where, line.units, line.guests),
        _stacked(line.begins, _("until %(when)s", when=line.ends)),
        filters.money(line.net, False),
        _stacked(filters.money(line.owed, False), paid_on),
    )


def _stacked(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
