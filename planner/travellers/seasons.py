"""The sea by month, what is known to close, what closed before, and the events of the next months."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request

from planner.travellers.planning import today
from planner.web import words
from planner.web.atlas import STRAITS, VESSEL_COLUMNS, as_day, in_service

pages = Blueprint("seasons", __name__)


@pages.get("/seasons")
def show_seasons() -> str:
    """The sea table for one kind of vessel, closures ahead and past, and the next events."""
    atlas, now = in_service(), today()
    vessel = request.args.get("vessel", "ferry")
    vessel = vessel if vessel in VESSEL_COLUMNS else "ferry"
    closures = sorted(atlas.tables.closures, key=lambda row: row["from_date"], reverse=True)
    straits = [(area, *words.STRAITS[area]) for area in STRAITS]
    return render_template(
        "travellers/seasons/show_seasons.html",
        now=now,
        vessel=vessel,
        vessels=words.VESSELS,
        straits=straits,
        sea=atlas.sea,
        closings=atlas.closings_ahead(now),
        closures=closures,
        events=atlas.events_between(now, now + timedelta(days=90)),
        atlas=atlas,
        as_day=as_day,
    )
