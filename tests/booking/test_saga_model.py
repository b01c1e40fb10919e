"""The saga against a world that says yes, no, later or nothing at all: whatever it does, nobody is cheated.

The world keeps the truth (what suppliers hold, what the payment provider took); the order knows only the answers that
arrived. Silence is in limited supply, as it is in life, so that every story ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from planner.booking.saga import Facts, LineFacts, Step, next_step
from planner.booking.states import SOLD_LINES, check_line, check_order
from tests.booking.making import NOW

MOST_STEPS = 4000
"""A system that ponders for a day is asked every minute."""
HOURS = timedelta(hours=2)


@dataclass
class Part:
    """One line as the order knows it, and what its supplier really holds."""

    number: int
    way: str
    state: str
    price: int = 100
    is_booked: bool = False
    is_pending: bool = False
    """Whether its supplier's system ponders it: it may yet become a booking."""
    asked_at: datetime | None = None
    answer_by: datetime | None = None
    reminded: bool = False
    tries: int = 0
    tried_at: datetime | None = None
    before_person: bool = False
    substitutes_left: int = 0

    @property
    def is_held(self) -> bool:
        """Whether its supplier holds a booking, or may yet."""
        return self.is_booked or self.is_pending

    def become(self, state: str) -> None:
        check_line(self.state, state)
        self.state = state


