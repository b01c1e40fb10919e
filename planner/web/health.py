"""Answer whoever watches the site: a process that can answer is alive."""

from flask import Blueprint

from planner import __version__
from planner.web.limits import limiter

blueprint = Blueprint("health", __name__)
limiter.exempt(blueprint)


@blueprint.get("/health")
def show() -> dict[str, str]:
    """Say that the process answers, and which version it is."""
    return {"status": "ok", "version": __version__}
