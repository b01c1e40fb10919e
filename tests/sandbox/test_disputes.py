"""Disputes: by a test card, by a test, lost and won."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Receiver
from tests.sandbox.running import RunningSandbox


def test_the_dispute_card_is_disputed_once_it_is_captured(
    client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    intent = authorise("4000000000000259")
    assert client.v1.disputes.list({"payment_intent": intent}).data == []
    client.v1.payment_intents.capture(intent)
    (dispute,) = client.v1.disputes.list({"payment_intent": intent, "expand": ["data.charge"]}).data
    charge: Any = dispute.charge
    assert (dispute.amount, dispute.reason, dispute.status) == (150_000_000, "fraudulent", "needs_response")
    assert charge.disputed is True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent})
    assert refused.value.code == "charge_disputed"
    assert client.v1.disputes.close(dispute.id).status == "lost"
    assert client.v1.disputes.retrieve(dispute.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(dispute.id)
    receiver.wait_for_types("charge.dispute.created", "charge.dispute.closed")


def test_a_test_may_open_a_dispute_and_win_it(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorise: Callable[..., str]
) -> None:
    charge = client.v1.payment_intents.capture(authorise()).latest_charge
    dispute = sandbox.control("disputes", charge=charge, reason="product_not_received")
    assert dispute["reason"] == "product_not_received"
    assert sandbox.control(f"disputes/{dispute['id']}/close", status="won")["status"] == "won"
