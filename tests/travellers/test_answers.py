"""The yes/no link of a supplier: one question, answered once, in time, without an account."""

import pytest

from planner.store import orders
from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

LINES = (walk("requested", needs_names=True),)


def asked(shop: Shop) -> tuple[str, str]:
    """Pay for something on request; give the order and the supplier's link."""
    order_id = goods.paid(shop.world, LINES)
    goods.run(shop.world, order_id, stop_at="wait")
    token = orders.list_lines(order_id)[0].answer_token
    return order_id, f"/answer/{token}"


def test_the_question_names_guests_price_and_deadline_in_indonesian_first(shop: Shop):
    _, link = asked(shop)
    page = shop.get(link).text
    assert "Bisakah Anda menerima pemesanan ini?" in page
    assert "Rp1.000.000" in page and "2 dewasa" in page and "Ani Bee" in page
    shop.client.set_cookie("lang", "en")
    assert "Can you take this booking?" in shop.get(link).text


def test_a_yes_confirms_and_wakes_the_order(shop: Shop):
    order_id, link = asked(shop)
    shop.world.queue.orders.clear()
    assert shop.post(link, answer="yes", reference="BOAT-7").status_code == 200
    assert goods.states(order_id) == ["confirmed"]
    assert orders.list_lines(order_id)[0].reference == "BOAT-7"
    assert shop.world.queue.orders == [order_id]
    goods.run(shop.world, order_id)
    assert goods.state(order_id) == "confirmed"


def test_a_no_undoes_the_trip(shop: Shop):
    order_id, link = asked(shop)
    shop.post(link, answer="no", why="full")
    goods.run(shop.world, order_id)
    assert goods.state(order_id) == "undone"
    assert shop.world.payments.taken() == 0


def test_a_second_answer_changes_nothing(shop: Shop):
    order_id, link = asked(shop)
    token = shop.get(link).text.split('name="csrf_token" value="')[1].split('"')[0]
    shop.client.post(link, data={"csrf_token": token, "answer": "yes"})
    answer = shop.client.post(link, data={"csrf_token": token, "answer": "no"})
    assert answer.status_code == 409
    assert goods.states(order_id) == ["confirmed"]


def test_an_answer_after_the_deadline_is_too_late(shop: Shop):
    order_id, link = asked(shop)
    token = shop.get(link).text.split('name="csrf_token" value="')[1].split('"')[0]
    shop.world.clock.move(hours=25)
    assert 'value="yes"' not in shop.get(link).text
    assert shop.client.post(link, data={"csrf_token": token, "answer": "yes"}).status_code == 409
    assert goods.states(order_id) == ["requested"]
    goods.run(shop.world, order_id)
    assert goods.state(order_id) == "undone"


def test_opening_the_link_answers_nothing(shop: Shop):
    order_id, link = asked(shop)
    shop.get(f"{link}?answer=yes")
    assert goods.states(order_id) == ["requested"]


@pytest.mark.parametrize("token", ["x" * 32, "", "../../etc"])
def test_an_unknown_link_finds_nothing(shop: Shop, token: str):
    assert shop.get(f"/answer/{token}").status_code in (404, 308)


def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(shop: Shop):
    order_id, link = asked(shop)
    assert shop.post(link, answer="maybe").status_code == 422
    assert goods.states(order_id) == ["requested"]
