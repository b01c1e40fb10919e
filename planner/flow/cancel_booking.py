"""Cancel parts of a booked trip, or all of it: refunds by each line's own terms, shown before and then kept to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from planner.booking.cancellation import refund_of
from planner.booking.quote import Line
from planner.booking.states import SOLD_LINES, WrongState
from planner.errors import Conflict
from planner.flow.services import Services
from planner.store import audit, changes, orders
from planner.store.db import transaction
from planner.store.orders import OrderLine


class ChangeUnderWay(Conflict):
    """A change of this trip is held or being confirmed: finish it or give it up first."""

    default_code = "change_under_way"


class TermsChanged(Conflict):
    """What would be paid back is no longer what was shown; look again."""

    default_code = "terms_changed"


@dataclass(frozen=True)
class Refund:
    """What one line would pay back if it were cancelled now, in whole rupiah."""

    line: int
    price: int
    amount: int
    has_begun: bool = False


def refunds_now(order_id: str, services: Services, numbers: Collection[int] = ()) -> list[Refund]:
    """Return what each sold line (of those named, or all) would pay back now."""
    now = services.clock.now()
    rows = [row for row in orders.list_lines(order_id) if row.state in SOLD_LINES and row.price]
    return [_refund(row, now) for row in rows if not numbers or row.number in numbers]


def _refund(row: OrderLine, now: datetime) -> Refund:
    line = Line.from_json(row.data)
    if row.state == "to_buy":  # nothing was spent on it yet
        return Refund(row.number, row.price, row.price, line.starts_at <= now)
    item = line.item
    rooms = int(item.get("rooms") or 1)
    amount = refund_of(line.terms, row.price, line.starts_at, now, item.get("quantity", ()), rooms)
    return Refund(row.number, row.price, amount, line.starts_at <= now)


def cancel_booking(order_id: str, numbers: Collection[int], shown: int, services: Services, who: str) -> int:
    """Cancel lines; the workers tell the suppliers, give places back and pay the refund. Returns the refund.

    `shown` is the sum that the traveller saw and agreed to.

    Raises:
        WrongState: the order is not confirmed, or nothing of it can be cancelled.
        ChangeUnderWay: a change of it is held or being confirmed.
        TermsChanged: the terms give another sum by now.
    """
    now = services.clock.now()
    with transaction() as session:
        order = orders.get_order(order_id)
        session.refresh(order, with_for_update=True)
        if order.state != "confirmed":
            raise WrongState("only a confirmed trip can be cancelled")
        if changes.find_live_change(order_id) is not None:
            raise ChangeUnderWay("a change of this trip is not finished yet")
        refunds = [refund for refund in refunds_now(order_id, services, numbers) if not refund.has_begun]
        if not refunds:
            raise WrongState("nothing here can be cancelled any more")
        total = sum(refund.amount for refund in refunds)
        if total != shown:
            raise TermsChanged("the refund is another one by now", params={"refund": total})
        for refund in refunds:
            orders.move_line(session, order_id, refund.line, "cancelling", tries=0, tried_at=None, before_person=False)
            orders.note_line(session, order_id, refund.line, {"refund_due": refund.amount})
            audit.note_act(session, now, who, "ask_to_cancel", order_id, refund.line, refund=refund.amount)
        orders.note_order(session, order_id, {"due_at": now})
    services.queue.enqueue(order_id)
    return total
