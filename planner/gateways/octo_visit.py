"""Visit a supplier's system before anything is booked in it: who it says it is, and what it offers.

    GET /supplier    its name; a system without this page is no worse for it
    GET /products    what it offers, under its own names

See the OCTO specification, https://docs.octo.travel/.
"""

from __future__ import annotations

import json
import time
from typing import Any

from planner.booking.supplier_system import SupplierSystem, Theirs, Visit
from planner.gateways.safe_http import AddressRefused, NoReply, SafeHttp

KEY_REFUSED = (401, 403)
MOST_PRODUCTS = 2000
LONGEST = 200


class _Failed(Exception):
    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def visit(system: SupplierSystem, http: SafeHttp) -> Visit:
    """Ask a system who it is and what it offers, in at most the time that `http` gives; trouble is told, not raised."""
    until = time.monotonic() + http.total_s
    try:
        name = _name(_told(system, http, "/supplier", until, may_lack=True))
        return Visit(name=name, products=_products(_told(system, http, "/products", until)))
    except (AddressRefused, NoReply) as lost:
        return Visit(why=lost.code)
    except _Failed as failed:
        return Visit(why=failed.why)


def _told(system: SupplierSystem, http: SafeHttp, path: str, until: float, may_lack: bool = False) -> Any:
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise NoReply("it took too long", code="timeout")
    headers = {
        "Authorization": f"Bearer {system.key}", "Accept": "application/json", "Octo-Capabilities": "",
        "User-Agent": "Lintas",
    }  # fmt: skip
    reply = http.send("GET", system.endpoint.rstrip("/") + path, headers, None, left_s)
    if reply.status in KEY_REFUSED:
        raise _Failed("key_refused")
    if reply.status != 200:
        if may_lack:
            return None
        raise _Failed("no_octo_here" if reply.status == 404 else "system_failed")
    try:
        return json.loads(reply.body)
    except ValueError:
        if may_lack:
            return None
        raise _Failed("not_octo") from None


def _name(told: Any) -> str:
    return _text(told.get("name")) if isinstance(told, dict) else ""


def _products(told: Any) -> tuple[Theirs, ...]:
    if not isinstance(told, list):
        raise _Failed("not_octo")
    found = [_product(one) for one in told[:MOST_PRODUCTS]]
    return tuple(one for one in found if one.id)


def _product(told: Any) -> Theirs:
    if not isinstance(told, dict):
        raise _Failed("not_octo")
    options = {
        _text(option.get("id")): frozenset(_text(unit.get("id")) for unit in _dicts(option.get("units")))
        for option in _dicts(told.get("options"))
    }
    return Theirs(_text(told.get("id")), _text(told.get("title") or told.get("internalName")), options)


def _dicts(told: Any) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _text(told: Any) -> str:
    return "".join(sign for sign in told if sign.isprintable())[:LONGEST] if isinstance(told, str) else ""
