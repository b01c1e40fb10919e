"""A table of clients is read as people save it, looked at row by row, and added as a whole or not at all."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import Invalid
from planner.flow import import_clients
from planner.flow.client_card import ClientCard
from planner.flow.import_clients import (
    KNOWN,
    MOST_BYTES,
    MOST_ROWS,
    NEW,
    TWICE,
    WRONG,
    Row,
    Taken,
    import_rows,
    look_at,
    read_rows,
    read_table,
    rows_as_text,
)
from planner.flow.keep_clients import add_client
from planner.store import enquiries
from planner.web.papers.spreadsheet import write_table
from tests.flow import agencies_at_work
from tests.flow.agencies_at_work import RINA
from tests.flow.fakes import World

MAREN = ClientCard("Maren Oduya", "maren@example.org", "+31 6 1234", "en", "EUR", "Small hotels, no stairs")
TEXT = """name,email,phone,language,currency,wishes
Maren Oduya,Maren@Example.org,+31 6 1234,EN,eur,"Small hotels, no stairs"
"""


@pytest.fixture
def agency(shop_app: Flask, world: World) -> str:
    agencies_at_work.found()
    return "a"


def code_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read_table(content)
    assert refused.value.field == "file"
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("name,email", "NAME, E-Mail,Email", 1).replace("Oduya,", "Oduya,x,", 1).encode(),
        b'wishes;email;phone;Name;CURRENCY;language\n"Small hotels, no stairs";maren@example.org;+31 6 1234;'
        b"Maren Oduya;EUR;en",
        TEXT.encode() + b"\n,,,,,\n",
    ],
)  # fmt: skip
def test_commas_semicolons_marks_and_any_order_are_the_same(content: bytes) -> None:
    (row,) = read_table(content).rows
    assert (row.card, row.line, row.has_more) == (MAREN, 2, False)


def test_only_names_have_to_be_there_and_columns_that_mean_nothing_are_told() -> None:
    table = read_table(b"Name,Shoe size\nAni,39\n")
    assert [row.card for row in table.rows] == [ClientCard("Ani", language="en", currency="IDR")]
    assert table.left_out == ("Shoe size",)


def test_lines_are_counted_as_an_editor_does() -> None:
    rows = read_table(b'name,wishes\nAni,"one\ntwo"\n\nBudi,\n').rows
    assert [(row.line, row.card.name) for row in rows] == [(2, "Ani"), (5, "Budi")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_name_column"), (b"email\nx@example.org\n", "no_name_column"), (b"name\n", "empty_table"),
        (b"name\n\n  \n", "empty_table"), (b"name,NAME\na,b\n", "column_twice"),
        ("name\nZo\xeb\n".encode("latin-1"), "not_utf8"), (b'name\n"Ani\n', "bad_table"),
        (b"name\n" + b"Ani\n" * (MOST_ROWS + 1), "too_many_rows"), (b"name\n" + b"x" * MOST_BYTES, "heavy_table"),
        (b"name\n" + b"x" * (MOST_BYTES - 9), "bad_table"), (b"PK\x03\x04\x00\x00", "no_name_column"),
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_five_hundred_rows_are_read() -> None:
    assert len(read_table(b"name\n" + b"Ani\n" * MOST_ROWS).rows) == MOST_ROWS


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(content: bytes) -> None:
    for begin in (b"", b"name,email\n"):
        try:
            assert read_table(begin + content).rows
        except Invalid as refused:
            assert refused.field == "file"


CARDS = st.builds(ClientCard, *(st.text(max_size=20) for _ in range(6)))


@given(
    st.lists(st.builds(Row, st.integers(2, 999), CARDS.map(ClientCard.trimmed), st.booleans()), min_size=1, max_size=5)
)
def test_what_a_form_carries_reads_back_the_same(rows: list[Row]) -> None:
    assert list(read_rows(rows_as_text(rows))) == rows


@given(st.lists(CARDS, min_size=1, max_size=4))
def test_what_was_written_as_a_table_reads_back(cards: list[ClientCard]) -> None:
    """A spreadsheet's guard against formulas aside."""
    plain = [
        ClientCard(*(" ".join("".join(c for c in cell if c.isalnum() or c in " ,;\"'").split()) for cell in
                     (one.name, "", one.phone, "", "", one.wishes)))
        for one in cards
    ]  # fmt: skip
    table = write_table(import_clients.COLUMNS, [[c.name, c.email, c.phone, "id", "USD", c.wishes] for c in plain])
    wanted = [ClientCard(c.name, "", c.phone, "id", "USD", c.wishes) for c in plain]
    assert [row.card for row in read_table(table).rows] == wanted


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "[]", "[[]]", "[1]", '[[2,false,"a"]]', '[["2",false,"a","","","","",""]]',
             '[[2,false,"a",1,"","","",""]]', "[" * 9000, "null", rows_as_text([Row(2, MAREN)] * (MOST_ROWS + 1))]
)  # fmt: skip
def test_what_a_form_carries_is_not_trusted(text: str) -> None:
    with pytest.raises(Invalid):
        read_rows(text)


def test_half_a_sign_is_wrong_and_breaks_nothing(world: World, agency: str) -> None:
    (row,) = read_rows('[[2,false,"\\ud800","","","en","IDR",""]]')
    assert [one.fate for one in look_at("a", [row])] == [WRONG]


def test_each_row_says_what_it_would_do(world: World, agency: str) -> None:
    add_client("a", MAREN, world.services)
    add_client("a", ClientCard("No Mail", phone="1"), world.services)
    add_client("b", ClientCard("Elsewhere", "b@example.org"), world.services)
    rows = read_table(
        b"name,email,phone,language,currency\n"
        b"M,MAREN@example.org,,,\nno mail,,1,,\nB,b@example.org,,,\nB again,b@example.org,,,\n"
        b",x,,de,DEM\nAni,,,,,and more\n"
    ).rows
    seen = look_at("a", rows)
    assert [one.fate for one in seen] == [KNOWN, KNOWN, NEW, TWICE, WRONG, WRONG]
    assert [one.field for one in seen[4].problems] == ["name", "email", "language", "currency"]
    assert [one.code for one in seen[5].problems] == ["too_many_cells"]


def test_with_a_wrong_row_nothing_is_added_before_it_may_be_left_out(world: World, agency: str) -> None:
    rows = read_table(b"name,email\nAni,ani@example.org\nBudi,budi\nAni,ani@example.org\n").rows
    with pytest.raises(Invalid) as refused:
        import_rows("a", rows, False, world.services, RINA)
    assert refused.value.code == "wrong_rows"
    assert enquiries.search_clients("a").count == 0
    assert import_rows("a", rows, True, world.services, RINA) == Taken(1, 1, 1)
    assert [one.email for one in enquiries.search_clients("a").clients] == ["ani@example.org"]
    assert import_rows("a", rows, True, world.services, RINA) == Taken(0, 2, 1), "sent twice, added once"
    assert enquiries.search_clients("b").count == 0
