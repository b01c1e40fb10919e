"""A small shop on a real database: a few products for sale, orders brought as far as a test wants them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from planner.booking.payment import payment_plans
from planner.booking.quote import Line, Quote
from planner.flow.confirm_booking import take_next_step
from planner.flow.hold_places import hold_places
from planner.flow.open_payment import open_payment
from planner.flow.take_payment import check_payment, name_travellers
from planner.store import attempts, audit, availability, claims, ledger, letters, orders, payments, systems, tasks
from planner.store.availability import Slot
from planner.store.changes import TripChange
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine, Taken
from planner.store.proposals import ProposalVersion
from tests.booking.making import quote_of
from tests.flow.fakes import World

KEPT = ("PK01", "PK47", "PK55", "PK128", "ST-LBJ-1", "ST-LBJ-5")
TRAVELLERS = ({"given": "Ani", "family": "Bee"}, {"given": "Cit", "family": "Dee"})
CONTACT = {"email": "traveller@example.com", "phone": "+62 1"}
OURS = (
    ledger.LedgerEntry, ledger.LedgerTransaction, letters.Letter, audit.Act, tasks.Task, attempts.Attempt,
    payments.PaymentEvent, payments.Payment, Taken, OrderLine, TripChange, Order, claims.Allotment, claims.Claim,
    systems.BookedIn, systems.System,
)  # fmt: skip
MOST_STEPS = 200
_capacities: dict[tuple[str, int], int] = {}
"""What slots had room for before a test changed it, by database and slot."""


def empty() -> None:
    """Forget every order and give all places back, so that one database serves many tests."""
    with transaction() as session:
        session.execute(update(ProposalVersion).values(order_id=None))
        for table in OURS:
            session.execute(delete(table))
        session.execute(delete(Slot).where(Slot.product_id.not_in(KEPT)))
        session.execute(update(Slot).where(Slot.held + Slot.sold > 0).values(held=0, sold=0))
        for (database, slot_id), capacity in _capacities.items():
            if database == str(db.engine.url):
                session.execute(update(Slot).where(Slot.id == slot_id).values(capacity=capacity))


def slot_of(line: Line, number: int = 0) -> Slot:
    take = line.takes[number]
    slot = availability.find_slot(db.session(), take.product_id, take.option_id, take.starts_on, take.starts_at)
    assert slot is not None, take
    return slot


def counts(line: Line, number: int = 0) -> tuple[int, int]:
    """Return what is held and sold of a slot that a line takes."""
    db.session.rollback()
    slot = slot_of(line, number)
    return slot.held, slot.sold


def set_capacity(line: Line, capacity: int) -> None:
    """Change how much room a slot has, until the shop is emptied for the next test."""
    slot = slot_of(line)
    slot_id = slot.id
    _capacities.setdefault((str(db.engine.url), slot_id), slot.capacity)
    with transaction() as session:
        session.execute(update(Slot).where(Slot.id == slot_id).values(capacity=capacity))


def hold(world: World, lines: Sequence[Line], **more: Any) -> str:
    quote: Quote = quote_of(lines, world.clock.now(), **more.pop("quote", {}))
    return hold_places(quote, world.services, **more).id


def paid(world: World, lines: Sequence[Line], consent: str = "undo", plan: int = 0, **more: Any) -> str:
    """Hold, name, open the page, pay, and hear of it."""
    order_id = hold(world, lines, **more)
    pay(world, order_id, consent, plan)
    assert check_payment(order_id, world.services) == "authorised"
    return order_id


def pay(world: World, order_id: str, consent: str = "undo", plan: int = 0) -> tuple[str, str]:
    """Pay without anybody hearing of it; return the ids of page and charge."""
    order = orders.get_order(order_id)
    plans = payment_plans(order.total, order.starts_on, world.clock.today())
    name_travellers(order_id, CONTACT, TRAVELLERS, consent, plans[plan], world.services)
    page = open_page(world, order_id)
    return page, world.payments.pay(page)


def open_page(world: World, order_id: str) -> str:
    return open_payment(order_id, "https://s/done", "https://s/back", {0: "A trip"}, world.services).session_id


def run(world: World, order_id: str, stop_at: str = "", most_h: float = 48) -> list[str]:
    """Take steps as the workers do, time passing where they wait; ``stop_at`` leaves off before waiting longer."""
    steps: list[str] = []
    until = world.clock.now().timestamp() + most_h * 3600
    for _ in range(MOST_STEPS):
        went = take_next_step(order_id, world.services)
        if went.step == "wait":
            if stop_at == "wait" or world.clock.now().timestamp() + went.wait_s > until:
                return steps
            world.clock.move(seconds=went.wait_s)
            continue
        steps.append(went.step)
        if went.is_over or went.step == stop_at:
            return steps
    raise AssertionError(f"it never ends: {steps[-10:]}")


def states(order_id: str) -> list[str]:
    db.session.rollback()
    return [line.state for line in orders.list_lines(order_id)]


def state(order_id: str) -> str:
    db.session.rollback()
    return str(orders.get_order(order_id).state)


def open_tasks(order_id: str) -> list[str]:
    db.session.rollback()
    return [task.kind for task in tasks.list_tasks(order_id, "open")]


def check_books() -> None:
    """Hold counters against rows and the ledger against zero: true after every act, whatever it was."""
    db.session.rollback()
    assert ledger.list_unbalanced() == []
    assert sum(ledger.balances().values()) == 0
    rows = select(
        Taken.slot_id, Taken.is_sold, func.sum(Taken.places), func.count()
    ).group_by(Taken.slot_id, Taken.is_sold)  # fmt: skip
    taken = {(slot_id, is_sold): int(places) for slot_id, is_sold, places, _ in db.session.execute(rows)}
    used = db.session.scalars(select(Slot).where(Slot.held + Slot.sold > 0)).all()
    counted = {(slot.id, False): slot.held for slot in used if slot.held}
    counted |= {(slot.id, True): slot.sold for slot in used if slot.sold}
    assert counted == taken
    assert all(slot.held + slot.sold <= slot.capacity for slot in used)
    over = Order.state.in_(("lapsed", "undone", "cancelled"))
    live = select(Taken).join(Order, Order.id == Taken.order_id).where(over)
    assert db.session.scalars(live).all() == [], "an order that is over keeps places"
    gone = select(OrderLine).join(Taken, (Taken.order_id == OrderLine.order_id) & (Taken.line == OrderLine.number))
    ended = gone.join(
        TripChange, (TripChange.order_id == OrderLine.order_id) & (TripChange.number == OrderLine.proposed_by)
    ).where(TripChange.state.in_(("lapsed", "undone")))
    assert db.session.scalars(ended).all() == [], "a change that is over keeps places"
