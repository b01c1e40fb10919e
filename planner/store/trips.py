"""Trips that somebody works on: every version is kept, one of them is in view; secret links to look and to change.

Trip 1--n TripVersion. A version knows the one it was made from, so that undoing and doing again have no end and nothing
that was ever saved is lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import Conflict, NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db


class StaleVersion(Conflict):
    """Somebody saved the trip meanwhile: look at that first, so that nobody overwrites what another has done."""

    default_code = "stale_version"


class Trip(Base):
    """A trip in the making. `at` is the number of the version in view."""

    __tablename__ = "trip"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    edit_secret: Mapped[str] = mapped_column(String(64), unique=True)
    view_secret: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    """The account that claimed it; a trip lives without one."""
    language: Mapped[str] = mapped_column(String(8), default="en")
    at: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TripVersion(Base):
    """One state of a trip: its brief, its itinerary, and what was done to come here."""

    __tablename__ = "trip_version"

    trip_id: Mapped[str] = mapped_column(ForeignKey("trip.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[int | None]
    """The version it was made from; None of the first."""
    brief: Mapped[dict[str, Any]] = mapped_column(JSON)
    itinerary: Mapped[dict[str, Any]] = mapped_column(JSON)
    done: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


def get_trip(trip_id: str) -> Trip:
    """Find a trip by its id.

    Raises:
        NotFound: there is none.
    """
    return _found(db.session.get(Trip, trip_id))


def get_trip_by_secret(secret: str, may_edit: bool) -> Trip:
    """Find the trip that a secret link opens, to change it or to look at it alone.

    Raises:
        NotFound: no trip has this link.
    """
    column = Trip.edit_secret if may_edit else Trip.view_secret
    return _found(db.session.scalar(select(Trip).where(column == secret)))


def _found(trip: Trip | None) -> Trip:
    if trip is None:
        raise NotFound("there is no such trip", code="no_such_trip")
    return trip


def list_trips_of(account_id: int) -> list[Trip]:
    """List the trips that an account claimed, the last saved first."""
    return list(
        db.session.scalars(select(Trip).where(Trip.account_id == account_id).order_by(Trip.saved_at.desc(), Trip.id))
    )


def get_version(trip_id: str, number: int) -> TripVersion:
    """Find one version of a trip.

    Raises:
        NotFound: there is none.
    """
    version = db.session.get(TripVersion, (trip_id, number))
    if version is None:
        raise NotFound("the trip has no such version", code="no_such_version")
    return version


def find_next(trip_id: str, number: int) -> TripVersion | None:
    """Find the version that was last made from this one: what doing again leads to."""
    query = (
        select(TripVersion)
        .where(TripVersion.trip_id == trip_id, TripVersion.before == number)
        .order_by(TripVersion.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def last_number(session: Session, trip_id: str) -> int:
    """Return the number of the last version that was saved."""
    return session.scalar(select(func.max(TripVersion.number)).where(TripVersion.trip_id == trip_id)) or 0


def turn_to(session: Session, trip_id: str, seen: int, number: int, now: datetime) -> None:
    """Bring a version into view, from the one that was seen; call it inside a transaction.

    Raises:
        StaleVersion: another one is in view by now.
    """
    done = session.execute(
        update(Trip).where(Trip.id == trip_id, Trip.at == seen).values(at=number, saved_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleVersion("somebody saved this trip meanwhile", params={"seen": seen})
