"""Reference data: what was loaded comes back word for word, and an office's edits take effect and last."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from planner.design.tables import Tables, read_tables
from planner.errors import Invalid, NotFound
from planner.store.availability import hold_places, list_slots
from planner.store.catalogue import get_product
from planner.store.db import db, transaction
from planner.store.events import Event
from planner.store.reference import find_loaded, reference_version, replace_reference, tables
from planner.store.rules import edit_rule, get_rule, list_rules

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
LATER = datetime(2027, 1, 1, 4, tzinfo=UTC)


def without(given: Tables, product_id: str) -> Tables:
    return replace(given, products=tuple(p for p in given.products if p["id"] != product_id))


def test_tables_come_back_word_for_word(store: Flask, small_tables: Tables) -> None:
    assert tables() == small_tables


@pytest.mark.slow
def test_all_that_ships_comes_back_word_for_word(empty_store: Flask) -> None:
    shipped = read_tables()
    told: list[tuple[str, int, int]] = []
    slots = replace_reference(shipped, "b" * 64, NOW, lambda *step: told.append(step))
    assert tables() == shipped
    assert slots == 198_135
    assert told[0] == ("places", 1, 301) and told[-1] == ("availability", 301, 301)


def test_an_edited_rule_takes_effect_in_the_tables(store: Flask) -> None:
    edit_rule("RL-KNP-FEE", {"amount_foreign_idr": "300000", "as_of": "2027-01"}, LATER)
    db.session.rollback()
    rule = next(row for row in tables().rules if row["rule_id"] == "RL-KNP-FEE")
    assert (rule["amount_foreign_idr"], rule["as_of"], rule["amount_resident_weekday_idr"]) == (
        "300000",
        "2027-01",
        "50000",
    )


def test_every_edit_moves_the_version_and_reading_does_not(store: Flask) -> None:
    first = reference_version()
    assert first == "aaaaaaaaaaaa.0"
    tables()
    list_rules()
    assert reference_version() == first
    edit_rule("RL-LEVY", {"name": "Levy of Bali"}, LATER)
    second = reference_version()
    with transaction() as session:
        event = session.get(Event, "EV-MOYO")
        assert event is not None
        event.dates_2027 = "2027-09-10..2027-09-12"
    third = reference_version()
    assert len({first, second, third}) == 3


def test_taking_places_does_not_move_the_version(store: Flask) -> None:
    before = reference_version()
    slot = list_slots("PK47", date(2027, 6, 1), date(2027, 6, 30))[0]
    with transaction() as session:
        hold_places(session, {slot.id: 2})
    assert reference_version() == before


def test_before_anything_is_loaded_there_is_no_version(empty_store: Flask) -> None:
    assert reference_version() == "" and find_loaded() == ""


def test_loading_anew_keeps_what_an_office_edited(store: Flask, small_tables: Tables) -> None:
    edit_rule("RL-KNP-FEE", {"amount_foreign_idr": "300000"}, LATER)
    replace_reference(small_tables, "c" * 64, LATER)
    db.session.rollback()
    assert get_rule("RL-KNP-FEE").amount_foreign_idr == 300000
    assert get_rule("RL-LEVY").amount_foreign_idr == 150000
    assert find_loaded() == "c" * 64


def test_loading_anew_adds_changes_and_takes_away_rows(store: Flask, small_tables: Tables) -> None:
    rules = [
        {**row, "name": "Another name"} if row["rule_id"] == "RL-LEVY" else row
        for row in small_tables.rules
        if row["rule_id"] != "RL-MOU"
    ]
    rules.insert(0, {**rules[0], "rule_id": "RL-NEW"})
    given = replace(small_tables, rules=tuple(rules))
    replace_reference(given, "c" * 64, LATER)
    db.session.rollback()
    assert tables() == given


def test_a_product_that_is_gone_is_retired_and_may_come_back(store: Flask, small_tables: Tables) -> None:
    slot = list_slots("PK47", date(2027, 6, 1), date(2027, 6, 30))[0]
    with transaction() as session:
        hold_places(session, {slot.id: 2})
    replace_reference(without(small_tables, "PK47"), "c" * 64, LATER)
    db.session.rollback()
    assert tables().products == without(small_tables, "PK47").products
    with pytest.raises(NotFound):
        get_product("PK47")
    assert [kept.held for kept in list_slots("PK47", date(2026, 1, 1), date(2029, 1, 1))] == [2]
    replace_reference(small_tables, "d" * 64, LATER)
    db.session.rollback()
    assert get_product("PK47").title == "Komodo 3D2N shared phinisi"
    assert tables() == small_tables


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("machine_rule", "{not json"),
        ("machine_rule", "[1]"),
        ("machine_rule", '{"no":"type"}'),
        ("effect", "maybe"),
        ("confidence", "sure"),
        ("rule_text", " "),
        ("effective_from", "soon"),
        ("amount_foreign_idr", "much"),
        ("rule_id", "RL-OTHER"),
        ("position", "1"),
        ("colour", "red"),
    ],
)
def test_nonsense_is_not_stored_in_a_rule(store: Flask, column: str, value: str) -> None:
    with pytest.raises(Invalid):
        edit_rule("RL-LEVY", {column: value}, LATER)
    db.session.rollback()
    assert get_rule("RL-LEVY").edited_at is None
    assert json.loads(get_rule("RL-LEVY").machine_rule)["type"] == "fee"


def test_an_unknown_rule_cannot_be_edited(store: Flask) -> None:
    with pytest.raises(NotFound):
        edit_rule("RL-NOBODY", {"name": "x"}, LATER)


def test_rules_are_listed_by_effect(store: Flask) -> None:
    forbidding = {rule.rule_id for rule in list_rules("forbid")}
    assert {"RL-NYEPI-27", "RL-RINJ-CLOSE", "RL-DIVE-FLY"} <= forbidding
    assert len(list_rules()) == 48
