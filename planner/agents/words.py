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
WRONG: dict[str, Word] = {
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
