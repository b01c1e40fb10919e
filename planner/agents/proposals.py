"""Draft and send what is laid before a client: options side by side, prices part by part, versions, answers, the sale.

begin -> show_proposal -> set_words | add_option | set_option | copy_option | drop_option -> preview -> send
show_proposal -> answer (a comment) | withdraw | keep_promise | book
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from planner.agents import words
from planner.agents.enquiries import SPOKEN
from planner.agents.guards import by_sellers, may_sell
from planner.agents.reading import basis_points, rupiah, secret_of, sizes, whole
from planner.booking.agency_sale import OwnItem
from planner.errors import Conflict, Invalid, NotFound
from planner.flow import answer_proposal, draft_proposal, sell_proposal, send_proposal
from planner.flow.draft_proposal import MOST_OWN, Draft, Option, draft_of, steps_of
from planner.flow.price_for_agency import part_key
from planner.flow.price_proposal import Offer, price_options
from planner.store import enquiries, orders, proposals, trips
from planner.store.proposals import Proposal, ProposalVersion
from planner.values.money import Money
from planner.web import filters, icons, proposal_page
from planner.web.accounts import signed_in_as
from planner.web.addresses import in_language, whole_address
from planner.web.atlas import in_service
from planner.web.currency import NAMES, reckoned_at
from planner.web.limits import BOOKING, PLANNING, READING, limiter
from planner.web.services import services
from planner.web.vouchers import what_of

pages = Blueprint("proposals", __name__, url_prefix="/proposals")


def _acting(act: Callable[..., Any]) -> Callable[..., Any]:
    """Run an act on a proposal and show it again; what is wrong stands at its field, with all that was typed."""

    @wraps(act)
    @by_sellers
    def done(proposal_id: int, **values: Any) -> Any:
        try:
            anchor = act(proposal_id, **values)
        except (Invalid, Conflict) as refused:
            proposal = proposals.get_proposal(g.agency.id, proposal_id)
            status = 409 if isinstance(refused, Conflict) else 422
            return _page(proposal, words.at_fields(refused), request.form, str(values.get("key", ""))), status
        where = url_for("agents.proposals.show_proposal", proposal_id=proposal_id)
        return redirect(where + (f"#{anchor}" if isinstance(anchor, str) else ""), 303)

    return done


@pages.post("/of/<int:enquiry_id>")
@limiter.limit(BOOKING)
@by_sellers
def begin(enquiry_id: int) -> AnyResponse:
    """Begin a proposal for an enquiry, or go on with the one that was begun."""
    proposal = draft_proposal.begin_proposal(g.agency.id, enquiry_id, services(), signed_in_as())
    return redirect(url_for("agents.proposals.show_proposal", proposal_id=proposal.id), 303)


@pages.get("/<int:proposal_id>")
@limiter.limit(PLANNING)
def show_proposal(proposal_id: int) -> str:
    """The draft with its prices, what was sent, and what came back."""
    return _page(proposals.get_proposal(g.agency.id, proposal_id), {})


def _page(
    proposal: Proposal, wrong: Mapping[str, str], typed: Mapping[str, str] | None = None, key: str = ""
) -> str:
    draft, atlas = draft_of(proposal), in_service()
    enquiry, client = enquiries.get_enquiry(g.agency.id, proposal.enquiry_id)
    offers = price_options(g.agency.id, draft, services())
    versions = proposals.list_versions(proposal.id)
    current = next((version for version in versions if version.number == proposal.at), None)
    order = orders.get_order(current.order_id) if current and current.order_id else None
    return render_template(
        "agents/proposals/show_proposal.html",
        agency=g.agency,
        proposal=proposal,
        draft=draft,
        enquiry=enquiry,
        client=client,
        offers=[(offer, _parts(offer)) for offer in offers],
        trip_links={option.key: _trip_link(option) for option in draft.options},
        versions=versions,
        current=current,
        sale=_sale(current) if current and current.state == send_proposal.ACCEPTED else None,
        order=order,
        order_link=_order_link(order) if order else "",
        may_withdraw=current is not None and send_proposal.may_withdraw(current),
        comments=proposals.list_comments(proposal.id),
        link=_client_link(proposal, draft.language) if proposal.at else "",
        may_act=may_sell(),
        names=NAMES,
        spoken=SPOKEN,
        payers=words.PAYERS,
        steps={step: filters.money(Money(step, draft.currency).as_json()) for step in steps_of(draft.currency)},
        rate_words=reckoned_at(offers[0].terms.rate) if offers and offers[0].terms.rate else "",
        wrong=wrong,
        typed=typed or {},
        at_option=key,
        part_key=part_key,
        part_name=lambda line: what_of(line.item, atlas),
        most_own=MOST_OWN,
        words=words,
    )  # fmt: skip


def _trip_link(option: Option) -> str:
    trip = trips.get_trip(option.trip_id)
    if not may_sell():
        return url_for("travellers.builder.look", secret=trip.view_secret)
    return url_for("travellers.builder.show_builder", secret=trip.edit_secret)


def _parts(offer: Offer) -> list[dict[str, Any]]:
    """Read each part of an option's price, with what it is and the name of its field."""
    atlas = in_service()
    lines = {str(line.number): line for line in offer.quote.lines}
    own = {f"own:{item.key}": item for item in offer.option.own}
    shares = {str(number): one.share for number, one in offer.promised().items()}
    shares |= {f"own:{key}": share for key, share in offer.own_shares().items()}
    found = []
    for part in offer.price.parts:
        line = lines.get(part.key)
        what, name = what_of(line.item, atlas) if line else (words.ORIGINS["own"], own[part.key].name)
        found.append({
            "part": part, "what": what, "name": name, "share": shares[part.key],
            "on": line.starts_at.date() if line else None,
            "field": f"markup_{part_key(line.item)}" if line else "",
            "own_markup": offer.option.markups.get(part_key(line.item)) if line else None,
            "public": line.price if line and line.price != part.net else None,
            "blocked": line.blocked if line else "",
        })  # fmt: skip
    return found


