"""Checkout Sessions: what they take, how they end."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Receiver, line, session_params
from tests.sandbox.running import RunningSandbox


def test_a_session_keeps_what_it_was_given(client: stripe.StripeClient, open_session: Callable[..., Any]) -> None:
    session = open_session(submit_type="book")
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert found.client_reference_id == "order-1"
    assert found.metadata is not None and found.metadata["order"] == "order-1"
    assert (found.currency, found.amount_total, found.payment_intent) == ("idr", 150_000_000, None)
    assert found.line_items is not None
    assert [(one.description, one.quantity, one.amount_total) for one in found.line_items.data] == [
        ("Fast boat to Lombok", 2, 100_000_000),
        ("Night in Senggigi", 1, 50_000_000),
    ]
    lines = client.v1.checkout.sessions.line_items.list(session.id, {"limit": 1})
    assert ([one.description for one in lines.data], lines.has_more) == (["Fast boat to Lombok"], True)


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"success_url": None}, "success_url"),
        ({"success_url": "not an address"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"mode": None}, "mode"),
        ({"mode": "subscription"}, "mode"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"locale": "xx"}, "locale"),
        ({"line_items": [{"price": "price_1", "quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": [line("x", 20_000, 0)]}, "line_items[0][quantity]"),
        (
            {"line_items": [{"price_data": {"currency": "idr"}, "quantity": 1}]},
            "line_items[0][price_data][unit_amount]",
        ),
        ({"surprise": "1"}, "surprise"),
        ({"payment_intent_data": {"surprise": "1"}}, "payment_intent_data[surprise]"),
        ({"metadata": {"k" * 41: "v"}}, "metadata"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(
    sandbox: RunningSandbox, client: stripe.StripeClient, changed: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(session_params(**changed))
    assert refused.value.param == param
    assert sandbox.objects("checkout.session") == []


def test_a_session_too_small_to_charge_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(session_params(line_items=[line("Coffee", 8_000)]))
    assert refused.value.code == "amount_too_small"


@pytest.mark.parametrize(("in_s", "taken"), [(29 * 60, False), (31 * 60, True), (1439 * 60, True), (1441 * 60, False)])
def test_a_session_lasts_from_half_an_hour_to_a_day(client: stripe.StripeClient, in_s: int, taken: bool) -> None:
    params = session_params(expires_at=int(time.time()) + in_s)
    if taken:
        assert client.v1.checkout.sessions.create(params).status == "open"
    else:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.checkout.sessions.create(params)
        assert refused.value.param == "expires_at"


def test_a_session_lapses_when_its_time_is_up(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any], receiver: Receiver
) -> None:
    session = open_session(expires_at=int(time.time()) + 1900)
    sandbox.pay(session.id, "4000000000000002")
    sandbox.advance(1901)
    receiver.wait_for_types("checkout.session.expired", "payment_intent.canceled")
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.url, found.payment_intent.status) == ("expired", None, "canceled")
    assert sandbox.pay(session.id)["result"] == "over"


def test_a_session_may_be_expired_by_hand_once(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any], receiver: Receiver
) -> None:
    session = open_session()
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)
    receiver.wait_for_types("checkout.session.expired")


def test_expiring_a_session_in_the_middle_of_3d_secure_ends_it_unpaid(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    session = open_session()
    intent = sandbox.pay(session.id, "4000000000003220")["payment_intent"]["id"]
    client.v1.checkout.sessions.expire(session.id)
    assert sandbox.control(f"intents/{intent}/challenge", answer="pass")["status"] == "canceled"
    assert sandbox.objects("charge") == []


def test_a_paid_session_can_neither_expire_nor_be_paid_again(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    session = open_session()
    assert sandbox.pay(session.id)["result"] == "paid"
    assert sandbox.pay(session.id)["result"] == "over"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)
    sandbox.advance(2 * 86400)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert len(sandbox.objects("charge")) == 1


def test_sessions_are_found_by_their_intent_and_status(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    paid, waiting = open_session().id, open_session().id
    intent = sandbox.pay(paid)["payment_intent"]["id"]
    assert [one.id for one in client.v1.checkout.sessions.list({"payment_intent": intent}).data] == [paid]
    assert [one.id for one in client.v1.checkout.sessions.list({"status": "open"}).data] == [waiting]


def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient, open_session: Callable[..., Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.retrieve(open_session().id, {"expand": ["shoes"]})
    assert refused.value.param == "expand"
