"""Seat prices: shares of the adult fare in exact decimals, rounded up to the rupiah."""

import csv
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest

import planner.data
from planner.data.fares import list_bands, share_of

DATA = Path(planner.data.__file__).parent


def rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


GROUPS = {row["fare_group"]: row for row in rows("source/fare_rules.csv")}


def test_a_share_is_rounded_up_and_never_down() -> None:
    _, _, infant = list_bands(GROUPS["FG-FERRY-LOMBOK"])
    assert share_of("65300", infant) == 6073  # 6,072.9
    _, _, infant = list_bands(GROUPS["FG-FERRY-ALAS"])
    assert share_of("18800", infant) == 5208  # 5,207.6
    adult, child, _ = list_bands(GROUPS["FG-FASTBOAT-GILI"])
    assert (share_of("500000", adult), share_of("500000", child)) == (500000, 425000)


def test_shares_are_worked_out_without_binary_fractions() -> None:
    _, _, infant = list_bands(GROUPS["FG-FERRY-LOMBOK"])
    assert 9.3 / 100 * 5000 > 465, "in floating point it is a hair above"
    assert share_of("5000", infant) == 465


def test_every_product_of_every_route_is_its_share_of_the_adult_fare() -> None:
    routes = {row["route_id"]: row for row in rows("source/routes.csv")}
    seen = set()
    for product in rows("gtfs/fare_products.txt"):
        route_id, band, residency = product["fare_product_id"].split(".")
        route = routes[route_id]
        group = GROUPS[route["fare_group"]]
        share = Fraction({"adult": "100", "child": group["child_pct"], "infant": group["infant_pct"]}[band]) / 100
        for column, end in (("amount", "high"), ("amount_low", "low")):
            assert int(product[column]) == ceil(Fraction(route[f"price_{residency}_adult_{end}"]) * share)
        assert int(product["amount_low"]) <= int(product["amount"])
        assert product["rider_category_id"] == f"{route['fare_group']}.{band}.{residency}"
        assert product["currency"] == "IDR"
        seen.add((route_id, band, residency))
    assert len(seen) == 6 * len(rows("gtfs/routes.txt"))


def test_the_bands_of_a_group_hold_every_age_once() -> None:
    categories = rows("gtfs/rider_categories.txt")
    for group in {row["fare_group"] for row in categories}:
        for residency in ("foreign", "resident"):
            bands = [row for row in categories if (row["fare_group"], row["residency"]) == (group, residency)]
            for age in range(0, 100):
                holding = [
                    row
                    for row in bands
                    if int(row["min_age"]) <= age and (not row["max_age"] or age <= int(row["max_age"]))
                ]
                assert len(holding) == 1, (group, residency, age)


@pytest.mark.parametrize("route_id", ["F-PDB-LEM", "A-DPS-LBJ", "B-PDB-GILT"])
def test_residents_pay_resident_fares(route_id: str) -> None:
    amounts = {row["fare_product_id"]: int(row["amount"]) for row in rows("gtfs/fare_products.txt")}
    route = next(row for row in rows("source/routes.csv") if row["route_id"] == route_id)
    assert amounts[f"{route_id}.adult.resident"] == int(route["price_resident_adult_high"])
    assert amounts[f"{route_id}.adult.foreign"] == int(route["price_foreign_adult_high"])
