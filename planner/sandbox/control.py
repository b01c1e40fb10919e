"""The control API under ``/_sandbox``: how tests and demonstrations make things happen, and go wrong.

JSON in, JSON out; every request needs ``Content-Type: application/json``, so that no page on the web can send one.

::

    GET  state                    the clock, delivery settings, faults that wait, sums of money
    GET  objects/{kind}           all of charge, refund, payment_intent, checkout.session, ..., oldest first
    GET  requests                 requests answered since the start: method, path, status, key, whether replayed
    POST reset                    forget everything but the webhook endpoints
    POST clock                    {"advance_s"}: move the clock on; sessions and authorisations lapse at once
    POST sessions/{id}/pay        the Pay button: {"number", "expiry", "cvc", "name", "email"}, and for the 3-D Secure
                                  page {"challenge"}: "pass", "fail", or left out to stop there
    POST intents/{id}/challenge   the 3-D Secure page alone: {"answer"}: "pass" or "fail"
    POST disputes                 open one: {"charge", "reason"}
    POST disputes/{id}/close      end one: {"status"}: "won" or "lost"
    POST refunds/fail-next        the next {"times"} refunds seem to succeed and fail {"after_s"} later
    POST refunds/{id}/fail        fail one that succeeded, now
    GET, POST, DELETE faults      see faults for the fields
    POST webhooks                 change how deliveries behave (below)
    POST webhooks/flush           send what is held or waiting now: {"order", "events"}, and say what came of it
    POST webhooks/resend          queue one more delivery of {"event"}
    GET  deliveries               every delivery with its state, attempts and last answer

Delivery settings: ``copies`` of each delivery; ``delay_s`` before the first try; ``order`` of what is due together,
``made``, ``reversed`` or ``shuffled`` (the last two wait ``gather_s`` for company); ``held``, so that nothing is sent
before a flush; ``drop`` the next so many deliveries for good (-1: all); ``retry_s``, the pauses between tries;
``timeout_s``; ``parallel``, how many are sent at once.
"""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from planner.sandbox import attempts, charges, clock, courier, disputes, events, pages, refunds, sessions
from planner.sandbox.desk import Desk
from planner.sandbox.errors import ApiError, Json
from planner.sandbox.machine import Machine

control = Blueprint("control", __name__, url_prefix="/_sandbox")


def _machine() -> Machine:
    found: Machine = current_app.extensions["sandbox"]
    return found


def _asked() -> Json:
    given = request.get_json()
    if not isinstance(given, dict):
        raise ValueError("a JSON object is needed")
    return given


@control.errorhandler(ApiError)
def _refused(error: ApiError) -> tuple[Response, int]:
    return jsonify(error.body), error.status


@control.errorhandler(ValueError)
@control.errorhandler(KeyError)
@control.errorhandler(TypeError)
def _misasked(error: Exception) -> tuple[Response, int]:
    return jsonify(error={"message": f"{type(error).__name__}: {error}"}), 400


@control.before_request
def _only_json() -> tuple[Response, int] | None:
    if request.method != "GET" and request.mimetype != "application/json":
        return jsonify(error={"message": "application/json is needed"}), 415
    return None


@control.get("/state")
def state() -> Any:
    with _machine().desk() as desk:
        return jsonify(
            now=desk.time,
            offset_s=desk.rows.setting("clock", {"offset_s": 0})["offset_s"],
            delivery=desk.rows.setting("delivery", events.DELIVERY),
            faults=_machine().faults.listed(),
            money=_money(desk),
        )


def _money(desk: Desk) -> Json:
    """Sum what is authorised, captured and given back, in minor units over all charges."""
    paid = [charge for charge in desk.rows.all("charge") if charge["paid"]]
    captured = sum(charge["amount_captured"] for charge in paid)
    return {
        "authorised": sum(intent["amount_capturable"] for intent in desk.rows.all("payment_intent")),
        "captured": captured,
        "refunded": captured - sum(charges.refundable(charge) for charge in paid),
    }


@control.get("/objects/<kind>")
def objects(kind: str) -> Any:
    with _machine().desk() as desk:
        return jsonify(desk.rows.all(kind)[::-1])


@control.get("/requests")
def requests() -> Any:
    return jsonify(list(_machine().requests))


