"""PaymentIntents: authorise, capture, cancel.

::

    requires_payment_method -> requires_confirmation -> requires_action -> requires_capture -> succeeded
               |                        |                     |                  |
               +------------------------+---------------------+------------------+--> canceled
"""

from planner.sandbox import amounts, attempts, disputes, ids, listing, payment_methods, refunds
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json, malformed, wrong_state
from planner.sandbox.events import emit
from planner.sandbox.reading import Params

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")
METHODS = ("automatic", "automatic_async", "manual")


def create(desk: Desk, params: Params) -> Json:
    """Make an intent, and try its card at once when ``confirm`` says so.

    Raises:
        ApiError: an amount out of bounds, a parameter that makes no sense, a card that is declined (402).
    """
    amount, currency = params.whole("amount"), params.needed("currency").lower()
    if amount is None:
        raise params.missing("amount")
    amounts.check(amount, currency)
    intent = make(
        desk,
        amount,
        currency,
        capture_method=params.choice("capture_method", METHODS) or "automatic_async",
        metadata=params.metadata(),
        customer=_customer(desk, params),
        description=params.text("description", limit=1000),
        receipt_email=params.text("receipt_email"),
        statement_descriptor=params.text("statement_descriptor", limit=22),
        statement_descriptor_suffix=params.text("statement_descriptor_suffix", limit=22),
    )
    automatic = params.group("automatic_payment_methods")
    if automatic.flag("enabled"):
        intent["automatic_payment_methods"] = {
            "allow_redirects": automatic.choice("allow_redirects", ("always", "never")) or "always",
            "enabled": True,
        }
    only_cards(params)
    params.choice("confirmation_method", ("automatic",))
    confirmed, method = params.flag("confirm") or False, _method(desk, params)
    return_url = params.text("return_url")
    params.skip("off_session", "use_stripe_sdk", "error_on_requires_action")
    params.close()
    if confirmed and method is None:
        raise params.missing("payment_method")
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    desk.rows.save(intent)
    desk.rows.save_secret(intent["id"], {"return_url": return_url})
    emit(desk, "payment_intent.created", intent)
    if confirmed and method is not None:
        attempts.attempt(desk, intent, method)
        attempts.raise_if_declined(intent)
    return intent


def make(
    desk: Desk,
    amount: int,
    currency: str,
    *,
    capture_method: str,
    metadata: dict[str, str],
    customer: str | None = None,
    description: str | None = None,
    receipt_email: str | None = None,
    statement_descriptor: str | None = None,
    statement_descriptor_suffix: str | None = None,
) -> Json:
    """Write a new intent down."""
    identifier = ids.new("pi")
    intent = {
        "id": identifier,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture_method,
        "client_secret": ids.secret_of(identifier),
        "confirmation_method": "automatic",
        "created": desk.now,
        "currency": currency,
        "customer": customer,
        "description": description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata,
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": receipt_email,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": statement_descriptor,
        "statement_descriptor_suffix": statement_descriptor_suffix,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    desk.rows.add(intent)
    return intent


def retrieve(desk: Desk, params: Params, intent: str) -> Json:
    params.skip("client_secret")
    return desk.get("payment_intent", intent, "intent")


def list_all(desk: Desk, params: Params) -> Json:
    customer = params.text("customer")
    return listing.page(
        desk, params, "payment_intent", "/v1/payment_intents", lambda found: customer in (None, found["customer"])
    )


def update(desk: Desk, params: Params, intent: str) -> Json:
    """Change the words of an intent, and its amount while nobody has paid."""
    found = desk.get("payment_intent", intent, "intent")
    amount = params.whole("amount")
    if amount is not None and amount != found["amount"]:
        if found["status"] not in attempts.TRIABLE:
            raise wrong_state(f"The amount of an intent with the status {found['status']} is fixed.", found)
        amounts.check(amount, found["currency"])
        found["amount"] = amount
    found["metadata"] = params.metadata(found["metadata"])
    for name in ("description", "receipt_email"):
        if name in params:
            found[name] = params.text(name)
    desk.rows.save(found)
    return found


def confirm(desk: Desk, params: Params, intent: str) -> Json:
    """Try a card.

    Raises:
        ApiError: no card, the wrong state, or a card that is declined (402).
    """
    found = desk.get("payment_intent", intent, "intent")
    if found["status"] not in attempts.TRIABLE:
        raise wrong_state(f"This PaymentIntent has the status {found['status']} and cannot be confirmed.", found)
    method = _method(desk, params)
    if method is None and found["payment_method"]:
        method = desk.rows.get("payment_method", found["payment_method"])
    if method is None:
        raise params.missing("payment_method")
    return_url = params.text("return_url")
    only_cards(params)
    params.skip("off_session", "use_stripe_sdk", "error_on_requires_action")
    params.close()
    if return_url:
        desk.rows.save_secret(found["id"], {"return_url": return_url})
    attempts.attempt(desk, found, method)
    attempts.raise_if_declined(found)
    return found


def capture(desk: Desk, params: Params, intent: str) -> Json:
    """Take the money that was authorised, or a part of it: the rest is let go.

    Raises:
        ApiError: nothing is authorised, or more is asked for than is.
    """
    found = desk.get("payment_intent", intent, "intent")
    asked = params.whole("amount_to_capture")
    found["metadata"] = params.metadata(found["metadata"])
    if params.flag("final_capture") is False:
        raise malformed("final_capture", "The sandbox captures once: final_capture must be true.")
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if name in params:
            found[name] = params.text(name, limit=22)
    if found["status"] != "requires_capture":
        raise wrong_state(f"This PaymentIntent has the status {found['status']} and cannot be captured.", found)
    taken = found["amount_capturable"] if asked is None else asked
    if taken < 1:
        raise malformed("amount_to_capture", "Invalid positive integer", "parameter_invalid_integer")
    if taken > found["amount_capturable"]:
        message = "The amount to capture is greater than the amount that can be captured."
        raise ApiError(message, code="amount_too_large", param="amount_to_capture")
    charge = desk.rows.get("charge", found["latest_charge"])
    let_go = charge["amount"] - taken
    charge.update(captured=True, amount_captured=taken, amount_refunded=let_go)
    found.update(status="succeeded", amount_capturable=0, amount_received=taken)
    desk.rows.save(charge)
    desk.rows.save(found)
    desk.rows.set_due(found["id"], None)
    if let_go:
        refunds.note_release(desk, charge, let_go, None)
    _tell_session(desk, found)
    emit(desk, "charge.captured", charge)
    emit(desk, "payment_intent.succeeded", found)
    disputes.open_if_card_asks(desk, charge)
    return found


def cancel(desk: Desk, params: Params, intent: str) -> Json:
    """Give an intent up and let go what was authorised.

    Raises:
        ApiError: it is past that, or belongs to a Checkout Session that is still open.
    """
    found = desk.get("payment_intent", intent, "intent")
    reason = params.choice("cancellation_reason", REASONS)
    if found["status"] not in CANCELABLE:
        raise wrong_state(f"This PaymentIntent has the status {found['status']} and cannot be canceled.", found)
    session = desk.rows.parent(found["id"])
    if session and desk.rows.get("checkout.session", session)["status"] == "open":
        raise wrong_state("This PaymentIntent belongs to an open Checkout Session: expire that instead.", found)
    return let_go(desk, found, reason)


def let_go(desk: Desk, intent: Json, reason: str | None) -> Json:
    """End an intent; an authorisation is released and its charge counts as refunded."""
    held = intent["status"] == "requires_capture"
    intent.update(
        status="canceled", canceled_at=desk.now, cancellation_reason=reason, amount_capturable=0, next_action=None
    )
    desk.rows.save(intent)
    desk.rows.set_due(intent["id"], None)
    if held:
        charge = desk.rows.get("charge", intent["latest_charge"])
        lapsed = reason == "automatic"
        charge.update(refunded=True, amount_refunded=charge["amount"])
        desk.rows.save(charge)
        refunds.note_release(desk, charge, charge["amount"], "expired_uncaptured_charge" if lapsed else None)
        emit(desk, "charge.expired" if lapsed else "charge.refunded", charge)
    emit(desk, "payment_intent.canceled", intent)
    return intent


def _tell_session(desk: Desk, intent: Json) -> None:
    """Let the session of a captured intent say that it is paid."""
    owner = desk.rows.parent(intent["id"])
    if owner:
        session = desk.rows.get("checkout.session", owner)
        session["payment_status"] = "paid"
        desk.rows.save(session)


def only_cards(params: Params) -> None:
    """Read ``payment_method_types``: the sandbox knows cards alone."""
    if set(params.words("payment_method_types") or ["card"]) != {"card"}:
        raise malformed(params.name("payment_method_types"), "The sandbox takes cards only.")


def _customer(desk: Desk, params: Params) -> str | None:
    customer = params.text("customer")
    if customer is not None:
        desk.get("customer", customer, "customer")
    return customer


def _method(desk: Desk, params: Params) -> Json | None:
    name = params.text("payment_method")
    return None if name is None else payment_methods.named(desk, name)
