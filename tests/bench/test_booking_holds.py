"""Prints how many whole orders are held a second, beside the bare guarded statement that lies beneath.

`make bench`; SECONDS=5 measures longer. Figures are printed, never asserted; only broken books fail.
"""

from __future__ import annotations

import os
from functools import partial

from tests.bench.booking_site import Site, said_of
from tests.bench.figures import tell
from tests.bench.holding import KINDS, forget_the_bare_ones, hold_for_a_while
from tests.flow.racing import race

SECONDS = float(os.environ.get("SECONDS", "1.5"))
PROCESSES = (1, 4, 8)


def test_holds_a_second(site: Site) -> None:
    plan = [(kind, count) for count in PROCESSES for kind in KINDS]
    racers = [partial(hold_for_a_while, n, plan, SECONDS) for n in range(max(PROCESSES))]
    counts = race(site.app.config["SQLALCHEMY_DATABASE_URI"], racers, is_guarded=True)
    a_second = {what: sum(int(one[n]) for one in counts) / SECONDS for n, what in enumerate(plan)}
    print(f"\nOrders held a second ({said_of(site.app)})")
    for count in PROCESSES:
        bare, hot, bundle = (a_second[kind, count] for kind in KINDS)
        what = f"{count} process{'es' if count > 1 else ''}: one departure / eight nights"
        tell(what, f"{hot:.0f} / {bundle:.0f}; bare UPDATE {bare:.0f}; ratio {hot / bare:.2f} / {bundle / bare:.2f}")
    with site.app.app_context():
        forget_the_bare_ones()
    assert site.oversold() == 0