@control.post("/reset")
def reset() -> Any:
    with _machine().store.transaction() as rows:
        rows.clear()
    _machine().faults.clear()
    _machine().requests.clear()
    return jsonify(ok=True)


@control.post("/clock")
def move_clock() -> Any:
    with _machine().store.transaction() as rows:
        clock.advance(rows, float(_asked()["advance_s"]))
    with _machine().desk() as desk:
        return jsonify(now=desk.time)


@control.post("/sessions/<session>/pay")
def pay(session: str) -> Any:
    asked = _asked()
    typed = {"expiry": "12/34", "cvc": "123", "name": "Test", "email": "test@example.org", **asked}
    with _machine().desk(request.host_url) as desk:
        found = desk.get("checkout.session", session, "session")
        outcome = sessions.pay(desk, found, pages.entry_of(typed))
        if outcome.result == "challenge" and asked.get("challenge"):
            outcome = sessions.answer_challenge(desk, outcome.session, asked["challenge"] == "pass")
    return jsonify(
        result=outcome.result, session=outcome.session, payment_intent=outcome.intent, problems=outcome.problems
    )


@control.post("/intents/<intent>/challenge")
def answer_challenge(intent: str) -> Any:
    passed = _asked()["answer"] == "pass"
    with _machine().desk(request.host_url) as desk:
        found = desk.get("payment_intent", intent, "intent")
        owner = desk.rows.parent(intent)
        if owner:
            outcome = sessions.answer_challenge(desk, desk.rows.get("checkout.session", owner), passed)
            return jsonify(outcome.intent)
        return jsonify(attempts.answer_challenge(desk, found, passed))


@control.post("/disputes")
def open_dispute() -> Any:
    asked = _asked()
    with _machine().desk() as desk:
        charge = desk.get("charge", asked["charge"], "charge")
        return jsonify(disputes.open_on(desk, charge, asked.get("reason", "fraudulent")))


@control.post("/disputes/<dispute>/close")
def close_dispute(dispute: str) -> Any:
    status = _asked()["status"]
    if status not in ("won", "lost"):
        raise ValueError("a dispute is won or lost")
    with _machine().desk() as desk:
        return jsonify(disputes.end(desk, desk.get("dispute", dispute, "dispute"), status))


@control.post("/refunds/fail-next")
def fail_next_refunds() -> Any:
    asked = _asked()
    wish = {"fail_next": int(asked.get("times", 1)), "turns_after_s": float(asked.get("after_s", 0))}
    with _machine().store.transaction() as rows:
        rows.save_setting("refunds", wish)
    return jsonify(wish)


@control.post("/refunds/<refund>/fail")
def fail_refund(refund: str) -> Any:
    with _machine().desk() as desk:
        return jsonify(refunds.fail(desk, desk.get("refund", refund, "refund")))


@control.get("/faults")
def list_faults() -> Any:
    return jsonify(_machine().faults.listed())


@control.post("/faults")
def add_fault() -> Any:
    _machine().faults.add(_asked())
    return list_faults()


@control.delete("/faults")
def clear_faults() -> Any:
    _machine().faults.clear()
    return jsonify([])


@control.post("/webhooks")
def change_deliveries() -> Any:
    asked = _asked()
    unknown = set(asked) - set(events.DELIVERY)
    if unknown or asked.get("order", "made") not in courier.ORDERS:
        raise ValueError(f"no such setting: {', '.join(sorted(unknown)) or asked['order']}")
    with _machine().store.transaction() as rows:
        how = {**rows.setting("delivery", events.DELIVERY), **asked}
        rows.save_setting("delivery", how)
    return jsonify(how)


@control.post("/webhooks/flush")
def flush() -> Any:
    asked = _asked()
    order = asked.get("order", "made")
    if order not in courier.ORDERS:
        raise ValueError(f"no such order: {order}")
    return jsonify(_machine().courier.flush(order, asked.get("events")))


@control.post("/webhooks/resend")
def resend() -> Any:
    with _machine().desk() as desk:
        event = desk.get("event", _asked()["event"], "event")
        events.queue(desk, event["id"], [endpoint["id"] for endpoint in desk.rows.all("webhook_endpoint")])
    return jsonify(ok=True)


@control.get("/deliveries")
def deliveries() -> Any:
    with _machine().desk() as desk:
        return jsonify(courier.listed(desk.rows))