@dataclass
class World:
    """An order, its suppliers and its payment; ``luck`` are numbers that decide what happens next."""

    parts: list[Part]
    luck: list[int]
    may_substitute: bool
    now: datetime = NOW
    state: str = "authorised"
    payment: str = "authorised"
    truth: str = "authorised"
    captured: int = 0
    captures: set[str] = field(default_factory=set)
    payment_tries: int = 0
    payment_tried_at: datetime | None = None
    has_tasks: bool = False
    has_vouchers: bool = False
    told: set[str] = field(default_factory=set)
    silences: int = 6
    done: list[Step] = field(default_factory=list)
    purposes: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def facts(self) -> Facts:
        lines = tuple(
            LineFacts(
                p.number, p.way, p.state, p.asked_at or p.tried_at, p.answer_by, p.reminded, p.tries, p.tried_at,
                p.before_person, p.is_pending and p.state == "requested",
                self.may_substitute and p.substitutes_left > 0,
            )
            for p in self.parts
        )  # fmt: skip
        return Facts(
            "o1", self.state, self.payment, lines, self.payment_tries, self.payment_tried_at, 0,
            self.has_tasks, self.has_vouchers, frozenset(self.told),
        )  # fmt: skip

    def chance(self, *outcomes: str) -> str:
        """Draw what happens; what begins with ``lost`` uses up a silence."""
        choice = outcomes[self.luck.pop() % len(outcomes)] if self.luck else outcomes[0]
        if choice.startswith("lost"):
            if self.silences == 0:
                return outcomes[0]
            self.silences -= 1
        return choice

    def become(self, state: str) -> None:
        check_order(self.state, state)
        self.state = state

    def run(self) -> None:
        for _ in range(MOST_STEPS):
            step = next_step(self.facts(), self.now)
            self.done.append(step)
            if step.name == "finish":
                if self.state == "undoing":
                    self.become("undone")
                return
            if step.name == "wait":
                self._wait(step)
            else:
                key = step.key("o1")
                assert self.purposes.setdefault(key, (step.name, step.line)) == (step.name, step.line)
                getattr(self, f"_{step.name}")(*([self._part(step.line)] if step.line is not None else []))
            self.check()
        pytest.fail(f"it never ends: {[(s.name, s.line) for s in self.done[-12:]]}")

    def check(self) -> None:
        """Hold what must be true at every moment against the truth."""
        assert not (self.captured and self.truth == "voided"), "captured and voided"
        if self.captured:
            assert all(p.state not in ("held", "confirming", "unknown", "requested", "declined") for p in self.parts)
        if self.payment == "voided" and self.truth == "voided" and self.state == "undone":
            assert not any(p.is_held for p in self.parts)

    def _part(self, number: int) -> Part:
        return next(part for part in self.parts if part.number == number)

    # --- time -----------------------------------------------------------------------------------------------------

    def _wait(self, step: Step) -> None:
        assert step.until is not None, "it waits for nothing"
        assert step.until > self.now, "it waits for what has passed"
        event = self.chance("nothing", "answer", "nothing", "payment_lost")
        if event == "payment_lost" and self.truth == "authorised" and self.state == "authorised":
            self.truth = self.payment = "voided"
            self.become("undoing")
        waiting = [p for p in self.parts if p.state == "requested" and not p.is_pending]
        if event == "answer" and waiting:
            part = waiting[0]
            part.is_booked = self.chance("yes", "no") == "yes"
            part.become("confirmed" if part.is_booked else "declined")
        else:
            self.now = step.until

    # --- suppliers ------------------------------------------------------------------------------------------------

    def _confirm(self, part: Part) -> None:
        if part.way == "requested":
            part.become("requested")
            part.asked_at, part.answer_by = self.now, self.now + HOURS
            return
        if part.state == "held":
            part.become("confirming")
        part.tries, part.tried_at = part.tries + 1, self.now
        if self.chance("lives", "lives", "lives", "lost_process") == "lost_process":
            return  # killed before or after the call; the next process finds it confirming
        outcome = self.chance("yes", "no", "lost_on_the_way", "lost_on_the_way_back", "pending")
        part.is_booked = outcome in ("yes", "lost_on_the_way_back")
        if outcome == "pending":
            part.is_pending = True
            part.asked_at, part.answer_by = self.now, self.now + HOURS
        part.become({"yes": "confirmed", "no": "declined", "pending": "requested"}.get(outcome, "unknown"))

    def _look_up(self, part: Part) -> None:
        part.tries, part.tried_at = part.tries + 1, self.now
        outcome = self.chance("truth", "truth", "lost")
        if outcome == "lost":
            if part.state not in ("unknown", "requested"):
                part.become("unknown")
            return
        if part.is_pending:
            decided = self.chance("ponders", "yes", "no", "ponders")
            if decided == "ponders":
                return
            part.is_pending, part.is_booked = False, decided == "yes"
            part.become("confirmed" if part.is_booked else "declined")
            return
        if not part.is_booked and self.state == "authorised":
            part.is_booked = self.chance("yes", "no") == "yes"
        part.become("confirmed" if part.is_booked else "declined")

    def _remind(self, part: Part) -> None:
        assert not part.reminded
        part.reminded = True

    def _too_late(self, part: Part) -> None:
        assert self.now >= (part.answer_by or self.now)
        if self._given_back(part):
            part.become("declined")

    def _call_a_person(self, part: Part) -> None:
        assert not part.before_person
        part.before_person = True

    def _substitute(self, part: Part) -> None:
        number = max(p.number for p in self.parts) + 1
        part.become("replaced")
        way = "held" if self.chance("held", "requested") == "held" else "requested"
        self.parts.append(Part(number, way, "held", 90, substitutes_left=part.substitutes_left - 1))
        part.substitutes_left = 0

    def _give_up(self, part: Part) -> None:
        self.become("undoing")

    def _cancel_line(self, part: Part) -> None:
        part.tries = part.tries + 1 if part.state == "cancelling" else 1
        if part.state != "cancelling":
            part.become("cancelling")
        part.tried_at = self.now
        outcome = self.chance("yes", "lost_on_the_way", "lost_on_the_way_back")
        part.is_booked = part.is_booked and outcome == "lost_on_the_way"
        part.is_pending = part.is_pending and outcome == "lost_on_the_way"
        if outcome == "yes":
            part.become("cancelled")

    def _withdraw(self, part: Part) -> None:
        part.become("released" if self._given_back(part) else "confirmed")

    def _given_back(self, part: Part) -> bool:
        """Cancel what a system ponders; a question to a person is simply withdrawn."""
        if not part.is_pending:
            return True
        part.tries, part.tried_at = part.tries + 1, self.now
        outcome = self.chance("yes", "lost_on_the_way", "lost_on_the_way_back")
        part.is_pending = outcome == "lost_on_the_way"
        return outcome == "yes"

    def _release(self) -> None:
        for part in self.parts:
            if part.state in ("held", "declined", "to_buy", "replaced", "requested"):
                part.become("released")

    # --- money ----------------------------------------------------------------------------------------------------

    def _capture(self) -> None:
        sold = [p for p in self.parts if p.state in SOLD_LINES]
        assert all(p.is_booked or p.way == "later" for p in sold)
        self.payment_tries, self.payment_tried_at = self.payment_tries + 1, self.now
        outcome = self.chance("yes", "lost_on_the_way", "lost_on_the_way_back", "refused")
        if outcome == "refused" and self.truth == "authorised":
            self.become("undoing")
            self.payment_tries = 0
            return
        if outcome in ("yes", "lost_on_the_way_back"):
            self.captures.add(Step("capture").key("o1"))
            self.truth, self.captured = "captured", sum(p.price for p in sold)
        if outcome in ("yes", "refused") and self.truth == "captured":
            self.payment = "captured"
            self.become("confirmed")

    def _book_sale(self) -> None:
        assert self.payment in ("paid", "covered")
        assert all(p.is_booked or p.way == "later" for p in self.parts if p.state in SOLD_LINES)
        self.become("confirmed")

    def _refund_all(self) -> None:
        assert self.payment == "paid" and not any(p.is_held for p in self.parts)
        self.payment = "refunded"

    def _void(self) -> None:
        assert not any(p.is_held for p in self.parts), "the payment goes while a supplier still holds a booking"
        self.payment_tries, self.payment_tried_at = self.payment_tries + 1, self.now
        outcome = self.chance("yes", "lost_on_the_way", "lost_on_the_way_back")
        if outcome != "lost_on_the_way":
            self.truth = "voided"
        if outcome == "yes":
            self.payment = "voided"

    def _open_tasks(self) -> None:
        self.has_tasks = True

    def _issue_vouchers(self) -> None:
        self.has_vouchers = True

    def _tell(self) -> None:
        what = self.done[-1].why
        assert what not in self.told, "the traveller is told twice"
        self.told.add(what)


