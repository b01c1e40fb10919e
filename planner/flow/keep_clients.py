"""Keep who an agency's clients are and who travels with them: add, change, tell a client all that is known, erase.

Whoever travels with a client is sealed as a whole: the database alone names nobody and no document. An older page
never overwrites a newer change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from planner.errors import Conflict, Invalid
from planner.flow import typed
from planner.flow.client_card import ClientCard
from planner.flow.keep_enquiries import ERASED, ChangedMeanwhile, note_act
from planner.flow.services import Services
from planner.store import agencies, audit, enquiries, proposals
from planner.store.db import transaction
from planner.store.enquiries import Client, ClientTraveller
from planner.store.proposals import ProposalVersion
from planner.values.passports import (
    LONGEST_NAME,
    NATIONALITIES,
    VALID_MONTHS,
    is_name,
    is_number,
    months_after,
    number_of,
)

MOST_TRAVELLERS = 40
MOST_NEEDS = 500
OLDEST_YEARS = 120
LAPSED, LAPSES_SOON = "lapsed", "lapses_soon"
KEPT = ("given", "family", "born_on", "nationality", "document", "document_until", "needs")


class TooManyTravellers(Conflict):
    """No party is that large."""

    default_code = "too_many_travellers"


@dataclass(frozen=True)
class Traveller:
    """Somebody who travels with a client; `needs` is what they eat or need. Only the names are always known."""

    given: str
    family: str
    born_on: date | None = None
    nationality: str = ""
    document: str = ""
    document_until: date | None = None
    """The last day on which the document is valid."""
    needs: str = ""
    id: int = 0
    seen: str = ""
    """When it was last changed, for whoever changes it next."""

    @property
    def masked(self) -> str:
        """The document's number as it may be shown: its last three signs."""
        return f"•••{self.document[-3:]}" if self.document else ""

    def warning(self, today: date) -> str:
        """Tell whether the document has lapsed, or lapses sooner than a border may ask for; empty where it is good."""
        if self.document_until is None or self.document_until >= months_after(today, VALID_MONTHS):
            return ""
        return LAPSED if self.document_until < today else LAPSES_SOON

    def facts(self) -> dict[str, str]:
        """Return what is kept of it, as texts."""
        return {name: str(getattr(self, name) or "") for name in KEPT}


def read_traveller(given: Mapping[str, str], today: date) -> Traveller:
    """Read who travels from what was typed, field by field.

    Raises:
        Invalid: one problem for each field.
    """
    text = {name: " ".join(given.get(name, "").split()) for name in KEPT}
    text |= {"document": number_of(text["document"]), "needs": given.get("needs", "").strip().replace("\r\n", "\n")}
    wrong = [*_wrong_name("given", text["given"]), *_wrong_name("family", text["family"])]
    wrong += typed.short("needs", text["needs"], MOST_NEEDS)
    wrong += typed.one_of("nationality", text["nationality"], ("", *NATIONALITIES))
    if text["document"] and not is_number(text["document"]):
        wrong.append(Invalid("this is no document's number", field="document", code="bad_document"))
    days = {name: _day(name, text[name], wrong) for name in ("born_on", "document_until")}
    born_on = days["born_on"]
    if born_on is not None and not months_after(today, -12 * OLDEST_YEARS) <= born_on < today:
        wrong.append(Invalid("nobody is born then", field="born_on", code="bad_birth"))
    typed.refuse(wrong)
    return Traveller(**{**text, **days})  # type: ignore[arg-type]


def _wrong_name(field: str, value: str) -> list[Invalid]:
    if wrong := typed.needed(field, value, LONGEST_NAME):
        return wrong
    return [] if is_name(value) else [Invalid("this is no name", field=field, code="bad_name")]


def _day(field: str, value: str, wrong: list[Invalid]) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        wrong.append(Invalid("this is no day", field=field, code="no_day"))
        return None


def add_client(agency_id: str, card: ClientCard, services: Services) -> Client:
    """Write a client down.

    Raises:
        Invalid: one problem for each field; a client whose address is known is not written down twice.
    """
    card = card.trimmed()
    typed.refuse(card.wrong())
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        _refuse_known(agency_id, card.email)
        client = Client(agency_id=agency_id, created_at=services.clock.now(), **asdict(card))
        session.add(client)
        session.flush()
    return client


def _refuse_known(agency_id: str, email: str, but: int = 0) -> None:
    known = enquiries.find_client_by_address(agency_id, email) if email else None
    if known is not None and known.id != but:
        raise Invalid("a client has this address already", field="email", code="client_known")


def change_client(agency_id: str, client_id: int, seen: str, card: ClientCard) -> None:
    """Change a client's card; `seen` is the mark of the card as the page showed it.

    Raises:
        NotFound: this agency has no such client, or erased them.
        Invalid: one problem for each field.
        ChangedMeanwhile: somebody changed it after that.
    """
    card = card.trimmed()
    typed.refuse(card.wrong())
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        client = enquiries.get_client_to_change(session, agency_id, client_id)
        if ClientCard.of(client).mark != seen:
            raise ChangedMeanwhile("somebody changed this meanwhile")
        _refuse_known(agency_id, card.email, client_id)
        for name, value in asdict(card).items():
            setattr(client, name, value)


def travellers_of(client_id: int) -> list[Traveller]:
    """Return who travels with a client, in the order in which they were added; whose client it is, is yours to check.

    Raises:
        SealBroken: what was sealed cannot be read any more.
    """
    return [_opened(row) for row in enquiries.list_travellers(client_id)]


