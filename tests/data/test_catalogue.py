"""The shipped catalogue: OCTO products of suppliers, and tables whose every link resolves."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import planner.data
from planner.design.tables import Tables, read_tables

DATA = Path(planner.data.__file__).parent
PRODUCT_FIELDS = {
    "id",
    "internalName",
    "reference",
    "locale",
    "timeZone",
    "allowFreesale",
    "instantConfirmation",
    "instantDelivery",
    "availabilityRequired",
    "availabilityType",
    "deliveryFormats",
    "deliveryMethods",
    "redemptionMethod",
    "defaultCurrency",
    "availableCurrencies",
    "pricingPer",
    "options",
    "supplierId",
    "lintas",
}
OPTION_FIELDS = {
    "id",
    "default",
    "internalName",
    "reference",
    "availabilityLocalStartTimes",
    "cancellationCutoff",
    "cancellationCutoffAmount",
    "cancellationCutoffUnit",
    "requiredContactFields",
    "restrictions",
    "units",
    "pricingFrom",
}
UNIT_FIELDS = {"id", "internalName", "reference", "type", "restrictions", "requiredContactFields"}
AREAS = {"badung", "lombok", "alas", "komodo", "flores-e", ""}
MODES = {"liveaboard", "charter_boat", "fast_boat", "ferry", "road", "walk"}


def rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables(DATA / "catalogue")


@pytest.fixture(scope="module")
def products(tables: Tables) -> dict[str, dict[str, Any]]:
    return {product["id"]: product for product in tables.products}


def test_products_are_the_packages_and_stays_of_the_source(tables: Tables) -> None:
    expected = [row["package_id"] for row in rows("source/packages.csv")]
    expected += [row["stay_id"] for row in rows("source/stays.csv")]
    assert [product["id"] for product in tables.products] == expected


def test_every_product_has_the_fields_that_octo_asks_for(tables: Tables) -> None:
    for product in tables.products:
        assert set(product) == PRODUCT_FIELDS, product["id"]
        for option in product["options"]:
            assert set(option) == OPTION_FIELDS
            assert option["availabilityLocalStartTimes"] and option["units"]
            assert option["cancellationCutoffUnit"] in ("minute", "hour", "day")
            for unit in option["units"]:
                assert set(unit) - {"pricingFrom"} == UNIT_FIELDS
                assert ("pricingFrom" in unit) == (product["pricingPer"] == "UNIT")
            for price in [*option["pricingFrom"], *(p for u in option["units"] for p in u.get("pricingFrom", []))]:
                assert price["currency"] == "IDR" and price["currencyPrecision"] == 0
                assert price["original"] == price["retail"] == product["lintas"]["price_high"]


def test_every_link_of_the_catalogue_resolves(tables: Tables) -> None:
    places = {row["place_id"] for row in tables.places}
    stops = places | {row["hub_id"] for row in tables.hubs}
    rules = {row["rule_id"] for row in tables.rules}
    events = {row["event_id"] for row in tables.events}
    groups = {row["fare_group"] for row in tables.fare_groups}
    suppliers = [supplier["id"] for supplier in tables.suppliers]
    assert len(suppliers) == len(set(suppliers))
    for product in tables.products:
        facts = product["lintas"]
        assert product["supplierId"] in suppliers
        if facts["kind"] == "package":
            assert {facts["start_id"], facts["end_id"], *facts["visits"]} <= stops
            assert set(facts["visits"]) <= places
            assert set(facts["rule_ids"]) <= rules
        else:
            assert facts["place_id"] in places and set(facts["event_peaks"]) <= events
    for row in tables.transfers:
        assert {row["from_id"], row["to_id"]} <= stops and row["fare_group"] in groups
    for event in tables.events:
        assert set(filter(None, event["place_ids"].split(";"))) <= places
        assert set(filter(None, event["rule_id"].split(";"))) <= rules
    assert {supplier["id"] for supplier in tables.suppliers} == {p["supplierId"] for p in tables.products}


def test_transfers_are_all_rows_on_demand_that_may_be_planned(tables: Tables) -> None:
    expected = [
        row
        for row in rows("source/routes.csv")
        if row["departures_out"] == "on demand" and row["status"] in ("active", "verify", "seasonal")
    ]
    assert list(tables.transfers) == expected
    assert {row["mode"] for row in tables.transfers} == {"road", "charter_boat", "walk"}


def test_a_one_day_package_is_bookable_only_at_starts_with_a_known_end(products) -> None:
    for product in products.values():
        facts, starts = product["lintas"], product["options"][0]["availabilityLocalStartTimes"]
        if facts["kind"] == "package" and facts["duration_days"] == 1:
            in_time = [
                start
                for start in facts["start_times"]
                if minutes(start) + facts["duration_min"] <= minutes(facts["end_time"])
            ]
            assert starts == in_time and starts, product["id"]
        elif facts["kind"] == "package":
            assert starts == facts["start_times"]
    assert products["PK09"]["options"][0]["availabilityLocalStartTimes"] == ["09:00"]
    assert products["PK09"]["lintas"]["start_times"] == ["09:00", "11:00", "14:00"]


def test_planning_columns_are_typed(products) -> None:
    facts = products["PK47"]["lintas"]
    assert (facts["days_of_week"], facts["season_months"]) == ([0, 2, 4], [4, 5, 6, 7, 8, 9, 10, 11])
    assert facts["moves_traveller"] is False and facts["park_fees_included"] is False
    assert facts["duration_min"] == 2 * 1440 + 4 * 60 and facts["nights"] == 2
    assert facts["cancel_tiers"] == [[720, 0.75], [168, 0.5], [96, 0.3], [0, 0.0]]
    assert products["PK147"]["lintas"]["only_dates"] == ["2027-03-24", "2028-04-12"]
    stay = products["ST-LBJ-1"]["lintas"]
    assert stay["event_peaks"] == {"EV-GOLOKOE": 1.2, "EV-CN-OCT": 1.1}
    assert stay["peak_months"] == [7, 8, 9] and stay["peak_factor"] == 1.21 and stay["incl_breakfast"] is True


def test_groups_pay_by_booking_and_persons_by_unit(products) -> None:
    for product in products.values():
        basis = product["lintas"].get("price_basis", "per room")
        assert product["pricingPer"] == ("BOOKING" if basis == "per group" else "UNIT"), product["id"]
    assert {unit["id"] for unit in products["PK14"]["options"][0]["units"]} == {"adult", "child"}
    assert products["ST-UBD-1"]["options"][0]["units"][0]["restrictions"]["paxCount"] == 2


@pytest.mark.parametrize(
    ("package_id", "area_id", "modes"),
    [
        ("PK05", "badung", ["fast_boat", "road"]),
        ("PK13", "lombok", ["fast_boat", "road"]),
        ("PK41", "komodo", ["liveaboard"]),
        ("PK44", "komodo", ["charter_boat"]),
        ("PK60", "flores-e", ["charter_boat"]),
        ("PK89", "lombok", ["charter_boat"]),
        ("PK107", "alas", ["charter_boat"]),
        ("PK24", "", ["road"]),
        ("PK53", "", ["road"]),
        ("PK133", "", ["walk"]),
    ],
)
def test_packages_on_the_water_name_their_sea(products, package_id: str, area_id: str, modes: list[str]) -> None:
    facts = products[package_id]["lintas"]
    assert (facts["area_id"], facts["modes_used"]) == (area_id, modes)


def test_every_liveaboard_dive_and_snorkel_trip_by_boat_has_a_sea(products) -> None:
    on_land = {"PK150"}  # reef from the shore
    for product in products.values():
        facts = product["lintas"]
        if facts["kind"] == "package":
            assert facts["area_id"] in AREAS and set(facts["modes_used"]) <= MODES and facts["modes_used"]
            wet = facts["type"] in ("liveaboard", "dive") or "snorkel" in facts["interests"]
            if wet and product["id"] not in on_land:
                assert facts["area_id"], product["id"]
            boats = {"liveaboard", "charter_boat", "fast_boat", "ferry"} & set(facts["modes_used"])
            assert bool(boats) == bool(facts["area_id"]), product["id"]


def test_suppliers_are_marked_as_placeholders_and_keep_their_province(tables: Tables) -> None:
    assert all(supplier["lintas"]["is_placeholder"] for supplier in tables.suppliers)
    assert {supplier["lintas"]["province"] for supplier in tables.suppliers} == {
        "Bali",
        "West Nusa Tenggara",
        "East Nusa Tenggara",
    }
    for supplier in tables.suppliers:
        assert set(supplier) == {"id", "name", "endpoint", "contact", "lintas"}


def test_products_stand_against_their_row_of_the_source(products) -> None:
    for row in rows("source/packages.csv"):
        facts = products[row["package_id"]]["lintas"]
        for name, column in (
            ("price_low", "price_pp_low_idr"),
            ("price_high", "price_pp_high_idr"),
            ("min_pax", "min_pax"),
            ("max_pax", "max_pax"),
            ("daily_capacity", "daily_capacity"),
            ("nights", "nights"),
            ("duration_days", "duration_days"),
            ("min_age", "min_age"),
            ("title", "title"),
            ("end_time", "end_time"),
            ("min_rule", "min_rule"),
            ("source", "source"),
            ("confidence", "confidence"),
        ):
            assert str(facts[name]) == row[column], (row["package_id"], name)
    for row in rows("source/stays.csv"):
        facts = products[row["stay_id"]]["lintas"]
        for name, column in (
            ("price_low", "price_room_low_idr"),
            ("price_high", "price_room_high_idr"),
            ("rooms", "rooms"),
            ("sleeps", "sleeps"),
            ("level", "level"),
            ("late_cancel_pct", "late_cancel_pct"),
            ("checkin_from", "checkin_from"),
            ("replaces_package_id", "replaces_package_id"),
        ):
            assert str(facts[name]) == row[column], (row["stay_id"], name)


def test_products_are_plain_json() -> None:
    assert json.loads((DATA / "catalogue" / "products.json").read_text(encoding="utf-8"))


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
