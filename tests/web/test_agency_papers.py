"""Papers of a trip that an agency sold: what stands on each, what never does, and that sums and beds are whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from planner.flow.cancel_booking import cancel_booking, refunds_now
from planner.flow.open_payment import balance_of
from planner.flow.pay_out import pay_out
from planner.store import agencies, ledger, orders
from planner.store.agencies import Agency, AgencyLogo
from planner.store.db import db, transaction
from planner.store.enquiries import Client, Enquiry
from planner.store.orders import Order
from planner.store.proposals import Proposal, ProposalVersion
from planner.values.parties import Party
from planner.values.rates import Rate
from planner.web.papers import statement as statements
from planner.web.papers.driver_sheets import driver_paper, driver_sheets
from planner.web.papers.final_itinerary import itinerary_paper, trip_days
from planner.web.papers.invoice import invoice_paper, invoice_table, read_invoice
from planner.web.papers.purchase_orders import purchase_orders, purchase_paper
from planner.web.papers.rooming_list import rooming_list, rooming_paper
from planner.web.papers.sheet import Paper, as_data, draw
from planner.web.papers.sold_trip import SoldTrip, people_of, read_trip, share_rooms
from planner.web.papers.spreadsheet import write_table
from tests.booking.making import START, fee, package, ride, stay
from tests.desk.conftest import desk_app, desk_snapshots, world
from tests.flow import shop
from tests.flow.fakes import World
from tests.web.reading_tags import read_tags

__all__ = ["desk_app", "desk_snapshots", "world"]

AGENCY_ID, COMMISSION_BP = "agency-1", 400
FAMILY = {"party": {"adults": 2, "children": [9], "residency": "foreign", "rooms": 2},
          "entry": {"hub": "LBJ", "at": (START - timedelta(hours=2)).isoformat()}}  # fmt: skip


def trip_lines() -> list[Any]:
    """Give a crossing, a house, two days out, a car of the agency's own and a fee; a tenth of each is mark-up."""
    sold = [
        package(1, "PK47", 1_134_566, needs_names=True),
        stay(2, "ST-LBJ-1", 513_778),
        package(3, "PK55", 2_245_813, starts_at=(START + timedelta(days=1)).replace(hour=8)),
        ride(4, 317_992),
    ]  # fmt: skip
    return [*(replace(line, markup=line.price // 10) for line in sold), own(5, 457_119), fee(6, 150_000)]


def own(number: int, price: int) -> Any:
    item = {"kind": "own", "title": "Driver Wayan", "on": START.date().isoformat(), "sold": "here",
            "price": {"amount": price, "currency": "IDR", "precision": 0}, "source": ""}  # fmt: skip
    line = replace(fee(number, price), way="agency", item=item, markup=price)
    return replace(line, starts_at=START.replace(hour=0), ends_at=START + timedelta(days=3))


def found(session: Any, **more: Any) -> None:
    session.add(
        Agency(
            id=AGENCY_ID, name="Lombok Lintas Tur", licence="NIB 8120 0011", email="halo@tur.example",
            phone="+62 812 3456 7890", state="approved", bank="BCA 123", applied_at=datetime(2026, 11, 1, tzinfo=UTC),
            **more,
        )
    )  # fmt: skip


def sold_by_agency(order_id: str) -> Order:
    """Let an order be the agency's; its lines have their mark-up from the quote."""
    with transaction() as session:
        if session.get(Agency, AGENCY_ID) is None:
            found(session)
        session.flush()
        orders.note_order(session, order_id, {"agency_id": AGENCY_ID, "commission_bp": COMMISSION_BP})
    db.session.rollback()
    return orders.get_order(order_id)


@pytest.fixture
def selling(world: World, desk_app: Flask) -> Iterator[World]:
    with desk_app.test_request_context():
        yield world


def confirmed(world: World, **more: Any) -> Order:
    """Bring a trip of the agency so far that everybody has said yes."""
    order_id = shop.hold(world, trip_lines(), quote={"brief": FAMILY}, **more)
    sold_by_agency(order_id)
    shop.pay(world, order_id)
    shop.check_payment(order_id, world.services)
    shop.run(world, order_id)
    db.session.rollback()
    order = orders.get_order(order_id)
    assert order.state == "confirmed"
    return order


def read(order: Order) -> SoldTrip:
    return read_trip(order, agencies.get_agency(AGENCY_ID))


def words_of(value: Any) -> str:
    """All text of a paper, row by row."""
    if isinstance(value, dict):
        return "\n".join(words_of(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return "\n".join(words_of(one) for one in value)
    return str(value)


def said(paper: Paper) -> str:
    return words_of(asdict(paper))


def amounts(number: int) -> set[str]:
    return {str(number), f"{number:,}", f"{number:,}".replace(",", ".")}


# --- what never stands where ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_supplier_driver_or_house_reads_what_the_client_pays_or_the_agency_adds(
    selling: World, language: str
) -> None:
    order = confirmed(selling)
    with force_locale(language):
        trip = read(order)
        inside = [purchase_paper(trip), driver_paper(trip), rooming_paper(trip)]
        for part in trip.parts:
            if not part.is_charged:
                continue
            for paper in inside:
                for secret in (part.row.price, part.row.markup, part.earned):
                    assert not any(text in said(paper) for text in amounts(secret)), (paper.title, secret)
        assert any(text in said(inside[0]) for text in amounts(trip.parts[0].net))
        without = said(inside[1]) + said(inside[2])
        assert "IDR" not in without and "Rp" not in without


def test_no_client_reads_what_a_part_costs_the_agency(selling: World) -> None:
    trip = read(confirmed(selling))
    for paper in (itinerary_paper(trip), invoice_paper(trip)):
        for part in trip.parts:
            for secret in (part.net, part.row.markup, part.owed):
                if secret and secret != part.row.price and part.is_charged and not part.is_own:
                    assert not any(text in said(paper) for text in amounts(secret)), (paper.title, part.row.number)
    assert "IDR" not in said(itinerary_paper(trip))


# --- purchase orders --------------------------------------------------------------------------------------------------


def test_each_supplier_has_one_order_and_what_it_gets_is_what_the_books_say(selling: World) -> None:
    order = confirmed(selling)
    made = purchase_orders(read(order))
    assert {one.supplier_id for one in made} == {"op-PK47", "op-PK55", "house-ST-LBJ-1", "carrier:ASDP"}
    books = ledger.balances(order.id)
    for one in made:
        account = "to_buy" if one.supplier_id.startswith("carrier:") else f"supplier:{one.supplier_id}"
        assert one.owed == -books[account]
        assert one.number == f"PO-{one.lines[0].code}" and all(line.code.startswith(order.code) for line in one.lines)
    assert all(line.owed_on for one in made for line in one.lines)


def test_names_stand_where_they_are_needed_and_nowhere_else(selling: World) -> None:
    made = {one.supplier_id: one.lines[0] for one in purchase_orders(read(confirmed(selling)))}
    assert made["op-PK47"].guests == "Ani Bee, Cit Dee, Guest 3 (9\u00a0years)"
    assert made["op-PK55"].guests == "Ani Bee; 2 adults, 1 child (9\u00a0years)"
    assert made["op-PK47"].state == "Confirmed" and made["carrier:ASDP"].state == "To be bought"
    assert made["op-PK47"].reference
    assert made["house-ST-LBJ-1"].units == "2 nights, 1 room, 2 rooms and nights"


def test_a_cancelled_part_says_so_and_what_is_still_paid_for_it(selling: World) -> None:
    order = confirmed(selling)
    refund = next(one.amount for one in refunds_now(order.id, selling.services) if one.line == 1)
    cancel_booking(order.id, {1}, refund, selling.services, "staff")
    shop.run(selling, order.id)
    db.session.rollback()
    trip = read(orders.get_order(order.id))
    line = next(one.lines[0] for one in purchase_orders(trip) if one.supplier_id == "op-PK47")
    assert line.state == "Cancelled"
    assert line.owed == -ledger.balances(order.id).get("supplier:op-PK47", 0)
    gone = f"{order.code}-01"
    assert gone not in said(driver_paper(trip)) and gone not in said(itinerary_paper(trip))


def test_one_supplier_s_order_names_no_other(selling: World) -> None:
    trip = read(confirmed(selling))
    paper = purchase_paper(trip, "op-PK47")
    assert len(paper.sheets) == 1 and "PK55" not in said(paper)
    assert purchase_paper(trip, "nobody").sheets[0].blocks == ()


# --- sheets for drivers, rooms ----------------------------------------------------------------------------------------


def test_a_driver_reads_who_comes_from_where_and_whom_to_call(selling: World) -> None:
    trip = read(confirmed(selling))
    sheets = driver_sheets(trip)
    assert [one.on for one in sheets] == [START.date(), START.date() + timedelta(days=1)]
    first = sheets[0].duties[0]
    assert first.clock == "10:00" and first.coming == "from the arrival at Labuan Bajo (LBJ), 08:00"
    text = said(driver_paper(trip))
    for needed in ("Ani Bee", "9\u00a0years", "+62 1", "+62 812 3456 7890", trip.order.code):
        assert needed in text


def test_a_crossing_that_ends_shortly_before_is_named(selling: World) -> None:
    lines = [ride(1, 300_000, starts_at=START - timedelta(hours=6)), package(2, "PK47", 1_000_000)]
    order = sold_by_agency(shop.hold(selling, lines))
    assert driver_sheets(read(order))[0].duties[0].coming == "from Ferry Padang Bai to Lembar, arrives 08:00"


def test_each_house_has_its_rooms_and_everybody_sleeps_once(selling: World) -> None:
    trip = read(confirmed(selling))
    (house,) = rooming_list(trip)
    assert house.nights == 2 and house.where.startswith("Labuan Bajo")
    assert sorted(who.number for room in house.rooms for who in room) == [1, 2, 3]


@given(some.integers(1, 40), some.integers(0, 25))
def test_rooms_hold_everybody_once_two_to_a_room_and_the_last_alone(heads: int, rooms: int) -> None:
    people = people_of([], Party(heads))
    shared = share_rooms(people, rooms)
    assert [one for room in shared for one in room] == list(people)
    assert len(shared) == max(1, rooms)
    if heads <= 2 * len(shared):
        assert all(len(room) <= 2 for room in shared)
    if heads >= len(shared):
        assert all(shared)
    if len(shared) == -(-heads // 2):
        assert [len(room) for room in shared] == [2] * (heads // 2) + [1] * (heads % 2)


# --- the client's papers ----------------------------------------------------------------------------------------------


def test_an_itinerary_names_each_day_the_agency_first_and_what_it_does_itself(selling: World) -> None:
    trip = read(confirmed(selling))
    days = trip_days(trip)
    assert (days[0].on, days[-1].on) == (trip.order.starts_on, trip.order.ends_on)
    assert [day.number for day in days] == list(range(1, len(days) + 1))
    named = [stop.name for day in days for stop in day.stops]
    assert len(named) == 4, "what is sold, without fees and the agency's own"
    paper = itinerary_paper(trip)
    contacts = paper.sheets[0].blocks[-1].facts  # type: ignore[union-attr]
    assert contacts[0].name == "Lombok Lintas Tur" and "+62 812 3456 7890" in contacts[0].text
    assert "Driver Wayan" in said(paper) and "Park fee" not in said(paper)


def test_an_invoice_adds_up_to_what_the_books_say_is_open(selling: World) -> None:
    order = confirmed(selling)
    one = read_invoice(read(order))
    assert one.number == f"INV-{order.code}" and one.is_final
    assert one.total == one.sum == order.total == one.paid and one.open == 0 == balance_of(order.id)
    refund = next(r.amount for r in refunds_now(order.id, selling.services) if r.line == 3)
    cancel_booking(order.id, {3}, refund, selling.services, "staff")
    db.session.rollback()
    shop.run(selling, order.id)
    db.session.rollback()
    after = read_invoice(read(orders.get_order(order.id)))
    assert after.number == one.number and after.credit == refund and after.total == one.total - refund
    assert after.open == ledger.balances(order.id).get(f"traveller:{order.id}", 0)


def test_a_deposit_leaves_the_rest_with_its_day(selling: World) -> None:
    order_id = shop.hold(selling, trip_lines(), quote={"brief": FAMILY})
    order = sold_by_agency(order_id)
    draft = read_invoice(read(order))
    assert not draft.is_final and draft.open == order.total and "Pro forma" in said(invoice_paper(read(order)))
    shop.pay(selling, order_id, plan=1)
    shop.check_payment(order_id, selling.services)
    shop.run(selling, order_id)
    db.session.rollback()
    order = orders.get_order(order_id)
    one = read_invoice(read(order))
    assert one.open == balance_of(order_id) > 0 and one.due_on == date.fromisoformat(order.plan["due_on"])
    assert "due by" in said(invoice_paper(read(order)))


def test_a_trip_that_did_not_come_about_costs_nothing(selling: World) -> None:
    order_id = shop.hold(selling, trip_lines())
    sold_by_agency(order_id)
    with transaction() as session:
        orders.move_order(session, order_id, "lapsed")
    db.session.rollback()
    trip = read(orders.get_order(order_id))
    assert read_invoice(trip).total == 0 and purchase_orders(trip) == () and rooming_list(trip) == ()
    with transaction() as session:
        orders.move_order(session, order_id, "undoing")


def test_an_invoice_for_a_spreadsheet_has_the_same_sums(selling: World) -> None:
    trip = read(confirmed(selling))
    rows = list(csv.DictReader(io.StringIO(invoice_table(trip).decode("utf-8-sig"))))
    parts = [int(row["amount_idr"]) for row in rows if row["row"] == "part"]
    sums = {row["row"]: int(row["amount_idr"]) for row in rows if row["row"] != "part"}
    assert sum(parts) == sums["total"] == sums["paid"] and sums["open"] == 0


@given(some.lists(some.text(max_size=8), min_size=1, max_size=4))
def test_no_cell_is_a_formula_and_every_cell_comes_back(cells: list[str]) -> None:
    typed = [cell.replace("\r", "").replace("\0", "") for cell in cells]
    back = list(csv.reader(io.StringIO(write_table(["a"] * len(typed), [typed]).decode("utf-8-sig"), newline="")))[-1]
    assert [
        cell.removeprefix("'") if not was.startswith("'") else cell for cell, was in zip(back, typed, strict=True)
    ] == typed
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in back)


def paid_by_agency(order: Order, currency_rate: Rate) -> None:
    """Let the order be what an agency pays for a client who pays the agency: net here, shares in the proposal."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    shares = {
        str(line.number): [line.price, line.price + 100_001] for line in orders.list_lines(order.id) if line.price
    }
    private = {
        "options": {"a": {"promised": shares, "own": [{"key": "g", "name": "Guide Sari", "net": 1, "share": 777_777}]}}
    }
    public = {"payer": "agency", "rate": currency_rate.as_json()}
    with transaction() as session:
        client = Client(agency_id=AGENCY_ID, name="Maren", created_at=now)
        session.add(client)
        session.flush()
        enquiry = Enquiry(
            agency_id=AGENCY_ID, client_id=client.id, title="x", state="booked", owner="x", created_at=now,
            changed_at=now,
        )  # fmt: skip
        session.add(enquiry)
        session.flush()
        proposal = Proposal(
            agency_id=AGENCY_ID, enquiry_id=enquiry.id, secret="s", draft={}, at=1, created_at=now, changed_at=now
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        session.add(
            ProposalVersion(
                proposal_id=proposal.id, number=1, state="accepted", public=public, private=private, document=b"",
                paper=b"", digest="", sent_at=now, sent_by="x", valid_until=now, chosen="a",
                accepted_name="Maren Oduya", order_id=order.id,
            )
        )  # fmt: skip


def test_a_client_who_pays_the_agency_reads_what_was_promised_and_not_what_the_agency_pays(selling: World) -> None:
    lines = [replace(line, markup=0) for line in trip_lines() if line.kind != "own"]
    order_id = shop.paid(selling, lines)
    sold_by_agency(order_id)
    shop.run(selling, order_id)
    db.session.rollback()
    order = orders.get_order(order_id)
    paid_by_agency(order, Rate("EUR", Decimal(18_000), date(2026, 11, 20)))
    db.session.rollback()
    trip = read(orders.get_order(order_id))
    one = read_invoice(trip)
    charged = [part for part in trip.parts if part.is_charged]
    assert one.total == sum(part.row.price + 100_001 for part in charged) + 777_777
    assert not one.settles_here and one.paid == 0
    text = said(invoice_paper(trip))
    assert "Guide Sari" in text and "Maren Oduya" in text and "EUR" in text and "Still to pay" not in text
    assert "Guide Sari" in said(itinerary_paper(trip))
    for part in charged:
        assert not any(amount in text for amount in amounts(part.row.price))
    assert [row.split(",")[1] for row in invoice_table(trip).decode().splitlines()].count("paid") == 0


# --- the statement ----------------------------------------------------------------------------------------------------


def test_a_statement_tells_every_entry_and_ends_at_the_balance_of_the_books(selling: World) -> None:
    order = confirmed(selling)
    agency = agencies.get_agency(AGENCY_ID)
    day = selling.clock.today()
    made = statements.read_statement(agency, day - timedelta(days=3), day)
    account = f"agent:{AGENCY_ID}"
    assert made.closing == -ledger.balances()[account] and made.opening == 0
    assert made.markup == sum(line.markup for line in orders.list_lines(order.id))
    trip = read(order)
    assert made.commission == sum(part.commission for part in trip.parts) > 0
    assert made.closing == sum(part.earned for part in trip.parts)

    selling.clock.move(seconds=20 * 86400)
    refund = next(one.amount for one in refunds_now(order.id, selling.services) if one.line == 1)
    cancel_booking(order.id, {1}, refund, selling.services, "staff")
    shop.run(selling, order.id)
    db.session.rollback()
    later = statements.read_statement(agency, day + timedelta(days=1), selling.clock.today())
    assert later.opening == made.closing and later.markup == -113_456
    assert later.closing == -ledger.balances().get(account, 0)
    assert statements.part_of(later.rows[0].movement, statements.codes_in(later)) == f"{order.code}-01"


def test_a_payout_closes_the_account(selling: World) -> None:
    confirmed(selling)
    agency = agencies.get_agency(AGENCY_ID)
    selling.clock.move(seconds=300 * 86400)
    until = selling.clock.today()
    owed = ledger.owed_by(until, ledger.AGENT)[f"agent:{AGENCY_ID}"]
    pay_out(f"agent:{AGENCY_ID}", until, owed, "=BANK 77", selling.services, "staff")
    db.session.rollback()
    made = statements.read_statement(agency, until, until)
    assert (made.opening, made.paid, made.closing) == (owed, owed, 0)
    rows = list(csv.DictReader(io.StringIO(statements.statement_table(made).decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["opening", "payout", "closing"]
    assert rows[1]["note"].startswith("'=") and int(rows[1]["balance_idr"]) == 0
    assert "=BANK 77" in said(statements.statement_paper(agency, made))


# --- on paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_paper_can_be_read_aloud(selling: World, language: str) -> None:
    order, agency = confirmed(selling), agencies.get_agency(AGENCY_ID)
    day = selling.clock.today()
    with force_locale(language):
        trip = read(order)
        made = statements.read_statement(agency, day - timedelta(days=3), day)
        papers = [purchase_paper(trip), driver_paper(trip), rooming_paper(trip), itinerary_paper(trip),
                  invoice_paper(trip), statements.statement_paper(agency, made)]  # fmt: skip
        for paper in papers:
            tags = read_tags(draw(paper, agency))
            assert (tags.language, tags.conforms, tags.title) == (language, "1", paper.title)
            assert tags.elements.count("H1") == len(paper.sheets)


def test_a_logo_stands_on_the_paper_with_words_for_it(selling: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order, agency = confirmed(selling), agencies.get_agency(AGENCY_ID)
    drawn = io.BytesIO()
    Image.new("RGB", (300, 120), (200, 40, 40)).save(drawn, "PNG")
    logo = AgencyLogo(
        digest="d", agency_id=AGENCY_ID, mime="image/png", width=300, height=120, content=drawn.getvalue()
    )
    monkeypatch.setattr(agencies, "get_logo", lambda _digest: logo, raising=False)
    agency.logo = "d"
    with db.session.no_autoflush:
        paper = itinerary_paper(read(order))
        assert "Logo of Lombok Lintas Tur" in read_tags(draw(paper, agency)).pictures
    db.session.rollback()


def test_what_a_paper_says_first_is_the_agency_and_last_is_the_site(selling: World) -> None:
    trip, agency = read(confirmed(selling)), agencies.get_agency(AGENCY_ID)
    data = as_data(itinerary_paper(trip), agency)
    assert data["agency"]["name"] == "Lombok Lintas Tur" and "NIB 8120 0011" in data["agency"]["lines"][0]
    assert data["words"]["ours"].startswith("Made with Lintas") and "Lintas" not in words_of(data["sheets"]).replace(
        "Lombok Lintas Tur", ""
    )
