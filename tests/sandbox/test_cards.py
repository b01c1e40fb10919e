"""Every published test card does what it is published for."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from planner.sandbox import cards
from tests.sandbox.conftest import Receiver, line
from tests.sandbox.running import RunningSandbox

DECLINED = {
    "4000000000000002": ("card_declined", "generic_decline"),
    "4000000000009995": ("card_declined", "insufficient_funds"),
    "4000000000009987": ("card_declined", "lost_card"),
    "4000000000009979": ("card_declined", "stolen_card"),
    "4000000000000069": ("expired_card", "expired_card"),
    "4000000000000127": ("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": ("processing_error", "processing_error"),
}
CHALLENGED = ("4000002500003155", "4000000000003220")


def card_data(number: str, **changed: Any) -> Any:
    code = "1234" if number.startswith("3") else "123"
    return {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": code, **changed}}


def keep(client: stripe.StripeClient, number: str, **changed: Any) -> str:
    return client.v1.payment_methods.create(card_data(number, **changed)).id


def pay_at_once(client: stripe.StripeClient, number: str, **changed: Any) -> Any:
    params = {
        "amount": 150_000_000,
        "currency": "idr",
        "capture_method": "manual",
        "payment_method": keep(client, number),
        "confirm": True,
        "return_url": "http://localhost:9/done",
        **changed,
    }
    return client.v1.payment_intents.create(params)


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4242424242424242", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex")],
)
def test_a_good_card_is_authorised(client: stripe.StripeClient, number: str, brand: str) -> None:
    intent = pay_at_once(client, number, amount=90_000_000, expand=["latest_charge", "payment_method"])
    assert intent.status == "requires_capture"
    assert intent.latest_charge.payment_method_details.card.brand == brand
    assert intent.payment_method.card.last4 == number[-4:]
    assert client.v1.payment_methods.retrieve(intent.payment_method.id).card.brand == brand


@pytest.mark.parametrize(("number", "codes"), DECLINED.items())
def test_a_declined_card_is_declined_by_its_code(
    sandbox: RunningSandbox, client: stripe.StripeClient, number: str, codes: tuple[str, str]
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        pay_at_once(client, number)
    error: Any = refused.value
    assert (error.http_status, error.code) == (402, codes[0])
    assert error.error.decline_code == codes[1]
    intent = client.v1.payment_intents.retrieve(error.error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None and intent.last_payment_error.code == codes[0]
    (charge,) = sandbox.objects("charge")
    assert (charge["status"], charge["paid"], charge["failure_code"]) == ("failed", False, codes[0])


@pytest.mark.parametrize("number", CHALLENGED)
def test_a_card_with_3d_secure_waits_for_its_holder(
    sandbox: RunningSandbox, open_session: Callable[..., Any], receiver: Receiver, number: str
) -> None:
    session = open_session()
    outcome = sandbox.pay(session.id, number)
    assert outcome["result"] == "challenge"
    assert outcome["payment_intent"]["status"] == "requires_action"
    assert outcome["payment_intent"]["next_action"]["redirect_to_url"]["url"].startswith(sandbox.base_url)
    assert sandbox.objects("charge") == []
    intent = sandbox.control(f"intents/{outcome['payment_intent']['id']}/challenge", answer="pass")
    assert intent["status"] == "requires_capture"
    receiver.wait_for_types("payment_intent.requires_action", "checkout.session.completed")


def test_3d_secure_that_fails_leaves_the_session_open_for_another_card(
    sandbox: RunningSandbox, open_session: Callable[..., Any], receiver: Receiver
) -> None:
    session = open_session()
    outcome = sandbox.pay(session.id, "4000000000003220", challenge="fail")
    assert outcome["result"] == "refused"
    assert outcome["payment_intent"]["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    receiver.wait_for_types("payment_intent.payment_failed")
    outcome = sandbox.pay(session.id)
    assert (outcome["result"], outcome["session"]["status"]) == ("paid", "complete")
    assert len(sandbox.objects("payment_intent")) == 1


def test_a_card_may_be_declined_after_3d_secure(sandbox: RunningSandbox, open_session: Callable[..., Any]) -> None:
    outcome = sandbox.pay(open_session().id, "4000008400001629", challenge="pass")
    assert (outcome["result"], outcome["problems"]) == ("refused", {"number": "generic_decline"})


def test_an_intent_outside_a_session_asks_for_3d_secure_too(client: stripe.StripeClient) -> None:
    intent = pay_at_once(client, "4000002500003155")
    assert intent.status == "requires_action"
    assert intent.next_action.redirect_to_url.return_url == "http://localhost:9/done"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "4242424242424241"}, "incorrect_number"),
        ({"number": "4242"}, "invalid_number"),
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 2020}, "invalid_expiry_year"),
        ({"cvc": "12"}, "invalid_cvc"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused_before_it_is_tried(
    sandbox: RunningSandbox, client: stripe.StripeClient, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(stripe.CardError) as refused:
        keep(client, **{"number": "4242424242424242", **changed})
    assert refused.value.code == code
    assert sandbox.objects("payment_method") == []


def test_a_card_that_is_no_test_card_is_declined_and_not_stored(
    sandbox: RunningSandbox, client: stripe.StripeClient, tmp_path: Any
) -> None:
    number = "4539578763621486"
    assert cards.has_check_digit(number) and number not in cards.TEST_CARDS
    with pytest.raises(stripe.CardError) as refused:
        pay_at_once(client, number)
    assert refused.value.error.decline_code == "test_mode_live_card"
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("sandbox.sqlite3*"))
    assert b"1486" in stored and number.encode() not in stored


def test_american_express_stops_at_nine_digits(
    sandbox: RunningSandbox, client: stripe.StripeClient, open_session: Callable[..., Any]
) -> None:
    amex = "378282246310005"
    assert pay_at_once(client, amex, amount=999_999_999).status == "requires_capture"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay_at_once(client, amex, amount=1_000_000_000)
    assert refused.value.code == "amount_too_large"
    session = open_session(line_items=[line("Liveaboard", 10_000_000)])
    assert sandbox.pay(session.id, amex, cvc="1234")["problems"] == {"number": "amount_too_large"}
    assert sandbox.pay(session.id)["result"] == "paid"


def test_every_published_number_has_its_check_digit() -> None:
    assert [number for number in cards.TEST_CARDS if not cards.has_check_digit(number)] == []
    assert set(cards.TOKENS.values()) <= set(cards.TEST_CARDS)


@pytest.mark.parametrize(
    ("text", "read"), [("04/31", (4, 2031)), ("4 / 2031", (4, 2031)), ("0431", (4, 2031)), ("x", (0, 0)), ("", (0, 0))]
)
def test_an_expiry_is_read_however_people_write_it(text: str, read: tuple[int, int]) -> None:
    assert cards.expiry(text) == read
