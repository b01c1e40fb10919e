"""What a traveller shows at a counter, read from an order: each part and the whole trip, in the reader's language.

    order, lines, payments, tasks, claims --> voucher_of: one part --> the page's fragment `voucher/_part.html`
                                          \\-> trip_voucher: all    --> the PDF (`voucher_paper`), mails, the calendar

The code on a part's voucher is the part's own, not the link of the booking: who reads it at a counter may look up
that part, and cannot cancel the trip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from planner.booking.agency_sale import OWN_KIND
from planner.booking.quote import Line, Quote
from planner.booking.voucher import part_code
from planner.flow.open_payment import balance_of
from planner.store import claims, orders, tasks
from planner.store.orders import Order, OrderLine
from planner.store.tasks import Task
from planner.values.parties import Party
from planner.values.rates import Rate
from planner.values.times import WITA
from planner.web import filters, voucher_paper, words
from planner.web.atlas import Atlas, in_service
from planner.web.refund_words import moment, refund_words
from planner.web.services import services
from planner.web.standing import GOOD, OVER, Standing, standing_of

PAPERS = ("needs_filing", "needs_paper", "warning")


@dataclass(frozen=True)
class End:
    """Where and when a part begins or ends, on the islands' clock."""

    place: str
    at: datetime

    @property
    def clock(self) -> str:
        """The hour: `09:30`."""
        return filters.clock(self.at)

    @property
    def day(self) -> str:
        """The day: `Wed 7 April 2027`."""
        return filters.day(self.at.date(), "EEE d MMM y")


@dataclass(frozen=True)
class Seller:
    """Who runs a part; `remark` says where there is nobody to call yet."""

    name: str
    phone: str = ""
    email: str = ""
    remark: str = ""

    @property
    def reached(self) -> str:
        """How to reach it, in one line."""
        return ", ".join(one for one in (self.phone, self.email, self.remark) if one)


@dataclass(frozen=True)
class Paper:
    """A rule that touches a part or the trip: what it asks, and how that stands."""

    rule_id: str
    name: str
    asks: str
    text: str
    status: str = ""


@dataclass(frozen=True)
class Voucher:
    """One part of a trip. Prices in whole rupiah; `number` is the line's."""

    code: str
    number: int
    kind: str
    way: str
    state: str
    icon: str
    cloth: str
    what: str
    title: str
    begin: End
    end: End
    amount: str
    be_there_by: str
    who: tuple[str, ...]
    party: str
    seller: Seller
    reference: str
    price: int
    money: str
    terms: tuple[str, ...]
    standing: Standing
    papers: tuple[Paper, ...]
    buy_on: date | None = None

    @property
    def is_good(self) -> bool:
        """Tell whether it may be shown at a counter as it is."""
        return self.state in GOOD

    @property
    def is_over(self) -> bool:
        """Tell whether it will not take place."""
        return self.state in OVER

    @property
    def is_ours(self) -> bool:
        """Tell whether it was booked here."""
        return self.state != "planned"


@dataclass(frozen=True)
class TripVoucher:
    """A whole trip: its parts in order of time, ours and others, and the papers that touch no single part."""

    code: str
    title: str
    span: str
    cloth: str
    who: tuple[str, ...]
    party: str
    parts: tuple[Voucher, ...]
    papers: tuple[Paper, ...]
    money: str
    address: str
    is_demo: bool
    state: str
    rate: Rate | None = None
    """What these rupiah are read at, as it was when the trip was quoted."""

    @property
    def live(self) -> tuple[Voucher, ...]:
        """The parts booked here that take place."""
        return tuple(part for part in self.parts if part.is_ours and not part.is_over)

    @property
    def others(self) -> tuple[Voucher, ...]:
        """What the traveller arranges alone or pays on the spot."""
        return tuple(part for part in self.parts if not part.is_ours and part.price)

    @property
    def total(self) -> int:
        """What the parts booked here cost, in whole rupiah."""
        return sum(part.price for part in self.live)


def link_of(order: Order, address: str = "") -> str:
    """Return the secret link of a booking; `address` begins it, the site's own where none is given."""
    start = address or current_app.extensions["planner.settings"].address
    return f"{start.rstrip('/')}/bookings/{order.code}/{order.secret}"


def voucher_of(order: Order, row: OrderLine) -> Voucher:
    """Read one part of an order."""
    return _Reading(order).part(row)


def trip_voucher(order: Order, address: str = "") -> TripVoucher:
    """Read a whole order; `address` begins the link of the booking."""
    reading = _Reading(order)
    rows = sorted(orders.list_lines(order.id), key=lambda row: (row.data["starts_at"], row.number))
    parts = tuple(reading.part(row) for row in rows)
    return TripVoucher(
        order.code,
        reading.title(rows),
        filters.span(order.starts_on, order.ends_on),
        next((part.cloth for part in reversed(parts) if part.is_ours), "bali"),
        reading.names,
        party_words(reading.quote.party),
        parts,
        reading.papers_of_trip({rule for row in rows for rule in row.data["item"].get("rule_ids", ())}),
        reading.money_of_trip(),
        link_of(order, address),
        bool(current_app.config["IS_DEMO"]),
        order.state,
        reading.quote.rate,
    )


