"""Refunds of what was captured, never more than that.

::

    succeeded ----(a card that fails refunds, or a test)----> failed
    pending ------(a card whose refunds take time)----------> succeeded

``note_release`` writes the refund that Stripe shows when an authorisation, or the rest of one, is let go: no money
moved, but ``amount_refunded`` of the charge counts it.
"""

from planner.sandbox import charges, ids, listing
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json, malformed, wrong_state
from planner.sandbox.events import emit
from planner.sandbox.reading import Params

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
TURNS_AFTER_S = 1.0


def create(desk: Desk, params: Params) -> Json:
    """Give back what was captured, or a part of it.

    Raises:
        ApiError: nothing was captured, it was all given back (``charge_already_refunded``), it is disputed
            (``charge_disputed``), or more is asked for than is left.
    """
    charge = _charge(desk, params)
    amount = params.whole("amount")
    reason, metadata = params.choice("reason", REASONS), params.metadata()
    params.skip("refund_application_fee", "reverse_transfer", "instructions_email")
    params.close()
    if charge["disputed"]:
        raise ApiError("The charge has been disputed and cannot be refunded.", code="charge_disputed")
    left = charges.refundable(charge)
    if left <= 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    asked = left if amount is None else amount
    if asked < 1:
        raise malformed("amount", "Invalid positive integer", "parameter_invalid_integer")
    if asked > left:
        raise ApiError(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})", param="amount")
    return _give_back(desk, charge, asked, reason, metadata)


def retrieve(desk: Desk, params: Params, refund: str) -> Json:
    return desk.get("refund", refund, "refund")


def list_all(desk: Desk, params: Params) -> Json:
    charge, intent = params.text("charge"), params.text("payment_intent")
    return listing.page(
        desk,
        params,
        "refund",
        "/v1/refunds",
        lambda refund: charge in (None, refund["charge"]) and intent in (None, refund["payment_intent"]),
    )


def turn(desk: Desk, refund: Json) -> None:
    """Let a refund become what it was to become."""
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        refund.pop("pending_reason", None)
        desk.rows.save(refund)
        emit(desk, "refund.updated", refund, {"status": "pending"})
        emit(desk, "charge.refund.updated", refund, {"status": "pending"})
    elif desk.rows.secret(refund["id"]).get("fails"):
        fail(desk, refund)


def fail(desk: Desk, refund: Json) -> Json:
    """Let a refund that seemed done come back: the charge counts it no longer.

    Raises:
        ApiError: it failed before.
    """
    before = refund["status"]
    if before not in ("succeeded", "pending"):
        raise ApiError(f"The refund has the status {before} and cannot fail.")
    refund.update(status="failed", failure_reason="unknown")
    refund.pop("pending_reason", None)
    desk.rows.save(refund)
    desk.rows.set_due(refund["id"], None)
    charge = desk.rows.get("charge", refund["charge"])
    charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    desk.rows.save(charge)
    emit(desk, "refund.updated", refund, {"status": before})
    emit(desk, "refund.failed", refund)
    emit(desk, "charge.refund.updated", refund, {"status": before})
    return refund


def note_release(desk: Desk, charge: Json, amount: int, reason: str | None) -> None:
    refund = _refund(desk, charge, amount, reason, {}, "succeeded", "reversal")
    desk.rows.add(refund, parent=charge["id"], secret={"release": True})
    emit(desk, "refund.created", refund)


def _give_back(desk: Desk, charge: Json, amount: int, reason: str | None, metadata: dict[str, str]) -> Json:
    fate = _fate(desk, charge)
    status = "pending" if fate == "pends" else "succeeded"
    refund = _refund(desk, charge, amount, reason, metadata, status, "refund")
    due_at = None
    if fate != "succeeds":
        due_at = desk.time + desk.rows.setting("refunds", {"turns_after_s": TURNS_AFTER_S})["turns_after_s"]
    desk.rows.add(refund, parent=charge["id"], due_at=due_at, secret={"fails": fate == "fails"})
    before = charge["amount_refunded"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charges.refundable(charge) == 0
    desk.rows.save(charge)
    emit(desk, "refund.created", refund)
    emit(desk, "charge.refunded", charge, {"amount_refunded": before})
    return refund


def _fate(desk: Desk, charge: Json) -> str:
    """Say what becomes of a refund: by a test's wish, else by the card."""
    asked = desk.rows.setting("refunds", {"fail_next": 0})
    if asked["fail_next"] > 0:
        desk.rows.save_setting("refunds", {**asked, "fail_next": asked["fail_next"] - 1})
        return "fails"
    return str(desk.rows.secret(charge["id"]).get("refund", "succeeds"))


def _charge(desk: Desk, params: Params) -> Json:
    """Give the charge that a request names, itself or by its intent."""
    named, by_intent = params.text("charge"), params.text("payment_intent")
    if named is not None and by_intent is not None:
        raise malformed("charge", "Give a charge or a payment_intent, not both.")
    if by_intent is not None:
        intent = desk.get("payment_intent", by_intent, "payment_intent")
        if intent["status"] != "succeeded":
            raise wrong_state(f"The PaymentIntent has the status {intent['status']}: nothing was captured.", intent)
        return desk.rows.get("charge", intent["latest_charge"])
    if named is None:
        raise malformed("charge", "One of charge and payment_intent is needed.", "parameter_missing")
    charge = desk.get("charge", named, "charge")
    if not charge["captured"]:
        raise ApiError("The charge was never captured: cancel its PaymentIntent instead.", param="charge")
    return charge


def _refund(
    desk: Desk, charge: Json, amount: int, reason: str | None, metadata: dict[str, str], status: str, kind: str
) -> Json:
    destination = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": kind}
    refund: Json = {
        "id": ids.new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": desk.now,
        "currency": charge["currency"],
        "destination_details": {"card": destination, "type": "card"},
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if status == "pending":
        refund["pending_reason"] = "processing"
    return refund
