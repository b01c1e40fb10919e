"""A booking's pages: reached by code and secret alone, true to the order's state, cancelled for the sum shown."""

import re
from datetime import timedelta

import pytest

from planner.store import orders, tasks
from tests.booking.making import START, fee, package, ride, stay
from tests.flow import shop as goods
from tests.flow.fakes import NO
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

LINES = (walk(), package(2, "PK47", 600_000, "requested"), ride(3, 300_000), fee(4, 150_000))


def paid(shop: Shop, lines=LINES, **more) -> str:
    return goods.paid(shop.world, lines, **more)


def confirmed(shop: Shop, lines=LINES[:1], **more) -> str:
    order_id = paid(shop, lines, **more)
    goods.run(shop.world, order_id)
    return order_id


@pytest.mark.parametrize("tail", ["", "/cancel", "/back"])
def test_a_wrong_secret_finds_nothing(shop: Shop, tail: str):
    order, other = orders.get_order(confirmed(shop)), orders.get_order(confirmed(shop))
    assert shop.get(f"/bookings/{order.code}/{other.secret}{tail}").status_code == 404
    assert shop.get(f"/bookings/{order.code}/{'x' * 32}{tail}").status_code == 404
    assert shop.get(f"/bookings/LTS-222222/{order.secret}{tail}").status_code == 404


@pytest.mark.parametrize("start", ["/bookings", "/checkout/held"])
def test_a_page_behind_a_secret_tells_nobody_where_it_was(shop: Shop, start: str):
    answer = shop.get(shop.address(goods.hold(shop.world, LINES), start=start), follow_redirects=True)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_while_suppliers_are_asked_each_part_says_how_it_stands(shop: Shop):
    order_id = paid(shop)
    goods.run(shop.world, order_id, stop_at="wait")
    page = shop.get(shop.address(order_id)).text
    assert "Asking everybody" in page and "2 of 3 parts are settled" in page
    assert "Waiting, by" in page and "Confirmed" in page and "We buy it on" in page
    assert '<meta http-equiv="refresh"' in page


def test_a_confirmed_trip_shows_its_code_and_looks_again_no_more(shop: Shop):
    order_id = confirmed(shop)
    page = shop.get(shop.address(order_id)).text
    assert "Booked and paid" in page and orders.get_order(order_id).code in page
    assert "http-equiv" not in page and "data-again" not in page


def test_an_undone_trip_says_why_and_that_nothing_was_charged(shop: Shop):
    shop.world.suppliers.will("confirm PK01", NO)
    order_id = confirmed(shop)
    page = shop.get(shop.address(order_id)).text
    assert "This trip could not be booked" in page
    assert "One part was not available" in page and "Nothing was charged" in page


def test_the_cancel_page_sums_what_is_picked_by_each_parts_terms(shop: Shop):
    order_id = confirmed(shop, [*LINES[:1], stay(2, "ST-LBJ-1", 400_000)])
    page = shop.get(shop.address(order_id, "/cancel?part=1")).text
    assert "IDR\u00a01,000,000 back" in page
    assert 'name="refund" value="1000000"' in page
    assert 'name="refund" value="1800000"' in shop.get(shop.address(order_id, "/cancel?part=1&part=2&part=99")).text


def test_looking_at_the_cancel_page_cancels_nothing(shop: Shop):
    order_id = confirmed(shop)
    shop.get(shop.address(order_id, "/cancel?part=1&refund=1000000"))
    assert goods.states(order_id) == ["confirmed"]


def test_cancelling_pays_back_the_sum_that_was_shown(shop: Shop):
    order_id = confirmed(shop)
    page = shop.address(order_id, "/cancel?part=1")
    assert shop.post(page, part="1", refund="1000000").status_code == 303
    goods.run(shop.world, order_id)
    assert shop.world.payments.taken() == 0
    assert "IDR\u00a01,000,000 was paid back" in shop.get(shop.address(order_id)).text


