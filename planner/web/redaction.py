"""Take what belongs to a person out of a log line before anybody can read it."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
PRIVATE_WORDS = frozenset(
    {
        "name",
        "firstname",
        "lastname",
        "fullname",
        "email",
        "mail",
        "phone",
        "mobile",
        "whatsapp",
        "passport",
        "password",
        "secret",
        "token",
        "cookie",
        "session",
        "authorization",
        "card",
        "cvc",
        "iban",
        "address",
        "birth",
        "contact",
        "guest",
        "traveller",
    }
)
HARMLESS_KEYS = frozenset(("event_name", "flow_name", "hostname", "logger_name"))
PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),  # mail
    re.compile(r"\b(?:\d[ -]?){13,19}\b"),  # card
    re.compile(r"(?<![\w:.-])(?:\+|00|0)\d[\d ()-]{7,16}\d\b"),  # phone
    re.compile(r"\b(?:sk|rk|pk|whsec)_[A-Za-z0-9_]{6,}"),  # payment keys
    re.compile(r"(?i)\bbearer\s+\S+"),
    re.compile(r"(?<=/)[A-Za-z0-9_-]{32}(?=[/?#\s]|$)"),  # the secret of a link to a booking or an answer
    re.compile(r"(?<=/)[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{5,}){1,2}(?=[/?#\s]|$)"),  # a signed token of an account
    re.compile(r"(?<=://)[^/@\s]+:[^/@\s]+(?=@)"),  # password in an address
)


def redact(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Hide private values of a log event: by the name of their key, and by what they look like."""
    return {key: _clean(key, value) for key, value in event.items()}


def hide_secrets(path: str, arguments: Mapping[str, Any]) -> str:
    """Hide the arguments of a path whose names say that they are private, such as `secret` and `token`."""
    for name, value in arguments.items():
        if _is_private(name) and value:
            path = path.replace(str(value), HIDDEN)
    return path


def redact_text(text: str) -> str:
    """Hide mail addresses, telephone numbers, cards and keys in ``text``."""
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def _clean(key: object, value: Any) -> Any:
    if _is_private(str(key)) and value not in (None, "", True, False):
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {inner: _clean(inner, held) for inner, held in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean("", held) for held in value]
    return value


def _is_private(key: str) -> bool:
    if key in HARMLESS_KEYS:
        return False
    words = re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower())
    return any(word in PRIVATE_WORDS for word in words)
