"""Prints how many orders a second go from authorised to finished, and what each step of that costs.

`make bench`; ORDERS=200 books more for each count of workers. Figures are printed, never asserted.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from planner.flow.confirm_booking import take_next_step
from planner.store.db import StoreUnavailable, db
from planner.store.orders import Order
from tests.bench.booking_site import Site, end, said_of
from tests.bench.figures import promise, share, spread, tell

ORDERS = int(os.environ.get("ORDERS", "40"))
WORKERS = (1, 2, 4)
ALONE = 20


def test_orders_a_second(on_postgresql: Site) -> None:
    site = on_postgresql
    site.start_web()  # which hears of every capture
    print(f"\nOrders a second from authorised to finished, two parts each ({said_of(site.app)})")
    for count in WORKERS:
        workers = site.start_workers(count)
        with site.app.app_context():
            made = [site.paid() for _ in range(ORDERS)]
            began = time.perf_counter()
            for order_id in made:
                site.services.queue.enqueue(order_id)
            site.wait_for(lambda made=made: finished(made) == ORDERS)
            took = time.perf_counter() - began
        for process in workers:
            end(process)
        tell(f"{count} booking worker{'s' if count > 1 else ''}, {ORDERS} orders at once", f"{ORDERS / took:.1f}")
    assert site.oversold() == 0


def finished(made: list[str]) -> int:
    """Count the orders that are confirmed and for which nothing is to be done."""
    db.session.rollback()
    over = Order.state == "confirmed", Order.due_at.is_(None), Order.has_vouchers.is_(True)
    return db.session.scalar(select(func.count()).select_from(Order).where(Order.id.in_(made), *over)) or 0


def test_what_each_step_costs(site: Site) -> None:
    watched = Watched(site.services)
    with site.app.app_context():
        made = [site.paid() for _ in range(ALONE + 1)]
        first = watched.carry_through(made[0])
        watched.forget()
        own = [watched.carry_through(order_id) for order_id in made[1:]]
    print(f"\nSteps of a booking of two parts, one order at a time ({said_of(site.app)})")
    for name, taken in watched.steps.items():
        away = share(watched.outside[name], 0.5) * 1000
        tell(name, f"p50 {share(taken, 0.5) * 1000:.1f} ms, of it outside {away:.1f} ms")
    tell("steps that had to be taken again", str(watched.again))
    tell("our own part of the first booking of a process", f"{first * 1000:.0f} ms")
    tell("our own part of every other", spread(own))
    promise("our own part of a booking", 1.0, own, 0.9)


class Watched:
    """Carries orders through as a worker does, with a clock on every step and on the calls outside."""

    def __init__(self, services: Any) -> None:
        self._clocks = {name: Outside(getattr(services, name)) for name in ("payments", "suppliers", "mailer")}
        self._services: Any = replace(services, **self._clocks)
        self.forget()

    def forget(self) -> None:
        self.steps: dict[str, list[float]] = defaultdict(list)
        self.outside: dict[str, list[float]] = defaultdict(list)
        self.again = 0

    def carry_through(self, order_id: str) -> float:
        """Return how many seconds of it were our own, repeated steps included."""
        own = 0.0
        while True:
            before, began = self._away(), time.perf_counter()
            try:
                went = take_next_step(order_id, self._services)
            except StoreUnavailable:
                self.again += 1
                own += time.perf_counter() - began
                continue
            took, away = time.perf_counter() - began, self._away() - before
            self.steps[went.step].append(took)
            self.outside[went.step].append(away)
            own += took - away
            if went.is_over:
                return own

    def _away(self) -> float:
        return sum(one.spent for one in self._clocks.values())


class Outside:
    """A gateway and how long its calls took."""

    def __init__(self, gateway: Any) -> None:
        self._gateway, self.spent = gateway, 0.0

    @contextmanager
    def _watch(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.spent += time.perf_counter() - began

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **named: Any) -> Any:
            with self._watch():
                return getattr(self._gateway, name)(*given, **named)

        return call
