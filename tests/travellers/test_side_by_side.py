"""Routes side by side: rows that hold the same facts, differences marked in words, the best of a row named."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from planner.travellers import side_by_side

SEARCH = "in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2&ages=9"


def table(page: str) -> dict[str, list[str]]:
    part = page[page.index('<table class="ledger cmp sbs">') :]
    rows = re.findall(r'<tr class="(?:df-r|same)">(.*?)</tr>', part[: part.index("</table>")], re.S)
    found = {}
    for row in rows:
        cells = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).replace("\u00a0", " ").strip()
                 for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]  # fmt: skip
        found[re.sub(r"\s*≠?\s*,", ",", cells[0])] = cells[1:]
    return found


def test_every_row_has_a_value_of_every_route_and_names_its_best(pages: FlaskClient) -> None:
    rows = table(pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap&cmp=it-least").text)
    assert all(len(cells) == 3 for cells in rows.values())
    assert rows["A person, differs"] == ["about IDR 12.3 m", "about IDR 10.6 m", "about IDR 8.6 m lowest"]
    assert rows["Time on the move, differs"][2].endswith("least")
    assert rows["Boats, differs"] == ["3", "4", "0 fewest"]
    assert rows["Flights, differs"] == ["1", "0 fewest", "1"]
    assert rows["Days"] == ["12", "12", "12"]
    sea = next(cells for name, cells in rows.items() if name.startswith("Sea at worst"))
    assert ["calmest" in cell for cell in sea] == [False, False, True]
    assert rows["Firm share of the price, differs"][0] == "17 % firmest"


def test_where_routes_are_alike_nothing_is_called_best(pages: FlaskClient) -> None:
    rows = table(pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap").text)
    assert rows["CO₂ of the party"] == ["about 212 kg", "about 212 kg"]


def test_what_only_some_routes_see_is_set_apart(pages: FlaskClient) -> None:
    rows = table(pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-least").text)
    shared = rows["In all of them"]
    assert shared[0] == shared[1]
    assert not set(rows["Not in all of them, differs"][0].split(", ")) & set(shared[0].split(", "))


def test_prices_say_how_old_they_are_and_where_from(pages: FlaskClient) -> None:
    rows = table(pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-least").text)
    assert all("reckoned by us" in cell for cell in rows["Prices known from, differs"])


@pytest.mark.parametrize(("ticked", "columns"), [(["it-best"], 0), (["it-best", "it-x"], 0), (["it-x"], 0)])
def test_one_route_alone_is_not_compared_and_the_page_says_so(
    pages: FlaskClient, ticked: list[str], columns: int
) -> None:
    page = pages.get(f"/trips?{SEARCH}&" + "&".join(f"cmp={one}" for one in ticked)).text
    assert "Tick at least two routes" in page and page.count("cmp sbs") == columns
    assert page.count('id="compare"') == 1


def test_one_of_three_can_be_taken_out(pages: FlaskClient) -> None:
    page = pages.get(f"/trips?{SEARCH}&cmp=it-best&cmp=it-cheap&cmp=it-least").text
    taps = [tap.replace("&amp;", "&") for tap in re.findall(r'class="sbs-x no-print" href="([^"]+)"', page)]
    assert len(taps) == 3 and sorted(tap.count("cmp=") for tap in taps) == [2, 2, 2]
    assert len(table(pages.get(taps[0]).text)["Days"]) == 2


def test_nothing_is_called_best_where_all_read_the_same() -> None:
    measures = iter((1.0, 2.0))
    cards: list[Any] = [None, None]
    row = side_by_side._row("Sea", cards, lambda card: "calm", lambda card: next(measures), "calmest")
    assert [cell.best for cell in row.cells] == ["", ""]
