"""Take an order one step further: what `booking.saga` says comes next is done, written down, and done only once.

    write down that it begins (commit) -> call outside with the step's key -> write down how it ended (commit)

A process may die between any two of these: the next one finds the attempt without an outcome and makes the same call
with the same key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from planner.booking.saga import Step, next_step
from planner.flow import ask_suppliers, give_back, hand_out, move_money
from planner.flow.deal import Deal, facts_of, list_deals
from planner.flow.fault_points import act
from planner.flow.services import Services
from planner.store import orders
from planner.store.db import db, transaction

LONG_S, SHORT_S = 3600.0, 0.2


@dataclass(frozen=True)
class Went:
    """What was done: the step's name, whether the saga is over, and how long nothing is to be done."""

    step: str
    is_over: bool = False
    wait_s: float = 0.0


Doing = Callable[[Deal, Step, Services], None]


def take_next_step(order_id: str, services: Services) -> Went:
    """Do what comes next for an order: first for a change that is under way, then for the order itself.

    Raises:
        NotFound: there is no such order.
    """
    db.session.rollback()  # what was read before is old
    now = services.clock.now()
    waits: list[datetime | None] = []
    deals = list_deals(order_id)
    seen = deals[0].order.due_at
    for deal in deals:
        step = next_step(facts_of(deal, _replaceable(deal, services)), now)
        if step.name == "wait":
            waits.append(step.until)
            continue
        with act(step.name):
            _DOINGS[step.name](deal, step, services)
        if step.name != "finish":
            return Went(step.name)
    until = min((until for until in waits if until is not None), default=None)
    with act("rest"), transaction() as session:
        if not orders.put_to_rest(session, order_id, seen, until):
            return Went("wait", wait_s=SHORT_S)
    if not waits:
        return Went("finish", is_over=True)
    return Went("wait", wait_s=max(SHORT_S, (until - now).total_seconds()) if until else LONG_S)


def _replaceable(deal: Deal, services: Services) -> frozenset[int]:
    """Name the declined lines that something else may stand in for: in a change the traveller chose each part."""
    if deal.change is not None or deal.order.consent != "closest":
        return frozenset()
    declined = [line for line in deal.lines() if line.state == "declined"]
    return frozenset(line.number for line in declined if ask_suppliers.substitutes_for(deal.order, line, services))


_DOINGS: dict[str, Doing] = {
    "confirm": ask_suppliers.confirm,
    "look_up": ask_suppliers.look_up,
    "remind": ask_suppliers.remind,
    "too_late": ask_suppliers.too_late,
    "substitute": ask_suppliers.substitute,
    "give_up": ask_suppliers.give_up,
    "call_a_person": ask_suppliers.call_a_person,
    "cancel_line": give_back.cancel_line,
    "withdraw": give_back.withdraw,
    "release": give_back.release,
    "capture": move_money.capture,
    "book_sale": move_money.book_sale,
    "void": move_money.void,
    "refund_all": move_money.refund_all,
    "refund_back": move_money.refund_back,
    "open_tasks": hand_out.open_tasks,
    "issue_vouchers": hand_out.issue_vouchers,
    "tell": hand_out.tell,
    "finish": hand_out.finish,
}
