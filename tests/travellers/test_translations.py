"""Every word that the program says has its Indonesian, with the same places to fill in."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "planner" / "translations" / "id" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2)}


def spoken() -> set[str]:
    found: set[str] = set()
    for folder, method in (("planner", "python"), ("templates", "jinja2")):
        pattern = "**.py" if method == "python" else "**.html"
        for _file, _line, text, _comments, _context in extract_from_dir(
            str(ROOT / folder), [(pattern, method)], {}, KEYWORDS
        ):
            found.add(text[0] if isinstance(text, tuple) else text)
    return found


def test_every_word_is_translated() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="id")
    done = {(m.id[0] if isinstance(m.id, tuple) else m.id) for m in catalogue if m.id and m.string and any(m.string)}
    assert sorted(spoken() - done) == []


def test_translations_fill_in_the_same_places() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="id")
    for message in catalogue:
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        wanted = set(re.findall(r"%\((\w+)\)", message.id[-1] if plural else message.id))
        given = set(re.findall(r"%\((\w+)\)", message.string[0] if plural else message.string))
        assert given == wanted, message.id


@pytest.mark.parametrize(("language", "word"), [("en", "2 adults"), ("id", "2 dewasa")])
def test_numbers_take_their_words(pages, language: str, word: str) -> None:  # type: ignore[no-untyped-def]
    pages.set_cookie("lang", language)
    text = pages.get("/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-16&adults=2").text
    assert word in text
