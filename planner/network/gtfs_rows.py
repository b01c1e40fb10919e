"""Reads the text files of a GTFS feed, from a folder or a zip, into columns, and gathers what is wrong with them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

MAX_FEED_BYTES = 2_000_000_000
MAX_ERRORS_A_FILE = 200
MAX_CELL_CHARS = 1_000_000

Progress = Callable[[str, int, int], None]
"""Told (what, steps done, steps in all) while a long piece of work goes on."""

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class FeedError:
    """What is wrong in which line of which file; line 0 means the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass
class Complaints:
    """Gathers errors and warnings; keeps the first few hundred of a file and counts the rest."""

    kept: list[FeedError] = field(default_factory=list)
    warned: list[FeedError] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    warn_counts: Counter[str] = field(default_factory=Counter)

    def error(self, file: str, line: int, reason: str) -> None:
        """Note something for which the feed is refused."""
        self.counts[file] += 1
        if self.counts[file] <= MAX_ERRORS_A_FILE:
            self.kept.append(FeedError(file, line, reason))

    def warn(self, file: str, line: int, reason: str) -> None:
        """Note something odd that does no harm."""
        self.warn_counts[file] += 1
        if self.warn_counts[file] <= MAX_ERRORS_A_FILE:
            self.warned.append(FeedError(file, line, reason))

    @property
    def errors(self) -> tuple[FeedError, ...]:
        """Every error kept, and a closing one for each file that had more."""
        return (*self.kept, *self._rest(self.counts, "errors"))

    @property
    def warnings(self) -> tuple[FeedError, ...]:
        """Every warning kept, and a closing one for each file that had more."""
        return (*self.warned, *self._rest(self.warn_counts, "warnings"))

    def _rest(self, counts: Counter[str], what: str) -> list[FeedError]:
        return [
            FeedError(file, 0, f"{number - MAX_ERRORS_A_FILE} more {what} of this file are not listed")
            for file, number in counts.items()
            if number > MAX_ERRORS_A_FILE
        ]


@dataclass(frozen=True)
class Table:
    """One file as columns of text without surrounding blanks; `lines[i]` is the line on which row i ends."""

    name: str
    columns: dict[str, list[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def get(self, column: str) -> list[str]:
        """Return a column; blanks where the file does not have it."""
        return self.columns.get(column) or [""] * len(self)

    def row(self, number: int) -> dict[str, str]:
        """Return one row with all its columns, extensions too."""
        return {name: values[number] for name, values in self.columns.items()}

    def rows(self) -> list[dict[str, str]]:
        """Return every row."""
        return [self.row(number) for number in range(len(self))]


def empty_table(name: str) -> Table:
    """Stand in for an optional file that is not there."""
    return Table(name, {}, ())


def list_files(path: Path, complaints: Complaints) -> dict[str, Callable[[], bytes]]:
    """Find the feed's text files: name -> a way to read it. Nothing is unpacked to disk."""
    if path.is_dir():
        return {found.name: found.read_bytes for found in sorted(path.glob("*.txt"))}
    if not path.exists():
        complaints.error(path.name, 0, "there is no such folder or file")
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".txt")]
            total = sum(info.file_size for info in members)
    except (zipfile.BadZipFile, OSError):
        complaints.error(path.name, 0, "is neither a folder nor a readable zip file")
        return {}
    if total > MAX_FEED_BYTES:
        complaints.error(path.name, 0, f"unpacks to {total} bytes, more than {MAX_FEED_BYTES} are not read")
        return {}
    top = [info.filename for info in members if "/" not in info.filename]
    if members and not top:
        complaints.error(path.name, 0, f"keeps its files in a folder ({members[0].filename}); they belong at the top")
    return {name: _reader_of(path, name) for name in sorted(top)}


def _reader_of(path: Path, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)

    return read


def unpack(name: str, read: Callable[[], bytes], complaints: Complaints) -> bytes | None:
    """Read one of the found files; one that cannot be unpacked is noted and None."""
    try:
        return read()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as trouble:
        complaints.error(name, 0, f"cannot be unpacked: {trouble}")
        return None


