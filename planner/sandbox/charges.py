"""Charges: each try at a card leaves one, approved or declined.

Stripe counts an authorisation that is let go, whole or in part, as refunded: after a partial capture
``amount_refunded`` holds the part that was let go. What came back to the customer of money that was really taken is
``amount_refunded - (amount - amount_captured)``.
"""

from planner.sandbox import ids, listing
from planner.sandbox.cards import Card
from planner.sandbox.desk import Desk
from planner.sandbox.errors import Json
from planner.sandbox.reading import Params

AUTHORISED_FOR_S = 7 * 24 * 3600


def retrieve(desk: Desk, params: Params, charge: str) -> Json:
    return desk.get("charge", charge, "charge")


def list_all(desk: Desk, params: Params) -> Json:
    intent, customer = params.text("payment_intent"), params.text("customer")
    params.skip("transfer_group")
    return listing.page(
        desk,
        params,
        "charge",
        "/v1/charges",
        lambda charge: (intent in (None, charge["payment_intent"])) and (customer in (None, charge["customer"])),
    )


def refundable(charge: Json) -> int:
    """Give how much of what was captured has not been given back, in minor units."""
    let_go = charge["amount"] - charge["amount_captured"]
    return charge["amount_captured"] - (charge["amount_refunded"] - let_go) if charge["captured"] else 0


def add(desk: Desk, intent: Json, method: Json, card: Card, message: str, authenticated: bool) -> Json:
    """Write down a try: authorised, taken at once, or declined with a message."""
    manual = intent["capture_method"] == "manual"
    taken = card.approved and not manual
    identifier = ids.new("ch")
    details = {
        "amount_authorized": intent["amount"] if card.approved else None,
        "authorization_code": ids.new("a", 6)[2:].upper() if card.approved else None,
        "brand": method["card"]["brand"],
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "fail" if card.decline == "incorrect_cvc" else "pass",
        },
        "country": method["card"]["country"],
        "exp_month": method["card"]["exp_month"],
        "exp_year": method["card"]["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": method["card"]["fingerprint"],
        "funding": method["card"]["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": method["card"]["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": method["card"]["brand"],
        "network_transaction_id": ids.new("n", 15)[2:] if card.approved else None,
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": _three_d_secure(authenticated),
        "wallet": None,
    }
    if card.approved and manual:
        details["capture_before"] = desk.now + AUTHORISED_FOR_S
    charge = {
        "id": identifier,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if taken else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "LINTAS SANDBOX" if card.approved else None,
        "captured": taken,
        "created": desk.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": card.decline or None,
        "failure_message": message or None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(card),
        "paid": card.approved,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": details, "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{desk.base_url}/receipts/{identifier}" if card.approved else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "succeeded" if card.approved else "failed",
        "transfer_data": None,
        "transfer_group": None,
    }
    desk.rows.add(charge, parent=intent["id"], secret={"disputed": card.disputed, "refund": card.refund})
    return charge


def _three_d_secure(authenticated: bool) -> Json | None:
    if not authenticated:
        return None
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": ids.new("t", 32)[2:],
        "version": "2.2.0",
    }


def _outcome(card: Card) -> Json:
    return {
        "advice_code": None if card.approved else "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None if card.approved else "01",
        "network_status": "approved_by_network" if card.approved else "declined_by_network",
        "reason": card.reason or None,
        "risk_level": "normal",
        "risk_score": 10,
        "seller_message": "Payment complete." if card.approved else "The bank did not accept this card.",
        "type": "authorized" if card.approved else "issuer_declined",
    }
