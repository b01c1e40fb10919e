"""The second step of a checkout: the hold's clock, who travels, the way to the payment page and back."""

import pytest

from planner.store import orders
from tests.booking.making import ride, stay
from tests.flow import shop as goods
from tests.flow.fakes import LOST_BEFORE, NO
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

FILLED = {
    "given_1": "Maren", "family_1": "O'Duya", "email": "maren@example.org", "phone": "+31 6 1234 5678",
    "consent": "undo",
}  # fmt: skip
PAPERS = {"document_1": "c01x 2345", "nationality_1": "NL", "given_2": "Tau", "family_2": "Okoye-Ruiz",
          "document_2": "5271034501900002", "nationality_2": "ID"}  # fmt: skip


def held(shop: Shop, needs_names: bool = False) -> str:
    order_id = goods.hold(shop.world, [walk(needs_names=needs_names), stay(2, "ST-LBJ-1", 400_000)])
    return shop.address(order_id, start="/checkout/held")


def order_of(address: str) -> orders.Order:
    return orders.get_order_by_code(address.split("/")[3])


def test_the_clock_shows_how_long_the_places_are_kept(shop: Shop):
    address = held(shop)
    assert 'data-clock="1800"' in shop.get(address).text
    shop.post(address, f"{address}/extend")
    assert 'data-clock="2400"' in shop.get(address).text


def test_a_hold_can_be_put_off_three_times(shop: Shop):
    address = held(shop)
    for _ in range(3):
        shop.post(address, f"{address}/extend")
    assert "Add 10 minutes" not in shop.get(address).text
    shop.post(address, f"{address}/extend")
    assert 'data-clock="3600"' in shop.get(address).text


def test_only_who_books_is_named_where_nobody_wants_names(shop: Shop):
    page = shop.get(held(shop)).text
    assert 'name="given_1"' in page
    assert 'name="given_2"' not in page and 'name="document_1"' not in page


def test_all_travellers_are_named_with_their_papers_where_a_part_wants_names(shop: Shop):
    address = held(shop, needs_names=True)
    assert 'name="document_2"' in shop.get(address).text
    assert shop.post(address, **FILLED, **PAPERS).status_code == 303
    assert order_of(address).travellers[1] == {
        "given": "Tau", "family": "Okoye-Ruiz", "document": "5271034501900002", "nationality": "ID",
    }  # fmt: skip


def test_a_good_form_leads_to_the_payment_page_for_the_whole_sum(shop: Shop):
    address = held(shop)
    answer = shop.post(address, **FILLED)
    assert (answer.status_code, answer.location) == (303, "https://pay/cs_1")
    wanted = shop.world.payments.requests["cs_1"]
    assert sum(article.amount for article in wanted.articles) == order_of(address).total == 1_800_000
    assert not wanted.captures
    assert wanted.expires_at < order_of(address).hold_until


def test_a_deposit_is_asked_for_alone(shop: Shop):
    address = held(shop)
    shop.post(address, **FILLED, plan="deposit")
    assert [article.amount for article in shop.world.payments.requests["cs_1"].articles] == [540_000]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("given_1", ""), ("given_1", "M4ren"), ("family_1", "<script>"), ("family_1", "x" * 81), ("email", "maren"),
        ("email", "maren@"), ("phone", "12"), ("phone", "call me"), ("consent", "ask"), ("consent", ""),
        ("document_1", "C01"), ("nationality_1", ""), ("document_2", "C01X-234567890123456789"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(shop: Shop, field: str, typed: str):
    address = held(shop, needs_names=True)
    answer = shop.post(address, **{**FILLED, **PAPERS, field: typed})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text or field == "consent"
    assert answer.text.count('class="err"') == 1
    assert "<script>" not in answer.text.replace("<script src", "")
    for name in ("given_1", "email", "document_2"):
        if name != field:
            assert f'name="{name}" value="' in answer.text
    assert shop.world.payments.count("open_checkout") == 0


def test_a_provider_that_does_not_answer_loses_nothing(shop: Shop):
    address = held(shop)
    shop.world.payments.will("open_checkout", LOST_BEFORE)
    answer = shop.post(address, **FILLED)
    assert answer.status_code == 503
    assert "your places are kept" in answer.text and 'value="Maren"' in answer.text
    assert shop.post(address, **FILLED).status_code == 303


def test_a_sum_that_the_provider_refuses_says_so(shop: Shop):
    address = held(shop)
    shop.world.payments.will("open_checkout", NO)
    answer = shop.post(address, **FILLED)
    assert answer.status_code == 409
    assert "card_declined" in answer.text


def test_a_hold_that_ran_out_cannot_be_paid(shop: Shop):
    address = held(shop)
    shop.world.clock.move(minutes=31)
    assert "The hold has run out" in shop.get(address).text
    shop.post(address, **FILLED)
    assert shop.world.payments.count("open_checkout") == 0


def test_places_that_are_given_back_are_free_at_once(shop: Shop):
    address = held(shop)
    line = walk()
    assert goods.counts(line) == (2, 0)
    shop.post(address, f"{address}/release")
    assert goods.counts(line) == (0, 0)
    assert "The places were given back" in shop.get(address.replace("/checkout/held", "/bookings")).text


def test_coming_back_from_the_payment_hands_the_order_over(shop: Shop):
    address = held(shop)
    shop.post(address, **FILLED)
    shop.world.payments.pay("cs_1")
    assert shop.get(f"{address}/back").status_code == 303
    assert order_of(address).state == "authorised"
    assert shop.world.queue.orders == [order_of(address).id]


def test_coming_back_without_news_is_no_error(shop: Shop):
    address = held(shop)
    shop.post(address, **FILLED)
    shop.world.payments.will("get_checkout", LOST_BEFORE)
    assert shop.get(f"{address}/back").status_code == 303
    assert order_of(address).state == "paying"


@pytest.mark.parametrize("tail", ["", "/extend", "/release"])
def test_nothing_is_done_without_the_forms_token(shop: Shop, tail: str):
    address = held(shop)
    assert shop.client.post(f"{address}{tail}", data=FILLED).status_code == 400
    assert order_of(address).state == "held"


def test_tickets_that_are_bought_later_need_no_hold(shop: Shop):
    order_id = goods.hold(shop.world, [walk(), ride(2, 300_000)])
    page = shop.get(shop.address(order_id, start="/checkout/held")).text
    assert "1 tour" in page and "crossing" not in page
