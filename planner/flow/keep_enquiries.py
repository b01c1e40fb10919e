"""Keep what an agency's clients ask for: open an enquiry, move it on, note what was said, erase a person.

    new -> draft -> sent -> viewed -> accepted -> booked -> travelling -> done        or lost, from anywhere

Every change is written down with whoever made it. An older page never overwrites a newer change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.errors import Conflict, Invalid
from planner.flow.run_agency import is_address
from planner.flow.services import Services
from planner.store import agencies, audit, enquiries, trips
from planner.store.agencies import READER
from planner.store.db import transaction
from planner.store.enquiries import STATES, Client, Enquiry, EnquiryAct
from planner.values.rates import SHOWN

LANGUAGES = ("en", "id")
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
    title, name, email = asked.title.strip(), asked.name.strip(), asked.email.strip().lower()
    wrong = [*_needed("title", title, 160), *_needed("name", name, 120)]
    if email and (not is_address(email) or len(email) > 200):
        wrong.append(Invalid("this is no mail address", field="email", code="bad_email"))
    if len(asked.phone.strip()) > 40:
        wrong.append(Invalid("this is too long", field="phone", code="too_long"))
    if asked.language not in LANGUAGES:
        wrong.append(Invalid("choose one of the list", field="language", code="bad_choice"))
    if asked.currency not in SHOWN:
        wrong.append(Invalid("choose one of the list", field="currency", code="bad_choice"))
    _refuse(wrong)
    now = services.clock.now()
    with transaction() as session:
        client = enquiries.find_client(session, agency_id, email) if email else None
        if client is None:
            client = Client(
                agency_id=agency_id, name=name, email=email, phone=asked.phone.strip(), language=asked.language,
                currency=asked.currency, created_at=now,
            )  # fmt: skip
            session.add(client)
            session.flush()
        enquiry = Enquiry(
            agency_id=agency_id, client_id=client.id, title=title, state="new", owner=who, next_step="",
            created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(enquiry)
        session.flush()
        _note(session, enquiry, now, who, "open")
    return enquiry


def _needed(field: str, value: str, most: int) -> list[Invalid]:
    if not value:
        return [Invalid("this field is required", field=field, code="missing")]
    return [Invalid("this is too long", field=field, code="too_long")] if len(value) > most else []


def _refuse(wrong: list[Invalid]) -> None:
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)


def _note(session: Any, enquiry: Enquiry, now: datetime, who: str, what: str, text: str = "") -> None:
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
    wrong = []
    if state not in STATES:
        wrong.append(Invalid("choose one of the list", field="state", code="bad_choice"))
    sellers = [one.email for one in agencies.list_members(agency_id) if one.joined_at and one.work != READER]
    if owner not in sellers:
        wrong.append(Invalid("choose one of the list", field="owner", code="bad_choice"))
    if len(next_step.strip()) > 200:
        wrong.append(Invalid("this is too long", field="next_step", code="too_long"))
    _refuse(wrong)
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        if enquiry.changed_at.isoformat() != seen:
            raise ChangedMeanwhile("somebody changed this meanwhile")
        now = services.clock.now()
        wanted = {"state": state, "owner": owner, "next_step": next_step.strip(), "next_on": next_on}
        for field, value in wanted.items():
            if getattr(enquiry, field) != value:
                setattr(enquiry, field, value)
                _note(session, enquiry, now, who, field, str(value) if value is not None else "")
        enquiry.changed_at = now


def advance(session: Any, enquiry: Enquiry, state: str, now: datetime, who: str) -> None:
    """Move an enquiry on to a state that comes after its own, never back; call it inside a transaction.

    One that was lost comes alive again when its client accepts after all.
    """
    at = STATES.index(enquiry.state) if enquiry.state != LOST else -1
    if STATES.index(state) <= at or (enquiry.state == LOST and state != "accepted"):
        return
    enquiry.state, enquiry.changed_at = state, now
    _note(session, enquiry, now, who, "state", state)


def add_note(agency_id: str, enquiry_id: int, text: str, services: Services, who: str) -> None:
    """Note what was said.

    Raises:
        NotFound: this agency has no such enquiry.
        Invalid: nothing was written, or too much.
    """
    _refuse(_needed("note", text.strip(), MOST_NOTE))
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        _note(session, enquiry, services.clock.now(), who, "note", text.strip())


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
        _note(session, enquiry, now, who, "trip")


def erase_client(agency_id: str, client_id: int, services: Services, who: str) -> None:
    """Forget who a client is, and all notes about what they asked for; how far each enquiry came stays.

    Raises:
        NotFound: this agency has no such client.
    """
    now = services.clock.now()
    with transaction() as session:
        client = enquiries.get_client(agency_id, client_id)
        client.name, client.email, client.phone, client.erased_at = ERASED, "", "", now
        for enquiry in enquiries.list_of_client(client_id):
            enquiry.title, enquiry.next_step = ERASED, ""
            for act in enquiries.list_acts(enquiry.id):
                if act.what in ("note", "next_step"):
                    act.text = ERASED
            _note(session, enquiry, now, who, "erase")
        audit.note_act(session, now, who, "erase_client", agency=agency_id, client=client_id)


def export_client(agency_id: str, client_id: int) -> dict[str, Any]:
    """Return all that is known of a client, to be handed to them.

    Raises:
        NotFound: this agency has no such client.
    """
    client = enquiries.get_client(agency_id, client_id)
    asked = [
        {
            "title": enquiry.title,
            "state": enquiry.state,
            "since": enquiry.created_at.isoformat(),
            "history": [
                {"at": act.at.isoformat(), "what": act.what, "text": act.text}
                for act in reversed(enquiries.list_acts(enquiry.id))
            ],
        }
        for enquiry in enquiries.list_of_client(client_id)
    ]
    kept = ("name", "email", "phone", "language", "currency")
    return {**{name: getattr(client, name) for name in kept}, "since": client.created_at.isoformat(), "asked": asked}
