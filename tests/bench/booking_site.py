"""A whole site on a real database for the booking benches: payment sandbox, workers, web server, each a process.

    with Site(folder, address) as site:
        site.start_workers(2)
        order_id = site.paid()
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text, update

from planner.app import create_app
from planner.booking.payment import payment_plans
from planner.booking.quote import Line
from planner.console.start import prepare
from planner.flow.hold_places import hold_places
from planner.flow.open_payment import open_payment
from planner.flow.services import Services
from planner.flow.take_payment import check_payment, name_travellers
from planner.settings import ROOT
from planner.store import orders
from planner.store.availability import Slot
from planner.store.db import db, transaction
from planner.store.orders import Taken
from planner.wiring import TABLES
from tests.booking.making import START, package, quote_of, stay
from tests.conftest import free_port, settings_in, wait_until_it_answers
from tests.sandbox.running import start_process

ROOM = 1_000_000
"""Places of every slot: a bench buys the same trip again and again."""
TRIP: Sequence[Line] = (package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8)), stay(2, "ST-LBJ-1", 450_000))
CONTACT = {"email": "traveller@example.com", "phone": "+62 1"}
TRAVELLERS = ({"given": "Ani", "family": "Bee"}, {"given": "Cit", "family": "Dee"})
HOOK_SECRET = "whsec_of_the_benches"
PATIENCE_S = 120


class Site:
    """What a bench holds of a site; leaving it ends every process."""

    def __init__(self, folder: Path, address: str) -> None:
        self._stack = ExitStack()
        self.instance = folder / "instance"
        self.instance.mkdir(parents=True)
        kept = ROOT / "instance" / TABLES
        kept.mkdir(parents=True, exist_ok=True)
        (self.instance / TABLES).symlink_to(kept)
        self._has_web = False
        self._log = folder / "log"
        self._output = self._stack.enter_context(self._log.open("ab"))
        port = free_port()
        self.base = f"http://localhost:{port}"
        self.port = port
        self.sandbox = start_process(folder, f"http://127.0.0.1:{port}/hooks/stripe", HOOK_SECRET)
        self._stack.callback(self.sandbox.stop)
        told = {"DATABASE_URL": address, "SANDBOX_URL": self.sandbox.base_url, "STRIPE_WEBHOOK_SECRET": HOOK_SECRET}
        self._told = {**told, "LOCAL_ADDRESS": self.base}
        self.app: Flask = create_app(settings_in(self.instance, **self._told), TESTING=True)
        prepare(self.app)
        with self.app.app_context():
            with transaction() as session:
                session.execute(update(Slot).values(capacity=ROOM))
            db.engine.dispose()

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self._stack.close()

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions["planner.services"]
        return found

    def start_web(self) -> None:
        """Serve pages and hear the sandbox's messages from now on."""
        if self._has_web:
            return
        self._has_web = True
        web = ["-m", "gunicorn", "-c", "python:planner.console.server", "-b", f"127.0.0.1:{self.port}"]
        process = self._start(web)
        self._stack.callback(end, process)
        wait_until_it_answers(f"{self.base}/health", process, self._log)

    def start_workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Start so many booking workers and wait until each takes orders."""
        before = self._log.read_text(errors="replace").count("is ready")
        started = [self._start(["-m", "planner.jobs.worker", f"booking-{n}"]) for n in range(1, count + 1)]
        for process in started:
            self._stack.callback(end, process)

        def are_ready() -> bool:
            said = self._log.read_text(errors="replace")
            assert all(process.poll() is None for process in started), said[-2000:]
            return said.count("is ready") == before + count

        self.wait_for(are_ready)
        return started

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        plain = {name: value for name, value in os.environ.items() if name not in ("SITE_URL", "STRIPE_SECRET_KEY")}
        told = {
            **plain, **self._told, "LINTAS_INSTANCE": str(self.instance), "LIMIT_REQUESTS": "false",
            "WEB_WORKERS": "2", "SECRET_KEY": "", "LOG_FORMAT": "json", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=told, stdout=self._output, stderr=self._output,
            start_new_session=True,
        )  # fmt: skip

    def wait_for(self, look: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not look():
            assert time.monotonic() < until, self._log.read_text(errors="replace")[-2000:]
            time.sleep(0.02)

    def paid(self) -> str:
        """Hold the trip, name who travels, pay at the sandbox and hear of it; no worker is told."""
        quiet: Any = replace(self.services, queue=_NoQueue())
        order = hold_places(quote_of(TRIP, datetime.now(UTC)), quiet)
        order_id = order.id
        plan = payment_plans(order.total, order.starts_on, quiet.clock.today())[0]
        name_travellers(order_id, CONTACT, TRAVELLERS, "undo", plan, quiet)
        page = open_payment(order_id, f"{self.base}/", f"{self.base}/", {0: "A trip"}, quiet)
        assert self.sandbox.pay(page.session_id)["result"] == "paid"
        assert check_payment(order_id, quiet) == "authorised"
        with transaction() as session:
            orders.note_order(session, order_id, {"due_at": None})
        return order_id

    def oversold(self) -> int:
        """Count slots that promise more than they have, or count other than their rows."""
        with self.app.app_context():
            db.session.rollback()
            sums = select(Taken.slot_id, func.sum(Taken.places)).group_by(Taken.slot_id)
            taken = {slot_id: int(places) for slot_id, places in db.session.execute(sums)}
            used = db.session.execute(select(Slot.id, Slot.held + Slot.sold, Slot.capacity).where(Slot.id.in_(taken)))
            return sum(1 for slot_id, counted, capacity in used if counted > capacity or counted != taken[slot_id])


class _NoQueue:
    def enqueue(self, order_id: str) -> None:
        """Leave the order alone."""


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that this bench started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def said_of(app: Flask) -> str:
    """Say which database it is and whether each commit waits for the disk."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return "SQLite, synchronous FULL"
        version, fsync = (db.session.scalar(text(f"SHOW {name}")) for name in ("server_version", "fsync"))
        db.session.rollback()
        return f"PostgreSQL {str(version).split()[0]}, fsync {fsync}"
