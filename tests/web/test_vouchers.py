"""Vouchers say what they are good for and no more; on paper each has a page, whatever the names."""

import logging
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
import segno
from flask import Flask, render_template
from flask_babel import force_locale

from planner.values.rates import Rate
from planner.web import faces, qr
from planner.web.vouchers import trip_voucher, voucher_of, voucher_pdf
from tests.web import order_on_paper as desk
from tests.web.reading_paper import read

LONG = {"given": "Maria del Carmen Guadalupe Josefina", "family": "Fernández-Villaverde y Rodríguez de la Fuente"}


def dark(text: str) -> set[tuple[int, int]]:
    rows = segno.make(text, error="q", micro=False).matrix
    return {(down, across) for down, row in enumerate(rows) for across, module in enumerate(row) if module}


def test_a_confirmed_crossing_says_who_when_where_and_under_which_reference(papers: Flask) -> None:
    order = desk.put(desk.whole_trip())
    part = voucher_of(order, desk.line_of(order, 2))
    assert (part.code, part.what, part.title) == ("LTS-7K4QXB-02", "Fast boat", "Padang Bai to Gili Air pier")
    assert (part.begin.clock, part.begin.day, part.end.clock) == ("09:30", "Wed 2 Jun 2027", "11:30")
    assert part.begin.place == "Padang Bai (ferry and fast boat)"
    assert part.who == ("Ani <b>Bee</b> & Sons", "José Łukasz-Wójcik")
    assert (part.party, part.be_there_by, part.reference) == ("2 adults", "09:00", "REF-2")
    assert part.money.replace("\xa0", " ") == "Paid: IDR 1,000,000. Nothing is due there."
    assert (part.standing.words, part.standing.tone, part.is_good) == ("Confirmed", "ok", True)
    assert part.terms == (
        "Free until Mon 31 May, 09:30.",
        "Until Tue 1 June, 09:30: 50 % back.",
        "After that nothing is paid back.",
        "If the sailing or flight is stopped: 100 % back.",
    )
    assert part.cloth == "ntb"


def test_each_part_says_how_it_stands(papers: Flask) -> None:
    order = desk.put(desk.whole_trip())
    said = {part.number: part for part in trip_voucher(order).parts}
    assert said[1].standing.words == "Ordered before the day"
    assert (said[5].standing.words, said[5].buy_on) == ("Open ticket", desk.boat(5, "later").buy_on)
    assert said[5].standing.note == "We buy it on 3 May 2027 and send you the ticket."
    assert (said[6].standing.words, said[6].money.replace("\xa0", " ")) == (
        "You arrange it",
        "You book and pay it yourself, about IDR 900,000.",
    )
    assert (said[7].standing.words, said[7].money.replace("\xa0", " ")) == (
        "Paid on the spot",
        "Pay IDR 300,000 there.",
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("held", "Kept for you"),
        ("confirming", "Being asked"),
        ("unknown", "Answer outstanding"),
        ("requested", "Waiting, by Wed 25 November, 12:00"),
        ("declined", "Not available"),
        ("replaced", "Replaced"),
        ("cancelling", "Being cancelled"),
        ("cancelled", "Cancelled"),
        ("released", "Given back"),
    ],
)
def test_what_is_not_confirmed_is_not_good_at_a_counter(papers: Flask, state: str, words: str) -> None:
    until = {4: {"answer_by": desk.NOW + timedelta(hours=24)}}
    order = desk.put([(desk.cruise(4), state)], state="authorised", of_lines=until)
    part = voucher_of(order, desk.line_of(order, 4))
    assert (part.standing.words, part.is_good) == (words, False)
    assert not part.money.startswith("Paid")


def test_a_ticket_that_was_bought_is_paid_back_by_its_own_terms_only(papers: Flask) -> None:
    waiting = desk.put([(desk.boat(1, "later"), "to_buy")], "LTS-222222")
    bought = desk.put([(desk.boat(1, "later"), "bought")], "LTS-333333")
    promise = "All of it is paid back until we have bought it."
    assert promise in voucher_of(waiting, desk.line_of(waiting, 1)).terms
    assert promise not in voucher_of(bought, desk.line_of(bought, 1)).terms


