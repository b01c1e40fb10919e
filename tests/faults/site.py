"""A site whose processes may be killed: gunicorn, two booking workers, payment sandbox, a supplier that speaks OCTO.

Each is a process of its own on a real database. The tests look into the database with an application of their own,
through which they also make orders where no page is wanted; they arm points of `planner.flow.fault_points`, wait until
a process stands there, and kill exactly that one.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from planner.app import create_app
from planner.booking.payment import payment_plans
from planner.booking.quote import Line
from planner.booking.supplier_system import SupplierSystem
from planner.console.family import _end_with_parent
from planner.console.start import prepare
from planner.errors import PlannerError
from planner.flow.answer_request import answer_request
from planner.flow.hold_places import hold_places, release_hold
from planner.flow.open_payment import open_payment
from planner.flow.services import Services
from planner.flow.take_payment import name_travellers
from planner.settings import ROOT
from planner.store import claims, orders, systems
from planner.store.availability import Slot
from planner.store.db import db, transaction
from planner.wiring import TABLES
from tests.booking.making import quote_of
from tests.conftest import free_port, settings_in, wait_until_it_answers
from tests.faults.history import Facts, problems
from tests.faults.reading import read_facts
from tests.faults.shopper import QUERY, Deeds, Shopper, code_of
from tests.sandbox.running import RunningSandbox, start_process
from tests.standins.octo_supplier import KEY, START_TIMES
from tests.standins.running import RunningSupplier

WORKERS = ("booking-1", "booking-2")
PATIENCE_S = 60.0
LOOK_S = 0.03
ROOM = 100_000
"""Places of every slot and of the supplier: many tests buy the same trip."""
CONTACT = {"email": "traveller@example.com", "phone": "+62 1"}
TRAVELLERS = ({"given": "Ani", "family": "Bee"}, {"given": "Cit", "family": "Dee"})
WEBHOOK_SECRET = "whsec_of_the_fault_tests"
RESTING = ("confirmed", "undone", "cancelled", "lapsed")

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found], within_s: float = PATIENCE_S, pause_s: float = LOOK_S) -> Found:
    """Look again and again until something is there, and return it."""
    until = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"{what} never came"
        time.sleep(pause_s)


class Site:
    """What tests hold of a running site."""

    def __init__(self, folder: Path, database: str, stack: ExitStack) -> None:
        self.folder, self.database = folder, database
        self.instance, self.points = folder / "instance", folder / "points"
        self.log = folder / "log"
        self.points.mkdir()
        self.instance.mkdir()
        kept = ROOT / "instance" / TABLES
        kept.mkdir(parents=True, exist_ok=True)
        (self.instance / TABLES).symlink_to(kept)
        self._stack = stack
        self._trip = ""
        self._threads = ThreadPoolExecutor(16)
        stack.callback(self._threads.shutdown, wait=False, cancel_futures=True)
        self.deeds = Deeds()
        self._output = stack.enter_context(self.log.open("ab"))
        port = free_port()
        self.base = f"http://localhost:{port}"
        self.supplier = RunningSupplier(folder)
        stack.callback(self.supplier.stop)
        self.supplier.behave(capacity=ROOM)
        self.sandbox: RunningSandbox = start_process(folder, f"http://127.0.0.1:{port}/hooks/stripe", WEBHOOK_SECRET)
        stack.callback(self.sandbox.stop)
        self._told = {
            "DATABASE_URL": database, "SANDBOX_URL": self.sandbox.base_url, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SUPPLIER_ALLOW": self.supplier.allowed, "LOCAL_ADDRESS": self.base,
        }  # fmt: skip
        self.app: Flask = create_app(settings_in(self.instance, **self._told), TESTING=True)
        prepare(self.app)
        stack.callback(self._dispose)
        with self.app.app_context(), transaction() as session:
            session.execute(update(Slot).values(capacity=ROOM))
        web = [sys.executable, "-m", "gunicorn", "-c", "python:planner.console.server", "-b", f"127.0.0.1:{port}"]
        self.web = self._start(web)
        self._nursery = self._start([sys.executable, "-m", "tests.faults.nursery", *WORKERS], stdout=subprocess.PIPE)
        wait_until_it_answers(f"{self.base}/health", self.web, self.log)

    def _start(self, command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        plain = {name: value for name, value in os.environ.items() if name not in ("SITE_URL", "STRIPE_SECRET_KEY")}
        told = {
            **plain, **self._told, "LINTAS_INSTANCE": str(self.instance), "LINTAS_FAULTS": str(self.points),
            "LIMIT_REQUESTS": "false", "WEB_WORKERS": "2", "SECRET_KEY": "", "LOG_FORMAT": "json",
        }  # fmt: skip
        output = {"stdout": self._output, "stderr": self._output, **more}
        process = subprocess.Popen(
            command, cwd=ROOT, env=told, start_new_session=True, preexec_fn=_end_with_parent, **output
        )
        self._stack.callback(_end, process)
        return process

    def _dispose(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions["planner.services"]
        return found

    # --- points and kills ----------------------------------------------------------------------------------------

    def arm(self, point: str) -> None:
        (self.points / point).touch()

    def standing(self, point: str) -> int:
        """Wait until a process stands at a point and return its id."""

        def look() -> int:
            return next((int(one.name.rpartition("@")[2]) for one in self.points.glob(f"{point}@*")), 0)

        return wait_for(f"{point} in {self.tail()}", look)

    def release(self, point: str) -> None:
        """Let whoever stands at a point go on."""
        for one in self.points.glob(f"{point}@*"):
            one.unlink()

    def kill_at(self, point: str) -> int:
        """Kill the process that comes to a point, when it is there; return its id."""
        process = self.standing(point)
        os.kill(process, signal.SIGKILL)
        self.release(point)
        return process

    def kill_each(self, points: Sequence[str], within_s: float = PATIENCE_S) -> list[str]:
        """Kill whoever comes to each of some points, in the order in which they come; return where nobody came."""
        left = set(points)

        def look() -> bool:
            for one in self.points.glob("*@*"):
                point, _, process = one.name.rpartition("@")
                if point in left:
                    self.kill(int(process))  # whoever stands at two points dies at both
                    one.unlink()
                    left.discard(point)
            return not left

        with suppress(AssertionError):
            wait_for("the points", look, within_s)
        return sorted(left)

    def kill(self, process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def web_workers(self) -> list[int]:
        return _children(self.web.pid)

    def booking_workers(self) -> list[int]:
        return _children(self._nursery.pid)

    def in_background(self, act: Callable[[], Found]) -> Future[Found]:
        """Do something in a thread that ends with the site."""
        return self._threads.submit(act)

    @contextmanager
    def watched(self, what: str) -> Iterator[None]:
        """Say how long something took; `pytest -s` shows it."""
        began = time.monotonic()
        yield
        print(f"\n  {self.database.partition(':')[0]}, {what}: {time.monotonic() - began:.1f} s", flush=True)

    @contextmanager
    def traced(self) -> Iterator[set[str]]:
        """Collect the names of the points that are passed meanwhile."""
        passed, names = self.points / "passed", set[str]()
        passed.touch()
        try:
            yield names
        finally:
            names.update(passed.read_text().split())
            passed.unlink()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    # --- visitors ------------------------------------------------------------------------------------------------

    def shopper(self, agent: str) -> Shopper:
        """Let somebody in whose browser calls itself so."""
        told = f"127.0.0.1|{agent}|{self.app.secret_key!r}"
        return Shopper(self.base, agent, hashlib.sha256(told.encode()).hexdigest()[:32], self.deeds)

    def post_hook(self, body: bytes, signature: str) -> int:
        """Send a message as if the payment provider did, and return the status of the answer."""
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        asking = urllib.request.Request(f"{self.base}/hooks/stripe", body, headers)
        try:
            with urllib.request.urlopen(asking, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def trip(self) -> str:
        """Return the id of a planned trip that needs nobody's word, whose package and house are the supplier's.

        What one planned trip was found to be is kept: plans do not change while the site runs.
        """
        if not self._trip:
            shopper = self.shopper("who looks for a trip")
            found = dict.fromkeys(re.findall(r'/trips/([^"?/]+)\?', shopper.ask(f"/trips?{QUERY}")[1]))
            self._trip = next(trip for trip in found if self._is_simple(trip))
        return self._trip

    def _is_simple(self, trip: str) -> bool:
        shopper = self.shopper(f"who looks at {trip}")
        held = shopper.hold(trip)
        with self.app.app_context():
            order = orders.get_order_by_code(code_of(held))
            lines = [line for line in orders.list_lines(order.id) if line.price]
            quoted = [Line.from_json(line.data) for line in lines if line.way == "held"]
            is_simple = all(line.way != "requested" for line in lines)
            release_hold(order.id, self.services)
        kinds = {line.kind: line for line in quoted}
        if not is_simple or set(kinds) != {"package", "stay"} or kinds["package"].takes[0].starts_at not in START_TIMES:
            return False
        for kind, theirs in (("package", "PK01"), ("stay", "ST-LBJ-1")):
            line = kinds[kind]
            self.connect(line.supplier_id, **{line.item["product_id"]: theirs})
        return True

    # --- orders without pages ------------------------------------------------------------------------------------

    def connect(self, supplier_id: str, **ids: str) -> None:
        """Have the bookings of a supplier made in its own system."""
        now = datetime.now(UTC)
        with self.app.app_context(), transaction() as session:
            if session.get(claims.Claim, supplier_id) is None:
                session.add(claims.Claim(supplier_id=supplier_id, approved_at=now))
                session.flush()
            systems.connect_system(session, supplier_id, SupplierSystem(self.supplier.address, KEY, ids), now)

    def held(self, lines: Sequence[Line], consent: str = "undo") -> str:
        """Hold lines and name who travels; return the order's id."""
        with self.app.app_context():
            order = hold_places(quote_of(lines, datetime.now(UTC)), self.services)
            plan = payment_plans(order.total, order.starts_on, self.services.clock.today())[0]
            name_travellers(order.id, CONTACT, TRAVELLERS, consent, plan, self.services)
            return order.id

    def open_page(self, order_id: str) -> str:
        with self.app.app_context():
            back = f"{self.base}/"
            return open_payment(order_id, back, back, {0: "A trip"}, self.services).session_id

    def pay(self, order_id: str) -> str:
        """Pay at the sandbox; its message tells the site. Returns the payment page's id."""
        page = self.open_page(order_id)
        assert self.sandbox.pay(page)["result"] != "declined"
        return page

    def state(self, order_id: str) -> str:
        with self.app.app_context():
            return str(orders.get_order(order_id).state)

    def parts(self, order_id: str) -> list[str]:
        with self.app.app_context():
            return [str(line.state) for line in orders.list_lines(order_id)]

    def wake(self, order_id: str) -> None:
        """Let the workers look at an order now."""
        with self.app.app_context(), transaction() as session:
            orders.note_order(session, order_id, {"due_at": datetime.now(UTC)})

    def everybody_says_yes(self, order_ids: Sequence[str]) -> None:
        """Answer what suppliers are asked by mail."""
        with self.app.app_context():
            for order_id in order_ids:
                db.session.rollback()
                for line in orders.list_lines(order_id):
                    if line.state == "requested" and line.answer_token:
                        answer_request(line.answer_token, True, self.services)

    def settle(self, order_ids: Sequence[str], within_s: float = PATIENCE_S) -> dict[str, str]:
        """Wait until nothing is to be done for these orders any more; return how each ended."""

        def at_rest() -> bool:
            try:
                self.everybody_says_yes(order_ids)
                with self.app.app_context():
                    found = [orders.get_order(order_id) for order_id in order_ids]
                    return all(order.state in RESTING and order.due_at is None for order in found)
            except (OperationalError, PlannerError):  # the database is being started again; or a question is over
                return False

        try:
            wait_for("rest", at_rest, within_s)
        except AssertionError:
            states = {order_id: (self.state(order_id), self.parts(order_id)) for order_id in order_ids}
            raise AssertionError(f"no rest: {states}\n{self.tail()}") from None
        return {order_id: self.state(order_id) for order_id in order_ids}

    def facts(self) -> Facts:
        with self.app.app_context():
            return read_facts(self.supplier, self.sandbox)

    def problems(self) -> list[str]:
        """Hold everything that is stored anywhere against what all shoppers were told."""
        return problems(self.deeds.list(), self.facts())


@contextmanager
def running_site(folder: Path, database: str) -> Iterator[Site]:
    """Start a site; whatever happens, all of its processes end."""
    with ExitStack() as stack:
        yield Site(folder, database, stack)


def _children(parent: int) -> list[int]:
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(child) for child in path.read_text().split()]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    if process.stdout is not None:
        process.stdout.close()
