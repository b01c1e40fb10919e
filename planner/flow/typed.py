"""Check what was typed into a field: whether it is there, short enough, an address, or one of a list."""

from __future__ import annotations

from collections.abc import Container, Sequence

from planner.errors import Invalid, PlannerError

MOST_ADDRESS = 200
BREAKS = "\n\r\t"


def needed(field: str, value: str, most: int) -> list[Invalid]:
    """Return what is wrong with a field that has to be filled in."""
    return short(field, value, most) if value else [Invalid("this field is required", field=field, code="missing")]


def short(field: str, value: str, most: int) -> list[Invalid]:
    """Return what is wrong with a field that may be empty."""
    if len(value) > most:
        return [Invalid("this is too long", field=field, code="too_long")]
    if any(map(_is_unreadable, value)):
        return [Invalid("no control signs, please", field=field, code="bad_text")]
    return []


def _is_unreadable(sign: str) -> bool:
    """Tell whether a sign is one that no database keeps, or that nobody sees."""
    return (sign.isascii() and not sign.isprintable() and sign not in BREAKS) or "\ud800" <= sign <= "\udfff"


def address(field: str, value: str) -> list[Invalid]:
    """Return what is wrong with a mail address that may be left out."""
    if value and (not is_address(value) or len(value) > MOST_ADDRESS):
        return [Invalid("this is no mail address", field=field, code="bad_email")]
    return []


def is_address(text: str) -> bool:
    """Tell whether a text looks like a mail address."""
    name, at, host = text.partition("@")
    is_one_word = text.isprintable() and not any(letter.isspace() for letter in text)
    return bool(name and at and "." in host) and is_one_word and "@" not in host


def one_of(field: str, value: str, known: Container[str]) -> list[Invalid]:
    """Return what is wrong with a choice."""
    return [] if value in known else [Invalid("choose one of the list", field=field, code="bad_choice")]


def refuse(wrong: Sequence[PlannerError]) -> None:
    """Refuse what was typed where something is wrong with it.

    Raises:
        Invalid: it gathers all that is wrong.
    """
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)
