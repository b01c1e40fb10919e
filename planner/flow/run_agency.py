"""Run a travel agency: apply, be approved, invite people and let them go, say how its prices are made.

    apply -> approve <-> suspend        only an approved agency has agents; each of them needs a second factor
    invite -> join -> change what they do, or let go        somebody always owns an agency
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from planner.booking.agency_price import MOST_MARKUP_BP
from planner.booking.states import WrongState
from planner.errors import Conflict, Invalid, NotFound
from planner.flow import typed
from planner.flow.services import Services
from planner.flow.write_to_owners import tell_owners
from planner.store import agencies, audit
from planner.store.accounts import add_account, take_role
from planner.store.agencies import OWNER, WORKS, Agency, Member
from planner.store.db import transaction

ROLE = "agent"
MOST_COMMISSION_BP = 1000
"""It is paid out of our own share of packages and stays, which is no larger."""
MOST_FREE_AFTER = 99
STEPS = (1, 1_000, 10_000, 50_000, 100_000)
MOST_TERMS = 8_000


class WorksElsewhere(Conflict):
    """One account works for one agency."""

    default_code = "works_elsewhere"


class LastOwner(Conflict):
    """Somebody has to own an agency."""

    default_code = "last_owner"


@dataclass(frozen=True)
class Card:
    """Who an agency is: what it is called, its licence number, how to reach it."""

    name: str
    licence: str
    email: str
    phone: str

    def checked(self) -> Card:
        """Return it without spaces around.

        Raises:
            Invalid: one problem for each field that is empty, too long or no address.
        """
        card = Card(self.name.strip(), self.licence.strip(), self.email.strip().lower(), self.phone.strip())
        wrong = [
            problem
            for field, most in (("name", 120), ("licence", 60), ("email", 200), ("phone", 40))
            for problem in typed.needed(field, getattr(card, field), most)
        ]
        if not any(one.field == "email" for one in wrong):
            wrong += typed.address("email", card.email)
        typed.refuse(wrong)
        return card


def apply_as_agency(card: Card, account_id: int, email: str, services: Services) -> Agency:
    """Ask to sell here: the agency is written down with whoever asks as its owner, and waits for approval.

    Raises:
        Invalid: one problem for each field.
        WorksElsewhere: this account works for an agency already.
    """
    card, now = card.checked(), services.clock.now()
    with transaction() as session:
        _works_nowhere(account_id)
        agency = Agency(
            id=uuid.uuid4().hex, name=card.name, licence=card.licence, email=card.email, phone=card.phone,
            state="applied", applied_at=now,
        )  # fmt: skip
        session.add(agency)
        session.flush()
        session.add(
            Member(agency_id=agency.id, email=email, account_id=account_id, work=OWNER, invited_at=now, joined_at=now)
        )
        audit.note_act(session, now, email, "apply_as_agency", agency=agency.id)
    return agency


def _works_nowhere(account_id: int) -> None:
    if agencies.find_member(account_id) is not None:
        raise WorksElsewhere("this account works for an agency already")


def approve_agency(agency_id: str, commission_bp: int, services: Services, who: str) -> None:
    """Let an agency's people in, and agree on its commission; its owners are written to where they were not in before.

    Raises:
        NotFound: there is no such agency.
        Invalid: the commission is out of bounds.
    """
    if not 0 <= commission_bp <= MOST_COMMISSION_BP:
        raise Invalid("a commission is between 0 and 10 %", field="commission", code="bad_commission")
    now = services.clock.now()
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        was = agency.state
        agency.state, agency.approved_at, agency.commission_bp = "approved", now, commission_bp
        for member in _joined(agency_id):
            add_account(member.email, None, ROLE, now)
        audit.note_act(session, now, who, "approve_agency", agency=agency_id, commission_bp=commission_bp)
    if was != "approved":
        tell_owners(agency_id, "let_in", services)


def suspend_agency(agency_id: str, services: Services, who: str) -> None:
    """Let an agency's people in no longer, end their sessions and write to its owners; what they sold stays sold.

    Raises:
        NotFound: there is no such agency.
        WrongState: it is not approved.
    """
    now = services.clock.now()
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        if agency.state != "approved":
            raise WrongState("only an approved agency is suspended")
        agency.state, agency.approved_at = "suspended", None
        for member in _joined(agency_id):
            take_role(member.email, ROLE)
        audit.note_act(session, now, who, "suspend_agency", agency=agency_id)
    tell_owners(agency_id, "suspended", services)


def _joined(agency_id: str) -> Sequence[Member]:
    return [member for member in agencies.list_members(agency_id) if member.account_id is not None]


def invite(agency_id: str, email: str, work: str, services: Services, who: str) -> Member:
    """Invite somebody by an address; whoever confirmed it with an account of theirs may join.

    Raises:
        Invalid: it is no address, or there is no such work.
        Conflict: that address was invited before.
    """
    email = email.strip().lower()
    if not typed.is_address(email) or len(email) > typed.MOST_ADDRESS:
        raise Invalid("this is no mail address", field="email", code="bad_email")
    _known(work)
    now = services.clock.now()
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        if any(member.email == email for member in agencies.list_members(agency_id)):
            raise Conflict("that address was invited before", field="email", code="invited_before")
        member = Member(agency_id=agency_id, email=email, work=work, invited_at=now)
        session.add(member)
        session.flush()
        audit.note_act(session, now, who, "invite_to_agency", agency=agency_id, email=email, work=work)
    return member


def join_agency(member_id: int, account_id: int, email: str, services: Services) -> Member:
    """Answer an invitation: the account works for the agency from now on.

    Raises:
        NotFound: this address has no such invitation.
        WorksElsewhere: the account works for an agency already.
    """
    now = services.clock.now()
    with transaction() as session:
        open_ones = [one for one in agencies.list_invitations(email) if one.id == member_id]
        if not open_ones:
            raise NotFound("there is no such invitation", code="no_such_invitation")
        _works_nowhere(account_id)
        member = agencies.get_member(session, open_ones[0].agency_id, member_id)
        if member.account_id is not None:
            raise NotFound("there is no such invitation", code="no_such_invitation")
        member.account_id, member.joined_at = account_id, now
        if agencies.get_agency(member.agency_id).state == "approved":
            add_account(email, None, ROLE, now)
        audit.note_act(session, now, email, "join_agency", agency=member.agency_id)
    return member


def set_work(agency_id: str, member_id: int, work: str, services: Services, who: str) -> None:
    """Change what somebody does.

    Raises:
        NotFound: this agency has no such member.
        Invalid: there is no such work.
        LastOwner: nobody else owns the agency.
    """
    _known(work)
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        member = agencies.get_member(session, agency_id, member_id)
        if work != OWNER:
            _someone_else_owns(member)
        member.work = work
        now = services.clock.now()
        audit.note_act(session, now, who, "set_work", agency=agency_id, email=member.email, work=work)


def let_go(agency_id: str, member_id: int, services: Services, who: str) -> None:
    """Take back an invitation, or let somebody go and end their sessions.

    Raises:
        NotFound: this agency has no such member.
        LastOwner: nobody else owns the agency.
    """
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        member = agencies.get_member(session, agency_id, member_id)
        _someone_else_owns(member)
        if member.account_id is not None:
            take_role(member.email, ROLE)
        session.delete(member)
        session.flush()
        audit.note_act(session, services.clock.now(), who, "let_go", agency=agency_id, email=member.email)


def _known(work: str) -> None:
    if work not in WORKS:
        raise Invalid("there is no such work", field="work", code="no_such_work")


def _someone_else_owns(member: Member) -> None:
    owners = [one for one in _joined(member.agency_id) if one.work == OWNER]
    if [one.id for one in owners] == [member.id]:
        raise LastOwner("somebody has to own an agency")


def set_prices(
    agency_id: str, markup_bp: int, step: int, free_after: int, terms: str, services: Services, who: str
) -> None:
    """Say how an agency makes its prices, and what its clients agree to; prices that were made stay as they are.

    Raises:
        Invalid: one problem for each field.
    """
    wrong = []
    if not 0 <= markup_bp <= MOST_MARKUP_BP:
        wrong.append(Invalid("a mark-up is between 0 and 1000 %", field="markup", code="bad_markup"))
    if step not in STEPS:
        wrong.append(Invalid("choose one of the list", field="step", code="bad_step"))
    if not 0 <= free_after <= MOST_FREE_AFTER:
        wrong.append(Invalid("between 0 and 99 paid places", field="free_after", code="bad_free_after"))
    if len(terms.strip()) > MOST_TERMS:
        wrong.append(Invalid("this is too long", field="terms", code="too_long"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        agency.markup_bp, agency.step, agency.free_after, agency.terms = markup_bp, step, free_after, terms.strip()
        now = services.clock.now()
        audit.note_act(session, now, who, "set_agency_prices", agency=agency_id, markup_bp=markup_bp, step=step)
