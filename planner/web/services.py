"""Hand the flows' services to the doors: what wiring put together, found again by whoever serves a request."""

from typing import Any

from flask import current_app

from planner.design.tables import Tables


def services() -> Any:
    """Give the services of the running site (``planner.flow.services.Services``)."""
    return current_app.extensions["planner.services"]


def tables() -> Tables:
    """Give the reference tables in service."""
    found: Tables = services().snapshots.tables()
    return found
