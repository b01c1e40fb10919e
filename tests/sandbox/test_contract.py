"""The guard over the wire can fail: else every other test here proves less than it says."""

from typing import Any

import stripe

from tests.sandbox import contract


def test_a_right_intent_passes_and_every_damage_is_seen(client: stripe.StripeClient) -> None:
    body: dict[str, Any] = client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"}).to_dict()
    assert contract.answer_problems("GET", f"/v1/payment_intents/{body['id']}", 200, body) == []
    for damage in (
        {"status": "happy"},
        {"amount": "2000000"},
        {"surprise": 1},
        {"latest_charge": {"id": "ch_1"}},
        {"metadata": {"a": 1}},
        {"next_action": {"type": 5}},
    ):
        assert contract.answer_problems("GET", "/v1/payment_intents/pi_1", 200, {**body, **damage}), damage
    del body["id"]
    assert contract.answer_problems("GET", "/v1/payment_intents/pi_1", 200, body)


def test_an_error_has_stripes_shape() -> None:
    assert contract.answer_problems("GET", "/v1/events", 400, {"error": {"type": "card_error"}}) == []
    assert contract.answer_problems("GET", "/v1/events", 400, {"error": {"type": "bad_luck"}})
    assert contract.answer_problems("GET", "/v1/events", 400, {"error": "no"})


def test_requests_are_read_by_their_types() -> None:
    path = "/v1/checkout/sessions"
    good = "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][currency]=idr&expand[0]=line_items"
    assert contract.request_problems("POST", path, "", good) == []
    for bad in ("mode=gift", "line_items[0][quantity]=many", "surprise=1", "expires_at=soon"):
        assert contract.request_problems("POST", path, "", bad), bad
    assert contract.request_problems("GET", "/v1/events", "created[gt]=5&limit=3", "") == []
    assert contract.request_problems("GET", "/v1/events", "created[around]=5&limit=x", "")
    assert contract.request_problems("GET", "/v1/subscriptions", "", "")


def test_an_event_is_held_against_the_object_it_carries(client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    event: Any = client.v1.events.list().data[0].to_dict()
    assert contract.event_problems(event) == []
    event["data"]["object"]["status"] = "happy"
    assert contract.event_problems(event)
