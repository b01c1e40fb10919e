"""What racers do, each with its guard and without.

Without the guard a racer looks first, lets go, and then writes what follows from what it saw: the way that loses
bookings. Nothing else differs, so a race that breaks nothing without the guard has proved nothing with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.booking.payment import Charge, Checkout
from planner.booking.quote import Line
from planner.flow import answer_for_supplier as desk_answers
from planner.flow import answer_request as link_answers
from planner.flow import cancel_booking as cancelling
from planner.flow import hold_places as holding
from planner.flow import remind_agents as reminding
from planner.flow.confirm_booking import take_next_step
from planner.flow.take_payment import check_payment
from planner.store import availability, enquiries, orders
from planner.store.availability import Slot, SoldOut
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine
from tests.booking.making import quote_of
from tests.flow.racing import Racer

SMALL = 20
"""Slots that are raced for have fewer places than this."""


def hold_often(lines: Sequence[Line], tries: int, each: int, racer: Racer) -> list[str]:
    """Hold ``each`` of the lines, chosen and ordered at random, again and again."""
    seen: dict[int, tuple[int, int]] = {}
    if not racer.is_guarded:
        _replace(availability, "hold_places", lambda session, wanted: _take_what_was_seen(session, wanted, seen))
    acts = []
    for _ in range(tries):
        first = racer.luck.randrange(len(lines) - each + 1)
        chosen = racer.luck.sample(lines[first : first + each], each)
        mixed = [replace(line, number=n) for n, line in enumerate(chosen, 1)]
        _look(seen)
        racer.meet()
        acts.append(_hold(racer, mixed))
    return acts


def hold_in_any_order(lines: Sequence[Line], tries: int, racer: Racer) -> list[str]:
    """Hold all lines, the guard being the order of slots: without it each takes them as its trip has them."""
    if not racer.is_guarded:
        _replace(availability, "hold_places", _take_as_they_come)
    acts = []
    for n in range(tries):
        mixed = [replace(line, number=n) for n, line in enumerate(racer.luck.sample(lines, len(lines)), 1)]
        racer.meet()
        acts.append(_hold(racer, mixed))
    return acts


def hold_in_pieces(lines: Sequence[Line], tries: int, each: int, racer: Racer) -> list[str]:
    """Hold as `hold_often`, the guard being that all is kept or nothing: without it each slot is kept by itself."""
    if not racer.is_guarded:
        hold = availability.hold_places

        def keep_each(session: Session, wanted: Mapping[int, int]) -> None:
            for slot_id in sorted(wanted):
                hold(session, {slot_id: wanted[slot_id]})
                session.commit()

        _replace(availability, "hold_places", keep_each)
    return hold_often(lines, tries, each, replace(racer, is_guarded=True))


def hold_as(visitor: str, lines: Sequence[Line], tries: int, racer: Racer) -> list[str]:
    """Hold as one and the same visitor, whose holds are counted first; in each round it is another one.

    The guard is that one visitor's trips queue up; on SQLite, where all writers do, without it the count is an old one.
    """
    has_old_count = not racer.is_guarded and db.engine.dialect.name == "sqlite"
    if not racer.is_guarded:
        _replace(holding, "queue_up", lambda *_: None)
    acts = []
    for n in range(tries):
        if has_old_count:
            count = orders.count_live_holds(db.session(), f"{visitor} {n}", racer.world.clock.now())
            _replace(orders, "count_live_holds", lambda *_, count=count: count)
        racer.meet()
        acts.append(_hold(racer, lines, f"{visitor} {n}"))
        if has_old_count:
            _give_back(orders, "count_live_holds")
    return acts


def sweep(rounds: Sequence[datetime], racer: Racer) -> list[str]:
    """Sweep a moment after each hold has run out."""
    return [_swept(racer, until) for until in rounds]


def _swept(racer: Racer, until: datetime) -> str:
    racer.stand_at(until + timedelta(seconds=1))
    if not racer.is_guarded:
        _replace(holding, "_held_order", orders.get_order)
        _replace(orders, "move_order", _move_whatever)
        seen = orders.list_lapsed(racer.world.clock.now())
        _replace(orders, "list_lapsed", lambda *_: seen)
    racer.meet_about()
    swept = racer.tell(lambda: str(holding.sweep_holds(racer.world.services)))
    if not racer.is_guarded:
        _give_back(orders, "list_lapsed")
    return swept


def extend(order_ids: Sequence[str], rounds: Sequence[datetime], racer: Racer) -> list[str]:
    """Put each hold off in its last second."""
    return [
        _at(racer, until, lambda order_id=order_id: holding.extend_hold(order_id, racer.world.services))
        for order_id, until in zip(order_ids, rounds, strict=True)
    ]


def leave(order_ids: Sequence[str], rounds: Sequence[datetime], racer: Racer) -> list[str]:
    """Give each hold up in its last second."""
    return [
        _at(racer, until, lambda order_id=order_id: holding.release_hold(order_id, racer.world.services))
        for order_id, until in zip(order_ids, rounds, strict=True)
    ]


def hear_of_payment(
    pages: Mapping[str, Checkout], charges: Mapping[str, Charge], order_ids: Sequence[str],
    rounds: Sequence[datetime], racer: Racer,
) -> list[str]:  # fmt: skip
    """Hear in the last second of each hold that it was paid."""
    racer.world.payments.pages, racer.world.payments.charges = dict(pages), dict(charges)
    return [
        _at(racer, until, lambda order_id=order_id: check_payment(order_id, racer.world.services))
        for order_id, until in zip(order_ids, rounds, strict=True)
    ]


def capture(
    pages: Mapping[str, Checkout], charges: Mapping[str, Charge], order_ids: Sequence[str], racer: Racer
) -> list[str]:
    """Take the step that captures each order."""
    racer.world.payments.pages, racer.world.payments.charges = dict(pages), dict(charges)
    acts = []
    for order_id in order_ids:
        racer.meet_about()
        acts.append(racer.tell(lambda order_id=order_id: take_next_step(order_id, racer.world.services).step))
    return acts


def hear_of_capture(
    pages: Mapping[str, Checkout], charges: Mapping[str, Charge], order_ids: Sequence[str], racer: Racer
) -> list[str]:
    """Hear again and again how each payment stands."""
    racer.world.payments.pages, racer.world.payments.charges = dict(pages), dict(charges)
    acts = []
    for order_id in order_ids:
        racer.meet_about()
        acts += [racer.tell(lambda order_id=order_id: check_payment(order_id, racer.world.services)) for _ in range(5)]
    return acts


def buy_what_comes_free(lines: Sequence[Line], rounds: Sequence[datetime], racer: Racer) -> list[str]:
    """Hold the same places in the moment in which they may be given back."""
    acts = []
    for until in rounds:
        racer.stand_at(until)
        racer.meet_about()
        acts.append(_hold(racer, lines))
    return acts


def answer(order_ids: Sequence[str], says_yes: bool, by_link: bool, racer: Racer) -> list[str]:
    """Answer the first line of each order, by the supplier's link or at the desk."""
    acts = []
    for order_id in order_ids:
        line = orders.get_line(order_id, 1)
        token = str(line.answer_token)
        if not racer.is_guarded:
            db.session.expunge(line)
            _replace(orders, "get_line_by_token", lambda *_, line=line: line)
            _replace(orders, "move_line", _move_line_whatever)
        db.session.rollback()
        racer.meet()
        if by_link:
            acts.append(racer.tell(lambda token=token: _by_link(token, says_yes, racer)))
        else:
            acts.append(racer.tell(lambda order_id=order_id: _by_desk(order_id, says_yes, racer)))
    return acts


