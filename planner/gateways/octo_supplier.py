"""Book at a supplier that speaks OCTO: look for the start, reserve, confirm; look up; cancel.

    confirm    POST /availability -> POST /bookings (ON_HOLD) -> POST /bookings/{uuid}/confirm
    look_up    GET /bookings/{uuid}; one that is still on hold is confirmed
    cancel     POST /bookings/{uuid}/cancel

The uuid is ours and makes a repeated booking the same booking. Nothing counts as a no that a supplier did not say: lost
and broken answers, failures and refused keys are `unknown`. And nobody's no is believed while the supplier holds a
booking under our uuid: some refuse a repetition of what they did before ("already used", or sold out, to ourselves).
The two phases protect against requests that arrive late: a reservation that nobody confirms expires by itself.

See the OCTO specification, https://docs.octo.travel/.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from planner.booking.request import Answer, BookingRequest
from planner.booking.supplier_system import SupplierSystem
from planner.gateways.safe_http import AddressRefused, NoReply, Reply, SafeHttp
from planner.values.times import WITA

HOLD_MIN = 30
SAYS_NO = frozenset(
    ("UNPROCESSABLE_ENTITY", "BAD_REQUEST", "SOLD_OUT", "INVALID_AVAILABILITY_ID", "INVALID_PRODUCT_ID")
    + ("INVALID_OPTION_ID", "INVALID_UNIT_ID", "INVALID_BOOKING_UUID")
)
GONE = ("CANCELLED", "EXPIRED", "REJECTED")
STATES = frozenset(("ON_HOLD", "CONFIRMED", "PENDING", "REDEEMED", *GONE))
CLOSED = ("SOLD_OUT", "CLOSED")
LONGEST_REFERENCE = 80

log = logging.getLogger(__name__)


class SaidNo(Exception):
    """The supplier said no; `error` is OCTO's name for why."""

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__(error)


class Unclear(Exception):
    """A reply that tells neither yes nor no; `came` whether the supplier itself failed, so that asking now may help."""

    def __init__(self, why: str, has_failed: bool = False) -> None:
        self.why, self.has_failed = why, has_failed
        super().__init__(why)


@dataclass(frozen=True)
class Booking:
    """What matters of an OCTO booking."""

    state: str
    reference: str


class OctoSupplier:
    """One supplier's system. Each method takes at most the time that `http` gives, whatever the supplier does."""

    def __init__(self, system: SupplierSystem, http: SafeHttp) -> None:
        self._system, self._http = system, http

    def confirm(self, wanted: BookingRequest) -> Answer:
        """Book; what was reserved before under the same uuid is taken on from where it stands."""
        return self._told("confirm", wanted, lambda talk: talk.book())

    def look_up(self, wanted: BookingRequest) -> Answer:
        """Ask how a booking stands; one on hold is confirmed, for its confirmation was lost or is on its way."""
        return self._told("look_up", wanted, lambda talk: talk.look_up())

    def cancel(self, wanted: BookingRequest, reason: str) -> Answer:
        """Give a booking back, or learn that there is none."""
        return self._told("cancel", wanted, lambda talk: talk.cancel(reason))

    def _told(self, what: str, wanted: BookingRequest, ask: Callable[[_Talk], Answer]) -> Answer:
        try:
            answer = ask(_Talk(self._system, self._http, wanted))
        except (NoReply, AddressRefused) as lost:
            answer = Answer("unknown", why=lost.code)
        except Unclear as unclear:
            answer = Answer("unknown", why=unclear.why)
        level = logging.WARNING if answer.state == "unknown" else logging.INFO
        log.log(level, "supplier %s: %s is %s (%s)", wanted.supplier_id, what, answer.state, answer.why or "-")
        return answer


