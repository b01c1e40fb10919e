"""Choose the language and the theme of a page, and keep compiled translations fresh.

The cookie ``lang`` wins, then what the browser accepts, then English. The cookie ``theme`` is light or dark; without
it the system decides. Both are set by ``POST /preferences``, which needs no script.
"""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, has_request_context, request
from flask_babel import Babel

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}
THEMES = ("light", "dark")


def chosen_language() -> str:
    """Give the language of this request: ``en`` or ``id``."""
    if not has_request_context():
        return "en"
    wanted = request.cookies.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"


def chosen_theme() -> str:
    """Give ``light`` or ``dark`` where the visitor chose one, else an empty string."""
    wanted = request.cookies.get("theme", "") if has_request_context() else ""
    return wanted if wanted in THEMES else ""


def init_app(app: Flask) -> None:
    """Translate pages; times are shown in the islands' zone unless a page says otherwise."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Makassar")
    compile_translations(Path(app.root_path) / "translations")
    Babel(app, locale_selector=chosen_language)

    @app.context_processor
    def languages_and_themes() -> dict[str, object]:
        return {
            "languages": LANGUAGES,
            "language": chosen_language(),
            "themes": THEMES,
            "theme": chosen_theme(),
        }

    @app.after_request
    def vary_by_language(response):  # type: ignore[no-untyped-def]
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", chosen_language())
            response.vary.update(("Cookie", "Accept-Language"))
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
