"""Keep a visitor's language, currency and theme, and lead back to the page that they came from, in that language."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, request
from werkzeug.wrappers import Response

from planner.values.rates import SHOWN
from planner.web.addresses import in_language
from planner.web.currency import COOKIE as CURRENCY
from planner.web.i18n import LANGUAGES, THEMES

ONE_YEAR_S = 365 * 24 * 3600

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/preferences")
def save() -> Response:
    """Set the cookies ``lang``, ``currency`` and ``theme`` from the form; no ``theme`` or ``system`` forgets it.

    A language leads to the same page and search below its own address.
    """
    form = request.form
    back = local_path(form.get("next") or request.referrer or "/")
    if "lang" in form:
        if form["lang"] not in LANGUAGES:
            abort(400)
        back = in_language(back, form["lang"])
    answer = redirect(back, code=303)
    if "lang" in form:
        _remember(answer, "lang", form["lang"])
    if CURRENCY in form:
        if form[CURRENCY] not in SHOWN:
            abort(400)
        _remember(answer, CURRENCY, form[CURRENCY])
    if "theme" in form:
        if form["theme"] in THEMES:
            _remember(answer, "theme", form["theme"])
        elif form["theme"] in ("", "system"):
            answer.delete_cookie("theme", path="/")
        else:
            abort(400)
    return answer


def local_path(address: str) -> str:
    """Give the path and query of ``address`` if it stays on this site, else ``/``.

    A full address is taken for its path only when its host is ours; ``//elsewhere`` and ``/\\elsewhere`` are not paths.
    """
    if any(ord(letter) < 33 or letter == "\\" for letter in address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    if (parts.scheme or parts.netloc) and (parts.scheme not in ("http", "https") or parts.netloc != request.host):
        return "/"
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return "/"
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _remember(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=ONE_YEAR_S,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
