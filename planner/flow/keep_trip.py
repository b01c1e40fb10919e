"""Keep a trip that somebody works on: begin it, save each change, undo and do again, claim it by an account."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from planner.booking.voucher import new_secret
from planner.errors import Conflict
from planner.flow.services import Services
from planner.store import trips
from planner.store.db import transaction
from planner.store.trips import Trip, TripVersion


class NothingToUndo(Conflict):
    """There is no version before this one, or none after it."""

    default_code = "nothing_to_undo"


class ClaimedBefore(Conflict):
    """Another account has claimed this trip."""

    default_code = "claimed_before"


def begin_trip(brief: Mapping[str, Any], itinerary: Mapping[str, Any], services: Services, language: str) -> Trip:
    """Keep a plan that was found, to go on from; its links are the only keys to it."""
    now = services.clock.now()
    with transaction() as session:
        trip = Trip(
            id=uuid.uuid4().hex, edit_secret=new_secret(), view_secret=new_secret(), language=language, at=1,
            created_at=now, saved_at=now,
        )  # fmt: skip
        session.add(trip)
        session.flush()
        session.add(_version(trip.id, 1, None, brief, itinerary, {}, services))
    return trip


def _version(
    trip_id: str,
    number: int,
    before: int | None,
    brief: Mapping[str, Any],
    itinerary: Mapping[str, Any],
    done: Mapping[str, Any],
    services: Services,
) -> TripVersion:
    return TripVersion(
        trip_id=trip_id, number=number, before=before, brief=dict(brief), itinerary=dict(itinerary), done=dict(done),
        saved_at=services.clock.now(),
    )  # fmt: skip


def save_version(
    trip_id: str,
    seen: int,
    brief: Mapping[str, Any],
    itinerary: Mapping[str, Any],
    done: Mapping[str, Any],
    services: Services,
) -> int:
    """Save a change of the version that was seen, and return the number of the new one.

    Raises:
        NotFound: there is no such trip.
        StaleVersion: somebody saved another change meanwhile; nothing is overwritten.
    """
    now = services.clock.now()
    with transaction() as session:
        session.refresh(trips.get_trip(trip_id), with_for_update=True)
        number = trips.last_number(session, trip_id) + 1
        trips.turn_to(session, trip_id, seen, number, now)
        session.add(_version(trip_id, number, seen, brief, itinerary, done, services))
    return number


def undo(trip_id: str, seen: int, services: Services) -> int:
    """Go back to the version that the one in view was made from; return its number.

    Raises:
        NothingToUndo: it is the first.
        StaleVersion: another one is in view by now.
    """
    before = trips.get_version(trip_id, seen).before
    if before is None:
        raise NothingToUndo("this is the first version")
    with transaction() as session:
        trips.turn_to(session, trip_id, seen, before, services.clock.now())
    return before


def redo(trip_id: str, seen: int, services: Services) -> int:
    """Do again what was undone last; return the version's number.

    Raises:
        NothingToUndo: nothing was undone here.
        StaleVersion: another one is in view by now.
    """
    after = trips.find_next(trip_id, seen)
    if after is None:
        raise NothingToUndo("nothing was undone here")
    number = after.number
    with transaction() as session:
        trips.turn_to(session, trip_id, seen, number, services.clock.now())
    return number


def claim_trip(trip_id: str, account_id: int) -> None:
    """Put a trip among those of an account; its links go on working.

    Raises:
        ClaimedBefore: another account has it.
    """
    with transaction() as session:
        trip = trips.get_trip(trip_id)
        session.refresh(trip, with_for_update=True)
        if trip.account_id not in (None, account_id):
            raise ClaimedBefore("another account has claimed this trip")
        trip.account_id = account_id