def _sale(version: ProposalVersion) -> dict[str, Any]:
    """Read how an accepted version stands: what it promised, and what was found when it was looked at again."""
    frozen, atlas = sell_proposal.chosen_of(version), in_service()
    found = sell_proposal.found_of(version)
    items = frozen["itinerary"]["items"]
    return {
        "frozen": frozen,
        "found": [
            (one, what_of(items[one.line - 1], atlas) if 0 < one.line <= len(items) else ("", "")) for one in found
        ],
        "open": sell_proposal.unsettled(version, found),
        "blocked": any(one.is_blocking for one in found),
        "at": datetime.fromisoformat(version.recheck["at"]) if version.recheck else None,
    }  # fmt: skip


def _client_link(proposal: Proposal, language: str) -> str:
    path = url_for("travellers.proposals.show_proposal", secret=proposal.secret)
    return whole_address(in_language(path, language))


def _order_link(order: Any) -> str:
    return url_for("travellers.bookings.show_booking", code=order.code, secret=order.secret, _external=True)


def _seen() -> str:
    return request.form.get("seen", "")


@pages.post("/<int:proposal_id>/words")
@limiter.limit(BOOKING)
@_acting
def set_words(proposal_id: int) -> str:
    """Say what it is called, in which language and currency, and how it is priced."""
    given = request.form
    step = whole("step")
    currency = given.get("currency", "")
    before = draft_of(proposals.get_proposal(g.agency.id, proposal_id))
    if currency != before.currency and currency in NAMES and step not in steps_of(currency):
        step = g.agency.step if currency == "IDR" else steps_of(currency)[1]
    wanted = Draft(
        given.get("title", ""), given.get("greeting", ""), given.get("language", ""), currency,
        basis_points("markup"), step, whole("free_after"), whole("days_valid"), given.get("payer", ""),
        tuple(sizes("sizes", given) or ()),
    )  # fmt: skip
    if sizes("sizes", given) is None:
        raise Invalid("these are no sizes of parties", field="sizes", code="bad_sizes")
    draft_proposal.set_words(g.agency.id, proposal_id, _seen(), wanted, services())
    return "words"


