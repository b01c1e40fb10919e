"""The programs' door: plans, journeys, places and packages as JSON, described by an OpenAPI document."""

from flask import Blueprint

from planner.api import catalogue, document, journeys, plans

__all__ = ["api"]

api = Blueprint("api", __name__, url_prefix="/api")
for room in (plans, journeys, catalogue, document):
    api.register_blueprint(room.views)
