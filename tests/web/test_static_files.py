"""Static files: kept for long, compressed, and streams left alone."""

import gzip

import pytest
from flask import Flask, Response


@pytest.fixture
def app(make_app, tmp_path):
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "site.css").write_text("p { margin: 0 }\n" * 400)
    app = make_app()
    app.static_folder = str(folder)
    return app


def test_a_versioned_file_is_kept_for_a_year(app: Flask):
    answer = app.test_client().get("/static/site.css?v=1")
    assert answer.cache_control.immutable and answer.cache_control.max_age == 31_536_000


def test_a_file_without_a_version_is_asked_for_again(app: Flask):
    assert not app.test_client().get("/static/site.css").cache_control.immutable


def test_a_style_sheet_travels_compressed(app: Flask):
    answer = app.test_client().get("/static/site.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == b"p { margin: 0 }\n" * 400


def test_a_compressed_file_that_did_not_change_is_not_sent_again(app: Flask):
    client = app.test_client()
    first = client.get("/static/site.css", headers={"Accept-Encoding": "gzip"})
    again = client.get("/static/site.css", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_streamed_page_is_handed_on_bit_by_bit(app: Flask):
    def bits():
        yield "first" * 500
        raise AssertionError("the second bit was asked for before the first was sent")

    app.add_url_rule("/slow", view_func=lambda: Response(bits(), mimetype="text/html"))
    answer = app.test_client().get("/slow", headers={"Accept-Encoding": "gzip, br"}, buffered=False)
    assert "Content-Encoding" not in answer.headers
    assert next(answer.response).startswith(b"first")
