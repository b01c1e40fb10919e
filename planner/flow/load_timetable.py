"""Loads a GTFS feed and lets it serve; a feed with an error is refused whole and the old timetable goes on serving.

path -> read and check -> instance/timetables/<sha256>/feed/*.txt  (the text, for whoever asks where a time is from)
                       -> build(feed, folder)                      (the arrays that the search reads)
                       -> database: noted and put in service, in one transaction
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.network.gtfs import Feed, FeedError, FeedRefused, read_feed
from planner.network.gtfs_rows import Complaints, Progress, list_files, unpack
from planner.store import timetable
from planner.store.db import transaction

FOLDER = "timetables"
BuildSnapshot = Callable[[Feed, Path], object]


@dataclass(frozen=True)
class LoadedTimetable:
    """What was loaded: `folder` is absolute, `is_new` tells that it did not serve before."""

    sha256: str
    version: str
    folder: Path
    counts: Mapping[str, int]
    warnings: tuple[FeedError, ...]
    is_new: bool


def load_timetable(
    path: Path | str,
    instance: Path,
    now: datetime,
    build: BuildSnapshot | None = None,
    progress: Progress | None = None,
) -> LoadedTimetable:
    """Read a feed (folder or zip), keep its text, build its snapshot and put it in service.

    `build` makes the arrays of the search in the timetable's folder; it may find them there already.

    Raises:
        FeedRefused: the feed has errors, all of which are listed; nothing was changed.
    """
    source = Path(path)
    feed = read_feed(source, progress)
    texts = _read_texts(source)
    sha256 = _digest(texts)
    folder = _keep(feed, texts, instance / FOLDER / sha256, build)
    with transaction():
        before = timetable.find_active()
        is_new = before is None or before.sha256 != sha256
        noted = timetable.add_timetable(
            sha256, feed.name, feed.version, feed.zone, feed.counts(), f"{FOLDER}/{sha256}", now
        )
        timetable.put_in_service(noted.id)
    if progress:
        progress("in service", 1, 1)
    return LoadedTimetable(sha256, feed.version, folder, feed.counts(), feed.warnings, is_new)


def find_folder(instance: Path) -> Path:
    """Find the folder of the timetable in service.

    Raises:
        NoTimetable: none was loaded yet.
    """
    return instance / timetable.get_active().folder


def _read_texts(source: Path) -> dict[str, bytes]:
    complaints = Complaints()
    files = list_files(source, complaints)
    texts = {name: content for name, read in files.items() if (content := unpack(name, read, complaints)) is not None}
    if complaints.errors:
        raise FeedRefused(complaints.errors)
    return texts


def _digest(texts: Mapping[str, bytes]) -> str:
    """Name a feed by its content: a folder and a zip of the same files are the same feed."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{len(texts[name])}\0".encode() + texts[name])
    return digest.hexdigest()


def _keep(feed: Feed, texts: Mapping[str, bytes], folder: Path, build: BuildSnapshot | None) -> Path:
    """Write text and arrays into a folder that appears whole or not at all."""
    if folder.exists():
        if build:
            build(feed, folder)
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="loading-", dir=folder.parent))
    try:
        (made / "feed").mkdir()
        for name, content in texts.items():
            (made / "feed" / name).write_bytes(content)
        if build:
            build(feed, made)
        made.chmod(0o755)
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():  # else another process was faster, and made the same
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder
