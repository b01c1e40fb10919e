"""The pages that a browser sees, without a browser and with one; never with a script."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import requests
import stripe

from planner.sandbox import words
from planner.sandbox.amounts import written
from planner.sandbox.attempts import MESSAGES
from planner.sandbox.payment_methods import _MESSAGES as FIELD_MESSAGES
from tests.sandbox.conftest import line
from tests.sandbox.running import RunningSandbox

CARD = {"number": "4242 4242 4242 4242", "expiry": "04/34", "cvc": "123", "name": "Ayu"}


def press_pay(url: str, **changed: str) -> requests.Response:
    return requests.post(url, data={**CARD, **changed}, allow_redirects=False, timeout=5)


def read(answer: requests.Response) -> str:
    return unescape(answer.text).replace("\u00a0", " ")


def test_the_page_lists_what_is_paid_and_says_that_it_is_a_sandbox(open_session: Callable[..., Any]) -> None:
    answer = requests.get(open_session().url, timeout=5)
    page = read(answer)
    assert answer.status_code == 200
    for text in ("SANDBOX", "Fast boat to Lombok", "2 × IDR 500,000", "Twin", "IDR 1,500,000", "ayu@example.org"):
        assert text in page
    for name in ("number", "expiry", "cvc", "name"):
        assert f'label for="{name}"' in page
    assert "<script" not in page and "style=" not in page
    assert "form-action 'self' http://localhost:9;" in answer.headers["Content-Security-Policy"]


def test_the_page_speaks_indonesian(open_session: Callable[..., Any]) -> None:
    page = read(requests.get(open_session(locale="id").url, timeout=5))
    assert 'lang="id"' in page
    assert "Bayar Rp1.500.000" in page


def test_the_page_follows_the_browser_when_no_language_was_asked(open_session: Callable[..., Any]) -> None:
    page = requests.get(open_session(locale="auto").url, headers={"Accept-Language": "id-ID,id;q=0.9"}, timeout=5)
    assert "Nomor kartu" in page.text


def test_paying_leads_back_to_the_site(open_session: Callable[..., Any], sandbox: RunningSandbox) -> None:
    session = open_session()
    answer = press_pay(session.url)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost:9/done?session={session.id}"
    assert sandbox.objects("checkout.session")[0]["customer_details"]["name"] == "Ayu"
    again = press_pay(session.url)
    assert "has been paid already" in read(again)
    assert f"http://localhost:9/done?session={session.id}" in read(again)
    assert len(sandbox.objects("charge")) == 1


@pytest.mark.parametrize(
    ("changed", "field", "text"),
    [
        ({"number": "4242424242424241"}, "number", "mistyped"),
        ({"number": ""}, "number", "not a card number"),
        ({"expiry": "04/20"}, "expiry", "has passed"),
        ({"expiry": "soon"}, "expiry", "such as 04/31"),
        ({"cvc": "1"}, "cvc", "three figures"),
        ({"number": "4000000000000002"}, "number", "was declined"),
        ({"number": "4000000000009995"}, "number", "not enough money"),
    ],
)
def test_a_problem_stands_at_its_field_and_the_session_stays_open(
    open_session: Callable[..., Any], sandbox: RunningSandbox, changed: dict[str, str], field: str, text: str
) -> None:
    session = open_session()
    answer = press_pay(session.url, **changed)
    page = read(answer)
    assert answer.status_code == 400
    assert f'id="{field}-problem">' in page and text in page.split(f'id="{field}-problem">')[1].split("<")[0]
    assert CARD["number"] not in page.split("<form")[1].split("placeholder")[0]
    assert 'value="Ayu"' in page
    assert sandbox.objects("checkout.session")[0]["status"] == "open"
    assert press_pay(session.url).status_code == 303


def test_a_session_without_an_email_asks_for_one(open_session: Callable[..., Any], sandbox: RunningSandbox) -> None:
    session = open_session(customer_email=None)
    assert "Write an email address" in read(press_pay(session.url))
    assert press_pay(session.url, email="made@example.org").status_code == 303
    assert sandbox.objects("checkout.session")[0]["customer_details"]["email"] == "made@example.org"


@pytest.mark.parametrize(("answer", "end"), [("pass", "complete"), ("fail", "open")])
def test_3d_secure_is_a_page_of_its_own(
    open_session: Callable[..., Any], sandbox: RunningSandbox, answer: str, end: str
) -> None:
    session = open_session()
    asked = press_pay(session.url, number="4000002500003155")
    page = read(requests.get(asked.headers["Location"], timeout=5))
    assert "Complete authentication" in page and "Fail authentication" in page and "IDR 1,500,000" in page
    done = requests.post(asked.headers["Location"], data={"answer": answer}, allow_redirects=False, timeout=5)
    assert sandbox.objects("checkout.session")[0]["status"] == end
    if answer == "pass":
        assert done.headers["Location"].endswith(session.id)
    else:
        assert "could not confirm that it is you" in read(done)
        assert "could not confirm that it is you" in read(requests.get(session.url, timeout=5))


def test_3d_secure_outside_a_session_leads_back_with_the_outcome(client: stripe.StripeClient) -> None:
    intent: Any = client.v1.payment_intents.create(
        {
            "amount": 2_000_000,
            "currency": "idr",
            "payment_method": "pm_card_authenticationRequired",
            "confirm": True,
            "return_url": "http://localhost:9/done?a=b",
        }
    )
    url = intent.next_action.redirect_to_url.url
    done = requests.post(url, data={"answer": "pass"}, allow_redirects=False, timeout=5)
    assert done.headers["Location"] == (
        f"http://localhost:9/done?a=b&payment_intent={intent.id}&redirect_status=succeeded"
    )


def test_a_session_that_lapsed_cannot_be_paid(open_session: Callable[..., Any], sandbox: RunningSandbox) -> None:
    session = open_session()
    sandbox.advance(86401)
    assert "The time to pay has run out" in read(requests.get(session.url, timeout=5))
    assert "The time to pay has run out" in read(press_pay(session.url))
    assert sandbox.objects("charge") == []


def test_an_unknown_page_is_missing(sandbox: RunningSandbox) -> None:
    for path in ("/c/pay/cs_test_nobody", "/c/3ds/pi_nobody", "/receipts/ch_nobody"):
        assert requests.get(sandbox.base_url + path, timeout=5).status_code == 404


def test_a_receipt_shows_what_was_taken(client: stripe.StripeClient, authorise: Callable[..., str]) -> None:
    intent = authorise()
    url = client.v1.charges.list({"payment_intent": intent}).data[0].receipt_url
    assert url is not None and "not taken yet" in read(requests.get(url, timeout=5))
    client.v1.payment_intents.capture(intent, {"amount_to_capture": 100_000_000})
    assert "Taken: IDR 1,000,000" in read(requests.get(url, timeout=5))


def test_what_a_session_says_is_never_taken_for_html(open_session: Callable[..., Any]) -> None:
    page = requests.get(open_session(line_items=[line("<b>Boat</b>", 100_000)]).url, timeout=5).text
    assert "&lt;b&gt;Boat&lt;/b&gt;" in page and "<b>Boat</b>" not in page


def test_both_languages_have_the_same_words_and_every_code_has_one() -> None:
    english, indonesian = words.WORDS["en"], words.WORDS["id"]
    assert english.keys() == indonesian.keys()
    assert {*MESSAGES, *FIELD_MESSAGES} <= english.keys()
    assert [key for key in english if english[key].count("{") != indonesian[key].count("{")] == []


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (150_000_000, "idr", "en", "IDR\u00a01,500,000"),
        (150_000_000, "idr", "id", "Rp1.500.000"),
        (150_000_050, "idr", "id", "Rp1.500.000,50"),
        (1_234, "usd", "en", "USD\u00a012.34"),
    ],
)
def test_amounts_are_written_for_people(amount: int, currency: str, language: str, text: str) -> None:
    assert written(amount, currency, language) == text


@pytest.mark.browser
@pytest.mark.complains(r"404 .*/favicon\.ico")
def test_somebody_pays_in_a_browser_without_a_script(
    browser: Any, open_session: Callable[..., Any], sandbox: RunningSandbox
) -> None:
    session = open_session(success_url=f"{sandbox.base_url}/healthz?session={{CHECKOUT_SESSION_ID}}")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(session.url)
    page.get_by_label("Card number").fill("4000 0000 0000 0002")
    page.get_by_label("Expiry").fill("04/34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ayu")
    page.get_by_role("button", name="Pay").click()
    assert "declined" in page.get_by_role("alert").inner_text()
    page.get_by_label("Card number").fill("4000 0025 0000 3155")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name="Complete authentication").click()
    page.wait_for_url("**/healthz?session=cs_test_*")
    context.close()
    assert sandbox.objects("payment_intent")[0]["status"] == "requires_capture"
