"""A proposal: drafted with options side by side, frozen when sent, read and accepted by a client, sold as promised."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm.attributes import flag_modified

from planner.store import agencies, orders, proposals
from planner.store.db import db, transaction
from planner.store.proposals import ProposalVersion
from tests.agents import proposal_walk
from tests.agents.proposal_walk import Client
from tests.agents.test_pages import seller, trip_link
from tests.desk.people import Visitor

__all__ = ["seller", "trip_link"]


def test_a_trip_is_laid_before_a_client_who_reads_and_accepts_it(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    page = walk.shown()
    assert "Part by part" in page and "Freeze and send" in page
    assert walk.words().status_code == 303
    own = {"name": "By boat", "own_name_1": "Private driver", "own_net_1": "1.250.000", "own_days_1": "7"}
    assert walk.act("/options/a", **own).status_code == 303
    assert "Private driver" in walk.shown()
    assert walk.seller.client.get(walk.page + "/preview").status_code == 200
    address = walk.send()
    assert address.startswith("/en/proposals/")

    maren = Client(site, address)
    shown = maren.read().text
    assert "Komodo in May" in shown and "Dear Maren," in shown and "Lombok Lintas Tur" in shown
    assert "NIB 8120 0011" in shown and "Private driver" in shown
    assert "1 time" in walk.shown() and "Looked at" in seller.client.get(walk.enquiry).text
    assert maren.act("/comments", who="Maren", comment="A room with a view?").status_code == 303
    assert "A room with a view?" in walk.shown()
    assert walk.act("/comments", comment="Done.").status_code == 303
    assert "Done." in maren.read().text

    wrong = maren.accept(name="", agrees="")
    assert wrong.status_code == 422 and wrong.text.count('aria-invalid="true"') == 2
    assert maren.accept().status_code == 303
    assert "Accepted by Maren Oduya" in maren.read().text
    page = walk.shown()
    assert "Everything is as it was promised." in page
    assert "Accepted" in seller.client.get(walk.enquiry).text
    assert maren.accept().status_code == 409


def test_the_client_pays_what_was_promised_at_the_checkout_of_travellers(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    maren, version = accepted(seller, trip_link, site)
    paying = maren.act("/pay")
    assert paying.status_code == 303 and "/checkout/held/" in paying.location
    held = maren.client.get(paying.location).text
    maren.answers.append(held)
    due = version.public["options"][0]["due"]
    total = re.search(r'<tfoot>.*?<td class="r num">([\d,]+)', held, re.S)
    assert total and int(total[1].replace(",", "")) == due
    again = maren.act("/pay")
    assert again.location == paying.location, "what is held is held once"


def accepted(seller: Visitor, trip_link: str, site: Flask, **words: str) -> tuple[Client, ProposalVersion]:
    """Have a proposal sent and accepted."""
    walk = proposal_walk.begin(seller, trip_link)
    assert walk.words(**words).status_code == 303
    maren = Client(site, walk.send())
    maren.read()
    assert maren.accept().status_code == 303
    with site.app_context():
        proposal = proposals.get_by_secret(maren.address.rsplit("/", 1)[1])
        version = proposals.get_version(proposal.id, 1)
        db.session.expunge_all()
    return maren, version


def secrets_of(version: ProposalVersion) -> set[int]:
    """Return every sum that a client must not read: costs, mark-ups, the margin; what it may read is left out."""
    frozen = version.private["options"][version.chosen or "a"]
    promised = [tuple(pair) for pair in frozen["promised"].values()]
    nets = {net for net, _share in promised} | {item["net"] for item in frozen["own"]}
    markups = {share - net for net, share in promised} | {item["share"] - item["net"] for item in frozen["own"]}
    public = {share for _net, share in promised} | {item["share"] for item in frozen["own"]}
    found = nets | markups | {frozen["net"], frozen["margin"]}
    items = frozen["itinerary"]["items"]
    public |= {int(item["price"]["amount"]) for item in items if item["sold"] != "here"}
    each = {int(part["amount"]) for item in items if item["sold"] == "here" for part in item.get("quantity") or ()}
    return {sum_ for sum_ in found | each if sum_ >= 10_000} - public


def told(sums: Iterable[int], text: str) -> list[int]:
    """Return which sums a text tells, however they are written."""
    plain = re.sub(r"(?<=\d)[.,\s\u00a0](?=\d{3}(?:\D|$))", "", text)
    plain = re.sub(r"(?<=\d)[.,\s\u00a0](?=\d{3}(?:\D|$))", "", plain)
    numbers = set(re.findall(r"(?<![\dT])\d+", plain))
    return [one for one in sums if str(one) in numbers]


def test_the_search_for_costs_would_find_them(seller: Visitor, trip_link: str, site: Flask) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    walk.words(currency="IDR", step="10000")
    walk.send()
    with site.app_context():
        version = newest(site)
    assert told(secrets_of(version), walk.shown()), "the agency's own page tells what a client's may not"
    assert told([1_250_000], "IDR 1,250,000.") and told([1_250_000], "Rp1.250.000 dan") and told([1250], "1250")
    assert not told([1_250_000], "11,250,000 1,250,0001")


def newest(site: Flask) -> ProposalVersion:
    return db.session.query(ProposalVersion).order_by(ProposalVersion.sent_at.desc()).first()


def test_nothing_that_answers_a_client_tells_a_cost_or_a_mark_up(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    maren, version = accepted(seller, trip_link, site, currency="IDR", step="10000")
    maren.act("/comments", who="Maren", comment="Fine.")
    paying = maren.act("/pay")
    held = re.sub(r"^https?://[^/]+", "", paying.location)
    for path in (held, held + "?left=1"):
        maren.answers.append(maren.client.get(path).text)
    token = proposal_walk.TOKEN.search(maren.answers[-1])
    assert token
    for path, data in ((held, {}), (held + "/extend", {}), (held + "/release", {})):
        maren.answers.append(maren.client.post(path, data={"csrf_token": token[1], **data}).text)
    with site.app_context():
        order = orders.get_order(str(newest(site).order_id))
        booking = f"/bookings/{order.code}/{order.secret}"
    for path in (booking, booking + "/calendar.ics", booking + "/cancel"):
        maren.answers.append(maren.client.get(path).text)
    for path in (booking + "/vouchers.pdf",):
        maren.answers.append(text_of(maren.client.get(path).data))
    maren.answers.append(text_of(maren.read("/proposal.pdf").data))
    assert len(maren.answers) >= 12
    for answer in maren.answers:
        assert told(secrets_of(version), answer) == [], answer[:300]
        assert "markup" not in answer.lower() and "mark-up" not in answer.lower()


def text_of(paper: bytes) -> str:
    """Read the text of a PDF."""
    assert paper.startswith(b"%PDF")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def test_what_was_sent_stays_byte_for_byte_whatever_changes_after(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    walk.words()
    maren = Client(site, walk.send())
    before, paper = document_of(maren), maren.read("/proposal.pdf").data
    with site.app_context(), transaction():
        agency = agencies.get_agency(newest(site).public["agency"]["id"])
        agency.name, agency.terms, agency.markup_bp = "Somebody else", "Other terms.", 5000
    walk.act("/options/a", name="Another", markup_x="50")
    walk.words(title="Another title", currency="USD")
    builder = re.sub(r"^https?://[^/]+", "", trip_link)
    site.test_client().post(builder + "/undo", data={})
    assert (document_of(maren), maren.read("/proposal.pdf").data) == (before, paper)
    assert maren.accept().status_code == 303
    assert (document_of(maren), maren.read("/proposal.pdf").data) == (before, paper)
    number = walk.page + "/versions/1"
    assert before in seller.client.get(number).text and seller.client.get(number + ".pdf").data == paper


def document_of(maren: Client) -> str:
    article = re.search(r'<article class="sent">(.*?)</article>', maren.read().text, re.S)
    assert article
    return article[1]


def test_a_client_reads_in_their_language_and_a_newer_version_takes_the_older_one_s_place(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    walk.words()
    maren = Client(site, walk.send())
    assert "Day by day" in maren.read().text
    walk.words(language="id", title="Komodo bulan Mei")
    assert walk.send().startswith("/id/proposals/")
    shown = maren.read().text
    assert "Hari demi hari" in shown and "Komodo bulan Mei" in shown and '<html lang="id"' in shown
    late = maren.accept(version=1)
    assert late.status_code == 409 and "versi" in late.text.lower()
    assert maren.accept(version=2).status_code == 303
    assert walk.act("/send").status_code == 409, "who has accepted is not sent another version"


def test_options_stand_side_by_side_and_one_of_them_is_accepted(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    walk.words()
    assert walk.act("/options/a/copy", name="With a driver").status_code == 303
    unnamed = walk.act("/send")
    assert unnamed.status_code == 422 and "name of its own" in unnamed.text
    walk.act("/options/a", name="As it is")
    walk.act("/options/b", name="With a driver", own_name_1="Driver", own_net_1="900000")
    maren = Client(site, walk.send())
    shown = maren.read().text
    assert shown.count("As it is") >= 2 and shown.count("With a driver") >= 2 and "Your options" in shown
    assert maren.accept(option="").status_code == 422
    assert maren.accept(option="b").status_code == 303
    with site.app_context():
        version = newest(site)
        dues = {option["key"]: option["due"] for option in version.public["options"]}
        assert version.chosen == "b" and dues["b"] > dues["a"]


def test_bots_and_the_agency_itself_are_no_readers(seller: Visitor, trip_link: str, site: Flask) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    walk.words()
    maren = Client(site, walk.send())
    maren.client.get(maren.address, headers={"User-Agent": "WhatsApp/2.23"})
    seller.client.get(maren.address)
    with site.app_context():
        assert newest(site).views == 0
    maren.read()
    with site.app_context():
        assert newest(site).views == 1


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    wrong = walk.words(title=" ", markup="lots", days_valid="0", free_after="x", greeting="Halo")
    assert wrong.status_code == 422 and wrong.text.count('aria-invalid="true"') == 4
    assert 'value="lots"' in wrong.text and ">Halo</textarea>" in wrong.text
    own: dict[str, Any] = {"name": "x" * 99, "own_name_1": "", "own_net_1": "much", "own_days_1": "999"}
    wrong = walk.act("/options/a", **own)
    assert wrong.status_code == 422 and wrong.text.count('aria-invalid="true"') == 4 and 'value="much"' in wrong.text
    assert walk.act("/options", trip="https://example.org/plans/none").status_code == 422
    good = {"title": "x", "language": "en", "currency": "IDR", "markup": "1", "step": "1", "free_after": "0"}
    stale = seller.post(walk.page + "/words", walk.page, seen="2020", days_valid="3", payer="client", **good)
    assert stale.status_code == 409 and "Somebody changed this meanwhile" in stale.text
    walk.act("/options/a/drop")
    none = walk.act("/send")
    assert none.status_code == 422 and "Add an option first" in none.text


def test_what_costs_more_since_is_shown_to_the_agency_before_anybody_pays(
    seller: Visitor, trip_link: str, site: Flask
) -> None:
    maren, version = accepted(seller, trip_link, site)
    with site.app_context(), transaction() as session:
        row = session.get_one(ProposalVersion, (version.proposal_id, 1))
        private = {**row.private}
        promised = private["options"]["a"]["promised"]
        number = min(promised, key=int)
        promised[number] = [promised[number][0] - 7_000, promised[number][1]]
        row.private = {**private}
        flag_modified(row, "private")
    refused = maren.act("/pay")
    assert refused.status_code == 409 and "looks at it first" in refused.text
    page = f"/agency/proposals/{version.proposal_id}"
    shown = seller.client.get(page).text
    assert "costs more now" in shown and "Keep the promised price" in shown
    assert "name=\"csrf" in shown and "costs more now" not in maren.read().text
    assert seller.post(page + "/keep", page).status_code == 303
    assert maren.act("/pay").status_code == 303


def test_an_agency_that_settles_itself_pays_net(seller: Visitor, trip_link: str, site: Flask) -> None:
    maren, version = accepted(seller, trip_link, site, payer="agency")
    assert "tells you how to pay" in maren.read().text
    assert maren.act("/pay").status_code == 409
    page = f"/agency/proposals/{version.proposal_id}"
    booked = seller.post(page + "/book", page)
    assert booked.status_code == 303 and "/checkout/held/" in booked.location
    with site.app_context():
        order = orders.get_order(str(newest(site).order_id))
        frozen = version.private["options"]["a"]
        assert order.total == sum(net for net, _share in frozen["promised"].values())
        assert order.agency_id and all(line.markup == 0 for line in orders.list_lines(order.id))


def test_a_proposal_that_was_taken_back_can_be_sent_anew(seller: Visitor, trip_link: str, site: Flask) -> None:
    maren, version = accepted(seller, trip_link, site)
    page = f"/agency/proposals/{version.proposal_id}"
    assert seller.post(page + "/withdraw", page).status_code == 422
    assert seller.post(page + "/withdraw", page, sure="yes").status_code == 303
    assert "taken this proposal back" in maren.read().text
    assert maren.act("/pay").status_code == 303
    assert seller.post(page + "/withdraw", page, sure="yes").status_code == 409


def test_the_client_reads_what_parties_of_other_sizes_pay(seller: Visitor, trip_link: str, site: Flask) -> None:
    walk = proposal_walk.begin(seller, trip_link)
    wrong = walk.words(sizes="2, many")
    assert wrong.status_code == 422 and 'value="2, many"' in wrong.text
    walk.words(sizes="2, 4", currency="IDR", step="10000")
    walk.act("/options/a", own_name_1="Driver", own_net_1="900000")
    maren = Client(site, walk.send())
    shown = re.search(r"by how many travel</h3>(.*?)</dl>", maren.read().text, re.S)
    assert shown
    slabs = dict(re.findall(r"<dt>(\d) people</dt><dd[^>]*>IDR\s([\d,]+)</dd>", shown[1]))
    with site.app_context():
        each = newest(site).public["options"][0]["each"]["amount"]
    assert set(slabs) == {"2", "4"} and int(slabs["2"].replace(",", "")) == each
    assert int(slabs["4"].replace(",", "")) < each, "a car that four share costs each of them less"
    assert "4 people" in text_of(maren.read("/proposal.pdf").data)
