"""A trip that an agency sold, as its papers need it: parts, people, and what each part earns and costs.

order, lines, travellers -> SoldTrip -> purchase orders, sheets for drivers, rooming list, itinerary, invoice
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from planner.booking import ledger as books
from planner.booking.agency_sale import OWN_WAY
from planner.booking.ledger import Entry
from planner.booking.quote import Line, Quote
from planner.flow.deal import sold_of
from planner.store import orders, proposals
from planner.store.agencies import Agency
from planner.store.orders import Order, OrderLine
from planner.store.proposals import ProposalVersion
from planner.values.parties import Party
from planner.values.rates import Rate, round_half_away
from planner.values.times import WITA
from planner.web import filters, words
from planner.web.atlas import in_service
from planner.web.vouchers import Voucher, names_of, trip_voucher

GONE = ("released", "declined", "replaced")
"""States of parts that never came about."""
CALLED_OFF = ("cancelling", "cancelled")
AGENCY_PAYS = "agency"
"""Said of a proposal whose client pays the agency, and the agency pays us what the trip costs."""
NEVER = ("lapsed", "undoing", "undone")
"""States of orders that never came about."""
STATES: dict[str, Any] = {
    "held": _l("To be asked"),
    "confirming": _l("Being asked"),
    "unknown": _l("Asked, no answer yet"),
    "requested": _l("Asked, no answer yet"),
    "confirmed": _l("Confirmed"),
    "to_buy": _l("To be bought"),
    "bought": _l("Bought"),
    "cancelling": _l("Cancelled"),
    "cancelled": _l("Cancelled"),
    "declined": _l("Declined"),
    "replaced": _l("Replaced"),
    "released": _l("Given back"),
    "planned": _l("Not sold by us"),
}


@dataclass(frozen=True)
class Person:
    """Somebody who travels; `age` is known of children alone, `name` is empty where nobody was asked for it."""

    number: int
    name: str = ""
    age: int | None = None

    @property
    def said(self) -> str:
        """How papers call them: `Ani Bee`, `Eva Bee (9 years)`, `Guest 3`."""
        name = self.name or _("Guest %(n)d", n=self.number)
        return name if self.age is None else f"{name} ({years(self.age)})"


@dataclass(frozen=True)
class SoldPart:
    """One part: its row, its line of the quote, and what a voucher says of it."""

    row: OrderLine
    line: Line
    voucher: Voucher
    stands: bool = True
    """Whether the trip that it belongs to came about, or still may."""

    @property
    def item(self) -> Mapping[str, Any]:
        """The item of the plan."""
        return self.line.item

    @property
    def on(self) -> date:
        """The day on which it begins, in the islands."""
        return self.line.starts_at.astimezone(WITA).date()

    @property
    def is_own(self) -> bool:
        """Tell whether the agency provides it itself."""
        return self.row.way == OWN_WAY

    @property
    def is_charged(self) -> bool:
        """Tell whether the client pays it with the trip."""
        return self.stands and self.row.state not in ("planned", *GONE) and self.row.price > 0

    @property
    def is_called_off(self) -> bool:
        """Tell whether it was sold and then cancelled."""
        return self.stands and self.row.state in CALLED_OFF

    @property
    def is_live(self) -> bool:
        """Tell whether it will take place as far as is known."""
        return self.stands and self.row.state not in (*GONE, *CALLED_OFF)

    @property
    def state(self) -> str:
        """How it stands, in words."""
        return str(STATES[self.row.state])

    @property
    def net(self) -> int:
        """What it costs without the agency's mark-up, in whole rupiah."""
        return self.row.price - self.row.markup

    @property
    def supplier(self) -> str:
        """Who provides it, by name."""
        return self.voucher.seller.name or filters.say(str(self.item.get("operator") or "")) or self.row.supplier_id

    @cached_property
    def _entries(self) -> list[Entry]:
        """What its sale and its cancelling come to in the books, as they are or will be posted."""
        sold = sold_of(self.row)
        entries = books.sale([sold]) if self.is_charged else []
        return [*entries, *(books.cancellation(sold, self.row.refund_due) if self.is_called_off else [])]

    def _sum(self, *accounts: str) -> int:
        return -sum(entry.amount for entry in self._entries if entry.account.startswith(accounts))

    @property
    def owed(self) -> int:
        """What its supplier is paid, less what a cancelling took back; whole rupiah."""
        return self._sum("supplier:", "to_buy")

    @property
    def owed_on(self) -> date | None:
        """When its supplier is paid: when a ticket is bought, or some days after the part."""
        if self.line.way == "later":
            return self.line.buy_on
        return next((entry.due_on for entry in self._entries if entry.account.startswith("supplier:")), None)

    @property
    def earned(self) -> int:
        """What the agency earns with it, less what a cancelling took back; whole rupiah."""
        return self._sum("agent:")

    @property
    def commission(self) -> int:
        """What of the agency's earnings is commission, before anything was cancelled."""
        if not self.is_charged:
            return 0
        sale = books.sale([sold_of(self.row)])
        return -sum(entry.amount for entry in sale if entry.account.startswith("agent:")) - self.row.markup

    @property
    def units(self) -> str:
        """What it is booked for, counted by kind, without any price: `2 adults, 1 child`."""
        return ", ".join(_unit(str(one["what"]), int(one["count"])) for one in self.item.get("quantity") or ())


@dataclass(frozen=True)
class ClientPrice:
    """What a client pays who settles with the agency alone: of each line by number, and of the agency's own items."""

    shares: Mapping[int, int]
    own: tuple[tuple[str, int], ...] = ()
    rate: Rate | None = None


