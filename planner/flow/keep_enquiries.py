"""Keep what an agency's clients ask for: open an enquiry, move it on, note what was said.

    new -> draft -> sent -> viewed -> accepted -> booked -> travelling -> done        or lost, from anywhere

Every change is written down with whoever made it. An older page never overwrites a newer change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from planner.errors import Conflict
from planner.flow import typed
from planner.flow.client_card import ClientCard
from planner.flow.services import Services
from planner.store import agencies, enquiries, trips
from planner.store.agencies import READER
from planner.store.db import transaction
from planner.store.enquiries import STATES, Client, Enquiry, EnquiryAct

MOST_NOTE = 4_000
ERASED = "–"
LOST = "lost"


class ChangedMeanwhile(Conflict):
    """Somebody changed the enquiry after the page was shown."""

    default_code = "changed_meanwhile"


@dataclass(frozen=True)
class Asked:
    """What a client asks for, and who the client is."""

    title: str
    name: str
    email: str
    phone: str = ""
    language: str = "en"
    currency: str = "IDR"


def open_enquiry(agency_id: str, asked: Asked, services: Services, who: str) -> Enquiry:
    """Write down what a client asks for; a client whose address is known is not written down twice.

    Raises:
        Invalid: one problem for each field.
    """
    title = asked.title.strip()
    card = ClientCard(asked.name, asked.email, asked.phone, asked.language, asked.currency).trimmed()
    typed.refuse([*typed.needed("title", title, 160), *card.wrong()])
    now = services.clock.now()
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        client = enquiries.find_client_by_address(agency_id, card.email) if card.email else None
        if client is None:
            client = Client(agency_id=agency_id, created_at=now, **asdict(card))
            session.add(client)
            session.flush()
        enquiry = Enquiry(
            agency_id=agency_id, client_id=client.id, title=title, state="new", owner=who, next_step="",
            created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(enquiry)
        session.flush()
        note_act(session, enquiry, now, who, "open")
    return enquiry


def note_act(session: Any, enquiry: Enquiry, now: datetime, who: str, what: str, text: str = "") -> None:
    """Write down what was done about an enquiry; call it inside a transaction."""
    session.add(EnquiryAct(enquiry_id=enquiry.id, at=now, who=who, what=what, text=text))
    session.flush()


def move_on(
    agency_id: str, enquiry_id: int, seen: str, state: str, owner: str, next_step: str, next_on: date | None,
    services: Services, who: str,
) -> None:  # fmt: skip
    """Say how far an enquiry has come, who sees to it, and what is to be done next, by when.

    `seen` is when it was last changed as the page showed it, in ISO form.

    Raises:
        NotFound: this agency has no such enquiry.
        Invalid: one problem for each field.
        ChangedMeanwhile: somebody changed it after that.
    """
    sellers = [one.email for one in agencies.list_members(agency_id) if one.joined_at and one.work != READER]
    typed.refuse([
        *typed.one_of("state", state, STATES),
        *typed.one_of("owner", owner, sellers),
        *typed.short("next_step", next_step.strip(), 200),
    ])  # fmt: skip
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        if enquiry.changed_at.isoformat() != seen:
            raise ChangedMeanwhile("somebody changed this meanwhile")
        now = services.clock.now()
        wanted = {"state": state, "owner": owner, "next_step": next_step.strip(), "next_on": next_on}
        if enquiry.next_on != next_on:
            enquiry.reminded_on = None
        for field, value in wanted.items():
            if getattr(enquiry, field) != value:
                setattr(enquiry, field, value)
                note_act(session, enquiry, now, who, field, str(value) if value is not None else "")
        enquiry.changed_at = now


def advance(session: Any, enquiry: Enquiry, state: str, now: datetime, who: str) -> None:
    """Move an enquiry on to a state that comes after its own, never back; call it inside a transaction.

    One that was lost comes alive again when its client accepts after all.
    """
    at = STATES.index(enquiry.state) if enquiry.state != LOST else -1
    if STATES.index(state) <= at or (enquiry.state == LOST and state != "accepted"):
        return
    enquiry.state, enquiry.changed_at = state, now
    note_act(session, enquiry, now, who, "state", state)


def add_note(agency_id: str, enquiry_id: int, text: str, services: Services, who: str) -> None:
    """Note what was said.

    Raises:
        NotFound: this agency has no such enquiry.
        Invalid: nothing was written, or too much.
    """
    typed.refuse(typed.needed("note", text.strip(), MOST_NOTE))
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        note_act(session, enquiry, services.clock.now(), who, "note", text.strip())


def set_trip(agency_id: str, enquiry_id: int, secret: str, services: Services, who: str) -> None:
    """Give an enquiry a trip to work on, by the secret of the link that changes it.

    Raises:
        NotFound: this agency has no such enquiry, or no trip has this link.
    """
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        now = services.clock.now()
        enquiry.trip_id, enquiry.changed_at = trip.id, now
        if enquiry.state == "new":
            enquiry.state = "draft"
        note_act(session, enquiry, now, who, "trip")
