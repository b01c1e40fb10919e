"""The payment gateway against the sandbox: authorise, capture once, release, pay back; lost answers are told so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from planner.booking.payment import Article, CheckoutRequest, OutcomeUnknown, PaymentRefused
from planner.errors import Invalid
from planner.gateways.stripe_payments import ForgedEvent, StripePayments
from planner.values.times import Clock
from tests.sandbox.running import RunningSandbox, run_sandbox

GOOD, DECLINED = "4242424242424242", "4000000000009995"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    running = run_sandbox(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def payments(sandbox: RunningSandbox) -> StripePayments:
    return StripePayments("sk_test_sandbox", sandbox.webhook_secret, sandbox.base_url)


def wanted(key: str = "order:checkout:1", captures: bool = False) -> CheckoutRequest:
    return CheckoutRequest(
        key, "order", "LTS-ABCDEF", [Article("Boat to Gili Air", 900_000), Article("Guesthouse", 600_000)],
        "maren@example.org", "en", "http://localhost/done", "http://localhost/back",
        Clock().now() + timedelta(minutes=31), captures,
    )  # fmt: skip


def authorised(payments: StripePayments, sandbox: RunningSandbox) -> str:
    page = payments.open_checkout(wanted())
    sandbox.pay(page.session_id, GOOD)
    return payments.get_checkout(page.session_id).intent_id


def test_the_page_asks_for_the_sum_in_rupiah(payments: StripePayments, sandbox: RunningSandbox):
    page = payments.open_checkout(wanted())
    assert page.state == "open" and page.url.startswith(sandbox.base_url)
    sandbox.pay(page.session_id, GOOD)
    charge = payments.get_charge(payments.get_checkout(page.session_id).intent_id)
    assert (charge.state, charge.amount, charge.captured, charge.card) == ("authorised", 1_500_000, 0, "visa 4242")
    assert charge.capture_before is not None
    assert timedelta(days=6) < charge.capture_before - Clock().now() <= timedelta(days=7)


def test_the_same_key_opens_the_same_page(payments: StripePayments):
    request = wanted()
    assert payments.open_checkout(request).session_id == payments.open_checkout(request).session_id


def test_the_same_key_for_another_sum_is_refused(payments: StripePayments):
    payments.open_checkout(wanted())
    with pytest.raises(PaymentRefused) as refused:
        payments.open_checkout(wanted(captures=True))
    assert refused.value.code == "key_used"


def test_part_of_an_authorisation_is_captured_and_nothing_counts_as_paid_back(
    payments: StripePayments, sandbox: RunningSandbox
):
    intent = authorised(payments, sandbox)
    charge = payments.capture(intent, 1_200_000, "k1")
    assert (charge.state, charge.captured, charge.refunded) == ("captured", 1_200_000, 0)
    payments.refund(intent, 200_000, "k2")
    assert payments.get_charge(intent).refunded == 200_000


def test_a_second_capture_tells_of_the_first(payments: StripePayments, sandbox: RunningSandbox):
    intent = authorised(payments, sandbox)
    payments.capture(intent, 1_200_000, "k1")
    assert payments.capture(intent, 1_200_000, "another key").captured == 1_200_000


def test_what_was_captured_cannot_be_released(payments: StripePayments, sandbox: RunningSandbox):
    intent = authorised(payments, sandbox)
    payments.capture(intent, 1_500_000, "k1")
    with pytest.raises(PaymentRefused):
        payments.void(intent, "k2")


def test_a_release_may_be_asked_for_twice(payments: StripePayments, sandbox: RunningSandbox):
    intent = authorised(payments, sandbox)
    assert payments.void(intent, "k1").state == "voided"
    assert payments.void(intent, "k2").state == "voided"
    with pytest.raises(PaymentRefused):
        payments.capture(intent, 1, "k3")


def test_no_more_is_paid_back_than_was_taken(payments: StripePayments, sandbox: RunningSandbox):
    intent = authorised(payments, sandbox)
    payments.capture(intent, 1_000_000, "k1")
    payments.refund(intent, 900_000, "k2")
    with pytest.raises(PaymentRefused):
        payments.refund(intent, 200_000, "k3")


def test_a_declined_card_leaves_the_page_open_and_says_why(payments: StripePayments, sandbox: RunningSandbox):
    page = payments.open_checkout(wanted())
    sandbox.pay(page.session_id, DECLINED)
    now = payments.get_checkout(page.session_id)
    assert now.state == "open"
    charge = payments.get_charge(now.intent_id)
    assert (charge.state, charge.problem) == ("failed", "insufficient_funds")


def test_the_rest_of_a_trip_is_captured_as_it_is_paid(payments: StripePayments, sandbox: RunningSandbox):
    page = payments.open_checkout(wanted(captures=True))
    sandbox.pay(page.session_id, GOOD)
    charge = payments.get_charge(payments.get_checkout(page.session_id).intent_id)
    assert (charge.state, charge.captured) == ("captured", 1_500_000)


def test_a_closed_page_can_be_closed_again(payments: StripePayments):
    page = payments.open_checkout(wanted())
    assert payments.close_checkout(page.session_id).state == "expired"
    assert payments.close_checkout(page.session_id).state == "expired"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["error", "reset", "headers", "body"])
def test_a_lost_answer_is_unknown_and_the_same_key_finds_out(
    payments: StripePayments, sandbox: RunningSandbox, when: str, how: str
):
    intent = authorised(payments, sandbox)
    more = {"stored": False} if how == "error" else {}
    sandbox.fault("/v1/payment_intents/*/capture", when=when, how=how, **more)
    if (when, how) != ("after", "error"):  # a failure that was told is looked into at once
        with pytest.raises(OutcomeUnknown):
            payments.capture(intent, 1_500_000, "k1")
    assert payments.capture(intent, 1_500_000, "k1").captured == 1_500_000
    captured = [one for one in sandbox.objects("charge") if one["captured"]]
    assert [one["amount_captured"] for one in captured] == [150_000_000]


def test_a_failure_that_the_key_remembers_hides_nothing_that_was_done(
    payments: StripePayments, sandbox: RunningSandbox
):
    intent = authorised(payments, sandbox)
    sandbox.fault("/v1/payment_intents/*/capture", when="after", how="error", stored=True)
    assert payments.capture(intent, 1_500_000, "k1").captured == 1_500_000
    sandbox.fault("/v1/refunds", method="POST", when="after", how="error", stored=True)
    refund = payments.refund(intent, 500_000, "k2")
    assert payments.refund(intent, 500_000, "k2") == refund
    assert [one["amount"] for one in sandbox.objects("refund")] == [50_000_000]


def test_a_failure_that_the_key_remembers_of_nothing_done_stays_unknown(
    payments: StripePayments, sandbox: RunningSandbox
):
    intent = authorised(payments, sandbox)
    sandbox.fault("/v1/payment_intents/*/capture", when="before", how="error", stored=True)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            payments.capture(intent, 1_500_000, "k1")
    assert payments.capture(intent, 1_500_000, "k2").captured == 1_500_000


def test_a_provider_that_is_not_there_is_unknown(sandbox: RunningSandbox):
    nobody = StripePayments("sk_test_sandbox", "whsec_x", "http://127.0.0.1:9")
    with pytest.raises(OutcomeUnknown):
        nobody.get_charge("pi_x")


def test_a_signed_event_names_its_subject(payments: StripePayments, sandbox: RunningSandbox):
    session = {"object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1"}
    body = json.dumps({"id": "evt_1", "object": "event", "type": "x.y", "data": {"object": session}}).encode()
    news = payments.read_event(body, sandbox.signature(body))
    assert (news.event_id, news.type, news.session_id, news.intent_id) == ("evt_1", "x.y", "cs_1", "pi_1")


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=1795510693,v1=" + "0" * 64])
def test_a_forged_or_stale_event_is_refused(payments: StripePayments, signature: str):
    with pytest.raises(ForgedEvent):
        payments.read_event(b'{"id": "evt_1"}', signature)


def test_an_event_whose_body_was_changed_is_refused(payments: StripePayments, sandbox: RunningSandbox):
    body = b'{"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}'
    with pytest.raises((ForgedEvent, Invalid)):
        payments.read_event(body.replace(b"evt_1", b"evt_2"), sandbox.signature(body))
