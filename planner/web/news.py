"""What a traveller is told of a trip: kept, confirmed, undone, cancelled, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from planner.booking.quote import Quote
from planner.flow.open_payment import balance_of
from planner.store import changes, orders, payments
from planner.store.changes import TripChange
from planner.store.orders import Order
from planner.web import filters
from planner.web.currency import rate_note
from planner.web.letter_page import Block, Button, LetterPage, Row
from planner.web.refund_words import moment
from planner.web.vouchers import TripVoucher, Voucher


@dataclass(frozen=True)
class News:
    """A letter's subject and page, and whether vouchers and calendar go with it."""

    subject: str
    page: LetterPage
    has_vouchers: bool = False
    has_calendar: bool = False


def news_of(order: Order, trip: TripVoucher, what: str) -> News:
    """Return what there is to tell: held, confirmed, undone, cancelled; of a change its number too, as `changed:2`."""
    kind, _colon, number = what.partition(":")
    if number:
        return _TELLING_OF_CHANGES[kind](order, trip, changes.get_change(order.id, int(number)))
    return _TELLING[kind](order, trip)


def _held(order: Order, trip: TripVoucher) -> News:
    """The link to come back: to a trip that is kept, or to one that went on since."""
    if order.state not in ("held", "paying"):
        subject = _("Your booking %(code)s", code=order.code)
        block = Block(sentences=(_("Here is the link to your booking."),), buttons=(_open(trip),))
        return News(subject, _page(order, trip, subject, (block, _secret())))
    subject = _("Your places are kept: %(code)s", code=order.code)
    sentences = (
        _("%(title)s, %(span)s.", title=trip.title, span=trip.span),
        _("We keep your places until %(when)s WITA. Nothing has been charged.", when=moment(order.hold_until)),
    )
    button = Button(_("Go on with the booking"), trip.address)
    return News(subject, _page(order, trip, subject, (Block(sentences=sentences, buttons=(button,)), _secret())))


def _confirmed(order: Order, trip: TripVoucher) -> News:
    subject = _("Your trip %(code)s is confirmed", code=order.code)
    first = (
        _("%(title)s, %(span)s.", title=trip.title, span=trip.span),
        trip.money,
        _("Vouchers and calendar are attached. Both work without a connection."),
    )
    blocks = [
        Block(sentences=first, buttons=(_open(trip),)),
        _parts(_("Confirmed"), trip, [part for part in trip.live if part.state != "to_buy"]),
        _parts(_("Bought later, by us"), trip, [part for part in trip.live if part.state == "to_buy"]),
        *_others(trip),
        _papers(trip),
        _secret(),
    ]
    return News(subject, _page(order, trip, subject, blocks), has_vouchers=True, has_calendar=True)


def _undone(order: Order, trip: TripVoucher) -> News:
    subject = _("Your trip %(code)s could not be booked", code=order.code)
    if order.why == "left":
        subject = _("Your places for %(code)s were given back", code=order.code)
    got = payments.list_payments(order.id)
    back = sum(payment.captured for payment in got)
    money = _("Nothing was charged.")
    if back:
        money = _("%(amount)s is on its way back to you.", amount=filters.beside(back, trip.rate))
        money += " " + _arrives(order)
    elif any(payment.state in ("authorised", "voided") for payment in got):
        money += " " + _("What your bank had set aside on the card is released; that can take some days to show.")
    why = {
        "declined": _("One part was not available, and nothing was to take its place."),
        "no_answer": _("One supplier did not answer in time."),
        "hold_lapsed": _("The payment came after the hold had run out."),
        "authorisation_lapsed": _("The card’s authorisation lapsed before everybody had answered."),
        "payment_refused": _("The card was refused when it was to be charged."),
        "left": _("You gave the places back."),
    }.get(order.why, _("It was stopped."))
    missing = [part for part in trip.parts if part.state in ("declined", "released") and _said_no(order, part)]
    rows = tuple(Row(_name(part), _when(part), _("Not available")) for part in missing)
    sentences = (why, money, _("All other parts were given back; nobody expects you."))
    return News(subject, _page(order, trip, subject, (Block(sentences=sentences, rows=rows, buttons=(_open(trip),)),)))


