"""Loading a timetable: whole or not at all, and the old one serves until the new one stands."""

import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

import planner.data
from planner.flow.load_timetable import find_folder, load_timetable
from planner.network.gtfs import Feed, FeedRefused, read_feed
from planner.store.db import MIGRATIONS
from planner.store.timetable import NoTimetable, find_active, list_timetables

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
SHIPPED = Path(planner.data.__file__).parent / "gtfs"
TINY = {
    "agency.txt": "agency_name,agency_url,agency_timezone\nFerries,https://ferry.example/,Asia/Makassar\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\na,A,-8.5,115.5\nb,B,-8.7,116.0\n",
    "routes.txt": "route_id,route_long_name,route_type\nR,A - B,4\n",
    "trips.txt": "route_id,service_id,trip_id\nR,daily,t\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t,8:00:00,8:00:00,a,1\nt,9:00:00,9:00:00,b,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "daily,1,1,1,1,1,1,1,20270101,20271231\n",
}


@pytest.fixture
def instance(make_app: Callable[..., Flask], database: str, tmp_path: Path) -> Iterator[Path]:
    """Give the instance folder of a site with an empty database of each kind, inside its context."""
    app = make_app(DATABASE_URL=database)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        yield Path(app.instance_path)


def tiny(folder: Path, **changes: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {**TINY, **{f"{name}.txt": text for name, text in changes.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_counts(feed: Feed, folder: Path) -> None:
    (folder / "arrays").mkdir(exist_ok=True)
    (folder / "arrays" / "trips").write_text(str(len(feed.trip_ids)), encoding="utf-8")


def test_the_shipped_feed_is_read_kept_built_and_put_in_service(instance: Path) -> None:
    loaded = load_timetable(SHIPPED, instance, NOW, write_counts)
    assert loaded.counts["trips"] == 830 and loaded.is_new
    assert find_folder(instance) == loaded.folder == instance / "timetables" / loaded.sha256
    assert (loaded.folder / "arrays" / "trips").read_text(encoding="utf-8") == "830"
    kept = {path.name: path.read_bytes() for path in (loaded.folder / "feed").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in SHIPPED.iterdir()}
    assert read_feed(loaded.folder / "feed").version == loaded.version
    serving = find_active()
    assert serving is not None and (serving.sha256, serving.trips) == (loaded.sha256, 830)


def test_before_anything_is_loaded_there_is_no_folder(instance: Path) -> None:
    with pytest.raises(NoTimetable):
        find_folder(instance)


def test_a_broken_feed_is_refused_whole_and_the_old_one_goes_on_serving(instance: Path, tmp_path: Path) -> None:
    old = load_timetable(tiny(tmp_path / "old"), instance, NOW)
    broken = tiny(tmp_path / "broken", stops="stop_id,stop_name,stop_lat,stop_lon\na,,-8.5,115.5\nb,B,-98.7,116.0\n")
    with pytest.raises(FeedRefused) as refused:
        load_timetable(broken, instance, NOW, write_counts)
    assert {(error.file, error.line) for error in refused.value.errors} == {("stops.txt", 2), ("stops.txt", 3)}
    assert find_folder(instance) == old.folder
    assert len(list_timetables()) == 1
    assert [path.name for path in (instance / "timetables").iterdir()] == [old.sha256], "nothing is left lying about"


def test_a_snapshot_that_cannot_be_built_leaves_the_old_one_serving(instance: Path, tmp_path: Path) -> None:
    old = load_timetable(tiny(tmp_path / "old"), instance, NOW)

    def fail(feed: Feed, folder: Path) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        load_timetable(SHIPPED, instance, NOW, fail)
    assert find_folder(instance) == old.folder
    assert [path.name for path in (instance / "timetables").iterdir()] == [old.sha256]


def test_a_new_feed_replaces_the_old_one_and_can_be_replaced_by_it(instance: Path, tmp_path: Path) -> None:
    old = load_timetable(tiny(tmp_path / "old"), instance, NOW)
    new = load_timetable(SHIPPED, instance, NOW)
    assert find_folder(instance) == new.folder
    back = load_timetable(tiny(tmp_path / "old"), instance, NOW)
    assert (back.sha256, back.is_new) == (old.sha256, True)
    assert find_folder(instance) == old.folder
    assert [found.is_active for found in list_timetables()].count(True) == 1


def test_the_same_feed_twice_is_one_timetable(instance: Path, tmp_path: Path) -> None:
    first = load_timetable(tiny(tmp_path / "feed"), instance, NOW, write_counts)
    again = load_timetable(tiny(tmp_path / "feed"), instance, NOW, write_counts)
    assert (first.sha256, again.is_new) == (again.sha256, False)
    assert len(list_timetables()) == 1


def test_a_zip_of_the_same_files_is_the_same_timetable(instance: Path, tmp_path: Path) -> None:
    folder = tiny(tmp_path / "feed")
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert load_timetable(tmp_path / "feed.zip", instance, NOW).sha256 == load_timetable(folder, instance, NOW).sha256


def test_one_changed_minute_is_another_timetable(instance: Path, tmp_path: Path) -> None:
    one = load_timetable(tiny(tmp_path / "one"), instance, NOW)
    two = load_timetable(
        tiny(tmp_path / "two", stop_times=TINY["stop_times.txt"].replace("9:00", "9:01")), instance, NOW
    )
    assert one.sha256 != two.sha256


def test_two_processes_that_load_the_same_feed_agree(instance: Path, tmp_path: Path) -> None:
    folder = tiny(tmp_path / "feed")
    meet = threading.Barrier(2)
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found: list[Path] = []

    def build(feed: Feed, made: Path) -> None:
        meet.wait(30)
        write_counts(feed, made)

    def load() -> None:
        with app.app_context():
            found.append(load_timetable(folder, instance, NOW, build).folder)

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1
    assert (found[0] / "arrays" / "trips").read_text(encoding="utf-8") == "1"
    assert len(list_timetables()) == 1


def test_progress_ends_in_service(instance: Path, tmp_path: Path) -> None:
    told: list[str] = []
    load_timetable(tiny(tmp_path / "feed"), instance, NOW, progress=lambda what, done, total: told.append(what))
    assert told[0] == "agency.txt" and told[-1] == "in service"
