"""What clients did and were told, what is stored here and outside, and the check that the two tell one story.

    acknowledged is stored          an order or payment that somebody was told of is there, in a state that it may have
    stored is acknowledged          or its client never heard an answer, and then only once for each silence
    every unknown is resolved       nothing is under way any more, here or outside
    counters equal rows             of each slot, and never more than there are places
    the supplier's list equals ours
    captures equal ours             and only for trips that are confirmed, for just what they cost
    the ledger sums to zero

Pure: `problems` reads facts and names what is wrong; `reading.read_facts` collects them from a running site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SOLD = ("confirmed", "to_buy", "bought")
OVER = ("confirmed", "undone", "cancelled", "lapsed")
PAID = ("confirmed", "undone", "cancelled")
LIVE_AT_SUPPLIER = ("CONFIRMED", "PENDING", "REDEEMED")
CARD = "card"


@dataclass(frozen=True)
class Deed:
    """What a client wanted, and whether it was told that it was done: acknowledged, refused or unknown.

    `what` is hold, pay, or see (that a trip is confirmed).
    """

    what: str
    told: str
    visitor: str
    code: str = ""


@dataclass(frozen=True)
class Part:
    """A line of an order."""

    number: int
    state: str
    price: int
    by_system: bool = False
    uuid: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Kept:
    """An order as it is stored."""

    id: str
    code: str
    visitor: str
    state: str
    parts: tuple[Part, ...]
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Money:
    """A payment as it is stored, in whole rupiah."""

    order_id: str
    intent_id: str
    kind: str
    state: str
    captured: int = 0
    refunded: int = 0


@dataclass(frozen=True)
class Intent:
    """A payment as the provider has it, in whole rupiah."""

    id: str
    status: str
    captured: int = 0
    refunded: int = 0
    order_id: str = ""


@dataclass(frozen=True)
class Booked:
    """A booking as the supplier has it."""

    uuid: str
    status: str
    reference: str


@dataclass(frozen=True)
class Slot:
    capacity: int
    held: int
    sold: int


@dataclass(frozen=True)
class Facts:
    """Everything that is stored, here and outside, at one moment of rest."""

    orders: tuple[Kept, ...] = ()
    payments: tuple[Money, ...] = ()
    slots: Mapping[int, Slot] = field(default_factory=dict)
    taken: Mapping[tuple[int, bool], int] = field(default_factory=dict)
    taken_by: frozenset[str] = frozenset()
    supplier: tuple[Booked, ...] = ()
    intents: tuple[Intent, ...] = ()
    ledger: tuple[tuple[int, str, int], ...] = ()
    """Transaction, account and amount of each entry."""
    unended: tuple[tuple[str, str], ...] = ()
    """Order and key of attempts whose outcome nobody wrote down."""


def problems(deeds: Sequence[Deed], facts: Facts) -> list[str]:
    """Name everything that does not fit; each begins with the kind of violation."""
    return [
        *_lost(deeds, facts),
        *_invented(deeds, facts),
        *_unresolved(facts),
        *_counters(facts),
        *_supplier(facts),
        *_captures(facts),
        *_ledger(facts),
    ]


def _lost(deeds: Sequence[Deed], facts: Facts) -> Iterator[str]:
    stored = {order.code: order for order in facts.orders}
    for deed in deeds:
        if deed.told != "acknowledged":
            continue
        order = stored.get(deed.code)
        if order is None:
            yield f"lost: {deed.code} was acknowledged ({deed.what}) and is not stored"
        elif deed.what == "pay" and order.state not in PAID:
            yield f"lost payment: {deed.code} was paid and is {order.state}"
        elif deed.what == "see" and order.state not in ("confirmed", "cancelled"):
            yield f"lost word: {deed.code} was shown as confirmed and is {order.state}"


def _invented(deeds: Sequence[Deed], facts: Facts) -> Iterator[str]:
    told = {deed.code for deed in deeds if deed.what == "hold" and deed.told == "acknowledged"}
    silences = Counter(deed.visitor for deed in deeds if deed.what == "hold" and deed.told == "unknown")
    for order in facts.orders:
        if order.code in told or not order.visitor:
            continue
        silences[order.visitor] -= 1
        if silences[order.visitor] < 0:
            yield f"invented: {order.code} is stored and nobody asked for it"


def _unresolved(facts: Facts) -> Iterator[str]:
    over = {order.id for order in facts.orders if order.state in OVER}
    for order in facts.orders:
        if order.state not in OVER:
            yield f"unresolved: {order.code} is {order.state}"
        for part in order.parts:
            if part.state in ("held", "confirming", "unknown", "requested", "declined", "cancelling"):
                yield f"unresolved: part {part.number} of {order.code} is {part.state}"
    for money in facts.payments:
        if money.state in ("authorised", "surplus"):
            yield f"unresolved: a payment of {money.order_id} is {money.state}"
    for order_id, key in facts.unended:
        if order_id in over:
            yield f"unresolved: nobody knows how {key} ended"


def _counters(facts: Facts) -> Iterator[str]:
    for number, slot in facts.slots.items():
        rows = facts.taken.get((number, False), 0), facts.taken.get((number, True), 0)
        if rows != (slot.held, slot.sold):
            yield f"counters: slot {number} counts {slot.held} held, {slot.sold} sold; its rows say {rows}"
        if slot.held + slot.sold > slot.capacity:
            yield f"oversold: slot {number} has {slot.capacity} places"
    for number, _ in facts.taken:
        if number not in facts.slots:
            yield f"counters: slot {number} has rows and counts nothing"
    for order in facts.orders:
        if order.state in ("undone", "lapsed", "cancelled") and order.id in facts.taken_by:
            yield f"leaked: {order.code} is {order.state} and keeps places"


def _supplier(facts: Facts) -> Iterator[str]:
    parts = [part for order in facts.orders for part in order.parts if part.by_system and part.state in SOLD]
    ours = Counter((part.uuid, part.reference) for part in parts)
    theirs = Counter((one.uuid, one.reference) for one in facts.supplier if one.status in LIVE_AT_SUPPLIER)
    for uuid, reference in ours - theirs:
        yield f"supplier: {reference} ({uuid}) is sold and the supplier has no such booking"
    for uuid, reference in theirs - ours:
        yield f"supplier: {reference} ({uuid}) is booked and nobody pays for it"
    for one in facts.supplier:
        if one.status == "ON_HOLD":
            yield f"supplier: {one.reference} was left on hold"


def _captures(facts: Facts) -> Iterator[str]:
    stored = {order.id: order for order in facts.orders}
    ours = {money.intent_id: money for money in facts.payments if money.kind == CARD and money.intent_id}
    for intent in facts.intents:
        known = ours.get(intent.id)
        if (known.captured, known.refunded) != (intent.captured, intent.refunded) if known else intent.captured:
            yield f"capture: {intent.id} took {intent.captured} and paid {intent.refunded} back; ours says {known}"
        order = stored.get(known.order_id if known else intent.order_id)
        if intent.captured > intent.refunded and (order is None or order.state not in ("confirmed", "cancelled")):
            yield f"capture: {intent.id} took money for a trip that is {order.state if order else 'not there'}"
        if intent.status == "requires_capture":
            yield f"capture: {intent.id} was left authorised"
    for order in facts.orders:
        mine = [money for money in facts.payments if money.order_id == order.id]
        taken = [money for money in mine if money.captured]
        if order.state == "confirmed":
            costs = sum(part.price for part in order.parts if part.state in (*SOLD, "cancelled"))
            if sum(money.captured for money in taken) != costs or len(taken) != 1:
                yield f"capture: {order.code} costs {costs} and was charged {[money.captured for money in taken]}"
            if not {"confirmed"} & set(order.told):
                yield f"untold: {order.code} is confirmed and its traveller was never told"


def _ledger(facts: Facts) -> Iterator[str]:
    sums = Counter[int]()
    for number, _, amount in facts.ledger:
        sums[number] += amount
    for number, amount in sums.items():
        if amount:
            yield f"ledger: transaction {number} sums to {amount}"
    card = sum(amount for _, account, amount in facts.ledger if account == CARD)
    kept = sum(money.captured - money.refunded for money in facts.payments if money.kind == CARD)
    if card != kept:
        yield f"ledger: the card account holds {card}, the payments {kept}"
