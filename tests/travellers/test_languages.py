"""Pages with secrets: links without a language speak the reader's, links below one keep it to the end."""

import re

import pytest

from planner.store import orders
from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]


def heard(answer) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """The language that a page says it is in, to readers and to programs."""
    return re.search(r'<html lang="(\w+)"', answer.text)[1], answer.headers["Content-Language"]  # type: ignore[index]


def test_a_booking_below_a_language_stays_there_and_is_found_by_nobody(shop: Shop) -> None:
    order_id = goods.paid(shop.world, (walk(),))
    goods.run(shop.world, order_id)
    address = shop.address(order_id)
    answer = shop.get("/id" + address)
    assert heard(answer) == ("id", "id")
    assert answer.headers["X-Robots-Tag"] == "noindex" and 'rel="canonical"' not in answer.text
    assert f'href="/id{address}/vouchers.pdf"' in answer.text and f'data-keep="/id{address}/vouchers.pdf' in answer.text
    assert f'"{address}' not in answer.text
    assert shop.get(f"/id{address}/vouchers.pdf").data.startswith(b"%PDF")


def test_a_booking_s_old_link_speaks_the_reader_s_language(shop: Shop) -> None:
    order_id = goods.paid(shop.world, (walk(),))
    goods.run(shop.world, order_id)
    shop.client.set_cookie("lang", "id")
    answer = shop.get(shop.address(order_id))
    assert heard(answer) == ("id", "id")
    assert f'href="{shop.address(order_id)}/vouchers.pdf"' in answer.text and 'href="/places"' in answer.text


def test_checkout_goes_on_in_the_language_that_it_began_in(shop: Shop) -> None:
    order_id = goods.hold(shop.world, (walk(),))
    answer = shop.get("/id" + shop.address(order_id))
    assert answer.location == "/id" + shop.address(order_id, start="/checkout/held")
    assert heard(shop.get(answer.location)) == ("id", "id")


@pytest.mark.parametrize(
    ("first", "cookie", "language"),
    [("", "", "id"), ("", "en", "en"), ("", "xx/../y", "id"), ("/en", "", "en"), ("/id", "en", "id")],
)
def test_a_supplier_reads_indonesian_unless_address_or_choice_say_otherwise(
    shop: Shop, first: str, cookie: str, language: str
) -> None:
    order_id = goods.paid(shop.world, (walk("requested"),))
    goods.run(shop.world, order_id, stop_at="wait")
    if cookie:
        shop.client.set_cookie("lang", cookie)
    answer = shop.get(f"{first}/answer/{orders.list_lines(order_id)[0].answer_token}")
    assert heard(answer) == (language, language)
    assert ("Bisakah Anda" in answer.text) == (language == "id")
