"""Say how a part of a booking stands: whether it may be shown at a counter, in words and a colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from planner.booking.quote import Line
from planner.store.orders import OrderLine
from planner.values.times import WITA
from planner.web import filters
from planner.web.refund_words import moment

GOOD = ("confirmed", "bought")
"""States in which a part may be shown at a counter."""
OVER = ("cancelled", "released", "declined", "replaced")
"""States of parts that will not take place."""


@dataclass(frozen=True)
class Standing:
    """`tone` is ok, warn, stop or nothing, as the tags of the pages are coloured; `note` one more sentence."""

    words: str
    tone: str = ""
    note: str = ""


def standing_of(row: OrderLine, line: Line, now: datetime) -> Standing:
    """Return how a part stands now, in the reader's language."""
    if row.state == "planned":
        return Standing(_("You arrange it")) if row.way == "self" else Standing(_("Paid on the spot"))
    if row.state == "to_buy":
        return _to_buy(line, now)
    if row.state == "requested":
        until = moment(row.answer_by) if row.answer_by else ""
        return Standing(_("Waiting, by %(when)s", when=until), "warn", _("Not valid until it is confirmed."))
    if row.state == "bought":
        return Standing(_("Car ordered") if line.kind == "transfer" else _("Ticket bought"), "ok")
    if row.state == "cancelled":
        back = _("%(amount)s back", amount=filters.money(row.refund_due))
        return Standing(_("Cancelled"), "stop", back if row.refund_due else _("Nothing is paid back."))
    return {
        "held": Standing(_("Kept for you"), "", _("Not valid until it is confirmed.")),
        "confirming": Standing(_("Being asked"), "warn", _("Not valid until it is confirmed.")),
        "unknown": Standing(_("Answer outstanding"), "warn", _("The reply got lost. We ask again until we know.")),
        "confirmed": Standing(_("Confirmed"), "ok"),
        "declined": Standing(_("Not available"), "stop"),
        "replaced": Standing(_("Replaced"), "", _("It could not be had; the closest match took its place.")),
        "cancelling": Standing(_("Being cancelled"), "warn"),
        "released": Standing(_("Given back"), "stop"),
    }[row.state]


def _to_buy(line: Line, now: datetime) -> Standing:
    if line.kind == "transfer":
        return Standing(_("Ordered before the day"), "", _("We order it and send you the driver’s name and number."))
    if line.buy_on and line.buy_on > now.astimezone(WITA).date():
        note = _("We buy it on %(day)s and send you the ticket.", day=filters.full_day(line.buy_on))
        return Standing(_("Open ticket"), "", note)
    return Standing(_("Open ticket"), "", _("We buy it now and send you the ticket."))