def test_the_rest_of_a_deposit_is_not_called_paid(papers: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.web.vouchers.balance_of", lambda order_id: 700_000)
    order = desk.put([(desk.boat(1), "confirmed")], plan={"now": 300_000, "balance": 700_000, "due_on": "2027-05-01"})
    trip = trip_voucher(order)
    assert trip.money.replace("\xa0", " ") == "IDR 700,000 more is due by 1 May 2027."
    assert not trip.parts[0].money.startswith("Paid")


@pytest.mark.parametrize(("approved", "reached"), [(True, "+628123, boats@example.org"), (False, "A placeholder")])
def test_a_placeholder_is_called_one_until_staff_approved_who_took_it(
    papers: Flask, approved: bool, reached: str
) -> None:
    order = desk.put([(desk.cruise(4), "confirmed")])
    desk.claim("operator-z-komodo-boats", approved)
    seller = voucher_of(order, desk.line_of(order, 4)).seller
    assert seller.name == "Operator Z (Komodo boats)"
    assert seller.reached.startswith(reached)


def test_a_park_session_is_filed_only_when_its_reference_is_there(papers: Flask) -> None:
    order = desk.put([(desk.cruise(4), "confirmed")])
    desk.file_names(order)
    paper = voucher_of(order, desk.line_of(order, 4)).papers[0]
    assert (paper.rule_id, paper.asks) == ("RL-KNP-QUOTA", "Names needed")
    assert paper.status == "We file your names by Sat 5 June, 12:00; not confirmed yet."
    desk.empty()
    order = desk.put([(desk.cruise(4), "confirmed")])
    desk.file_names(order, "SIORA-99")
    assert voucher_of(order, desk.line_of(order, 4)).papers[0].status == "Filed under SIORA-99."


def test_rules_that_ask_nothing_are_left_out_and_those_of_no_part_stand_with_the_trip(papers: Flask) -> None:
    trip = trip_voucher(desk.put(desk.whole_trip()))
    (cruise,) = [part for part in trip.parts if part.number == 4]
    assert [paper.rule_id for paper in cruise.papers] == ["RL-KNP-QUOTA", "RL-KSOP"]
    assert [paper.rule_id for paper in trip.papers] == ["RL-LEVY"]


def test_a_trip_has_an_overview_and_a_page_for_each_part_booked_here(papers: Flask) -> None:
    order = desk.put(desk.whole_trip())
    pages = read(voucher_pdf(order))
    assert len(pages) == 1 + 5
    for page, number in zip(pages[1:], ("01", "02", "03", "05", "04"), strict=True):
        assert f"LTS-7K4QXB-{number}" in page.words
    overview = pages[0].words
    for words in ("Booked for you", "Fast boat, Padang Bai to Gili Air pier", "Komodo 3D2N shared phinisi",
                  "Bali foreign visitor levy", "Komodo National Park entry", "ref. REF-4"):  # fmt: skip
        assert words in overview
    assert "14,400,000" in overview


def test_parts_that_are_over_have_no_page_in_the_trip_and_are_void_on_their_own(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "cancelled"), (desk.house(3), "confirmed")])
    assert len(read(voucher_pdf(order))) == 2
    (page,) = read(voucher_pdf(order, desk.line_of(order, 2)))
    assert "Cancelled" in page.words
    assert "If you cancel" not in page.words


def test_the_codes_are_the_parts_own_and_the_link_stands_on_the_overview_alone(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "confirmed")])
    overview, part = read(voucher_pdf(order, address="https://elsewhere.example/"))
    assert overview.code == dark(f"https://elsewhere.example/bookings/LTS-7K4QXB/{order.secret}")
    assert part.code == dark("LTS-7K4QXB-02")
    assert order.secret not in part.words


