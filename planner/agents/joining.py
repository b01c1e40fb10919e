"""How an agency comes to be here: somebody applies, others answer an invitation. An account is needed, no role yet.

show_form -> apply -> show_standing        show_standing -> join -> house.show_house
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_security import auth_required, current_user

from planner.agents import words
from planner.errors import Conflict, Invalid, NotFound
from planner.flow import run_agency
from planner.flow.run_agency import Card
from planner.store import agencies
from planner.web.limits import BOOKING, READING, limiter
from planner.web.services import services

pages = Blueprint("joining", __name__)
FIELDS = ("name", "licence", "email", "phone")


@pages.get("/apply")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(READING)
def show_form() -> Any:
    """Ask who the agency is; whoever applied or was invited sees how that stands."""
    if agencies.find_member(current_user.id) or agencies.list_invitations(current_user.email):
        return redirect(url_for("agents.joining.show_standing"), 303)
    return _form({"email": current_user.email}, {})


def _form(values: dict[str, str], wrong: Any) -> str:
    return render_template("agents/joining/show_form.html", values=values, wrong=wrong)


@pages.post("/apply")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(BOOKING)
def apply() -> Any:
    """Write the application down."""
    values = {name: request.form.get(name, "") for name in FIELDS}
    try:
        run_agency.apply_as_agency(Card(**values), current_user.id, current_user.email, services())
    except (Invalid, Conflict) as refused:
        return _form(values, words.at_fields(refused)), 422
    return redirect(url_for("agents.joining.show_standing"), 303)


@pages.get("/standing")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(READING)
def show_standing() -> str:
    """How an application stands, and which invitations wait for an answer."""
    return _standing()


def _standing(problem: str = "") -> str:
    member, open_ones = agencies.find_member(current_user.id), agencies.list_invitations(current_user.email)
    return render_template(
        "agents/joining/show_standing.html",
        agency=agencies.get_agency(member.agency_id) if member else None,
        invitations=[(one, agencies.get_agency(one.agency_id)) for one in open_ones],
        words=words,
        problem=problem,
    )


@pages.post("/join")
@auth_required("session")  # type: ignore[untyped-decorator]
@limiter.limit(BOOKING)
def join() -> Any:
    """Answer an invitation."""
    try:
        run_agency.join_agency(request.form.get("n", -1, type=int), current_user.id, current_user.email, services())
    except NotFound:
        raise
    except Conflict as refused:
        return _standing(words.say(refused)), 409
    return redirect(url_for("agents.joining.show_standing"), 303)
