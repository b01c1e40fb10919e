"""Write a planned trip as a table (CSV, RFC 4180), one row an item, for who counts in a spreadsheet.

Columns, with the same names in both languages so that programs can rely on them:

    number      order of travel, from 1                 price_high   whole rupiah for the whole party, as counted
    kind        leg, transfer, package, stay or fee     price_low    the low end
    mode        ferry, fast_boat, flight, road, ...     currency     IDR
    name        in the reader's language                basis        per_person, per_vehicle, per_room_night, ...
    from, to    places in words                         sold         here, self or on_spot
    begins      ISO 8601 with offset, or a day          confidence   verified, typical or estimated
    ends        the same                                source       where the price comes from
    operator    who runs it, as far as it is known
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from planner.travellers.trip_sheet import NO_PAGE, name_of
from planner.web import filters, trip_view
from planner.web.atlas import Atlas

COLUMNS = (
    "number", "kind", "mode", "name", "from", "to", "begins", "ends", "operator",
    "price_high", "price_low", "currency", "basis", "sold", "confidence", "source",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plan_table(plan: Mapping[str, Any], atlas: Atlas) -> bytes:
    """Return a plan as CSV; the mark at its beginning tells spreadsheets that it is UTF-8."""
    drawn = io.StringIO()
    writer = csv.writer(drawn)
    writer.writerow(COLUMNS)
    for number, item in enumerate(sorted(plan["items"], key=trip_view.begins), start=1):
        writer.writerow([guarded(cell) for cell in _row(number, item, atlas)])
    return b"\xef\xbb\xbf" + drawn.getvalue().encode()


def guarded(cell: Any) -> Any:
    """Keep a spreadsheet from reading a text as a formula: an apostrophe before it says that it is text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _row(number: int, item: Mapping[str, Any], atlas: Atlas) -> list[Any]:
    start, end = (item["place_id"],) * 2 if item["kind"] == "stay" else trip_view.ends_at(item)
    low = item.get("price_low") or item["price"]
    source = str(item.get("source") or "")
    return [
        number,
        item["kind"],
        item.get("mode") or "",
        name_of(item, atlas),
        atlas.name(start) if start else "",
        atlas.name(end) if end else "",
        trip_view.begins(item),
        trip_view.ends(item),
        filters.say(str(item.get("operator") or "")),
        item["price"]["amount"],
        low["amount"],
        item["price"]["currency"],
        item.get("basis") or "",
        item["sold"],
        item.get("confidence") or "estimated",
        "" if source.startswith(NO_PAGE) else source,
    ]
