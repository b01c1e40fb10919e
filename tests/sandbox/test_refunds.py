"""Money back: never more than was taken, and sometimes it does not arrive."""

from collections.abc import Callable

import pytest
import stripe

from tests.sandbox.conftest import Receiver
from tests.sandbox.running import RunningSandbox


@pytest.fixture
def captured(client: stripe.StripeClient, authorise: Callable[..., str]) -> Callable[..., str]:
    def make(number: str = "4242424242424242", amount: int = 150_000_000) -> str:
        return client.v1.payment_intents.capture(authorise(number), {"amount_to_capture": amount}).id

    return make


def test_refunds_add_up_to_what_was_captured_and_no_further(
    client: stripe.StripeClient, captured: Callable[..., str]
) -> None:
    intent = captured(amount=100_000_000)
    refund = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 60_000_000, "reason": "requested_by_customer", "metadata": {"line": "1"}}
    )
    assert client.v1.refunds.retrieve(refund.id).metadata["line"] == "1"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent, "amount": 40_000_001})
    assert refused.value.param == "amount"
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 40_000_000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_already_refunded"
    charge = client.v1.charges.list({"payment_intent": intent}).data[0]
    assert (charge.refunded, charge.amount_refunded) == (True, 150_000_000)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_of_nothing_is_refused(client: stripe.StripeClient, captured: Callable[..., str], amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": captured(), "amount": amount})
    assert refused.value.code == "parameter_invalid_integer"


def test_what_was_never_captured_cannot_be_given_back(
    client: stripe.StripeClient, authorise: Callable[..., str]
) -> None:
    intent = authorise()
    charge = client.v1.charges.list({"payment_intent": intent}).data[0].id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "payment_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"charge": charge})


def test_refunds_are_found_by_charge_and_by_intent(client: stripe.StripeClient, captured: Callable[..., str]) -> None:
    first, second = captured(), captured()
    charge = client.v1.payment_intents.retrieve(first).latest_charge
    refund = client.v1.refunds.create({"charge": str(charge), "amount": 1_000_000, "expand": ["charge"]})
    client.v1.refunds.create({"payment_intent": second, "amount": 1_000_000})
    assert refund.charge.amount_refunded == 1_000_000
    assert [one.id for one in client.v1.refunds.list({"charge": str(charge)}).data] == [refund.id]
    assert [one.id for one in client.v1.refunds.list({"payment_intent": first}).data] == [refund.id]


def test_a_refund_told_to_fail_does_so_later_and_counts_no_more(
    sandbox: RunningSandbox, client: stripe.StripeClient, captured: Callable[..., str], receiver: Receiver
) -> None:
    intent = captured()
    sandbox.control("refunds/fail-next", times=1, after_s=60)
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 30_000_000})
    assert refund.status == "succeeded"
    sandbox.advance(61)
    receiver.wait_for_types("refund.failed")
    failed = client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert client.v1.charges.list({"payment_intent": intent}).data[0].amount_refunded == 0
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 150_000_000


def test_a_refund_may_be_failed_at_once_but_only_once(
    sandbox: RunningSandbox, client: stripe.StripeClient, captured: Callable[..., str]
) -> None:
    refund = client.v1.refunds.create({"payment_intent": captured()})
    assert sandbox.control(f"refunds/{refund.id}/fail", "POST")["status"] == "failed"
    with pytest.raises(AssertionError, match="400"):
        sandbox.control(f"refunds/{refund.id}/fail", "POST")


def test_cards_whose_refunds_pend_or_fail_are_known(
    sandbox: RunningSandbox, client: stripe.StripeClient, captured: Callable[..., str], receiver: Receiver
) -> None:
    slow = client.v1.refunds.create({"payment_intent": captured("4000000000007726")})
    lost = client.v1.refunds.create({"payment_intent": captured("4000000000005126")})
    assert (slow.status, slow.pending_reason, lost.status) == ("pending", "processing", "succeeded")
    sandbox.advance(5)
    receiver.wait_for_types("refund.updated", "refund.failed")
    assert client.v1.refunds.retrieve(slow.id).status == "succeeded"
    assert client.v1.refunds.retrieve(lost.id).status == "failed"
