"""Pages and pictures set from templates: read aloud, free of anybody's markup, made of nothing but our own files."""

import io
import re
from pathlib import Path

import pytest
import typst
from flask import Flask
from PIL import Image

from planner.settings import ROOT
from planner.web import chart, map_picture, typeset
from tests.web.reading_tags import read_tags

TEMPLATES = sorted((ROOT / "templates").glob("**/*.typ"))


def small_trip(**more: object) -> dict[str, object]:
    words = (
        "days prices counted estimates what how who sure low high total sum contacts rules no_rules sources sea page"
        " online"
    )
    return {
        "language": "en", "title": "A trip", "about": "Three days.", "standing": "A plan.", "zone": "WITA.",
        "address": "https://trips.example/trips/1", "map": {}, "facts": [], "days": [], "prices": [], "contacts": [],
        "rules": [], "sources": [], "cloths": {}, "words": {word: word for word in words.split()},
        "band": {"picture": (ROOT / "static/img/band-lintas.svg").read_text()}, **more,
    }  # fmt: skip


def set_in(app: Flask, data: dict[str, object]) -> bytes:
    with app.app_context():
        return typeset.pdf("trip", data)


def test_a_page_has_a_language_a_title_and_headings_for_who_hears_it(app: Flask) -> None:
    tags = read_tags(set_in(app, small_trip(language="id", title="Perjalanan")))
    assert (tags.language, tags.title, tags.is_marked, tags.conforms) == ("id", "Perjalanan", True, "1")
    assert tags.elements.count("Title") == 1 and tags.elements.count("H1") == 5 and "Table" in tags.elements


@pytest.mark.parametrize(
    "typed", ["#strong[loud]", "= Heading", "$x^2$", "`raw`", '#read("trip.typ")', "*b* _i_ @cite"]
)
def test_what_somebody_typed_is_never_read_as_markup(app: Flask, typed: str) -> None:
    plain = read_tags(set_in(app, small_trip(title="Title")))
    tags = read_tags(set_in(app, small_trip(title=typed, about=typed)))
    assert tags.title.replace("&quot;", '"') == typed
    assert tags.elements == plain.elements


@pytest.mark.parametrize("name", ["Đặng Thị Hồng", "王小明", "Żółć", "Ħal Għargħur", "a\u0007b"])
def test_letters_that_the_face_lacks_do_not_stop_the_page(app: Flask, name: str) -> None:
    assert set_in(app, small_trip(title=name)).startswith(b"%PDF-")


def test_a_picture_without_words_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "bad.typ").write_text(
        "#set document(title: \"x\")\n#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>\"))"
    )
    with app.app_context(), pytest.raises(typst.TypstError, match="alt"):
        typeset.pdf("bad", {}, folder=str(tmp_path))


def test_a_template_cannot_fetch_a_package(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "far.typ").write_text('#set document(title: "x")\n#import "@local/anything:1.0.0": *')
    with app.app_context(), pytest.raises(typst.TypstError, match="package"):
        typeset.pdf("far", {}, folder=str(tmp_path))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_templates_import_nothing(template: Path) -> None:
    assert not re.search(r"@(preview|local)|#import|#include", template.read_text(encoding="utf-8"))


def test_only_the_site_s_own_faces_are_in_the_page(app: Flask) -> None:
    faces = set(re.findall(rb"/FontName/[A-Z]{6}\+([\w-]+)", set_in(app, small_trip())))
    assert faces and all(name.startswith((b"PlusJakartaSans", b"Piazzolla")) for name in faces)


def test_the_same_data_make_the_same_picture(app: Flask) -> None:
    band = {"picture": (ROOT / "static/img/band-lintas.svg").read_text()}
    word = {"picture": (ROOT / "static/img/wordmark-night.svg").read_text()}
    data = {"language": "en", "title": "A", "about": "B", "line": "C", "map": {}, "band": band, "word": word}
    with app.app_context():
        first, second = typeset.png("social", data), typeset.png("social", data)
    assert first == second
    assert Image.open(io.BytesIO(first)).size == (1200, 630)


def test_a_map_s_names_are_escaped_and_its_coast_is_inside_it() -> None:
    stops = [("a", 'Gili <script>"&', (400.0, 90.0), [1]), ("b", "Bima", (880.0, 110.0), [2])]
    (drawn,) = chart.draw(stops, [("ferry", (400.0, 90.0), (880.0, 110.0))])
    for dyes in (map_picture.PAPER, map_picture.NIGHT):
        picture = map_picture.draw(drawn, dyes, ROOT / "static" / "img", 3.75)
        assert "<script" not in picture and "Gili &lt;script&gt;" in picture
        assert not re.search(r'href="(?!#)', picture)
        x, _y, width, height = map(float, re.search(r'viewBox="([^"]+)"', picture)[1].split())  # type: ignore[index]
        assert width / height == pytest.approx(3.75, abs=0.01) and x >= 0
