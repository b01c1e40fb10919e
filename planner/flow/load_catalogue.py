"""Loads places, rules, fares, events, seas and all that is sold, and lays out what is free day by day.

A catalogue with an error is refused whole. What an office edited stays as it is; places that are held or sold stay
held or sold.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.design.table_checks import CatalogueRefused, TableError, check_tables
from planner.design.tables import SHIPPED, Tables, read_tables
from planner.network.gtfs_rows import Progress
from planner.store import reference

FILES = (
    "places.csv",
    "hubs.csv",
    "transfers.csv",
    "fare_groups.csv",
    "rules.csv",
    "events.csv",
    "closures.csv",
    "weather.csv",
    "suppliers.json",
    "products.json",
    "routes.json",
)


@dataclass(frozen=True)
class LoadedCatalogue:
    """What was loaded; `is_new` is False where the very same catalogue had been loaded before."""

    sha256: str
    products: int
    slots: int
    is_new: bool


def load_catalogue(
    path: Path | str = SHIPPED, *, now: datetime, again: bool = False, progress: Progress | None = None
) -> LoadedCatalogue:
    """Read a catalogue's folder, check it and store it in one transaction; `again` loads it even if it is there.

    Raises:
        CatalogueRefused: files are missing or do not hold together; nothing was changed.
    """
    folder = Path(path)
    missing = [TableError(name, "", "is missing") for name in FILES if not (folder / name).is_file()]
    if missing:
        raise CatalogueRefused(missing)
    sha256 = _digest(folder)
    if reference.find_loaded() == sha256 and not again:
        return LoadedCatalogue(sha256, 0, 0, is_new=False)
    tables = _read(folder)
    slots = reference.replace_reference(tables, sha256, now, progress)
    return LoadedCatalogue(sha256, len(tables.products), slots, is_new=True)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in sorted(FILES):
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _read(folder: Path) -> Tables:
    try:
        tables = read_tables(folder)
    except ValueError as trouble:  # not UTF-8, or not JSON
        raise CatalogueRefused([TableError(folder.name, "", f"cannot be read: {trouble}")]) from None
    errors = check_tables(tables) or reference.check_values(tables)
    if errors:
        raise CatalogueRefused(errors)
    return tables
