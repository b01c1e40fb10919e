"""Suppliers: who is real, which seats are ours, what operators are owed and what the bank has sent."""

from datetime import timedelta

import pytest

from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid, NotFound
from planner.flow.approve_supplier import (
    allot_seats,
    approve_supplier,
    claim_for_supplier,
    confirm_prices,
    suspend_supplier,
)
from planner.flow.pay_out import AmountChanged, list_payouts, pay_out
from planner.store import audit, claims, ledger
from planner.store.db import db
from tests.booking.making import START, package
from tests.flow import shop
from tests.flow.fakes import World

AYU = "ayu@desk"
WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
WHO = "op-PK01"


def claim(world: World, bank: str = "BCA 123 a.n. Walks") -> None:
    claim_for_supplier(WHO, "Wayan", "w@walks.example", "+62 811", bank, world.services, AYU)


def sold(world: World) -> None:
    order_id = shop.paid(world, [WALK])
    shop.run(world, order_id)


def test_a_supplier_is_sold_for_real_once_it_is_approved_and_its_prices_agreed(world: World) -> None:
    claim(world)
    with pytest.raises(WrongState):
        confirm_prices(WHO, world.services, AYU)
    approve_supplier(WHO, world.services, AYU)
    assert claims.list_contracted() == frozenset()
    confirm_prices(WHO, world.services, AYU)
    assert claims.list_contracted() == {WHO}
    suspend_supplier(WHO, world.services, AYU)
    assert claims.list_contracted() == frozenset()
    assert [act.what for act in reversed(audit.list_all(AYU))] == [
        "claim_supplier", "approve_supplier", "confirm_prices", "suspend_supplier",
    ]  # fmt: skip


def test_a_new_bank_account_has_to_be_approved_anew(world: World) -> None:
    claim(world)
    approve_supplier(WHO, world.services, AYU)
    claim(world)  # the same account: nothing is taken away
    assert claims.find_claim(WHO).approved_at is not None
    claim(world, bank="BRI 999 a.n. Somebody")
    db.session.rollback()
    assert claims.find_claim(WHO).approved_at is None


def test_nobody_is_approved_who_did_not_come_forward(world: World) -> None:
    for act in (approve_supplier, confirm_prices, suspend_supplier):
        with pytest.raises(NotFound):
            act("op-nobody", world.services, AYU)
    with pytest.raises(Invalid):
        claim_for_supplier(WHO, " ", "", "", "", world.services, AYU)
    with pytest.raises(Invalid):
        claim_for_supplier(WHO, "Wayan", "not a mail address", "", "", world.services, AYU)


def test_seats_of_a_route_are_ours_until_they_are_given_back(world: World) -> None:
    allot_seats("F-PDB-LEM", 12, "letter of 3 May", world.services, AYU)
    assert claims.allotted() == {"F-PDB-LEM": 12}
    allot_seats("F-PDB-LEM", 0, "", world.services, AYU)
    db.session.rollback()
    assert claims.allotted() == {}
    with pytest.raises(NotFound):
        allot_seats("F-NO-WHERE", 5, "letter", world.services, AYU)
    for seats, source in ((5, " "), (-1, "letter"), (1001, "letter")):
        with pytest.raises(Invalid):
            allot_seats("F-PDB-LEM", seats, source, world.services, AYU)


def test_an_operator_is_owed_its_share_a_week_after_its_part(world: World) -> None:
    sold(world)
    due = START.date() + timedelta(days=7)
    assert list_payouts(due - timedelta(days=1)) == []
    (payout,) = list_payouts(due)
    assert (payout.payee_id, payout.amount, payout.may_be_paid) == (WHO, 900_000, False)


def test_a_payout_is_written_down_once_and_only_to_who_was_approved(world: World) -> None:
    sold(world)
    claim(world)
    due = START.date() + timedelta(days=7)
    world.clock.move(days=(due - world.clock.today()).days)
    with pytest.raises(Conflict):
        pay_out(f"supplier:{WHO}", due, 900_000, "BCA-OUT-1", world.services, AYU)
    approve_supplier(WHO, world.services, AYU)
    pay_out(f"supplier:{WHO}", due, 900_000, "BCA-OUT-1", world.services, AYU)
    assert (ledger.balances()["bank"], list_payouts(due)) == (-900_000, [])
    assert f"supplier:{WHO}" not in ledger.balances()
    with pytest.raises(AmountChanged):
        pay_out(f"supplier:{WHO}", due, 900_000, "BCA-OUT-1", world.services, AYU)


def test_a_sum_that_is_not_the_one_that_was_shown_is_not_paid(world: World) -> None:
    sold(world)
    claim(world)
    approve_supplier(WHO, world.services, AYU)
    due = START.date() + timedelta(days=7)
    with pytest.raises(Invalid):
        pay_out(f"supplier:{WHO}", due, 900_000, "early", world.services, AYU)  # that day lies ahead
    world.clock.move(days=(due - world.clock.today()).days)
    with pytest.raises(AmountChanged):
        pay_out(f"supplier:{WHO}", due, 800_000, "BCA-OUT-1", world.services, AYU)
    with pytest.raises(Invalid):
        pay_out(f"supplier:{WHO}", due, 900_000, " ", world.services, AYU)
    assert ledger.balances()[f"supplier:{WHO}"] == -900_000


def test_two_payouts_of_two_trips_are_two_movements(world: World) -> None:
    claim(world)
    approve_supplier(WHO, world.services, AYU)
    sold(world)
    due = START.date() + timedelta(days=7)
    world.clock.move(days=1)
    sold(world)
    world.clock.move(days=(due - world.clock.today()).days)
    pay_out(f"supplier:{WHO}", due, 1_800_000, "BCA-OUT-1", world.services, AYU)
    assert f"supplier:{WHO}" not in ledger.balances()
