"""A supplier's system is kept with its claim, its key unreadable in the database, and is asked only once approved."""

import pytest
from flask import Flask
from sqlalchemy import text

from planner.booking.request import Answer, request_of
from planner.booking.supplier_system import SupplierSystem
from planner.errors import NotFound
from planner.gateways.safe_http import SafeHttp
from planner.gateways.suppliers import RoutedSuppliers
from planner.store import claims, seals
from planner.store.db import db, transaction
from tests.booking.making import NOW, package
from tests.flow.fakes import World

SECRET_KEY = "a-key-that-nobody-may-read"
SYSTEM = SupplierSystem("https://octo.example.com/v1", SECRET_KEY, {"PK01": "their-walk"})


def connect(supplier_id: str = "op-PK01", is_approved: bool = True) -> None:
    with transaction() as session:
        session.add(claims.Claim(supplier_id=supplier_id, approved_at=NOW if is_approved else None))
        claims.connect_system(session, supplier_id, SYSTEM)


def test_it_reads_back_as_it_was_written(world: World) -> None:
    connect()
    assert claims.find_system("op-PK01") == SYSTEM


def test_who_has_none_has_none(world: World) -> None:
    with transaction() as session:
        session.add(claims.Claim(supplier_id="op-PK47", approved_at=NOW))
    assert claims.find_system("op-PK47") is None
    assert claims.find_system("nobody") is None


def test_a_claim_that_nobody_approved_gets_no_bookings(world: World) -> None:
    connect(is_approved=False)
    assert claims.find_system("op-PK01") is None


def test_a_supplier_that_nobody_claimed_has_no_system(world: World) -> None:
    with pytest.raises(NotFound), transaction() as session:
        claims.connect_system(session, "nobody", SYSTEM)


def test_its_key_is_not_readable_in_the_database(world: World) -> None:
    connect()
    db.session.rollback()
    (row,) = db.session.execute(text("SELECT * FROM supplier_claim")).all()
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
            claims.find_system("op-PK01")
        suppliers = RoutedSuppliers(claims.find_system, SafeHttp())
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
        claims.connect_system(session, "op-PK01", SupplierSystem("https://127.0.0.1/octo", SECRET_KEY))
    wanted = request_of("o1", "LTS-AAAAAA", package(1, "PK01", 1_000_000), {}, ())
    assert suppliers.confirm(wanted) == Answer("unknown", why="address_refused")
