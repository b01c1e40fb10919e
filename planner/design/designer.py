"""The one way into the design: a brief in, an answer out."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np

from planner.design.answer import Answer, Refusal
from planner.design.brief import TripBrief, read_brief
from planner.design.catalogue import Catalogue
from planner.design.explain import explain, verdicts
from planner.design.itinerary import Itinerary
from planner.design.mixes import mixes
from planner.design.problem import MOST_NODES, Trip, build_trip
from planner.design.reasons import reasons_of
from planner.design.relax import relaxations_of
from planner.design.rules import silence_at
from planner.design.score import drafts, handful
from planner.design.search import Beam, search
from planner.design.tariffs import build_tariff
from planner.design.writer import Writer
from planner.routing.query import Tariff
from planner.routing.router import Router
from planner.values.times import WITA, Clock

FIRST = Beam(width=6, most_labels=150_000)
WIDE = Beam(width=24, most_labels=200_000)
WIDE_NODES = 44
PROBE = Beam(width=2, most_labels=150_000)
"""Tells whether a changed brief has a plan at all; `plan` falls back on it, so that what was offered is planned."""
THRIFT = 5.0
"""How many times more a rupiah weighs when the first answer is over the budget."""
KEPT_TARIFFS = 64

Short = Mapping[tuple[str, date], int]
"""What is left, in places, of products on dates where that is less than their capacity."""


@dataclass(frozen=True)
class Search:
    """One run of the search: its trip, what it grew, what it found."""

    trip: Trip
    labels: np.ndarray
    solutions: np.ndarray


class Designer:
    """Plans trips on one catalogue and one timetable. One plan at a time: a search fills a core and its cache."""

    def __init__(self, catalogue: Catalogue, router: Router, clock: Clock) -> None:
        self.catalogue = catalogue
        self.router = router
        self.clock = clock
        self._tariffs: dict[object, Tariff] = {}
        self._busy = threading.Lock()

    @property
    def last_day(self) -> date:
        """The last day on which a trip may end."""
        return self.router.network.timetable.last_day

    def read(self, data: Mapping[str, Any]) -> TripBrief:
        """Read a brief; raises InvalidBrief with every field that is wrong."""
        return read_brief(data, self.catalogue, self.clock.today(), self.last_day)

    def plan(self, brief: TripBrief, short: Short | None = None, is_refused_briefly: bool = False) -> Answer:
        """Plan a trip: itineraries, or a refusal with its reasons and, unless it is to be brief, changes that help."""
        began = time.perf_counter()
        with self._busy:
            found = self._search(brief, short or {}, FIRST)
            itineraries = self._written(found)
            cheapest = min((one.price for one in itineraries), default=None)
            itineraries = [one for one in itineraries if brief.budget is None or one.price <= brief.budget]
            again = None
            if cheapest is not None and not itineraries:
                again = self._search(brief, short or {}, FIRST, thrift=THRIFT)
            elif cheapest is None and self._is_open(brief) and not found.trip.is_hopeless:
                again = self._search(brief, short or {}, WIDE, WIDE_NODES, is_loose=True)
                if not len(again.solutions):
                    again = self._search(brief, short or {}, PROBE)
            if again is not None and len(again.solutions):
                found = again
                written = self._written(again)
                cheapest = min([*(one.price for one in written), *([cheapest] if cheapest else [])], default=None)
                itineraries = [one for one in written if brief.budget is None or one.price <= brief.budget]
            shown = handful(itineraries, brief.want)
            refusal = None if shown else self._refusal(found.trip, cheapest, short or {}, is_refused_briefly)
            timetable = self.router.network.timetable
            shown = [
                replace(one, why=explain(one, shown, self.catalogue, timetable), rules=verdicts(one, self.catalogue))
                for one in shown
            ]
        took_ms = round((time.perf_counter() - began) * 1000)
        return Answer(tuple(shown), refusal, len(found.solutions), took_ms)

    def find(self, brief: TripBrief, short: Short | None = None) -> Itinerary | None:
        """Return the best plan of a brief if a quick search finds one; it says nothing of why there is none."""
        with self._busy:
            written = self._written(self._search(brief, short or {}, FIRST))
            fitting = [one for one in written if brief.budget is None or one.price <= brief.budget]
            shown = handful(fitting, brief.want)
            if not shown:
                return None
            timetable = self.router.network.timetable
            best = next((one for one in shown if one.label == "best"), shown[0])
            return replace(
                best, why=explain(best, shown, self.catalogue, timetable), rules=verdicts(best, self.catalogue)
            )

    def _is_open(self, brief: TripBrief) -> bool:
        """Tell whether entry and exit are possible at all, so that a wide search may help."""
        return not (
            silence_at(self.catalogue, brief.entry_hub, brief.entry_at)
            or silence_at(self.catalogue, brief.exit_hub, brief.exit_by)
        )

    def _tariff(self, brief: TripBrief) -> Tariff:
        key = (brief.party, brief.avoid_modes)
        if key not in self._tariffs:
            if len(self._tariffs) >= KEPT_TARIFFS:
                self._tariffs.clear()
            self._tariffs[key] = build_tariff(
                self.catalogue, self.router.network.timetable, brief.party, brief.avoid_modes
            )
        return self._tariffs[key]

    def _search(
        self,
        brief: TripBrief,
        short: Short,
        beam: Beam,
        most_nodes: int = MOST_NODES,
        favour: Collection[str] = (),
        thrift: float = 1.0,
        is_loose: bool = False,
    ) -> Search:
        trip = build_trip(
            brief,
            self.catalogue,
            self.router,
            self._tariff(brief),
            self.clock.now(),
            short,
            most_nodes,
            favour=favour,
            is_loose=is_loose,
        )
        if trip.is_hopeless or not self._is_open(brief):
            return Search(trip, np.zeros(0), np.zeros(0))
        labels, solutions, _ = search(trip.problem, mixes(brief.party.heads, thrift), beam)
        return Search(trip, labels, solutions)

    def _chosen(self, found: Search) -> list[int]:
        """Return the solutions that are worth writing out."""
        return drafts(found.solutions, mixes(found.trip.brief.party.heads)) if len(found.solutions) else []

    def _written(self, found: Search) -> list[Itinerary]:
        writer = Writer(found.trip, self.catalogue, self.router, self.clock.today())
        written = [writer.write(found.labels, found.solutions[i]) for i in self._chosen(found)]
        return [itinerary for itinerary in written if itinerary.keeps_legs()]

    def _has_plan(self, brief: TripBrief, short: Short) -> bool:
        """Tell whether a brief has a plan within its budget, by a search that is narrow where no budget binds."""
        if not self._is_open(brief):
            return False
        if brief.budget is None and not brief.pinned_legs:
            return len(self._search(brief, short, PROBE).solutions) > 0
        found = self._search(brief, short, FIRST)
        writer = Writer(found.trip, self.catalogue, self.router, self.clock.today())
        for i in self._chosen(found):
            # written out, a trip costs what the search counted or more
            if brief.budget is not None and int(found.solutions[i]["price"]) > brief.budget:
                continue
            written = writer.write(found.labels, found.solutions[i])
            if written.keeps_legs() and (brief.budget is None or written.price <= brief.budget):
                return True
        return False

    def _refusal(self, trip: Trip, cheapest: int | None, short: Short, is_brief: bool) -> Refusal:
        @cache
        def plans(brief: TripBrief) -> bool:
            return self._has_plan(brief, short)

        @cache
        def fitting(brief: TripBrief) -> tuple[str, ...]:
            alone = replace(brief, must=(), must_packages=(), nights=(), budget=None)
            found = self._search(alone, short, FIRST, favour=brief.must)
            return _most_of(brief.must, self.catalogue.stops.places_number, found.solutions)

        last = datetime.combine(self.last_day + timedelta(days=1), datetime.min.time(), WITA)
        reasons = reasons_of(trip, self.catalogue, cheapest)
        if is_brief:
            return Refusal(reasons, ())
        found = relaxations_of(trip.brief, reasons, self.catalogue, plans, fitting, cheapest, last)
        return Refusal(reasons, found)


def _most_of(places: Collection[str], numbers: Mapping[str, int], solutions: np.ndarray) -> tuple[str, ...]:
    """Return the largest set of these places that one solution holds."""
    best: tuple[str, ...] = ()
    for seen in np.unique(solutions["visited"]) if len(solutions) else ():
        held = tuple(place for place in places if int(seen) >> numbers[place] & 1)
        if len(held) > len(best):
            best = held
    return best
