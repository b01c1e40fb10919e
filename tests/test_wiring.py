"""What is in service is what was loaded last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from planner import wiring
from planner.console.start import migrate
from planner.design.tables import SHIPPED, read_tables
from planner.flow.load_catalogue import load_catalogue

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_pages_read_the_shipped_tables_while_none_were_loaded(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        assert app.extensions["planner.services"].snapshots.tables() == read_tables()


def test_a_catalogue_that_is_loaded_is_on_the_pages_and_in_the_api(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "LOOK_AGAIN_S", 0.0)
    changed = tmp_path / "catalogue"
    shutil.copytree(SHIPPED, changed)
    places = changed / "places.csv"
    places.write_text(places.read_text(encoding="utf-8").replace("Lovina,area", "Lovina by the dolphins,area"), "utf-8")
    app = make_app()
    migrate(app)
    with app.app_context():
        load_catalogue(changed, now=NOW)
    client = app.test_client()
    assert "Lovina by the dolphins" in client.get("/places").text
    names = {place["name"] for place in client.get("/api/v1/places").json["places"]}  # type: ignore[index]
    assert "Lovina by the dolphins" in names
