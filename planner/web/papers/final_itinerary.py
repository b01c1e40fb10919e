"""The final itinerary for the client: each day with times, meeting points, references, and whom to call. No prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from planner.values.times import WITA
from planner.web import filters
from planner.web.papers.driver_sheets import fetched_from
from planner.web.papers.sheet import Day, Entry, Fact, Facts, Paper, Sheet
from planner.web.papers.sold_trip import SoldPart, SoldTrip, headcount, where_is


@dataclass(frozen=True)
class Stop:
    """One part of a day in words."""

    clock: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class TripDay:
    """One day; `night` says where it ends."""

    number: int
    on: date
    stops: tuple[Stop, ...]
    night: str


def trip_days(trip: SoldTrip) -> tuple[TripDay, ...]:
    """Return every day of the trip; what was cancelled is left out, what the client arranges is named."""
    parts = [part for part in trip.parts if part.is_live and part.line.kind != "fee" and not part.is_own]
    first, last = trip.order.starts_on, trip.order.ends_on
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(
        TripDay(number, on, tuple(_stop(part) for part in parts if part.on == on), _night(parts, on))
        for number, on in enumerate(days, start=1)
    )


def own_items(trip: SoldTrip) -> tuple[str, ...]:
    """Name what the agency provides itself."""
    named = [part.voucher.title for part in trip.parts if part.is_own and part.is_live]
    return (*named, *(name for name, _share in (trip.client_price.own if trip.client_price else ())))


def _night(parts: Iterable[SoldPart], on: date) -> str:
    for part in parts:
        if part.on <= on < part.line.ends_at.astimezone(WITA).date():
            if part.line.kind == "stay":
                return _("Night: %(where)s", where=part.voucher.title)
            if part.line.kind == "package":
                return _("Night within the tour") + ": " + part.voucher.title
    return ""


def _stop(part: SoldPart) -> Stop:
    voucher = part.voucher
    if part.line.kind == "stay":
        lines = [
            where_is(str(part.item["place_id"])),
            _("Check-in from %(time)s", time=voucher.begin.clock),
            _("Check-out until %(time)s", time=f"{voucher.end.day}, {voucher.end.clock}"),
            voucher.amount,
        ]
    else:
        lines = [
            _("Meet: %(where)s", where=voucher.begin.place) if voucher.begin.place else "",
            fetched_from(part),
            _("be there by %(time)s", time=voucher.be_there_by) if voucher.be_there_by else "",
            _ends(part),
        ]
    name = f"{voucher.what}: {voucher.title}"
    return Stop(voucher.begin.clock, name, tuple(one for one in (*lines, *_booked(part)) if one))


def _ends(part: SoldPart) -> str:
    end = part.voucher.end
    when = end.clock if end.at.date() == part.on else f"{end.day}, {end.clock}"
    return _("Ends: %(where)s", where=f"{end.place}, {when}" if end.place else when)


def _booked(part: SoldPart) -> tuple[str, ...]:
    voucher = part.voucher
    if part.row.state == "planned":
        return (_("You arrange it yourself.") if part.row.way == "self" else _("Paid there."),)
    said = f"{part.state} · {voucher.code}"
    if voucher.reference:
        said += " · " + _("Reference: %(reference)s", reference=voucher.reference)
    reached = ", ".join(one for one in (voucher.seller.phone, voucher.seller.email) if one)
    run_by = _("Run by %(name)s", name=part.supplier) if part.supplier else ""
    return said, f"{run_by}, {reached}" if run_by and reached else run_by


def itinerary_paper(trip: SoldTrip) -> Paper:
    """Return the itinerary; call it in the client's language."""
    agency = trip.agency
    facts = [
        Fact(_("Booking"), trip.order.code),
        Fact(_("Who travels"), ", ".join(who.said for who in trip.people)),
        Fact(_("Call first"), f"{agency.name}, {agency.phone}"),
    ]
    blocks: list[Day | Facts] = [
        Day(
            _("Day %(n)d, %(date)s", n=day.number, date=filters.day(day.on, "EEEE d MMMM y")),
            [
                *(
                    [Entry(stop.clock, stop.name, stop.lines) for stop in day.stops]
                    or [Entry("", "", [_("Free day.")])]
                ),
                *([Entry("", "", [day.night])] if day.night else []),
            ],
        )
        for day in trip_days(trip)
    ]
    if own := own_items(trip):
        blocks.append(Facts(_("From your agency"), [Fact("", name) for name in own]))
    blocks.append(Facts(_("Whom to call"), _contacts(trip)))
    about = f"{trip.span}. {headcount(trip.people)}."
    return Paper(_("Itinerary %(code)s", code=trip.order.code), (Sheet(trip.title, about, facts, blocks),))


def _contacts(trip: SoldTrip) -> list[Fact]:
    """List whom to call, the agency first; each seller once, if it can be reached."""
    agency = trip.agency
    found = {agency.name: f"{agency.phone}, {agency.email}"}
    for part in trip.live:
        seller = part.voucher.seller
        reached = ", ".join(one for one in (seller.phone, seller.email) if one)
        if reached and not part.is_own:
            found.setdefault(part.supplier, reached)
    return [Fact(name, reached) for name, reached in found.items()]
