"""The logos of agencies, each under its digest: what an address shows never changes."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Conditional

from planner.store import agencies
from planner.web.limits import READING, limiter

pages = Blueprint("logos", __name__)


@pages.get("/logos/<digest>.png")
@limiter.limit(READING)
def show_logo(digest: str) -> Conditional:
    """A logo, to be kept for good."""
    logo = agencies.get_logo(digest)
    answer = Response(logo.content, mimetype=logo.mime)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.set_etag(logo.digest)
    return answer.make_conditional(request)
