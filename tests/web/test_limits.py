"""Counting visitors in one place for all workers."""

import multiprocessing
import sqlite3
import threading

import pytest

from planner.web import limits
from planner.web.limits import SqliteCounters


@pytest.fixture
def counters(tmp_path):
    return SqliteCounters(f"lintas-sqlite://{tmp_path / 'limits.sqlite3'}")


def count(path, times):
    counters = SqliteCounters(f"lintas-sqlite://{path}")
    for _ in range(times):
        counters.incr("visitor", 60)


def test_two_processes_and_many_threads_lose_no_count(tmp_path, counters):
    spawn = multiprocessing.get_context("spawn")
    others = [spawn.Process(target=count, args=(counters.path, 100)) for _ in range(2)]
    threads = [threading.Thread(target=lambda: [counters.incr("visitor", 60) for _ in range(50)]) for _ in range(4)]
    for each in (*others, *threads):
        each.start()
    for each in (*others, *threads):
        each.join()
    assert counters.get("visitor") == 400


def test_a_window_that_is_over_starts_anew(counters, monkeypatch):
    assert [counters.incr("visitor", 60), counters.incr("visitor", 60)] == [1, 2]
    now = limits.time.time()
    monkeypatch.setattr(limits.time, "time", lambda: now + 61)
    assert counters.get("visitor") == 0
    assert counters.incr("visitor", 60) == 1


def test_the_end_of_a_window_does_not_move_while_it_runs(counters, monkeypatch):
    counters.incr("visitor", 60)
    end = counters.get_expiry("visitor")
    now = limits.time.time()
    monkeypatch.setattr(limits.time, "time", lambda: now + 30)
    counters.incr("visitor", 60)
    assert counters.get_expiry("visitor") == end


def test_addresses_of_visitors_are_forgotten_after_their_window(counters, monkeypatch):
    counters.incr("LIMITS:203.0.113.7", 60)
    now = limits.time.time()
    monkeypatch.setattr(limits.time, "time", lambda: now + 400)
    counters.incr("LIMITS:198.51.100.1", 60)
    with sqlite3.connect(counters.path) as connection:
        assert connection.execute("SELECT key FROM counter").fetchall() == [("LIMITS:198.51.100.1",)]


def test_clearing_and_resetting_forget(counters):
    counters.incr("a", 60)
    counters.incr("b", 60)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b")) == (0, 1)
    assert counters.reset() == 1
    assert counters.get("b") == 0 and counters.check()


def test_who_asks_too_often_is_told_to_wait(make_app):
    app = make_app(LIMIT_REQUESTS=True)
    app.add_url_rule("/api/dear", view_func=limits.limiter.limit("2 per minute")(lambda: "ok"), endpoint="dear")
    app.add_url_rule("/dear", view_func=limits.limiter.limit("2 per minute")(lambda: "ok"), endpoint="dear_page")
    client = app.test_client()
    answers = [client.get("/api/dear") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].mimetype == "application/problem+json" and int(answers[2].headers["Retry-After"]) > 0
    assert [client.get("/dear").status_code for _ in range(3)] == [200, 200, 429]


def test_a_broken_store_lets_visitors_in(make_app, tmp_path):
    (tmp_path / "a-file").write_text("")
    app = make_app(LIMIT_REQUESTS=True, LIMITS_URL=f"lintas-sqlite://{tmp_path}/a-file/limits.sqlite3")
    app.add_url_rule("/dear", view_func=limits.limiter.limit("1 per minute")(lambda: "ok"), endpoint="dear")
    assert app.test_client().get("/dear").status_code == 200
