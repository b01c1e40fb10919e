"""Say in sentences what is paid back of a part that is cancelled, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from planner.booking.quote import Line
from planner.values.times import WITA
from planner.web import filters


def moment(instant: datetime) -> str:
    """A day and time in the islands: `Mon 5 April, 14:00`."""
    there = instant.astimezone(WITA)
    return f"{filters.day(there.date())}, {filters.clock(there)}"


def refund_words(line: Line, is_bought: bool = False) -> list[str]:
    """What is paid back when a part is cancelled, sentence by sentence; nothing is said of what is not charged.

    `is_bought` tells of a part that we buy later whether that was done.
    """
    if not line.is_charged:
        return []
    terms, said = line.terms, []
    if line.way == "later" and not is_bought:
        said.append(_("All of it is paid back until we have bought it."))
    if terms.kept_first_night_pct:
        until = moment(line.starts_at - timedelta(hours=terms.tiers[0][0]))
        pct = terms.kept_first_night_pct
        said.append(_("Free until %(when)s; after that %(pct)s %% of the first night is kept.", when=until, pct=pct))
    elif terms.least_ticket and all(int(q["amount"]) < terms.least_ticket for q in line.item.get("quantity", ())):
        said.append(_("Tickets below %(amount)s are not paid back.", amount=filters.money(terms.least_ticket)))
    else:
        said += _tiers(line)
    if terms.weather_pct and line.kind in ("leg", "package"):
        said.append(_("If the sailing or flight is stopped: %(pct)s %% back.", pct=terms.weather_pct))
    return said


def _tiers(line: Line) -> list[str]:
    said = []
    for hours, share in line.terms.tiers:
        if share <= 0:
            continue
        until = moment(line.starts_at - timedelta(hours=hours))
        pct = filters.number(float(share * 100), "#,##0.##")
        if share == 1 and hours:
            said.append(_("Free until %(when)s.", when=until))
        elif hours:
            said.append(_("Until %(when)s: %(pct)s %% back.", when=until, pct=pct))
        else:
            said.append(_("Until it starts: %(pct)s %% back.", pct=pct))
    if not said:
        return [_("Nothing is paid back.")]
    if line.terms.tiers[-1][1] <= 0:
        said.append(_("After that nothing is paid back."))
    return said
