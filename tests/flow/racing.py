"""Buyers in processes of their own, who all want the same places at the same moment; with the guard and without.

Without the guard a buyer looks how many are left, lets go, and writes one fewer: the way that loses bookings. Nothing
else differs, so a race that does not oversell without the guard has proved nothing with it.
"""

import multiprocessing
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from planner.app import create_app
from planner.booking.quote import Line
from planner.errors import PlannerError
from planner.flow.hold_places import SoldOutNow, hold_places
from planner.store import availability
from planner.store.availability import Slot, SoldOut
from planner.store.db import db
from tests.booking.making import quote_of
from tests.conftest import settings_in
from tests.flow.fakes import World

PATIENCE_S = 60
SEEN: dict[int, tuple[int, int]] = {}


def race(address: str, folder: Path, lines: Sequence[Line], buyers: int, tries: int, is_guarded: bool) -> list[str]:
    """Let ``buyers`` processes hold the lines ``tries`` times each; return what each try came to."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flow.racing"])
    meet, told = context.Barrier(buyers), context.Queue()
    processes = [
        context.Process(target=buy, args=(address, folder / f"buyer{n}", lines, tries, is_guarded, meet, told, n))
        for n in range(buyers)
    ]
    for process in processes:
        process.start()
    outcomes = [outcome for _ in processes for outcome in told.get(timeout=PATIENCE_S)]
    for process in processes:
        process.join(PATIENCE_S)
        assert process.exitcode == 0
    return outcomes


def buy(
    address: str, folder: Path, lines: Sequence[Line], tries: int, is_guarded: bool, meet: Any, told: Any, seed: int
) -> None:
    app = create_app(settings_in(folder, DATABASE_URL=address), TESTING=True)
    world, luck = World(None), random.Random(seed)
    if not is_guarded:
        availability.hold_places = _take_what_was_seen
    outcomes = []
    with app.app_context():
        for _ in range(tries):
            mixed = [replace(line, number=n) for n, line in enumerate(luck.sample(lines, len(lines)), 1)]
            if not is_guarded:
                _look()
            meet.wait(PATIENCE_S)
            try:
                hold_places(quote_of(mixed, world.clock.now()), world.services)
                outcomes.append("held")
            except SoldOutNow:
                outcomes.append("sold_out")
            except PlannerError as trouble:
                outcomes.append(trouble.code)
    told.put(outcomes)


def _look() -> None:
    SEEN.clear()
    wanted = select(Slot.id, Slot.held, Slot.capacity).where(Slot.capacity < 20)
    SEEN.update({slot_id: (held, capacity) for slot_id, held, capacity in db.session.execute(wanted)})
    db.session.rollback()


def _take_what_was_seen(session: Session, wanted: Mapping[int, int]) -> None:
    for slot_id in sorted(wanted):
        held, capacity = SEEN[slot_id]
        if held + wanted[slot_id] > capacity:
            raise SoldOut(params={"slot_id": slot_id})
        session.execute(update(Slot).where(Slot.id == slot_id).values(held=held + wanted[slot_id]))
