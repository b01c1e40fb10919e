"""Ready-made routes are kept as they were given; an office's own stay when ours are loaded anew."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from planner.design.tables import Tables
from planner.errors import Invalid
from planner.store.db import db
from planner.store.ready_routes import find_route, put_route
from planner.store.reference import reference_version, replace_reference, tables

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def whole(small_tables: Tables) -> Tables:
    """Give the small catalogue with the one shipped route that needs nothing but what it holds."""
    return replace(small_tables, routes=(without_packages(small_tables.routes[0]),))


def without_packages(route: dict[str, Any]) -> dict[str, Any]:
    bare = deepcopy(route)
    for stop in bare["stops"]:
        stop["packages"] = []
    return bare


def joint(route: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**route, "slug": "cloth-of-three-provinces", "promoted_by": "Three tourism offices", **more}


def test_a_route_comes_back_as_it_was_given(store: Flask, whole: Tables) -> None:
    replace_reference(whole, "c" * 64, NOW)
    assert tables().routes == whole.routes
    assert find_route(whole.routes[0]["slug"]) == whole.routes[0]
    assert find_route("nowhere") is None


def test_an_offices_route_stands_below_ours_and_moves_the_version(store: Flask, whole: Tables) -> None:
    replace_reference(whole, "c" * 64, NOW)
    before = reference_version()
    put_route(joint(whole.routes[0], state="draft"), NOW)
    db.session.rollback()
    assert [(r["slug"], r["state"]) for r in tables().routes] == [
        (whole.routes[0]["slug"], "published"),
        ("cloth-of-three-provinces", "draft"),
    ]
    assert reference_version() != before


def test_an_offices_route_stays_when_ours_are_loaded_anew_and_so_does_what_it_changed(
    store: Flask, whole: Tables
) -> None:
    replace_reference(whole, "c" * 64, NOW)
    put_route(joint(whole.routes[0]), NOW)
    put_route({**whole.routes[0], "days": 20}, NOW)
    db.session.rollback()
    replace_reference(whole, "d" * 64, NOW)
    kept = {r["slug"]: r for r in tables().routes}
    assert kept["cloth-of-three-provinces"]["promoted_by"] == "Three tourism offices"
    assert kept[whole.routes[0]["slug"]]["days"] == 20


def test_a_shipped_route_that_ships_no_more_goes(store: Flask, whole: Tables) -> None:
    replace_reference(whole, "c" * 64, NOW)
    replace_reference(replace(whole, routes=()), "d" * 64, NOW)
    assert tables().routes == ()


def test_a_route_that_makes_no_sense_is_refused_with_every_reason(store: Flask, whole: Tables) -> None:
    replace_reference(whole, "c" * 64, NOW)
    bad = joint(whole.routes[0], days=1, pace="racing", name={"en": "Only English"})
    with pytest.raises(Invalid) as refused:
        put_route(bad, NOW)
    assert [p.field for p in refused.value.problems] == ["pace", "name", "days"]
    assert find_route(bad["slug"]) is None
