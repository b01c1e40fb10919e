"""Say of each field of a form of data what is wrong with it, in plain words and by its path."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from planner.errors import Invalid

WORDS = {
    "extra_forbidden": "There is no such field.",
    "missing": "This field is required.",
    "timezone_aware": "The time needs its offset, as in 2027-04-05T12:00:00+08:00.",
}


def refused(error: ValidationError) -> Invalid:
    """Give our refusal for pydantic's: one problem for each field, with its path."""
    problems = [
        Invalid(_words(detail), field=".".join(str(part) for part in detail["loc"]) or "body", code=detail["type"])
        for detail in error.errors(include_url=False, include_input=False)
    ]
    return Invalid("Something in the request is not right.", code="invalid_fields", gathered=problems)


def _words(detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx") or {}
    if "error" in context:  # what a check of ours said
        return str(context["error"])
    return WORDS.get(detail["type"], detail["msg"])