@dataclass(frozen=True)
class SoldTrip:
    """An order of an agency with its parts in the order of travel."""

    order: Order
    agency: Agency
    quote: Quote
    title: str
    parts: tuple[SoldPart, ...]
    client_price: ClientPrice | None = None
    """What was promised to a client who pays the agency; None where the client pays the order itself."""
    accepted_by: str = ""
    """Who accepted the proposal that it came from."""

    def gross_of(self, part: SoldPart) -> int:
        """Return what the client pays for a part, in whole rupiah."""
        return self.client_price.shares.get(part.row.number, part.row.price) if self.client_price else part.row.price

    def credit_of(self, part: SoldPart) -> int:
        """Return what of its price a client is given back for a part that was cancelled, in whole rupiah."""
        if not part.is_called_off:
            return 0
        return round_half_away(Fraction(self.gross_of(part) * part.row.refund_due, part.row.price or 1))

    @property
    def rate(self) -> Rate | None:
        """At which the client's currency was reckoned when the trip was sold."""
        return self.client_price.rate if self.client_price else self.quote.rate

    @property
    def client(self) -> str:
        """Who bought it, by name."""
        return self.accepted_by or self.lead.said

    @property
    def party(self) -> Party:
        """Who travels, counted."""
        return self.quote.party

    @property
    def live(self) -> tuple[SoldPart, ...]:
        """The parts that take place and were sold here."""
        return tuple(part for part in self.parts if part.is_live and part.row.state != "planned")

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody who travels, whoever books first and children last; where names are missing a number stands."""
        return people_of(names_of(self.order), self.party)

    @property
    def lead(self) -> Person:
        """Whoever the trip is booked for."""
        return self.people[0]

    @property
    def phone(self) -> str:
        """How the lead traveller is reached."""
        return str(self.order.contact.get("phone") or "")

    @property
    def span(self) -> str:
        """Its first and last day."""
        return filters.span(self.order.starts_on, self.order.ends_on)


def read_trip(order: Order, agency: Agency) -> SoldTrip:
    """Read an order as it stands, in the reader's language."""
    rows = {row.number: row for row in orders.list_lines(order.id)}
    trip, stands = trip_voucher(order), order.state not in NEVER
    parts = (SoldPart(rows[one.number], Line.from_json(rows[one.number].data), one, stands) for one in trip.parts)
    found = proposals.find_of_order(order.id)
    version = found[1] if found else None
    return SoldTrip(
        order, agency, Quote.from_json(order.quote), trip.title, tuple(parts),
        _client_price(version) if version and version.public["payer"] == AGENCY_PAYS else None,
        version.accepted_name if version else "",
    )  # fmt: skip


def _client_price(version: ProposalVersion) -> ClientPrice:
    """Read what was promised of the option that was accepted."""
    chosen, rate = version.private["options"][version.chosen], version.public.get("rate")
    return ClientPrice(
        {int(number): int(share) for number, (_net, share) in chosen["promised"].items()},
        tuple((str(item["name"]), int(item["share"])) for item in chosen["own"]),
        Rate.from_json(rate) if rate else None,
    )


def people_of(names: Sequence[str], party: Party) -> tuple[Person, ...]:
    """Put names to a party: adults first, then children by age as the trip was asked for."""
    ages: list[int | None] = [*[None] * party.adults, *party.children]
    more = max(0, len(names) - len(ages))
    numbered = enumerate([*ages, *[None] * more], start=1)
    return tuple(Person(n, names[n - 1] if n <= len(names) else "", age) for n, age in numbered)


def share_rooms(people: Sequence[Person], rooms: int) -> list[tuple[Person, ...]]:
    """Put people into rooms, two to a room in their order and the last alone; everybody once, nobody left out.

    Each room has somebody as long as there are people; where two to a room are not enough, more share one.
    """
    left, shared = list(people), []
    for still in range(max(1, rooms), 0, -1):
        count = (
            -(-len(left) // still) if len(left) > 2 * still else min(2, max(len(left) - still + 1, min(1, len(left))))
        )
        shared.append(tuple(left[:count]))
        left = left[count:]
    return shared


def years(age: int) -> str:
    """An age in words."""
    return ngettext("%(num)d year", "%(num)d years", age).replace(" ", "\u00a0")


def headcount(people: Iterable[Person]) -> str:
    """Who travels, counted, children with their ages: `2 adults, 1 child (9 years)`."""
    everybody = list(people)
    ages = [one.age for one in everybody if one.age is not None]
    adults = len(everybody) - len(ages)
    said = [ngettext("%(num)d adult", "%(num)d adults", adults)] if adults else []
    if ages:
        children = ngettext("%(num)d child", "%(num)d children", len(ages))
        said.append(f"{children} ({', '.join(years(age) for age in ages)})")
    return ", ".join(said)


def where_is(place_id: str) -> str:
    """A place with its regency and island: `Labuan Bajo, Manggarai Barat, Flores`."""
    atlas = in_service()
    row = atlas.places.get(atlas.town(place_id), {})
    said = (atlas.name(place_id), filters.say(row.get("regency")), filters.say(row.get("island")))
    return ", ".join(dict.fromkeys(one for one in said if one))


def _unit(what: str, count: int) -> str:
    if what == "adult":
        return ngettext("%(num)d adult", "%(num)d adults", count)
    if what == "child":
        return ngettext("%(num)d child", "%(num)d children", count)
    if what == "room_night":
        return ngettext("%(num)d room and night", "%(num)d rooms and nights", count)
    if what == "person":
        return ngettext("%(num)d person", "%(num)d people", count)
    if what == "car":
        return ngettext("%(num)d car", "%(num)d cars", count)
    return f"{count} {words.QUANTITIES.get(what, what)}"
