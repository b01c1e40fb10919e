"""The states of an order and of its lines, and which may follow which.

order   held -> paying -> authorised -> confirmed -> cancelled
          |        |           |
          +-> lapsed           +-> undoing -> undone
(paying -> held again when the payment page was left; held -> authorised by a transfer that staff recorded;
 lapsed or undone -> undoing when an authorisation arrives for a hold that has run out or was given up)

line    held -> confirming -> confirmed -> cancelling -> cancelled
                    |-> unknown -> confirmed | declined
                    |-> requested -> confirmed | declined
                    |-> declined -> replaced
        to_buy -> bought -> cancelling (to_buy too)
        held | to_buy -> released                planned: not sold here, never changes
"""

from __future__ import annotations

from planner.errors import Conflict

ORDER: dict[str, frozenset[str]] = {
    "held": frozenset({"paying", "authorised", "lapsed", "undone"}),
    "paying": frozenset({"held", "authorised", "lapsed", "undone"}),
    "lapsed": frozenset({"undoing"}),
    "authorised": frozenset({"confirmed", "undoing"}),
    "undoing": frozenset({"undone"}),
    "confirmed": frozenset({"cancelled"}),
    "undone": frozenset({"undoing"}),
    "cancelled": frozenset(),
}
LINE: dict[str, frozenset[str]] = {
    "planned": frozenset(),
    "held": frozenset({"confirming", "released", "unknown", "requested", "confirmed", "declined"}),
    "confirming": frozenset({"confirmed", "declined", "unknown", "requested"}),
    "unknown": frozenset({"confirmed", "declined", "requested"}),
    "requested": frozenset({"confirmed", "declined", "released"}),
    "declined": frozenset({"replaced", "released"}),
    "confirmed": frozenset({"cancelling"}),
    "cancelling": frozenset({"cancelled"}),
    "to_buy": frozenset({"bought", "released", "cancelling"}),
    "bought": frozenset({"cancelling"}),
    "released": frozenset(),
    "replaced": frozenset({"released"}),
    "cancelled": frozenset(),
}
LIVE_ORDERS = frozenset({"held", "paying", "authorised", "undoing"})
"""Orders whose places are kept but not sold."""
SOLD_LINES = frozenset({"confirmed", "to_buy", "bought"})


class WrongState(Conflict):
    """What was asked cannot follow the present state."""

    default_code = "wrong_state"


def check_order(now: str, then: str) -> None:
    """Refuse a step that the table of orders does not have.

    Raises:
        WrongState: this state cannot follow that one.
    """
    if then not in ORDER[now]:
        raise WrongState(f"an order that is {now} cannot become {then}", params={"now": now, "then": then})


def check_line(now: str, then: str) -> None:
    """Refuse a step that the table of lines does not have.

    Raises:
        WrongState: this state cannot follow that one.
    """
    if then not in LINE[now]:
        raise WrongState(f"a line that is {now} cannot become {then}", params={"now": now, "then": then})
