"""What clients ask for is kept with its history, moves on without overwriting, and names nobody once erased."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete

from planner.errors import Invalid, NotFound
from planner.flow import keep_clients, keep_enquiries
from planner.flow.keep_enquiries import Asked, ChangedMeanwhile
from planner.flow.keep_trip import begin_trip
from planner.store import enquiries
from planner.store.agencies import Agency, Member
from planner.store.db import transaction
from planner.store.enquiries import Client, Enquiry, EnquiryAct
from tests.flow.fakes import World

RINA, DEWA, OTHER = "rina@tur.example", "dewa@tur.example", "made@other.example"
ASKED = Asked("Komodo in May", "Maren Oduya", " Maren@Example.org ", "+31 6 1234", "en", "EUR")


@pytest.fixture
def agency(shop_app: Flask, world: World) -> str:
    """Give an agency in which two sell, beside another one."""
    now = datetime.now(UTC)
    with transaction() as session:
        for table in (EnquiryAct, Enquiry, Client, Member, Agency):
            session.execute(delete(table))
        for agency_id, people in (("a", (RINA, DEWA)), ("b", (OTHER,))):
            session.add(
                Agency(id=agency_id, name=agency_id, licence="1", email="a@b.example", phone="1", applied_at=now)
            )
            session.flush()
            for email in people:
                session.add(Member(agency_id=agency_id, email=email, work="seller", invited_at=now, joined_at=now))
    return "a"


def ask(world: World, agency: str = "a", asked: Asked = ASKED) -> Enquiry:
    return keep_enquiries.open_enquiry(agency, asked, world.services, RINA)


def move(world: World, enquiry: Enquiry, seen: str = "", **changed: object) -> None:
    wanted = {"state": enquiry.state, "owner": enquiry.owner, "next_step": "", "next_on": None, **changed}
    seen = seen or enquiry.changed_at.isoformat()
    keep_enquiries.move_on("a", enquiry.id, seen, **wanted, services=world.services, who=DEWA)  # type: ignore[arg-type]


def history(enquiry: Enquiry) -> list[tuple[str, str, str]]:
    return [(act.who, act.what, act.text) for act in reversed(enquiries.list_acts(enquiry.id))]


def test_an_enquiry_is_written_down_with_its_client(world: World, agency: str) -> None:
    enquiry, client = enquiries.get_enquiry(agency, ask(world).id)
    assert (enquiry.state, enquiry.owner, client.email, client.currency) == ("new", RINA, "maren@example.org", "EUR")
    assert history(enquiry) == [(RINA, "open", "")]


def test_a_client_whose_address_is_known_is_not_written_down_twice(world: World, agency: str) -> None:
    first, second = ask(world), ask(world, asked=Asked("Lombok", "M. Oduya", "maren@example.org"))
    assert first.client_id == second.client_id
    assert ask(world, "b").client_id != first.client_id, "another agency knows nothing of it"
    nameless = [ask(world, asked=Asked("A day", "Somebody", "")).client_id for _ in range(2)]
    assert len(set(nameless)) == 2


def test_it_moves_on_and_each_change_is_in_its_history(world: World, agency: str) -> None:
    enquiry = ask(world)
    move(world, enquiry, state="sent", owner=DEWA, next_step="Ring", next_on=date(2026, 12, 1))
    kept, _ = enquiries.get_enquiry(agency, enquiry.id)
    assert (kept.state, kept.owner, kept.next_step, kept.next_on) == ("sent", DEWA, "Ring", date(2026, 12, 1))
    assert history(kept)[1:] == [
        (DEWA, "state", "sent"), (DEWA, "owner", DEWA), (DEWA, "next_step", "Ring"), (DEWA, "next_on", "2026-12-01"),
    ]  # fmt: skip


def test_an_older_page_overwrites_nothing(world: World, agency: str) -> None:
    enquiry = ask(world)
    seen = enquiry.changed_at.isoformat()
    world.clock.move(minutes=1)
    move(world, enquiry, seen, state="sent")
    with pytest.raises(ChangedMeanwhile):
        move(world, enquiry, seen, state="lost")
    assert enquiries.get_enquiry(agency, enquiry.id)[0].state == "sent"


@pytest.mark.parametrize(
    ("field", "value"), [("state", "paid"), ("owner", OTHER), ("owner", "x"), ("next_step", "x" * 201)]
)
def test_what_it_cannot_be_is_refused_at_its_field(world: World, agency: str, field: str, value: str) -> None:
    enquiry = ask(world)
    with pytest.raises(Invalid) as refused:
        move(world, enquiry, **{field: value})
    assert [one.field for one in refused.value.problems] == [field]
    assert len(history(enquiry)) == 1


def test_what_is_wrong_with_a_new_one_is_said_field_by_field(world: World, agency: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world, asked=Asked(" ", "", "maren", "1" * 41, "de", "DEM"))
    assert {one.field for one in refused.value.problems} == {
        "title", "name", "email", "phone", "language", "currency",
    }  # fmt: skip


def test_another_agency_has_no_such_enquiry_and_no_such_client(world: World, agency: str) -> None:
    enquiry = ask(world)
    for act in (
        lambda: enquiries.get_enquiry("b", enquiry.id),
        lambda: enquiries.get_client("b", enquiry.client_id),
        lambda: keep_enquiries.add_note("b", enquiry.id, "hm", world.services, OTHER),
        lambda: keep_clients.erase_client("b", enquiry.client_id, world.services, OTHER),
        lambda: keep_clients.export_client("b", enquiry.client_id),
    ):
        with pytest.raises(NotFound):
            act()
    assert enquiries.list_enquiries("b") == []


def test_the_board_finds_by_text_and_owner_what_is_due_first(world: World, agency: str) -> None:
    late = ask(world, asked=Asked("Late 100%", "Ani", ""))
    soon = ask(world, asked=Asked("Soon", "Budi", ""))
    rest = ask(world, asked=Asked("Rest", "Cici", ""))
    gone = ask(world, asked=Asked("Gone", "Dodi", ""))
    move(world, late, next_on=date(2027, 1, 2))
    move(world, soon, next_on=date(2026, 12, 2), owner=DEWA)
    move(world, gone, state="lost")
    found = [enquiry.id for enquiry, _ in enquiries.list_enquiries(agency)]
    assert found == [soon.id, late.id, rest.id]
    assert [enquiry.id for enquiry, _ in enquiries.list_enquiries(agency, owner=DEWA)] == [soon.id]
    assert [enquiry.id for enquiry, _ in enquiries.list_enquiries(agency, "100%")] == [late.id]
    assert [enquiry.id for enquiry, _ in enquiries.list_enquiries(agency, "cici")] == [rest.id]
    assert [enquiry.id for enquiry, _ in enquiries.list_enquiries(agency, is_open=False)] == [gone.id]


def test_a_trip_is_given_by_the_link_that_changes_it_alone(world: World, agency: str) -> None:
    enquiry = ask(world)
    trip = begin_trip({}, {"items": []}, world.services, "en")
    for secret in (trip.view_secret, "x"):
        with pytest.raises(NotFound):
            keep_enquiries.set_trip(agency, enquiry.id, secret, world.services, RINA)
    keep_enquiries.set_trip(agency, enquiry.id, trip.edit_secret, world.services, RINA)
    kept, _ = enquiries.get_enquiry(agency, enquiry.id)
    assert (kept.trip_id, kept.state) == (trip.id, "draft")


def test_whoever_is_erased_is_named_nowhere_and_how_far_it_came_stays(world: World, agency: str) -> None:
    enquiry = ask(world)
    keep_enquiries.add_note(agency, enquiry.id, "Maren is afraid of heights", world.services, RINA)
    move(world, enquiry, state="booked", next_step="Ring Maren")
    told = keep_clients.export_client(agency, enquiry.client_id)
    assert told["email"] == "maren@example.org" and "heights" in str(told["asked"])

    keep_clients.erase_client(agency, enquiry.client_id, world.services, RINA)
    kept, client = enquiries.get_enquiry(agency, enquiry.id)
    left = f"{vars(kept)} {vars(client)} {history(kept)} {keep_clients.export_client(agency, client.id)}"
    assert not {word for word in ("Maren", "maren", "Oduya", "heights", "1234", "Komodo") if word in left}
    assert (kept.state, client.erased_at is not None) == ("booked", True)


def test_nothing_and_too_much_is_no_note(world: World, agency: str) -> None:
    enquiry = ask(world)
    for text in (" ", "x" * 4001):
        with pytest.raises(Invalid) as refused:
            keep_enquiries.add_note(agency, enquiry.id, text, world.services, RINA)
        assert [one.field for one in refused.value.problems] == ["note"]
