"""What is paid back of one line, and when: the tiers its seller prints, and what a banned sailing gives back.

A share that is a range of hours holds from its threshold on, so tiers read from the longest notice to none:

    [[168, 1.0], [48, 0.5], [0, 0.0]]     a week before: all; two days before: half; later: nothing

Houses print theirs otherwise: all until so many days before, then a percentage of the first night is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from planner.values.money import share_up

HOUR_S = 3600


@dataclass(frozen=True)
class Terms:
    """The refund terms of one line, frozen when it was quoted.

    `tiers` are (hours before the start, share of one), longest notice first. `kept_first_night_pct` is kept of the
    first night after the last tier of full refund. `least_ticket` is the price of one ticket below which nothing is
    paid back. `weather_pct` is paid back where the sailing is banned; None where the seller prints nothing.
    """

    tiers: tuple[tuple[int, Decimal], ...]
    kept_first_night_pct: int = 0
    least_ticket: int = 0
    weather_pct: int | None = None
    note: str = ""

    def share_at(self, starts_at: datetime, now: datetime) -> Decimal:
        """Return the share of the price that is paid back when it is cancelled now; nothing once it has begun."""
        left_s = (starts_at - now).total_seconds()
        if left_s < 0:
            return Decimal(0)
        return next((share for hours, share in self.tiers if left_s >= hours * HOUR_S), Decimal(0))

    def full_until(self, starts_at: datetime) -> datetime | None:
        """Return until when everything is paid back; None where it never is."""
        if self.kept_first_night_pct:
            return starts_at - timedelta(hours=self.tiers[0][0])
        full = [hours for hours, share in self.tiers if share >= 1]
        return starts_at - timedelta(hours=min(full)) if full else None

    def as_json(self) -> dict[str, Any]:
        """Return a shape that reads back the same."""
        return {
            "tiers": [[hours, str(share)] for hours, share in self.tiers],
            "kept_first_night_pct": self.kept_first_night_pct,
            "least_ticket": self.least_ticket,
            "weather_pct": self.weather_pct,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Terms:
        """Read what `as_json` wrote."""
        return cls(
            read_tiers(data["tiers"]),
            data["kept_first_night_pct"],
            data["least_ticket"],
            data["weather_pct"],
            data["note"],
        )


NOTHING_BACK = Terms(((0, Decimal(0)),))


def read_tiers(tiers: Sequence[Sequence[Any]]) -> tuple[tuple[int, Decimal], ...]:
    """Read `[[hours, share], ...]` in exact decimals, longest notice first."""
    return tuple(sorted(((int(hours), Decimal(str(share))) for hours, share in tiers), reverse=True))


def package_terms(row: Mapping[str, Any]) -> Terms:
    """Return the terms of a package from its catalogue row; packages on the water pay back a banned day in full."""
    return Terms(
        read_tiers(row["cancel_tiers"]),
        weather_pct=100 if row.get("weather_sensitivity") else None,
        note=row["cancellation"],
    )


def stay_terms(row: Mapping[str, Any]) -> Terms:
    """Return the terms of a house from its catalogue row."""
    free_h = 24 * int(row["cancel_free_days"])
    kept = int(row["late_cancel_pct"])
    return Terms(((free_h, Decimal(1)), (0, Decimal(1))), kept_first_night_pct=kept, note=row["cancellation"])


def fare_terms(group: Mapping[str, str]) -> Terms:
    """Return the terms of a carrier's ticket from its fare group."""
    return Terms(
        read_tiers(json.loads(group["refund_tiers"])),
        least_ticket=int(group["refund_min_ticket_idr"] or 0),
        weather_pct=int(group["weather_stop_refund_pct"]),
        note=group["weather_note"],
    )


def refund_of(
    terms: Terms,
    price: int,
    starts_at: datetime,
    now: datetime,
    quantity: Sequence[Mapping[str, Any]] = (),
    rooms: int = 1,
) -> int:
    """Return how much of a price is paid back when the line is cancelled now, rounded up to the whole rupiah.

    `quantity` is the item's: how many of what at which amount, the first night's rate first. Tickets below the seller's
    least price are lost; of a stay after its free days a percentage of the first night in each room is kept.
    """
    share = terms.share_at(starts_at, now)
    if terms.kept_first_night_pct:
        free_until = terms.full_until(starts_at)
        if not share or (free_until is not None and now <= free_until):
            return price if share else 0
        first_night = int(quantity[0]["amount"]) if quantity else price
        return max(0, price - share_up(first_night * rooms, str(terms.kept_first_night_pct)))
    refundable = price
    if terms.least_ticket and quantity:
        refundable = sum(int(p["count"]) * int(p["amount"]) for p in quantity if int(p["amount"]) >= terms.least_ticket)
    return min(price, share_up(refundable, share * 100))


def weather_refund(terms: Terms, price: int) -> int:
    """Return what is paid back where a sailing is banned: what the seller promises and no more."""
    return share_up(price, str(terms.weather_pct)) if terms.weather_pct else 0
