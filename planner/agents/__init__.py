"""The agency's door: where people of a travel agency apply, join, say how they price, and price trips for clients."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from planner.agents import clients, enquiries, house, joining, papers, pricing, proposals, rates
from planner.errors import NotFound
from planner.flow.run_agency import ROLE
from planner.store import agencies
from planner.web.accounts import admit

__all__ = ["agents"]

MOST_UPLOADED = 6 * 1024 * 1024
"""A logo or a table that is larger than it may be is told so at its field, up to here."""
LARGE = ("agents.house.set_logo", "agents.clients.preview", "agents.clients.import_rows")

agents = Blueprint("agents", __name__, url_prefix="/agency")
for room in (joining, house, enquiries, clients, proposals, pricing, rates, papers):
    agents.register_blueprint(room.pages)


@agents.url_value_preprocessor
def let_files_in(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take larger forms where a logo or a table comes with them; it stands before anything reads the form."""
    if endpoint in LARGE:
        request.max_content_length = request.max_form_memory_size = MOST_UPLOADED


@agents.before_request
def admit_agents() -> Response | None:
    """Let the people of an approved agency in, with their second factor; whoever applies or joins has neither yet."""
    if request.blueprint == "agents.joining":
        return None
    sent_away = admit(ROLE)
    if sent_away is not None:
        return sent_away
    member = agencies.find_member(current_user.id)
    agency = agencies.get_agency(member.agency_id) if member else None
    if agency is None or agency.state != "approved":
        raise NotFound("there is no such page")
    g.member, g.agency = member, agency
    return None


@agents.after_request
def keep_nothing(response: Any) -> Any:
    """Leave no copy of what stands here in a browser or on the way."""
    response.headers["Cache-Control"] = "no-store"
    return response
