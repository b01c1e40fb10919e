"""The pages on which people look for a trip and read it."""

import gzip
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from planner.web import trip_view
from planner.web.atlas import shipped

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
ADDRESSES = [
    "/",
    f"/trips?{SEARCH}",
    f"/trips?{SEARCH}&stop=moni",
    f"/trips/it-best?{SEARCH}",
    "/places",
    "/places/moni",
    "/places/kupang",
    "/packages",
    "/packages?interest=weaving",
    "/packages/PK47",
    "/seasons",
    "/about",
]


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_page_is_light_and_free_of_inline_script_and_style(
    pages: FlaskClient, address: str, language: str
) -> None:
    pages.set_cookie("lang", language)
    answer = pages.get(address)
    assert answer.status_code == 200
    assert len(gzip.compress(answer.data)) <= 30_000
    assert f'<html lang="{language}"' in answer.text
    assert not re.search(r"\sstyle=", answer.text) and "<style" not in answer.text
    assert not re.search(r"\son[a-z]+=", answer.text)
    for script in re.findall(r"<script([^>]*)>", answer.text):
        assert "src=" in script or "application/ld+json" in script
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))


def test_the_results_say_about_and_never_an_exact_total_beside_a_button(pages: FlaskClient) -> None:
    text = words_of(pages.get(f"/trips?{SEARCH}").text)
    assert "3 routes fit" in text
    assert "about IDR 12.3 m a person, 17 % firm" in text
    assert "36,781,400" not in text


def test_a_tab_orders_without_a_script(pages: FlaskClient) -> None:
    def order(tab: str) -> list[str]:
        return re.findall(r'<li class="card trip" id="([^"]+)"', pages.get(f"/trips?{SEARCH}&tab={tab}").text)

    assert order("best")[0] == "it-best"
    assert order("cheapest") == ["it-least", "it-cheap", "it-best"]
    assert order("least_travel")[0] == "it-least"
    assert order("calmest") == ["it-least", "it-best", "it-cheap"]


def test_the_sea_behind_a_badge_opens_its_year_and_its_dated_closures(pages: FlaskClient) -> None:
    for address in (f"/trips?{SEARCH}", f"/trips/it-best?{SEARCH}"):
        page = pages.get(address).text
        opened = page[page.index('<details class="sea-d">') :]
        opened = opened[: opened.index("</details>")]
        year = opened[opened.index('<ol class="sea-y"') : opened.index("</ol>")]
        assert len(re.findall(r'<li class="lv[0-3]', year)) == 12 and year.count("this trip") == 1
        assert 'href="/seasons?vessel=' in opened
        text = words_of(opened)
        assert "Closed or warned in this month of past years" in text or "We hold no dated closure" in text


def test_a_closure_of_the_past_stands_with_its_date_and_its_page(pages: FlaskClient) -> None:
    atlas = shipped()
    item = {"kind": "leg", "mode": "ferry", "exposure": 2, "area_id": "sape", "departs": "2027-01-20T09:00:00+08:00"}
    note = trip_view.sea_note(item, atlas)
    assert note and {"2014-01-15"} <= {row["from_date"] for row in note.closures}
    assert note.vessel == "ferry" and note.season[0] == atlas.sea["sape", 1, "ferry"] and len(note.season) == 12


def test_a_sea_crossed_in_two_kinds_of_vessel_is_told_twice_and_the_worse_first() -> None:
    atlas = shipped()
    leg = {"kind": "leg", "area_id": "lombok", "departs": "2027-01-20T09:00:00+08:00"}
    ferry, fast = atlas.sea["lombok", 1, "ferry"], atlas.sea["lombok", 1, "fast_boat"]
    assert 0 < ferry < fast
    plan = {"items": [{**leg, "mode": "ferry", "exposure": ferry}, {**leg, "mode": "fast_boat", "exposure": fast}] * 2}
    notes = trip_view.exposures(plan, atlas)
    assert [(note.vessel, note.band) for note in notes] == [("fast_boat", fast), ("ferry", ferry)]
    assert [note.season[0] for note in notes] == [fast, ferry]


