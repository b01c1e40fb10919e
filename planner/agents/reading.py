"""Read the numbers of an agency's forms; what cannot be read becomes a number that is refused at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from flask import request

UNREAD = -1
"""Stands for what is no number: every field refuses it with its own words."""
MOST_SIZES, LARGEST_SIZE = 6, 40


def basis_points(name: str, given: Mapping[str, str] | None = None) -> int:
    """Read a percentage such as `12.5` or `12,5` as hundredths of a per cent."""
    text = _text(name, given).replace(",", ".").removesuffix("%").strip()
    try:
        exact = Decimal(text) * 100
        return int(exact) if exact == int(exact) else UNREAD
    except (InvalidOperation, ValueError, OverflowError):
        return UNREAD


def whole(name: str, given: Mapping[str, str] | None = None) -> int:
    """Read a whole number from nought on."""
    text = _text(name, given)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else UNREAD


def rupiah(name: str, given: Mapping[str, str] | None = None) -> int:
    """Read a sum as people write it: `1.250.000`, `1,250,000` and `1250000` are the same."""
    return whole(name, {name: re.sub(r"[\s.,]", "", _text(name, given))})


def sizes(name: str, given: Mapping[str, str]) -> list[int] | None:
    """Read the sizes of parties, `2, 4 6`, each once and the smallest first; None where one is no such size."""
    parts = [part for part in re.split(r"[\s,;]+", _text(name, given)) if part]
    found = sorted({int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= 3})
    is_good = len(found) == len(set(parts)) <= MOST_SIZES and all(1 <= size <= LARGEST_SIZE for size in found)
    return found if is_good else None


def secret_of(link: str) -> str:
    """Read the secret off the link of a trip."""
    return urlsplit(link.strip()).path.rstrip("/").rpartition("/")[2]


def _text(name: str, given: Mapping[str, str] | None) -> str:
    return (request.form if given is None else given).get(name, "").strip()
