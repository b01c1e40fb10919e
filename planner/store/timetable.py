"""Which timetables were loaded, and which one is in service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from planner.errors import Conflict, NotFound
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db, queue_up, transaction

_QUEUE = "timetable"


class NoTimetable(Conflict):
    """No timetable was loaded yet, so nothing can be planned."""

    default_code = "no_timetable"


class Timetable(Base):
    """A feed that was read without an error; its text and arrays lie in `folder` below the instance folder."""

    __tablename__ = "timetable"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(60))
    stops: Mapped[int]
    routes: Mapped[int]
    trips: Mapped[int]
    stop_times: Mapped[int]
    services: Mapped[int]
    folder: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=False)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        # At most one in service, whatever the code believes.
        Index(
            "uq_timetable_is_active",
            is_active,
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
    )


def add_timetable(
    sha256: str, name: str, version: str, zone: str, counts: dict[str, int], folder: str, now: datetime
) -> Timetable:
    """Note a feed that was read; one that was loaded before keeps its row."""
    with transaction() as session:
        queue_up(session, _QUEUE)
        found = session.scalar(select(Timetable).where(Timetable.sha256 == sha256))
        if found is None:
            found = Timetable(
                sha256=sha256,
                name=name,
                version=version,
                zone=zone,
                folder=folder,
                loaded_at=now,
                is_active=False,
                **counts,
            )
            session.add(found)
            session.flush()
        return found


def put_in_service(timetable_id: int) -> Timetable:
    """Let one timetable serve and the others rest.

    Raises:
        NotFound: no timetable has this id.
    """
    with transaction() as session:
        queue_up(session, _QUEUE)
        chosen = session.get(Timetable, timetable_id, populate_existing=True)
        if chosen is None:
            raise NotFound(f"there is no timetable {timetable_id}", code="no_such_timetable")
        session.execute(
            update(Timetable).where(Timetable.is_active, Timetable.id != timetable_id).values(is_active=False)
        )
        chosen.is_active = True
        session.flush()
        return chosen


def find_active() -> Timetable | None:
    """Find the timetable in service."""
    return db.session.scalar(select(Timetable).where(Timetable.is_active))


def get_active() -> Timetable:
    """Find the timetable in service.

    Raises:
        NoTimetable: none is.
    """
    found = find_active()
    if found is None:
        raise NoTimetable("no timetable was loaded yet")
    return found


def list_timetables() -> list[Timetable]:
    """List all that were loaded, the latest first."""
    return list(db.session.scalars(select(Timetable).order_by(Timetable.loaded_at.desc(), Timetable.id.desc())))
