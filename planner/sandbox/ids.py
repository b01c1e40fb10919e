"""Identifiers that look like Stripe's."""

import secrets
import string

_LETTERS = string.ascii_letters + string.digits


def new(prefix: str, length: int = 24) -> str:
    """Give an unguessable identifier such as ``pi_3fK...``."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(length))}"


def secret_of(identifier: str) -> str:
    """Give the client secret of an intent."""
    return new(f"{identifier}_secret")
