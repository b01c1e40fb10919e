"""Take payments with Stripe: a hosted Checkout page that authorises, one capture, voids and refunds.

Rupiah have no decimals here and two at Stripe: Rp 1,500,000 is 150000000 there. Only this module knows.
An online card authorisation lapses after seven days unless the network says otherwise in `capture_before`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import stripe
from stripe import StripeClient

from planner.booking.payment import (
    Charge,
    Checkout,
    CheckoutRequest,
    Dispute,
    OutcomeUnknown,
    PaymentNews,
    PaymentRefused,
)
from planner.errors import Invalid, NotAllowed

STRIPE_PER_RUPIAH = 100
TIMEOUT_S = 10
FRESH_S = 300
"""A signed message older than this is refused: somebody plays it back."""
SESSION_STATES = {"open": "open", "complete": "complete", "expired": "expired"}
INTENT_STATES = {
    "requires_capture": "authorised",
    "succeeded": "captured",
    "canceled": "voided",
    "requires_payment_method": "failed",
    "requires_confirmation": "open",
    "requires_action": "open",
    "processing": "open",
}
DISPUTES_OVER = {"won": "won", "lost": "lost", "warning_closed": "won", "prevented": "won"}
"""Every other state waits for somebody: for our evidence, or for the bank. An inquiry that is closed took nothing."""
LANGUAGES = {"en": "en", "id": "id"}
HAS_FAILED = "provider_failed"
"""The provider answered, and the answer was a failure: its key may remember it, so what was done is looked up."""

Result = TypeVar("Result")


class ForgedEvent(NotAllowed):
    """A message's signature is wrong, or too old."""

    default_code = "forged_event"


