"""One payment from the first page to the refund."""

from typing import Any

import stripe

from tests.sandbox.conftest import Receiver, session_params
from tests.sandbox.running import RunningSandbox


def test_a_trip_is_authorised_captured_and_partly_given_back(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    session = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "order-1/session"})
    assert session.status == "open"
    assert session.amount_total == 150_000_000
    assert session.url is not None and session.url.startswith(sandbox.base_url)

    assert sandbox.pay(session.id)["result"] == "paid"
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    intent: Any = session.payment_intent
    assert (session.status, session.payment_status, intent.status) == ("complete", "unpaid", "requires_capture")
    assert intent.metadata["order"] == "order-1"
    assert intent.amount_capturable == 150_000_000
    assert intent.latest_charge.captured is False
    assert intent.latest_charge.payment_method_details.card.capture_before == intent.latest_charge.created + 7 * 86400

    captured = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 100_000_000})
    assert (captured.status, captured.amount_received) == ("succeeded", 100_000_000)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"

    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 40_000_000})
    assert refund.status == "succeeded"
    assert sandbox.control("state")["money"] == {"authorised": 0, "captured": 100_000_000, "refunded": 40_000_000}

    receiver.wait_for_types("checkout.session.completed", "payment_intent.succeeded", "charge.refunded")
    for body, signature in receiver.taken:
        event = client.construct_event(body, signature, sandbox.webhook_secret)
        assert event.object == "event"
    assert receiver.types[:4] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]
