"""Authorise, capture, let go."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Receiver
from tests.sandbox.running import RunningSandbox

DAY = 86400


def test_capturing_a_part_lets_the_rest_go(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    intent = client.v1.payment_intents.capture(
        authorise(), {"amount_to_capture": 100_000_000, "expand": ["latest_charge.refunds"]}
    )
    charge: Any = intent.latest_charge
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("succeeded", 0, 100_000_000)
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 100_000_000, 50_000_000)
    assert charge.refunded is False
    assert [refund.amount for refund in charge.refunds.data] == [50_000_000]
    assert sandbox.control("state")["money"] == {"authorised": 0, "captured": 100_000_000, "refunded": 0}
    receiver.wait_for_types("charge.captured", "payment_intent.succeeded")


def test_capturing_more_than_was_authorised_is_refused(
    client: stripe.StripeClient, authorise: Callable[..., str]
) -> None:
    intent = authorise()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.capture(intent, {"amount_to_capture": 150_000_001})
    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount_to_capture")
    assert client.v1.payment_intents.retrieve(intent).status == "requires_capture"


def test_capturing_twice_is_refused(client: stripe.StripeClient, authorise: Callable[..., str]) -> None:
    intent = authorise()
    client.v1.payment_intents.capture(intent)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.capture(intent)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"


def test_canceling_releases_the_authorisation(
    client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    intent = client.v1.payment_intents.cancel(
        authorise(), {"cancellation_reason": "abandoned", "expand": ["latest_charge"]}
    )
    charge: Any = intent.latest_charge
    assert (intent.status, intent.cancellation_reason, intent.amount_capturable) == ("canceled", "abandoned", 0)
    assert (charge.captured, charge.refunded, charge.amount_refunded) == (False, True, 150_000_000)
    receiver.wait_for_types("payment_intent.canceled", "charge.refunded")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id)


def test_a_captured_intent_cannot_be_canceled(client: stripe.StripeClient, authorise: Callable[..., str]) -> None:
    intent = authorise()
    client.v1.payment_intents.capture(intent)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(intent)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_an_authorisation_lapses_after_seven_days(
    sandbox: RunningSandbox, client: stripe.StripeClient, authorise: Callable[..., str], receiver: Receiver
) -> None:
    intent = authorise()
    sandbox.advance(7 * DAY - 60)
    assert client.v1.payment_intents.retrieve(intent).status == "requires_capture"
    sandbox.advance(61)
    lapsed = client.v1.payment_intents.retrieve(intent)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    receiver.wait_for_types("charge.expired", "payment_intent.canceled")


def test_the_intent_of_an_open_session_cannot_be_canceled(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    tried = sandbox.pay(open_session().id, "4000000000000002")["payment_intent"]["id"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.cancel(tried)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_without_manual_capture_the_money_is_taken_at_once(
    sandbox: RunningSandbox, open_session: Callable[..., Any]
) -> None:
    outcome = sandbox.pay(open_session(payment_intent_data={"capture_method": "automatic"}).id)
    assert outcome["payment_intent"]["status"] == "succeeded"
    assert outcome["session"]["payment_status"] == "paid"


def test_an_intent_may_be_changed_and_confirmed_later(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 150_000_000,
            "currency": "idr",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"order": "1", "trip": "2"},
        }
    )
    assert intent.status == "requires_payment_method"
    changed = client.v1.payment_intents.update(
        intent.id, {"amount": 160_000_000, "metadata": {"trip": "", "0": "zero"}, "description": "To Komodo"}
    )
    assert (changed.amount, changed.description) == (160_000_000, "To Komodo")
    assert changed.metadata.to_dict() == {"order": "1", "0": "zero"}
    assert client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.update(intent.id, {"amount": 170_000_000})


def test_a_customer_may_be_named_and_found_by(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "ayu@example.org", "name": "Ayu", "metadata": {"a": "b"}})
    assert client.v1.customers.retrieve(customer.id).email == "ayu@example.org"
    made = client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr", "customer": customer.id})
    client.v1.payment_intents.create({"amount": 2_000_000, "currency": "idr"})
    found = client.v1.payment_intents.list({"customer": customer.id, "expand": ["data.customer"]})
    assert [(one.id, one.customer.name) for one in found.data] == [(made.id, "Ayu")]


@pytest.mark.parametrize(
    ("amount", "code"),
    [(849_999, "amount_too_small"), (1_000_000_000_000, "amount_too_large"), (0, "amount_too_small")],
)
def test_amounts_have_bounds(client: stripe.StripeClient, amount: int, code: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({"amount": amount, "currency": "idr"})
    assert (refused.value.code, refused.value.param) == (code, "amount")


@pytest.mark.parametrize("amount", [850_000, 999_999_999_999])
def test_amounts_at_their_bounds_are_taken(client: stripe.StripeClient, amount: int) -> None:
    assert client.v1.payment_intents.create({"amount": amount, "currency": "idr"}).amount == amount


def test_lists_come_in_pages_the_newest_first(client: stripe.StripeClient) -> None:
    made = [client.v1.payment_intents.create({"amount": 2_000_000 + n, "currency": "idr"}).id for n in range(5)][::-1]
    first = client.v1.payment_intents.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:2], True)
    second = client.v1.payment_intents.list({"limit": 2, "starting_after": made[1]})
    assert [one.id for one in second.data] == made[2:4]
    back = client.v1.payment_intents.list({"limit": 2, "ending_before": made[4]})
    assert ([one.id for one in back.data], back.has_more) == (made[2:4], True)
    assert [one.id for one in first.auto_paging_iter()] == made
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.list({"starting_after": "pi_nobody"})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.list({"limit": 101})
