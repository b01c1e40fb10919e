"""What keeps trips readable without a connection, as the server tells it; tests/browser/test_offline.py sails."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from planner.travellers import afloat
from tests.travellers.test_planning import SEARCH


def site_of(pages: FlaskClient) -> dict[str, object]:
    told: dict[str, object] = json.loads(pages.get("/sw.js").text.split("\n")[0].removeprefix("const SITE = ")[:-1])
    return told


def test_the_worker_stands_at_the_root_is_asked_for_anew_each_time_and_keeps_only_what_is_there(
    pages: FlaskClient,
) -> None:
    answer = pages.get("/sw.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    site = site_of(pages)
    for address in [*site["shell"], site["offline"]]:  # type: ignore[misc]
        assert pages.get(address).status_code == 200, address
    assert "https://" not in answer.text and "importScripts" not in answer.text


def test_the_worker_speaks_both_languages(pages: FlaskClient) -> None:
    words = site_of(pages)["words"]
    assert words["en"]["offline"] == "You are offline."  # type: ignore[index]
    assert words["en"].keys() == words["id"].keys()  # type: ignore[index]
    assert all(words["en"][key] != words["id"][key] for key in words["en"])  # type: ignore[index]
    assert all("{time}" in words[language]["as_of"] for language in words)  # type: ignore[attr-defined,index]


def test_another_byte_makes_another_version(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one")
    first = afloat._digest(((str(tmp_path / "a"), 1),), "words")
    assert afloat._digest(((str(tmp_path / "a"), 1),), "other words") != first
    (tmp_path / "a").write_text("two")
    assert afloat._digest(((str(tmp_path / "a"), 2),), "words") != first
    assert afloat._digest(((str(tmp_path / "a"), 1),), "words") == first


def test_the_manifest_has_icons_of_the_sizes_that_it_says(app: Flask, pages: FlaskClient) -> None:
    answer = pages.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    sized = [icon for icon in answer.json["icons"] if icon["sizes"] != "any"]  # type: ignore[index]
    assert {icon["purpose"] for icon in sized} == {"any", "maskable"}
    for icon in sized:
        file = Path(str(app.static_folder)) / icon["src"].split("/static/")[1].split("?")[0]
        assert "x".join(map(str, Image.open(file).size)) == icon["sizes"]


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_of_what_is_kept_is_there_without_a_script(pages: FlaskClient, language: str) -> None:
    pages.set_cookie("lang", language)
    page = pages.get("/offline").text
    assert "<noscript>" in page and "data-kept-list" in page and f'<html lang="{language}"' in page


def test_a_trip_names_what_is_to_be_kept_with_it(pages: FlaskClient) -> None:
    page = pages.get(f"/trips/it-best?{SEARCH}").text.replace("&amp;", "&")
    (papers,) = re.findall(r'data-keep="([^"]*)"', page)
    assert [paper.split("?")[0] for paper in papers.split()] == ["/trips/it-best/trip.pdf"]
    assert not re.search(r"data-keep=", pages.get(f"/trips?{SEARCH}").text)
