"""What people of an agency read for codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from planner.errors import Invalid, PlannerError

Word = Any

WORKS: dict[str, Word] = {
    "owner": _l("Runs the agency"),
    "seller": _l("Makes trips and prices"),
    "reader": _l("Looks only"),
}
STATES: dict[str, Word] = {
    "applied": _l("Waits for approval"),
    "approved": _l("Approved"),
    "suspended": _l("Suspended"),
}
PROGRESS: dict[str, Word] = {
    "new": _l("New"),
    "draft": _l("Being planned"),
    "sent": _l("Sent"),
    "viewed": _l("Looked at"),
    "accepted": _l("Accepted"),
    "booked": _l("Booked"),
    "travelling": _l("Travelling"),
    "done": _l("Done"),
    "lost": _l("Lost"),
}
ACTS: dict[str, Word] = {
    "open": _l("opened the enquiry"),
    "state": _l("moved it to"),
    "owner": _l("gave it to"),
    "next_step": _l("set the next step"),
    "next_on": _l("set its day"),
    "note": _l("noted"),
    "trip": _l("gave it a trip"),
    "erase": _l("erased the client"),
}
PAYERS: dict[str, Word] = {
    "client": _l("The client, by our checkout"),
    "agency": _l("The agency pays net and settles with the client itself"),
}
ORIGINS: dict[str, Word] = {
    "public": _l("Public price"),
    "contract": _l("By contract"),
    "own": _l("Our own"),
}
SENT: dict[str, Word] = {
    "sent": _l("Sent"),
    "accepted": _l("Accepted"),
    "withdrawn": _l("Taken back"),
}
ORDERS: dict[str, Word] = {
    "held": _l("Kept, not paid"),
    "paying": _l("Being paid"),
    "authorised": _l("Suppliers are asked"),
    "confirmed": _l("Booked"),
    "undoing": _l("Being undone"),
    "undone": _l("Undone"),
    "lapsed": _l("Lapsed"),
    "cancelled": _l("Cancelled"),
}
DIFFERENCES: dict[str, Word] = {
    "dearer": _l("costs more now"),
    "cheaper": _l("costs less now"),
    "gone": _l("no longer on offer"),
    "sold_out": _l("sold out"),
    "sales_closed": _l("its sales are closed"),
    "not_contracted": _l("has no contract with us yet"),
    "no_plan": _l("the trip can no longer be made as it was planned"),
}
WRONG: dict[str, Word] = {
    "bad_days_valid": _l("A whole number between 1 and 90."),
    "too_many_options": _l("At most four options stand side by side."),
    "too_many_items": _l("At most twelve own items."),
    "bad_sum": _l("A sum in whole rupiah, such as 1250000."),
    "bad_free_days": _l("A whole number between 0 and 180."),
    "no_option": _l("Add an option first: a trip that the client may choose."),
    "blocked_option": _l("A part of this option cannot be sold. Change its trip first."),
    "empty_option": _l("Nothing of this option is sold here."),
    "begun_option": _l("This option begins too soon."),
    "unnamed_options": _l("Give each option a name of its own, so that the client can choose."),
    "accepted_already": _l("The client has accepted a version. Take it back before you send another."),
    "not_sent": _l("Nothing was sent yet."),
    "cannot_withdraw": _l("This can no longer be taken back."),
    "not_accepted": _l("The client has not accepted this."),
    "not_as_promised": _l("Something is not as it was promised. Look at what changed, below."),
    "sold_out": _l("A place was sold to somebody else in this moment. Look at what changed, below."),
    "not_for_sale": _l("A part cannot be sold. Look at what changed, below."),
    "too_many_holds": _l("This trip is held already. Try again in a few minutes."),
    "missing": _l("Please fill this in."),
    "too_long": _l("This is too long."),
    "bad_email": _l("This is no e-mail address. It looks like name@example.org."),
    "bad_markup": _l("A mark-up is a number between 0 and 1000, such as 12.5."),
    "bad_step": _l("Choose one of the list."),
    "bad_free_after": _l("A whole number between 0 and 99."),
    "bad_sizes": _l("Up to six numbers between 1 and 40, such as 2, 4, 6."),
    "no_rate": _l("No rate of this currency is known at the moment."),
    "bad_choice": _l("Choose one of the list."),
    "no_day": _l("This is no day."),
    "bad_period": _l("The last day is the first day or later."),
    "not_sure": _l("Nothing was done: tick the box that says what will happen, then send again."),
    "changed_meanwhile": _l("Somebody changed this meanwhile. Look at it and save again."),
    "no_such_work": _l("Choose one of the list."),
    "no_such_trip": _l("No trip has this link. Open the trip, choose “Make it yours”, and copy its address."),
    "invited_before": _l("That address was invited before."),
    "works_elsewhere": _l("This account works for an agency already."),
    "last_owner": _l("Somebody has to run the agency. Let another person do so first."),
    "only_owners": _l("Only who runs the agency may change this."),
}


def say(refused: PlannerError) -> str:
    """Say in the reader's language why something was not done."""
    return str(WRONG.get(refused.code) or refused.message)


def at_fields(refused: PlannerError) -> Mapping[str, str]:
    """Return what is wrong by the field it is wrong in."""
    problems = refused.problems if isinstance(refused, Invalid) else (refused,)
    return {str(problem.field or ""): say(problem) for problem in problems}
