"""Do what a form of the desk asks, say that it was done or why not, and lead back to the page it came from.

A form that changes anything names what will happen beside a box that has to be ticked; without it nothing is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from planner.desk import words
from planner.errors import Invalid, NotFound, PlannerError
from planner.web import filters
from planner.web.preferences import local_path


class NotSure(Invalid):
    """The box that says what will happen was not ticked."""

    default_code = "not_sure"


def acting(view: Callable[..., str]) -> Callable[..., Response]:
    """Run a view that does something and returns the sentence that says so; then lead back."""

    @wraps(view)
    def act(**values: Any) -> Response:
        try:
            flash(view(**values), "success")
        except NotFound:
            raise
        except PlannerError as refused:
            flash(refusal(refused), "error")
        return redirect(local_path(request.form.get("back") or "/desk/"), 303)

    return act


def refusal(refused: PlannerError) -> str:
    """Say in the reader's language why something was not done."""
    if refused.code == "too_little":
        return _("That is less than is due: %(amount)s.", amount=filters.money(refused.params["due"]))
    if refused.code == "too_much":
        return _("At most %(amount)s is left to pay back.", amount=filters.money(refused.params["left"]))
    return str(words.REFUSALS.get(refused.code) or refused.message)


def make_sure() -> None:
    """Go on only if the box was ticked.

    Raises:
        NotSure: it was not.
    """
    if request.form.get("sure") != "yes":
        raise NotSure("the box was not ticked")


def text(name: str) -> str:
    """Return what was written in a field."""
    return request.form.get(name, "").strip()


def rupiah(name: str) -> int:
    """Return an amount however it is grouped: `1.500.000`, `1,500,000` and `Rp 1500000` are the same.

    Raises:
        Invalid: it is no whole number.
    """
    plain = re.sub(r"^(rp|idr)|[\s.,_]", "", text(name).lower())
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        raise Invalid("this is no amount", field=name, code="no_amount")
    return int(plain)


def number(name: str) -> int:
    """Return a whole number.

    Raises:
        Invalid: it is none.
    """
    plain = text(name)
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise Invalid("this is no number", field=name, code="bad_seats")
    return int(plain)


def day(name: str) -> date:
    """Return a day.

    Raises:
        Invalid: it is none.
    """
    try:
        return date.fromisoformat(text(name))
    except ValueError:
        raise Invalid("this is no day", field=name, code="no_day") from None


def asked_day(name: str) -> date | None:
    """Return the day that the address names, if it is one."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
