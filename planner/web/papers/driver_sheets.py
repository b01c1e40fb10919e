"""Sheets for drivers and guides: one for each day with a car, a chartered boat or a guided part. No prices at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from planner.values.times import WITA
from planner.web import filters
from planner.web.atlas import in_service
from planner.web.papers.sheet import Day, Entry, Fact, Facts, Paper, Sheet
from planner.web.papers.sold_trip import SoldPart, SoldTrip, headcount

DRIVEN = ("road", "charter_boat")
NEAR_H = 6
"""A boat or flight that ends so many hours before, or leaves so many hours after, is named."""


@dataclass(frozen=True)
class Duty:
    """One thing to do: `coming` and `going` name the boat or flight that guests come from and go to."""

    code: str
    clock: str
    what: str
    begins_at: str
    ends_at: str
    coming: str
    going: str
    units: str
    run_by: str
    reference: str
    state: str


@dataclass(frozen=True)
class DriverSheet:
    """What is to be done on one day."""

    on: date
    duties: tuple[Duty, ...]


def driver_sheets(trip: SoldTrip) -> tuple[DriverSheet, ...]:
    """Return a sheet for each day with cars or guided parts, in order."""
    days: dict[date, list[Duty]] = {}
    for part in trip.live:
        if part.line.kind == "package" or part.item.get("mode") in DRIVEN:
            last = part.line.ends_at.astimezone(WITA).date()
            for number in range((last - part.on).days + 1):
                days.setdefault(part.on + timedelta(days=number), []).append(_duty(trip, part, number))
    return tuple(DriverSheet(on, tuple(days[on])) for on in sorted(days))


def _duty(trip: SoldTrip, part: SoldPart, number: int) -> Duty:
    voucher = part.voucher
    is_first, whole = number == 0, (part.line.ends_at.astimezone(WITA).date() - part.on).days + 1
    what = f"{voucher.what}: {voucher.title}"
    if whole > 1:
        what = _("%(what)s, day %(n)d of %(whole)d", what=what, n=number + 1, whole=whole)
    ends = _joined(voucher.end.place, voucher.end.clock) if number == whole - 1 else ""
    return Duty(
        voucher.code,
        voucher.begin.clock if is_first else "",
        what,
        _meeting(part) if is_first else "",
        ends,
        _coming(trip, part) if is_first else "",
        _going(trip, part) if ends else "",
        part.units,
        part.supplier,
        voucher.reference,
        part.state,
    )


def _meeting(part: SoldPart) -> str:
    """Say where guests wait: where they are fetched as the seller prints it, else where the part begins."""
    return _joined(part.voucher.begin.place, fetched_from(part))


def _joined(*said: str) -> str:
    return ", ".join(one for one in said if one)


def fetched_from(part: SoldPart) -> str:
    """Return from where the seller of a tour fetches its guests; empty where it does not."""
    thing = in_service().products.get(str(part.item.get("product_id") or ""), {})
    said = str(thing.get("lintas", {}).get("incl_transfers") or "")
    return "" if said in ("", "none") else _("fetched from: %(where)s", where=filters.say(said))


def _coming(trip: SoldTrip, part: SoldPart) -> str:
    begins = part.line.starts_at
    legs = [one for one in _legs(trip) if _is_near(one.line.ends_at, begins)]
    if legs:
        last = max(legs, key=lambda one: one.line.ends_at).voucher
        return _("from %(what)s %(title)s, arrives %(time)s", what=last.what, title=last.title, time=last.end.clock)
    entry = trip.quote.brief.get("entry") or {}
    at = _instant(entry.get("at"))
    if at is None or not _is_near(at, begins):
        return ""
    return _("from the arrival at %(place)s, %(time)s", place=_place(entry), time=filters.clock(at))


def _going(trip: SoldTrip, part: SoldPart) -> str:
    ends = part.line.ends_at
    legs = [one for one in _legs(trip) if _is_near(ends, one.line.starts_at)]
    if legs:
        first = min(legs, key=lambda one: one.line.starts_at).voucher
        said = _("to %(what)s %(title)s, leaves %(time)s", what=first.what, title=first.title, time=first.begin.clock)
        late = _("be there by %(time)s", time=first.be_there_by) if first.be_there_by else ""
        return f"{said}, {late}" if late else said
    way_out = trip.quote.brief.get("exit") or {}
    by = _instant(way_out.get("by"))
    if by is None or not _is_near(ends, by):
        return ""
    return _("to the departure from %(place)s, %(time)s", place=_place(way_out), time=filters.clock(by))


def _legs(trip: SoldTrip) -> list[SoldPart]:
    return [one for one in trip.parts if one.line.kind == "leg" and one.is_live]


def _is_near(before: datetime, after: datetime) -> bool:
    return timedelta(0) <= after - before <= timedelta(hours=NEAR_H)


def _instant(said: object) -> datetime | None:
    return datetime.fromisoformat(str(said)).astimezone(WITA) if said else None


def _place(end: Mapping[str, Any]) -> str:
    return in_service().name(str(end.get("hub") or ""))


def driver_paper(trip: SoldTrip) -> Paper:
    """Return a page for each day."""
    title = _("Driver and guide sheets %(code)s", code=trip.order.code)
    found = driver_sheets(trip)
    if not found:
        return Paper(title, (Sheet(title, _("No day has a car or a guided part.")),))
    return Paper(title, tuple(_sheet(trip, one) for one in found))


def _sheet(trip: SoldTrip, one: DriverSheet) -> Sheet:
    facts = [
        Fact(_("Booking"), trip.order.code),
        Fact(_("Lead traveller"), f"{trip.lead.said} {trip.phone}".strip()),
        Fact(trip.agency.name, trip.agency.phone),
    ]
    entries = [Entry(duty.clock, duty.what, _lines(duty)) for duty in one.duties]
    guests = Facts(
        _("Guests"), [Fact("", headcount(trip.people)), Fact("", ", ".join(who.said for who in trip.people))]
    )
    day = filters.day(one.on, "EEEE d MMMM y")
    return Sheet(day, trip.title, facts, (Day(_("The day"), entries), guests))


def _lines(duty: Duty) -> list[str]:
    reference = _("Reference: %(reference)s", reference=duty.reference) if duty.reference else ""
    said = [
        _("Meet: %(where)s", where=duty.begins_at) if duty.begins_at else "",
        duty.coming,
        _("Ends: %(where)s", where=duty.ends_at) if duty.ends_at else "",
        duty.going,
        duty.units,
        _("Run by %(name)s", name=duty.run_by) if duty.run_by else "",
        " · ".join(one for one in (duty.code, reference, duty.state) if one),
    ]  # fmt: skip
    return [one for one in said if one]
