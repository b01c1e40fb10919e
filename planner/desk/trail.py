"""The trail: who did what, the latest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from planner.desk import words
from planner.store import audit, orders

pages = Blueprint("trail", __name__, url_prefix="/trail")

ON_A_PAGE = 100


@pages.get("/")
def list_acts() -> str:
    """Every act, of one person or of one kind where that is asked for."""
    typed, what, before = (request.args.get(name, "").strip() for name in ("who", "what", "before"))
    who = words.who_code(typed)
    acts = audit.list_all(
        who, what if what in words.ACTS else "", int(before) if before.isdigit() else None, ON_A_PAGE + 1
    )
    shown = acts[:ON_A_PAGE]
    codes = orders.codes_of({act.order_id for act in shown if act.order_id})
    return render_template(
        "desk/trail/list_acts.html", acts=shown, codes=codes, more=len(acts) > ON_A_PAGE, who=typed, what=what
    )
