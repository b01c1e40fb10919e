"""The way of an order from its authorised payment to vouchers, or back to nothing: what is done next, given what was.

    confirm each held line --> ask each supplier on request --> wait for answers --> capture once --> buy-later tasks
        |                           |                             |                    --> vouchers --> tell --> finish
        | declined                  | no, or too late             | the traveller allowed it: substitute, confirm that
        v                           v                             v
    undo: cancel what was confirmed (last first), withdraw requests, release places, void the payment, tell, finish

Pure: `next_step` reads facts and the time and performs nothing. Each step has a key made of order, step and line, so
that a step that ran and died before it was written down is the same step when it runs again.

An answer that was lost is `unknown`, never "no": the booking is looked up under the same key until it is known; after
`PERSON_S` it stands in front of a person too, and the saga goes on asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOK_UP_S = (2, 5, 10, 30, 60)
"""Waits before an unknown outcome is asked for again; the last one repeats."""
PERSON_S = 300
REMIND_SHARE = 0.5
"""A supplier on request is reminded after this share of the time it has."""
CAPTURE_MARGIN = timedelta(hours=6)
"""Answers are wanted this long before the authorisation lapses, so that there is time to capture."""
OPEN_PAYMENTS = ("authorised",)
PAID_OTHERWISE = ("paid", "covered")
"""Payments of which nothing is captured."""


@dataclass(frozen=True)
class LineFacts:
    """What is known of one line. Instants are aware; `tries` counts attempts of the step that is pending."""

    number: int
    way: str
    state: str
    asked_at: datetime | None = None
    answer_by: datetime | None = None
    reminded: bool = False
    tries: int = 0
    tried_at: datetime | None = None
    before_person: bool = False
    by_system: bool = False
    """Whether a supplier's system, not a person, ponders a request: it is looked up instead of reminded."""
    may_substitute: bool = False
    """Whether the traveller agreed and something that fits is left to try."""


@dataclass(frozen=True)
class Facts:
    """What is known of an order, or of a change of it.

    `payment` is none, authorised, captured, voided, paid (by transfer) or covered (a change that costs nothing more).
    """

    order_id: str
    state: str
    payment: str
    lines: tuple[LineFacts, ...]
    payment_tries: int = 0
    payment_tried_at: datetime | None = None
    owed_back: int = 0
    """What the traveller is owed, in whole rupiah, and has paid by card or transfer."""
    has_tasks: bool = False
    has_vouchers: bool = False
    told: frozenset[str] = frozenset()
    version: int = 0
    """The number of the change in force; 0 while the trip is as it was first sold."""


@dataclass(frozen=True)
class Step:
    """The next thing to do; `wait` has `until`, what concerns one line has its number."""

    name: str
    line: int | None = None
    until: datetime | None = None
    why: str = ""

    def key(self, order_id: str, tries: int = 0) -> str:
        """Return the idempotency key of this step; a new try of something that was refused gets a new one."""
        parts = [order_id, self.name, *([str(self.line)] if self.line is not None else [])]
        return ":".join(parts + ([f"try{tries}"] if tries else []))


WAIT_FOR_PAYMENT = Step("wait", why="payment")


def next_step(facts: Facts, now: datetime) -> Step:
    """Return what is to be done next; `finish` when nothing is left."""
    if facts.state in ("undoing", "undone"):
        return _undo(facts, now)
    if facts.state == "confirmed":
        return _after_sale(facts, now)
    if facts.state == "cancelled":
        return Step("finish")
    if facts.state != "authorised" or facts.payment not in (*OPEN_PAYMENTS, "captured", *PAID_OTHERWISE):
        return WAIT_FOR_PAYMENT
    return _go_on(facts, now)


def _after_sale(facts: Facts, now: datetime) -> Step:
    """Give back what the traveller cancelled, pay back what is owed, then see to papers and mails."""
    waits: list[datetime] = []
    for line in facts.lines:
        if line.state == "cancelling":
            step = _cancel(line, now)
            if step.name != "wait":
                return step
            assert step.until is not None
            waits.append(step.until)
    if facts.owed_back > 0:
        return _payment_step("refund_back", facts, now)
    gone = sorted(line.number for line in facts.lines if line.state == "cancelled")
    if not waits and any(f"cancelled:{number}" not in facts.told for number in gone):
        return Step("tell", why="cancelled")
    papers = _papers(facts)
    if papers.name == "finish" and waits:
        return Step("wait", until=min(waits), why="suppliers")
    return papers