def test_paper_speaks_the_language_of_the_order(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "confirmed"), (desk.boat(3, "later"), "to_buy")], language="id")
    overview, boat, later = read(voucher_pdf(order))
    assert "Kapal cepat" in boat.words and "Fast boat" not in boat.words
    assert "09.30" in boat.words
    assert "Rp1.000.000" in later.words
    assert "Tiket menyusul" in overview.words


def test_demo_stands_on_every_page_until_money_is_real(papers: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    order = desk.put(desk.whole_trip())
    assert all("DEMO" in page.words for page in read(voucher_pdf(order)))
    monkeypatch.setitem(papers.config, "IS_DEMO", False)
    assert not any("DEMO" in page.words for page in read(voucher_pdf(order)))


def test_names_stand_as_they_are_and_letters_without_a_face_lose_their_marks(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "confirmed")])
    (page,) = read(voucher_pdf(order, desk.line_of(order, 2)))
    assert "Ani <b>Bee</b> & Sons, José Lukasz-Wójcik" in page.words


def test_names_and_party_stand_on_lines_of_their_own(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "confirmed")], travellers=[{"given": "Maren", "family": "O'Duya"}])
    (page,) = read(voucher_pdf(order, desk.line_of(order, 2)))
    assert "Maren O'Duya 2 adults" in page.words


def test_a_letter_of_no_face_is_never_drawn_as_nothing(papers: Flask, caplog: pytest.LogCaptureFixture) -> None:
    strange = [{"given": "Żółć\u200d", "family": "山田 Ğül"}]
    order = desk.put([(desk.boat(2), "confirmed")], travellers=strange)
    with caplog.at_level(logging.WARNING):
        (page,) = read(voucher_pdf(order, desk.line_of(order, 2)))
    assert "Zólc ?? Gül" in page.words
    assert not caplog.records


def test_a_part_fits_its_page_with_twelve_long_names_and_many_rules(papers: Flask) -> None:
    order = desk.put([(desk.cruise(4), "confirmed")], travellers=[LONG] * 14)
    line = desk.cruise(4)
    rules = ["RL-KNP-QUOTA", "RL-KSOP", *("RL-LEVY",) * 12]
    item = {**line.item, "rule_ids": rules, "title": "Three days by boat " * 12}
    crowded = desk.put([(replace(line, item=item), "confirmed")], "LTS-222222", travellers=[LONG] * 14)
    assert len(read(voucher_pdf(order))) == 2
    (page,) = read(voucher_pdf(crowded, desk.line_of(crowded, 4)))
    assert "more on the page of your booking." in page.words
    assert "…" in page.words


def test_a_long_trip_goes_on_on_a_second_overview(papers: Flask) -> None:
    boats = [(desk.boat(n, starts_at=desk.DAY + timedelta(days=n)), "confirmed") for n in range(1, 31)]
    pages = read(voucher_pdf(desk.put(boats)))
    assert len(pages) == 2 + 30
    assert not pages[1].code


def test_other_orders_stay_out_of_it(papers: Flask) -> None:
    desk.put(
        [(desk.house(1), "confirmed")], "LTS-999999", travellers=[{"given": "Somebody", "family": "Else"}],
        contact={"email": "else@example.org"}, of_lines={1: {"reference": "THEIRS"}},
    )  # fmt: skip
    mine = desk.put([(desk.boat(2), "confirmed")])
    words = " ".join(page.words for page in read(voucher_pdf(mine)))
    assert not any(theirs in words for theirs in ("Somebody", "THEIRS", "LTS-999999"))


