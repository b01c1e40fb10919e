"""What flows ask of the world outside, in their own words; wiring hands in who provides it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from planner.booking.letter import Mail
from planner.booking.payment import Charge, Checkout, CheckoutRequest, Dispute, PaymentNews
from planner.booking.request import Answer, BookingRequest
from planner.booking.supplier_system import SupplierSystem, Visit
from planner.design.catalogue import Catalogue
from planner.design.designer import Designer
from planner.design.tables import Tables
from planner.network.snapshot import Timetable
from planner.values.rates import Rate


class Snapshots(Protocol):
    """The timetable and catalogue in service, as immutable snapshots; a newer one appears when it was loaded."""

    def tables(self) -> Tables:
        """Return the reference tables in service; those that ship with the program while none were loaded."""

    def catalogue(self) -> Catalogue:
        """Return the catalogue in service."""

    def timetable(self) -> Timetable:
        """Return the timetable in service."""

    def designer(self) -> Designer:
        """Return the designer over the timetable and catalogue in service."""

    def short(self, first: date, last: date) -> Mapping[tuple[str, date], int]:
        """Return what is left of products on dates where that is less than their full capacity."""


class Payments(Protocol):
    """A payment provider: authorise first, capture once, refund. Amounts in whole rupiah.

    Every method raises OutcomeUnknown where no answer came, PaymentRefused where the provider says no.
    """

    def open_checkout(self, wanted: CheckoutRequest) -> Checkout:
        """Open a payment page that authorises the sum of its articles and captures nothing."""

    def get_checkout(self, session_id: str) -> Checkout:
        """Return how a payment page stands."""

    def close_checkout(self, session_id: str) -> Checkout:
        """Close a payment page, so that nobody can pay on it any more."""

    def get_charge(self, intent_id: str) -> Charge:
        """Return how a payment stands."""

    def capture(self, intent_id: str, amount: int, key: str) -> Charge:
        """Take an amount, at most what was authorised; the rest is released."""

    def void(self, intent_id: str, key: str) -> Charge:
        """Release an authorisation."""

    def refund(self, intent_id: str, amount: int, key: str) -> str:
        """Pay back an amount of what was captured; return the refund's id."""

    def get_dispute(self, dispute_id: str) -> Dispute:
        """Return how a dispute stands."""

    def read_event(self, body: bytes, signature: str) -> PaymentNews:
        """Read a signed message of the provider; raises NotAllowed where the signature is wrong or stale."""


class Suppliers(Protocol):
    """Whoever runs what is sold. An answer that was lost is the state `unknown`, never an exception."""

    def confirm(self, wanted: BookingRequest) -> Answer:
        """Book; asking again with the same uuid is the same booking."""

    def look_up(self, wanted: BookingRequest) -> Answer:
        """Ask how a booking stands; `declined` where the supplier knows of none."""

    def cancel(self, wanted: BookingRequest, reason: str) -> Answer:
        """Give a booking back; `cancelled` also where it was given back before or never existed."""

    def visit(self, system: SupplierSystem) -> Visit:
        """Ask a supplier's own system who it is and what it offers; trouble is told, never an exception."""


class Mailer(Protocol):
    """Whoever carries mails."""

    def send(self, mail: Mail) -> None:
        """Hand a mail over; raises Unavailable where nobody takes it."""


class Letters(Protocol):
    """Whoever writes mails and vouchers from an order, in the reader's language."""

    def ask_supplier(self, order_id: str, line: int, is_reminder: bool) -> Mail | None:
        """Write the question to a supplier on request, with its yes/no link; None where no address is known."""

    def tell_traveller(self, order_id: str, what: str) -> Mail | None:
        """Write to the traveller: confirmed, undone, cancelled, changed."""

    def tell_of_proposal(self, proposal_id: int, whom: str, what: str) -> Mail | None:
        """Write to an agency or its client about a proposal: sent, comment, accepted, changed; None without address."""

    def tell_agency(self, agency_id: str, to: str, what: str, rate_id: int | None = None) -> Mail | None:
        """Write to an owner of an agency: let_in, suspended; of a rate: rate_approved, rate_refused."""

    def remind_agent(self, agency_id: str, enquiry_id: int, to: str) -> Mail | None:
        """Write to whoever sees to an enquiry that its next step is due."""


class Queue(Protocol):
    """Whoever hands orders to the booking workers."""

    def enqueue(self, order_id: str) -> None:
        """Have an order taken on; while it is being worked on, a second time changes nothing."""


class Rates(Protocol):
    """Whoever knows what rupiah come to in the currencies that travellers read prices in."""

    def find_rate(self, currency: str) -> Rate | None:
        """Return the newest rate; None for rupiah, for a currency that is not shown, and where none is known."""
