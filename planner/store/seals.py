"""Seals secrets of others that we must read again, such as a supplier's key: the database alone is of no use."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from planner.errors import Unavailable

EXTENSION = "planner.seals"
PURPOSE = b"lintas suppliers' keys"


class SealBroken(Unavailable):
    """What was sealed cannot be read: the site's key was changed, or the text was."""

    default_code = "seal_broken"


def init_app(app: Flask, secret: str) -> None:
    """Seal with a key that is derived from the site's secret, for this purpose alone."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    app.extensions[EXTENSION] = Fernet(urlsafe_b64encode(key))


def seal(text: str) -> str:
    """Make a text unreadable for whoever does not know the site's secret; each time it looks different."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Read what was sealed.

    Raises:
        SealBroken: it was sealed with another secret, or changed.
    """
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as broken:
        raise SealBroken("what was sealed cannot be read with this site's secret") from broken


def _fernet() -> Fernet:
    fernet: Fernet = current_app.extensions[EXTENSION]
    return fernet
