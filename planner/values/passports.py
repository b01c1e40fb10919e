"""What passports and identity cards say of a traveller: names as they are written there, numbers, nationalities."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

LONGEST_NAME = 80
NATIONALITIES = (
    "AU", "AT", "BE", "BR", "CA", "CN", "CZ", "DK", "FI", "FR", "DE", "GB", "IN", "ID", "IE", "IT", "JP", "KR", "MY",
    "NL", "NZ", "NO", "PH", "PL", "PT", "RU", "SG", "ZA", "ES", "SE", "CH", "TW", "TH", "TR", "US", "VN",
)  # fmt: skip
VALID_MONTHS = 6
"""So long Indonesia asks a passport to be valid from the day of arrival."""
_NAME = re.compile(r"[^\W\d_][^\d_<>@/\\]*", re.UNICODE)
_DOCUMENT = re.compile(r"[A-Z0-9]{6,16}")


def is_name(text: str) -> bool:
    """Tell whether a text could be a name: letters, spaces, hyphens, apostrophes."""
    return _NAME.fullmatch(text) is not None


def number_of(text: str) -> str:
    """Return a document's number as it is kept: in capitals, without spaces, dots and hyphens."""
    return re.sub(r"[\s.-]", "", text).upper()


def is_number(text: str) -> bool:
    """Tell whether a text, as it is kept, could be the number of a passport or a KTP."""
    return _DOCUMENT.fullmatch(text) is not None


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
