"""Serve static files so that a browser asks for each version of a file once.

``url_for('static', filename=...)`` adds the file's age as ``v``; an address with ``v`` may be kept for a year, since a
changed file has another address. Text is handed on whole, so that it can be compressed like any other answer, while
answers that a view streams stay streams.
"""

from pathlib import Path
from typing import Any

from flask import Flask, Response, request

TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
LARGEST_TEXT = 4_000_000


def init_app(app: Flask) -> None:
    """Name versions in addresses, and make answers of static files compressible."""
    folder = Path(app.static_folder or "")

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" or "v" in values:
            return
        try:
            values["v"] = format(int((folder / values["filename"]).stat().st_mtime), "x")
        except (OSError, KeyError):
            return

    app.url_defaults(add_version)
    app.after_request(_open_up)


def _open_up(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code != 200:
        return response
    if request.args.get("v"):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = 31_536_000
        response.cache_control.immutable = True
    size = response.content_length or 0
    if (response.mimetype or "").startswith(TEXTS) and size < LARGEST_TEXT and "Range" not in request.headers:
        response.direct_passthrough = False
        response.set_data(response.get_data())
    return response