@pages.post("/<int:proposal_id>/options")
@limiter.limit(BOOKING)
@_acting
def add_option(proposal_id: int) -> str:
    """Lay another trip beside the others, by its link."""
    secret = secret_of(request.form.get("trip", ""))
    try:
        draft_proposal.add_option(
            g.agency.id, proposal_id, _seen(), request.form.get("name", ""), secret, services()
        )
    except NotFound as missing:
        if missing.code != "no_such_trip":
            raise
        raise Invalid("no trip has this link", field="trip", code="no_such_trip") from None
    return "options"


@pages.post("/<int:proposal_id>/options/<key>")
@limiter.limit(BOOKING)
@_acting
def set_option(proposal_id: int, key: str) -> str:
    """Name an option, say what the agency adds itself, and the mark-ups of single parts."""
    given = request.form
    draft = draft_of(proposals.get_proposal(g.agency.id, proposal_id))
    own = []
    for number in range(1, MOST_OWN + 2):
        name, net = given.get(f"own_name_{number}", "").strip(), given.get(f"own_net_{number}", "").strip()
        if name or net:
            days = given.get(f"own_days_{number}", "").strip()
            own.append(OwnItem(
                str(number), name, rupiah(f"own_net_{number}"), whole("days", {"days": days}) if days else 0,
            ))  # fmt: skip
    markups = {
        name.removeprefix("markup_"): basis_points(name)
        for name, value in given.items()
        if name.startswith("markup_") and value.strip()
    }
    wanted = Option(key, given.get("name", ""), draft.option(key).trip_id, tuple(own), markups)
    draft_proposal.set_option(g.agency.id, proposal_id, _seen(), wanted, services())
    return f"option-{key}"


@pages.post("/<int:proposal_id>/options/<key>/copy")
@limiter.limit(BOOKING)
@_acting
def copy_option(proposal_id: int, key: str) -> str:
    """Lay a copy beside an option, with a trip of its own to go on from."""
    draft_proposal.copy_option(g.agency.id, proposal_id, _seen(), key, request.form.get("name", ""), services())
    return "options"


@pages.post("/<int:proposal_id>/options/<key>/drop")
@limiter.limit(BOOKING)
@_acting
def drop_option(proposal_id: int, key: str) -> str:
    """Take an option away."""
    draft_proposal.drop_option(g.agency.id, proposal_id, _seen(), key, services())
    return "options"


def _priced(proposal: Proposal) -> tuple[Draft, list[Offer], dict[str, Any]]:
    """Return a draft with its options priced as of now, and what its client would read."""
    draft, now = draft_of(proposal), services().clock.now()
    offers = price_options(g.agency.id, draft, services(), has_slabs=True)
    send_proposal.check_offers(draft, offers, now)
    until = send_proposal.valid_until(draft, offers, now)
    number = send_proposal.next_number(proposal.id)
    return draft, offers, send_proposal.public_of(draft, g.agency, offers, number, until)


