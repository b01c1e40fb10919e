"""Put the planner together: the only module that knows both what flows need and who provides it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from planner.flow import fault_points
from planner.flow.services import Services
from planner.settings import Settings
from planner.values.times import Clock

if TYPE_CHECKING:
    from planner.design.catalogue import Catalogue
    from planner.design.designer import Designer
    from planner.design.tables import Tables
    from planner.flow.ports import Payments
    from planner.network.snapshot import Timetable

SANDBOX_KEY = "sk_test_sandbox"
LOOK_AGAIN_S = 5.0
"""How long a worker may serve a timetable or catalogue after a newer one came into service."""
ARRAYS = "arrays"
TABLES = "travel-tables"

Progress = Callable[[str, int, int], None]


def services_of(app: Flask, settings: Settings) -> Services:
    """Give the services that flows are handed: clock, snapshots and gateways."""
    from planner.gateways.ecb_rates import EcbRates
    from planner.gateways.mailer import Postman
    from planner.gateways.queue import BookingQueue, queue_url
    from planner.gateways.safe_http import SafeHttp
    from planner.gateways.suppliers import RoutedSuppliers
    from planner.store import seals
    from planner.store.systems import choose
    from planner.web.letters import WrittenLetters

    clock = Clock()
    seals.init_app(app, settings.account_secret)
    services = Services(
        clock,
        StoredSnapshots(Path(app.instance_path), clock),
        payments=payments_of(settings),
        suppliers=RoutedSuppliers(choose, SafeHttp(settings.supplier_exceptions)),
        mailer=Postman(),
        letters=WrittenLetters(app, settings.address),
        queue=BookingQueue(queue_url(settings.database, Path(app.instance_path))),
        rates=EcbRates(),
        is_demo=settings.is_demo,
    )
    return _with_fault_points(app, services) if fault_points.are_on() and settings.is_demo else services


def _with_fault_points(app: Flask, services: Services) -> Services:
    """Let tests kill this process at every commit, call outside and reply."""
    from planner.store.db import watch_commits

    def begin() -> None:
        fault_points.begin_act(str(request.endpoint))

    def reply(response: Response) -> Response:
        fault_points.fault(fault_points.BEFORE_REPLY)
        return response

    watch_commits(fault_points.fault)
    app.before_request(begin)
    app.after_request(reply)
    names = ("payments", "suppliers", "mailer", "queue")
    watched: Any = {name: fault_points.Watched(getattr(services, name)) for name in names}
    return replace(services, **watched)


def payments_of(settings: Settings) -> Payments:
    """Give the payment provider: Stripe where a key is set, else the sandbox; with a key nothing of it is reachable."""
    from planner.gateways.no_payments import NoPayments
    from planner.gateways.stripe_payments import StripePayments

    hook_secret = settings.stripe_webhook_secret.get_secret_value()
    if not settings.is_demo:
        return StripePayments(settings.stripe_secret_key.get_secret_value(), hook_secret)
    if settings.sandbox_url:
        return StripePayments(SANDBOX_KEY, hook_secret, settings.sandbox_url)
    return NoPayments()


def snapshot_builder() -> Callable[[Any, Path], object]:
    """Give what makes the search's arrays of a feed in its folder: ``build(feed, folder)``."""
    from planner.network.snapshot import build_timetable, save

    def build(feed: Any, folder: Path) -> object:
        if not (folder / ARRAYS).exists():
            save(build_timetable(feed), folder / ARRAYS)
        return folder

    return build


def warm(app: Flask, progress: Progress | None = None) -> None:
    """Build the travel tables and compile what the first search would otherwise wait for."""
    services = app.extensions["planner.services"]
    services.snapshots.load(progress)
    designer = services.snapshots.designer()
    from planner.flow.plan_trip import plan_trip

    day = services.clock.today()
    for ahead in (30, 60):
        start = date.fromordinal(day.toordinal() + ahead)
        end = date.fromordinal(start.toordinal() + 5)
        brief = {
            "entry": {"hub": "DPS", "at": f"{start}T10:00:00+08:00"},
            "exit": {"hub": "DPS", "by": f"{end}T20:00:00+08:00"},
            "party": {"adults": 2},
        }
        if end <= designer.last_day:
            plan_trip(brief, services)


@dataclass(frozen=True)
class _InService:
    """What a worker serves until something newer was loaded."""

    version: tuple[str, str]
    catalogue: Catalogue
    designer: Designer


class StoredSnapshots:
    """Serves the timetable and catalogue that the database names, built once and shared by all threads."""

    def __init__(self, instance: Path, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._lock = threading.Lock()
        self._now: _InService | None = None
        self._looked_at = 0.0
        self._tables: tuple[str, Tables] | None = None
        self._tables_looked_at = 0.0

    def tables(self) -> Tables:
        """Return the reference tables in service, without waiting for the engine to be built."""
        from planner.design.tables import read_tables
        from planner.store import reference

        if self._tables is None or time.monotonic() - self._tables_looked_at >= LOOK_AGAIN_S:
            version = reference.reference_version() if reference.is_laid_out() else ""
            if self._tables is None or self._tables[0] != version:
                self._tables = (version, reference.tables() if version else read_tables())
            self._tables_looked_at = time.monotonic()
        return self._tables[1]

    def catalogue(self) -> Catalogue:
        """Return the catalogue in service."""
        return self._current().catalogue

    def timetable(self) -> Timetable:
        """Return the timetable in service."""
        return self._current().designer.router.network.timetable

    def designer(self) -> Designer:
        """Return the designer in service."""
        return self._current().designer

    def short(self, first: date, last: date) -> Mapping[tuple[str, date], int]:
        """Return the least room of products on dates that are not wholly free."""
        from planner.store.availability import list_short

        left: dict[tuple[str, date], int] = {}
        for slot in list_short(first, last):
            key = slot.product_id, slot.starts_on
            left[key] = min(left.get(key, slot.room), slot.room)
        return left

    def load(self, progress: Progress | None = None) -> None:
        """Build what is not built yet."""
        self._current(progress)

    def _current(self, progress: Progress | None = None) -> _InService:
        now = self._now
        if now is not None and time.monotonic() - self._looked_at < LOOK_AGAIN_S:
            return now
        from planner.store.reference import reference_version
        from planner.store.timetable import get_active

        active = get_active()
        version = (active.sha256, reference_version())
        with self._lock:
            if self._now is None or self._now.version != version:
                self._tables_looked_at = float("-inf")
                self._now = self._build(version, self._instance / active.folder, progress)
            self._looked_at = time.monotonic()
            return self._now

    def _build(self, version: tuple[str, str], folder: Path, progress: Progress | None) -> _InService:
        from planner.design.assembly import assemble
        from planner.design.catalogue import build_catalogue
        from planner.network.snapshot import load

        if self._now is not None and self._now.version[1] == version[1]:
            catalogue = self._now.catalogue
        else:
            catalogue = build_catalogue(self.tables())
        if not (folder / ARRAYS).exists():
            from planner.network.gtfs import read_feed

            snapshot_builder()(read_feed(folder / "feed"), folder)
        timetable = load(folder / ARRAYS)
        designer = assemble(catalogue, timetable, self._clock, self._instance / TABLES, progress)
        return _InService(version, catalogue, designer)