def _go_on(facts: Facts, now: datetime) -> Step:
    waits: list[datetime] = []
    for line in facts.lines:
        if line.state in ("held", "confirming"):
            return Step("confirm", line.number)
    for line in facts.lines:
        if line.state == "declined":
            return Step("substitute", line.number) if line.may_substitute else Step("give_up", line.number)
    for line in facts.lines:
        if line.state == "unknown":
            again = _look_again_at(line)
            if now >= again:
                return Step("look_up", line.number)
            if not line.before_person and _is_for_a_person(line, now):
                return Step("call_a_person", line.number)
            waits.append(again)
        elif line.state == "requested":
            assert line.answer_by is not None and line.asked_at is not None
            if line.by_system:
                again = _look_again_at(line)
                if now >= again:
                    return Step("too_late" if now >= line.answer_by else "look_up", line.number)
                waits.append(again)
                continue
            if now >= line.answer_by:
                return Step("too_late", line.number)
            remind_at = line.asked_at + (line.answer_by - line.asked_at) * REMIND_SHARE
            if not line.reminded:
                if now >= remind_at:
                    return Step("remind", line.number)
                waits.append(remind_at)
            waits.append(line.answer_by)
    if waits:
        return Step("wait", until=min(waits), why="suppliers")
    if facts.payment in OPEN_PAYMENTS:
        return _payment_step("capture", facts, now)
    return Step("book_sale")


def _papers(facts: Facts) -> Step:
    if not facts.has_tasks:
        return Step("open_tasks")
    if not facts.has_vouchers:
        return Step("issue_vouchers")
    news = f"changed:{facts.version}" if facts.version else "confirmed"
    if news not in facts.told:
        return Step("tell", why=news)
    return Step("finish")


def _undo(facts: Facts, now: datetime) -> Step:
    waits: list[datetime] = []
    for line in reversed(facts.lines):
        if line.state in ("confirmed", "cancelling", "bought"):
            step = _cancel(line, now)
            if step.name != "wait":
                return step
            assert step.until is not None
            waits.append(step.until)
            continue
        if line.state == "confirming":
            return Step("look_up", line.number)
        if line.state == "unknown":
            again = _look_again_at(line)
            if now >= again:
                return Step("look_up", line.number)
            if not line.before_person and _is_for_a_person(line, now):
                return Step("call_a_person", line.number)
            waits.append(again)
        elif line.state == "requested":
            return Step("withdraw", line.number)
    if any(line.state in ("held", "declined", "to_buy", "replaced") for line in facts.lines):
        return Step("release")
    if waits:
        return Step("wait", until=min(waits), why="suppliers")
    if facts.payment in OPEN_PAYMENTS:
        return _payment_step("void", facts, now)
    if facts.payment in ("captured", "paid"):
        return _payment_step("refund_all", facts, now)
    if "undone" not in facts.told:
        return Step("tell", why="undone")
    return Step("finish")


def _cancel(line: LineFacts, now: datetime) -> Step:
    """Cancel a line at its supplier; after an answer that was lost, wait before asking again."""
    if line.state == "cancelling" and line.tries and line.tried_at is not None:
        again = _look_again_at(line)
        if now < again:
            if not line.before_person and _is_for_a_person(line, now):
                return Step("call_a_person", line.number)
            return Step("wait", line.number, until=again)
    return Step("cancel_line", line.number)


def _payment_step(name: str, facts: Facts, now: datetime) -> Step:
    if facts.payment_tries and facts.payment_tried_at is not None:
        again = facts.payment_tried_at + timedelta(seconds=_pause_s(facts.payment_tries))
        if now < again:
            return Step("wait", until=again, why="payment")
    return Step(name)


def _pause_s(tries: int) -> int:
    return LOOK_UP_S[min(max(tries, 1), len(LOOK_UP_S)) - 1]


def _look_again_at(line: LineFacts) -> datetime:
    assert line.tried_at is not None
    return line.tried_at + timedelta(seconds=_pause_s(line.tries))


def _is_for_a_person(line: LineFacts, now: datetime) -> bool:
    return line.tries >= len(LOOK_UP_S) or (
        line.asked_at is not None and (now - line.asked_at).total_seconds() > PERSON_S
    )


def answer_by(asked_at: datetime, answer_h: int, starts_at: datetime, capture_before: datetime | None) -> datetime:
    """Return until when a supplier may answer: its own hours, but before the payment lapses and before the start."""
    ends = [asked_at + timedelta(hours=max(1, answer_h)), starts_at - timedelta(hours=1)]
    if capture_before is not None:
        ends.append(capture_before - CAPTURE_MARGIN)
    return max(asked_at + timedelta(minutes=5), min(ends))


def settled(lines: Sequence[LineFacts]) -> bool:
    """Tell whether every line that is sold has its answer."""
    return all(line.state in ("planned", "confirmed", "to_buy", "bought", "replaced", "released") for line in lines)
