"""What a traveller shows at a counter: a code for the trip, one for each part, and what it is good for."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0 or O, no 1 or I: a code is read out over the telephone."""
CODE_LENGTH = 6


def new_code() -> str:
    """Return a booking code such as LTS-7K4QXB: unique enough to be tried against the table, and no secret."""
    return "LTS-" + "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_secret() -> str:
    """Return the secret of a link that grants access: 192 bits of chance."""
    return secrets.token_urlsafe(24)


def part_code(code: str, line: int) -> str:
    """Return the code of one part of a trip."""
    return f"{code}-{line:02d}"
