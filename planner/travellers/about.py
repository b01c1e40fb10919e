"""Say where the facts come from, under which licences, and how sure we are."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template

from planner.web.atlas import in_service

pages = Blueprint("about", __name__)


@pages.get("/about")
def show_about() -> str:
    """Sources, licences, how sure we are, and what we do not know."""
    tables = in_service().tables
    counted = [
        (
            "packages",
            [thing["lintas"]["confidence"] for thing in tables.products if thing["lintas"]["kind"] == "package"],
        ),
        ("stays", [thing["lintas"]["confidence"] for thing in tables.products if thing["lintas"]["kind"] == "stay"]),
        ("rules", [row["confidence"] for row in tables.rules]),
        ("events", [row["date_confidence"] for row in tables.events]),
        ("cars", [row["confidence"] for row in tables.transfers]),
        ("closures", [row["confidence"] for row in tables.closures]),
    ]
    return render_template(
        "travellers/about/show_about.html", counts=[(name, len(all_of), Counter(all_of)) for name, all_of in counted]
    )
