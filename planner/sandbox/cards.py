"""Stripe's published test cards and what becomes of each.

A number outside this list is declined, and never stored: somebody may type a real one.
"""

from dataclasses import dataclass

MONTHS = range(1, 13)


@dataclass(frozen=True)
class Card:
    """How a card behaves. ``challenge`` asks for 3-D Secure first; ``refund`` is what a refund of it turns into."""

    decline: str = ""
    reason: str = ""
    challenge: bool = False
    disputed: bool = False
    refund: str = "succeeds"

    @property
    def approved(self) -> bool:
        return not self.decline


def _declined(reason: str, code: str = "card_declined") -> Card:
    return Card(decline=code, reason=reason)


TEST_CARDS: dict[str, Card] = {
    "4242424242424242": Card(),
    "4000056655665556": Card(),
    "5555555555554444": Card(),
    "5200828282828210": Card(),
    "378282246310005": Card(),
    "371449635398431": Card(),
    "3566002020360505": Card(),
    "4000002500003155": Card(challenge=True),
    "4000002760003184": Card(challenge=True),
    "4000000000003220": Card(challenge=True),
    "4000008400001629": Card(decline="card_declined", reason="generic_decline", challenge=True),
    "4000008260003178": Card(decline="card_declined", reason="insufficient_funds", challenge=True),
    "4000000000000259": Card(disputed=True),
    "4000000000007726": Card(refund="pends"),
    "4000000000005126": Card(refund="fails"),
    "4000000000000002": _declined("generic_decline"),
    "4000000000009995": _declined("insufficient_funds"),
    "4000000000009987": _declined("lost_card"),
    "4000000000009979": _declined("stolen_card"),
    "4000000000006975": _declined("card_velocity_exceeded"),
    "4000000000000069": _declined("expired_card", "expired_card"),
    "4000000000000127": _declined("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": _declined("processing_error", "processing_error"),
}
NOT_A_TEST_CARD = _declined("test_mode_live_card")

TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_visa_debit": "4000056655665556",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_jcb": "3566002020360505",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedLostCard": "4000000000009987",
    "pm_card_visa_chargeDeclinedStolenCard": "4000000000009979",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredOnSetup": "4000002500003155",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_threeDSecureRequiredChargeDeclined": "4000008400001629",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}


@dataclass(frozen=True)
class Entry:
    """A card as somebody typed it."""

    number: str
    month: int
    year: int
    cvc: str
    name: str = ""
    email: str = ""


def digits(text: str) -> str:
    """Take the spaces and dashes out of a card number."""
    return text.replace(" ", "").replace("-", "").replace("\u00a0", "")


def expiry(text: str) -> tuple[int, int]:
    """Read ``04 / 31``, ``04/2031`` or ``0431``; (0, 0) when it is none of them."""
    month, slash, year = text.replace(" ", "").partition("/")
    if not slash:
        month, year = month[:2], month[2:]
    if not (month.isdecimal() and year.isdecimal() and len(month) <= 2 and len(year) in (2, 4)):
        return 0, 0
    return int(month), int(year) + (2000 if len(year) == 2 else 0)


def mistakes(entry: Entry, this_year: int, this_month: int) -> dict[str, str]:
    """Give the fields that cannot be right, each with Stripe's code for it."""
    found = {}
    if not (entry.number.isascii() and entry.number.isdecimal() and 12 <= len(entry.number) <= 19):
        found["number"] = "invalid_number"
    elif not has_check_digit(entry.number):
        found["number"] = "incorrect_number"
    if entry.month not in MONTHS:
        found["expiry"] = "invalid_expiry_month"
    elif not (this_year, this_month) <= (entry.year, entry.month) <= (this_year + 50, 12):
        found["expiry"] = "invalid_expiry_year"
    wanted = (4,) if brand(entry.number) == "amex" else (3,)
    if not (entry.cvc.isascii() and entry.cvc.isdecimal() and len(entry.cvc) in wanted):
        found["cvc"] = "invalid_cvc"
    return found


def has_check_digit(number: str) -> bool:
    """Say whether a number ends in its Luhn digit (ISO/IEC 7812-1)."""
    total = 0
    for place, figure in enumerate(reversed(number)):
        value = int(figure) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def brand(number: str) -> str:
    if number[:2] in ("34", "37"):
        return "amex"
    if number[:1] == "4":
        return "visa"
    if number[:2] in ("51", "52", "53", "54", "55") or number[:2] in ("22", "23", "24", "25", "26", "27"):
        return "mastercard"
    if number[:2] == "35":
        return "jcb"
    return "unknown"


def card_of(number: str | None) -> Card:
    return TEST_CARDS.get(number or "", NOT_A_TEST_CARD)
