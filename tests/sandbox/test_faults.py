"""Faults before and after the effect: what the caller sees, and what the sandbox did."""

from typing import Any

import pytest
import stripe

from tests.sandbox.running import RunningSandbox

PARAMS: Any = {"amount": 2_000_000, "currency": "idr"}
BROKEN_WIRES = ("reset", "silence", "headers", "body")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", BROKEN_WIRES)
def test_a_broken_connection_hides_whether_it_was_done(
    sandbox: RunningSandbox, client: stripe.StripeClient, when: str, how: str
) -> None:
    sandbox.fault("/v1/payment_intents", when=when, how=how, seconds=0.1)
    with pytest.raises(stripe.StripeError):
        client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k"})
    assert len(sandbox.objects("payment_intent")) == (when == "after")
    again = client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k"})
    assert again.last_response.headers.get("Idempotent-Replayed") == ("true" if when == "after" else None)
    assert len(sandbox.objects("payment_intent")) == 1


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_an_error_that_no_key_remembers_lets_a_repeat_through(
    sandbox: RunningSandbox, client: stripe.StripeClient, when: str, made: int
) -> None:
    sandbox.fault("/v1/payment_intents", when=when, status=503)
    with pytest.raises(stripe.APIError) as refused:
        client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k"})
    assert refused.value.http_status == 503
    assert len(sandbox.objects("payment_intent")) == made
    client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k"})
    assert len(sandbox.objects("payment_intent")) == 1


def test_a_connection_that_is_reset_looks_reset(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    sandbox.fault("/v1/events", how="reset")
    with pytest.raises(stripe.APIConnectionError, match="reset"):
        client.v1.events.list()


def test_the_library_gets_through_by_itself_when_it_may_retry(sandbox: RunningSandbox) -> None:
    sandbox.fault("/v1/payment_intents", when="after", how="reset", times=2)
    sandbox.client(retries=3).v1.payment_intents.create(PARAMS)
    assert len(sandbox.objects("payment_intent")) == 1


def test_a_fault_is_for_its_path_method_and_number_of_requests(
    sandbox: RunningSandbox, client: stripe.StripeClient
) -> None:
    sandbox.fault("/v1/payment_intents/*/cancel", method="POST", times=2)
    intent = client.v1.payment_intents.create(PARAMS).id
    client.v1.payment_intents.retrieve(intent)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.payment_intents.cancel(intent)
    assert sandbox.control("faults") == []
    assert client.v1.payment_intents.cancel(intent).status == "canceled"
    sandbox.fault("/v1/*")
    assert sandbox.control("faults", "DELETE") == []


@pytest.mark.parametrize("wrong", [{"how": "explode"}, {"when": "during"}, {"colour": "red"}])
def test_a_fault_that_makes_no_sense_is_refused(sandbox: RunningSandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="400"):
        sandbox.control("faults", **wrong)


def test_the_control_api_takes_json_only(sandbox: RunningSandbox) -> None:
    import urllib.error
    import urllib.request

    asking = urllib.request.Request(f"{sandbox.base_url}/_sandbox/reset", b"a=b", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asking)
    assert refused.value.code == 415


def test_a_reset_forgets_everything(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    client.v1.payment_intents.create(PARAMS, {"idempotency_key": "k"})
    sandbox.advance(1000)
    sandbox.control("reset", "POST")
    state = sandbox.control("state")
    assert (state["offset_s"], sandbox.objects("event"), sandbox.control("deliveries")) == (0, [], [])
    assert len(sandbox.objects("webhook_endpoint")) == 1
    client.v1.payment_intents.create({**PARAMS, "amount": 3_000_000}, {"idempotency_key": "k"})
