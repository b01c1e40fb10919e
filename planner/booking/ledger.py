"""Who owes whom what: every movement of money as a transaction of entries that sum to zero. Whole rupiah.

    account               means                                              grows with
    card                  at the payment provider, on its way to our bank    captures (+), refunds (-)
    bank                  our bank account                                   transfers received (+), payouts (-)
    traveller:<order>     what a traveller still owes for an order           sales (+), payments (-)
    supplier:<id>         what we owe an operator (negative: we owe)         sales (-), cancellations (+), payouts (+)
    to_buy                money kept for tickets that are bought later       sales (-), purchases (+)
    platform              our commission (negative: earned)
    agent:<id>            an agency's mark-ups and commission (negative: owed), payouts (+)
    rounding              what splits cannot place

Entries are signed: positive is debit, negative credit. Of a line's price the mark-up is the selling agency's. The rest
is split between its supplier and us by `commission_pct`; what the split cannot divide goes to the supplier, so that no
rupiah is lost. An agency's commission comes out of our share, never out of a supplier's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from planner.errors import Invalid
from planner.values.money import share_up
from planner.values.rates import round_half_away

PAYOUT_DAYS = 7
"""An operator is paid so many days after its part has ended."""
COMMISSION_PCT = {"package": 10, "stay": 10}
"""Our share of a price by kind of line: an assumption until contracts say otherwise. Carriers' fares pass through."""


@dataclass(frozen=True)
class Entry:
    """One side of a movement; `due_on` is when an operator's share is to be paid out."""

    account: str
    amount: int
    order_id: str = ""
    line: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Sold:
    """What the ledger needs to know of a confirmed line. `markup` of its price is the agency's that sold it."""

    order_id: str
    line: int
    kind: str
    way: str
    supplier_id: str
    price: int
    ends_on: date
    markup: int = 0
    agency_id: str = ""
    commission_bp: int = 0

    @property
    def net(self) -> int:
        """What is left for supplier and platform."""
        return self.price - self.markup


class Unbalanced(Invalid):
    """The entries of a transaction do not sum to zero."""

    default_code = "unbalanced"


def check(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries if they sum to zero and none is zero.

    Raises:
        Unbalanced: they do not.
    """
    if sum(entry.amount for entry in entries) or any(entry.amount == 0 for entry in entries):
        raise Unbalanced(f"a transaction must sum to zero: {[(e.account, e.amount) for e in entries]}")
    return entries


def sale(lines: Iterable[Sold]) -> list[Entry]:
    """Return the entries of a confirmed trip: the traveller owes its price; operators, tickets and we are owed it."""
    entries: list[Entry] = []
    for line in lines:
        entries += _split(line, line.price)
    return list(check(_without_zeros(entries)))


def _split(line: Sold, amount: int) -> list[Entry]:
    """Split what stands of a price; of a part of it the mark-up is the same share as of the whole."""
    owed = Entry(f"traveller:{line.order_id}", amount, line.order_id, line.line)
    markup = line.markup if amount == line.price else round_half_away(Fraction(line.markup * amount, line.price or 1))
    net, due_on = amount - markup, line.ends_on + timedelta(days=PAYOUT_DAYS)
    if line.way == "later":
        return [owed, Entry("to_buy", -net, line.order_id, line.line), *_agents(line, markup, due_on)]
    ours = net - share_up(net, str(100 - COMMISSION_PCT.get(line.kind, 0)))
    commission = min(ours, net * line.commission_bp // 10_000)
    return [
        owed,
        Entry("platform", commission - ours, line.order_id, line.line),
        Entry(f"supplier:{line.supplier_id}", ours - net, line.order_id, line.line, due_on),
        *_agents(line, markup + commission, due_on),
    ]


def _agents(line: Sold, amount: int, due_on: date) -> list[Entry]:
    if not line.agency_id:
        return []
    return [Entry(f"agent:{line.agency_id}", -amount, line.order_id, line.line, due_on)]


def payment(order_id: str, amount: int, into: str = "card") -> list[Entry]:
    """Return the entries of money that came in: by card, or as a transfer to the bank."""
    return list(check([Entry(into, amount, order_id), Entry(f"traveller:{order_id}", -amount, order_id)]))


def cancellation(line: Sold, refund: int) -> list[Entry]:
    """Return the entries of a cancelled line: its sale is taken back by the refunded part.

    What is not refunded stays with the operator and us in the same shares as the price. The traveller is owed the rest
    until `refund` pays it back.
    """
    if not 0 <= refund <= line.price:
        raise Invalid(f"a refund of {refund} is outside the price of {line.price}", code="bad_refund")
    if refund == 0:
        return []
    whole, kept = _split(line, line.price), _split(line, line.price - refund)
    back = [
        Entry(was.account, left.amount - was.amount, was.order_id, was.line, was.due_on)
        for was, left in zip(whole, kept, strict=True)
    ]
    return list(check(_without_zeros(back)))


def purchase(line: Sold, paid: int) -> list[Entry]:
    """Return the entries of a ticket bought later at a price that may differ from the one sold; the rest is ours."""
    entries = [
        Entry("to_buy", line.net, line.order_id, line.line),
        Entry("bank", -paid, line.order_id, line.line),
        Entry("platform", paid - line.net, line.order_id, line.line),
    ]
    return list(check(_without_zeros(entries)))


def payout(account: str, amount: int) -> list[Entry]:
    """Return the entries of a payout to an operator or an agency, by its account."""
    return list(check([Entry(account, amount), Entry("bank", -amount)]))


def refund(order_id: str, amount: int, out_of: str = "card") -> list[Entry]:
    """Return the entries of money that goes back to a traveller whom we owe it."""
    return list(check([Entry(f"traveller:{order_id}", amount, order_id), Entry(out_of, -amount, order_id)]))


def lost_dispute(order_id: str, amount: int) -> list[Entry]:
    """Return the entries of money that a cardholder's bank took back: the loss is the platform's.

    Operators keep what they earned, and the traveller owes nothing again: who has the money is with the bank.
    """
    return list(check([Entry("platform", amount, order_id), Entry("card", -amount, order_id)]))


def _without_zeros(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.amount]
