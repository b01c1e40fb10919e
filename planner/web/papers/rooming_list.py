"""The rooming list: for each house when guests come and go, how many rooms, and who sleeps in which. No prices."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.web.papers.sheet import Fact, Facts, Paper, Sheet, Table
from planner.web.papers.sold_trip import Person, SoldPart, SoldTrip, headcount, share_rooms, where_is


@dataclass(frozen=True)
class House:
    """The nights in one house: `rooms` holds who sleeps in each."""

    code: str
    name: str
    where: str
    check_in: str
    check_out: str
    nights: int
    rooms: tuple[tuple[Person, ...], ...]
    reference: str
    state: str


def rooming_list(trip: SoldTrip) -> tuple[House, ...]:
    """Return the houses that were booked, in the order of travel."""
    return tuple(_house(trip, part) for part in trip.live if part.line.kind == "stay")


def _house(trip: SoldTrip, part: SoldPart) -> House:
    item, voucher = part.item, part.voucher
    rooms = share_rooms(trip.people, int(item.get("rooms") or trip.party.rooms))
    return House(
        voucher.code,
        voucher.title,
        where_is(str(item["place_id"])),
        _("%(day)s, from %(time)s", day=voucher.begin.day, time=voucher.begin.clock),
        _("%(day)s, until %(time)s", day=voucher.end.day, time=voucher.end.clock),
        int(item.get("nights") or (part.line.ends_at.date() - part.line.starts_at.date()).days),
        tuple(rooms),
        voucher.reference,
        part.state,
    )


def rooming_paper(trip: SoldTrip) -> Paper:
    """Return a page for each house."""
    title = _("Rooming list %(code)s", code=trip.order.code)
    found = rooming_list(trip)
    if not found:
        return Paper(title, (Sheet(title, _("No night in a house was booked.")),))
    return Paper(title, tuple(_sheet(trip, one) for one in found))


def _sheet(trip: SoldTrip, one: House) -> Sheet:
    facts = [
        Fact(_("Check-in"), one.check_in),
        Fact(_("Check-out"), one.check_out),
        Fact(_("Nights"), str(one.nights)),
        Fact(_("Booking"), one.code),
        Fact(_("Your reference"), one.reference or "–"),
        Fact(_("State"), one.state),
    ]
    rows = [
        (str(number), ", ".join(who.said for who in room) or "–", str(len(room)))
        for number, room in enumerate(one.rooms, start=1)
    ]
    count = ngettext("%(num)d room", "%(num)d rooms", len(one.rooms))
    table = Table(count, (_("Room"), _("Who sleeps there"), ">" + _("People")), rows, widths=(1, 7, 1))
    reached = Facts("", [Fact(_("Guests"), headcount(trip.people)), Fact(trip.agency.name, trip.agency.phone)])
    return Sheet(one.name, one.where, facts, (table, reached))
