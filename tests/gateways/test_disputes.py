"""A cardholder's bank wants its money back: somebody has a task until it is over, and what is lost is in the books."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from planner.booking.payment import OutcomeUnknown
from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.follow_dispute import follow_dispute
from planner.flow.take_payment import check_payment, name_travellers, receive_event
from planner.flow.work_tasks import close_task
from planner.gateways.stripe_payments import StripePayments
from planner.store import audit, ledger, payments, tasks
from planner.store.db import db, transaction
from tests.booking.making import NOW, START, package
from tests.flow import shop
from tests.flow.fakes import World
from tests.sandbox.running import RunningSandbox, run_sandbox

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))


@dataclass
class Bank:
    """The real gateway over the sandbox; messages are handed over one by one, signed, as the sandbox has them."""

    world: World
    sandbox: RunningSandbox

    def sold(self) -> str:
        order_id = shop.hold(self.world, [WALK])
        plan = shop.payment_plans(1_000_000, START.date(), NOW.date())[0]
        name_travellers(order_id, shop.CONTACT, shop.TRAVELLERS, "undo", plan, self.world.services)
        self.sandbox.pay(shop.open_page(self.world, order_id))
        assert check_payment(order_id, self.world.services) == "authorised"
        shop.run(self.world, order_id)
        assert shop.state(order_id) == "confirmed"
        return order_id

    def dispute(self, reason: str = "product_not_received") -> str:
        (charge,) = (one for one in self.sandbox.objects("charge") if one["captured"])
        return str(self.sandbox.control("disputes", charge=charge["id"], reason=reason)["id"])

    def close(self, dispute: str, status: str) -> None:
        self.sandbox.control(f"disputes/{dispute}/close", status=status)

    def tell(self, kind: str) -> str:
        """Deliver the last message of a kind, as the webhook does."""
        told = [one for one in self.sandbox.objects("event") if one["type"] == kind][-1]
        body = json.dumps(told).encode()
        return receive_event(body, self.sandbox.signature(body), self.world.services)


@pytest.fixture
def bank(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    monkeypatch.setattr("planner.sandbox.clock.now", lambda _: world.clock.now().timestamp())
    sandbox = run_sandbox(tmp_path)
    world.payments = StripePayments("sk_test_sandbox", sandbox.webhook_secret, sandbox.base_url)  # type: ignore[assignment]
    yield Bank(world, sandbox)
    sandbox.stop()


def disputed(order_id: str) -> tasks.Task:
    db.session.rollback()
    (task,) = (task for task in tasks.list_tasks(order_id) if task.kind == "dispute")
    return task


def acts(order_id: str) -> list[tuple[str, str]]:
    return [(act.who, act.what) for act in audit.list_acts(order_id) if act.what.startswith("dispute")]


def test_a_dispute_is_a_task_until_the_day_on_which_evidence_counts(bank: Bank) -> None:
    order_id = bank.sold()
    bank.dispute()
    assert bank.tell("charge.dispute.created") == "dispute_open"
    task = disputed(order_id)
    assert (task.state, task.facts) == ("open", {"amount": 1_000_000, "why": "product_not_received"})
    assert task.due_at == bank.world.clock.now() + timedelta(days=7)
    assert bank.tell("charge.dispute.created") == "known"
    assert acts(order_id) == [("cardholder", "dispute")]
    assert ledger.balances(order_id)["card"] == 1_000_000, "nothing is lost yet"


def test_a_lost_dispute_closes_its_task_and_is_our_loss_once(bank: Bank) -> None:
    order_id = bank.sold()
    dispute = bank.dispute()
    bank.tell("charge.dispute.created")
    bank.close(dispute, "lost")
    assert bank.tell("charge.dispute.closed") == "dispute_lost"
    task = disputed(order_id)
    assert (task.state, task.note) == ("done", "dispute_lost")
    shares = ledger.balances(order_id)
    assert "card" not in shares
    assert (shares["platform"], shares["supplier:op-PK01"]) == (1_000_000 - 100_000, -900_000)
    (payment,) = payments.list_payments(order_id)
    assert (payment.state, payment.captured, payment.refunded) == ("captured", 1_000_000, 1_000_000)
    assert follow_dispute(dispute, bank.world.services) == "dispute_lost"
    assert ledger.balances(order_id) == shares
    assert acts(order_id) == [("cardholder", "dispute"), ("site", "dispute_lost")]


def test_who_cancels_after_the_bank_gave_the_money_back_is_not_paid_twice(bank: Bank) -> None:
    order_id = bank.sold()
    bank.close(bank.dispute(), "lost")
    bank.tell("charge.dispute.closed")
    refund = sum(one.amount for one in refunds_now(order_id, bank.world.services))
    cancel_booking(order_id, [], refund, bank.world.services, "traveller")
    shop.run(bank.world, order_id)
    assert shop.state(order_id) == "cancelled"
    assert bank.sandbox.objects("refund") == []


def test_a_dispute_that_is_won_costs_nothing(bank: Bank) -> None:
    order_id = bank.sold()
    dispute = bank.dispute()
    bank.tell("charge.dispute.created")
    bank.close(dispute, "won")
    assert bank.tell("charge.dispute.closed") == "dispute_won"
    assert (disputed(order_id).note, ledger.balances(order_id)["card"]) == ("dispute_won", 1_000_000)
    (payment,) = payments.list_payments(order_id)
    assert payment.refunded == 0


def test_news_in_the_wrong_order_end_the_same(bank: Bank) -> None:
    order_id = bank.sold()
    bank.close(bank.dispute(), "lost")
    assert bank.tell("charge.dispute.closed") == "dispute_lost"
    assert bank.tell("charge.dispute.created") == "dispute_lost"
    assert [task.kind for task in tasks.list_tasks(order_id) if task.kind == "dispute"] == []
    assert "card" not in ledger.balances(order_id)


def test_a_task_that_was_closed_by_hand_stays_closed_and_the_loss_is_booked(bank: Bank) -> None:
    order_id = bank.sold()
    dispute = bank.dispute()
    bank.tell("charge.dispute.created")
    close_task(disputed(order_id).id, "ayu@desk", "sent the vouchers as proof", bank.world.services)
    bank.close(dispute, "lost")
    bank.tell("charge.dispute.closed")
    assert (disputed(order_id).owner, disputed(order_id).note) == ("ayu@desk", "sent the vouchers as proof")
    assert "card" not in ledger.balances(order_id)


def test_a_message_is_not_believed_but_asked_about(bank: Bank) -> None:
    order_id = bank.sold()
    dispute = bank.dispute()
    told = next(one for one in bank.sandbox.objects("event") if one["type"] == "charge.dispute.created")
    told["data"]["object"]["status"] = "lost"
    body = json.dumps(told).encode()
    assert receive_event(body, bank.sandbox.signature(body), bank.world.services) == "dispute_open"
    assert dispute and disputed(order_id).state == "open"


def test_where_the_provider_is_silent_the_message_is_asked_for_again(bank: Bank) -> None:
    order_id = bank.sold()
    bank.sandbox.fault(f"/v1/disputes/{bank.dispute()}", when="before", how="reset")
    with pytest.raises(OutcomeUnknown):
        bank.tell("charge.dispute.created")
    assert bank.tell("charge.dispute.created") == "dispute_open"
    assert disputed(order_id).state == "open"


def test_a_dispute_of_somebody_else_s_payment_is_not_ours(bank: Bank) -> None:
    bank.sold()
    bank.dispute()
    _forget_intents()
    assert bank.tell("charge.dispute.created") == "not_ours"


def _forget_intents() -> None:
    with transaction() as session:
        for payment in session.query(payments.Payment):
            payment.intent_id = "pi_other"
