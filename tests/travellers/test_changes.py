"""The pages on which a booked trip is changed: what is offered, what it costs, and what is said when it is too late."""

import re

import pytest

from planner.store import changes, orders
from planner.store.db import db
from planner.travellers import changes as pages
from tests.booking.making import START, package, stay
from tests.flow import shop as flows
from tests.flow.fakes import NO
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

HOUSE = stay(2, "ST-LBJ-1", 450_000)
BRIEF = {
    "party": {"adults": 2, "children": [], "residency": "foreign", "rooms": 1},
    "entry": {"hub": "DPS", "at": "2027-06-01T10:00:00+08:00"},
    "exit": {"hub": "DPS", "by": "2027-06-05T20:00:00+08:00"},
}


def booked(shop: Shop) -> str:
    order_id = flows.paid(shop.world, [walk(), HOUSE], quote={"brief": BRIEF})
    flows.run(shop.world, order_id)
    return order_id


def swap_query(shop: Shop, order_id: str) -> str:
    page = shop.get(shop.address(order_id, "/change/part/2"))
    assert page.status_code == 200, page.text
    found = re.search(r'href="([^"]+/change/review\?[^"]+)"', page.text)
    assert found, "nothing else is offered"
    return found[1].replace("&amp;", "&")


def send(shop: Shop, address: str) -> object:
    page = shop.get(address).text
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown
    return shop.post(address, shown=shown[1])


def test_a_booked_trip_leads_to_its_changes_and_an_unpaid_one_does_not(shop: Shop) -> None:
    order_id = booked(shop)
    assert "/change" in shop.get(shop.address(order_id)).text
    assert "What do you want to change?" in shop.get(shop.address(order_id, "/change")).text

    unpaid = flows.hold(shop.world, [walk()])
    assert shop.get(shop.address(unpaid, "/change")).status_code == 303


def test_who_lacks_the_secret_learns_nothing(shop: Shop) -> None:
    order = orders.get_order(booked(shop))
    for tail in ("change", "change/part/1", "change/review?part=2&instead=ST-LBJ-5", "changes/1"):
        assert shop.get(f"/bookings/{order.code}/wrong/{tail}").status_code == 404


def test_another_house_is_shown_with_the_difference_before_anything_is_done(shop: Shop) -> None:
    order_id = booked(shop)
    page = shop.get(swap_query(shop, order_id)).text

    assert "Untouched" in page
    assert "IDR\u00a0900,000 back" in page
    assert changes.list_changes(order_id) == []


def test_the_difference_is_paid_on_the_payment_page_and_the_trip_is_the_new_one(shop: Shop) -> None:
    order_id = booked(shop)
    answer = send(shop, swap_query(shop, order_id))
    assert answer.status_code == 303
    if answer.location.startswith("https://pay/"):
        shop.world.payments.pay(answer.location.rsplit("/", 1)[1])
        shop.get(shop.address(order_id, "/changes/1/back"))
    assert shop.get(shop.address(order_id, "/changes/1")).status_code == 200
    flows.run(shop.world, order_id)

    assert orders.get_order(order_id).version == 1
    assert shop.get(shop.address(order_id, "/changes/1")).status_code == 303
    assert "Cancelled" in shop.get(shop.address(order_id)).text


def test_meanwhile_the_booking_says_so_and_no_other_change_is_begun(shop: Shop) -> None:
    order_id = booked(shop)
    send(shop, swap_query(shop, order_id))

    assert "A change of this trip is under way" in shop.get(shop.address(order_id)).text
    again = shop.get(shop.address(order_id, "/change"))
    assert again.status_code == 303 and again.location.endswith("/changes/1")


def test_a_cancellation_is_refused_in_words_meanwhile(shop: Shop) -> None:
    order_id = booked(shop)
    send(shop, swap_query(shop, order_id))
    refused = shop.post(shop.address(order_id, "/cancel?part=1"), shop.address(order_id, "/cancel"), part="1",
                        refund="1000000")  # fmt: skip
    assert refused.status_code == 409
    assert "A change of this trip is under way" in refused.text


def test_prices_that_moved_are_shown_anew_instead_of_charged(shop: Shop) -> None:
    order_id = booked(shop)
    address = swap_query(shop, order_id)
    refused = shop.post(address, shown="something else")
    assert refused.status_code == 409
    assert "Something changed while you were reading" in refused.text
    assert changes.list_changes(order_id) == []


def test_a_change_that_could_not_be_had_says_why_and_that_nothing_was_charged(shop: Shop) -> None:
    order_id = booked(shop)
    address = swap_query(shop, order_id)
    shop.world.suppliers.will("confirm ST-LBJ-5", NO)
    answer = send(shop, address)
    if answer.location.startswith("https://pay/"):
        shop.world.payments.pay(answer.location.rsplit("/", 1)[1])
        shop.get(shop.address(order_id, "/changes/1/back"))
    flows.run(shop.world, order_id)

    page = shop.get(shop.address(order_id, "/changes/1")).text
    assert "One new part was not available." in page
    assert "nothing was charged for the change" in page


def test_it_can_be_given_up_on_its_page(shop: Shop) -> None:
    order_id = booked(shop)
    if send(shop, swap_query(shop, order_id)).location.startswith("https://pay/"):
        shop.post(shop.address(order_id, "/changes/1"), shop.address(order_id, "/changes/1/release"))
        db.session.rollback()
        assert changes.get_change(order_id, 1).state == "undone"
        assert shop.get(shop.address(order_id, "/change")).status_code == 200


@pytest.mark.parametrize(
    "query", ["part=2&instead=NOTHING", "part=9&instead=PK01", "plan=x", "arrive=2027-06-01&leave=never&plan=x"]
)
def test_what_does_not_exist_is_not_found(shop: Shop, query: str) -> None:
    assert shop.get(shop.address(booked(shop), f"/change/review?{query}")).status_code == 404


def test_dates_that_make_no_sense_are_told_at_their_field(shop: Shop) -> None:
    page = shop.get(shop.address(booked(shop), "/change/dates?arrive=2027-06-05&leave="))
    assert page.status_code == 422
    assert 'id="e-leave"' in page.text and 'value="2027-06-05"' in page.text


def test_plans_on_other_dates_are_compared_one_by_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = booked(shop)
    later = package(1, "PK01", 1_000_000, starts_at=START.replace(day=4, hour=8))
    plan = {"id": "later", "items": [later.item | {"sold": "here"}], "totals": {}, "starts_at": later.item["starts"],
            "ends_at": later.item["ends"], "label": "best"}  # fmt: skip
    monkeypatch.setattr(pages.planning, "check", lambda brief: None)
    monkeypatch.setattr(pages.planning, "plan", lambda brief: {"itineraries": [plan]})
    monkeypatch.setattr(pages.trip_view, "title", lambda plan, atlas: "The later trip")
    monkeypatch.setattr(pages.trip_view, "days_of", lambda plan: [START.date()])
    page = shop.get(shop.address(order_id, "/change/dates?arrive=2027-06-03&leave=2027-06-07"))
    assert page.status_code == 200, page.text
    assert "The later trip" in page.text
    assert "0 parts stay, 1 is new, 2 go" in page.text
