"""Migrations bring an empty database to exactly the tables of the models, and back to nothing."""

from collections.abc import Callable

from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from planner.store.db import MIGRATIONS, Base, db


def test_a_migrated_database_equals_the_models(empty_store: Flask) -> None:
    assert set(inspect(db.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    check(directory=str(MIGRATIONS))  # exits when something is left to migrate


def test_migrating_twice_changes_nothing(empty_store: Flask) -> None:
    upgrade(directory=str(MIGRATIONS))
    check(directory=str(MIGRATIONS))


def test_a_database_can_be_taken_down_and_set_up_again(empty_store: Flask) -> None:
    downgrade(directory=str(MIGRATIONS), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade(directory=str(MIGRATIONS))
    check(directory=str(MIGRATIONS))


def test_the_check_notices_a_missing_column(empty_store: Flask, make_app: Callable[..., Flask]) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE slot DROP COLUMN ends_at")
    try:
        check(directory=str(MIGRATIONS))
    except SystemExit:
        return
    raise AssertionError("a column is missing and nobody noticed")
