"""Money in whole minor units with its currency, as OCTO writes it (amount, currency, precision)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

PRECISION = {"IDR": 0, "USD": 2, "EUR": 2, "AUD": 2, "SGD": 2, "JPY": 0}


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units of one currency; rupiah are written without decimals."""

    amount: int
    currency: str = "IDR"

    @property
    def precision(self) -> int:
        """Decimal places of the minor unit (OCTO's `currencyPrecision`)."""
        return PRECISION.get(self.currency, 2)

    def as_json(self) -> dict[str, int | str]:
        """Return the shape that the API, the command line and the pages share."""
        return {"amount": self.amount, "currency": self.currency, "precision": self.precision}


def rupiah(amount: int) -> dict[str, int | str]:
    """Return an amount of whole rupiah in the shape of the API."""
    return Money(int(amount)).as_json()


def share_up(amount: int, percent: str | Decimal) -> int:
    """Return `percent` per cent of `amount`, rounded up to the whole unit, in exact decimals.

    Rounding up keeps the promise that a plan never shows less than a carrier may ask.
    """
    exact = Decimal(amount) * Decimal(percent) / 100
    return int(exact.to_integral_value(rounding=ROUND_CEILING))


def times_up(amount: int, factor: str | Decimal) -> int:
    """Return `amount` times a decimal factor, rounded up to the whole unit."""
    return int((Decimal(amount) * Decimal(str(factor))).to_integral_value(rounding=ROUND_CEILING))
