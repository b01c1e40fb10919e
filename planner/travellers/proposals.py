"""A proposal by its secret link, as an agency's client reads it: look, write, accept, pay. No log-in, no price of ours.

show_proposal -> comment | accept -> pay -> checkout.show_travellers, as for any traveller
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from planner.errors import Conflict, Invalid, PlannerError
from planner.flow import answer_proposal
from planner.flow.draft_proposal import CLIENT
from planner.flow.hold_places import NotForSale, SoldOutNow, TooManyHolds
from planner.flow.sell_proposal import NotAsPromised, found_of, look_again, open_sale, unsettled
from planner.flow.send_proposal import ACCEPTED, OVER
from planner.store import agencies, orders, proposals
from planner.store.proposals import Proposal, ProposalVersion
from planner.travellers.checkout import address_of
from planner.web import headers, icons
from planner.web.limits import BOOKING, PLANNING, READING, limiter
from planner.web.refund_words import moment
from planner.web.services import services

pages = Blueprint("proposals", __name__)
pages.after_request(headers.keep_secret)
PREVIEWS = ("whatsapp", "facebookexternalhit", "telegrambot", "slackbot", "twitterbot", "bot", "crawler", "preview")
"""Parts of the names by which programs ask for a page to draw a preview of it: nobody has read it then."""


def _in_its_language(view: Callable[[Proposal], Any]) -> Callable[..., Any]:
    """Find the proposal of a link, and speak its client's language."""

    @wraps(view)
    def done(secret: str) -> Any:
        proposal = proposals.get_by_secret(secret)
        version = proposals.get_version(proposal.id, proposal.at)
        with force_locale(str(version.public["language"])):
            return view(proposal)

    return done


@pages.get("/proposals/<secret>")
@limiter.limit(READING)
@_in_its_language
def show_proposal(proposal: Proposal) -> str:
    """The version in force: days, options, price, terms; what was written beside it; and how to answer."""
    if _is_read_by_its_client(proposal):
        answer_proposal.note_view(proposal, services())
    return _page(proposal, {})


def _is_read_by_its_client(proposal: Proposal) -> bool:
    agent = request.user_agent.string.lower()
    if any(name in agent for name in PREVIEWS):
        return False
    member = agencies.find_member(current_user.id) if current_user.is_authenticated else None
    return member is None or member.agency_id != proposal.agency_id


def _page(
    proposal: Proposal, wrong: Mapping[str, str], typed: Mapping[str, str] | None = None, problem: str = ""
) -> str:
    version = proposals.get_version(proposal.id, proposal.at)
    document = version.document.decode()
    icons.use_icons_of(document)
    public = version.public
    options = {option["key"]: option for option in public["options"]}
    order = orders.get_order(version.order_id) if version.order_id else None
    return render_template(
        "proposal/show_proposal.html",
        proposal=proposal,
        version=version,
        public=public,
        agency=public["agency"],
        document=Markup(document),  # our own page as it was sent: web.proposal_page
        options=options,
        closed=answer_proposal.why_closed(proposal, version, services()),
        chosen=options.get(version.chosen),
        waits=_waits(version),
        is_paid_here=public["payer"] == CLIENT,
        order=order,
        order_link=address_of(order) if order is not None and order.state not in OVER else "",
        comments=proposals.list_comments(proposal.id),
        until=moment(version.valid_until),
        address=url_for("travellers.proposals.show_proposal", secret=proposal.secret, _external=True),
        wrong=wrong,
        typed=typed or {},
        problem=problem,
    )


def _waits(version: ProposalVersion) -> bool:
    """Tell whether the agency has to look at what changed before the client can pay."""
    return version.state == ACCEPTED and bool(unsettled(version, found_of(version)))


WRONG = {
    "missing": lambda: _("Please fill this in."),
    "too_long": lambda: _("This is too long."),
    "choose_option": lambda: _("Choose one of the options."),
    "not_agreed": lambda: _("Tick the box to agree to the terms."),
}
CLOSED = {
    "newer": lambda: _("There is a newer version; this is it. Please read it before you accept."),
    "lapsed": lambda: _("This proposal has lapsed. Write to your agency for a new one."),
    "withdrawn": lambda: _("Your agency has taken this proposal back."),
    "accepted": lambda: _("This was accepted already."),
}


def _at_fields(refused: PlannerError) -> dict[str, str]:
    problems = refused.problems if isinstance(refused, Invalid) else (refused,)
    return {str(one.field or ""): WRONG.get(one.code, lambda text=one.message: text)() for one in problems}


@pages.post("/proposals/<secret>/comments")
@limiter.limit(BOOKING)
@_in_its_language
def comment(proposal: Proposal) -> Any:
    """Write to the agency beside the proposal."""
    try:
        who = request.form.get("who", "").strip()[:120] or _("Client")
        answer_proposal.comment(proposal, request.form.get("comment", ""), who, True, services())
    except Invalid as refused:
        return _page(proposal, _at_fields(refused), request.form), 422
    return redirect(_address(proposal) + "#talk", 303)


@pages.post("/proposals/<secret>/accept")
@limiter.limit(BOOKING)
@_in_its_language
def accept(proposal: Proposal) -> Any:
    """Accept the version that was read, by name and with the agency's terms; prices and places are asked for again."""
    given = request.form
    number = given.get("version", 0, type=int)
    try:
        if number != proposal.at:
            raise answer_proposal.NotOpen("there is a newer version", params={"why": "newer"})
        version = answer_proposal.accept(
            proposal, number, given.get("option", ""), given.get("name", ""), given.get("agrees") == "yes", services()
        )
        look_again(proposal, version, services())
    except Invalid as refused:
        return _page(proposal, _at_fields(refused), given), 422
    except answer_proposal.NotOpen as closed:
        return _page(proposal, {}, given, CLOSED[str(closed.params["why"])]()), 409
    return redirect(_address(proposal) + "#answer", 303)


def _address(proposal: Proposal) -> str:
    return url_for("travellers.proposals.show_proposal", secret=proposal.secret)


@pages.post("/proposals/<secret>/pay")
@limiter.limit(PLANNING)
@_in_its_language
def pay(proposal: Proposal) -> Any:
    """Hold what was accepted and go on to the checkout; where something changed the agency looks first."""
    if proposals.get_version(proposal.id, proposal.at).public["payer"] != CLIENT:
        return _page(proposal, {}, problem=_("Your agency tells you how to pay.")), 409
    try:
        order = open_sale(proposal, services())
    except NotAsPromised:
        problem = _("Something changed since this was sent. Your agency has been told and looks at it first.")
        return _page(proposal, {}, problem=problem), 409
    except (SoldOutNow, NotForSale):
        return _page(proposal, {}, problem=_("A place was sold in this very moment. Your agency has been told.")), 409
    except TooManyHolds:
        return _page(proposal, {}, problem=_("This trip is held already. Try again in a few minutes.")), 409
    except Conflict:
        return redirect(_address(proposal), 303)
    return redirect(address_of(order, "travellers.checkout.show_travellers"), 303)


@pages.get("/proposals/<secret>/proposal.pdf")
@limiter.limit(READING)
def show_paper(secret: str) -> Response:
    """The PDF twin, as it was sent."""
    proposal = proposals.get_by_secret(secret)
    version = proposals.get_version(proposal.id, proposal.at)
    name = f"proposal-{proposal.id}-{version.number}.pdf"
    return FlaskResponse(
        version.paper, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
