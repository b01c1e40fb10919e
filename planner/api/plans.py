"""Plan a trip from a brief."""

from typing import Any

from flask import Blueprint

from planner.api.reading import read_body
from planner.flow.plan_trip import plan_trip
from planner.web.brief import Brief
from planner.web.csrf import csrf
from planner.web.limits import PLANNING, limiter
from planner.web.services import services

views = Blueprint("plans", __name__, url_prefix="/v1")


@views.post("/plans")
@csrf.exempt
@limiter.limit(PLANNING)
def make_plan() -> dict[str, Any]:
    """Give the itineraries that fit the brief, or the reasons why none does.

    A brief that cannot be met is an answer (200) with a refusal in it; a brief that makes no sense is refused (422).
    """
    brief = read_body(Brief)
    return dict(plan_trip(brief, services()).as_json())
