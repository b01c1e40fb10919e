"""Loading the catalogue: checked first, stored whole, not stored twice."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade

from planner.design.table_checks import CatalogueRefused, check_tables
from planner.design.tables import SHIPPED, read_tables
from planner.flow.load_catalogue import load_catalogue
from planner.store.availability import list_slots
from planner.store.db import MIGRATIONS
from planner.store.reference import find_loaded, reference_version, tables

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
KEPT = ("PK01", "PK47", "ST-LBJ-1")


@pytest.fixture
def site_context(make_app: Callable[..., Flask], database: str) -> Iterator[None]:
    """Stand inside a site with an empty database of each kind."""
    with make_app(DATABASE_URL=database).app_context():
        upgrade(directory=str(MIGRATIONS))
        yield


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a catalogue like the shipped one with three products."""
    folder = tmp_path / "catalogue"
    shutil.copytree(SHIPPED, folder)
    change_products(folder, lambda products: [product for product in products if product["id"] in KEPT])
    (folder / "routes.json").write_text("[]", encoding="utf-8")
    return folder


def change_products(folder: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    path = folder / "products.json"
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")


def change_cell(folder: Path, file: str, key: str, column: str, value: str) -> None:
    path = folder / file
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        if key in row.values():
            row[column] = value
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_the_shipped_catalogue_holds_together() -> None:
    assert check_tables(read_tables()) == []


def test_a_catalogue_is_stored_and_laid_out_for_sale(site_context: None, small: Path) -> None:
    loaded = load_catalogue(small, now=NOW)
    assert loaded.is_new and loaded.products == 3 and loaded.slots > 1000
    assert find_loaded() == loaded.sha256
    assert tables() == read_tables(small)
    assert list_slots("PK47", date(2027, 6, 2), date(2027, 6, 2))[0].capacity == 40


def test_the_same_catalogue_is_not_loaded_twice_unless_asked(site_context: None, small: Path) -> None:
    load_catalogue(small, now=NOW)
    before = reference_version()
    assert not load_catalogue(small, now=NOW).is_new
    assert reference_version() == before
    assert load_catalogue(small, now=NOW, again=True).is_new
    assert reference_version() != before


def test_progress_is_told_table_by_table(site_context: None, small: Path) -> None:
    told: list[tuple[str, int, int]] = []
    load_catalogue(small, now=NOW, progress=lambda *step: told.append(step))
    assert [step[1] for step in told] == list(range(1, 14)) and told[-1] == ("availability", 13, 13)


def test_a_broken_catalogue_changes_nothing(site_context: None, small: Path) -> None:
    load_catalogue(small, now=NOW)
    before = (reference_version(), tables())
    change_cell(small, "rules.csv", "RL-LEVY", "machine_rule", "{")
    with pytest.raises(CatalogueRefused):
        load_catalogue(small, now=NOW)
    assert (reference_version(), tables()) == before


def with_facts(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        change_products(
            folder,
            lambda products: [
                {**product, "lintas": {**product["lintas"], **changes}} if product["id"] == "PK47" else product
                for product in products
            ],
        )

    return change


def with_option(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        change_products(
            folder,
            lambda products: [
                {**product, "options": [{**product["options"][0], **changes}]} if product["id"] == "PK47" else product
                for product in products
            ],
        )

    return change


def with_cell(file: str, key: str, column: str, value: str) -> Callable[[Path], None]:
    return lambda folder: change_cell(folder, file, key, column, value)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "weather.csv").unlink(), "weather.csv: is missing"),
        (lambda folder: (folder / "products.json").write_text("[{", encoding="utf-8"), "cannot be read"),
        (with_cell("places.csv", "moni", "place_id", "ubud"), "places.csv: ubud: stands twice"),
        (with_cell("places.csv", "moni", "gateway_hub", "XXX"), "gateway_hub XXX is not known"),
        (with_cell("places.csv", "moni", "lat", "north"), "holds what does not fit"),
        (with_cell("places.csv", "moni", "is_extension", "2"), "is_extension 2 is neither 0 nor 1"),
        (with_cell("hubs.csv", "LBJ", "place_id", "atlantis"), "hubs.csv: LBJ: place_id atlantis is not known"),
        (with_cell("transfers.csv", "R-UBD-PDB", "to_id", "atlantis"), "to_id atlantis is not known"),
        (with_cell("transfers.csv", "R-UBD-PDB", "fare_group", "FG-X"), "fare_group FG-X is not known"),
        (with_cell("rules.csv", "RL-LEVY", "effect", "maybe"), "effect maybe is not known"),
        (with_cell("rules.csv", "RL-LEVY", "machine_rule", "[]"), "machine_rule is no JSON object"),
        (with_cell("rules.csv", "RL-LEVY", "confidence", "sure"), "confidence sure is not known"),
        (with_cell("rules.csv", "RL-LEVY", "source", ""), "names no source"),
        (with_cell("rules.csv", "RL-LEVY", "amount_foreign_idr", "1.5e"), "holds what does not fit"),
        (with_cell("events.csv", "EV-MOYO", "place_ids", "moyo;atlantis"), "place_ids atlantis is not known"),
        (with_cell("closures.csv", "EV01", "from_date", "2014-02-30"), "holds what does not fit"),
        (with_cell("weather.csv", "sape", "month", "3"), "sape 3: stands twice"),
        (with_facts(price_low=9, price_high=8), "price_low is above price_high"),
        (with_facts(price_high=-1, price_low=-1), "price_high -1 makes no sense"),
        (with_facts(daily_capacity="many"), "daily_capacity many makes no sense"),
        (with_facts(visits=["atlantis"]), "visits atlantis is not known"),
        (with_facts(rule_ids=["RL-X"]), "rule_ids RL-X is not known"),
        (with_facts(start_id="atlantis"), "start_id atlantis is not known"),
        (with_facts(kind="dream"), "is neither a package nor a stay"),
        (with_option(availabilityLocalStartTimes=["8 am"]), "start time 8 am is no time of day"),
        (with_option(availabilityLocalStartTimes=[]), "start time none is no time of day"),
        (with_option(units=[]), "has nothing to sell"),
        (lambda folder: change_products(folder, lambda products: [*products, products[0]]), "stands twice"),
        (lambda folder: shutil.copy(SHIPPED / "routes.json", folder), "routes.json: long-thread: stop 3: package PK30"),
        (lambda folder: (folder / "routes.json").write_text("[5]", encoding="utf-8"), "route 1: is no object"),
        (
            lambda folder: change_products(folder, lambda products: [{**products[0], "supplierId": "x"}]),
            "supplier x is not known",
        ),
    ],
)
def test_a_catalogue_is_refused_with_the_reason(
    make_app: Callable[..., Flask], small: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(small)
    with make_app().app_context():
        upgrade(directory=str(MIGRATIONS))
        with pytest.raises(CatalogueRefused) as refused:
            load_catalogue(small, now=NOW)
        assert any(reason in str(error) for error in refused.value.errors), refused.value.errors
        assert find_loaded() == ""