def _by_link(token: str, says_yes: bool, racer: Racer) -> None:
    link_answers.answer_request(token, says_yes, racer.world.services, reference="R", why="full")


def _by_desk(order_id: str, says_yes: bool, racer: Racer) -> None:
    desk_answers.answer_for_supplier(order_id, 1, says_yes, racer.world.services, "desk", "R", "full")


def cancel(order_ids: Sequence[str], racer: Racer) -> list[str]:
    """Cancel each order whole, for the refund that is shown."""
    acts = []
    for order_id in order_ids:
        shown = cancelling.refunds_now(order_id, racer.world.services)
        if not racer.is_guarded:
            _replace(cancelling, "refunds_now", lambda *_, shown=shown: shown)
            _replace(orders, "move_line", _move_line_whatever)
        db.session.rollback()
        racer.meet()
        acts.append(racer.tell(lambda order_id=order_id, shown=shown: _cancel(order_id, shown, racer)))
        if not racer.is_guarded:
            _give_back(cancelling, "refunds_now")
    return acts


def remind(due: Sequence[tuple[int, str]], now: datetime, racer: Racer) -> list[str]:
    """Remind owners of enquiries that were seen to be due; return what was sent."""
    racer.stand_at(now)
    _replace(enquiries, "list_due", lambda today: list(due))
    if not racer.is_guarded:
        _replace(reminding, "claim", _remind_whatever)
    racer.meet_about()
    reminding.remind_agents(racer.world.services)
    return racer.world.mailer.subjects()