def read_table(name: str, content: bytes, complaints: Complaints) -> Table:
    """Read one file into columns; its own mistakes (encoding, header, width of rows) are noted."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        complaints.error(name, content.count(b"\n", 0, trouble.start) + 1, "is not UTF-8 text")
        return empty_table(name)
    try:
        rows, lines = _read_rows(text)
    except csv.Error as trouble:
        complaints.error(name, 0, f"cannot be read as comma-separated text: {trouble}")
        return empty_table(name)
    if not rows:
        complaints.error(name, 1, "is empty: a header is needed")
        return empty_table(name)
    header = [column.strip() for column in rows[0]]
    for column, number in Counter(header).items():
        if number > 1 and column:
            complaints.error(name, 1, f"names the column {column} {number} times")
    body, numbers = rows[1:], lines[1:]
    width = len(header)
    if any(len(row) != width or not row for row in body):
        body, numbers = _mend_widths(name, width, body, numbers, complaints)
    columns = (
        {
            column: [value.strip() for value in values]
            for column, values in zip(header, zip(*body, strict=True), strict=True)
            if column
        }
        if body
        else {column: [] for column in header if column}
    )
    return Table(name, columns, numbers)


def _read_rows(text: str) -> tuple[list[list[str]], Sequence[int]]:
    before = csv.field_size_limit(MAX_CELL_CHARS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        rows = list(reader)
        if reader.line_num == len(rows):
            return rows, range(1, len(rows) + 1)
        # Some cell holds a line break: read again and remember where each row ends.
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        rows, lines = [], []
        for row in reader:
            rows.append(row)
            lines.append(reader.line_num)
        return rows, lines
    finally:
        csv.field_size_limit(before)


def _mend_widths(
    name: str, width: int, body: list[list[str]], lines: Sequence[int], complaints: Complaints
) -> tuple[list[list[str]], list[int]]:
    kept, numbers = [], []
    for row, line in zip(body, lines, strict=True):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            complaints.error(name, line, f"has {len(row)} values for {width} columns")
            continue
        if len(row) < width:
            complaints.warn(name, line, f"has {len(row)} values for {width} columns, the rest count as blank")
        kept.append((row + [""] * width)[:width])
        numbers.append(line)
    return kept, numbers


def need_columns(table: Table, needed: Iterable[str], complaints: Complaints) -> bool:
    """Tell whether all needed columns are there; note each that is not."""
    missing = [column for column in needed if column not in table.columns]
    for column in missing:
        complaints.error(table.name, 1, f"lacks the column {column}")
    return not missing


def index_ids(table: Table, column: str, complaints: Complaints) -> dict[str, int]:
    """Number the ids of a table; blank and repeated ones are noted."""
    values = table.get(column)
    index: dict[str, int] = {}
    for number, value in enumerate(values):
        index.setdefault(value, number)
    if len(index) != len(values) or "" in index:
        seen: set[str] = set()
        for value, line in zip(values, table.lines, strict=True):
            if not value:
                complaints.error(table.name, line, f"{column} is blank")
            elif value in seen:
                complaints.error(table.name, line, f"{column} {value} stands twice")
            seen.add(value)
        index.pop("", None)
    return index


def look_up(
    table: Table, column: str, index: dict[str, int], complaints: Complaints, what: str, may_be_blank: bool = False
) -> np.ndarray:
    """Turn references into numbers (int32, -1 where blank or unknown); unknown ones are noted."""
    values = table.get(column)
    found = np.fromiter((index.get(value, -1) for value in values), np.int32, len(values))
    for number in map(int, np.flatnonzero(found < 0)):
        value = values[number]
        if value:
            complaints.error(table.name, table.lines[number], f"{column} {value} is no known {what}")
        elif not may_be_blank:
            complaints.error(table.name, table.lines[number], f"{column} is blank")
    return found


def read_numbers(
    table: Table, column: str, complaints: Complaints, low: float, high: float, default: float | None = None
) -> np.ndarray:
    """Read a column of decimal numbers within bounds (float64); a blank takes the default or is noted."""
    return np.array(
        _read_each(
            table,
            column,
            complaints,
            lambda text: _to_number(text, low, high),
            default,
            0.0,
            f"a number from {low:g} to {high:g}",
        ),
        np.float64,
    )


def read_integers(
    table: Table,
    column: str,
    complaints: Complaints,
    allowed: Callable[[int], bool],
    what: str,
    default: int | None = None,
) -> np.ndarray:
    """Read a column of whole numbers (int64); a blank takes the default or is noted."""
    return np.array(
        _read_each(table, column, complaints, lambda text: _to_integer(text, allowed), default, 0, what), np.int64
    )


def read_clocks(table: Table, column: str, complaints: Complaints, may_be_blank: bool = False) -> np.ndarray:
    """Read times as seconds from the midnight of the service date (int32; beyond 24:00:00 too; -1 where blank)."""
    return np.array(
        _read_each(table, column, complaints, to_seconds, -1 if may_be_blank else None, -1, "a time as HH:MM:SS"),
        np.int32,
    )


def read_dates(table: Table, column: str, complaints: Complaints) -> list[date | None]:
    """Read dates; those that are none are noted and become None."""
    return _read_each(table, column, complaints, to_date, None, None, "a date as YYYYMMDD")


def _read_each(
    table: Table,
    column: str,
    complaints: Complaints,
    parse: Callable[[str], Any],
    default: Any,
    instead: Any,
    what: str,
) -> list[Any]:
    """Parse each different text once, since columns repeat themselves."""
    values = table.get(column)
    parsed = {text: parse(text) for text in set(values) if text}
    bad = {text for text, value in parsed.items() if value is None}
    blank_is_bad = default is None and "" in set(values)
    if bad or blank_is_bad:
        for text, line in zip(values, table.lines, strict=True):
            if text in bad:
                complaints.error(table.name, line, f"{column} {text} is not {what}")
            elif not text and blank_is_bad:
                complaints.error(table.name, line, f"{column} is blank")
    parsed = {text: instead if value is None else value for text, value in parsed.items()}
    parsed[""] = instead if default is None else default
    return [parsed[text] for text in values]


def _to_number(text: str, low: float, high: float) -> float | None:
    try:
        value = float(text) if "_" not in text else float("nan")
    except ValueError:
        return None
    return value if low <= value <= high else None


def _to_integer(text: str, allowed: Callable[[int], bool]) -> int | None:
    if not re.fullmatch(r"-?\d{1,9}", text):
        return None
    value = int(text)
    return value if allowed(value) else None


def to_seconds(text: str) -> int | None:
    """Read HH:MM:SS (also H:MM:SS and beyond 24 hours) as seconds."""
    match = _CLOCK.fullmatch(text)
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]) if match else None


def to_date(text: str) -> date | None:
    """Read YYYYMMDD."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def to_amount(text: str) -> Decimal | None:
    """Read an amount of money that is not negative."""
    try:
        value = Decimal(text) if "_" not in text else Decimal("nan")
    except InvalidOperation:
        return None
    return value if value.is_finite() and value >= 0 else None