def test_every_price_tells_its_page_and_year(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text
    table = page[page.index('<table class="ledger lines">') :]
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', table[: table.index("<tfoot")], re.S)
    assert rows
    for row in rows:
        assert (
            "our reckoning" in row or re.search(r"</a>, (\d{4}|no year)</td>", row) or re.search(r", \d{4}</td>", row)
        )
    assert "Prices known from:" in page
    assert words_of(pages.get(f"/trips?{SEARCH}").text).count("Prices known from:") == 3


def test_where_prices_come_from_is_summed(pages: FlaskClient) -> None:
    def item(amount: int, source: str, year: str) -> dict[str, Any]:
        return {"price": {"amount": amount}, "source": source, "evidence_year": year}

    plan = {
        "items": [
            item(30, "https://a.example", "2019"),
            item(10, "https://a.example", "2024"),
            item(20, "https://b.example", ""),
            item(40, "none found (estimated; see note)", "2025"),
            item(0, "https://free.example", "1999"),
        ]
    }
    found = trip_view.origin(plan)
    assert (found.pages, found.first, found.last, found.undated, found.reckoned) == (2, 2019, 2024, 1, 0.4)


def test_ticked_routes_stand_side_by_side(pages: FlaskClient) -> None:
    text = words_of(pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap").text)
    assert "Side by side" in text and "Marked where they differ" in text
    assert "Side by side" not in words_of(pages.get(f"/trips?{SEARCH}").text)


def test_a_refusal_names_its_rule_and_source_and_offers_ways_out(
    pages: FlaskClient, asked_of_the_planner: list[Mapping[str, Any]]
) -> None:
    page = pages.get(f"/trips?{SEARCH}&stop=moni&stop=labuan-bajo").text
    assert "Nyepi 2027" in page and "Two more days make it possible" in page
    ways = [link.replace("&amp;", "&") for link in re.findall(r'href="(/trips\?[^"]+)" data-waiting>', page)]
    longer = next(way for way in ways if "2027-03-14" in way)
    assert parse_qs(urlsplit(longer).query)["stop"] == ["moni", "labuan-bajo"]
    without = next(way for way in ways if "moni" not in way)
    assert "routes fit" in words_of(pages.get(without).text)
    assert asked_of_the_planner[-1]["must"] == ["labuan-bajo"]


def test_a_search_that_makes_no_sense_comes_back_with_all_that_was_typed(pages: FlaskClient) -> None:
    answer = pages.get("/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=0&ages=9&stop=Xqztw&budget=60")
    assert answer.status_code == 422
    assert "We know no place called “Xqztw”" in answer.text
    assert 'value="Xqztw"' in answer.text and 'value="60"' in answer.text and 'value="9"' in answer.text
    assert 'aria-describedby="e-adults"' in answer.text


def test_an_itinerary_tells_time_operator_basis_and_source_of_each_part(pages: FlaskClient) -> None:
    text = words_of(pages.get(f"/trips/it-best?{SEARCH}").text)
    assert "Padang Bai to Gili Air" in text and "be there by 09:00" in text
    assert "per car, whole party" in text and "for all, counted per person" in text and "room and night" in text
    assert "Evidence from" in text and "Run by" in text
    assert "The carrier sells this from 6 February 2027" in text
    assert "Free day." in text


def test_the_lines_of_the_price_add_up_to_its_total(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text
    table = page[page.index('<table class="ledger lines">') :]
    groups = [int(n.replace(",", "")) for n in re.findall(r'class="grp">.*?<td class="r num">([\d,]+)</td>', table)]
    total = int(re.findall(r"<tfoot>.*?<td class=\"r num\">([\d,]+)</td>", table, re.S)[0].replace(",", ""))
    rows = re.findall(
        r'<tr><th scope="row">.*?<td class="r num">[\d,]+</td><td class="r num">([\d,]+)</td></tr>', table
    )
    assert sum(groups) == total == sum(int(n.replace(",", "")) for n in rows)


def test_pins_are_numbered_in_order_of_travel_and_lead_to_their_day(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text
    wide = page[page.index('<div class="one">') : page.index('<div class="two">')]
    pins = re.findall(r'<a href="#day-(\d+)".*?aria-label="Stop (\d+), ([^,]+),', wide)
    assert [int(number) for _day, number, _name in pins] == list(range(1, len(pins) + 1))
    assert [int(day) for day, _number, _name in pins] == sorted(int(day) for day, _number, _name in pins)
    assert {"th-boat", "th-road", "th-air"} <= set(re.findall(r"th-[a-z]+", wide))
    for day, _number, _name in pins:
        assert f'id="day-{day}"' in page and f'id="pin-{day}"' in page


def test_a_route_that_is_gone_keeps_the_search(pages: FlaskClient) -> None:
    answer = pages.get(f"/trips/it-other?{SEARCH}")
    assert answer.status_code == 404
    assert "in_on=2027-04-05" in answer.text


def test_numbers_and_times_are_written_as_the_reader_writes_them(pages: FlaskClient) -> None:
    pages.set_cookie("lang", "id")
    text = words_of(pages.get(f"/trips/it-best?{SEARCH}").text)
    assert "Rp36.781.400" in text or "36.781.400" in text
    assert "09.30" in text and "April 2027" in text


def test_the_start_page_names_what_is_known_to_close(pages: FlaskClient) -> None:
    text = words_of(pages.get("/").text)
    for word in ("Nyepi 2027", "Rinjani", "Idul Fitri 2027", "Labuan Bajo tour boat"):
        assert word in text
    assert "expected from past years" in text
    sea = text[text.index("The sea, month by month") : text.index("We plan for the day")]
    assert "%" not in sea


def test_the_typeahead_forgives_spelling(pages: FlaskClient) -> None:
    assert pages.get("/places/suggest?q=labuan bayo").json[0]["id"] == "labuan-bajo"  # type: ignore[index]
    for typed in ("labuhan bajo", "Labuhanbajo", "LABUAN  BAJO", "labuanbajo", "laboean bajo", "lauban bajo"):
        assert pages.get("/places/suggest", query_string={"q": typed}).json[0]["id"] == "labuan-bajo"  # type: ignore[index]
    assert pages.get("/places/suggest?q=gil").json[0]["id"].startswith("gili")  # type: ignore[index]
    assert pages.get("/places/suggest?q=").json == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("labuhan bajo", "labuan-bajo"),
        ("Labuhanbajo", "labuan-bajo"),
        ("laboean bajo", "labuan-bajo"),
        ("gili trawangn", "gili-trawangan"),
        ("sembalum", "sembalun"),
        ("kelimutu", "moni"),
    ],
)
def test_a_search_with_a_misspelled_place_is_planned_with_the_place_meant(
    pages: FlaskClient, asked_of_the_planner: list[Mapping[str, Any]], typed: str, meant: str
) -> None:
    pages.get("/trips", query_string={**dict(pair.split("=") for pair in SEARCH.split("&")), "stop": typed})
    assert asked_of_the_planner[-1]["must"] == [meant]


def test_the_demo_line_stands_on_every_page_while_nothing_can_be_bought(pages: FlaskClient) -> None:
    for address in [*ADDRESSES, "/nothing-here"]:
        assert 'class="demo"' in pages.get(address).text


def test_nobody_is_said_to_endorse_the_site(pages: FlaskClient) -> None:
    for address in ADDRESSES:
        text = words_of(pages.get(address).text).lower()
        for claim in ("made with bali", "official partner", "endorsed by", "nothing is added"):
            assert claim not in text


@pytest.mark.parametrize("address", ["/places/atlantis", "/packages/PK999", "/packages/ST-UBD-1", "/nothing"])
def test_what_does_not_exist_answers_404_in_the_sites_clothes(pages: FlaskClient, address: str) -> None:
    answer = pages.get(address)
    assert answer.status_code == 404 and 'class="bar"' in answer.text


def test_the_list_of_tours_comes_a_page_at_a_time_with_its_filters_kept(pages: FlaskClient) -> None:
    first = pages.get("/packages?length=day").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following and 'rel="prev"' not in first and first.count('class="card tile"') == 24
    second = pages.get(following[1].replace("&amp;", "&")).text
    assert "length=day" in following[1] and "page=2" in following[1]
    assert re.search(r'rel="prev" href="[^"]*length=day[^"]*"', second)
    assert set(re.findall(r"/packages/(PK\d+)", first)) & set(re.findall(r"/packages/(PK\d+)", second)) == set()
    beyond = pages.get("/packages?length=day&page=99")
    assert beyond.status_code == 200 and 'rel="next"' not in beyond.text
