"""What a part costs an agency that has a contract of its own with whoever runs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from planner.values.money import share_up

KINDS = ("stay", "package")
WHOLE_BP = 10_000


class Rate(Protocol):
    """A rate that was agreed on: whole rupiah for each unit of the public price, or hundredths of a per cent off it."""

    id: Any
    product_id: Any
    amount: Any
    off_bp: Any
    valid_from: Any
    valid_until: Any


def contract_net(item: Mapping[str, Any], rates: Iterable[Rate]) -> int | None:
    """Return what an item of a plan costs by the newest rate in force on its first day; None where none is.

    Whole rupiah, rounded up; never above the public price. A rate for each unit says nothing of what counts no units.
    """
    if item["kind"] not in KINDS or item.get("booked"):
        return None
    on = date.fromisoformat(str(item.get("check_in") or item.get("starts"))[:10])
    holding = [
        rate for rate in rates if rate.product_id == item["product_id"] and rate.valid_from <= on < rate.valid_until
    ]
    if not holding:
        return None
    rate, public = max(holding, key=lambda one: int(one.id)), int(item["price"]["amount"])
    if rate.amount is None:
        return share_up(public, Decimal(WHOLE_BP - int(rate.off_bp)) / 100)
    units = sum(int(part["count"]) for part in item.get("quantity") or ())
    return min(public, int(rate.amount) * units) if units else None
