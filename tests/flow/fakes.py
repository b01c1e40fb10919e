"""The world outside as flows see it, small and honest: a payment provider, suppliers, post and queue in memory.

Each keeps its own truth and a script of mishaps: ``fake.will("capture", LOST_AFTER)`` lets the next capture take place
and loses the answer. Without a script everything goes well.
"""

import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from planner.booking.letter import Mail
from planner.booking.payment import (
    Charge,
    Checkout,
    CheckoutRequest,
    Dispute,
    OutcomeUnknown,
    PaymentNews,
    PaymentRefused,
)
from planner.booking.request import Answer, BookingRequest
from planner.design.catalogue import Catalogue
from planner.errors import NotAllowed, Unavailable
from planner.flow.services import Services
from planner.network.snapshot import Timetable
from planner.values.rates import Rate
from planner.values.times import Clock
from tests.booking.making import NOW

LOST_BEFORE = "lost_before"
LOST_AFTER = "lost_after"
NO = "no"
PENDING = "pending"
CAPTURE_DAYS = 7


class MovableClock(Clock):
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(now)
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def move(self, **how_long: float) -> None:
        self.moment += timedelta(**how_long)


class _Scripted:
    def __init__(self) -> None:
        self._script: dict[str, deque[str]] = defaultdict(deque)
        self.calls: list[tuple[str, str]] = []

    def will(self, what: str, *mishaps: str) -> None:
        """Let what is asked next go wrong, once for each mishap; an empty string goes well."""
        self._script[what].extend(mishaps)

    def _next(self, *names: str) -> str:
        return next((self._script[name].popleft() for name in names if self._script[name]), "")

    def count(self, what: str) -> int:
        return sum(1 for name, _ in self.calls if name == what)


class FakePayments(_Scripted):
    """Keeps pages and charges; the same key gives the same answer, with other wishes an error."""

    def __init__(self, clock: MovableClock) -> None:
        super().__init__()
        self._clock = clock
        self.pages: dict[str, Checkout] = {}
        self.charges: dict[str, Charge] = {}
        self.requests: dict[str, CheckoutRequest] = {}
        self.disputes: dict[str, Dispute] = {}
        self._answers: dict[str, tuple[Any, Any]] = {}
        self._numbers = itertools.count(1)

    def pay(self, session_id: str) -> str:
        """Do what a traveller does on the page; return the id of the charge."""
        page = self.pages[session_id]
        if page.state != "open":
            return page.intent_id
        amount = sum(article.amount for article in self.requests[session_id].articles)
        intent_id = f"pi_{next(self._numbers)}"
        before = self._clock.now() + timedelta(days=CAPTURE_DAYS)
        self.charges[intent_id] = Charge(intent_id, "authorised", amount, capture_before=before, card="visa 4242")
        self.pages[session_id] = replace(page, state="complete", intent_id=intent_id)
        return intent_id

    def expire(self, session_id: str) -> None:
        self.pages[session_id] = replace(self.pages[session_id], state="expired")

    def lose(self, intent_id: str) -> None:
        """Let an authorisation lapse, as cards do after a week."""
        self.charges[intent_id] = replace(self.charges[intent_id], state="voided")

    def taken(self) -> int:
        return sum(charge.captured - charge.refunded for charge in self.charges.values())

    def open_checkout(self, wanted: CheckoutRequest) -> Checkout:
        def act() -> Checkout:
            session_id = f"cs_{next(self._numbers)}"
            self.pages[session_id] = Checkout(session_id, f"https://pay/{session_id}", wanted.expires_at)
            self.requests[session_id] = wanted
            return self.pages[session_id]

        return self._once("open_checkout", wanted.key, wanted, act)

    def get_checkout(self, session_id: str) -> Checkout:
        self._fail("get_checkout")
        return self.pages[session_id]

    def close_checkout(self, session_id: str) -> Checkout:
        if self.pages[session_id].state == "open":
            self.expire(session_id)
        return self.pages[session_id]

    def get_charge(self, intent_id: str) -> Charge:
        self._fail("get_charge")
        return self.charges[intent_id]

    def capture(self, intent_id: str, amount: int, key: str) -> Charge:
        def act() -> Charge:
            charge = self.charges[intent_id]
            if charge.state != "authorised" or amount > charge.amount:
                raise PaymentRefused("not to be captured", code="charge_not_capturable")
            self.charges[intent_id] = replace(charge, state="captured", captured=amount)
            return self.charges[intent_id]

        return self._once("capture", key, (intent_id, amount), act)

    def void(self, intent_id: str, key: str) -> Charge:
        def act() -> Charge:
            if self.charges[intent_id].state not in ("authorised", "voided"):
                raise PaymentRefused("not to be voided", code="not_voidable")
            self.lose(intent_id)
            return self.charges[intent_id]

        return self._once("void", key, intent_id, act)

    def refund(self, intent_id: str, amount: int, key: str) -> str:
        def act() -> str:
            charge = self.charges[intent_id]
            if charge.refunded + amount > charge.captured:
                raise PaymentRefused("more than was taken", code="charge_already_refunded")
            self.charges[intent_id] = replace(charge, refunded=charge.refunded + amount)
            return f"re_{next(self._numbers)}"

        return self._once("refund", key, (intent_id, amount), act)

    def get_dispute(self, dispute_id: str) -> Dispute:
        self._fail("get_dispute")
        return self.disputes[dispute_id]

    def read_event(self, body: bytes, signature: str) -> PaymentNews:
        if signature != "signed":
            raise NotAllowed("forged", code="forged_event")
        told = json.loads(body)
        return PaymentNews(
            told["id"], told["type"], told.get("session", ""), told.get("intent", ""), told.get("dispute", "")
        )

    def _fail(self, what: str) -> None:
        self.calls.append((what, ""))
        if self._next(what):
            raise OutcomeUnknown("no answer")

    def _once(self, what: str, key: str, wanted: Any, act: Callable[[], Any]) -> Any:
        self.calls.append((what, key))
        mishap = self._next(what)
        if mishap == LOST_BEFORE:
            raise OutcomeUnknown("no answer")
        if mishap == NO:
            raise PaymentRefused("no", code="card_declined")
        if key not in self._answers:
            self._answers[key] = (wanted, act())
        before, answer = self._answers[key]
        if before != wanted:
            raise PaymentRefused("the same key was used for something else", code="key_used")
        if mishap == LOST_AFTER:
            raise OutcomeUnknown("no answer")
        return answer