def get_traveller(agency_id: str, client_id: int, traveller_id: int) -> Traveller:
    """Find somebody who travels with a client of an agency.

    Raises:
        NotFound: this agency has no such client, or the client travels with nobody of this number.
        SealBroken: what was sealed cannot be read any more.
    """
    enquiries.get_client(agency_id, client_id)
    return _opened(enquiries.get_traveller(client_id, traveller_id))


def _opened(row: ClientTraveller) -> Traveller:
    facts: dict[str, Any] = enquiries.facts_of(row)
    for name in ("born_on", "document_until"):
        facts[name] = date.fromisoformat(facts[name]) if facts.get(name) else None
    return Traveller(**facts, id=row.id, seen=row.changed_at.isoformat())


def add_traveller(agency_id: str, client_id: int, traveller: Traveller, services: Services, who: str) -> None:
    """Write down who travels with a client, sealed.

    Raises:
        NotFound: this agency has no such client, or erased them.
        TooManyTravellers: no party is that large.
    """
    now = services.clock.now()
    with transaction() as session:
        enquiries.get_client_to_change(session, agency_id, client_id)
        if len(enquiries.list_travellers(client_id)) >= MOST_TRAVELLERS:
            raise TooManyTravellers("no party is that large")
        enquiries.keep_traveller(session, ClientTraveller(client_id=client_id), traveller.facts(), now)
        audit.note_act(session, now, who, "keep_traveller", agency=agency_id, client=client_id)


def change_traveller(
    agency_id: str, client_id: int, traveller_id: int, seen: str, traveller: Traveller, services: Services, who: str
) -> None:
    """Change what is known of whoever travels with a client.

    Raises:
        NotFound: this agency has no such client, or the client travels with nobody of this number.
        ChangedMeanwhile: somebody changed it after the page was shown.
    """
    now = services.clock.now()
    with transaction() as session:
        enquiries.get_client_to_change(session, agency_id, client_id)
        row = enquiries.get_traveller(client_id, traveller_id)
        if row.changed_at.isoformat() != seen:
            raise ChangedMeanwhile("somebody changed this meanwhile")
        enquiries.keep_traveller(session, row, traveller.facts(), now)
        audit.note_act(session, now, who, "keep_traveller", agency=agency_id, client=client_id)


def drop_traveller(agency_id: str, client_id: int, traveller_id: int, services: Services, who: str) -> None:
    """Forget who travelled with a client.

    Raises:
        NotFound: this agency has no such client, or the client travels with nobody of this number.
    """
    with transaction() as session:
        enquiries.get_client_to_change(session, agency_id, client_id)
        session.delete(enquiries.get_traveller(client_id, traveller_id))
        session.flush()
        audit.note_act(session, services.clock.now(), who, "drop_traveller", agency=agency_id, client=client_id)


def export_client(agency_id: str, client_id: int) -> dict[str, Any]:
    """Return all that is known of a client, to be handed to them.

    Raises:
        NotFound: this agency has no such client.
        SealBroken: who travels with them cannot be read any more.
    """
    client = enquiries.get_client(agency_id, client_id)
    return {
        **asdict(ClientCard.of(client)),
        "since": client.created_at.isoformat(),
        "travellers": [traveller.facts() for traveller in travellers_of(client_id)],
        "asked": [_told(enquiry) for enquiry in enquiries.list_of_client(client_id)],
    }


def _told(enquiry: enquiries.Enquiry) -> dict[str, Any]:
    proposal = proposals.find_of_enquiry(enquiry.id)
    return {
        "title": enquiry.title,
        "state": enquiry.state,
        "since": enquiry.created_at.isoformat(),
        "history": [
            {"at": act.at.isoformat(), "what": act.what, "text": act.text}
            for act in reversed(enquiries.list_acts(enquiry.id))
        ],
        "written": [
            {"at": one.at.isoformat(), "who": one.who, "text": one.text}
            for one in (proposals.list_comments(proposal.id) if proposal else ())
        ],
    }


def erase_client(agency_id: str, client_id: int, services: Services, who: str) -> None:
    """Forget who a client is, who travels with them, and all that was written; how far each enquiry came stays.

    A version of a proposal that was sold stays as it was sent: it is what both sides agreed on.

    Raises:
        NotFound: this agency has no such client.
    """
    now = services.clock.now()
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        client = enquiries.get_client_to_change(session, agency_id, client_id, even_erased=True)
        if client.erased_at is not None:
            return
        client.name, client.email, client.phone, client.wishes, client.erased_at = ERASED, "", "", "", now
        for row in enquiries.list_travellers(client_id):
            session.delete(row)
        for enquiry in enquiries.list_of_client(client_id):
            enquiry.title, enquiry.next_step = ERASED, ""
            for act in enquiries.list_acts(enquiry.id):
                if act.what in ("note", "next_step"):
                    act.text = ERASED
            note_act(session, enquiry, now, who, "erase")
            _erase_proposal(enquiry.id)
        session.flush()
        audit.note_act(session, now, who, "erase_client", agency=agency_id, client=client_id)


def _erase_proposal(enquiry_id: int) -> None:
    proposal = proposals.find_of_enquiry(enquiry_id)
    if proposal is None:
        return
    proposal.draft = {**proposal.draft, "title": ERASED, "greeting": ""}
    for comment in proposals.list_comments(proposal.id):
        comment.who = comment.text = ERASED
    unsold = [version for version in proposals.list_versions(proposal.id) if not version.order_id]
    for version in unsold:
        _erase_version(version)
    if proposal.at in {version.number for version in unsold}:
        proposal.at = 0  # its link opens nothing any more


def _erase_version(version: ProposalVersion) -> None:
    version.public = {**version.public, "title": ERASED, "greeting": ""}
    version.document, version.paper, version.accepted_name = ERASED.encode(), b"", ""
    version.state = "withdrawn"
