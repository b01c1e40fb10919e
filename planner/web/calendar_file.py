"""Write a trip as a calendar file (RFC 5545): an event a part, which later files of the same trip bring up to date.

The link of the booking stays out of it: calendars are shared, and who has the link may cancel the trip.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Alarm, Calendar, Event

from planner.booking.quote import Line
from planner.store import orders
from planner.store.orders import Order, OrderLine
from planner.web.services import services
from planner.web.standing import OVER
from planner.web.vouchers import Voucher, trip_voucher

ZONE = ZoneInfo("Asia/Makassar")
PRODUCT = "-//Lintas//Trips//EN"
ALARM_BEFORE = timedelta(hours=1)
"""So long before check-in closes the alarm goes off."""
FIXED = ("confirmed", "bought")


def calendar_of(order: Order) -> bytes:
    """Return a trip as a calendar file in its language."""
    with force_locale(order.language):
        trip = trip_voucher(order)
        calendar = begin_calendar(f"{trip.title}, {trip.code}")
        rows = {row.number: row for row in orders.list_lines(order.id)}
        now = services().clock.now()
        for part in trip.parts:
            row = rows[part.number]
            if _is_event(part):
                calendar.add_component(_event(order, row, part, now))
        return finish_calendar(calendar)


def begin_calendar(name: str) -> Calendar:
    """Return an empty calendar of the islands' zone; `name` is what calendars show."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE.key)
    return calendar


def finish_calendar(calendar: Calendar) -> bytes:
    """Return a calendar as a file that defines the zones which it names."""
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def begin_event(uid: str, sequence: int, now: datetime, begins: datetime, ends: datetime, is_stay: bool) -> Event:
    """Return an event between two instants; a stay lasts whole days and keeps nobody busy."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now)
    first, last = begins.astimezone(ZONE), ends.astimezone(ZONE)
    event.add("dtstart", first.date() if is_stay else first)
    event.add("dtend", last.date() if is_stay else last)
    if is_stay:
        event.add("transp", "TRANSPARENT")
    return event


def _is_event(part: Voucher) -> bool:
    """Tell what belongs into a calendar: all but fees, and ways that cost nothing such as a walk."""
    return part.kind != "fee" and (part.kind != "transfer" or part.price > 0)


def _event(order: Order, row: OrderLine, part: Voucher, now: datetime) -> Event:
    line = Line.from_json(row.data)
    uid, sequence = f"{order.id}-{row.number}@lintas", sequence_of(row)
    event = begin_event(uid, sequence, now, line.starts_at, line.ends_at, part.kind == "stay")
    event.add("summary", f"{part.what}: {part.title}")
    event.add("location", part.begin.place)
    event.add("status", _status(part))
    event.add("description", "\n".join(_facts(part)))
    if part.be_there_by and not part.is_over:
        event.add_component(_alarm(line, part))
    return event


def sequence_of(row: OrderLine) -> int:
    """Return a number that grows with everything that happens to a part, so that calendars take the later file."""
    return 2 * (row.state in OVER) + int(row.answered_at is not None) + int(bool(row.reference)) + (row.state in FIXED)


def _status(part: Voucher) -> str:
    if part.is_over:
        return "CANCELLED"
    return "CONFIRMED" if part.state in FIXED else "TENTATIVE"


def _facts(part: Voucher) -> list[str]:
    said = [f"{part.standing.words}. {part.standing.note}".strip(), _("Code: %(code)s", code=part.code)]
    if part.reference:
        said.append(_("Reference: %(reference)s", reference=part.reference))
    if part.kind == "stay":
        said.append(_("Check-in from %(time)s", time=part.begin.clock))
        said.append(_("Check-out until %(time)s", time=part.end.clock))
    elif part.end.place and part.end.place != part.begin.place:
        said.append(_("To: %(place)s", place=part.end.place))
    if part.be_there_by:
        said.append(_("Be there by %(time)s", time=part.be_there_by))
    if part.seller.name:
        said.append(_("Run by %(name)s", name=part.seller.name))
    return [*said, part.money] if part.money else said


def _alarm(line: Line, part: Voucher) -> Alarm:
    check_in = datetime.fromisoformat(str(line.item["check_in_by"]))
    return alarm_before(check_in, line.starts_at, part.title, part.be_there_by)


def alarm_before(check_in: datetime, starts_at: datetime, what: str, clock: str) -> Alarm:
    """Return an alarm that goes off before check-in closes; `clock` is that hour in words."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("%(what)s: be there by %(time)s", what=what, time=clock))
    alarm.add("trigger", check_in - ALARM_BEFORE - starts_at)
    return alarm
