"""Several travellers buy trips for a while in which web and booking workers are killed at random; then all must fit.

    FAULTS_STORM_S=600 FAULTS_SEED=7 pytest tests/faults/test_storm.py -s

PostgreSQL gets half the time.
"""

import os
import random
import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from planner.store import orders
from planner.store.db import transaction
from planner.store.orders import Order, OrderLine
from planner.store.payments import Payment
from tests.faults.shopper import Lost, Refused, Shopper, code_of
from tests.faults.site import Site

pytestmark = pytest.mark.slow

STORM_S = float(os.environ.get("FAULTS_STORM_S", "24"))
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.randrange(1, 10**6)
SHOPPERS = 4
SETTLES_WITHIN_S = 240.0
BOOKING_PAUSE_S, WEB_PAUSE_S = (0.5, 3.0), (6.0, 12.0)
HOWS = ("reset", "cut_headers", "cut_body", "slow:1")


class Storm:
    """What goes on during the storm: shoppers in a loop, and somebody who kills."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.over = threading.Event()
        self.paid: list[tuple[Shopper, str]] = []
        self.killed = {"web": 0, "booking": 0}

    def shop(self, number: int) -> None:
        chance, trips = random.Random(SEED + number), 0
        trip = self._site.trip()
        while not self.over.is_set():
            trips += 1
            shopper = self._site.shopper(f"storm {SEED} {number} {trips}")
            try:
                held = shopper.hold(trip)
                page = self._page(shopper, held)
                if page is None:
                    continue
                self._site.sandbox.pay(page)
                shopper.paid(held)
                self.paid.append((shopper, held))
                if chance.random() < 0.5:
                    shopper.ask(f"{held}/back")
            except (Lost, Refused):
                self.over.wait(0.2)

    def _page(self, shopper: Shopper, held: str) -> str | None:
        while not self.over.is_set():
            try:
                return shopper.go_to_payment(held)
            except Lost:
                self.over.wait(0.3)
        return None

    def kill(self, kind: str, pause_s: tuple[float, float]) -> None:
        chance = random.Random(f"{SEED} {kind}")
        while not self.over.wait(chance.uniform(*pause_s)):
            found = self._site.web_workers() if kind == "web" else self._site.booking_workers()
            if found:
                self._site.kill(chance.choice(found))
                self.killed[kind] += 1
            if chance.random() < 0.3:
                on, when = chance.choice(("book", "confirm", "get")), chance.choice(("before", "after"))
                self._site.supplier.will(on, when, chance.choice(HOWS))


def everything_comes_to_rest(site: Site, paid: set[str]) -> None:
    """Let time pass, so that holds run out that nobody paid for and nobody waits to ask again; then wait for all."""
    past = datetime.now(UTC) - timedelta(minutes=2)
    unpaid = Order.state.in_(("held", "paying")), Order.code.not_in(paid)
    with site.app.app_context(), transaction() as session:
        session.execute(update(Order).where(*unpaid).values(hold_until=past))
        session.execute(update(OrderLine).where(OrderLine.tried_at.is_not(None)).values(tried_at=past))
        session.execute(update(Payment).where(Payment.tried_at.is_not(None)).values(tried_at=past))
        session.execute(update(Order).where(Order.due_at.is_not(None)).values(due_at=past))
        everybody = [row.id for row in session.query(orders.Order.id)]
    site.settle(everybody, SETTLES_WITHIN_S)


def test_travellers_buy_trips_while_workers_are_killed_at_random(site: Site) -> None:
    site.trip()
    storm = Storm(site)
    length_s = STORM_S if site.database.startswith("sqlite") else STORM_S / 2
    doing: list[Future[None]] = [
        *(site.in_background(lambda number=number: storm.shop(number)) for number in range(SHOPPERS)),  # type: ignore[misc]
        site.in_background(lambda: storm.kill("booking", BOOKING_PAUSE_S)),
        site.in_background(lambda: storm.kill("web", WEB_PAUSE_S)),
    ]
    storm.over.wait(length_s)
    storm.over.set()
    for one in doing:
        one.result(120)
    with site.watched(f"rest after {length_s:.0f} s of storm {SEED}, {storm.killed} killed, {len(storm.paid)} paid"):
        everything_comes_to_rest(site, {code_of(held) for _, held in storm.paid})
    for shopper, held in storm.paid:
        assert shopper.try_hard(lambda shopper=shopper, held=held: shopper.sees_confirmed(held)), held  # type: ignore[misc]
    assert storm.paid and all(storm.killed.values()), storm.killed
    assert site.problems() == []
