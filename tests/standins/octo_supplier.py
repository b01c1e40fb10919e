"""A supplier that speaks OCTO, in a process of its own: honest about its list, and as unreliable as is asked for.

    python -m tests.standins.octo_supplier --keep bookings.json [--port 9000]

It prints its port. Bookings are written to the file after each change, so that it may be killed and started again.

    GET  /supplier, /products POST /bookings                  POST /bookings/{uuid}/confirm
    POST /availability        GET  /bookings/{uuid}           POST /bookings/{uuid}/cancel

    POST /_control/reset      forget everything
    POST /_control/faults     [{"on": "confirm", "when": "after", "how": "reset"}, ...], each used once, in this order
    POST /_control/calm       forget the faults that nothing came to; it says which
    POST /_control/behave     {"repeat": "500", "confirms_as": "PENDING", "capacity": 2, ...}: see `Manners`
    POST /_control/decide     {"uuid": ..., "status": ...}: what a person there decides
    POST /_control/expire     every hold is over
    GET  /_control/bookings   its list
    GET  /_control/seen       what was asked: method, path, body, answer

``on`` is supplier, products, availability, book, confirm, get or cancel. ``when`` is before the effect or after it.
``how``:

    reset  black_hole  cut_headers  cut_body  empty  not_json  half_json  drip  huge  redirect  die
    slow:SECONDS   a status such as 500 or 429   a name such as UNPROCESSABLE_ENTITY, as a 400
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import struct
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

KEY = "octo-key-for-tests"
ZONE = timezone(timedelta(hours=8))
START_TIMES = ("08:00", "10:00", "15:00")
PRODUCTS = {"PK01": ("adult", "child"), "PK47": ("adult", "child"), "PK55": ("adult", "child"),
            "ST-LBJ-1": ("room-night",), "ST-LBJ-5": ("room-night",)}  # fmt: skip
PATIENCE_S = 60


@dataclass(frozen=True)
class Manners:
    """How it does business. `repeat` answers a uuid that it knows: same, 500, 400."""

    repeat: str = "same"
    confirms_as: str = "CONFIRMED"
    capacity: int = 40
    sold_out: tuple[str, ...] = ()
    may_cancel: bool = True
    forgets_units: bool = False
    title: str = "Stand-in Walks"


class Refused(Exception):
    def __init__(self, status: int, error: str, **more: str) -> None:
        self.status, self.body = status, {"error": error, "errorMessage": error.lower(), **more}
        super().__init__(error)


class Supplier:
    """Its books."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.lock = threading.RLock()
        self.bookings: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}
        self.faults: list[dict[str, str]] = []
        self.manners = Manners()
        self.seen: list[dict[str, Any]] = []
        self.resets = 0

    def keep(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self.bookings))
        os.replace(new, self._file)

    def fault(self, on: str) -> dict[str, str]:
        with self.lock:
            found = next((one for one in self.faults if one["on"] == on), None)
            if found:
                self.faults.remove(found)
            return found or {}

    def itself(self) -> dict[str, Any]:
        if not self.manners.title:
            raise Refused(404, "NOT_FOUND")
        contact = dict.fromkeys(("website", "email", "telephone", "address"))
        return {"id": "stand-in", "name": self.manners.title, "endpoint": "https://example.com", "contact": contact}

    def products(self) -> list[dict[str, Any]]:
        return [_product(product_id) for product_id in PRODUCTS]

    def availability(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        product_id = self._known(asked)
        if "localDateStart" not in asked or "localDateEnd" not in asked:
            raise Refused(400, "BAD_REQUEST")
        day, last = (date.fromisoformat(asked[key]) for key in ("localDateStart", "localDateEnd"))
        wanted = sum(unit["quantity"] for unit in asked.get("units", ()))
        found = []
        while day <= last:
            for start in ("00:00",) if _is_house(product_id) else START_TIMES:
                found.append(self._start(product_id, f"{day.isoformat()}T{start}:00+08:00", wanted))
            day += timedelta(days=1)
        return found

    def _start(self, product_id: str, begins: str, wanted: int) -> dict[str, Any]:
        left = 0 if product_id in self.manners.sold_out else self.manners.capacity - self._taken(product_id, begins)
        ends = datetime.fromisoformat(begins) + timedelta(hours=24 if _is_house(product_id) else 4)
        return {
            "id": _availability_id(product_id, begins),
            "localDateTimeStart": begins,
            "localDateTimeEnd": ends.isoformat(),
            "utcCutoffAt": _now(),
            "allDay": _is_house(product_id),
            "available": left >= max(1, wanted),
            "status": "AVAILABLE" if left > 0 else "SOLD_OUT",
            "vacancies": left,
            "capacity": self.manners.capacity,
            "maxUnits": None,
            "openingHours": [{"from": "08:00", "to": "20:00"}] if _is_house(product_id) else [],
        }

    def _taken(self, product_id: str, begins: str) -> int:
        live = ("ON_HOLD", "CONFIRMED", "PENDING")
        wanted = _availability_id(product_id, begins)
        return sum(
            len(one["unitItems"])
            for one in self.bookings.values()
            if one["availabilityId"] == wanted and one["status"] in live
        )

    def _known(self, asked: dict[str, Any]) -> str:
        product_id = str(asked.get("productId"))
        if product_id not in PRODUCTS:
            raise Refused(400, "INVALID_PRODUCT_ID", productId=product_id)
        if asked.get("optionId") != "DEFAULT":
            raise Refused(400, "INVALID_OPTION_ID", optionId=str(asked.get("optionId")))
        for unit in (*asked.get("unitItems", ()), *asked.get("units", ())):
            unit_id = unit.get("unitId", unit.get("id"))
            if unit_id not in PRODUCTS[product_id]:
                raise Refused(400, "INVALID_UNIT_ID", unitId=str(unit_id))
        return product_id

    def book(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["uuid"] in self.bookings:
            if self.manners.repeat == "500":
                raise Refused(500, "INTERNAL_SERVER_ERROR")
            if self.manners.repeat == "400":
                raise Refused(400, "INVALID_BOOKING_UUID", uuid=asked["uuid"])
            return self.bookings[asked["uuid"]]
        product_id = self._known(asked)
        begins = str(asked.get("availabilityId", "")).partition("@")[2]
        if asked.get("availabilityId") != _availability_id(product_id, begins) or not begins:
            raise Refused(400, "INVALID_AVAILABILITY_ID", availabilityId=str(asked.get("availabilityId")))
        wanted = 1 if _is_house(product_id) else len(asked["unitItems"])
        start = self._start(product_id, begins, wanted)
        if start["vacancies"] < wanted:
            raise Refused(400, "UNPROCESSABLE_ENTITY")
        number = len(self.bookings) + 1
        items = asked["unitItems"][: -1 if self.manners.forgets_units else None]
        booking = {
            "id": str(uuid.uuid4()), "uuid": asked["uuid"], "testMode": True,
            "resellerReference": asked.get("resellerReference"), "supplierReference": f"SUP-{number}",
            "status": "ON_HOLD", "utcCreatedAt": _now(), "utcUpdatedAt": _now(),
            "utcExpiresAt": _now(asked.get("expirationMinutes", 30)), "utcRedeemedAt": None, "utcConfirmedAt": None,
            "productId": product_id, "optionId": "DEFAULT", "cancellable": True, "cancellation": None,
            "freesale": False, "availabilityId": asked["availabilityId"], "availability": start,
            "contact": _contact(asked.get("contact")), "notes": asked.get("notes"), "deliveryMethods": ["VOUCHER"],
            "voucher": None, "unitItems": [_unit_item(item, "ON_HOLD") for item in items],
        }  # fmt: skip
        return self._store(booking)

    def confirm(self, uuid_: str, asked: dict[str, Any]) -> dict[str, Any]:
        booking = self.get(uuid_)
        if booking["status"] == "ON_HOLD":
            if not asked.get("contact", {}).get("fullName"):
                raise Refused(400, "UNPROCESSABLE_ENTITY")
            status = self.manners.confirms_as
            booking |= {"contact": _contact(asked["contact"]), "resellerReference": asked.get("resellerReference")}
            booking |= {"utcConfirmedAt": _now() if status == "CONFIRMED" else None, "utcExpiresAt": None}
            named = {item["uuid"]: item.get("contact") for item in asked.get("unitItems", ())}
            for item in booking["unitItems"]:
                item["contact"] = _contact(named.get(item["uuid"]))
            return self._move(booking, status)
        if booking["status"] in ("CANCELLED", "EXPIRED", "REJECTED"):
            raise Refused(400, "UNPROCESSABLE_ENTITY")
        return booking

    def cancel(self, uuid_: str, asked: dict[str, Any]) -> dict[str, Any]:
        booking = self.get(uuid_)
        if booking["status"] in ("CANCELLED", "EXPIRED", "REJECTED"):
            return booking
        if not self.manners.may_cancel:
            raise Refused(400, "UNPROCESSABLE_ENTITY")
        how = {"refund": "FULL", "reason": asked.get("reason"), "utcCancelledAt": _now()}
        booking |= {"cancellation": how, "cancellable": False}
        return self._move(booking, "CANCELLED")

    def get(self, uuid_: str) -> dict[str, Any]:
        if uuid_ not in self.bookings:
            raise Refused(404, "INVALID_BOOKING_UUID", uuid=uuid_)
        return self.bookings[uuid_]

    def decide(self, uuid_: str, status: str) -> None:
        self._move(self.get(uuid_), status)

    def expire(self) -> None:
        for booking in self.bookings.values():
            if booking["status"] == "ON_HOLD":
                self._move(booking, "EXPIRED")

    def _move(self, booking: dict[str, Any], status: str) -> dict[str, Any]:
        booking |= {"status": status, "utcUpdatedAt": _now()}
        for item in booking["unitItems"]:
            item["status"] = status
        return self._store(booking)

    def _store(self, booking: dict[str, Any]) -> dict[str, Any]:
        self.bookings[booking["uuid"]] = booking
        self.keep()
        return booking


def _now(ahead_min: int = 0) -> str:
    return (datetime.now(timezone.utc) + timedelta(minutes=ahead_min)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: UP017


def _is_house(product_id: str) -> bool:
    return product_id.startswith("ST-")


def _availability_id(product_id: str, begins: str) -> str:
    """Ids are the supplier's own, so that nobody guesses them."""
    return f"{product_id}@{begins}"


def _contact(given: dict[str, Any] | None) -> dict[str, Any]:
    empty = dict.fromkeys(("fullName", "firstName", "lastName", "emailAddress", "phoneNumber", "postalCode", "country"))
    return {**empty, "notes": None, "locales": [], **(given or {})}


def _unit_item(asked: dict[str, Any], status: str) -> dict[str, Any]:
    return {"uuid": asked["uuid"], "resellerReference": None, "supplierReference": None, "unitId": asked["unitId"],
            "status": status, "utcRedeemedAt": None, "contact": _contact(asked.get("contact")),
            "ticket": None}  # fmt: skip


def _product(product_id: str) -> dict[str, Any]:
    units = [
        {"id": unit, "internalName": unit, "reference": None, "requiredContactFields": [],
         "type": {"adult": "ADULT", "child": "CHILD"}.get(unit, "OTHER"),
         "restrictions": {"minAge": 0, "maxAge": 99, "idRequired": False, "minQuantity": None, "maxQuantity": None,
                          "paxCount": 1, "accompaniedBy": []}}
        for unit in PRODUCTS[product_id]
    ]  # fmt: skip
    option = {
        "id": "DEFAULT", "default": True, "internalName": "DEFAULT", "reference": None,
        "availabilityLocalStartTimes": ["00:00"] if _is_house(product_id) else list(START_TIMES),
        "cancellationCutoff": "1 day", "cancellationCutoffAmount": 1, "cancellationCutoffUnit": "day",
        "requiredContactFields": ["firstName"], "restrictions": {"minUnits": 1, "maxUnits": None}, "units": units,
    }  # fmt: skip
    return {
        "id": product_id, "internalName": product_id, "reference": product_id, "locale": "en",
        "timeZone": "Asia/Makassar", "allowFreesale": False, "instantConfirmation": True, "instantDelivery": True,
        "availabilityRequired": True, "availabilityType": "OPENING_HOURS" if _is_house(product_id) else "START_TIME",
        "deliveryFormats": ["QRCODE"], "deliveryMethods": ["VOUCHER"], "redemptionMethod": "DIGITAL",
        "options": [option],
    }  # fmt: skip


class Door(BaseHTTPRequestHandler):
    """Reads a request, does what is asked, and answers as a fault would have it."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        return

    def _serve(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = json.loads(body) if body else {}
        path = self.path.rstrip("/")
        if path.startswith("/_control/"):
            self._answer(200, self._controlled(path.removeprefix("/_control/"), asked))
            return
        steps = path.strip("/").split("/")
        on = {"availability": "availability", "products": "products", "supplier": "supplier"}.get(steps[0], "book")
        if steps[0] == "bookings" and len(steps) > 1:
            on = steps[2] if len(steps) > 2 else "get"
        fault = self.server.supplier.fault(on)
        how = fault.get("how", "")
        resets = self.server.supplier.resets
        if fault.get("when") == "before" and self._fails(how, None):
            return
        if resets != self.server.supplier.resets:  # it was on its way when the list was emptied for another test
            return
        status, told = self._done(on, steps, asked)
        self.server.supplier.seen.append(
            {"on": on, "method": self.command, "path": path, "asked": asked, "status": status, "told": told,
             "host": self.headers.get("Host"), "how": how}
        )  # fmt: skip
        if fault.get("when") == "after" and self._fails(how, told):
            return
        self._answer(status, told)

    def _controlled(self, what: str, asked: Any) -> Any:
        supplier = self.server.supplier
        with supplier.lock:
            if what == "reset":
                supplier.bookings, supplier.faults, supplier.manners, supplier.seen = {}, [], Manners(), []
                supplier.resets += 1
                supplier.keep()
            elif what == "faults":
                supplier.faults += asked
            elif what == "calm":
                left, supplier.faults = supplier.faults, []
                return left
            elif what == "behave":
                known = {field.name for field in fields(Manners)}
                assert set(asked) <= known, asked
                supplier.manners = replace(supplier.manners, **asked)
            elif what == "decide":
                supplier.decide(asked["uuid"], asked["status"])
            elif what == "expire":
                supplier.expire()
            elif what == "bookings":
                return list(supplier.bookings.values())
            elif what == "seen":
                return supplier.seen
            else:
                raise AssertionError(what)
        return {}

    def _done(self, on: str, steps: list[str], asked: dict[str, Any]) -> tuple[int, Any]:
        supplier = self.server.supplier
        try:
            if self.headers.get("Authorization") != f"Bearer {KEY}":
                raise Refused(403, "FORBIDDEN")
            with supplier.lock:
                acts = {
                    "supplier": supplier.itself,
                    "products": supplier.products,
                    "availability": lambda: supplier.availability(asked),
                    "book": lambda: supplier.book(asked),
                    "get": lambda: supplier.get(steps[1]),
                    "confirm": lambda: supplier.confirm(steps[1], asked),
                    "cancel": lambda: supplier.cancel(steps[1], asked),
                }
                return 200, json.loads(json.dumps(acts[on]()))
        except Refused as refused:
            return refused.status, refused.body

    def _answer(self, status: int, told: Any, body: bytes | None = None, length: int | None = None) -> None:
        body = json.dumps(told).encode() if body is None else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Octo-Capabilities", "")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _fails(self, how: str, told: Any) -> bool:
        """Spoil the answer; False where it is to be given after all."""
        whole = json.dumps(told if told is not None else {"error": "lost"}).encode()
        if how.startswith("slow:"):
            time.sleep(float(how.removeprefix("slow:")))
            return False
        if how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif how == "die":
            os._exit(1)
        elif how == "black_hole":
            self.connection.settimeout(PATIENCE_S)
            with suppress(OSError):
                self.connection.recv(1)
        elif how == "cut_headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: applica")
        elif how == "cut_body":
            self._answer(200, None, whole[: len(whole) // 2], length=len(whole))
        elif how == "half_json":
            self._answer(200, None, whole[: len(whole) // 2])
        elif how == "empty":
            self._answer(200, None, b"")
        elif how == "not_json":
            self._answer(200, None, b"<html>Welcome</html>")
        elif how == "huge":
            self._answer(200, None, b" " * 1_500_000 + whole)
        elif how == "redirect":
            self.send_response(307)
            self.send_header("Location", f"http://{self.headers['Host']}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif how == "drip":
            self._drip()
        elif how.isdigit():
            self._answer(int(how), {"error": "INTERNAL_SERVER_ERROR", "errorMessage": "it failed"})
        else:
            self._answer(400, {"error": how, "errorMessage": how.lower()})
        return True

    def _drip(self) -> None:
        """Send a byte now and then, for ever."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(PATIENCE_S * 10):
                self.wfile.write(b"z")
                time.sleep(0.1)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, file: Path) -> None:
        self.supplier = Supplier(file)
        super().__init__(("127.0.0.1", port), Door)

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is nothing to tell."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    server = Server(given.port, given.keep)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