class StripePayments:
    """Speaks to Stripe, or to the sandbox where an address of its own is given."""

    def __init__(self, key: str, webhook_secret: str, address: str = "") -> None:
        addresses: Any = {"api": address} if address else None
        client = stripe.RequestsClient(timeout=TIMEOUT_S)
        self._client = StripeClient(key, base_addresses=addresses, http_client=client, max_network_retries=0)
        self._webhook_secret = webhook_secret

    def open_checkout(self, wanted: CheckoutRequest) -> Checkout:
        """Open a page that authorises the sum of its articles; the same key opens the same page."""
        facts = {"order_id": wanted.order_id, "code": wanted.code}
        session = _asked(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": "idr",
                                "unit_amount": article.amount * STRIPE_PER_RUPIAH,
                                "product_data": {"name": article.name[:240]},
                            },
                        }
                        for article in wanted.articles
                    ],
                    "payment_intent_data": {
                        "capture_method": "automatic" if wanted.captures else "manual",
                        "metadata": facts,
                        "description": f"Lintas {wanted.code}",
                    },
                    "metadata": facts,
                    "client_reference_id": wanted.order_id,
                    "customer_email": wanted.email,
                    "locale": LANGUAGES.get(wanted.language, "auto"),  # type: ignore[typeddict-item]
                    "expires_at": int(wanted.expires_at.timestamp()),
                    "success_url": wanted.success_url,
                    "cancel_url": wanted.cancel_url,
                },
                {"idempotency_key": wanted.key},
            )
        )
        return _checkout(session)

    def get_checkout(self, session_id: str) -> Checkout:
        """Return how a page stands."""
        return _checkout(_asked(lambda: self._client.v1.checkout.sessions.retrieve(session_id)))

    def close_checkout(self, session_id: str) -> Checkout:
        """Close a page; one that was paid or has lapsed stays as it is."""
        try:
            return _checkout(_asked(lambda: self._client.v1.checkout.sessions.expire(session_id)))
        except PaymentRefused:
            return self.get_checkout(session_id)

    def get_charge(self, intent_id: str) -> Charge:
        """Return how a payment stands."""
        return _charge(
            _asked(lambda: self._client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]}))
        )

    def capture(self, intent_id: str, amount: int, key: str) -> Charge:
        """Take an amount, once; what was captured before under another key is told, not taken again."""
        wanted: Any = {"amount_to_capture": amount * STRIPE_PER_RUPIAH, "expand": ["latest_charge"]}
        return self._once("captured", intent_id, lambda: self._client.v1.payment_intents.capture(
            intent_id, wanted, {"idempotency_key": key}
        ))  # fmt: skip

    def void(self, intent_id: str, key: str) -> Charge:
        """Release an authorisation; one that is released already is told as such."""
        return self._once("voided", intent_id, lambda: self._client.v1.payment_intents.cancel(
            intent_id, {"expand": ["latest_charge"]}, {"idempotency_key": key}
        ))  # fmt: skip

    def _once(self, state: str, intent_id: str, ask: Callable[[], stripe.PaymentIntent]) -> Charge:
        try:
            return _charge(_asked(ask))
        except (PaymentRefused, OutcomeUnknown) as trouble:
            if isinstance(trouble, OutcomeUnknown) and trouble.code != HAS_FAILED:
                raise
            charge = self.get_charge(intent_id)
            if charge.state != state:
                raise
            return charge

    def refund(self, intent_id: str, amount: int, key: str) -> str:
        """Pay back an amount of what was captured."""
        facts = {"key": key}
        wanted: Any = {"payment_intent": intent_id, "amount": amount * STRIPE_PER_RUPIAH, "metadata": facts}
        try:
            refund = _asked(lambda: self._client.v1.refunds.create(wanted, {"idempotency_key": key}))
        except OutcomeUnknown as trouble:
            made = self._refund_under(intent_id, key) if trouble.code == HAS_FAILED else None
            if made is None:
                raise
            refund = made
        if refund.status == "failed":
            raise PaymentRefused("the refund failed", code=refund.failure_reason or "refund_failed")
        return refund.id

    def _refund_under(self, intent_id: str, key: str) -> stripe.Refund | None:
        """Find the refund that was made under a key."""
        listed = _asked(lambda: self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100}))
        return next((one for one in listed.data if getattr(one.metadata, "key", "") == key), None)

    def get_dispute(self, dispute_id: str) -> Dispute:
        """Return how a dispute stands."""
        return _dispute(_asked(lambda: self._client.v1.disputes.retrieve(dispute_id)))

    def read_event(self, body: bytes, signature: str) -> PaymentNews:
        """Read a signed message.

        Raises:
            ForgedEvent: the signature is wrong, or too old.
            Invalid: it is no event.
        """
        try:
            event = stripe.Webhook.construct_event(  # type: ignore[no-untyped-call]
                body, signature, self._webhook_secret, tolerance=FRESH_S
            )
        except stripe.SignatureVerificationError as forged:
            raise ForgedEvent("this message was not signed by the payment provider") from forged
        except ValueError as trouble:
            raise Invalid("this is no event", code="no_event") from trouble
        subject: dict[str, Any] = json.loads(body)["data"]["object"]
        kind = str(subject.get("object", ""))
        intent = subject.get("payment_intent")
        intent_id = intent if isinstance(intent, str) else (intent or {}).get("id", "")
        return PaymentNews(
            event.id,
            event.type,
            session_id=str(subject["id"]) if kind == "checkout.session" else "",
            intent_id=str(subject["id"]) if kind == "payment_intent" else intent_id,
            dispute_id=str(subject["id"]) if kind == "dispute" else "",
        )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.IdempotencyError as trouble:
        raise PaymentRefused("the same key was used for something else", code="key_used") from trouble
    except (stripe.CardError, stripe.InvalidRequestError) as trouble:
        if trouble.http_status == HTTPStatus.CONFLICT:  # the same key is being worked on this very moment
            raise OutcomeUnknown("the payment provider is still at it") from trouble
        raise PaymentRefused(trouble.user_message or "refused", code=str(trouble.code or "refused")) from trouble
    except stripe.StripeError as trouble:
        # Anything else says nothing of what was done, not even a 200: a reply cut inside its headers looks like one.
        code = HAS_FAILED if (trouble.http_status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR else None
        raise OutcomeUnknown("the payment provider does not answer", code=code) from trouble


def _asked(ask: Callable[[], Result]) -> Result:
    with _translated():
        return ask()


def _checkout(session: stripe.checkout.Session) -> Checkout:
    intent = session.payment_intent
    intent_id = intent if isinstance(intent, str) else (intent.id if intent else "")
    expires_at = datetime.fromtimestamp(session.expires_at, UTC)
    return Checkout(session.id, session.url or "", expires_at, SESSION_STATES[session.status or "open"], intent_id)


def _charge(intent: stripe.PaymentIntent) -> Charge:
    latest: Any = intent.latest_charge
    details: Any = latest.payment_method_details if latest and not isinstance(latest, str) else None
    card: Any = details.card if details else None
    before = getattr(card, "capture_before", None) if card else None
    problem: Any = intent.last_payment_error
    state = INTENT_STATES[intent.status]
    refunded = 0
    if state == "captured" and latest and not isinstance(latest, str):
        # Stripe counts the part of an authorisation that was never captured as refunded, too.
        refunded = int(latest.amount_refunded) - (int(latest.amount) - int(latest.amount_captured))
    return Charge(
        intent.id,
        state,
        intent.amount // STRIPE_PER_RUPIAH,
        captured=(intent.amount_received or 0) // STRIPE_PER_RUPIAH,
        refunded=refunded // STRIPE_PER_RUPIAH,
        capture_before=datetime.fromtimestamp(before, UTC) if before else None,
        card=f"{card.brand} {card.last4}" if card else "",
        problem=str(problem.decline_code or problem.code or "") if problem and state == "failed" else "",
    )


def _dispute(told: stripe.Dispute) -> Dispute:
    intent = told.payment_intent
    due_by = told.evidence_details.due_by if told.evidence_details else None
    return Dispute(
        told.id,
        intent if isinstance(intent, str) else (intent.id if intent else ""),
        DISPUTES_OVER.get(told.status, "open"),
        told.amount // STRIPE_PER_RUPIAH,
        told.reason,
        datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )
