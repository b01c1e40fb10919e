"""Clients are kept once, travel with whom they travel, sealed, and are forgotten as a whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from planner.errors import Conflict, Invalid, NotFound
from planner.flow import keep_clients, keep_enquiries
from planner.flow.client_card import ClientCard
from planner.flow.keep_clients import LAPSED, LAPSES_SOON, Traveller, read_traveller
from planner.flow.keep_enquiries import Asked, ChangedMeanwhile
from planner.store import enquiries, proposals, seals
from planner.store.db import db, transaction
from planner.store.enquiries import Client
from planner.store.proposals import Proposal, ProposalComment, ProposalVersion
from planner.store.seals import SealBroken
from planner.values.passports import months_after
from tests.flow import agencies_at_work
from tests.flow.agencies_at_work import DEWA, MADE, RINA
from tests.flow.fakes import World

TODAY = date(2026, 11, 25)
CARD = ClientCard("Maren Oduya", " Maren@Example.org ", "+31 6 1234", "en", "EUR", "Small hotels\r\nNo early flights")
TYPED = {"given": "Maren", "family": "Oduya", "born_on": "1988-02-29", "nationality": "NL", "document": "nx 123.4567",
         "document_until": "2031-01-31", "needs": "No nuts"}  # fmt: skip
NAMING = ("agency_client", "agency_traveller", "act", "enquiry", "enquiry_act")
SEALED_WORDS = ("NX1234567", "Maren", "Oduya", "1988", "nuts", "2031")


@pytest.fixture
def agency(shop_app: Flask, world: World) -> str:
    agencies_at_work.found()
    return "a"


def add(world: World, card: ClientCard = CARD, agency: str = "a") -> Client:
    return keep_clients.add_client(agency, card, world.services)


def travel(world: World, client: Client, **typed: str) -> Traveller:
    traveller = read_traveller({**TYPED, **typed}, TODAY)
    keep_clients.add_traveller("a", client.id, traveller, world.services, RINA)
    return keep_clients.travellers_of(client.id)[-1]


def wrong_fields(refused: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {str(one.field) for one in refused.value.problems}


def test_a_client_is_written_down_tidily_and_not_twice(world: World, agency: str) -> None:
    client = add(world)
    assert ClientCard.of(client) == ClientCard(
        "Maren Oduya", "maren@example.org", "+31 6 1234", "en", "EUR", "Small hotels\nNo early flights"
    )
    with pytest.raises(Invalid) as refused:
        add(world)
    assert wrong_fields(refused) == {"email"}
    assert add(world, agency="b").id != client.id, "another agency knows nothing of it"
    nameless = ClientCard("Somebody")
    assert add(world, nameless).id != add(world, nameless).id


def test_what_is_wrong_with_a_card_is_said_field_by_field(world: World, agency: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(world, ClientCard(" ", "maren", "1" * 41, "de", "DEM", "x" * 2001))
    assert wrong_fields(refused) == {"name", "email", "phone", "language", "currency", "wishes"}
    with pytest.raises(Invalid) as refused:
        add(world, ClientCard("Ma\x00ren"))
    assert [one.code for one in refused.value.problems] == ["bad_text"], "no database keeps such a sign"


def test_a_card_is_changed_and_an_older_page_overwrites_nothing(world: World, agency: str) -> None:
    client, other = add(world), add(world, ClientCard("Other", "other@example.org"))
    seen = ClientCard.of(client).mark
    keep_clients.change_client("a", client.id, seen, ClientCard("M. Oduya", "maren@example.org"))
    with pytest.raises(ChangedMeanwhile):
        keep_clients.change_client("a", client.id, seen, ClientCard("Never"))
    kept = enquiries.get_client("a", client.id)
    assert ClientCard.of(kept) == ClientCard("M. Oduya", "maren@example.org")
    with pytest.raises(Invalid) as refused:
        keep_clients.change_client("a", other.id, ClientCard.of(other).mark, ClientCard("O", "MAREN@example.org"))
    assert wrong_fields(refused) == {"email"}


def test_clients_are_found_by_name_and_address_a_page_at_a_time(world: World, agency: str) -> None:
    for n in range(enquiries.PAGE + 1):
        add(world, ClientCard(f"Client {n:02}", f"c{n}@example.org"))
    add(world, ClientCard("Ani 100%", "", "+62 99"))
    add(world, ClientCard("Elsewhere", "c@b.example"), "b")
    first, last = enquiries.search_clients("a"), enquiries.search_clients("a", page=9)
    assert (first.count, first.pages, first.page, last.page) == (enquiries.PAGE + 2, 2, 1, 2)
    assert [client.name for client in (*first.clients, *last.clients)][:2] == ["Ani 100%", "Client 00"]
    assert len({client.id for client in (*first.clients, *last.clients)}) == first.count
    for asked in ("100%", "ani", "+62 99"):
        assert [one.name for one in enquiries.search_clients("a", asked).clients] == ["Ani 100%"]
    assert [one.name for one in enquiries.search_clients("a", "c7@EXAMPLE").clients] == ["Client 07"]
    assert enquiries.search_clients("a", "_").count == 0


def test_who_travels_is_kept_in_order_changed_and_removed(world: World, agency: str) -> None:
    client = add(world)
    first = travel(world, client)
    travel(world, client, given="Ani", family="Bee", born_on="", nationality="", document="", document_until="")
    assert [(one.given, one.document) for one in keep_clients.travellers_of(client.id)] == [
        ("Maren", "NX1234567"), ("Ani", ""),
    ]  # fmt: skip
    assert (first.born_on, first.document_until) == (date(1988, 2, 29), date(2031, 1, 31))
    assert first.masked == "•••567"
    world.clock.move(minutes=1)
    changed = read_traveller({**TYPED, "document": "AB999888"}, TODAY)
    keep_clients.change_traveller("a", client.id, first.id, first.seen, changed, world.services, DEWA)
    with pytest.raises(ChangedMeanwhile):
        keep_clients.change_traveller("a", client.id, first.id, first.seen, changed, world.services, DEWA)
    assert [one.document for one in keep_clients.travellers_of(client.id)] == ["AB999888", ""]
    keep_clients.drop_traveller("a", client.id, first.id, world.services, DEWA)
    assert [one.given for one in keep_clients.travellers_of(client.id)] == ["Ani"]


def test_the_database_alone_names_no_traveller_and_no_document(world: World, agency: str) -> None:
    client = add(world, ClientCard("The Client"))
    one = travel(world, client)
    keep_clients.change_traveller("a", client.id, one.id, one.seen, one, world.services, RINA)
    tables = db.metadata.tables.values()
    kept = "".join(str(list(db.session.execute(select(table)))) for table in tables if table.name in NAMING)
    assert "gAAAAA" in kept and not [word for word in SEALED_WORDS if word in kept]
    (row,) = enquiries.list_travellers(client.id)
    assert "NX1234567" in seals.unseal(row.sealed)


def test_what_was_sealed_with_another_key_is_not_guessed_and_can_be_forgotten(world: World, agency: str) -> None:
    client = add(world)
    travel(world, client)
    with transaction():
        enquiries.list_travellers(client.id)[0].sealed = "gAAAAAB-of-another-key"
    with pytest.raises(SealBroken):
        keep_clients.travellers_of(client.id)
    keep_clients.erase_client("a", client.id, world.services, RINA)
    assert keep_clients.travellers_of(client.id) == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("given", "", "missing"), ("given", "x" * 81, "too_long"), ("family", "007", "bad_name"),
        ("born_on", "2026-11-25", "bad_birth"), ("born_on", "1906-11-24", "bad_birth"), ("born_on", "soon", "no_day"),
        ("nationality", "XX", "bad_choice"), ("document", "12", "bad_document"), ("document_until", "x", "no_day"),
        ("needs", "x" * 501, "too_long"), ("needs", "\x00", "bad_text"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_of_a_traveller_is_refused_at_its_field(field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_traveller({**TYPED, field: value}, TODAY)
    assert [(one.field, one.code) for one in refused.value.problems] == [(field, code)]


@given(
    st.builds(
        Traveller,
        given=st.sampled_from(("Ani", "Zoë-Mae", "D'Arcy")),
        family=st.sampled_from(("Bee", "van der Berg")),
        born_on=st.none() | st.dates(date(1930, 1, 1), TODAY - timedelta(days=1)),
        nationality=st.sampled_from(("", "ID", "NL")),
        document=st.from_regex(r"[A-Z0-9]{6,16}", fullmatch=True) | st.just(""),
        document_until=st.none() | st.dates(),
        needs=st.sampled_from(("", "No nuts", "Seasick\nHalal")),
    )
)
def test_what_is_kept_of_a_traveller_reads_back_the_same(one: Traveller) -> None:
    assert read_traveller(one.facts(), TODAY) == one


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-400, 400))
def test_a_document_lapses_soon_for_six_months_before_it_has_lapsed(today: date, days: int) -> None:
    until = today + timedelta(days=days)
    warning = Traveller("A", "B", document_until=until).warning(today)
    assert (warning == LAPSED) == (until < today)
    assert (warning == LAPSES_SOON) == (today <= until < months_after(today, 6))


def test_six_months_after_the_last_of_august_is_the_last_of_february() -> None:
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_after(date(2027, 1, 15), -12) == date(2026, 1, 15)


def test_no_party_is_endless(world: World, agency: str) -> None:
    client = add(world)
    for _ in range(keep_clients.MOST_TRAVELLERS):
        travel(world, client)
    with pytest.raises(Conflict):
        travel(world, client)


def test_another_agency_has_no_such_client_and_nobody_who_travels(world: World, agency: str) -> None:
    client = add(world)
    one = travel(world, client)
    other = add(world, ClientCard("Other"), "b")
    services = world.services
    for act in (
        lambda: keep_clients.change_client("b", client.id, ClientCard.of(client).mark, CARD),
        lambda: keep_clients.add_traveller("b", client.id, one, services, MADE),
        lambda: keep_clients.get_traveller("b", client.id, one.id),
        lambda: keep_clients.get_traveller("b", other.id, one.id),
        lambda: keep_clients.change_traveller("b", other.id, one.id, one.seen, one, services, MADE),
        lambda: keep_clients.drop_traveller("b", other.id, one.id, services, MADE),
        lambda: keep_clients.drop_traveller("b", client.id, one.id, services, MADE),
        lambda: keep_clients.export_client("b", client.id),
        lambda: keep_clients.erase_client("b", client.id, services, MADE),
    ):
        with pytest.raises(NotFound):
            act()
    assert len(keep_clients.travellers_of(client.id)) == 1


def proposed(enquiry_id: int) -> Proposal:
    """Lay a proposal before a client, with a version that was accepted and what was written beside it."""
    now = datetime.now(UTC)
    with transaction() as session:
        proposal = Proposal(
            agency_id="a", enquiry_id=enquiry_id, secret=f"s{enquiry_id}", at=1, created_at=now, changed_at=now,
            draft={"title": "For Maren", "greeting": "Dear Maren", "language": "en"},
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        session.add(
            ProposalVersion(
                proposal_id=proposal.id, number=1, state="accepted", private={}, document=b"Dear Maren",
                paper=b"Maren", digest="d", sent_at=now, sent_by=RINA, valid_until=now, recheck={},
                accepted_name="Maren Oduya", public={"title": "For Maren", "greeting": "Dear Maren", "language": "en"},
            )
        )  # fmt: skip
        for by_client, who in ((True, "Maren"), (False, RINA)):
            session.add(
                ProposalComment(proposal_id=proposal.id, at=now, by_client=by_client, who=who, text="Maren likes it")
            )
    return proposal


def test_all_that_is_known_is_told_and_all_of_it_is_forgotten(world: World, agency: str) -> None:
    client = add(world)
    travel(world, client)
    enquiry = keep_enquiries.open_enquiry("a", Asked("Komodo", "M", "maren@example.org"), world.services, RINA)
    assert enquiry.client_id == client.id
    proposal = proposed(enquiry.id)
    told = keep_clients.export_client("a", client.id)
    assert told["wishes"] == "Small hotels\nNo early flights"
    assert told["travellers"] == [{**TYPED, "document": "NX1234567"}]
    assert [one["text"] for one in told["asked"][0]["written"]] == ["Maren likes it"] * 2

    keep_clients.erase_client("a", client.id, world.services, DEWA)
    db.session.rollback()
    version = proposals.get_version(proposal.id, 1)
    left = [
        vars(enquiries.get_client("a", client.id)), vars(enquiries.get_enquiry("a", enquiry.id)[0]),
        vars(proposals.get_proposal("a", proposal.id)), version.document, version.paper, version.public,
        version.accepted_name, *(vars(one) for one in proposals.list_comments(proposal.id)),
        keep_clients.export_client("a", client.id),
    ]  # fmt: skip
    assert not [word for word in ("Maren", "Oduya", "maren", "1234", "hotels", "NX1", RINA) if word in str(left[3:])]
    assert "Maren" not in str(left) and enquiries.list_travellers(client.id) == []
    with pytest.raises(NotFound):
        proposals.get_by_secret(f"s{enquiry.id}")
    assert enquiries.search_clients("a").count == 0
    for act in (
        lambda: keep_clients.change_client("a", client.id, "", CARD),
        lambda: keep_clients.add_traveller("a", client.id, Traveller("A", "B"), world.services, RINA),
    ):
        with pytest.raises(NotFound):
            act()
    keep_clients.erase_client("a", client.id, world.services, DEWA)
    assert [act.what for act in enquiries.list_acts(enquiry.id)].count("erase") == 1
