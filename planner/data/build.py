"""Builds the shipped feed and catalogue from the tables as given: `python -m planner.data.build [FOLDER]`.

The same tables give the same bytes: nothing is read from the clock, the network or the machine.

    source/*.csv, additions/*  ->  gtfs/*.txt        what runs to a timetable
                               ->  catalogue/*       what is sold, what goes on demand, rules, events, seas, routes
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.data.catalogue import build_package, build_stay, list_suppliers, list_transfers
from planner.data.timetable import build_timetable

HERE = Path(__file__).parent
SOURCE = HERE / "source"
ADDITIONS = HERE / "additions"
# catalogue name -> table that it repeats byte for byte
REPEATED = {
    "places": "places",
    "hubs": "hubs",
    "fare_groups": "fare_rules",
    "events": "events",
    "closures": "closure_events",
    "weather": "weather",
}


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of text."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a table as text with plain line ends."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def to_json(value: Any) -> bytes:
    """Write readable JSON with a stable order of keys as built."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def find_version() -> str:
    """Name the state of the tables: the first day of the feed and a digest of every table."""
    digest = hashlib.sha256()
    for folder in (SOURCE, ADDITIONS):
        for path in sorted(folder.glob("*.csv")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"2026-11-24+{digest.hexdigest()[:12]}"


def build_files() -> dict[str, bytes]:
    """Build every shipped file in memory: path below the data folder -> bytes."""
    tables = {path.stem: read_rows(path) for path in sorted(SOURCE.glob("*.csv"))}
    waters = {row["package_id"]: row for row in read_rows(ADDITIONS / "waters.csv")}
    files = {
        f"gtfs/{name}.txt": to_csv(columns, rows)
        for name, (columns, rows) in build_timetable(tables, find_version()).items()
    }
    for name, table in REPEATED.items():
        files[f"catalogue/{name}.csv"] = (SOURCE / f"{table}.csv").read_bytes()
    # Our own rules stand below the given ones, which keep their bytes.
    own_rules = (ADDITIONS / "rules.csv").read_bytes().split(b"\n", 1)[1]
    files["catalogue/rules.csv"] = (SOURCE / "fees_rules.csv").read_bytes() + own_rules
    files["catalogue/transfers.csv"] = to_csv(list(tables["routes"][0]), list_transfers(tables["routes"]))
    files["catalogue/routes.json"] = (ADDITIONS / "routes.json").read_bytes()
    files["catalogue/suppliers.json"] = to_json(
        list_suppliers(tables["packages"], tables["stays"], tables["places"], tables["hubs"])
    )
    files["catalogue/products.json"] = to_json(
        [build_package(row, waters) for row in tables["packages"]] + [build_stay(row) for row in tables["stays"]]
    )
    return files


def write_files(folder: Path) -> list[Path]:
    """Write every shipped file below `folder`."""
    written = []
    for name, content in build_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    print(f"{len(write_files(target))} files written to {target}")
