"""Hand the flows' services to the doors: what wiring put together, found again by whoever serves a request."""

from typing import Any

from flask import current_app


def services() -> Any:
    """Give the services of the running site (``planner.flow.services.Services``)."""
    return current_app.extensions["planner.services"]
