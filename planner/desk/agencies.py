"""Travel agencies: who applied, who is let in and at what commission, who no longer."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from planner.desk.acting import acting, make_sure, number
from planner.flow import run_agency
from planner.store import agencies
from planner.web.accounts import signed_in_as
from planner.web.services import services

pages = Blueprint("agencies", __name__, url_prefix="/agencies")
ORDER = ("applied", "approved", "suspended")


@pages.get("/")
def list_agencies() -> str:
    """Every agency with its people, those that wait for us first."""
    rows = sorted(agencies.list_agencies(), key=lambda agency: ORDER.index(agency.state))
    return render_template(
        "desk/agencies/list_agencies.html",
        rows=[(agency, agencies.list_members(agency.id)) for agency in rows],
        counts={state: sum(agency.state == state for agency in rows) for state in ORDER},
    )


@pages.post("/<agency_id>/approve")
@acting
def approve(agency_id: str) -> str:
    """Let an agency's people in; the commission is given in whole per cent."""
    make_sure()
    run_agency.approve_agency(agency_id, number("commission") * 100, services(), signed_in_as())
    return _("The agency is let in.")


@pages.post("/<agency_id>/suspend")
@acting
def suspend(agency_id: str) -> str:
    """Let an agency's people in no longer."""
    make_sure()
    run_agency.suspend_agency(agency_id, services(), signed_in_as())
    return _("The agency is suspended; its people are logged out.")
