"""Prices in the traveller's currency: a guide beside the rupiah that are charged, frozen with the trip once quoted."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some

from planner.booking.quote import Quote
from planner.store import orders
from planner.values.rates import SHOWN, Rate
from planner.web import filters
from planner.web.currency import rate_note
from tests.booking.making import quote_of, stay
from tests.flow import shop as goods
from tests.travellers.shop_pages import Shop, shop, shop_app, snapshots, walk, world

__all__ = ["shop", "shop_app", "snapshots", "world"]

SEARCH = "/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2"
DAY = date(2026, 10, 30)
DOLLAR = Rate("USD", Decimal("18000"), DAY)
SIGN = re.compile(r"(?:US\$|€|A\$|S\$)")


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page).replace("\xa0", " ")


@pytest.fixture(params=["en", "id"])
def reading(request: pytest.FixtureRequest, app: Flask):
    with app.test_request_context("/", headers={"Cookie": f"lang={request.param}"}):
        yield request.param


def choose(client: FlaskClient, page: str, currency: str) -> str:
    """Press a currency's button on a page, and return where that leads."""
    form = re.search(r'<form class="lang cur-f".*?</form>', client.get(page).text, re.S)
    assert form, "no switch"
    assert f'name="currency" value="{currency}"' in form[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    hidden["next"] = hidden["next"].replace("&amp;", "&")
    answer = client.post("/preferences", data={**hidden, "currency": currency})
    assert answer.status_code == 303
    return str(answer.location)


def test_the_switch_keeps_the_page_and_its_search(pages: FlaskClient) -> None:
    tab = f"{SEARCH}&tab=cheapest"
    assert choose(pages, tab, "EUR") == tab
    assert pages.get_cookie("currency").value == "EUR"
    page = pages.get(tab).text
    assert "≈" in page and "€" in page
    assert '<summary><span class="vh">Prices in </span>EUR' in page


def test_looking_at_a_page_sets_no_currency(pages: FlaskClient) -> None:
    pages.get(f"{SEARCH}&currency=USD")
    assert pages.get_cookie("currency") is None


@pytest.mark.parametrize("wanted", ["DOGE", "usd", "IDR", ""])
def test_an_unknown_currency_is_ignored_and_prices_stand_in_rupiah(pages: FlaskClient, wanted: str) -> None:
    plain = pages.get(SEARCH).text
    pages.set_cookie("currency", wanted)
    page = pages.get(f"{SEARCH}&currency={wanted}")
    assert page.status_code == 200
    assert "≈" not in page.text and not SIGN.search(text_of(page.text)) and 'id="rate"' not in page.text
    assert text_of(page.text) == text_of(plain)


def test_an_unknown_currency_in_the_form_is_refused(pages: FlaskClient) -> None:
    pages.application.config["WTF_CSRF_ENABLED"] = False
    assert pages.post("/preferences", data={"currency": "DOGE"}).status_code == 400
    assert pages.get_cookie("currency") is None


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("currency", SHOWN[1:])
@pytest.mark.parametrize("where", ["list", "trip", "tour"])
def test_a_converted_amount_always_says_about_and_the_page_says_once_at_which_rate(
    pages: FlaskClient, where: str, currency: str, language: str
) -> None:
    pages.set_cookie("lang", language)
    if where == "trip":
        found = re.search(r'href="(/trips/[^"?]+\?[^"]*)"', pages.get(SEARCH).text)
        assert found
        address = found[1].replace("&amp;", "&")
    else:
        address = SEARCH if where == "list" else "/packages"
    plain = text_of(pages.get(address).text)
    pages.set_cookie("currency", currency)
    page = pages.get(address)
    assert page.status_code == 200
    assert page.text.count('id="rate"') == 1
    whole, note = text_of(page.text), re.search(r'id="rate">(.*?)</p>', page.text, re.S)
    assert note and ("European Central Bank" in note[1] or "Bank Sentral Eropa" in note[1])
    shown = whole.replace(text_of(note[1]), "")
    signs = [hit.start() for hit in SIGN.finditer(shown)]
    assert signs and all(shown[at - 2 : at] == "≈ " for at in signs)
    assert not SIGN.search(plain) and "≈" not in plain


def test_a_page_without_prices_says_nothing_of_rates(pages: FlaskClient) -> None:
    pages.set_cookie("currency", "USD")
    page = pages.get("/about").text
    assert "≈" not in page and 'id="rate"' not in page


@pytest.mark.parametrize(
    ("rupiah", "english", "indonesian"),
    [
        (18_000_000, "≈ US$ 1,000", "≈ US$ 1.000"),
        (184_500, "≈ US$ 10", "≈ US$ 10"),
        (189_000, "≈ US$ 11", "≈ US$ 11"),  # 10.5
        (179_000, "≈ US$ 9.94", "≈ US$ 9,94"),
        (9_000, "≈ US$ 0.50", "≈ US$ 0,50"),
        (0, "", ""),
    ],
)
def test_an_amount_is_a_round_guide_and_only_small_ones_have_cents(reading, rupiah, english, indonesian) -> None:
    wanted = english if reading == "en" else indonesian
    assert filters.converted(rupiah, DOLLAR).replace("\xa0", " ") == wanted
    assert filters.converted({"amount": rupiah, "currency": "IDR", "precision": 0}, DOLLAR) == filters.converted(
        rupiah, DOLLAR
    )


def test_without_a_rate_there_is_nothing_beside_the_rupiah(reading: str) -> None:
    assert filters.converted(1_000_000, None) == ""
    assert filters.beside(1_000_000, None) == filters.money(1_000_000)


def test_the_rupiah_stand_first(reading: str) -> None:
    said = filters.beside(1_800_000, DOLLAR).replace("\xa0", " ")
    assert said == {"en": "IDR 1,800,000 (≈ US$ 100)", "id": "Rp1.800.000 (≈ US$ 100)"}[reading]
    dated = filters.beside(1_800_000, DOLLAR, is_dated=True).replace("\xa0", " ")
    assert (
        dated
        == {
            "en": "IDR 1,800,000 (≈ US$ 100 at the rate of 30 Oct 2026)",
            "id": "Rp1.800.000 (≈ US$ 100, kurs 30 Okt 2026)",
        }[reading]
    )


def test_the_note_names_rate_day_source_and_what_is_charged(reading: str) -> None:
    said = rate_note(DOLLAR).replace("\xa0", " ")
    words = {
        "en": ("US$ 1 = IDR 18,000", "European Central Bank", "30 October 2026", "charged in rupiah"),
        "id": ("US$ 1 = Rp18.000", "Bank Sentral Eropa", "30 Oktober 2026", "membayar dalam rupiah"),
    }
    assert all(word in said for word in words[reading])
    assert len(rate_note(DOLLAR, is_kept=True)) > len(said)


def test_whatever_is_converted_carries_the_sign(reading: str) -> None:
    @given(some.integers(1, 10**10), some.sampled_from(SHOWN[1:]), some.integers(1_000, 30_000))
    def check(rupiah: int, currency: str, price: int) -> None:
        assert filters.converted(rupiah, Rate(currency, Decimal(price), DAY)).startswith("≈\xa0")

    check()


def test_a_quote_keeps_its_rate_and_reads_one_that_was_written_without() -> None:
    quote = quote_of([walk()], rate=DOLLAR)
    told = quote.as_json()
    assert Quote.from_json(told).rate == DOLLAR
    assert Quote.from_json({**told, "rate": None}).rate is None
    del told["rate"]
    assert Quote.from_json(told).rate is None
    assert quote.fingerprint == quote_of([walk()]).fingerprint, "the promise is in rupiah"


def booked(shop: Shop, **more: object) -> str:
    order_id = goods.paid(shop.world, [walk(price=1_800_000), stay(2, "ST-LBJ-1", 400_000)], **more)
    goods.run(shop.world, order_id)
    return order_id


def test_a_booking_keeps_the_rate_of_its_quote_whatever_is_published_later(shop: Shop) -> None:
    shop.world.rates.publish("USD", "18000", DAY)
    order_id = booked(shop, quote={"rate": shop.world.rates.find_rate("USD")})
    address = shop.address(order_id)
    before = text_of(shop.get(address).text)
    assert "IDR2,600,000 ≈ US$ 144" in before
    assert "US$ 1 = IDR 18,000" in before and "30 October 2026" in before
    shop.world.rates.publish("USD", "9000", date(2026, 12, 1))
    shop.world.rates.publish("EUR", "20000", date(2026, 12, 1))
    shop.client.set_cookie("currency", "EUR")
    after = text_of(shop.get(address).text)
    assert "IDR2,600,000 ≈ US$ 144" in after and "US$ 289" not in after and "€" not in after
    assert "reference rate of 30 October 2026" in after and "1 December 2026" not in after
    assert orders.get_order(order_id).total == 2_600_000


def test_a_booking_quoted_in_rupiah_stays_in_rupiah(shop: Shop) -> None:
    order_id = booked(shop)
    shop.world.rates.publish("USD", "18000", DAY)
    shop.client.set_cookie("currency", "USD")
    page = shop.get(shop.address(order_id)).text
    assert "≈" not in page and 'id="rate"' not in page


def test_pages_of_an_order_offer_no_switch_that_would_change_nothing(shop: Shop) -> None:
    order_id = goods.hold(shop.world, [walk()])
    assert "cur-f" not in shop.get(shop.address(order_id, start="/checkout/held")).text
    assert "cur-f" in shop.get("/about").text


def test_who_travels_and_pays_sees_rupiah_first_and_the_frozen_amount_beside(shop: Shop) -> None:
    order_id = goods.hold(shop.world, [walk(price=36_000_000)], quote={"rate": DOLLAR})
    page = shop.get(shop.address(order_id, start="/checkout/held")).text
    assert page.count('id="rate"') == 1
    said = text_of(page)
    assert "36,000,000 ≈ US$ 2,000" in said
    assert "All now: IDR 36,000,000 (≈ US$ 2,000)" in said


def test_what_comes_back_of_a_cancelled_trip_reads_at_the_same_rate(shop: Shop) -> None:
    order_id = booked(shop, quote={"rate": DOLLAR})
    page = text_of(shop.get(shop.address(order_id, "/cancel?part=1")).text)
    assert "IDR 1,800,000 back ≈ US$ 100" in page
    assert "US$ 1 = IDR 18,000" in page
    signs = [hit.start() for hit in SIGN.finditer(page) if page[hit.start() : hit.start() + 7] != "US$ 1 ="]
    assert signs and all(page[at - 2 : at] == "≈ " for at in signs)
