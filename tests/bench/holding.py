"""What the processes of the bench of holds do: whole orders on one departure or eight nights, or one bare statement."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from planner.flow.hold_places import hold_places
from planner.store.availability import Slot, find_slot
from planner.store.db import _one_writer_at_a_time, db, transaction
from tests.booking.making import START, package, quote_of, stay
from tests.flow.racing import Racer

HOT = [package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))]
OTHER_DAY = HOT[0].takes[0].starts_on + timedelta(days=1)
"""Whose slot the bare statement takes; it writes no rows, so afterwards it is emptied."""
BUNDLE = [stay(1, "ST-LBJ-1", 450_000, nights=8)]
KINDS = ("bare", "hot", "bundle")
BARE = "UPDATE slot SET held = held + 2 WHERE id = {slot} AND held + sold + 2 <= capacity"


def hold_for_a_while(number: int, plan: Sequence[tuple[str, int]], seconds: float, racer: Racer) -> list[str]:
    """Do each thing of the plan for so long, if this process is among those that the plan lets act; count."""
    counts = []
    for kind, active in plan:
        act = _bare(db.engine) if kind == "bare" else _whole(HOT if kind == "hot" else BUNDLE, racer)
        if number < active:
            act()
        racer.meet()
        count, until = 0, time.perf_counter() + seconds
        while number < active and time.perf_counter() < until:
            act()
            count += 1
        counts.append(str(count))
        racer.meet()
    return counts


def _whole(lines: Any, racer: Racer) -> Callable[[], object]:
    racer.stand_at(datetime.now(UTC))
    return lambda: hold_places(quote_of(lines, racer.world.clock.now()), racer.world.services)


def _bare(engine: Engine) -> Callable[[], object]:
    """Give one guarded statement and its commit through the driver alone, behind the same queue of writers."""
    statement = BARE.format(slot=_slot_of_the_other_day().id)
    db.session.rollback()
    connection = engine.raw_connection()
    cursor = connection.cursor()

    def act() -> None:
        with _one_writer_at_a_time(engine):
            if engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(statement)
            assert cursor.rowcount == 1
            connection.commit() if engine.dialect.name != "sqlite" else cursor.execute("COMMIT")

    return act


def _slot_of_the_other_day() -> Slot:
    take = HOT[0].takes[0]
    slot = find_slot(db.session(), take.product_id, take.option_id, OTHER_DAY, take.starts_at)
    assert slot is not None
    return slot


def forget_the_bare_ones() -> None:
    """Give back what has no rows."""
    with transaction():
        _slot_of_the_other_day().held = 0
