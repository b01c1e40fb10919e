"""Keep opened trips readable without a connection: the service worker, the page that it falls back on, the manifest."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from planner.web import filters
from planner.web.addresses import in_language, site_root
from planner.web.i18n import LANGUAGES
from planner.web.limits import READING, limiter

pages = Blueprint("afloat", __name__)

WORKER = "js/sw.js"
NAMED = (
    "css/lintas.css", "css/pages.css", "css/taking.css", "css/finding.css", "js/lintas.js", "js/afloat.js",
    "img/wordmark-night.svg", "img/mark.svg", "img/coast.svg", "img/coast-wide.svg", "img/coast-print.svg",
    "img/coast-wide-print.svg",
)  # fmt: skip
"""Files that pages name with their version."""
MEANT = (
    "fonts/jakarta.woff2", "fonts/piazzolla.woff2", "img/band-lintas.svg", "img/band-ntt.svg", "img/selvedge-bali.svg",
    "img/selvedge-ntb.svg", "img/selvedge-ntt.svg",
)  # fmt: skip
"""Files that style sheets name, without a version."""


@pages.get("/sw.js")
@limiter.exempt
def show_worker() -> Response:
    """The service worker, one for all languages.

    It stands at the root because it may keep only what lies below its own address.
    """
    folder = Path(str(current_app.static_folder))
    root, offline = site_root(), url_for("travellers.afloat.show_offline")
    site: dict[str, Any] = {
        "root": root,
        "offline": offline,
        "spoken": {language: in_language(offline, language) for language in LANGUAGES},
        "statics": f"{root}static/",
        "shell": [url_for("static", filename=name) for name in NAMED] + [f"{root}static/{name}" for name in MEANT],
        "words": {language: _words(language) for language in LANGUAGES},
    }
    files = [folder / name for name in (*NAMED, *MEANT, WORKER)]
    site["version"] = _digest(tuple((str(file), file.stat().st_mtime_ns) for file in files), json.dumps(site["words"]))
    body = f"const SITE = {json.dumps(site)};\n{(folder / WORKER).read_text(encoding='utf-8')}"
    answer = make_response(body)
    answer.mimetype = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=4)
def _digest(files: tuple[tuple[str, int], ...], words: str) -> str:
    """The version of all that the worker keeps; another byte anywhere makes another version."""
    told = hashlib.sha256(words.encode())
    for name, _changed in files:
        told.update(hashlib.sha256(Path(name).read_bytes()).digest())
    return told.hexdigest()[:16]


def _words(language: str) -> dict[str, str]:
    """What the worker writes into pages when the site cannot be reached."""
    with force_locale(language):
        return {
            "offline": _("You are offline."),
            "silent": _("The site does not answer."),
            "as_of": _("This page is as of %(time)s WITA; anything may have changed since.", time="{time}"),
            "unsent": _("Not sent"),
            "why": _("There was no connection, or it broke. What you typed is still here and was not lost."),
            "twice": _("If you are not sure whether it arrived, look at your booking before you send it again."),
            "again": _("Send it again"),
            "back": _("Back to the form"),
        }


@pages.get("/offline")
@limiter.limit(READING)
def show_offline() -> str:
    """What is kept on this device, and how to forget it; shown too where a page cannot be reached."""
    return render_template("travellers/taking/show_offline.html")


@pages.get("/manifest.webmanifest")
@limiter.exempt
def show_manifest() -> Response:
    """What a telephone shows when the site is put on its first screen: one app, begun in the reader's language."""
    root = site_root()
    answer = jsonify({
        "name": "Lintas",
        "short_name": "Lintas",
        "description": _("Plan boats, flights, roads and beds from Bali through Lombok, Sumbawa and Komodo to Flores."),
        "lang": filters.language(),
        "id": root,
        "start_url": url_for("travellers.planning.show_search"),
        "scope": root,
        "display": "minimal-ui",
        "background_color": "#06242b",
        "theme_color": "#06242b",
        "icons": [
            {"src": url_for("static", filename="img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(_icon(size, "any") for size in (192, 512)),
            _icon(512, "maskable"),
        ],
        "shortcuts": [{"name": _("Kept on this device"), "url": url_for("travellers.afloat.show_offline")}],
    })  # fmt: skip
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _icon(size: int, purpose: str) -> dict[str, str]:
    name = f"img/icon-{'mask-' if purpose == 'maskable' else ''}{size}.png"
    return {"src": url_for("static", filename=name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