def test_making_vouchers_tells_no_log_who_travels(papers: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        voucher_pdf(desk.put(desk.whole_trip()))
    assert not re.search("Bee|ukasz|ani@|X1234567", caplog.text)


def test_documents_are_on_no_voucher(papers: Flask) -> None:
    words = " ".join(page.words for page in read(voucher_pdf(desk.put(desk.whole_trip()))))
    assert "X1234567" not in words and "Y7654321" not in words


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Be there by 09:00 09:30"), ("id", "Hadir paling lambat 09.00 09.30")]
)
def test_the_screen_shows_the_same_with_names_escaped_and_no_style(papers: Flask, language: str, said: str) -> None:
    order = desk.put([(desk.boat(2), "confirmed")])
    with papers.test_request_context(), force_locale(language):
        part = voucher_of(order, desk.line_of(order, 2))
        page = render_template("voucher/_part.html", voucher=part, qr_of=qr.svg)
    assert "Ani &lt;b&gt;Bee&lt;/b&gt; &amp; Sons" in page
    assert "style=" not in page and "<style" not in page and "<script" not in page
    words, check_in, departs = said.rsplit(" ", 2)
    assert f'<th scope="row">{words}</th><td>{check_in} WITA</td>' in page
    assert f"Wed 2 Jun 2027, {departs} WITA".replace("Wed", "Rab" if language == "id" else "Wed") in page
    assert "REF-2" in page


def test_codes_of_parts_that_are_over_or_not_ours_are_not_shown(papers: Flask) -> None:
    order = desk.put([(desk.boat(2), "cancelled"), (desk.own_bed(3), "planned")])
    with papers.test_request_context():
        for number in (2, 3):
            part = voucher_of(order, desk.line_of(order, number))
            assert "<path stroke" not in render_template("voucher/_part.html", voucher=part, qr_of=qr.svg)


def test_a_code_on_the_screen_is_a_picture_with_words_and_a_quiet_zone() -> None:
    drawn = ElementTree.fromstring(str(qr.svg("LTS-7K4QXB-03", 'a "code" & <more>')))
    assert drawn.get("role") == "img"
    title = drawn.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == 'a "code" & <more>'
    side = len(qr.modules("LTS-7K4QXB-03")) + 2 * qr.QUIET
    assert drawn.get("viewBox") == f"0 0 {side} {side}"
    assert not any(key.endswith("style") for one in drawn.iter() for key in one.keys())  # noqa: SIM118


def test_fonts_for_paper_are_made_once(papers: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from planner.settings import ROOT

    first = [(file, file.stat().st_mtime_ns) for _name, _style, file in faces.faces(ROOT / "static/fonts", tmp_path)]
    again = [(file, file.stat().st_mtime_ns) for _name, _style, file in faces.faces(ROOT / "static/fonts", tmp_path)]
    assert first == again
    assert len({file.read_bytes() for file, _when in first}) == 3
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(file.name for file, _when in first)


DOLLAR = Rate("USD", Decimal("18000"), date(2026, 10, 30))


def test_what_a_part_came_to_stands_beside_its_rupiah_with_the_day_of_the_rate(papers: Flask) -> None:
    order = desk.put(desk.whole_trip(), rate=DOLLAR)
    part = voucher_of(order, desk.line_of(order, 2))
    assert part.money.replace("\xa0", " ") == (
        "Paid: IDR 1,000,000 (≈ US$ 56 at the rate of 30 Oct 2026). Nothing is due there."
    )


def test_paper_carries_the_sign_for_about_and_says_once_at_which_rate(papers: Flask) -> None:
    pages = read(voucher_pdf(desk.put(desk.whole_trip(), rate=DOLLAR)))
    overview = pages[0].words
    assert "14,400,000" in overview and "≈ US$ 800" in overview
    assert overview.count("European Central Bank") == 1 and "30 October 2026" in overview
    assert overview.index("14,400,000") < overview.index("≈ US$ 800")
    assert all("≈ US$" in page.words and "at the rate of 30 Oct 2026" in page.words for page in pages[1:])
    assert "?" not in "".join(re.findall(r".US\$", overview))


def test_paper_of_a_trip_in_rupiah_says_nothing_of_rates(papers: Flask) -> None:
    words = " ".join(page.words for page in read(voucher_pdf(desk.put(desk.whole_trip()))))
    assert "≈" not in words and "European Central Bank" not in words
