"""What a client does with a proposal: looks at it, writes beside it, accepts it by name.

Each act names the version that the page showed: nobody accepts what they have not seen.
"""

from __future__ import annotations

from planner.errors import Conflict, Invalid
from planner.flow.keep_enquiries import advance
from planner.flow.send_letter import send
from planner.flow.send_proposal import ACCEPTED, SENT
from planner.flow.services import Services
from planner.store import enquiries, proposals
from planner.store.db import transaction
from planner.store.proposals import Proposal, ProposalComment, ProposalVersion

MOST_COMMENT = 4_000
MOST_NAME = 120
CLIENT = "client"


class NotOpen(Conflict):
    """This version can no longer be accepted: `params` say why: newer, lapsed, withdrawn, accepted."""

    default_code = "proposal_not_open"


def note_view(proposal: Proposal, services: Services) -> None:
    """Write down that the client looked at the version that the link shows."""
    now, proposal_id = services.clock.now(), proposal.id
    with transaction() as session:
        held = proposals.get_proposal_to_change(session, proposal_id)
        version = proposals.get_version(proposal_id, held.at)
        version.views, version.last_viewed_at = version.views + 1, now
        if version.first_viewed_at is None:
            version.first_viewed_at = now
            enquiry = enquiries.get_enquiry_to_change(session, held.agency_id, held.enquiry_id)
            advance(session, enquiry, "viewed", now, CLIENT)


def comment(proposal: Proposal, text: str, who: str, by_client: bool, services: Services) -> ProposalComment:
    """Write something beside a proposal, and tell the other side.

    Raises:
        Invalid: nothing was written, or too much.
    """
    text = text.strip()
    if not text:
        raise Invalid("this field is required", field="comment", code="missing")
    if len(text) > MOST_COMMENT:
        raise Invalid("this is too long", field="comment", code="too_long")
    now, proposal_id = services.clock.now(), proposal.id
    with transaction() as session:
        written = ProposalComment(proposal_id=proposal_id, at=now, by_client=by_client, who=who[:200], text=text)
        session.add(written)
        session.flush()
        number = written.id
    whom = "agency" if by_client else "client"
    tell(proposal_id, whom, "comment", f"comment{number}", services)
    return written


def tell(proposal_id: int, whom: str, what: str, key: str, services: Services) -> None:
    """Write to the agency or the client about a proposal, once for each key."""
    send(
        f"proposal:{proposal_id}:{whom}:{key}"[:120], "",
        lambda: services.letters.tell_of_proposal(proposal_id, whom, what), services,
    )  # fmt: skip


def why_closed(proposal: Proposal, version: ProposalVersion, services: Services) -> str:
    """Return why a version cannot be accepted; empty where it can."""
    if version.number != proposal.at:
        return "newer"
    if version.state != SENT:
        return version.state
    return "lapsed" if services.clock.now() >= version.valid_until else ""


def accept(
    proposal: Proposal, number: int, chosen: str, name: str, agrees: bool, services: Services
) -> ProposalVersion:
    """Accept a version with one of its options, by name and with the agency's terms.

    Raises:
        Invalid: one problem for each field: `option`, `name`, `agrees`.
        NotOpen: it can no longer be accepted.
    """
    version = proposals.get_version(proposal.id, number)
    wrong, name = [], name.strip()
    if chosen not in [option["key"] for option in version.public["options"]]:
        wrong.append(Invalid("choose one of the list", field="option", code="choose_option"))
    if not name:
        wrong.append(Invalid("this field is required", field="name", code="missing"))
    elif len(name) > MOST_NAME:
        wrong.append(Invalid("this is too long", field="name", code="too_long"))
    if not agrees:
        wrong.append(Invalid("the terms have to be agreed to", field="agrees", code="not_agreed"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)
    now, proposal_id = services.clock.now(), proposal.id
    with transaction() as session:
        held = proposals.get_proposal_to_change(session, proposal_id)
        version = proposals.get_version(proposal_id, number)
        session.refresh(version)
        closed = why_closed(held, version, services)
        if closed:
            raise NotOpen("this can no longer be accepted", params={"why": closed})
        version.state, version.chosen = ACCEPTED, chosen
        version.accepted_at, version.accepted_name = now, name
        enquiry = enquiries.get_enquiry_to_change(session, held.agency_id, held.enquiry_id)
        advance(session, enquiry, "accepted", now, CLIENT)
    tell(proposal_id, "agency", "accepted", f"accepted{number}", services)
    return version
