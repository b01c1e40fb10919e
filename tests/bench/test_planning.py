"""Prints how fast, how often and how truly 200 random briefs are planned on the shipped data.

`make bench`; BRIEFS=2000 draws more. Figures are printed, never asserted; only a broken contract fails.
"""

from __future__ import annotations

import os
import resource
import time
from datetime import datetime
from pathlib import Path

from planner.design.assembly import assemble
from planner.design.catalogue import build_catalogue
from planner.design.tables import read_tables
from planner.network.gtfs import read_feed
from planner.network.snapshot import build_timetable
from planner.settings import ROOT
from planner.values.times import WITA, Clock
from tests.checker.briefs import random_brief
from tests.checker.check import check_answer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=WITA)
COUNT = int(os.environ.get("BRIEFS", "200"))


def own_mb() -> float:
    """Return the memory of this process without files it maps, which all workers share."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Anonymous")) / 1024


def share(values: list[int], part: float) -> int:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0


def tell(what: str, figure: str) -> None:
    print(f"  {what:38} {figure}")


def test_random_briefs() -> None:
    began = time.perf_counter()
    timetable = build_timetable(read_feed(Path(ROOT, "planner", "data", "gtfs")))
    designer = assemble(build_catalogue(read_tables()), timetable, Clock(NOW), ROOT / "instance" / "travel-tables")
    designer.plan(designer.read(random_brief(1)))
    ready_s = time.perf_counter() - began
    planned: list[tuple[int, int]] = []  # milliseconds on the clock and of this process's own work
    refused: list[tuple[int, int]] = []
    broken = []
    for seed in range(1000, 1000 + COUNT):
        brief = random_brief(seed)
        worked_s = time.process_time()
        answer = designer.plan(designer.read(brief))
        worked_ms = round((time.process_time() - worked_s) * 1000)
        (planned if answer.itineraries else refused).append((answer.took_ms, worked_ms))
        broken += [(seed, str(v)) for v in check_answer(brief, answer.as_json(), today=NOW.date())]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{COUNT} random briefs on the shipped data")
    tell("ready, first plan included", f"{ready_s:.1f} s (travel table and compiled code kept from before if any)")
    tell("with a plan", f"{len(planned) / COUNT:.1%}")
    for name, taken in (("planned", planned), ("refused with tested changes", refused), ("all", planned + refused)):
        clock, work = [[one[i] for one in taken] for i in (0, 1)]
        own = f"(own work {share(work, 0.5)} / {share(work, 0.95)} ms)"
        tell(f"{name}, p50 / p95", f"{share(clock, 0.5)} / {share(clock, 0.95)} ms {own}")
    tell("violations of the contract", str(len(broken)))
    tell("memory of this process", f"{own_mb():.0f} MB of its own")
    tell("at its peak, shared pages too", f"{peak_mb:.0f} MB")
    assert broken == []
