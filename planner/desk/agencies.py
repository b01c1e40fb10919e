"""Travel agencies: who applied, who is let in and at what commission, who no longer, and their rates by contract."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from planner.desk.acting import acting, make_sure, number
from planner.errors import Invalid
from planner.flow import keep_rates, run_agency
from planner.store import agencies, agency_rates
from planner.web import rate_words
from planner.web.accounts import signed_in_as
from planner.web.atlas import in_service
from planner.web.services import services

pages = Blueprint("agencies", __name__, url_prefix="/agencies")
ORDER = ("applied", "approved", "suspended")


@pages.get("/")
def list_agencies() -> str:
    """Rates that wait for us, with the public price beside each; every agency with its people, who waits first."""
    rows = sorted(agencies.list_agencies(), key=lambda agency: ORDER.index(agency.state))
    offers = keep_rates.list_on_offer(services())
    return render_template(
        "desk/agencies/list_agencies.html",
        rows=[(agency, agencies.list_members(agency.id)) for agency in rows],
        waiting=[
            (rate, agencies.name_of(rate.agency_id), offers.get(rate.product_id))
            for rate in agency_rates.list_waiting()
        ],
        rates=rate_words,
        atlas=in_service(),
        counts={state: sum(agency.state == state for agency in rows) for state in ORDER},
    )


@pages.post("/<agency_id>/approve")
@acting
def approve(agency_id: str) -> str:
    """Let an agency's people in; the commission is given in whole per cent."""
    make_sure()
    run_agency.approve_agency(agency_id, _commission(), services(), signed_in_as())
    return _("The agency is let in.")


def _commission() -> int:
    """Read a commission of whole per cent as hundredths of one; what cannot be read is refused as one out of bounds."""
    try:
        return number("commission") * 100
    except Invalid:
        return -1


@pages.post("/<agency_id>/suspend")
@acting
def suspend(agency_id: str) -> str:
    """Let an agency's people in no longer."""
    make_sure()
    run_agency.suspend_agency(agency_id, services(), signed_in_as())
    return _("The agency is suspended; its people are logged out.")


@pages.post("/rates/<int:rate_id>/approve")
@acting
def approve_rate(rate_id: int) -> str:
    """Let a rate make an agency's prices."""
    make_sure()
    keep_rates.approve_rate(rate_id, services(), signed_in_as())
    return _("The rate is in force.")


@pages.post("/rates/<int:rate_id>/refuse")
@acting
def refuse_rate(rate_id: int) -> str:
    """Refuse a rate."""
    make_sure()
    keep_rates.refuse_rate(rate_id, services(), signed_in_as())
    return _("The rate is refused.")
