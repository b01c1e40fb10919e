"""Webhooks: signed, tried again, doubled, out of order, late, lost."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Receiver
from tests.sandbox.running import RunningSandbox


def test_a_webhook_is_signed_over_its_raw_body(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    authorise()
    receiver.wait_for_types("checkout.session.completed")
    body, signature = receiver.taken[0]
    assert stripe.Webhook.construct_event(body, signature, sandbox.webhook_secret).id == receiver.events[0]["id"]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, sandbox.webhook_secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, sandbox.signature(body, "whsec_other"), sandbox.webhook_secret)
    made_by_hand = sandbox.signature(b'{"object": "event"}')
    assert client.construct_event(b'{"object": "event"}', made_by_hand, sandbox.webhook_secret).object == "event"


def test_an_event_carries_the_object_as_it_was_then(
    client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    intent = authorise()
    client.v1.payment_intents.capture(intent)
    receiver.wait_for_types("payment_intent.succeeded")
    seen = [event["data"]["object"]["status"] for event in receiver.events if event["type"].startswith("payment_")]
    assert seen == ["requires_payment_method", "requires_capture", "succeeded"]


def test_an_event_names_the_request_that_caused_it(client: stripe.StripeClient, sandbox: RunningSandbox) -> None:
    made = client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"}, {"idempotency_key": "k"})
    (event,) = client.v1.events.list({"type": "payment_intent.created"}).data
    assert event.request is not None
    assert (event.request.id, event.request.idempotency_key) == (made.last_response.request_id, "k")


def test_a_delivery_is_tried_again_until_somebody_says_yes(
    sandbox: RunningSandbox, open_session: Callable[..., Any], receiver: Receiver
) -> None:
    sandbox.control("webhooks", retry_s=[0.01])
    receiver.statuses[:] = [500, 302, 404]
    sandbox.control(f"sessions/{open_session().id}/pay", number="4242424242424242")
    receiver.wait_for_types("checkout.session.completed")
    receiver.wait_for(lambda _: all(one["state"] == "done" for one in sandbox.control("deliveries")))
    deliveries = sandbox.control("deliveries")
    assert sum(one["attempts"] for one in deliveries) == len(deliveries) + 3
    assert len(receiver.taken) == len(deliveries) + 3
    assert len({event["id"] for event in receiver.events}) == len(deliveries)


def test_nobody_at_home_is_tried_for_three_days_and_given_up(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    receiver.statuses[:] = [503] * 1000
    client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    receiver.wait_for(lambda now: len(now.taken) >= 2)
    sandbox.advance(4 * 86400)
    receiver.wait_for(lambda _: sandbox.control("deliveries")[0]["state"] == "given_up")
    assert sandbox.control("deliveries")[0]["answer"] == "503"


def test_deliveries_may_be_doubled(sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    sandbox.control("webhooks", copies=2)
    client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    receiver.wait_for(lambda now: len(now.taken) == 2)
    assert len({event["id"] for event in receiver.events}) == 1


def test_deliveries_may_come_in_the_opposite_order(
    sandbox: RunningSandbox, authorise: Callable[..., str], receiver: Receiver
) -> None:
    sandbox.control("webhooks", order="reversed")
    authorise()
    receiver.wait_for_types("payment_intent.created")
    assert receiver.types[0] == "checkout.session.completed"
    assert receiver.types[-1] == "payment_intent.created"


def test_deliveries_may_be_held_and_sent_in_any_order(
    sandbox: RunningSandbox, authorise: Callable[..., str], receiver: Receiver
) -> None:
    sandbox.control("webhooks", held=True)
    authorise()
    names = [event["id"] for event in sandbox.objects("event")]
    assert (len(names), receiver.taken) == (4, [])
    sent = sandbox.control("webhooks/flush", "POST", events=[names[3], names[0]])
    assert {one["state"] for one in sent} == {"done"}
    assert [event["id"] for event in receiver.events] == [names[3], names[0]]
    sandbox.control("webhooks/flush", "POST", order="reversed")
    assert [event["id"] for event in receiver.events] == [names[3], names[0], names[2], names[1]]
    sandbox.control("webhooks/resend", event=names[0])
    sandbox.control("webhooks/flush", "POST")
    assert [event["id"] for event in receiver.events].count(names[0]) == 2


def test_deliveries_may_be_late(sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    sandbox.control("webhooks", delay_s=3600)
    client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    (delivery,) = sandbox.control("deliveries")
    assert delivery["next_at"] - delivery["made_at"] == 3600
    assert receiver.taken == []
    sandbox.advance(3601)
    receiver.wait_for_types("payment_intent.created")


def test_deliveries_may_be_lost(sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver) -> None:
    sandbox.control("webhooks", drop=1)
    for _ in range(2):
        client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    receiver.wait_for(lambda _: [one["state"] for one in sandbox.control("deliveries")] == ["dropped", "done"])
    assert len(receiver.taken) == 1
    assert len(client.v1.events.list().data) == 2


def test_deliveries_may_come_several_at_once(
    sandbox: RunningSandbox, authorise: Callable[..., str], receiver: Receiver
) -> None:
    sandbox.control("webhooks", parallel=4, held=True)
    authorise()
    sandbox.control("webhooks", held=False)
    sandbox.control("webhooks/resend", event=sandbox.objects("event")[0]["id"])
    sandbox.control("webhooks/flush", "POST")
    assert len(receiver.taken) == 5


def test_an_endpoint_made_by_the_api_gets_what_it_asked_for(
    sandbox: RunningSandbox, client: stripe.StripeClient, receiver: Receiver
) -> None:
    made = client.v1.webhook_endpoints.create(
        {"url": receiver.url.replace("/hooks/", "/other/"), "enabled_events": ["charge.failed"]}
    )
    assert made.secret is not None and made.secret.startswith("whsec_")
    assert "secret" not in client.v1.webhook_endpoints.list().data[0]
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.create(
            {"amount": 2_000_000, "currency": "idr", "payment_method": "pm_card_chargeDeclined", "confirm": True}
        )
    receiver.wait_for(lambda now: now.types.count("charge.failed") == 2)
    signed = [
        signature
        for (body, signature), kind in zip(receiver.taken, receiver.types, strict=True)
        if kind == "charge.failed"
    ]
    verified = 0
    for body, signature in receiver.taken:
        if signature in signed:
            try:
                stripe.Webhook.construct_event(body, signature, made.secret)
                verified += 1
            except stripe.SignatureVerificationError:
                continue
    assert verified == 1


def test_events_are_found_by_type_time_and_place(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorise: Callable[..., str]
) -> None:
    authorise()
    sandbox.advance(1000)
    authorise()
    now = int(time.time())
    found = client.v1.events.list({"type": "payment_intent.*"}).data
    assert len(found) == 4
    assert [one.id for one in client.v1.events.list({"created": {"gt": now + 500}}).data] == [
        one["id"] for one in sandbox.objects("event")[:3:-1]
    ]
    after = client.v1.events.list({"ending_before": found[-1].id, "limit": 100}).data
    assert len(after) == 7
    assert client.v1.events.retrieve(found[0].id).type == "payment_intent.amount_capturable_updated"
    kinds = client.v1.events.list({"types": ["charge.succeeded", "checkout.session.completed"]}).data
    assert len(kinds) == 4