def voucher_pdf(order: Order, row: OrderLine | None = None, address: str = "") -> bytes:
    """Draw the voucher of one part, or an overview and a page for each part that was booked here; in its language."""
    with force_locale(order.language):
        trip = trip_voucher(order, address)
        site = voucher_paper.Site(Path(str(current_app.static_folder)), Path(current_app.instance_path) / "fonts")
        now = services().clock.now()
        if row is not None:
            part = next(part for part in trip.parts if part.number == row.number)
            return voucher_paper.draw_part(trip, part, order.language, now, site)
        return voucher_paper.draw_trip(trip, order.language, now, site)


def party_words(party: Party) -> str:
    """Who travels, counted: `2 adults, 1 child`."""
    said = [ngettext("%(num)d adult", "%(num)d adults", party.adults)]
    if party.children:
        said.append(ngettext("%(num)d child", "%(num)d children", len(party.children)))
    return ", ".join(said)


def names_of(order: Order) -> tuple[str, ...]:
    """The names of those who travel, as far as they were asked for, without stray spaces."""
    said = (" ".join(f"{one.get('given', '')} {one.get('family', '')}".split()) for one in order.travellers)
    return tuple(name for name in said if name)


def what_of(item: Mapping[str, Any], atlas: Atlas) -> tuple[str, str]:
    """What a part is and its name: `Fast boat` and `Padang Bai to Gili Air`."""
    kind = item["kind"]
    if kind in ("leg", "transfer"):
        start, end = ends_of(item)
        route = _("%(start)s to %(end)s", start=atlas.name(start), end=atlas.name(end))
        return str(words.MODES.get(item["mode"], item["mode"])), route
    if kind == "package":
        name = filters.say(str(item.get("title") or atlas.product_name(item.get("product_id"))))
        return _("Tour"), name
    if kind == "stay":
        where = atlas.name(str(item["place_id"]))
        house = filters.say(str(item.get("title") or ""))
        return _("Nights in %(place)s", place=where), house or _("Your own stay")
    if kind == OWN_KIND:
        return _("From your agency"), str(item["title"])
    rule = atlas.rules.get(str(item.get("rule_id") or ""), {})
    return _("Fee"), filters.say(str(rule.get("name") or item.get("title") or item.get("rule_id")))


def ends_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """The ids of the places or hubs where a part begins and ends."""
    if item["kind"] == "stay":
        return str(item["place_id"]), str(item["place_id"])
    start = item.get("from_stop") or item.get("from") or item.get("from_place") or ""
    end = item.get("to_stop") or item.get("to") or item.get("to_place") or ""
    return str(start), str(end)


