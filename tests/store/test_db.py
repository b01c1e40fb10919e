"""Units of work: all or nothing, written inside a transaction only, on SQLite one writer at a time."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from planner.store.db import StoreUnavailable, db, include_name, transaction
from planner.store.timetable import Timetable, add_timetable, list_timetables

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
COUNTS = {"stops": 1, "routes": 1, "trips": 1, "stop_times": 2, "services": 1}


def note(digit: str) -> Timetable:
    return add_timetable(digit * 64, "feed", "1", "Asia/Makassar", COUNTS, f"timetables/{digit}", NOW)


def test_a_unit_of_work_is_kept_whole(empty_store: Flask) -> None:
    with transaction():
        note("1")
        note("2")
    assert [found.sha256[0] for found in list_timetables()] == ["2", "1"]


def test_a_unit_of_work_that_fails_leaves_nothing_behind(empty_store: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        note("1")
        raise ZeroDivisionError
    assert list_timetables() == []
    note("2")
    assert len(list_timetables()) == 1, "the next one works as ever"


def test_an_inner_unit_of_work_joins_the_outer_one(empty_store: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        with transaction():
            note("1")
        raise ZeroDivisionError
    assert list_timetables() == []


def test_writing_outside_a_transaction_is_refused(empty_store: Flask) -> None:
    db.session.add(Timetable(sha256="x", name="", version="", zone="", folder="", loaded_at=NOW, **COUNTS))
    with pytest.raises(RuntimeError, match=r"inside transaction\(\) only"):
        db.session.flush()
    db.session.rollback()


def test_changes_made_before_a_transaction_are_not_swept_into_it(empty_store: Flask) -> None:
    db.session.add(Timetable(sha256="x", name="", version="", zone="", folder="", loaded_at=NOW, **COUNTS))
    with pytest.raises(RuntimeError, match=r"outside transaction\(\)"), transaction():
        pass
    db.session.rollback()


def test_instants_come_back_with_their_zone(empty_store: Flask) -> None:
    note("1")
    db.session.rollback()
    assert list_timetables()[0].loaded_at == NOW and list_timetables()[0].loaded_at.tzinfo is not None


def test_an_instant_without_a_zone_is_refused(empty_store: Flask) -> None:
    with pytest.raises(Exception, match="needs a zone"):
        add_timetable("1" * 64, "feed", "1", "Asia/Makassar", COUNTS, "f", datetime(2026, 11, 24))


def test_writers_that_read_first_do_not_lose_each_others_work(empty_store: Flask) -> None:
    with transaction() as session:
        session.add(
            Timetable(sha256="n", name="", version="", zone="", folder="", loaded_at=NOW, **{**COUNTS, "stops": 0})
        )

    def count_up() -> None:
        with empty_store.app_context():
            for _ in range(25):
                with transaction() as session:
                    row = session.get(Timetable, 1, with_for_update=True)
                    assert row is not None
                    row.stops += 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert list_timetables()[0].stops == 100


@pytest.fixture
def sqlite_store(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'plain.sqlite3'}")


def test_sqlite_is_set_to_survive_a_power_cut_and_to_let_readers_read(sqlite_store: Flask) -> None:
    with sqlite_store.app_context():
        asked = {
            name: db.session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_a_reader_keeps_its_view_while_a_writer_works(sqlite_store: Flask) -> None:
    with sqlite_store.app_context():
        with transaction() as session:
            session.execute(text("CREATE TABLE t (n INTEGER)"))
            session.execute(text("INSERT INTO t VALUES (1)"))
        assert db.session.scalar(text("SELECT n FROM t")) == 1

        def write() -> None:
            with sqlite_store.app_context(), transaction() as session:
                session.execute(text("UPDATE t SET n = 2"))

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(10)
        assert not writer.is_alive(), "a reader does not hold up a writer"
        assert db.session.scalar(text("SELECT n FROM t")) == 1
        db.session.rollback()
        assert db.session.scalar(text("SELECT n FROM t")) == 2


def test_a_database_that_cannot_be_reached_is_unavailable(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    with app.app_context(), pytest.raises(StoreUnavailable), transaction():
        pass


@pytest.mark.parametrize(
    ("table", "ours"),
    [
        ("place", True),
        ("place_fts", False),
        ("place_fts_data", False),
        ("place_fts_config", False),
        ("fare_group", True),
    ],
)
def test_tables_that_full_text_search_makes_are_not_migrated(table: str, ours: bool) -> None:
    assert include_name(table, "table", {}) is ours
    assert include_name(table, "column", {}) is True
