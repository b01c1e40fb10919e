"""Filters on the routes found: in the address, counted, told, taken away with one tap."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from planner.travellers import narrowing
from planner.web.atlas import Atlas
from tests.travellers.conftest import sample

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"
PLANS = sample("sample_answer")["itineraries"]
BY_ID = {plan["id"]: plan for plan in PLANS}


def wishes(query: str) -> list[tuple[str, str]]:
    return narrowing.read_wishes(MultiDict(pair.split("=") for pair in query.split("&") if pair))


def ids(page: str) -> list[str]:
    return re.findall(r'<li class="card trip" id="([^"]+)"', page)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("less=flight&less=ferry", [("less", "ferry"), ("less", "flight")]),
        ("less=rocket&see=Atlantis&sea=9&upto=-3&hours=many", []),
        ("upto=10,5&hours=20&sea=1&see=Flores", [("upto", "10.5"), ("hours", "20"), ("sea", "1"), ("see", "Flores")]),
        ("upto=nan&hours=inf", []),
        ("upto=&hours=&sea=", []),
    ],
)
def test_an_address_is_read_and_nonsense_passed_over(query: str, read: list[tuple[str, str]]) -> None:
    assert wishes(query) == read


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", ["it-best", "it-cheap", "it-least"]),
        ("less=flight", ["it-cheap"]),
        ("upto=10.6", ["it-cheap", "it-least"]),
        ("upto=8.6", []),
        ("hours=23", ["it-best", "it-least"]),
        ("sea=0", []),
        ("sea=1", ["it-best", "it-cheap", "it-least"]),
        ("see=Lombok", ["it-best", "it-cheap"]),
        ("less=flight&see=Lombok&upto=11", ["it-cheap"]),
        ("less=flight&hours=10", []),
    ],
)
def test_only_what_passes_every_filter_is_shown(pages: FlaskClient, atlas: Atlas, query: str, left: list[str]) -> None:
    assert [plan["id"] for plan in narrowing.fitting(PLANS, wishes(query), atlas)] == left
    assert sorted(ids(pages.get(f"/trips?{SEARCH}&{query}").text)) == left


def test_the_page_counts_what_fits_and_says_what_hides_the_rest(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&less=flight&upto=9").text
    text = words_of(page)
    assert "0 of 3 routes fit the filters" in text and "3 are hidden" in text
    page = pages.get(f"/trips?{SEARCH}&less=flight").text
    text = words_of(page)
    assert "1 of 3 routes fits the filters" in text and "2 are hidden" in text
    assert text.count("Without: Flight") >= 3  # the filter in force, and why each of the two is hidden
    assert "The 2 hidden routes, and why" in text


def test_one_tap_takes_one_filter_away_and_keeps_the_others(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&less=flight&hours=40&tab=cheapest").text
    taps = [tap.replace("&amp;", "&") for tap in re.findall(r'class="chip nar-on" href="([^"]+)"', page)]
    assert len(taps) == 2
    assert "less=flight" not in taps[0] and "hours=40" in taps[0] and "tab=cheapest" in taps[0]
    assert "less=flight" in taps[1] and "hours=40" not in taps[1]
    assert ids(pages.get(taps[0]).text) == ["it-least", "it-cheap", "it-best"]
    clear = re.search(r'href="([^"]+)"[^>]*><svg[^>]*><use href="#i-x"/></svg> Clear all', page)
    assert clear and "less" not in clear[1] and "hours=40" not in clear[1]


def test_where_all_are_hidden_each_filter_says_how_many_it_hides_and_what_helps(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&less=flight&hours=10&sea=1").text
    empty = page[page.index('<section class="card empty') :]
    text = words_of(empty)
    assert "The filters hide all 3 routes found" in text
    assert "Without: Flight : hides 2" in text and "At most 10 h on the move : hides 2" in text
    assert "Sea at worst" not in text[: text.index("Travel")]  # it hides none, so it is not to blame
    anew = re.search(r'href="([^"]+avoid_mode=flight[^"]*)"', empty)
    assert anew and "less=flight" not in anew[1]
    assert 'id="compare"' not in page and 'class="tabs"' not in page


def test_the_form_keeps_the_search_and_says_how_many_each_choice_leaves(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&stop=labuan-bajo&tab=calmest").text
    form = page[page.index('<form class="stack nar-f"') :]
    form = form[: form.index("</form>")]
    assert 'method="get"' in form
    for name, value in (("in_on", "2027-04-05"), ("stop", "labuan-bajo"), ("ages", "9"), ("tab", "calmest")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert re.search(r'name="less" value="flight">.*?Flight<span[^>]*>1</span>', form)
    assert "up to IDR 9.0 m (1 route)" in words_of(form)
    assert "Every route found has:" in form


def test_tabs_strip_and_comparison_keep_the_filters(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&see=Lombok&cmp=it-best&cmp=it-cheap").text
    tabs = re.findall(
        r'<a href="([^"]+)"',
        page[page.index('<div class="tabs">') : page.index("</nav>", page.index('<div class="tabs">'))],
    )
    assert len(tabs) == 4 and all("see=Lombok" in tab for tab in tabs)
    assert '<input type="hidden" name="see" value="Lombok">' in page[page.index('id="cmp-form"') :]
    assert "Side by side" in page


def test_a_tour_counts_with_what_it_travels_in(atlas: Atlas) -> None:
    tour = next(thing for thing in atlas.packages() if "charter_boat" in thing["lintas"].get("modes_used", ()))
    plan = {**PLANS[2], "items": [{"kind": "package", "product_id": tour["id"], "visits": ["padar"]}]}
    found = narrowing.traits_of(plan, atlas)
    assert "charter_boat" in found.modes and found.islands == {"Komodo"}
