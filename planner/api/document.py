"""Show the API's document, to programs as JSON and to people as a page."""

from typing import Any

from flask import Blueprint, current_app, render_template

from planner.api.openapi import write_document
from planner.web.limits import READING, limiter

SWAGGER = "vendor/swagger-ui-dist-5.35.0"

views = Blueprint("document", __name__)


@views.get("/openapi.json")
@limiter.limit(READING)
def show_document() -> dict[str, Any]:
    """Give the OpenAPI document."""
    return write_document(current_app.extensions["planner.settings"].site_url or "/")


@views.get("/docs")
@limiter.limit(READING)
def show_docs() -> str:
    """Show the document with forms to try each request."""
    return render_template("api/docs.html", swagger=SWAGGER)
