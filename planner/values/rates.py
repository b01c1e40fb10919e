"""What a sum in rupiah comes to in another currency by the reference rate of a day: for the eye, never for the till."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from planner.errors import Invalid
from planner.values.money import PRECISION, Money

CHARGED_IN = "IDR"
SHOWN = (CHARGED_IN, "USD", "EUR", "AUD", "SGD")
"""The currencies that a traveller may read prices in; whatever is read, rupiah are charged."""


class NoSuchRate(Invalid):
    """A currency without a known minor unit, or a price of it that is no positive number."""

    default_code = "no_such_rate"


@dataclass(frozen=True)
class Rate:
    """`rupiah` buy one whole unit of `currency` on a day, as `source` published it."""

    currency: str
    rupiah: Decimal
    on: date
    source: str = "ECB"

    def __post_init__(self) -> None:
        """Refuse what would convert to nonsense.

        Raises:
            NoSuchRate: the currency is unknown, or its price is not a positive number.
        """
        if self.currency not in PRECISION:
            raise NoSuchRate(f"{self.currency} is no currency that we show")
        if not self.rupiah.is_finite() or self.rupiah <= 0:
            raise NoSuchRate(f"{self.rupiah} rupiah for one {self.currency} is no rate")

    def exact(self, amount: int) -> Fraction:
        """Return what whole rupiah come to in whole units of the currency, unrounded."""
        return Fraction(amount) / Fraction(self.rupiah)

    def convert(self, amount: int) -> Money:
        """Return what whole rupiah come to in minor units, the nearest; a half goes away from zero."""
        places: int = Money(0, self.currency).precision
        return Money(round_half_away(self.exact(amount) * 10**places), self.currency)

    def as_json(self) -> dict[str, str]:
        """Return a shape that reads back the same, digit by digit."""
        return {
            "currency": self.currency,
            "rupiah": str(self.rupiah),
            "on": self.on.isoformat(),
            "source": self.source,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rate:
        """Read what `as_json` wrote.

        Raises:
            NoSuchRate: it says nothing that could be a rate.
        """
        try:
            return cls(data["currency"], Decimal(data["rupiah"]), date.fromisoformat(data["on"]), data["source"])
        except (InvalidOperation, KeyError, TypeError, ValueError) as wrong:
            raise NoSuchRate("this is no rate that was written down here") from wrong


def round_half_away(value: Fraction) -> int:
    """Return the nearest whole number; a half goes away from zero, as banks round."""
    whole = (abs(value) + Fraction(1, 2)).__floor__()
    return whole if value >= 0 else -whole
