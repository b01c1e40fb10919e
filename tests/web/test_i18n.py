"""Which language a page speaks."""

import os
from pathlib import Path

import pytest
from flask_babel import get_locale

from planner.web.i18n import compile_translations


def language_of(app, **request):
    with app.test_request_context("/", **request):
        return str(get_locale())


def test_english_is_spoken_unless_asked_otherwise(app):
    assert language_of(app) == "en"
    assert language_of(app, headers={"Accept-Language": "fr"}) == "en"


def test_a_browser_that_prefers_indonesian_gets_it(app):
    assert language_of(app, headers={"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"}) == "id"


def test_the_cookie_wins_over_the_browser(app):
    assert language_of(app, headers={"Accept-Language": "id", "Cookie": "lang=en"}) == "en"


def test_a_made_up_cookie_is_ignored(app):
    assert language_of(app, headers={"Cookie": "lang=../../etc; theme=pink"}) == "en"


def test_pages_differ_by_language_for_caches(client):
    vary = client.get("/no-such-page").headers["Vary"]
    assert "Cookie" in vary and "Accept-Language" in vary


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    source = tmp_path / "id" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "boat"\nmsgstr "kapal"\n')
    return source


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(tmp_path, catalogue):
    assert compile_translations(tmp_path) == 1
    assert compile_translations(tmp_path) == 0
    later = catalogue.stat().st_mtime + 60
    os.utime(catalogue, (later, later))
    assert compile_translations(tmp_path) == 1
    assert b"kapal" in catalogue.with_suffix(".mo").read_bytes()
