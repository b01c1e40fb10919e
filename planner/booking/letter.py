"""A mail as flows hand it to whoever carries it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail, plain and as HTML."""

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
