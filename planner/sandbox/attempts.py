"""Trying a card on an intent: the one way in for the API, the hosted page and tests alike.

requires_confirmation --card asks for 3-D Secure--> requires_action --done--> (as below)
                      --card approved, manual-----> requires_capture
                      --card approved, automatic--> succeeded
                      --card declined-------------> requires_payment_method
"""

from planner.sandbox import amounts, charges, disputes, payment_methods
from planner.sandbox.cards import Card
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json, wrong_state
from planner.sandbox.events import emit

TRIABLE = ("requires_payment_method", "requires_confirmation", "requires_action")

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "card_velocity_exceeded": "Your card was declined for making too many purchases.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "test_mode_live_card": "Your card was declined: only published test cards work in the sandbox.",
    "payment_intent_authentication_failure": "The cardholder's bank could not confirm who is paying.",
}


def attempt(desk: Desk, intent: Json, method: Json) -> Json:
    """Try a card and give the intent as it is afterwards, declined or not.

    Raises:
        ApiError: the intent is past being paid, or the card's network cannot carry the amount.
    """
    if intent["status"] not in TRIABLE:
        raise wrong_state(f"This PaymentIntent has the status {intent['status']} and cannot be confirmed.", intent)
    amounts.check_brand(intent["amount"], method["card"]["brand"])
    card = payment_methods.behaviour(desk, method)
    intent["payment_method"] = method["id"]
    intent["last_payment_error"] = None
    if card.challenge:
        return _ask(desk, intent)
    return _settle(desk, intent, method, card, authenticated=False)


def answer_challenge(desk: Desk, intent: Json, passed: bool) -> Json:
    """Go on after the 3-D Secure page, whichever button was pressed.

    Raises:
        ApiError: the intent waits for no authentication (any more).
    """
    if intent["status"] != "requires_action":
        raise wrong_state(f"This PaymentIntent has the status {intent['status']}: nothing to authenticate.", intent)
    method = desk.rows.get("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if passed:
        card = payment_methods.behaviour(desk, method)
        return _settle(desk, intent, method, card, authenticated=True)
    return _fail(desk, intent, method, "payment_intent_authentication_failure", "", None)


def raise_if_declined(intent: Json) -> None:
    """Turn the last try's failure into the 402 that Stripe's API answers; what was written stays.

    Raises:
        ApiError: the last try failed.
    """
    error = intent["last_payment_error"]
    if error is None:
        return
    more = {key: value for key, value in error.items() if key not in ("type", "message", "code", "doc_url")}
    raise ApiError(
        error["message"],
        status=402,
        kind=error["type"],
        code=error["code"],
        keeps_effect=True,
        payment_intent=intent,
        **more,
    )


def _ask(desk: Desk, intent: Json) -> Json:
    url = f"{desk.base_url}/c/3ds/{intent['id']}"
    back = desk.rows.secret(intent["id"]).get("return_url")
    intent["status"] = "requires_action"
    intent["next_action"] = {"redirect_to_url": {"return_url": back, "url": url}, "type": "redirect_to_url"}
    desk.rows.save(intent)
    emit(desk, "payment_intent.requires_action", intent)
    return intent


def _settle(desk: Desk, intent: Json, method: Json, card: Card, authenticated: bool) -> Json:
    message = "" if card.approved else MESSAGES.get(card.reason, MESSAGES[card.decline])
    charge = charges.add(desk, intent, method, card, message, authenticated)
    intent["next_action"] = None
    if not card.approved:
        emit(desk, "charge.failed", charge)
        return _fail(desk, intent, method, card.decline, card.reason, charge)
    intent["latest_charge"] = charge["id"]
    if intent["capture_method"] == "manual":
        intent["status"] = "requires_capture"
        intent["amount_capturable"] = intent["amount"]
        desk.rows.set_due(intent["id"], desk.now + charges.AUTHORISED_FOR_S)
    else:
        intent["status"] = "succeeded"
        intent["amount_received"] = intent["amount"]
    desk.rows.save(intent)
    emit(desk, "charge.succeeded", charge)
    if intent["status"] == "succeeded":
        emit(desk, "payment_intent.succeeded", intent)
        disputes.open_if_card_asks(desk, charge)
    else:
        emit(desk, "payment_intent.amount_capturable_updated", intent)
    return intent


def _fail(desk: Desk, intent: Json, method: Json, code: str, reason: str, charge: Json | None) -> Json:
    error: Json = {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": MESSAGES.get(reason, MESSAGES[code]),
        "payment_method": method,
        "type": "invalid_request_error" if charge is None else "card_error",
    }
    if charge is not None:
        error["charge"] = charge["id"]
        intent["latest_charge"] = charge["id"]
    if reason:
        error["decline_code"] = reason
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    desk.rows.save(intent)
    emit(desk, "payment_intent.payment_failed", intent)
    return intent
