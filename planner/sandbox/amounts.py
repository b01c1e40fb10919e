"""Amounts that Stripe takes, and how a page writes them.

Rupiah have two decimals at Stripe: Rp 1,500,000 is 150000000. The largest rupiah amount has twelve digits; American
Express stops at nine. Stripe's smallest amount is that of the settlement currency, about US$0.50; here it is fixed
at Rp 8,500 (17,000 rupiah to the dollar), and at 50 units for other currencies.
"""

from planner.sandbox.errors import ApiError, malformed

LARGEST = {"idr": 999_999_999_999}
LARGEST_ELSE = 99_999_999
LARGEST_AMEX = 999_999_999
SMALLEST = {"idr": 850_000}
SMALLEST_ELSE = 50


def check(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse an amount that is too small or too large.

    Raises:
        ApiError: ``amount_too_small``, ``amount_too_large``, or not positive.
    """
    if amount < 0:
        raise malformed(param, "Invalid non-negative integer", "parameter_invalid_integer")
    smallest, largest = SMALLEST.get(currency, SMALLEST_ELSE), LARGEST.get(currency, LARGEST_ELSE)
    if amount < smallest:
        least = written(smallest, currency, "en")
        raise malformed(param, f"Amount must be at least {least}, the worth of US$0.50.", "amount_too_small")
    if amount > largest:
        raise malformed(param, f"Amount must be no more than {written(largest, currency, 'en')}.", "amount_too_large")


def too_large_for(brand: str, amount: int) -> bool:
    return brand == "amex" and amount > LARGEST_AMEX


def check_brand(amount: int, brand: str) -> None:
    """Refuse what a card network cannot carry.

    Raises:
        ApiError: ``amount_too_large`` on American Express.
    """
    if too_large_for(brand, amount):
        raise ApiError("American Express takes amounts of up to nine digits.", code="amount_too_large", param="amount")


def written(amount: int, currency: str, language: str) -> str:
    """Write an amount for people: ``IDR 1,500,000``, in Indonesian ``Rp1.500.000``; sen only when there are some."""
    whole, hundredths = divmod(amount, 100)
    text = f"{whole:,}" + (f".{hundredths:02d}" if hundredths or currency != "idr" else "")
    if language == "id":
        text = text.translate(str.maketrans(",.", ".,"))
        return f"Rp{text}" if currency == "idr" else f"{currency.upper()}\u00a0{text}"
    return f"{currency.upper()}\u00a0{text}"