class _Reading:
    """Reads the lines of one order; what all of them need is looked up once."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.quote = Quote.from_json(order.quote)
        self.atlas = in_service()
        self.now = services().clock.now()
        self.names = names_of(order)
        self.filings = {str(task.facts.get("rule_id")): task for task in tasks.list_tasks(order.id) if _files(task)}
        self.verdicts = {str(rule["rule_id"]): rule for rule in self.quote.facts.get("rules", ())}
        self.balance = balance_of(order.id)

    def part(self, row: OrderLine) -> Voucher:
        line, atlas = Line.from_json(row.data), self.atlas
        item = line.item
        start, end = ends_of(item)
        what, title = what_of(item, atlas)
        check_in = item.get("check_in_by")
        return Voucher(
            part_code(self.order.code, row.number),
            row.number,
            line.kind,
            row.way,
            row.state,
            self._icon(line),
            atlas.province(end or start) if end or start else "bali",
            what,
            title,
            End(self._where(start), line.starts_at.astimezone(WITA)),
            End(self._where(end), line.ends_at.astimezone(WITA)),
            _amount(line),
            filters.clock(datetime.fromisoformat(str(check_in)).astimezone(WITA)) if check_in else "",
            self.names,
            party_words(self.quote.party),
            self._seller(row, line),
            row.reference,
            row.price if row.state != "planned" else line.price,
            self._money(row, line),
            tuple(refund_words(line, row.state == "bought")) if row.state not in OVER else (),
            standing_of(row, line, self.now),
            self._papers(item.get("rule_ids", ())),
            line.buy_on if row.state == "to_buy" else None,
        )

    def title(self, rows: Sequence[OrderLine]) -> str:
        """The trip's name: where its nights are."""
        items = [row.data["item"] for row in rows if row.state not in OVER]
        places = [str(item["place_id"]) for item in items if item["kind"] == "stay"]
        return ", ".join(dict.fromkeys(self.atlas.name(place) for place in places)) or _("A day trip")

    def money_of_trip(self) -> str:
        order = self.order
        if order.state == "confirmed" and self.balance:
            due = order.plan.get("due_on")
            day = filters.full_day(str(due)) if due else ""
            return _("%(amount)s more is due by %(day)s.", amount=self._beside(self.balance), day=day)
        if order.state == "confirmed":
            return _("Paid in full.")
        if order.state in ("held", "paying"):
            return _("Not paid yet.")
        return _("Authorised on your card, not charged.") if order.state == "authorised" else ""

    def papers_of_trip(self, of_parts: set[str]) -> tuple[Paper, ...]:
        """What the traveller must do or bring for the trip as a whole."""
        asked = [rule_id for rule_id, rule in self.verdicts.items() if rule.get("verdict") in PAPERS[:2]]
        return self._papers(rule_id for rule_id in asked if rule_id not in of_parts)

    def _where(self, stop_id: str) -> str:
        hub = self.atlas.hubs.get(stop_id)
        if hub:
            return filters.say(hub["name"])
        return self.atlas.name(stop_id) if stop_id else ""

    def _icon(self, line: Line) -> str:
        if line.kind in ("leg", "transfer"):
            return words.MODE_ICONS.get(str(line.item["mode"]), "arrow")
        if line.kind == "stay":
            return "bed"
        product = self.atlas.products.get(str(line.item.get("product_id") or ""), {})
        likes = product.get("lintas", {}).get("interests", ())
        return next((words.INTEREST_ICONS[one] for one in likes if one in words.INTEREST_ICONS), "ticket")

    def _seller(self, row: OrderLine, line: Line) -> Seller:
        name = filters.say(str(line.item.get("operator") or ""))
        if line.kind in ("leg", "transfer") and str(line.item.get("operator")) in ("", "several"):
            name = _("The carrier on your ticket")
        if row.state == "planned":
            return Seller(name if line.kind != "stay" or line.item.get("product_id") else "")
        claim = claims.find_claim(row.supplier_id)
        if claim is not None and claim.approved_at is not None:
            return Seller(name, claim.phone, claim.email)
        if line.way == "later":
            return Seller(name, remark=_("Call us, not the carrier: we buy the ticket."))
        return Seller(name, remark=_("A placeholder: no operator has taken this name yet, so there is nobody to call."))

    def _money(self, row: OrderLine, line: Line) -> str:
        if row.state == "planned":
            amount = self._beside(line.price)
            if not line.price:
                return ""
            if row.way == "self":
                return _("You book and pay it yourself, about %(amount)s.", amount=amount)
            return _("Pay %(amount)s there.", amount=amount)
        if row.state in OVER:
            return ""
        if self.order.state == "confirmed" and not self.balance:
            return _("Paid: %(amount)s. Nothing is due there.", amount=self._beside(row.price))
        if self.order.state == "confirmed":
            return _("%(amount)s, part of your trip. Nothing is due there.", amount=self._beside(row.price))
        return _("%(amount)s, not charged yet.", amount=self._beside(row.price))

    def _beside(self, amount: int) -> str:
        """Rupiah, and what they came to when the trip was quoted; dated, because a part may be shown alone."""
        return filters.beside(amount, self.quote.rate, is_dated=True)

    def _papers(self, rule_ids: Any) -> tuple[Paper, ...]:
        found = []
        for rule_id in rule_ids:
            rule, verdict = self.atlas.rules.get(rule_id), self.verdicts.get(rule_id, {})
            if rule is None or verdict.get("verdict") not in PAPERS:
                continue
            asks = str(words.VERDICTS[str(verdict["verdict"])])
            text = filters.say(str(verdict.get("text") or rule["rule_text"]))
            found.append(Paper(rule_id, filters.say(rule["name"]), asks, text, self._filed(rule_id)))
        return tuple(found)

    def _filed(self, rule_id: str) -> str:
        """How a filing stands; it is said to be done only where its reference is there."""
        task = self.filings.get(rule_id)
        if task is None:
            return ""
        if task.state == "done" and task.reference:
            return _("Filed under %(reference)s.", reference=task.reference)
        return _("We file your names by %(when)s; not confirmed yet.", when=moment(task.due_at))


def _files(task: Task) -> bool:
    return task.kind == "file_park" and task.state != "dropped"


def _amount(line: Line) -> str:
    """How much of it: nights and rooms, cars; nothing where the party says it."""
    item = line.item
    if line.kind == "stay":
        nights = int(item.get("nights") or (line.ends_at.date() - line.starts_at.date()).days)
        said = [ngettext("%(num)d night", "%(num)d nights", nights)]
        if item.get("rooms"):
            said.append(ngettext("%(num)d room", "%(num)d rooms", int(item["rooms"])))
        return ", ".join(said)
    cars = [part for part in item.get("quantity") or () if part["what"] == "car"]
    return ngettext("%(num)d car", "%(num)d cars", int(cars[0]["count"])) if cars else ""
