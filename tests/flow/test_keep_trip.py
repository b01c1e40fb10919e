"""A trip in the making: every change is kept, nobody overwrites another's, and undoing has no end."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete

from planner.errors import NotFound
from planner.flow.keep_trip import ClaimedBefore, NothingToUndo, begin_trip, claim_trip, redo, save_version, undo
from planner.store import trips
from planner.store.db import db, transaction
from planner.store.trips import StaleVersion, Trip, TripVersion
from tests.flow.fakes import World

BRIEF = {"party": {"adults": 2}}


@pytest.fixture
def world(shop_app: Flask, snapshots: object) -> Iterator[World]:
    with shop_app.app_context():
        with transaction() as session:
            session.execute(delete(TripVersion))
            session.execute(delete(Trip))
        yield World(snapshots)


def begun(world: World) -> str:
    return str(begin_trip(BRIEF, {"id": "v1"}, world.services, "en").id)


def saved(world: World, trip_id: str, seen: int, name: str) -> int:
    return save_version(trip_id, seen, BRIEF, {"id": name}, {"code": "dropped"}, world.services)


def shown(trip_id: str) -> str:
    db.session.rollback()
    return str(trips.get_version(trip_id, trips.get_trip(trip_id).at).itinerary["id"])


def test_each_change_is_a_version_and_can_be_undone_and_done_again(world: World) -> None:
    trip_id = begun(world)
    assert saved(world, trip_id, 1, "v2") == 2
    assert saved(world, trip_id, 2, "v3") == 3
    assert undo(trip_id, 3, world.services) == 2
    assert undo(trip_id, 2, world.services) == 1
    assert shown(trip_id) == "v1"
    with pytest.raises(NothingToUndo):
        undo(trip_id, 1, world.services)
    assert redo(trip_id, 1, world.services) == 2
    assert redo(trip_id, 2, world.services) == 3
    with pytest.raises(NothingToUndo):
        redo(trip_id, 3, world.services)


def test_what_was_undone_and_left_behind_by_another_change_is_still_kept(world: World) -> None:
    trip_id = begun(world)
    saved(world, trip_id, 1, "v2")
    undo(trip_id, 2, world.services)
    saved(world, trip_id, 1, "other")

    assert shown(trip_id) == "other"
    assert trips.get_version(trip_id, 2).itinerary == {"id": "v2"}
    undo(trip_id, 3, world.services)
    redo(trip_id, 1, world.services)
    assert shown(trip_id) == "other"


def test_a_later_save_never_silently_overwrites_an_earlier_one(world: World) -> None:
    trip_id = begun(world)
    saved(world, trip_id, 1, "mine")
    with pytest.raises(StaleVersion):
        saved(world, trip_id, 1, "yours")
    assert shown(trip_id) == "mine"
    assert trips.last_number(db.session(), trip_id) == 2


def test_links_open_for_looking_or_for_changing_and_nothing_else_does(world: World) -> None:
    trip = trips.get_trip(begun(world))
    assert trips.get_trip_by_secret(trip.edit_secret, may_edit=True).id == trip.id
    assert trips.get_trip_by_secret(trip.view_secret, may_edit=False).id == trip.id
    for secret, may_edit in ((trip.view_secret, True), (trip.edit_secret, False), ("x", True)):
        with pytest.raises(NotFound):
            trips.get_trip_by_secret(secret, may_edit)


def test_one_account_claims_a_trip(world: World) -> None:
    trip_id = begun(world)
    claim_trip(trip_id, 7)
    claim_trip(trip_id, 7)
    with pytest.raises(ClaimedBefore):
        claim_trip(trip_id, 8)
    assert [trip.id for trip in trips.list_trips_of(7)] == [trip_id]
    assert trips.list_trips_of(8) == []


ACTS = some.lists(some.sampled_from(["save", "undo", "redo"]), max_size=25)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_undoing_and_doing_again_walks_as_in_any_editor(world: World, acts: list[str]) -> None:
    trip_id, past, future, at = begun(world), [], [], 1
    for act in acts:
        if act == "save":
            past, future, at = [*past, at], [], saved(world, trip_id, at, "x")
        elif act == "undo":
            if not past:
                with pytest.raises(NothingToUndo):
                    undo(trip_id, at, world.services)
                continue
            future, at = [at, *future], past[-1]
            past = past[:-1]
            assert undo(trip_id, trips.get_trip(trip_id).at, world.services) == at
        else:
            if not future:
                continue
            past, at, future = [*past, at], future[0], future[1:]
            assert redo(trip_id, trips.get_trip(trip_id).at, world.services) == at
    db.session.rollback()
    assert trips.get_trip(trip_id).at == at
