"""Connects the database and keeps its units of work: many readers, on SQLite one writer at a time.

    transaction()        the unit of work: all of it is kept, or nothing
    anything else        reads, from one consistent state until the request ends

On SQLite Python's own transaction handling is off; we say BEGIN IMMEDIATE for writers, so that two of them never
deadlock on the way from reading to writing, and BEGIN for readers. A file lock in front lets writers queue fairly.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from planner.errors import Unavailable

WRITES = "lintas_writes"
BUSY_S = 30
QUIET = {"hide_parameters": True}
"""Errors name the statement, not the people in it: they end in logs."""
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
_watchers: list[Callable[[str], None]] = []
_SHADOW_TABLE = re.compile(r".*_fts(_data|_idx|_content|_docsize|_config)?")


class StoreUnavailable(Unavailable):
    """The database does not answer, or stayed busy longer than anybody should wait."""

    default_code = "store_unavailable"


class Base(DeclarativeBase):
    """What all tables share: names of constraints that are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()


def init_app(app: Flask) -> None:
    """Connect the database that `SQLALCHEMY_DATABASE_URI` names; nothing is opened yet."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    is_sqlite = url.get_backend_name() == "sqlite"
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _sqlite_options() if is_sqlite else _postgresql_options())
    db.init_app(app)
    _register_models()
    migrate.init_app(
        app,
        db,
        directory=str(MIGRATIONS),
        include_name=include_name,
        render_item=render_item,
        compare_type=True,
        render_as_batch=is_sqlite,
    )
    with app.app_context():
        if is_sqlite:
            event.listen(db.engine, "connect", _set_up_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Tell migrations which tables are ours: those that full-text search makes for itself are not."""
    return not (kind == "table" and name and _SHADOW_TABLE.fullmatch(name))


def render_item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Write our column types into migrations as what the database sees, so that old migrations outlive our code."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("planner."):
        return f"sa.{item.impl_instance!r}"
    return False


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a unit of work; one inside another joins it.

    Raises:
        StoreUnavailable: the database does not answer or stayed busy.
    """
    session: Session = db.session()
    if session.info.get(WRITES):
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    session.rollback()  # ends what was read before; it is read afresh in the new transaction
    with _one_writer_at_a_time(db.engine):
        session.info[WRITES] = True
        try:
            session.connection(execution_options={WRITES: True})
            yield session
            _at_commit("before_commit")
            session.commit()
            _at_commit("after_commit")
        except BaseException as trouble:
            session.rollback()
            if isinstance(trouble, DBAPIError) and _is_no_answer(trouble):
                raise StoreUnavailable("the database does not answer; try again in a moment") from trouble
            raise
        finally:
            session.info.pop(WRITES, None)


def watch_commits(told: Callable[[str], None]) -> None:
    """Have somebody told `before_commit` and `after_commit` of every unit of work: tests that kill this process."""
    if told not in _watchers:
        _watchers.append(told)


def _at_commit(point: str) -> None:
    for told in _watchers:
        told(point)


def queue_up(session: Session, for_what: str) -> None:
    """Wait until no other transaction does the same rare thing, such as loading a timetable."""
    if session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer anyway
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": for_what})


def _is_no_answer(trouble: DBAPIError) -> bool:
    return trouble.connection_invalidated or isinstance(trouble, OperationalError)


def _refuse_to_write_outside(session: Session, *_: Any) -> None:
    if not session.info.get(WRITES):
        raise RuntimeError("the database is written inside transaction() only")


event.listen(Session, "before_flush", _refuse_to_write_outside)


def _teach_fractions(connection: Any, _: Any) -> None:
    """Teach a SQLite before 3.42 `unixepoch('subsec')`.

    The library that keeps our workflows counts on it from Python 3.12 on; Debian 12 has such an older SQLite.
    """
    if isinstance(connection, sqlite3.Connection) and sqlite3.sqlite_version_info < (3, 42):
        connection.create_function("unixepoch", 1, _epoch)


def _epoch(form: str) -> float:
    if form != "subsec":
        raise ValueError(f"unixepoch({form!r}) is not taught here")
    return time.time()


event.listen(Engine, "connect", _teach_fractions)


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"timeout": BUSY_S, "isolation_level": None}, **QUIET}


def _postgresql_options() -> dict[str, Any]:
    return {"pool_pre_ping": True, "isolation_level": "READ COMMITTED", **QUIET}


def _set_up_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000}")
    path = _find_file(connection)
    if path is not None and path.stat().st_size == 0:
        connection.execute("PRAGMA journal_mode = WAL")  # kept in the file, so set only when it is made
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _find_file(connection: sqlite3.Connection) -> Path | None:
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    return Path(file) if file else None


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _one_writer_at_a_time(engine: Engine) -> Iterator[None]:
    """Queue writers of all processes at a lock file beside the SQLite database; PostgreSQL needs none."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file == ":memory:":
        yield
        return
    handle = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _register_models() -> None:
    """Import every aggregate, so that migrations see all tables."""
    from planner.store import (
        accounts,
        attempts,
        audit,
        availability,
        catalogue,
        claims,
        events,
        fares,
        ledger,
        letters,
        orders,
        payments,
        places,
        reference,
        rules,
        seas,
        systems,
        tasks,
        timetable,
        web_sessions,
    )

    del accounts, attempts, audit, availability, catalogue, claims, events, fares, ledger, letters, orders, payments
    del places, reference, rules, seas, systems, tasks, timetable, web_sessions
