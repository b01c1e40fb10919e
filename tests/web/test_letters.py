"""Letters tell the right person the right thing: in both languages, with links that work and nobody else's data."""

import logging
import re
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_string
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from icalendar import Calendar

from planner.booking.ledger import Sold, sale
from planner.booking.letter import Mail
from planner.gateways.mailer import Postman
from planner.store.orders import Order
from planner.values.rates import Rate
from planner.web.letters import WrittenLetters
from tests.web import order_on_paper as desk
from tests.web.reading_paper import read

ADDRESS = "https://trips.example"
UNTIL = desk.NOW + timedelta(hours=24)


class Reader(HTMLParser):
    """Gathers what a mail program would show, follow or fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.said: list[str] = []
        self.languages: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on") and name != "style", (tag, name)
            if name == "href":
                self.links.append(value or "")
            if name in ("src", "srcset", "background"):
                self.fetched.append(value or "")
            if name == "lang":
                self.languages.append(value or "")

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.said))


def letters(app: Flask) -> WrittenLetters:
    return WrittenLetters(app, ADDRESS + "/")


def told(app: Flask, order: Order, what: str) -> Mail:
    mail = letters(app).tell_traveller(order.id, what)
    assert mail is not None
    return mail


def asked(app: Flask, is_reminder: bool = False, **more: Any) -> Mail:
    facts = {4: {"answer_token": "tok-123", "answer_by": UNTIL}}
    order = desk.put([(desk.cruise(4), "requested")], state="authorised", of_lines=facts, **more)
    mail = letters(app).ask_supplier(order.id, 4, is_reminder)
    assert mail is not None
    return mail


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


# --- to travellers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["held", "confirmed", "undone", "cancelled", "changed:1", "change_undone:1"])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_letter_has_code_link_and_the_readers_language(papers: Flask, what: str, language: str) -> None:
    order = desk.put(desk.whole_trip(), language=language)
    desk.change(order, [], {}, 100_000, why="" if what == "changed:1" else "declined")
    mail = told(papers, order, what)
    link = f"{ADDRESS}/bookings/LTS-7K4QXB/{order.secret}"
    page = Reader(mail.html)
    assert mail.to == "ani@example.org"
    assert "LTS-7K4QXB" in mail.subject
    assert link in mail.text and link in page.links
    assert page.languages[0] == language
    assert page.text.count("LTS-7K4QXB") and plain(page.text).count(plain(mail.subject))
    assert ("pesanan" in mail.text or "perjalanan" in mail.text.lower() or "pemesanan" in mail.text) == (
        language == "id"
    )


@pytest.mark.parametrize("what", ["held", "confirmed", "undone", "cancelled", "changed:1", "change_undone:1"])
def test_html_fetches_nothing_and_carries_no_script(papers: Flask, what: str) -> None:
    order = desk.put(desk.whole_trip())
    desk.change(order, [], {}, 100_000)
    mail = told(papers, order, what)
    page = Reader(mail.html)
    assert not page.fetched
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
    assert page.tags.count("style") == 1
    assert "url(" not in mail.html and "@import" not in mail.html
    assert all(link.startswith(ADDRESS) for link in page.links)


def test_confirmed_says_what_is_booked_what_comes_later_and_what_is_the_travellers_own(papers: Flask) -> None:
    order = desk.put(desk.whole_trip())
    desk.file_names(order)
    mail = told(papers, order, "confirmed")
    text = plain(mail.text)
    assert mail.subject == "Your trip LTS-7K4QXB is confirmed"
    headings = ["Confirmed\n", "Bought later, by us", "Yours to arrange", "Paid on the spot", "Papers and rules"]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    confirmed, later, own, spot, rules = (
        text[start:end] for start, end in zip(places, [*places[1:], len(text)], strict=True)
    )
    assert "Komodo 3D2N shared phinisi: IDR 11,000,000" in confirmed and "ref. REF-4" in confirmed
    assert "We buy it on 3 May 2027 and send you the ticket." in later
    assert "Private car" in later and "Private car" not in confirmed
    assert "Nights in Ubud" in own
    assert "Komodo National Park entry" in spot and "Pay IDR 300,000 there." in spot
    assert "We file your names by Sat 5 June, 12:00; not confirmed yet." in rules
    assert "Paid in full." in text


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_letter_says_what_rupiah_came_to_when_the_trip_was_quoted(papers: Flask, language: str) -> None:
    rate = Rate("USD", Decimal("18000"), date(2026, 10, 30))
    mail = told(papers, desk.put(desk.whole_trip(), language=language, rate=rate), "confirmed")
    cruise, bank, day = {
        "en": ("IDR 11,000,000", "European Central Bank", "30 October 2026"),
        "id": ("Rp11.000.000", "Bank Sentral Eropa", "30 Oktober 2026"),
    }[language]
    for text in (plain(mail.text), plain(Reader(mail.html).text)):
        assert cruise in text and "≈ US$ 611" in text
        assert text.count(bank) == 1 and day in text
        assert all(text[hit.start() - 2 : hit.start()] == "≈ " for hit in re.finditer(r"US\$ (?!1 =)", text))


@pytest.mark.parametrize("what", ["held", "confirmed", "undone", "cancelled", "changed:1", "change_undone:1"])
def test_a_letter_of_a_trip_in_rupiah_says_nothing_of_rates(papers: Flask, what: str) -> None:
    order = desk.put(desk.whole_trip())
    desk.change(order, [], {}, 100_000)
    text = told(papers, order, what).text
    assert "≈" not in text and "European Central Bank" not in text


def test_a_letter_without_converted_amounts_needs_no_rate(papers: Flask) -> None:
    rate = Rate("USD", Decimal("18000"), date(2026, 10, 30))
    text = told(papers, desk.put(desk.whole_trip(), state="held", rate=rate), "held").text
    assert "≈" not in text and "European Central Bank" not in text


def test_confirmed_carries_vouchers_and_a_calendar_of_this_trip(papers: Flask) -> None:
    mail = told(papers, desk.put(desk.whole_trip()), "confirmed")
    vouchers, calendar = mail.attachments
    assert (vouchers.name, vouchers.mime) == ("LTS-7K4QXB.pdf", "application/pdf")
    assert len(read(vouchers.content)) == 6
    assert (calendar.name, calendar.mime) == ("LTS-7K4QXB.ics", "text/calendar")
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == 6


def test_held_says_until_when_and_that_nothing_was_charged(papers: Flask) -> None:
    mail = told(papers, desk.put([(desk.boat(2), "held")], state="held"), "held")
    assert mail.subject == "Your places are kept: LTS-7K4QXB"
    assert "We keep your places until Tue 24 November, 12:30 WITA. Nothing has been charged." in mail.text
    assert not mail.attachments


def test_the_link_sent_again_for_a_trip_that_went_on_promises_no_hold(papers: Flask) -> None:
    mail = told(papers, desk.put([(desk.boat(2), "confirmed")]), "held")
    assert mail.subject == "Your booking LTS-7K4QXB"
    assert "keep your places" not in mail.text


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("declined", "One part was not available"),
        ("no_answer", "One supplier did not answer in time."),
        ("hold_lapsed", "The payment came after the hold had run out."),
        ("authorisation_lapsed", "The card’s authorisation lapsed"),
        ("payment_refused", "The card was refused when it was to be charged."),
        ("left", "You gave the places back."),
        ("something_new", "It was stopped."),
    ],
)
def test_undone_says_why_and_that_nothing_was_charged(papers: Flask, why: str, words: str) -> None:
    order = desk.put(
        [(desk.boat(2), "released"), (desk.cruise(4), "released")], state="undone", why=why,
        of_lines={4: {"why": "said_no"}},
    )  # fmt: skip
    text = told(papers, order, "undone").text
    assert words in text
    assert "Nothing was charged." in text
    assert ("Komodo 3D2N shared phinisi: Not available" in text) == (why in ("declined", "no_answer"))
    assert "Padang Bai" not in text


@pytest.mark.parametrize(("kind", "how"), [("card", "5 to 10 working days"), ("transfer", "within three days")])
def test_undone_after_money_came_says_how_much_goes_back_and_how(papers: Flask, kind: str, how: str) -> None:
    order = desk.put([(desk.boat(2), "released")], state="undone", why="declined")
    desk.pay(order, 1_000_000, kind)
    text = plain(told(papers, order, "undone").text)
    assert "IDR 1,000,000 is on its way back to you." in text and how in text
    assert "Nothing was charged" not in text


def test_cancelled_lists_what_each_part_pays_back_and_the_sum(papers: Flask) -> None:
    lines = [(desk.boat(2), "cancelled"), (desk.house(3), "cancelled"), (desk.cruise(4), "confirmed")]
    order = desk.put(lines, of_lines={2: {"refund_due": 500_000}, 3: {"refund_due": 675_000}})
    desk.pay(order, 12_900_000)
    mail = told(papers, order, "cancelled")
    text = plain(mail.text)
    assert mail.subject == "Cancelled: LTS-7K4QXB"
    assert "Fast boat, Padang Bai to Gili Air pier: IDR 500,000" in text
    assert "Stay LBJ 1 (simple guesthouse): IDR 675,000" in text
    assert "Paid back in all: IDR 1,175,000" in text
    assert "5 to 10 working days" in text
    still = text[text.index("Still booked") :]
    assert "Komodo 3D2N shared phinisi" in still and "Fast boat" not in still
    statuses = [str(one["status"]) for one in Calendar.from_ical(mail.attachments[1].content).walk("VEVENT")]
    assert sorted(statuses) == ["CANCELLED", "CANCELLED", "CONFIRMED"]


def test_cancelled_speaks_of_parts_that_were_not_told_yet(papers: Flask) -> None:
    lines = [(desk.boat(2), "cancelled"), (desk.house(3), "cancelled")]
    order = desk.put(
        lines, of_lines={2: {"refund_due": 500_000}, 3: {"refund_due": 675_000}}, told=["confirmed", "cancelled:2"]
    )
    mail = told(papers, order, "cancelled")
    assert "Paid back in all: IDR 675,000" in plain(mail.text)
    assert "Fast boat" not in mail.text
    assert [file.mime for file in mail.attachments] == ["text/calendar"], "nothing is left that a voucher is good for"


def test_cancelled_without_a_refund_says_so_and_promises_no_arrival(papers: Flask) -> None:
    text = told(papers, desk.put([(desk.boat(2), "cancelled")]), "cancelled").text
    assert "By the terms of these parts nothing is paid back." in text
    assert "working days" not in text


def test_a_refund_on_a_deposit_lowers_the_rest_first(papers: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.web.news.balance_of", lambda order_id: 200_000)
    order = desk.put(
        [(desk.boat(2), "cancelled"), (desk.house(3), "confirmed")], of_lines={2: {"refund_due": 500_000}},
        plan={"now": 600_000, "balance": 1_300_000, "due_on": "2027-05-01"},
    )  # fmt: skip
    text = plain(told(papers, order, "cancelled").text)
    assert "It lowers what you have not paid yet" in text
    assert "Still to pay for your trip: IDR 200,000." in text
    assert "working days" not in text


def test_changed_says_what_is_new_what_went_and_what_was_paid(papers: Flask) -> None:
    old, new = desk.cruise(4), desk.package(9, "PK55", 1_500_000)
    new = type(new).from_json({**new.as_json(), "item": {**new.item, "title": "Rinca by boat", "rule_ids": []}})
    order = desk.put([(old, "cancelled"), (new, "confirmed")])
    before = desk.quote_of([old]).as_json()
    desk.change(order, [new], {4: 700_000}, 800_000, before=before)
    mail = told(papers, order, "changed:1")
    new_part = mail.text[mail.text.index("What is new") : mail.text.index("What went")]
    assert "Rinca by boat" in new_part and "Komodo" not in new_part
    gone = mail.text[mail.text.index("What went") : mail.text.index("Your trip now")]
    assert "Komodo 3D2N shared phinisi" in gone and "700,000" in gone
    assert "You paid IDR 800,000 for the change." in plain(mail.text)
    assert [file.mime for file in mail.attachments] == ["application/pdf", "text/calendar"]


def test_a_change_that_failed_says_why_and_that_the_trip_stands(papers: Flask) -> None:
    order = desk.put([(desk.cruise(4), "confirmed")])
    desk.change(order, [], {}, 100_000, why="declined")
    mail = told(papers, order, "change_undone:1")
    assert "One new part was not available." in mail.text
    assert "nothing was charged for the change" in mail.text
    assert "set aside on the card is released" in mail.text
    assert mail.attachments == ()


def test_names_and_titles_with_markup_are_words_in_html_and_as_they_are_in_text(papers: Flask) -> None:
    line = desk.cruise(4)
    odd = type(line).from_json({**line.as_json(), "item": {**line.item, "title": '<img src=x> & "co"'}})
    order = desk.put([(odd, "confirmed")])
    mail = told(papers, order, "confirmed")
    assert "<img" not in mail.html and "&lt;img src=x&gt; &amp; &#34;co&#34;" in mail.html
    assert '<img src=x> & "co"' in mail.text


def test_letters_hold_no_other_orders_data(papers: Flask) -> None:
    other = desk.put(
        [(desk.house(1), "confirmed")], "LTS-999999", travellers=[{"given": "Somebody", "family": "Else"}],
        contact={"email": "else@example.org"}, of_lines={1: {"reference": "THEIRS"}},
    )  # fmt: skip
    mine = desk.put([(desk.boat(2), "confirmed"), (desk.house(3), "cancelled")])
    desk.change(mine, [], {3: 0}, 0)
    for what in ("held", "confirmed", "undone", "cancelled", "changed:1", "change_undone:1"):
        mail = told(papers, mine, what)
        whole = mail.subject + mail.text + mail.html
        assert not any(one in whole for one in ("LTS-999999", other.secret, "Somebody", "THEIRS", "else@example.org"))


def test_without_an_address_there_is_no_letter(papers: Flask) -> None:
    assert letters(papers).tell_traveller(desk.put([(desk.boat(2), "held")], contact={}).id, "confirmed") is None


def test_whoever_has_the_link_is_warned_not_to_pass_it_on(papers: Flask) -> None:
    assert "please do not pass this mail on" in told(papers, desk.put([(desk.boat(2), "confirmed")]), "confirmed").text


def test_the_demonstration_says_so_and_a_real_shop_does_not(papers: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    order = desk.put([(desk.boat(2), "confirmed")])
    mail = told(papers, order, "confirmed")
    assert "Demonstration" in mail.text and "Demonstration" in mail.html
    monkeypatch.setitem(papers.config, "IS_DEMO", False)
    mail = told(papers, order, "confirmed")
    assert "Demonstration" not in mail.text and "Demonstration" not in mail.html


def test_a_letter_goes_through_the_post_with_both_bodies_and_its_files(
    papers: Flask, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers.extensions["mailman"], "backend", "file")
    monkeypatch.setattr(papers.extensions["mailman"], "file_path", str(tmp_path))
    Postman().send(told(papers, desk.put(desk.whole_trip(), language="id"), "confirmed"))
    (file,) = tmp_path.iterdir()
    parts = message_from_string(file.read_text()).walk()
    kinds = [part.get_content_type() for part in parts if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf", "text/calendar"]


# --- to suppliers --------------------------------------------------------------------------------------------------


def test_a_supplier_reads_indonesian_first_and_english_below(papers: Flask) -> None:
    mail = asked(papers)
    page = Reader(mail.html)
    assert page.languages == ["id", "en"]
    assert mail.subject == "Bisakah Anda menerima pemesanan LTS-7K4QXB-04?"
    text = plain(mail.text)
    assert text.index("Rp9.900.000") < text.index("Can you take booking LTS-7K4QXB-04?") < text.index("IDR 9,900,000")
    assert text.index("Min 6 Juni 2027, 10.00 WITA") < text.index("Sun 6 June 2027, 10:00 WITA")


def test_a_supplier_reads_what_is_asked_its_share_the_deadline_and_where_to_answer(papers: Flask) -> None:
    mail = asked(papers)
    text, page = plain(mail.text), Reader(mail.html)
    for words in ("Komodo 3D2N shared phinisi", "2 adults", "Please answer by Wed 25 November, 12:00 WITA.",
                  f"{ADDRESS}/answer/tok-123"):  # fmt: skip
        assert words in text
    assert f"{ADDRESS}/answer/tok-123" in page.links
    assert "11,000,000" not in text, "what the traveller pays is not the supplier's business"


def test_the_share_is_what_the_ledger_will_owe(papers: Flask) -> None:
    line = desk.cruise(4)
    odd = type(line).from_json({**line.as_json(), "price": 1_234_567})
    order = desk.put([(odd, "requested")], of_lines={4: {"answer_token": "t", "answer_by": UNTIL}})
    sold = Sold(order.id, 4, "package", "requested", line.supplier_id, 1_234_567, line.ends_at.date())
    (owed,) = [entry for entry in sale([sold]) if entry.account.startswith("supplier:")]
    mail = letters(papers).ask_supplier(order.id, 4, False)
    assert mail is not None
    assert f"IDR {-owed.amount:,}" in plain(mail.text)


def test_names_go_to_those_who_need_them_alone_and_neither_contact_nor_documents_do(papers: Flask) -> None:
    mail = asked(papers)
    assert "José Łukasz-Wójcik" in mail.text
    assert "Ani &lt;b&gt;Bee&lt;/b&gt; &amp; Sons" in mail.html and "<b>Bee" not in mail.html
    house = desk.put(
        [(desk.house(3), "requested")], "LTS-222222", of_lines={3: {"answer_token": "x", "answer_by": UNTIL}}
    )
    other = letters(papers).ask_supplier(house.id, 3, False)
    assert other is not None
    assert "Bee" not in other.text + other.html and "José" not in other.text + other.html
    for one in (mail, other):
        assert not any(private in one.text + one.html for private in ("ani@example.org", "+6140", "X1234567"))
        assert house.secret not in one.text + one.html


def test_the_text_for_the_telephone_says_the_same_and_keeps_names_behind_the_link(papers: Flask) -> None:
    phones = [link for link in Reader(asked(papers).html).links if link.startswith("https://wa.me/?text=")]
    spoken, english = (parse_qs(urlsplit(link).query)["text"][0] for link in phones)
    for text in (spoken, english):
        assert text.endswith(f"{ADDRESS}/answer/tok-123")
        assert "LTS-7K4QXB-04" in text and "Bee" not in text
    assert "Rp9.900.000" in plain(spoken) and "2 dewasa" in spoken
    assert "IDR 9,900,000" in plain(english) and "2 adults" in english


def test_a_reminder_says_that_it_is_one(papers: Flask) -> None:
    first = asked(papers)
    desk.empty()
    second = asked(papers, is_reminder=True)
    assert second.subject != first.subject and "LTS-7K4QXB-04" in second.subject
    assert "We asked you before and have no answer yet." in second.text
    assert "We asked you before" not in first.text


def test_only_whom_staff_approved_is_written_to_at_its_own_address(papers: Flask) -> None:
    assert asked(papers).to == "operator-z-komodo-boats@suppliers.invalid"
    desk.empty()
    desk.claim("operator-z-komodo-boats", approved=False)
    assert asked(papers).to == "operator-z-komodo-boats@suppliers.invalid"
    desk.empty()
    desk.claim("operator-z-komodo-boats", approved=True)
    assert asked(papers).to == "boats@example.org"


def test_where_money_is_real_a_placeholder_gets_no_mail(papers: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(papers.config, "IS_DEMO", False)
    order = desk.put([(desk.cruise(4), "requested")], of_lines={4: {"answer_token": "t", "answer_by": UNTIL}})
    assert letters(papers).ask_supplier(order.id, 4, False) is None


def test_writing_tells_no_log_anything_of_the_travellers(papers: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        mail = asked(papers)
        desk.empty()
        order = desk.put(desk.whole_trip())
        told(papers, order, "confirmed")
    assert mail.text
    assert not any(private in caplog.text for private in ("Bee", "ukasz", "ani@example.org", order.secret, "tok-123"))
