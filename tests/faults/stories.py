"""Orders on their way to each step of the saga: how one gets there, and at which points of it a worker may die."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.record_transfer import record_transfer
from planner.store import orders, tasks
from planner.store.db import db, transaction
from tests.booking.making import START, package, ride, stay
from tests.faults.site import Site, wait_for

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
HOUSE = stay(2, "ST-LBJ-1", 450_000)
FERRY = ride(3, 261_200)
ASKED = package(4, "PK55", 400_000, "requested", starts_at=START.replace(hour=8))
PROOF = b"%PDF-1.7\n%%EOF\n"
LONG_AGO = timedelta(hours=2)

Act = Callable[[Site, str], object]


def _nothing(_: Site, __: str) -> None:
    """Nothing more has to happen."""


@dataclass(frozen=True)
class Story:
    """`prepare` gives an order that is far enough, `trigger` lets it go into the step, `help_on` what comes after."""

    name: str
    step: str
    commits: int
    calls: int
    prepare: Callable[[Site], str]
    trigger: Act
    ends: str = "confirmed"
    help_on: Act = _nothing

    @property
    def points(self) -> list[str]:
        """Every point of the step but those before a call: nothing happens between them and the point before."""
        kinds = (("before_commit", self.commits), ("after_commit", self.commits), ("after_call", self.calls))
        return [f"{self.step}:{kind}:{n}" for kind, count in kinds for n in range(1, count + 1)]


def holds(*lines: object, consent: str = "undo") -> Callable[[Site], str]:
    return lambda site: site.held(lines, consent)  # type: ignore[arg-type]


def pays(site: Site, order_id: str) -> None:
    site.pay(order_id)


def when_sold_out(site: Site, order_id: str) -> None:
    site.supplier.behave(sold_out=["ST-LBJ-1"])
    site.pay(order_id)


def when_pending(site: Site, order_id: str) -> None:
    site.supplier.behave(confirms_as="PENDING")
    when_sold_out(site, order_id)


def when_never_reached(site: Site, order_id: str) -> None:
    site.supplier.will("book", "before", "reset")
    site.pay(order_id)


def waits_for_an_answer(site: Site) -> str:
    order_id = site.held([WALK, ASKED])
    site.pay(order_id)
    wait_for("the question", lambda: site.parts(order_id) == ["confirmed", "requested"])
    return order_id


def waits_for_a_system(site: Site) -> str:
    site.supplier.behave(confirms_as="PENDING")
    order_id = site.held([WALK])
    site.pay(order_id)
    wait_for("the pending booking", lambda: site.parts(order_id) == ["requested"])
    return order_id


def _note(site: Site, order_id: str, number: int, **values: object) -> None:
    with site.app.app_context(), transaction() as session:
        orders.note_line(session, order_id, number, values)
    site.wake(order_id)


def half_the_time_is_over(site: Site, order_id: str) -> None:
    now = datetime.now(UTC)
    _note(site, order_id, 4, asked_at=now - LONG_AGO, answer_by=now + LONG_AGO / 2)


def time_is_up(site: Site, order_id: str) -> None:
    number = 4 if len(site.parts(order_id)) > 1 else 1
    past = datetime.now(UTC) - timedelta(seconds=1)
    _note(site, order_id, number, answer_by=past, tried_at=past - LONG_AGO)


def is_unknown(site: Site) -> str:
    order_id = site.held([WALK])
    site.supplier.will("confirm", "after", "reset")
    site.supplier.will("get", "before", *["reset"] * 20)  # else it may be looked up before anybody here looks
    site.pay(order_id)
    wait_for("the lost answer", lambda: site.parts(order_id) == ["unknown"])
    return order_id


def nobody_knows_for_long(site: Site, order_id: str) -> None:
    _note(site, order_id, 1, tries=5, tried_at=datetime.now(UTC))


def a_person_was_called(site: Site, order_id: str) -> None:
    def kinds() -> list[str]:
        with site.app.app_context():
            db.session.rollback()
            return [task.kind for task in tasks.list_tasks(order_id)]

    wait_for("the task", lambda: "unknown_outcome" in kinds())
    site.supplier.control("calm", {})
    _note(site, order_id, 1, tried_at=datetime.now(UTC) - LONG_AGO)


def is_confirmed(site: Site) -> str:
    order_id = site.held([WALK])
    site.pay(order_id)
    site.settle([order_id])
    return order_id


def cancels(site: Site, order_id: str) -> None:
    with site.app.app_context():
        back = sum(one.amount for one in refunds_now(order_id, site.services))
        cancel_booking(order_id, [], back, site.services, "traveller")


def transfers(site: Site, order_id: str) -> None:
    with site.app.app_context():
        record_transfer(
            order_id, orders.get_order(order_id).total, "Ani Bee", site.services.clock.today(),
            f"BCA-{uuid4().hex[:8]}", PROOF, site.instance, site.services, "ayu@desk",
        )  # fmt: skip


def transfers_when_sold_out(site: Site, order_id: str) -> None:
    site.supplier.behave(sold_out=["ST-LBJ-1"])
    transfers(site, order_id)


STORIES = (
    Story("booking", "confirm", 2, 1, holds(WALK, HOUSE), pays),
    Story("asking by mail", "confirm", 3, 1, holds(ASKED), pays),
    Story("looking up what never arrived", "look_up", 2, 2, holds(WALK), when_never_reached),
    Story("capturing", "capture", 2, 1, holds(WALK), pays),
    Story("opening tasks", "open_tasks", 1, 0, holds(WALK, FERRY), pays),
    Story("issuing vouchers", "issue_vouchers", 1, 0, holds(WALK), pays),
    Story("telling", "tell", 2, 1, holds(WALK), pays),
    Story("finishing", "finish", 1, 0, holds(WALK), pays),
    Story("resting", "rest", 1, 0, holds(ASKED), pays),
    Story("giving up", "give_up", 1, 0, holds(WALK, HOUSE), when_sold_out, "undone"),
    Story("cancelling", "cancel_line", 2, 1, holds(WALK, HOUSE), when_sold_out, "undone"),
    Story("withdrawing a question", "withdraw", 1, 0, holds(WALK, HOUSE, ASKED), when_sold_out, "undone"),
    Story("withdrawing what is pending", "withdraw", 1, 1, holds(WALK, HOUSE), when_pending, "undone"),
    Story("releasing places", "release", 1, 0, holds(WALK, HOUSE), when_sold_out, "undone"),
    Story("voiding", "void", 2, 1, holds(WALK, HOUSE), when_sold_out, "undone"),
    Story("substituting", "substitute", 1, 0, holds(WALK, HOUSE, consent="closest"), when_sold_out),
    Story("reminding", "remind", 2, 1, waits_for_an_answer, half_the_time_is_over),
    Story("silence", "too_late", 1, 0, waits_for_an_answer, time_is_up, "undone"),
    Story("silence of a system", "too_late", 2, 1, waits_for_a_system, time_is_up, "undone"),
    Story("calling a person", "call_a_person", 1, 0, is_unknown, nobody_knows_for_long, help_on=a_person_was_called),
    Story("paying back", "refund_back", 2, 1, is_confirmed, cancels, "cancelled"),
    Story("selling for a transfer", "book_sale", 1, 0, holds(WALK), transfers),
    Story("paying a transfer back", "refund_all", 1, 0, holds(WALK, HOUSE), transfers_when_sold_out, "undone"),
)