class FakeSuppliers(_Scripted):
    """Keeps each supplier's list of bookings; scripts are for a method (``confirm``) or a product of it."""

    def __init__(self) -> None:
        super().__init__()
        self.bookings: dict[str, str] = {}
        self.products: dict[str, str] = {}

    def held(self) -> list[str]:
        """List products that suppliers think are booked."""
        return sorted(self.products[uuid] for uuid, state in self.bookings.items() if state in ("confirmed", PENDING))

    def confirm(self, wanted: BookingRequest) -> Answer:
        return self._asked("confirm", wanted, lambda: self._book(wanted))

    def look_up(self, wanted: BookingRequest) -> Answer:
        return self._asked("look_up", wanted, lambda: self._find(wanted))

    def cancel(self, wanted: BookingRequest, reason: str) -> Answer:
        def act() -> Answer:
            if wanted.uuid in self.bookings:
                self.bookings[wanted.uuid] = "cancelled"
            return Answer("cancelled")

        return self._asked("cancel", wanted, act)

    def _book(self, wanted: BookingRequest, state: str = "confirmed") -> Answer:
        self.bookings.setdefault(wanted.uuid, state)
        self.products[wanted.uuid] = wanted.product_id
        return Answer(self.bookings[wanted.uuid], f"REF-{wanted.reference}")

    def _find(self, wanted: BookingRequest) -> Answer:
        if wanted.uuid not in self.bookings:
            return Answer("declined", why="not_found")
        return Answer(self.bookings[wanted.uuid], f"REF-{wanted.reference}")

    def _asked(self, what: str, wanted: BookingRequest, act: Callable[[], Answer]) -> Answer:
        self.calls.append((what, wanted.uuid))
        mishap = self._next(f"{what} {wanted.product_id}", what)
        if mishap == LOST_BEFORE:
            return Answer("unknown", why="timeout")
        if mishap == NO:
            return Answer("declined", why="full")
        if mishap == PENDING:
            return self._book(wanted, PENDING)
        answer = act()
        return Answer("unknown", why="timeout") if mishap == LOST_AFTER else answer


class FakeMailer:
    """Keeps what was sent; ``is_down`` refuses."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.is_down = False

    def send(self, mail: Mail) -> None:
        if self.is_down:
            raise Unavailable("no mail server", code="mail_unavailable")
        self.sent.append(mail)

    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.sent]


class FakeLetters:
    """Writes letters whose subject says what they are."""

    def ask_supplier(self, order_id: str, line: int, is_reminder: bool) -> Mail:
        return Mail("supplier@example.com", f"{'remind' if is_reminder else 'ask'} {line}", "")

    def tell_traveller(self, order_id: str, what: str) -> Mail:
        return Mail("traveller@example.com", what, "")

    def tell_of_proposal(self, proposal_id: int, whom: str, what: str) -> Mail:
        return Mail(f"{whom}@example.com", f"proposal {what}", "")

    def tell_agency(self, agency_id: str, to: str, what: str, rate_id: int | None = None) -> Mail:
        return Mail(to, f"agency {what}", "")

    def remind_agent(self, agency_id: str, enquiry_id: int, to: str) -> Mail:
        return Mail(to, f"due {enquiry_id}", "")


class FakeQueue:
    """Keeps what was handed over."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    def enqueue(self, order_id: str) -> None:
        self.orders.append(order_id)


class FakeSnapshots:
    """Serves one catalogue and timetable."""

    def __init__(self, catalogue: Catalogue, timetable: Timetable | None = None) -> None:
        self._catalogue, self._timetable = catalogue, timetable

    def catalogue(self) -> Catalogue:
        return self._catalogue

    def timetable(self) -> Timetable:
        assert self._timetable is not None
        return self._timetable


class FakeRates:
    """Publishes what a test tells it; nothing before that."""

    def __init__(self) -> None:
        self.now: dict[str, Rate] = {}

    def publish(self, currency: str, rupiah: str, on: date) -> Rate:
        self.now[currency] = Rate(currency, Decimal(rupiah), on)
        return self.now[currency]

    def find_rate(self, currency: str) -> Rate | None:
        return self.now.get(currency)


@dataclass
class World:
    """Everything outside, and the services that lead there."""

    snapshots: Any
    clock: MovableClock = field(default_factory=MovableClock)
    suppliers: FakeSuppliers = field(default_factory=FakeSuppliers)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    queue: FakeQueue = field(default_factory=FakeQueue)
    rates: FakeRates = field(default_factory=FakeRates)
    is_demo: bool = True

    def __post_init__(self) -> None:
        self.payments = FakePayments(self.clock)

    @property
    def services(self) -> Services:
        return Services(
            self.clock, self.snapshots, self.payments, self.suppliers, self.mailer, FakeLetters(), self.queue,
            self.rates, self.is_demo,
        )  # type: ignore[arg-type]  # fmt: skip


def only(states: Iterable[str]) -> str:
    """Return the one state that all have."""
    (state,) = set(states)
    return state