def _remind_whatever(agency_id: str, enquiry_id: int, services: Any) -> date | None:
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        enquiry.reminded_on = enquiry.next_on
        return enquiry.next_on


def _cancel(order_id: str, shown: Sequence[cancelling.Refund], racer: Racer) -> None:
    cancelling.cancel_booking(order_id, [], sum(one.amount for one in shown), racer.world.services, "traveller")


def _at(racer: Racer, until: datetime, act: Any) -> str:
    racer.stand_at(until - timedelta(seconds=1))
    racer.meet_about()
    return racer.tell(act)


def _hold(racer: Racer, lines: Sequence[Line], visitor: str = "") -> str:
    now = racer.world.clock.now()
    return racer.tell(lambda: holding.hold_places(quote_of(lines, now), racer.world.services, visitor) and "held")


# --- without guards ----------------------------------------------------------------------------------------------

_kept: dict[tuple[str, str], Any] = {}


def _replace(module: Any, name: str, by: Any) -> None:
    _kept.setdefault((module.__name__, name), getattr(module, name))
    setattr(module, name, by)


def _give_back(module: Any, name: str) -> None:
    setattr(module, name, _kept[module.__name__, name])


def _look(seen: dict[int, tuple[int, int]]) -> None:
    wanted = select(Slot.id, Slot.held, Slot.capacity).where(Slot.capacity < SMALL)
    seen.clear()
    seen.update({slot_id: (held, capacity) for slot_id, held, capacity in db.session.execute(wanted)})
    db.session.rollback()


def _take_what_was_seen(session: Session, wanted: Mapping[int, int], seen: Mapping[int, tuple[int, int]]) -> None:
    for slot_id in sorted(wanted):
        held, capacity = seen[slot_id]
        if held + wanted[slot_id] > capacity:
            raise SoldOut(params={"slot_id": slot_id})
        session.execute(update(Slot).where(Slot.id == slot_id).values(held=held + wanted[slot_id]))


def _take_as_they_come(session: Session, wanted: Mapping[int, int]) -> None:
    for slot_id, places in wanted.items():
        guard = Slot.held + Slot.sold + places <= Slot.capacity
        done = session.execute(update(Slot).where(Slot.id == slot_id, guard).values(held=Slot.held + places))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise SoldOut(params={"slot_id": slot_id})


def _move_whatever(session: Session, order_id: str, to: str, **values: Any) -> None:
    session.execute(update(Order).where(Order.id == order_id).values(state=to, **values))


def _move_line_whatever(session: Session, order_id: str, number: int, to: str, **values: Any) -> None:
    whose = OrderLine.order_id == order_id, OrderLine.number == number
    session.execute(update(OrderLine).where(*whose).values(state=to, **values))