@pages.get("/<int:proposal_id>/preview")
@limiter.limit(PLANNING)
def preview(proposal_id: int) -> Any:
    """The proposal as it would be sent now."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    try:
        draft, offers, public = _priced(proposal)
    except Invalid as refused:
        return _page(proposal, words.at_fields(refused)), 422
    return _document(proposal_page.preview(public, offers), draft.title, draft.language, proposal_id)


def _document(html: str, title: str, language: str, proposal_id: int) -> str:
    icons.use_icons_of(html)
    document = Markup(html)  # drawn by web.proposal_page
    back = _("This is what your client sees. Back to the draft")
    with force_locale(language):
        return render_template(
            "agents/proposals/preview.html", agency=g.agency, document=document, title=title, back=back,
            address=url_for("agents.proposals.show_proposal", proposal_id=proposal_id),
        )  # fmt: skip


@pages.post("/<int:proposal_id>/send")
@limiter.limit(PLANNING)
@_acting
def send(proposal_id: int) -> str:
    """Freeze the draft as the next version; write to the client, where that was asked."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    seen = _seen()
    _draft, offers, public = _priced(proposal)
    document, paper = proposal_page.draw(public, offers, _client_link(proposal, str(public["language"])))
    version = send_proposal.send_proposal(
        g.agency.id, proposal_id, seen, offers, public, document, paper, services(), signed_in_as()
    )
    if request.form.get("mail") == "yes":
        answer_proposal.tell(proposal_id, "client", "sent", f"sent{version.number}", services())
    return "sent"


@pages.post("/<int:proposal_id>/withdraw")
@limiter.limit(BOOKING)
@_acting
def withdraw(proposal_id: int) -> str:
    """Take back what was sent."""
    if request.form.get("sure") != "yes":
        raise Invalid("it was not confirmed", field="", code="not_sure")
    send_proposal.withdraw(g.agency.id, proposal_id, services(), signed_in_as())
    return "sent"


@pages.post("/<int:proposal_id>/comments")
@limiter.limit(BOOKING)
@_acting
def answer(proposal_id: int) -> str:
    """Write to the client beside the proposal."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    answer_proposal.comment(proposal, request.form.get("comment", ""), signed_in_as(), False, services())
    return "talk"


@pages.post("/<int:proposal_id>/check")
@limiter.limit(PLANNING)
@_acting
def check(proposal_id: int) -> str:
    """Ask for prices and places of what was accepted again."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    version = proposals.get_version(proposal.id, proposal.at)
    if version.state != send_proposal.ACCEPTED:
        raise Conflict("this was not accepted", code="not_accepted")
    sell_proposal.look_again(proposal, version, services())
    return "sale"


@pages.post("/<int:proposal_id>/keep")
@limiter.limit(PLANNING)
@_acting
def keep_promise(proposal_id: int) -> str:
    """Bear what parts cost more now: the client pays what was promised."""
    sell_proposal.keep_promise(proposals.get_proposal(g.agency.id, proposal_id), services())
    return "sale"


@pages.post("/<int:proposal_id>/book")
@limiter.limit(PLANNING)
@by_sellers
def book(proposal_id: int) -> Any:
    """Hold what was accepted and go to its checkout: the agency pays net, or takes a client's payment by the link."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    try:
        order = sell_proposal.open_sale(proposal, services())
    except (Conflict, Invalid) as refused:
        return _page(proposals.get_proposal(g.agency.id, proposal_id), {"": words.say(refused)}), 409
    return redirect(
        url_for("travellers.checkout.show_travellers", code=order.code, secret=order.secret), 303
    )


@pages.get("/<int:proposal_id>/versions/<int:number>")
@limiter.limit(READING)
def show_version(proposal_id: int, number: int) -> str:
    """A version exactly as it was sent."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    version = proposals.get_version(proposal.id, number)
    public = version.public
    return _document(version.document.decode(), str(public["title"]), str(public["language"]), proposal_id)


@pages.get("/<int:proposal_id>/versions/<int:number>.pdf")
@limiter.limit(READING)
def show_paper(proposal_id: int, number: int) -> Response:
    """The paper of a version, exactly as it was sent."""
    proposal = proposals.get_proposal(g.agency.id, proposal_id)
    version = proposals.get_version(proposal.id, number)
    name = f'inline; filename="proposal-{proposal_id}-{number}.pdf"'
    return Response(version.paper, mimetype="application/pdf", headers={"Content-Disposition": name})