class _Talk:
    """One conversation about one booking, until its time is over."""

    def __init__(self, system: SupplierSystem, http: SafeHttp, wanted: BookingRequest) -> None:
        self._system, self._http, self._wanted = system, http, wanted
        self._until = time.monotonic() + http.total_s
        self._of_booking = f"/bookings/{wanted.uuid}"

    def book(self) -> Answer:
        try:
            booking = self._booking("POST", "/bookings", self._reservation(self._availability_id()))
        except SaidNo as no:
            found = self._find()
            return self._go_on(found) if found else Answer("declined", why=no.error)
        except Unclear as unclear:
            found = self._find() if unclear.has_failed else None
            if found is None:
                raise
            booking = found
        return self._go_on(booking)

    def look_up(self) -> Answer:
        found = self._find()
        return self._go_on(found) if found else Answer("declined", why="not_found")

    def cancel(self, reason: str) -> Answer:
        found: Booking | None
        try:
            found = self._booking("POST", f"{self._of_booking}/cancel", {"reason": reason})
        except SaidNo:
            found = self._find()
        except Unclear as unclear:
            if not unclear.has_failed:
                raise
            found = self._find()
        if found is None:
            return Answer("cancelled", why="not_found")
        if found.state in GONE:
            return Answer("cancelled", found.reference)
        raise Unclear(f"is_{found.state.lower()}")

    def _go_on(self, booking: Booking) -> Answer:
        """Confirm what is on hold, and say how it stands."""
        if booking.state == "ON_HOLD":
            try:
                booking = self._booking("POST", f"{self._of_booking}/confirm", self._confirmation())
            except SaidNo as no:
                return self._not_confirmed(no)
            except Unclear as unclear:
                found = self._find() if unclear.has_failed else None
                if found is None:
                    raise
                booking = found
        return self._answer(booking)

    def _not_confirmed(self, no: SaidNo) -> Answer:
        """Give back what a supplier reserved and will not confirm; until it is back nobody is told no."""
        found = self._find()
        if found is None:
            return Answer("declined", why="not_found")
        if found.state == "ON_HOLD":
            self.cancel(no.error.lower())
            return Answer("declined", why=no.error)
        return self._answer(found)

    @staticmethod
    def _answer(booking: Booking) -> Answer:
        if booking.state in ("CONFIRMED", "REDEEMED"):
            return Answer("confirmed", booking.reference)
        if booking.state == "PENDING":
            return Answer("pending", booking.reference)
        if booking.state in GONE:
            return Answer("declined", booking.reference, why=booking.state.lower())
        raise Unclear("still_on_hold")

    # --- what is said --------------------------------------------------------------------------------------------

    def _availability_id(self) -> str:
        """Ask for the start that is wanted. Of a house every night is asked for and the first one names the stay."""
        wanted = self._wanted
        first = wanted.starts_at.astimezone(WITA).date()
        days = [first + timedelta(days=n) for n in range(wanted.nights or 1)]
        asked = {
            **self._product(),
            "localDateStart": days[0].isoformat(),
            "localDateEnd": days[-1].isoformat(),
            "units": [{"id": unit, "quantity": count} for unit, count in Counter(self._unit_ids(a_night=True)).items()],
        }
        offered = self._said("POST", "/availability", asked)
        if not isinstance(offered, list) or not all(isinstance(one, dict) for one in offered):
            raise Unclear("not_octo")
        if wanted.nights:
            nights = [next((one for one in offered if _begins(one)[:10] == day.isoformat()), None) for day in days]
        else:
            nights = [next((one for one in offered if self._is_the_start(one)), None)]
        for night in nights:
            if night is None:
                raise SaidNo("NO_SUCH_START")
            if night.get("available") is False or night.get("status") in CLOSED:
                raise SaidNo("SOLD_OUT")
        return _text((nights[0] or {}).get("id"))

    def _is_the_start(self, offered: Mapping[str, Any]) -> bool:
        if offered.get("id") == self._wanted.availability_id:
            return True
        try:
            begins = datetime.fromisoformat(_begins(offered))
        except ValueError:
            return False
        return (begins if begins.tzinfo else begins.replace(tzinfo=WITA)) == self._wanted.starts_at

    def _reservation(self, availability_id: str) -> dict[str, Any]:
        wanted = self._wanted
        asked = {
            "uuid": wanted.uuid,
            **self._product(),
            "availabilityId": availability_id,
            "expirationMinutes": HOLD_MIN,
            "resellerReference": wanted.reference,
            "unitItems": [
                {"uuid": wanted.place_uuid(number), "unitId": unit} for number, unit in enumerate(self._unit_ids())
            ],
        }
        if wanted.nights:
            last = wanted.starts_at.astimezone(WITA).date() + timedelta(days=wanted.nights)
            asked["notes"] = f"{wanted.units} room(s), {wanted.nights} night(s), leaving on {last.isoformat()}"
        return asked

    def _confirmation(self) -> dict[str, Any]:
        """Return who comes: the one who books, and everybody only where names are asked for."""
        wanted = self._wanted
        given, family = wanted.lead
        contact: dict[str, Any] = {"fullName": f"{given} {family}".strip(), "firstName": given, "lastName": family}
        if email := str(wanted.contact.get("email") or ""):
            contact["emailAddress"] = email
        if phone := str(wanted.contact.get("phone") or ""):
            contact["phoneNumber"] = phone
        asked: dict[str, Any] = {"emailReceipt": False, "resellerReference": wanted.reference, "contact": contact}
        if wanted.names:
            asked["unitItems"] = [
                {"uuid": wanted.place_uuid(number), "unitId": unit, "contact": {"fullName": name}}
                for number, (unit, name) in enumerate(zip(self._unit_ids(), wanted.names, strict=False))
            ]
        return asked

    def _product(self) -> dict[str, str]:
        mine = self._wanted.product_id
        option_id = self._system.part(mine, self._wanted.option_id)
        return {"productId": self._system.product(mine), "optionId": option_id}

    def _unit_ids(self, a_night: bool = False) -> list[str]:
        wanted = self._wanted
        kinds = wanted.unit_ids or ("adult",) * wanted.units
        if a_night and wanted.nights:
            kinds = kinds[: wanted.units]
        return [self._system.part(wanted.product_id, kind) for kind in kinds]

    # --- what is heard -------------------------------------------------------------------------------------------

    def _find(self) -> Booking | None:
        """Ask for the booking; None where the supplier itself says that there is none."""
        try:
            return self._booking("GET", self._of_booking)
        except SaidNo as no:
            if no.error in ("INVALID_BOOKING_UUID", "NOT_FOUND"):
                return None
            raise Unclear(no.error.lower()) from None

    def _booking(self, method: str, path: str, asked: Mapping[str, Any] | None = None) -> Booking:
        told = self._said(method, path, asked)
        if not isinstance(told, dict) or told.get("status") not in STATES:
            raise Unclear("not_octo", has_failed=method == "POST")
        items = told.get("unitItems")
        if told.get("uuid") != self._wanted.uuid or not isinstance(items, list):
            raise Unclear("not_octo")
        if len(items) != len(self._unit_ids()) and told["status"] not in GONE:
            raise Unclear("other_places")
        return Booking(told["status"], _text(told.get("supplierReference") or told.get("id") or self._wanted.reference))

    def _said(self, method: str, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        """Return what a supplier says to a request.

        Raises:
            SaidNo: in OCTO's words, with a name that means no.
            Unclear: anything else but a yes.
            NoReply: nothing whole.
        """
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise NoReply("it took too long", code="timeout")
        body = json.dumps(asked).encode() if asked is not None else None
        reply = self._http.send(method, self._system.endpoint.rstrip("/") + path, self._headers(), body, left_s)
        try:
            told = json.loads(reply.body)
        except ValueError:
            told = None
        if 200 <= reply.status < 300 and told is not None:
            return told
        raise _no_or_unclear(reply, told)

    def _headers(self) -> dict[str, str]:
        key = self._system.key
        if not (key.isascii() and key.isprintable()):
            raise Unclear("key_unreadable")
        return {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Octo-Capabilities": "",
            "User-Agent": "Lintas",
        }


def _no_or_unclear(reply: Reply, told: Any) -> SaidNo | Unclear:
    """Read a refusal: a no only in OCTO's own words; pages of something in between, and refused keys, are none."""
    error = told.get("error") if isinstance(told, dict) else None
    error = error if isinstance(error, str) and re.fullmatch(r"[A-Z_]{1,60}", error) else ""
    if reply.status == 404 and (error == "INVALID_BOOKING_UUID" or error.endswith("NOT_FOUND")):
        return SaidNo("NOT_FOUND")
    if 400 <= reply.status < 500 and reply.status not in (401, 403, 408, 425, 429) and error in SAYS_NO:
        return SaidNo(error)
    has_failed = reply.status >= 500 or error == "INTERNAL_SERVER_ERROR"
    return Unclear(error.lower() or f"http_{reply.status}", has_failed)


def _begins(offered: Mapping[str, Any]) -> str:
    return _text(offered.get("localDateTimeStart"))


def _text(value: Any) -> str:
    return "".join(sign for sign in value if sign.isprintable())[:LONGEST_REFERENCE] if isinstance(value, str) else ""
