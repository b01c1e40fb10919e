"""What ships with the program is loaded, and what somebody loaded instead is left alone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_migrate import upgrade

from planner.flow import load_shipped as flow
from planner.flow.load_shipped import Shipped, load_shipped
from planner.flow.load_timetable import load_timetable
from planner.store import timetable
from tests.console.test_load import FEED

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def write_feed(folder: Path, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in FEED.items():
        (folder / f"{name}.txt").write_text(text.replace(",v1", f",{version}"))
    return folder


@pytest.fixture
def instance(make_app, database, tmp_path, monkeypatch):
    """Give the instance folder of a site that ships a small timetable, and a catalogue that is there already."""
    app = make_app(DATABASE_URL=database)
    monkeypatch.setattr(flow, "TIMETABLE", write_feed(tmp_path / "shipped", "v1"))
    monkeypatch.setattr(flow, "_load_catalogue", lambda *_: "present")
    with app.app_context():
        upgrade()
        yield Path(app.instance_path)


def test_an_empty_database_gets_the_shipped_timetable_once(instance):
    assert load_shipped(instance, NOW) == Shipped("loaded", "present")
    assert load_shipped(instance, NOW) == Shipped("present", "present")
    assert timetable.get_active().version == "v1"


def test_a_newer_program_brings_its_newer_timetable(instance):
    load_shipped(instance, NOW)
    write_feed(flow.TIMETABLE, "v2")
    assert load_shipped(instance, NOW).timetable == "loaded"
    assert timetable.get_active().version == "v2"


def test_a_timetable_that_somebody_loaded_stays_even_when_the_program_is_newer(instance, tmp_path):
    load_shipped(instance, NOW)
    load_timetable(write_feed(tmp_path / "own", "own"), instance, NOW)
    write_feed(flow.TIMETABLE, "v2")
    assert load_shipped(instance, NOW).timetable == "kept"
    assert timetable.get_active().version == "own"


def test_a_timetable_whose_files_were_deleted_is_made_again(instance):
    load_shipped(instance, NOW)
    folder = instance / timetable.get_active().folder
    folder.rename(instance / "gone")
    assert load_shipped(instance, NOW).timetable == "loaded"
    assert folder.is_dir()


@pytest.fixture
def catalogue(instance, monkeypatch):
    """Give a site whose catalogue is told apart by a digest alone."""
    monkeypatch.undo()
    there = {"sha256": ""}

    class Loaded:
        def __init__(self, sha256: str, is_new: bool) -> None:
            self.sha256, self.is_new = sha256, is_new

    def load(path, now, progress=None):
        is_new = there["sha256"] != there["shipped"]
        there["sha256"] = there["shipped"]
        return Loaded(there["sha256"], is_new)

    monkeypatch.setattr(flow, "load_catalogue", load)
    monkeypatch.setattr(flow.reference, "find_loaded", lambda: there["sha256"])
    there["shipped"] = "a" * 64
    return there


def load_only_the_catalogue(instance):
    return flow._load_catalogue(instance, NOW, None)


def test_the_shipped_catalogue_is_loaded_once_and_again_when_it_changed(instance, catalogue):
    assert load_only_the_catalogue(instance) == "loaded"
    assert load_only_the_catalogue(instance) == "present"
    catalogue["shipped"] = "b" * 64
    assert load_only_the_catalogue(instance) == "loaded"


def test_a_catalogue_that_somebody_loaded_stays(instance, catalogue):
    load_only_the_catalogue(instance)
    catalogue["sha256"] = "c" * 64
    assert load_only_the_catalogue(instance) == "kept"
    assert catalogue["sha256"] == "c" * 64
