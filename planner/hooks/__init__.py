"""The door for machines that tell us what happened: the payment provider's signed messages."""

from flask import Blueprint, request

from planner.flow.take_payment import receive_event
from planner.web.csrf import csrf
from planner.web.limits import limiter
from planner.web.services import services

__all__ = ["hooks"]

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
csrf.exempt(hooks)
MOST_BYTES = 256 * 1024


@hooks.post("/stripe")
@limiter.exempt
def stripe() -> tuple[str, int]:
    """Take in a message. What is signed is answered 2xx once it was dealt with; an outage asks for it again."""
    body = request.get_data(cache=False)
    outcome = receive_event(body, request.headers.get("Stripe-Signature", ""), services())
    return outcome, 200
