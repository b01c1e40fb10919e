"""What a supplier is asked to book, in OCTO's words, and what it answered.

The `uuid` is chosen by us from order and line, so that asking twice is the same booking.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from planner.booking.quote import Line

NAMESPACE = uuid.UUID("5f6e0d8c-6a2d-4f63-9d6a-1f4f5b0c7a11")


@dataclass(frozen=True)
class BookingRequest:
    """One booking at one supplier: `units` is how many places, `names` who travels where names are asked for."""

    uuid: str
    reference: str
    supplier_id: str
    product_id: str
    option_id: str
    starts_at: datetime
    ends_at: datetime
    units: int
    price: int
    contact: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a supplier said: confirmed, declined, pending (a person there decides), cancelled, or unknown.

    Unknown means that the answer was lost: the supplier may have booked or not.
    """

    state: str
    reference: str = ""
    why: str = ""


def request_of(
    order_id: str, code: str, line: Line, contact: Mapping[str, Any], names: tuple[str, ...], version: int = 1
) -> BookingRequest:
    """Return what to ask the supplier of a line for."""
    item = line.item
    places = line.takes[0].places if line.takes else sum(int(part["count"]) for part in item["quantity"]) or 1
    return BookingRequest(
        uuid=str(uuid.uuid5(NAMESPACE, f"{order_id}:{line.number}:{version}")),
        reference=f"{code}-{line.number:02d}",
        supplier_id=line.supplier_id,
        product_id=item.get("product_id") or item["route_id"],
        option_id=item.get("option_id") or item.get("trip_id") or "DEFAULT",
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        units=places,
        price=line.price,
        contact=dict(contact),
        names=names if line.needs_names else (),
    )
