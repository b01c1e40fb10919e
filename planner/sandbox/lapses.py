"""What happens by itself when its time has come."""

from planner.sandbox import intents, refunds, sessions
from planner.sandbox.desk import Desk


def sweep(desk: Desk) -> None:
    """Expire sessions, release authorisations that were never captured, let slow refunds turn."""
    for kind, identifier in desk.rows.due(desk.time):
        desk.rows.set_due(identifier, None)
        found = desk.rows.get(kind, identifier)
        if kind == "checkout.session" and found["status"] == "open":
            sessions.lapse(desk, found)
        elif kind == "payment_intent" and found["status"] == "requires_capture":
            intents.let_go(desk, found, "automatic")
        elif kind == "refund":
            refunds.turn(desk, found)