def test_a_deadline_that_passed_meanwhile_shows_the_new_sum_and_cancels_nothing(shop: Shop):
    order_id = confirmed(shop)
    page = shop.address(order_id, "/cancel?part=1")
    shop.world.clock.moment = START.replace(hour=8) - timedelta(hours=23)
    answer = shop.post(page, part="1", refund="1000000")
    assert answer.status_code == 409
    assert "A deadline has passed" in answer.text and 'name="refund" value="0"' in answer.text
    assert goods.states(order_id) == ["confirmed"]


@pytest.mark.parametrize("fields", [{}, {"part": "1"}, {"part": "x", "refund": "5"}, {"part": "1", "refund": "-5"}])
def test_cancelling_without_a_pick_or_sum_is_told(shop: Shop, fields: dict[str, str]):
    order_id = confirmed(shop)
    answer = shop.post(shop.address(order_id, "/cancel?part=1"), **fields)
    assert answer.status_code == 422
    assert "Please pick what you want to cancel" in answer.text


def test_a_deposit_shows_what_is_due_and_the_rest_is_taken_once(shop: Shop):
    order_id = confirmed(shop, plan=1)
    page = shop.address(order_id)
    assert "Booked, deposit paid" in shop.get(page).text and "IDR\u00a0700,000 more is due" in shop.get(page).text
    answer = shop.post(page, f"{page}/balance")
    session_id = answer.location.rpartition("/")[2]
    assert shop.world.payments.requests[session_id].captures
    intent = shop.world.payments.pay(session_id)
    shop.world.payments.capture(intent, 700_000, "automatic")
    shop.get(f"{page}/back")
    shop.get(f"{page}/back")
    assert "Booked and paid" in shop.get(page).text
    assert "collect_balance" not in [task.kind for task in tasks.list_tasks(order_id, "open")]


def test_the_link_is_sent_only_to_the_address_it_was_booked_with(shop: Shop):
    code = orders.get_order(confirmed(shop)).code
    shop.world.mailer.sent.clear()
    answers = [
        re.sub(r'value="[^"]*"', "", shop.post("/bookings", code=given, email=email).text)
        for given, email in [(code, "other@example.com"), ("LTS-222222", goods.CONTACT["email"]), (code, "")]
    ]
    assert shop.world.mailer.sent == []
    right = shop.post("/bookings", code=code.lower(), email=goods.CONTACT["email"].upper()).text
    assert len(shop.world.mailer.sent) == 1
    assert {re.sub(r'value="[^"]*"', "", right)} == set(answers)


def test_a_mail_server_that_is_down_does_not_tell_whether_a_booking_exists(shop: Shop):
    code = orders.get_order(confirmed(shop)).code
    shop.world.mailer.is_down = True
    assert shop.post("/bookings", code=code, email=goods.CONTACT["email"]).status_code == 200


def test_vouchers_and_calendar_are_there_for_whoever_has_the_link(shop: Shop):
    order_id = confirmed(shop, [walk(), stay(2, "ST-LBJ-1", 400_000)])
    whole = shop.get(shop.address(order_id, "/vouchers.pdf"))
    assert whole.data.startswith(b"%PDF") and whole.mimetype == "application/pdf"
    one = shop.get(shop.address(order_id, "/parts/2.pdf"))
    assert one.data.startswith(b"%PDF") and len(one.data) < len(whole.data)
    calendar = shop.get(shop.address(order_id, "/calendar.ics"))
    assert calendar.mimetype == "text/calendar" and calendar.text.count("BEGIN:VEVENT") == 2
    order = orders.get_order(order_id)
    assert shop.get(f"/bookings/{order.code}/{'x' * 32}/vouchers.pdf").status_code == 404
    assert shop.get(shop.address(order_id, "/parts/9.pdf")).status_code == 404


def test_a_confirmed_trip_shows_a_code_to_read_that_leads_back_to_it(shop: Shop):
    page = shop.get(shop.address(confirmed(shop))).text
    assert '<div class="qr"><svg role="img"' in page and "style=" not in page
