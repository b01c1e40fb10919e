"""The SQLite at hand knows the clock that the workflows' tables count on, however old it is."""

import time

from flask import Flask
from sqlalchemy import create_engine, text

import planner.store.db


def test_any_engine_of_this_process_tells_fractions_of_a_second(app: Flask) -> None:
    assert planner.store.db.db is not None
    with create_engine("sqlite://").connect() as connection:
        told = connection.execute(text("SELECT unixepoch('subsec')")).scalar_one()
    assert abs(told - time.time()) < 60


def test_a_table_may_count_on_it_by_default(app: Flask) -> None:
    with create_engine("sqlite://").begin() as connection:
        connection.execute(
            text("CREATE TABLE w (id INTEGER, at INT NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
        )
        connection.execute(text("INSERT INTO w (id) VALUES (1)"))
        assert connection.execute(text("SELECT at FROM w")).scalar_one() > 1.7e12
