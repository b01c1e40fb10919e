"""Racers in processes of their own, who all act on one database at the same moments.

    outcomes = race(address, [partial(hold_often, lines, 8), partial(hold_often, lines, 8)], is_guarded=True)

Each racer is a function that gets a `Racer` and returns what its acts came to. `racer.meet()` waits for all others.
"""

import multiprocessing
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pkgutil import iter_modules
from typing import Any

from flask import Flask

from planner import store
from planner.errors import PlannerError
from planner.store.db import init_app
from tests.flow.fakes import World

PATIENCE_S = 60
PRELOADED = ["tests.flow.racers", *(f"planner.store.{aggregate.name}" for aggregate in iter_modules(store.__path__))]
"""Read once, by the process that all racers are forked from."""
JITTER_S = 0.004


@dataclass
class Racer:
    """What one racer has: its own world outside, its own luck, and the moment at which all start."""

    is_guarded: bool
    luck: random.Random
    meet_all: Callable[[], None]
    world: World = field(default_factory=lambda: World(None))

    def meet(self) -> None:
        """Wait until every racer is here."""
        self.meet_all()

    def meet_about(self) -> None:
        """Wait until every racer is here and start a moment sooner or later than the others."""
        self.meet_all()
        time.sleep(self.luck.random() * JITTER_S)

    def stand_at(self, moment: datetime) -> None:
        self.world.clock.moment = moment

    def tell(self, act: Callable[[], Any]) -> str:
        """Do something and say what it came to: ``done``, the answer itself if it is text, or the error's code."""
        try:
            answer = act()
        except PlannerError as refused:
            return refused.code
        return answer if isinstance(answer, str) else "done"


Race = Callable[[Racer], list[str]]


def race(address: str, racers: Sequence[Race], is_guarded: bool) -> list[list[str]]:
    """Let everybody start at once, each in a process; return what came of it, in the order of the racers."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    meet, told = context.Barrier(len(racers)), context.Queue()
    processes = [
        context.Process(target=_run, args=(address, racer, is_guarded, meet, told, n)) for n, racer in enumerate(racers)
    ]
    for process in processes:
        process.start()
    outcomes: list[list[str]] = [[] for _ in racers]
    for _ in processes:
        number, acts, trouble = told.get(timeout=PATIENCE_S)
        assert not trouble, trouble
        outcomes[number] = acts
    for process in processes:
        process.join(PATIENCE_S)
        assert process.exitcode == 0
    return outcomes


def _run(address: str, racer: Race, is_guarded: bool, meet: Any, told: Any, number: int) -> None:
    try:
        app = Flask("racer")  # no page is asked for, so no more of the site is built than its database
        app.config["SQLALCHEMY_DATABASE_URI"] = address
        init_app(app)
        with app.app_context():
            acts = racer(Racer(is_guarded, random.Random(number), lambda: meet.wait(PATIENCE_S)))
        told.put((number, acts, ""))
    except BaseException:
        meet.abort()
        told.put((number, [], f"racer {number}: {traceback.format_exc()}"))
