"""Choosing a port, and what can be said before the site runs."""

import socket

import click
import pytest

from planner.console.start import is_free, taken_port


@pytest.fixture
def busy():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_busy_port_is_not_free(busy):
    assert not is_free("127.0.0.1", busy)


def test_a_wanted_port_that_is_busy_is_refused_with_advice(busy):
    with pytest.raises(click.ClickException, match="in use"):
        taken_port("127.0.0.1", busy)


def test_the_next_free_port_is_taken(monkeypatch, busy):
    monkeypatch.setattr("planner.console.start.FIRST_PORT", busy)
    assert taken_port("127.0.0.1", None) > busy


def test_help_lists_every_command(run):
    text = run("--help").stdout
    for command in ("plan", "places", "start"):
        assert f"  {command} " in text
