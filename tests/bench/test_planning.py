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


def test_random_briefs() -> None:
    began = time.perf_counter()
    timetable = build_timetable(read_feed(Path(ROOT, "planner", "data", "gtfs")))
    designer = assemble(build_catalogue(read_tables()), timetable, Clock(NOW), ROOT / "instance" / "travel-tables")
    designer.plan(designer.read(random_brief(1)))
    ready_s = time.perf_counter() - began
    planned: list[int] = []
    refused: list[int] = []
    broken = []
    for seed in range(1000, 1000 + COUNT):
        brief = random_brief(seed)
        answer = designer.plan(designer.read(brief))
        (planned if answer.itineraries else refused).append(answer.took_ms)
        broken += [(seed, str(v)) for v in check_answer(brief, answer.as_json(), today=NOW.date())]
    everything = planned + refused
    print(f"\n{COUNT} random briefs on the shipped data")
    print(f"  ready, first plan included     {ready_s:8.1f} s (travel table and compiled code kept from before if any)")
    print(f"  with a plan                    {len(planned) / COUNT:8.1%}")
    print(f"  planned, p50 / p95             {share(planned, 0.5):5d} / {share(planned, 0.95)} ms")
    print(f"  refused with tested changes    {share(refused, 0.5):5d} / {share(refused, 0.95)} ms")
    print(f"  all, p50 / p95                 {share(everything, 0.5):5d} / {share(everything, 0.95)} ms")
    print(f"  violations of the contract     {len(broken):5d}")
    print(f"  memory of this process         {own_mb():5.0f} MB of its own")
    print(f"  at its peak, shared pages too  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:5.0f} MB")
    assert broken == []
