"""Choose the language and the theme of a page, and keep compiled translations fresh.

Below ``/en`` and ``/id`` the address alone decides the language (``planner.web.addresses``). Elsewhere the cookie
``lang`` wins, then what the browser accepts, then English. The cookie ``theme`` is light or dark; without it the system
decides. Both are set by ``POST /preferences``, which needs no script.
"""

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Request, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}
THEMES = ("light", "dark")
IN_ADDRESS = "lintas.language"
"""Under this name the WSGI environment holds the language of an address that begins with one."""


def chosen_language() -> str:
    """Give the language of this request: ``en`` or ``id``."""
    if not has_request_context():
        return "en"
    return named_language() or request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"


def address_language() -> str:
    """Give the language that the address of this request begins with, or an empty string."""
    return str(request.environ.get(IN_ADDRESS, "")) if has_request_context() else ""


def named_language() -> str:
    """Give the language that the address names, else the one that the visitor chose, else an empty string."""
    wanted = address_language() or request.cookies.get("lang", "")
    return wanted if wanted in LANGUAGES else ""


def chosen_theme() -> str:
    """Give ``light`` or ``dark`` where the visitor chose one, else an empty string."""
    wanted = request.cookies.get("theme", "") if has_request_context() else ""
    return wanted if wanted in THEMES else ""


class SpokenRequest(Request):
    """A request whose forms find what WTForms says of fields in our catalogues; it ships no Indonesian."""

    @property
    def wtforms_translations(self) -> NullTranslations:
        """The words of WTForms, under the name that Flask-WTF looks for."""
        return _words_of_forms(f"{current_app.root_path}/translations", str(get_locale() or "en"))


@lru_cache(maxsize=len(LANGUAGES))
def _words_of_forms(folder: str, language: str) -> NullTranslations:
    return Translations.load(folder, [language], domain="wtforms")


def init_app(app: Flask) -> None:
    """Translate pages; times are shown in the islands' zone unless a page says otherwise."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Makassar")
    compile_translations(Path(app.root_path) / "translations")
    app.request_class = SpokenRequest
    Babel(app, locale_selector=chosen_language)

    @app.context_processor
    def languages_and_themes() -> dict[str, object]:
        g.written_in = str(get_locale() or "en")
        return {
            "languages": LANGUAGES,
            "language": g.written_in,
            "themes": THEMES,
            "theme": chosen_theme(),
        }

    @app.after_request
    def vary_by_language(response):  # type: ignore[no-untyped-def]
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", g.get("written_in") or chosen_language())
            response.vary.update(("Cookie",) if address_language() else ("Cookie", "Accept-Language"))
        return response


def compile_translations(folder: Path) -> int:
    """Compile each catalogue that is newer than its compiled form and give how many were.

    The compiled file appears whole or not at all, so workers that start together do not read half of one.
    """
    compiled = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        try:
            handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".mo.new")
        except OSError:  # a read-only installation keeps the compiled files that it came with
            continue
        with os.fdopen(handle, "wb") as binary:
            write_mo(binary, catalogue)
        os.chmod(draft, 0o644)
        os.replace(draft, target)
        compiled += 1
    return compiled
