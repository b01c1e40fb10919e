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
from planner.values.parties import Party

NAMESPACE = uuid.UUID("5f6e0d8c-6a2d-4f63-9d6a-1f4f5b0c7a11")


@dataclass(frozen=True)
class BookingRequest:
    """One booking at one supplier: `units` is how many places, `names` who travels where names are asked for.

    `unit_ids` says of what kind each place is, in our catalogue's words: `adult`, `child`; of a house one `room-night`
    for each room and night. `lead` is the given and family name of who books.
    """

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
    unit_ids: tuple[str, ...] = ()
    availability_id: str = ""
    nights: int = 0
    lead: tuple[str, str] = ("", "")

    def place_uuid(self, number: int) -> str:
        """Return the id of one place of it, the same however often it is asked for."""
        return str(uuid.uuid5(NAMESPACE, f"{self.uuid}:{number}"))


@dataclass(frozen=True)
class Answer:
    """What a supplier said: confirmed, declined, pending (a person there decides), cancelled, or unknown.

    Unknown means that the answer was lost: the supplier may have booked or not.
    """

    state: str
    reference: str = ""
    why: str = ""


def request_of(
    order_id: str,
    code: str,
    line: Line,
    contact: Mapping[str, Any],
    names: tuple[str, ...],
    version: int = 1,
    *,
    party: Party | None = None,
    lead: tuple[str, str] = ("", ""),
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
        price=line.net,
        contact=dict(contact),
        names=names if line.needs_names else (),
        unit_ids=_unit_ids(line, places, party),
        availability_id=str(item.get("availability_id") or ""),
        nights=int(item["nights"]) if line.kind == "stay" else 0,
        lead=lead,
    )


def _unit_ids(line: Line, places: int, party: Party | None) -> tuple[str, ...]:
    """Name the kind of each place: who is under age is a child, everybody else an adult."""
    if line.kind == "stay":
        return ("room-night",) * (places * int(line.item["nights"]))
    children = min(len(party.children), places) if party else 0
    return ("adult",) * (places - children) + ("child",) * children
