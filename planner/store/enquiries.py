"""What an agency's clients ask for: who they are, how far each wish has come, who did what.

Client 1--n ClientTraveller, Client 1--n Enquiry 1--n EnquiryAct. An enquiry may have a trip of its own to work on.
Every act stays, also when a client is erased: then it names nobody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from planner.errors import NotFound
from planner.store.agencies import Agency
from planner.store.columns import UtcDateTime
from planner.store.db import Base, db
from planner.store.seals import seal, unseal

STATES = ("new", "draft", "sent", "viewed", "accepted", "booked", "travelling", "done", "lost")
CLOSED = ("done", "lost")
PAGE = 30
"""Clients on a page of a list."""


class Client(Base):
    """Somebody who travels with an agency."""

    __tablename__ = "agency_client"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    currency: Mapped[str] = mapped_column(String(3), default="IDR")
    wishes: Mapped[str] = mapped_column(Text, default="")
    """What they like and what they cannot, in the agency's words."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClientTraveller(Base):
    """Somebody who travels with a client. `sealed` holds name, documents and needs; it takes the site's key to read."""

    __tablename__ = "agency_traveller"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("agency_client.id"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enquiry(Base):
    """What a client asks for, and how far it has come. `owner` is the address of whoever sees to it."""

    __tablename__ = "enquiry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("agency_client.id"), index=True)
    trip_id: Mapped[str | None] = mapped_column(ForeignKey("trip.id"))
    title: Mapped[str] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default="new", index=True)
    owner: Mapped[str] = mapped_column(String(200))
    next_step: Mapped[str] = mapped_column(String(200), default="")
    next_on: Mapped[date | None] = mapped_column(Date)
    reminded_on: Mapped[date | None] = mapped_column(Date)
    """The day of the next step that its owner was reminded of."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EnquiryAct(Base):
    """Something that was done or noted; it stays as it is, unless the client is erased."""

    __tablename__ = "enquiry_act"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiry.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True)
class FoundClients:
    """One page of clients; `page` begins at 1 and is the last one where a later one was asked for."""

    clients: tuple[Client, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE))


def get_enquiry(agency_id: str, enquiry_id: int) -> tuple[Enquiry, Client]:
    """Find an enquiry of an agency with its client.

    Raises:
        NotFound: this agency has no such enquiry.
    """
    enquiry = db.session.get(Enquiry, enquiry_id)
    if enquiry is None or enquiry.agency_id != agency_id:
        raise NotFound("this agency has no such enquiry", code="no_such_enquiry")
    return enquiry, db.session.get_one(Client, enquiry.client_id)


def get_enquiry_to_change(session: Session, agency_id: str, enquiry_id: int) -> Enquiry:
    """Find an enquiry of an agency and keep others from it until the transaction ends.

    Raises:
        NotFound: this agency has no such enquiry.
    """
    enquiry = session.get(Enquiry, enquiry_id, with_for_update=True, populate_existing=True)
    if enquiry is None or enquiry.agency_id != agency_id:
        raise NotFound("this agency has no such enquiry", code="no_such_enquiry")
    return enquiry


def get_client(agency_id: str, client_id: int) -> Client:
    """Find a client of an agency.

    Raises:
        NotFound: this agency has no such client.
    """
    client = db.session.get(Client, client_id)
    if client is None or client.agency_id != agency_id:
        raise NotFound("this agency has no such client", code="no_such_client")
    return client


def get_living_client(agency_id: str, client_id: int) -> Client:
    """Find a client of an agency who was not erased.

    Raises:
        NotFound: this agency has no such client, or erased them.
    """
    client = get_client(agency_id, client_id)
    if client.erased_at is not None:
        raise NotFound("this agency has no such client", code="no_such_client")
    return client


def get_client_to_change(session: Session, agency_id: str, client_id: int, even_erased: bool = False) -> Client:
    """Find a client of an agency and keep others from it until the transaction ends.

    Raises:
        NotFound: this agency has no such client, or erased them.
    """
    client = session.get(Client, client_id, with_for_update=True, populate_existing=True)
    if client is None or client.agency_id != agency_id or (client.erased_at is not None and not even_erased):
        raise NotFound("this agency has no such client", code="no_such_client")
    return client


def list_enquiries(
    agency_id: str, text: str = "", owner: str = "", is_open: bool = True
) -> list[tuple[Enquiry, Client]]:
    """List an agency's enquiries, what is to be done first before the rest; of one owner, or with a text, if given."""
    query = select(Enquiry, Client).join(Client, Client.id == Enquiry.client_id).where(Enquiry.agency_id == agency_id)
    query = query.where(Enquiry.state.not_in(CLOSED) if is_open else Enquiry.state.in_(CLOSED))
    if owner:
        query = query.where(Enquiry.owner == owner)
    if text:
        some = f"%{_escaped(text.lower())}%"
        columns = (Enquiry.title, Client.name, Client.email)
        query = query.where(or_(*(func.lower(column).like(some, escape="\\") for column in columns)))
    query = query.order_by(Enquiry.next_on.is_(None), Enquiry.next_on, Enquiry.changed_at.desc(), Enquiry.id)
    return [(enquiry, client) for enquiry, client in db.session.execute(query)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_of_client(client_id: int) -> list[Enquiry]:
    """List what a client asked for, the newest first."""
    return list(db.session.scalars(select(Enquiry).where(Enquiry.client_id == client_id).order_by(Enquiry.id.desc())))


def list_acts(enquiry_id: int) -> list[EnquiryAct]:
    """List what was done about an enquiry, the newest first."""
    query = select(EnquiryAct).where(EnquiryAct.enquiry_id == enquiry_id).order_by(EnquiryAct.id.desc())
    return list(db.session.scalars(query))


def find_client_by_address(agency_id: str, email: str) -> Client | None:
    """Find an agency's client by an address."""
    query = select(Client).where(Client.agency_id == agency_id, Client.email == email).order_by(Client.id).limit(1)
    return db.session.scalar(query)


def search_clients(agency_id: str, text: str = "", page: int = 1) -> FoundClients:
    """List an agency's clients by name; with a text in name or addresses, if given. Whoever was erased is left out."""
    these = [Client.agency_id == agency_id, Client.erased_at.is_(None)]
    if text:
        some = f"%{_escaped(text.lower())}%"
        columns = (Client.name, Client.email, Client.phone)
        these.append(or_(*(func.lower(column).like(some, escape="\\") for column in columns)))
    count = db.session.scalar(select(func.count()).select_from(Client).where(*these)) or 0
    page = max(1, min(page, -(-count // PAGE)))
    query = select(Client).where(*these).order_by(func.lower(Client.name), Client.id)
    found = db.session.scalars(query.limit(PAGE).offset((page - 1) * PAGE))
    return FoundClients(tuple(found), count, page)


def list_known(agency_id: str) -> list[tuple[str, str, str]]:
    """List address, name and phone of each client of an agency."""
    query = select(Client.email, Client.name, Client.phone)
    found = db.session.execute(query.where(Client.agency_id == agency_id, Client.erased_at.is_(None)))
    return [(email, name, phone) for email, name, phone in found]


def list_travellers(client_id: int) -> list[ClientTraveller]:
    """List who travels with a client, in the order in which they were added."""
    query = select(ClientTraveller).where(ClientTraveller.client_id == client_id).order_by(ClientTraveller.id)
    return list(db.session.scalars(query))


def get_traveller(client_id: int, traveller_id: int) -> ClientTraveller:
    """Find somebody who travels with a client.

    Raises:
        NotFound: nobody of this number does.
    """
    row = db.session.get(ClientTraveller, traveller_id, populate_existing=True)
    if row is None or row.client_id != client_id:
        raise NotFound("nobody of this number travels with this client", code="no_such_traveller")
    return row


def keep_traveller(session: Session, row: ClientTraveller, facts: Mapping[str, str], now: datetime) -> None:
    """Seal what is known of a traveller into a row; call it inside a transaction."""
    row.sealed, row.changed_at = seal(json.dumps(facts, ensure_ascii=False)), now
    session.add(row)
    session.flush()


def facts_of(row: ClientTraveller) -> dict[str, str]:
    """Return what was sealed of a traveller.

    Raises:
        SealBroken: it was sealed with another secret, or changed.
    """
    return {str(name): str(value) for name, value in json.loads(unseal(row.sealed)).items()}


def list_due(today: date) -> list[tuple[int, str]]:
    """List the open enquiries of approved agencies, with their agency, whose owner is to be reminded of their day."""
    query = (
        select(Enquiry.id, Enquiry.agency_id)
        .join(Agency, Agency.id == Enquiry.agency_id)
        .where(Agency.state == "approved", Enquiry.state.not_in(CLOSED), Enquiry.next_on <= today)
        .where(or_(Enquiry.reminded_on.is_(None), Enquiry.reminded_on != Enquiry.next_on))
        .order_by(Enquiry.id)
    )
    return [(enquiry_id, agency_id) for enquiry_id, agency_id in db.session.execute(query)]
