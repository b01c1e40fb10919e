"""The desk: where the platform's own staff see what needs a person, and act on suppliers' and travellers' behalf."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from planner.desk import agencies, books, orders, suppliers, tasks, trail, transfers
from planner.web.accounts import admit

__all__ = ["desk"]

MOST_UPLOADED = 6 * 1024 * 1024

desk = Blueprint("desk", __name__, url_prefix="/desk")
for room in (tasks, orders, transfers, suppliers, agencies, books, trail):
    desk.register_blueprint(room.pages)


@desk.url_value_preprocessor
def let_proofs_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take larger forms where a proof comes with them; it stands before anything reads the form."""
    if endpoint == "desk.transfers.record":
        request.max_content_length = MOST_UPLOADED


@desk.before_request
def admit_staff() -> Response | None:
    """Let staff in, with their second factor."""
    return admit("staff")


@desk.after_request
def keep_nothing(response: Any) -> Any:
    """Leave no copy of what stands here in a browser or on the way."""
    response.headers["Cache-Control"] = "no-store"
    return response