PARTS = some.lists(some.sampled_from(["held", "held", "requested", "later", "self"]), min_size=1, max_size=5)


def a_world(ways: Sequence[str], luck: list[int], consent: bool) -> World:
    begins = {"held": "held", "requested": "held", "later": "to_buy", "self": "planned"}
    parts = [Part(n, way, begins[way], substitutes_left=2) for n, way in enumerate(ways, 1)]
    return World(parts, luck, consent)


@settings(max_examples=400, deadline=None)
@given(PARTS, some.lists(some.integers(0, 59), max_size=60), some.booleans())
def test_every_story_ends_and_nobody_is_cheated(ways: list[str], luck: list[int], consent: bool) -> None:
    world = a_world(ways, luck, consent)
    world.run()
    assert world.state in ("confirmed", "undone")
    if world.state == "confirmed":
        sold = [p for p in world.parts if p.state in SOLD_LINES]
        assert world.truth == world.payment == "captured"
        assert world.captured == sum(p.price for p in sold)
        assert len(world.captures) == 1
        assert all(p.is_booked or p.way == "later" for p in sold)
        assert all(not p.is_held for p in world.parts if p not in sold), "a supplier holds what nobody pays"
        assert world.told == {"confirmed"}
        assert world.has_tasks and world.has_vouchers
        return
    assert world.truth == world.payment == "voided"
    assert world.captured == 0
    assert not any(p.is_held for p in world.parts), "a supplier holds what nobody pays"
    assert {p.state for p in world.parts} <= {"planned", "released", "cancelled"}
    assert world.told == {"undone"}
    booked = [s.line for s in world.done if s.name == "cancel_line"]
    assert {p.number for p in world.parts if p.state == "cancelled"} == set(booked)


@settings(max_examples=200, deadline=None)
@given(PARTS, some.lists(some.integers(0, 59), max_size=60), some.sampled_from(["paid", "covered"]))
def test_what_was_paid_otherwise_is_sold_or_undone_without_any_card(
    ways: list[str], luck: list[int], payment: str
) -> None:
    world = a_world(ways, luck, consent=False)
    world.payment, world.truth = payment, "no card"
    world.run()
    steps = {step.name for step in world.done}
    assert not steps & {"capture", "void"}
    assert world.state in ("confirmed", "undone")
    if world.state == "confirmed":
        assert "book_sale" in steps and world.payment == payment
        return
    assert world.payment == ("refunded" if payment == "paid" else "covered")
    assert not any(p.is_held for p in world.parts), "a supplier holds what nobody pays"


def test_an_unlucky_world_is_undone_and_a_lucky_one_confirmed() -> None:
    lucky = a_world(["held", "later"], [], True)
    lucky.run()
    assert lucky.state == "confirmed"
    refused = a_world(["held", "held"], [1, 0, 0, 0], False)  # the first lives and is confirmed, the second is declined
    refused.run()
    assert refused.state == "undone"
    assert [p.state for p in refused.parts] == ["cancelled", "released"]
