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
WHO: dict[str, Word] = {
    "client": _l("The client"),
    "site": _l("The site"),
}
"""Who acted, where it was nobody with an account."""
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
RATES: dict[str, Word] = {
    "asked": _l("Waits for approval"),
    "approved": _l("In force"),
    "refused": _l("Not approved"),
    "withdrawn": _l("Taken back"),
}
COLUMNS: dict[str, Word] = {
    "name": _l("Name of the client"),
    "email": _l("Mail address"),
    "phone": _l("Phone"),
    "language": _l("Reads"),
    "currency": _l("Currency of the client"),
    "wishes": _l("Likes and wishes"),
}
"""The columns of a table of clients."""
FATES: dict[str, Word] = {
    "new": _l("Is added"),
    "known": _l("Known already"),
    "twice": _l("Stands above already"),
    "wrong": _l("Wrong"),
}
"""What a row of a table of clients would do."""
DOCUMENTS: dict[str, Word] = {
    "lapsed": _l("The document has lapsed."),
    "lapses_soon": _l("The document lapses within six months. Indonesia asks for six months from the day of arrival."),
}
WRONG: dict[str, Word] = {
    "client_known": _l("A client of yours has this address already."),
    "bad_text": _l("This holds signs that cannot be read."),
    "bad_name": _l("A name has letters, spaces, hyphens and apostrophes only."),
    "bad_document": _l("A passport has 6 to 9 letters and digits, a KTP 16 digits."),
    "bad_birth": _l("A day of birth lies in the past, at most 120 years ago."),
    "too_many_travellers": _l("At most 40 people travel with one client."),
    "no_table": _l("Choose a table first."),
    "heavy_table": _l("This table is larger than 1 MB."),
    "not_utf8": _l("This is no text in UTF-8. Save the table as “CSV UTF-8”."),
    "bad_table": _l("This is no table that can be read. Save it as “CSV UTF-8”."),
    "no_name_column": _l("The first row has to name the columns, “name” among them."),
    "column_twice": _l("A column stands there twice."),
    "too_many_rows": _l("At most 500 rows at once."),
    "empty_table": _l("There is no row below the names of the columns."),
    "too_many_cells": _l("It has more cells than there are columns. Put texts with a comma between quotation marks."),
    "wrong_rows": _l("Some rows are wrong, so nothing was added. Tick the box to leave them out."),
    "no_logo": _l("Choose a picture first."),
    "bad_logo": _l("This is no PNG, JPEG or WebP picture that can be read."),
    "heavy_logo": _l("This picture is larger than 1 MB."),
    "large_logo": _l("At most 4000 pixels a side."),
    "no_such_product": _l("We sell nothing of this name. Choose one of the list."),
    "many_products": _l("More than one has this in its name. Choose one of the list."),
    "no_amount_or_off": _l("Give an amount, or how much comes off the public price."),
    "amount_and_off": _l("Either an amount or a share, not both."),
    "bad_off": _l("A number above 0 and below 100, such as 12.5."),
    "above_public": _l("This is above the public price."),
    "until_before_from": _l("It ends before it begins."),
    "over_already": _l("It is over already."),
    "wrong_state": _l("This is not possible any more. Look at it again."),
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
