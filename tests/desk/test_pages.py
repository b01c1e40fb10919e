"""The desk as staff use it: the queue, an order and what may be done to it, transfers, suppliers, books and trail."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from planner.store import audit, claims, ledger, orders, payments, tasks
from planner.store.db import transaction
from tests.agents.conftest import found_agency
from tests.booking.making import START, package, ride
from tests.desk import people
from tests.desk.people import Visitor
from tests.flow import shop
from tests.flow.fakes import LOST_AFTER, World

WALK = package(1, "PK01", 1_000_000, starts_at=START.replace(hour=8))
FERRY = ride(3, 261_200)
CRUISE = package(4, "PK47", 11_000_000, "requested")
PDF = b"%PDF-1.7\n%%EOF\n"


def asked(app: Flask, world: World) -> str:
    """Give the code of an order whose supplier has still to answer."""
    with app.app_context():
        order_id = shop.paid(world, [WALK, CRUISE])
        shop.run(world, order_id, stop_at="wait")
        return orders.get_order(order_id).code


def confirmed(app: Flask, world: World) -> str:
    with app.app_context():
        order_id = shop.paid(world, [WALK, FERRY])
        shop.run(world, order_id)
        return orders.get_order(order_id).code


def held(app: Flask, world: World) -> str:
    with app.app_context():
        return orders.get_order(shop.hold(world, [WALK, FERRY])).code


def act(who: Visitor, path: str, **data):
    """Send a form and follow it back to the page that says what came of it."""
    answer = who.post(path, data.pop("page", "/desk/"), **{"back": "/desk/", **data})
    assert answer.status_code == 303, answer.text[:500]
    return who.client.get(answer.location)


def line_state(app: Flask, code: str, number: int) -> str:
    with app.app_context():
        return str(orders.get_line(orders.get_order_by_code(code).id, number).state)


def order_state(app: Flask, code: str) -> str:
    with app.app_context():
        return str(orders.get_order_by_code(code).state)


# --- queue -------------------------------------------------------------------------------------------------------


def test_the_queue_shows_what_is_overdue_and_whose_it_is(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    world.clock.move(hours=30)
    page = ayu.client.get("/desk/").text
    assert code in page and "Supplier to answer" in page and "Overdue" in page
    with desk_app.app_context():
        (task,) = tasks.list_queue("await_answer")
    assert "Yours" in act(ayu, f"/desk/tasks/{task.id}/take").text
    assert code in ayu.client.get("/desk/?mine=1").text
    assert "Take it" in act(ayu, f"/desk/tasks/{task.id}/give-back").text
    assert code not in ayu.client.get("/desk/?mine=1").text


def test_the_queue_is_filtered_by_kind_and_state(ayu: Visitor, desk_app: Flask, world: World) -> None:
    first, second = asked(desk_app, world), confirmed(desk_app, world)
    assert first not in ayu.client.get("/desk/?kind=buy_ticket").text
    assert second in ayu.client.get("/desk/?kind=buy_ticket").text
    assert first not in ayu.client.get("/desk/?state=done").text
    assert first in ayu.client.get("/desk/?kind=no-such-kind&state=nonsense").text


def test_a_task_is_closed_with_a_note_and_only_when_the_box_is_ticked(
    ayu: Visitor, desk_app: Flask, world: World
) -> None:
    asked(desk_app, world)
    with desk_app.app_context():
        (task,) = tasks.list_queue("await_answer")
    path = f"/desk/tasks/{task.id}/close"
    assert "tick the box" in act(ayu, path, note="rang them").text
    assert "Say in a few words" in act(ayu, path, note="", sure="yes").text
    assert "The task is closed" in act(ayu, path, note="rang them", sure="yes").text
    assert "no longer open" in act(ayu, path, note="rang them", sure="yes").text
    assert "rang them" in ayu.client.get(f"/desk/tasks/{task.id}").text


# --- orders ------------------------------------------------------------------------------------------------------


def test_an_order_is_found_by_code_mail_state_and_day(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code, other = confirmed(desk_app, world), held(desk_app, world)

    def found(query: str) -> set[str]:
        page = ayu.client.get(f"/desk/orders/?{query}").text
        return {each for each in (code, other) if each in page}

    assert found("") == {code, other}
    assert found(f"q={code[:9].lower()}") == {code}
    assert found("q=TRAVELLER@example.com") == {code}
    assert found("q=traveller@example.co") == set()
    assert found("state=held") == {other}
    assert found("q=%25") == set()
    assert found(f"from={START.date() + timedelta(days=1)}") == set()
    assert found(f"until={START.date()}") == {code, other}


def test_an_order_page_shows_lines_money_books_and_trail(ayu: Visitor, desk_app: Flask, world: World) -> None:
    page = ayu.client.get(f"/desk/orders/{confirmed(desk_app, world)}").text
    for words in ("REF-LTS-", "IDR\u00a01,261,200", "visa 4242", "Ticket to buy", "Operator op-PK01", "Capture",
                  "captured the payment", "Record the purchase", "Cancel by the terms"):  # fmt: skip
        assert words in page, words
    assert "Confirm for the supplier" not in page and "Undo the order" not in page


def test_a_supplier_s_yes_is_taken_with_its_reference(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    path = f"/desk/orders/{code}/parts/4/confirm"
    assert "tick the box" in act(ayu, path, reference="WA-1").text
    assert "The reference is missing" in act(ayu, path, reference="", sure="yes").text
    assert line_state(desk_app, code, 4) == "requested"
    assert "Part 4 is confirmed" in act(ayu, path, reference="WA-1", sure="yes").text
    assert line_state(desk_app, code, 4) == "confirmed"
    assert "not possible any more" in act(ayu, path, reference="WA-1", sure="yes").text
    with desk_app.app_context():
        assert audit.list_all(people.STAFF)[0].detail == {"reference": "WA-1"}


def test_a_supplier_s_no_is_taken_with_its_reason(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    act(ayu, f"/desk/orders/{code}/parts/4/decline", reason="boat in the yard", sure="yes")
    assert line_state(desk_app, code, 4) == "declined"


def test_a_ticket_is_recorded_with_what_it_cost(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = confirmed(desk_app, world)
    path = f"/desk/orders/{code}/parts/3/bought"
    assert "no amount" in act(ayu, path, reference="ASDP-1", paid="a lot", sure="yes").text
    act(ayu, path, reference="ASDP-1", paid="Rp 255.000", sure="yes")
    assert line_state(desk_app, code, 3) == "bought"
    with desk_app.app_context():
        assert ledger.balances()["bank"] == -255_000


def test_money_goes_back_by_hand_once_and_never_too_much(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = confirmed(desk_app, world)
    page = ayu.client.get(f"/desk/orders/{code}").text
    form, payment = re.search(r'name="form" value="(\w+)"', page)[1], re.search(r'<option value="(\d+)">Card', page)[1]
    path, data = f"/desk/orders/{code}/refund", {"form": form, "payment": payment, "reason": "wet", "sure": "yes"}
    assert "At most IDR\u00a01,261,200" in act(ayu, path, amount="1261201", **data).text
    assert "is paid back" in act(ayu, path, amount="50.000", **data).text
    act(ayu, path, amount="50.000", **data)
    assert world.payments.taken() == 1_211_200


def test_a_refund_without_an_answer_offers_to_try_again(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = confirmed(desk_app, world)
    with desk_app.app_context():
        payment = payments.list_payments(orders.get_order_by_code(code).id)[0].id
    world.payments.will("refund", LOST_AFTER)
    data = {"form": "abc", "payment": payment, "amount": "50000", "reason": "wet", "sure": "yes"}
    assert "No answer came" in act(ayu, f"/desk/orders/{code}/refund", **data).text
    page = ayu.client.get(f"/desk/orders/{code}").text
    assert "had no answer" in page and 'name="form" value="abc"' in page
    act(ayu, f"/desk/orders/{code}/refund", **data)
    assert "had no answer" not in ayu.client.get(f"/desk/orders/{code}").text
    assert world.payments.taken() == 1_211_200


def test_parts_are_cancelled_by_the_terms_that_are_shown(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = confirmed(desk_app, world)
    path = f"/desk/orders/{code}/parts/cancel"
    assert "No part was chosen" in act(ayu, path, sure="yes").text
    assert "another one by now" in act(ayu, path, part="1", refund_1="999", sure="yes").text
    assert "IDR\u00a01,000,000 goes back" in act(ayu, path, part="1", refund_1="1000000", sure="yes").text
    assert line_state(desk_app, code, 1) == "cancelling"


def test_an_order_is_set_going_or_undone(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    assert "taken on now" in act(ayu, f"/desk/orders/{code}/resume", sure="yes").text
    assert "reason is missing" in act(ayu, f"/desk/orders/{code}/undo", sure="yes").text
    assert "being undone" in act(ayu, f"/desk/orders/{code}/undo", reason="volcano", sure="yes").text
    assert order_state(desk_app, code) == "undoing"


@pytest.mark.parametrize("path", ["parts/4/confirm", "parts/4/decline", "resume", "undo", "refund", "parts/cancel"])
def test_nothing_happens_unless_the_box_is_ticked(ayu: Visitor, desk_app: Flask, world: World, path: str) -> None:
    code = asked(desk_app, world)
    before = [(act.what, act.who) for act in acts_of(desk_app, code)]
    page = act(ayu, f"/desk/orders/{code}/{path}", reference="R", reason="r", amount="1", payment="1", form="a")
    assert "tick the box" in page.text
    assert [(act.what, act.who) for act in acts_of(desk_app, code)] == before


def acts_of(app: Flask, code: str):
    with app.app_context():
        return audit.list_acts(orders.get_order_by_code(code).id)


def test_a_form_leads_back_only_to_this_site(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    answer = ayu.post(f"/desk/orders/{code}/resume", "/desk/", back="https://elsewhere.example/", sure="yes")
    assert answer.location == "/"


# --- transfers ---------------------------------------------------------------------------------------------------


def test_a_transfer_with_its_proof_lets_the_order_go_on(
    ayu: Visitor, desk_app: Flask, world: World, proofs: Path
) -> None:
    code = held(desk_app, world)
    page = f"/desk/orders/{code}/transfers/new"
    facts = {"payer": "Ani Bee", "paid_on": "2026-11-24", "reference": "BCA-1", "amount": "1.261.200", "sure": "yes"}
    bad = ayu.post(f"/desk/orders/{code}/transfers", page, **facts, proof=(io.BytesIO(b"<svg/>"), "x.pdf"))
    assert bad.status_code in (400, 422) and "neither a PDF" in bad.text and 'value="Ani Bee"' in bad.text
    facts["proof"] = (io.BytesIO(PDF + b"0" * 400_000), "../../proof.svg")
    done = ayu.post(f"/desk/orders/{code}/transfers", page, **facts)
    assert (done.status_code, done.location) == (303, f"/desk/orders/{code}")
    assert order_state(desk_app, code) == "authorised"
    order_page = ayu.client.get(f"/desk/orders/{code}").text
    assert "recorded by ayu@desk.example" in order_page
    proof = ayu.client.get(re.search(r'href="([^"]+/proof)"', order_page)[1])
    assert proof.data.startswith(PDF) and proof.headers["Content-Disposition"].startswith("attachment; ")
    assert "sandbox" in proof.headers["Content-Security-Policy"]
    assert proof.headers["X-Content-Type-Options"] == "nosniff"
    assert all(re.fullmatch(r"[0-9a-f]{32}\.pdf", file.name) for file in proofs.iterdir())


def test_too_little_money_is_not_taken(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = held(desk_app, world)
    facts = {"payer": "Ani", "paid_on": "2026-11-24", "reference": "BCA-1", "amount": "1000", "sure": "yes"}
    answer = ayu.post(f"/desk/orders/{code}/transfers", "/desk/", **facts, proof=(io.BytesIO(PDF), "p.pdf"))
    assert answer.status_code == 422 and "less than is due: IDR\u00a01,261,200" in answer.text
    assert order_state(desk_app, code) == "held"


def test_a_proof_that_is_too_large_is_refused_and_other_forms_stay_small(
    ayu: Visitor, desk_app: Flask, world: World
) -> None:
    code = held(desk_app, world)
    large = {"payer": "Ani", "paid_on": "2026-11-24", "reference": "B", "amount": "1261200", "sure": "yes"}
    answer = ayu.post(f"/desk/orders/{code}/transfers", "/desk/", **large, proof=(io.BytesIO(b"0" * 7_000_000), "p"))
    assert answer.status_code == 413
    answer = ayu.post(f"/desk/orders/{code}/undo", "/desk/", reason="x" * 300_000)
    assert answer.status_code == 413


# --- suppliers and books -----------------------------------------------------------------------------------------


def test_a_supplier_becomes_real_step_by_step(ayu: Visitor, desk_app: Flask, world: World) -> None:
    page = ayu.client.get("/desk/suppliers/").text
    who = re.search(r'href="/desk/suppliers/one/([^"]+)"', page)[1]
    path = f"/desk/suppliers/one/{who}"
    assert ayu.client.get(path).status_code == 200
    send = {"supplier": who, "sure": "yes"}
    act(ayu, "/desk/suppliers/claim", **send, name="Wayan", email="w@walks.example", phone="", bank="BCA 1")
    assert "Approve" in ayu.client.get(path).text
    assert "not possible any more" in act(ayu, "/desk/suppliers/prices", **send).text
    act(ayu, "/desk/suppliers/approve", **send)
    act(ayu, "/desk/suppliers/prices", **send)
    with desk_app.app_context():
        assert claims.list_contracted() == {who}
    act(ayu, "/desk/suppliers/suspend", **send)
    with desk_app.app_context():
        assert claims.list_contracted() == frozenset()
    assert ayu.post("/desk/suppliers/approve", "/desk/", supplier="nobody", sure="yes").status_code == 404


def test_seats_of_a_route_are_set(ayu: Visitor, desk_app: Flask, world: World) -> None:
    act(ayu, "/desk/suppliers/seats", route="F-PDB-LEM", seats="12", source="letter of 3 May", sure="yes")
    assert "letter of 3 May" in ayu.client.get("/desk/suppliers/seats").text
    assert "Between 0 and 1000" in act(ayu, "/desk/suppliers/seats", route="F-PDB-LEM", seats="x", sure="yes").text


def test_the_books_balance_and_what_is_due_is_paid_out(ayu: Visitor, desk_app: Flask, world: World) -> None:
    confirmed(desk_app, world)
    due = START.date() + timedelta(days=7)
    world.clock.move(days=(due - world.clock.today()).days)
    page = ayu.client.get("/desk/books/").text
    assert "sum to zero" in page and "op-PK01" in page and "900,000" in page and "not approved" in page
    with desk_app.app_context():
        from planner.flow.approve_supplier import approve_supplier, claim_for_supplier

        claim_for_supplier("op-PK01", "=HYPERLINK()", "", "", "BCA 1", world.services, people.STAFF)
        approve_supplier("op-PK01", world.services, people.STAFF)
    (row,) = csv.DictReader(io.StringIO(ayu.client.get(f"/desk/books/payouts.csv?until={due}").text))
    assert (row["supplier"], row["name"], row["amount_idr"]) == ("op-PK01", "'=HYPERLINK()", "900000")
    send = {"account": "supplier:op-PK01", "until": due.isoformat(), "reference": "OUT-1", "sure": "yes"}
    assert "Another sum" in act(ayu, "/desk/books/payouts", **send, amount="1").text
    act(ayu, "/desk/books/payouts", **send, amount="900000")
    assert "Another sum" in act(ayu, "/desk/books/payouts", **send, amount="900000").text
    assert "Payout" in ayu.client.get("/desk/books/accounts/supplier:op-PK01").text
    assert "op-PK01" not in ayu.client.get("/desk/books/payouts.csv").text
    with desk_app.app_context():
        assert (ledger.total(), ledger.list_unbalanced()) == (0, [])


def test_books_that_do_not_balance_are_said_aloud(
    ayu: Visitor, desk_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "total", lambda: 5)
    assert "do not balance" in ayu.client.get("/desk/books/").text


# --- trail -------------------------------------------------------------------------------------------------------


def test_the_trail_says_who_did_what(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = asked(desk_app, world)
    act(ayu, f"/desk/orders/{code}/resume", sure="yes")
    page = ayu.client.get(f"/desk/trail/?who={people.STAFF}").text
    assert "set the order going" in page and code in page and "held the trip</td>" not in page
    assert "set the order going</td>" not in ayu.client.get("/desk/trail/?what=hold").text


@pytest.mark.parametrize("path", ["/desk/", "/desk/orders/", "/desk/suppliers/", "/desk/books/", "/desk/trail/"])
def test_pages_speak_indonesian(ayu: Visitor, desk_app: Flask, world: World, path: str) -> None:
    ayu.client.set_cookie("lang", "id")
    page = ayu.client.get(path).text
    assert "Meja kerja" in page and "The desk" not in page


def test_the_desk_sees_which_agency_sold_a_trip(ayu: Visitor, desk_app: Flask, world: World) -> None:
    code = confirmed(desk_app, world)
    assert "Sold by" not in ayu.client.get(f"/desk/orders/{code}").text
    with desk_app.app_context():
        agency_id = found_agency("rina@tur.example")
        with transaction():
            orders.get_order_by_code(code).agency_id = agency_id
    page = ayu.client.get(f"/desk/orders/{code}").text
    assert "Sold by" in page and "Lombok Lintas Tur" in page
