"""What an agency or its client is told of a proposal: sent, something written beside it, accepted, changed since."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from planner.store import enquiries, proposals
from planner.store.proposals import Proposal
from planner.web.letter_page import Block, Button, LetterPage
from planner.web.refund_words import moment

CLIENT = "client"


@dataclass(frozen=True)
class ProposalNews:
    """To whom, a subject and a page; `paper` is the PDF that goes with it."""

    to: str
    subject: str
    page: LetterPage
    paper: bytes = b""


def language_of(proposal_id: int, whom: str) -> str:
    """Return the language to write in: the proposal's for its client, English for the agency."""
    proposal = proposals.get_by_id(proposal_id)
    version = proposals.get_version(proposal.id, proposal.at)
    return str(version.public["language"]) if whom == CLIENT else "en"


def news_of_proposal(proposal_id: int, whom: str, what: str, root: str, is_demo: bool) -> ProposalNews | None:
    """Return what there is to tell; `root` begins every link. None where no address is known."""
    proposal = proposals.get_by_id(proposal_id)
    version = proposals.get_version(proposal.id, proposal.at)
    enquiry, client = enquiries.get_enquiry(proposal.agency_id, proposal.enquiry_id)
    public = version.public
    agency, language = public["agency"], str(public["language"])
    to = client.email if whom == CLIENT else enquiry.owner
    if not to:
        return None
    title = str(public["title"])
    if whom == CLIENT:
        address = f"{root}/{language}/proposals/{proposal.secret}"
        subject, sentences = _to_client(what, title, str(agency["name"]), moment(version.valid_until))
        button = Button(_("Open the proposal"), address)
    else:
        address = f"{root}/agency/proposals/{proposal.id}"
        subject, sentences = _to_agency(what, title, client.name, version.accepted_name)
        button = Button(_("Open it"), address)
    sentences += _said(proposal, whom) if what == "comment" else ()
    blocks = [Block(sentences=sentences, buttons=(button,))]
    if whom == CLIENT:
        reach = " · ".join((str(agency["name"]), str(agency["phone"]), str(agency["email"])))
        blocks.append(Block(sentences=(reach,), is_fine=True))
    page = LetterPage(language if whom == CLIENT else "en", subject, "", blocks, is_demo=is_demo)
    return ProposalNews(to, subject, page, version.paper if what == "sent" else b"")


def _to_client(what: str, title: str, agency: str, until: str) -> tuple[str, tuple[str, ...]]:
    if what == "sent":
        subject = _("Your trip: %(title)s", title=title)
        return subject, (
            _("%(agency)s has made you a proposal. It is valid until %(until)s WITA.", agency=agency, until=until),
            _("On its page you can write back, choose, and accept."),
        )
    subject = _("%(agency)s wrote to you about %(title)s", agency=agency, title=title)
    return subject, ()


def _to_agency(what: str, title: str, client: str, name: str) -> tuple[str, tuple[str, ...]]:
    if what == "accepted":
        return _("Accepted: %(title)s", title=title), (
            _("%(name)s has accepted for %(client)s.", name=name, client=client),
            _("Prices and places were asked for again; the page shows whether anything changed."),
        )
    if what == "changed":
        return _("Please look: %(title)s", title=title), (
            _("%(client)s wants to pay, but prices or places are not what was promised.", client=client),
            _("Keep the promised price, or change the trip and send another version."),
        )
    if what == "booked":
        return _("Booked: %(title)s", title=title), (
            _("Everybody has confirmed, and it is paid. The papers are on the booking’s page."),
        )
    if what == "cancelled":
        return _("Cancelled in part or whole: %(title)s", title=title), (
            _("Parts were cancelled by their terms. The booking’s page shows which, and what is paid back."),
        )
    if what == "undone":
        return _("Could not be booked: %(title)s", title=title), (
            _("A part could not be had, or the payment failed. Everything was given back; what was paid is paid back."),
            _("Change the trip and send another version, or let the client try again."),
        )
    return _("%(client)s wrote about %(title)s", client=client, title=title), ()


def _said(proposal: Proposal, whom: str) -> tuple[str, ...]:
    """Return the last thing that the other side wrote."""
    theirs = [one.text for one in proposals.list_comments(proposal.id) if one.by_client == (whom != CLIENT)]
    return (theirs[-1],) if theirs else ()
