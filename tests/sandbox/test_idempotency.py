"""The same key and parameters get the same answer, whatever happens on the way."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.running import RunningSandbox

PARAMS: Any = {"amount": 2_000_000, "currency": "idr"}


def create(client: stripe.StripeClient, key: str, **changed: Any) -> Any:
    return client.v1.payment_intents.create({**PARAMS, **changed}, {"idempotency_key": key})


def test_a_repeat_gets_the_first_answer_and_does_nothing(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    first, again = create(client, "k"), create(client, "k")
    assert (first.id, first.last_response.headers.get("Idempotent-Replayed")) == (again.id, None)
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.objects("payment_intent")) == 1
    assert [one["replayed"] for one in sandbox.control("requests")] == [False, True]


def test_a_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    create(client, "k")
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(client, "k", amount=3_000_000)
    assert refused.value.http_status == 400


def test_a_key_on_another_path_is_refused(client: stripe.StripeClient) -> None:
    create(client, "k")
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "Ayu"}, {"idempotency_key": "k"})


def test_a_declined_card_is_remembered_for_its_key(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            create(client, "k", payment_method="pm_card_chargeDeclined", confirm=True)
    assert len(sandbox.objects("charge")) == 1


def test_parameters_that_make_no_sense_are_not_remembered(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "k", amount=1)
    assert create(client, "k").amount == 2_000_000


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_an_error_of_the_server_is_remembered_too(
    sandbox: RunningSandbox, client: stripe.StripeClient, when: str, made: int
) -> None:
    sandbox.fault("/v1/payment_intents", when=when, stored=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as refused:
            create(client, "k")
        assert refused.value.http_status == 500
    assert len(sandbox.objects("payment_intent")) == made
    assert refused.value.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    first = create(client, "k")
    sandbox.advance(86400 - 60)
    assert create(client, "k").id == first.id
    sandbox.advance(61)
    assert create(client, "k").id != first.id


def test_a_key_in_use_is_a_conflict(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    sandbox.fault("/v1/payment_intents", how="slow", seconds=0.5)
    answers: list[Any] = []
    slow = threading.Thread(target=lambda: answers.append(create(sandbox.client(), "k")))
    slow.start()
    while sandbox.control("faults"):
        time.sleep(0.01)
    refused = None
    while refused is None and slow.is_alive():
        try:
            create(client, "k")
        except stripe.StripeError as error:
            refused = error
    slow.join()
    assert refused is not None
    assert (refused.http_status, refused.error.code) == (409, "idempotency_key_in_use")
    assert len(answers) == len(sandbox.objects("payment_intent")) == 1


def test_fifty_at_once_with_one_key_make_one_intent(sandbox: RunningSandbox) -> None:
    """The library tries a conflict again by itself, so that in the end everybody has the answer."""
    made = _at_once(50, lambda _: create(sandbox.client(retries=8), "k").id)
    assert len(set(made)) == 1
    assert len(sandbox.objects("payment_intent")) == 1


def test_fifty_at_once_without_a_key_in_common_make_fifty(sandbox: RunningSandbox) -> None:
    """The twin of the test above: without the guard there are many."""
    made = _at_once(50, lambda n: create(sandbox.client(), f"k{n}").id)
    assert len(set(made)) == 50


def test_fifty_captures_at_once_take_the_money_once(sandbox: RunningSandbox, authorise: Callable[..., str]) -> None:
    intent = authorise()

    def capture(_: int) -> str:
        try:
            return str(sandbox.client().v1.payment_intents.capture(intent).status)
        except stripe.InvalidRequestError as refused:
            return str(refused.code)

    outcomes = _at_once(50, capture)
    assert sorted(set(outcomes)) == ["payment_intent_unexpected_state", "succeeded"]
    assert outcomes.count("succeeded") == 1
    assert sandbox.control("state")["money"]["captured"] == 150_000_000


def _at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    start, results, broken = threading.Barrier(count), [None] * count, []

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = act(place)
        except Exception as error:
            broken.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return results
