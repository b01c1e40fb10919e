"""Write tables for spreadsheets (CSV, RFC 4180), so that nothing that somebody typed is read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = b"\xef\xbb\xbf"
"""Tells spreadsheets that a file is UTF-8."""


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows under their columns as CSV; numbers stay numbers."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return MARK + written.getvalue().encode()


def _guarded(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would reckon with."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
