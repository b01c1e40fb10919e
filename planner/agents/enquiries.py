"""What clients ask for: a board by state, each enquiry with its next step, its trip and all that was done about it.

list_enquiries -> show_form -> add -> show_enquiry -> move_on | note | set_trip
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from planner.agents import words
from planner.agents.guards import by_sellers, may_sell
from planner.agents.reading import secret_of
from planner.errors import Conflict, Invalid, NotFound
from planner.flow import keep_enquiries
from planner.flow.keep_enquiries import Asked
from planner.store import agencies, enquiries, proposals, trips
from planner.store.agencies import READER
from planner.store.enquiries import STATES, Client, Enquiry
from planner.store.trips import Trip
from planner.web.accounts import signed_in_as
from planner.web.currency import NAMES
from planner.web.limits import BOOKING, READING, limiter
from planner.web.services import services

pages = Blueprint("enquiries", __name__, url_prefix="/enquiries")
SPOKEN = {"en": "English", "id": "Bahasa Indonesia"}
FIELDS = ("title", "name", "email", "phone", "language", "currency")


@pages.get("/")
@limiter.limit(READING)
def list_enquiries() -> str:
    """The board: enquiries by state, with a text, of one person, open or closed."""
    text, mine, closed = request.args.get("q", "").strip(), "mine" in request.args, "closed" in request.args
    rows = enquiries.list_enquiries(g.agency.id, text, g.member.email if mine else "", not closed)
    columns = [(state, [row for row in rows if row[0].state == state]) for state in STATES]
    return render_template(
        "agents/enquiries/list_enquiries.html",
        agency=g.agency,
        columns=[(state, found) for state, found in columns if found],
        count=len(rows),
        q=text,
        mine=mine,
        closed=closed,
        words=words,
        today=services().clock.today(),
        may_add=may_sell(),
    )


@pages.get("/new")
@limiter.limit(READING)
@by_sellers
def show_form() -> str:
    """Ask what a client asks for; a trip that was found for them may come along, by its link."""
    return _form({"language": "en", "currency": "IDR", "trip": request.args.get("trip", "")}, {})


def _form(typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    return render_template(
        "agents/enquiries/show_form.html", agency=g.agency, typed=typed, wrong=wrong, names=NAMES, spoken=SPOKEN
    )


@pages.post("/new")
@limiter.limit(BOOKING)
@by_sellers
def add() -> Any:
    """Write an enquiry down."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    link = request.form.get("trip", "")
    try:
        if link.strip():
            trips.get_trip_by_secret(secret_of(link), may_edit=True)
        enquiry = keep_enquiries.open_enquiry(g.agency.id, Asked(**typed), services(), signed_in_as())
    except NotFound as missing:
        if missing.code != "no_such_trip":
            raise
        return _form({**typed, "trip": link}, {"trip": words.say(missing)}), 422
    except Invalid as refused:
        return _form({**typed, "trip": link}, words.at_fields(refused)), 422
    if link.strip():
        keep_enquiries.set_trip(g.agency.id, enquiry.id, secret_of(link), services(), signed_in_as())
    return redirect(url_for("agents.enquiries.show_enquiry", enquiry_id=enquiry.id), 303)


@pages.get("/<int:enquiry_id>")
@limiter.limit(READING)
def show_enquiry(enquiry_id: int) -> str:
    """One enquiry."""
    return _page(*enquiries.get_enquiry(g.agency.id, enquiry_id))


def _page(
    enquiry: Enquiry, client: Client, wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    trip, may_act = trips.get_trip(enquiry.trip_id) if enquiry.trip_id else None, may_sell()
    sellers = [one.email for one in agencies.list_members(g.agency.id) if one.joined_at and one.work != READER]
    return render_template(
        "agents/enquiries/show_enquiry.html",
        agency=g.agency,
        enquiry=enquiry,
        client=client,
        trip_link=_link_of(trip, may_act) if trip else "",
        acts=enquiries.list_acts(enquiry.id),
        has_proposal=proposals.find_of_enquiry(enquiry.id) is not None,
        sellers={one: one for one in dict.fromkeys([*sellers, enquiry.owner])},
        may_act=may_act,
        wrong=wrong or {},
        typed=typed or {},
        words=words,
    )


def _link_of(trip: Trip, may_edit: bool) -> str:
    """Return the link that changes a trip; to look at it alone for whoever may not."""
    if may_edit:
        return url_for("travellers.builder.show_builder", secret=trip.edit_secret, _external=True)
    return url_for("travellers.builder.look", secret=trip.view_secret, _external=True)


def _acting(act: Callable[[int], None]) -> Callable[..., Any]:
    """Run an act on an enquiry, and show it again; what is wrong stands at its field, with all that was typed."""

    @wraps(act)
    @by_sellers
    def done(enquiry_id: int) -> Any:
        try:
            act(enquiry_id)
        except (Invalid, Conflict) as refused:
            found = enquiries.get_enquiry(g.agency.id, enquiry_id)
            return _page(*found, words.at_fields(refused), request.form), 409 if isinstance(refused, Conflict) else 422
        return redirect(url_for("agents.enquiries.show_enquiry", enquiry_id=enquiry_id), 303)

    return done


@pages.post("/<int:enquiry_id>")
@limiter.limit(BOOKING)
@_acting
def move_on(enquiry_id: int) -> None:
    """Say how far it has come and what is next."""
    given = request.form.get("next_on", "")
    try:
        next_on = date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid("this is no day", field="next_on", code="no_day") from None
    keep_enquiries.move_on(
        g.agency.id, enquiry_id, request.form.get("seen", ""), request.form.get("state", ""),
        request.form.get("owner", ""), request.form.get("next_step", ""), next_on, services(), signed_in_as(),
    )  # fmt: skip


@pages.post("/<int:enquiry_id>/notes")
@limiter.limit(BOOKING)
@_acting
def note(enquiry_id: int) -> None:
    """Note what was said."""
    keep_enquiries.add_note(g.agency.id, enquiry_id, request.form.get("note", ""), services(), signed_in_as())


@pages.post("/<int:enquiry_id>/trip")
@limiter.limit(BOOKING)
@_acting
def set_trip(enquiry_id: int) -> None:
    """Give it a trip, by the link that changes the trip."""
    secret = secret_of(request.form.get("trip", ""))
    try:
        keep_enquiries.set_trip(g.agency.id, enquiry_id, secret, services(), signed_in_as())
    except NotFound as missing:
        if missing.code != "no_such_trip":
            raise
        raise Invalid("no trip has this link", field="trip", code="no_such_trip") from None
