"""A supplier's system is kept with its claim, its key unreadable in the database, and is asked only once approved."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from planner.booking.request import Answer, request_of
from planner.booking.supplier_system import SupplierSystem
from planner.errors import NotFound
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.gateways.safe_http import SafeHttp
from planner.gateways.suppliers import RoutedSuppliers
from planner.store import claims, seals, systems
from planner.store.db import db, transaction
from tests.booking.making import NOW, START, package
from tests.flow import shop
from tests.flow.fakes import World
from tests.standins.octo_supplier import KEY
from tests.standins.running import RunningSupplier

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))

SECRET_KEY = "a-key-that-nobody-may-read"
SYSTEM = SupplierSystem("https://octo.example.com/v1", SECRET_KEY, {"PK01": "their-walk"})


def connect(supplier_id: str = "op-PK01", is_approved: bool = True) -> None:
    with transaction() as session:
        session.add(claims.Claim(supplier_id=supplier_id, approved_at=NOW if is_approved else None))
        systems.connect_system(session, supplier_id, SYSTEM, NOW)


def test_it_reads_back_as_it_was_written(world: World) -> None:
    connect()
    assert systems.find_system("op-PK01") == SYSTEM


def test_who_has_none_has_none(world: World) -> None:
    with transaction() as session:
        session.add(claims.Claim(supplier_id="op-PK47", approved_at=NOW))
    assert systems.find_system("op-PK47") is None
    assert systems.find_system("nobody") is None


def test_a_claim_that_nobody_approved_gets_no_bookings(world: World) -> None:
    connect(is_approved=False)
    assert systems.find_system("op-PK01") is None


def test_a_supplier_that_nobody_claimed_has_no_system(world: World) -> None:
    with pytest.raises(NotFound), transaction() as session:
        systems.connect_system(session, "nobody", SYSTEM, NOW)


def test_its_key_is_not_readable_in_the_database(world: World) -> None:
    connect()
    db.session.rollback()
    (row,) = db.session.execute(text("SELECT * FROM supplier_system")).all()
    written = " ".join(str(value) for value in row)
    assert SYSTEM.endpoint in written
    assert SECRET_KEY not in written


def test_sealing_twice_looks_different_and_reads_the_same(world: World) -> None:
    first, second = seals.seal("key"), seals.seal("key")
    assert first != second
    assert seals.unseal(first) == seals.unseal(second) == "key"


def test_a_supplier_whose_key_cannot_be_read_any_more_is_unknown_not_no(world: World, shop_app: Flask) -> None:
    connect()
    kept = shop_app.extensions[seals.EXTENSION]
    seals.init_app(shop_app, "another secret of the site")
    try:
        with pytest.raises(seals.SealBroken):
            systems.find_system("op-PK01")
        suppliers = RoutedSuppliers(systems.choose, SafeHttp())
        wanted = request_of("o1", "LTS-AAAAAA", package(1, "PK01", 1_000_000), {}, ())
        for answer in (suppliers.confirm(wanted), suppliers.look_up(wanted), suppliers.cancel(wanted, "undone")):
            assert answer == Answer("unknown", why="seal_broken")
    finally:
        shop_app.extensions[seals.EXTENSION] = kept


def test_a_site_asks_suppliers_through_the_router(world: World, shop_app: Flask) -> None:
    connect()
    suppliers = shop_app.extensions["planner.services"].suppliers
    other = request_of("o1", "LTS-AAAAAA", package(1, "PK55", 1_000_000), {}, ())
    assert suppliers.confirm(other) == Answer("confirmed", "LTS-AAAAAA-01")
    with transaction() as session:
        systems.connect_system(session, "op-PK01", SupplierSystem("https://127.0.0.1/octo", SECRET_KEY), NOW)
    wanted = request_of("o2", "LTS-AAAAAB", package(1, "PK01", 1_000_000), {}, ())
    assert suppliers.confirm(wanted) == Answer("unknown", why="address_refused")


# --- where it was booked -----------------------------------------------------------------------------------------


def test_what_was_booked_in_a_system_is_given_back_there_after_it_was_ended(
    octo_world: World, supplier: RunningSupplier
) -> None:
    order_id = shop.paid(octo_world, [WALK])
    shop.run(octo_world, order_id)
    assert len(supplier.live()) == 1
    with transaction() as session:
        systems.end_system(session, "op-PK01", NOW)
    later = shop.paid(octo_world, [WALK])
    shop.run(octo_world, later)
    assert (shop.state(later), len(supplier.live())) == ("confirmed", 1), "new ones come from the allotment again"
    for each in (order_id, later):
        give_back_all_of(octo_world, each)
    assert (shop.state(order_id), shop.state(later), supplier.live()) == ("cancelled", "cancelled", {})


def test_what_came_from_the_allotment_is_never_looked_for_in_a_system_connected_since(
    octo_world: World, supplier: RunningSupplier
) -> None:
    with transaction() as session:
        systems.end_system(session, "op-PK01", NOW)
    order_id = shop.paid(octo_world, [WALK])
    shop.run(octo_world, order_id)
    with transaction() as session:
        systems.connect_system(session, "op-PK01", SupplierSystem(supplier.address, KEY), NOW)
    supplier.control("reset", {})
    give_back_all_of(octo_world, order_id)
    assert (shop.state(order_id), supplier.seen()) == ("cancelled", [])


def test_a_suspended_supplier_is_still_asked_where_it_was_booked(octo_world: World, supplier: RunningSupplier) -> None:
    order_id = shop.paid(octo_world, [WALK])
    shop.run(octo_world, order_id)
    with transaction() as session:
        session.get_one(claims.Claim, "op-PK01").approved_at = None
    give_back_all_of(octo_world, order_id)
    assert (shop.state(order_id), supplier.live()) == ("cancelled", {})


def test_a_new_key_for_the_same_endpoint_opens_old_bookings_too(octo_world: World, supplier: RunningSupplier) -> None:
    with transaction() as session:
        systems.connect_system(session, "op-PK01", SupplierSystem(supplier.address, "an-old-key"), NOW)
    wanted = request_of("o1", "LTS-AAAAAA", WALK, {}, ())
    assert octo_world.suppliers.look_up(wanted).state == "unknown"
    with transaction() as session:
        systems.connect_system(session, "op-PK01", SupplierSystem(supplier.address, KEY), NOW)
    assert octo_world.suppliers.look_up(wanted) == Answer("declined", why="not_found")
    assert len(systems.list_systems("op-PK01")) == 1


def test_another_endpoint_takes_new_bookings_and_leaves_the_old_ones(octo_world: World) -> None:
    wanted = request_of("o1", "LTS-AAAAAA", WALK, {}, ())
    first = systems.choose(wanted.uuid, "op-PK01")
    with transaction() as session:
        systems.connect_system(session, "op-PK01", SYSTEM, NOW)
    assert systems.choose(wanted.uuid, "op-PK01") == first
    assert systems.choose("another-booking", "op-PK01") == SYSTEM
    assert [one.ended_at for one in systems.list_systems("op-PK01")] == [None, NOW]


def test_two_who_decide_at_once_decide_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one writes between our look and our writing."""
    connect()
    decide = systems._for_new

    def beaten(session: Any, supplier_id: str) -> Any:
        monkeypatch.setattr(systems, "_for_new", decide)
        session.rollback()
        systems.choose("a-booking", "nobody")
        session.connection(execution_options={"lintas_writes": True})
        return decide(session, supplier_id)

    monkeypatch.setattr(systems, "_for_new", beaten)
    assert systems.choose("a-booking", "op-PK01") is None


def test_it_is_not_decided_inside_a_transaction(world: World) -> None:
    with pytest.raises(RuntimeError), transaction():
        systems.choose("a-booking", "op-PK01")


def give_back_all_of(world: World, order_id: str) -> None:
    sum_of = sum(one.amount for one in refunds_now(order_id, world.services))
    cancel_booking(order_id, [], sum_of, world.services, "traveller")
    shop.run(world, order_id)
