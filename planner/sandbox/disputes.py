"""Disputes: the cardholder's bank takes the money back, and somebody may win or lose."""

from planner.sandbox import ids, listing
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json
from planner.sandbox.events import emit
from planner.sandbox.reading import Params

ANSWER_WITHIN_S = 7 * 24 * 3600
OPEN = ("needs_response", "under_review")

_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def open_if_card_asks(desk: Desk, charge: Json) -> None:
    if desk.rows.secret(charge["id"]).get("disputed"):
        open_on(desk, charge, "fraudulent")


def open_on(desk: Desk, charge: Json, reason: str) -> Json:
    """Dispute all that was captured.

    Raises:
        ApiError: nothing was captured, or it is disputed already.
    """
    if not charge["captured"] or charge["disputed"]:
        raise ApiError("Only a captured charge can be disputed, and only once.", param="charge")
    dispute = {
        "id": ids.new("du"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": desk.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE),
        "evidence_details": {
            "due_by": desk.now + ANSWER_WITHIN_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network": charge["payment_method_details"]["card"]["network"],
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
    charge["disputed"] = True
    desk.rows.save(charge)
    desk.rows.add(dispute, parent=charge["id"])
    emit(desk, "charge.dispute.created", dispute)
    return dispute


def end(desk: Desk, dispute: Json, status: str) -> Json:
    """Close a dispute as ``won`` or ``lost``.

    Raises:
        ApiError: it is closed.
    """
    if dispute["status"] not in OPEN:
        raise ApiError(f"The dispute is closed: {dispute['status']}.")
    before = dispute["status"]
    dispute["status"] = status
    desk.rows.save(dispute)
    emit(desk, "charge.dispute.closed", dispute, {"status": before})
    return dispute


def close(desk: Desk, params: Params, dispute: str) -> Json:
    """Give in, which is all that closing means at Stripe."""
    return end(desk, desk.get("dispute", dispute, "dispute"), "lost")


def retrieve(desk: Desk, params: Params, dispute: str) -> Json:
    return desk.get("dispute", dispute, "dispute")


def list_all(desk: Desk, params: Params) -> Json:
    charge, intent = params.text("charge"), params.text("payment_intent")
    return listing.page(
        desk,
        params,
        "dispute",
        "/v1/disputes",
        lambda found: charge in (None, found["charge"]) and intent in (None, found["payment_intent"]),
    )