def _said_no(order: Order, part: Voucher) -> bool:
    """Tell whether a part's supplier declined or did not answer, rather than being given back with the rest."""
    return order.why in ("declined", "no_answer") and bool(orders.get_line(order.id, part.number).why)


def _cancelled(order: Order, trip: TripVoucher) -> News:
    gone = {line.number: line for line in orders.list_lines(order.id) if line.state == "cancelled"}
    fresh = {n: line for n, line in gone.items() if f"cancelled:{n}" not in order.told} or gone
    subject = _("Cancelled: %(code)s", code=order.code)
    due = {number: line.refund_due for number, line in fresh.items()}
    total = sum(due.values())
    rows = [
        Row(_name(part), _dated(part, due[part.number], trip), filters.money(due[part.number]))
        for part in trip.parts
        if part.number in fresh
    ]
    rows.append(Row(_("Paid back in all"), filters.converted(total, trip.rate), filters.money(total)))
    said = [_("These parts are cancelled. This is what their terms pay back.")]
    if not total:
        said.append(_("By the terms of these parts nothing is paid back."))
    elif _is_on_deposit(order):
        said.append(
            _("It lowers what you have not paid yet; what you have paid beyond that goes back the way it came.")
        )
        left = balance_of(order.id)
        if left:
            said.append(_("Still to pay for your trip: %(amount)s.", amount=filters.beside(left, trip.rate)))
    else:
        said.append(_arrives(order))
    blocks = [Block(sentences=tuple(said), rows=tuple(rows), buttons=(_open(trip),))]
    still = _parts(_("Still booked"), trip, trip.live)
    if trip.live:
        still = Block(still.heading, (_("New vouchers and a new calendar are attached."),), still.rows)
    return News(
        subject, _page(order, trip, subject, [*blocks, still, _secret()]),
        has_vouchers=bool(trip.live), has_calendar=True,
    )  # fmt: skip


def _changed(order: Order, trip: TripVoucher, change: TripChange) -> News:
    subject = _("Your trip %(code)s has changed", code=order.code)
    before = {int(number) for number in change.refunds}
    added = {line.number for line in Quote.from_json(change.quote).lines if line.is_charged}
    added -= {line.number for line in Quote.from_json(change.quote_before).lines}
    gone = [
        Row(_name(part), _when(part), filters.money(change.refunds[str(part.number)]))
        for part in trip.parts
        if part.number in before
    ]
    if change.difference > 0:
        money = _("You paid %(amount)s for the change.", amount=filters.money(change.difference))
    elif change.difference < 0 and not _is_on_deposit(order):
        money = _("%(amount)s is on its way back to you.", amount=filters.money(-change.difference))
        money += " " + _arrives(order)
    else:
        money = _("Nothing more is to be paid for the change.")
    said = (_("Please look at the new times; new vouchers and a new calendar are attached."), money)
    blocks = [
        Block(sentences=said, buttons=(_open(trip),)),
        _parts(_("What is new"), trip, [part for part in trip.live if part.number in added]),
        Block(_("What went, and what it pays back"), rows=tuple(gone)),
        _parts(_("Your trip now"), trip, trip.live),
        _secret(),
    ]
    return News(subject, _page(order, trip, subject, blocks), has_vouchers=bool(trip.live), has_calendar=True)


def _change_undone(order: Order, trip: TripVoucher, change: TripChange) -> News:
    subject = _("Your trip %(code)s stays as it was", code=order.code)
    why = {
        "declined": _("One new part was not available."),
        "no_answer": _("One supplier did not answer in time."),
        "hold_lapsed": _("The payment came after the hold had run out."),
        "authorisation_lapsed": _("The card’s authorisation lapsed before everybody had answered."),
        "payment_refused": _("The card was refused when it was to be charged."),
    }.get(change.why, _("It was stopped."))
    money = _("Your booking is as it was, and nothing was charged for the change.")
    if change.difference > 0:
        money += " " + _("What your bank had set aside on the card is released; that can take some days to show.")
    block = Block(sentences=(_("The change could not be made."), why, money), buttons=(_open(trip),))
    return News(subject, _page(order, trip, subject, (block, _secret())))


_TELLING: dict[str, Callable[[Order, TripVoucher], News]] = {
    "held": _held,
    "confirmed": _confirmed,
    "undone": _undone,
    "cancelled": _cancelled,
}
_TELLING_OF_CHANGES: dict[str, Callable[[Order, TripVoucher, TripChange], News]] = {
    "changed": _changed,
    "change_undone": _change_undone,
}


def _page(order: Order, trip: TripVoucher, title: str, blocks: Iterable[Block]) -> LetterPage:
    kept = [block for block in blocks if block.sentences or block.rows]
    if trip.rate and any("≈" in text for block in kept for text in _said(block)):
        kept.append(Block(sentences=(rate_note(trip.rate, is_kept=True),), is_fine=True))
    return LetterPage(order.language, title, order.code, kept, trip.cloth, trip.is_demo)


def _said(block: Block) -> tuple[str, ...]:
    return (*block.sentences, *(row.remark for row in block.rows))


def _open(trip: TripVoucher) -> Button:
    return Button(_("Open the booking"), trip.address)


def _secret() -> Block:
    said = _("Whoever has this link can see and cancel the booking: please do not pass this mail on.")
    return Block(sentences=(said,), is_fine=True)


def _name(part: Voucher) -> str:
    return f"{part.what}, {part.title}" if part.kind in ("leg", "transfer", "stay") else part.title


def _when(part: Voucher) -> str:
    if part.kind in ("stay", "fee"):
        return part.begin.day
    return f"{part.begin.day}, {part.begin.clock} WITA"


def _dated(part: Voucher, amount: int, trip: TripVoucher) -> str:
    """When a part is, and what an amount of it comes to."""
    return " · ".join(filter(None, (_when(part), filters.converted(amount, trip.rate))))


def _parts(heading: str, trip: TripVoucher, parts: Iterable[Voucher]) -> Block:
    rows = []
    for part in parts:
        standing = part.standing.note if part.state == "to_buy" else ""
        reference = _("ref. %(reference)s", reference=part.reference) if part.reference else ""
        about = filters.converted(part.price, trip.rate)
        remark = " · ".join(one for one in (_when(part), part.code, reference, standing, about) if one)
        rows.append(Row(_name(part), remark, filters.money(part.price)))
    return Block(heading, rows=tuple(rows))


def _others(trip: TripVoucher) -> list[Block]:
    own = tuple(Row(_name(part), f"{_when(part)}. {part.money}") for part in trip.others if part.way == "self")
    there = tuple(Row(_name(part), f"{_when(part)}. {part.money}") for part in trip.others if part.way == "on_spot")
    return [Block(_("Yours to arrange"), rows=own), Block(_("Paid on the spot"), rows=there)]


def _papers(trip: TripVoucher) -> Block:
    found = {paper.rule_id: paper for part in trip.live for paper in part.papers}
    found |= {paper.rule_id: paper for paper in trip.papers}
    rows = (Row(paper.name, " ".join(filter(None, (paper.text, paper.status)))) for paper in found.values())
    return Block(_("Papers and rules"), rows=tuple(rows))


def _is_on_deposit(order: Order) -> bool:
    """Tell whether a rest was left to be paid and has not been."""
    if not order.plan.get("balance"):
        return False
    return not any(payment.purpose == "balance" and payment.captured for payment in payments.list_payments(order.id))


def _arrives(order: Order) -> str:
    """When money that goes back arrives; by card as Stripe tells, by transfer as the office's task is due."""
    if any(payment.kind == "transfer" and payment.captured for payment in payments.list_payments(order.id)):
        return _("We transfer it to your account within three days.")
    return _("It goes to the card that you paid with and arrives within 5 to 10 working days, as your bank has it.")
