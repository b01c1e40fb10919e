"""What every answer says to the browser."""

import pytest
from flask import Flask, Response


@pytest.mark.parametrize("path", ["/health", "/no-such-page", "/api/no-such-thing", "/static/no-such-file.css"])
def test_every_answer_forbids_foreign_scripts_and_frames(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    for part in (
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert part in policy.split("; ")
    assert "unsafe" not in policy


def test_every_answer_keeps_its_type_and_its_referrer_to_itself(client):
    headers = client.get("/health").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_https_is_demanded_only_where_it_is_spoken(client):
    assert "Strict-Transport-Security" not in client.get("/health").headers
    assert (
        "max-age=31536000" in client.get("/health", base_url="https://lintas.test").headers["Strict-Transport-Security"]
    )


def test_a_view_keeps_a_header_that_it_set_itself(app: Flask):
    app.add_url_rule("/own", view_func=lambda: Response("x", headers={"Referrer-Policy": "no-referrer"}))
    assert app.test_client().get("/own").headers.getlist("Referrer-Policy") == ["no-referrer"]


def test_a_public_site_answers_to_its_own_name_only(make_app):
    client = make_app(SITE_URL="https://lintas.test").test_client()
    assert client.get("/health", base_url="https://lintas.test").status_code == 200
    assert client.get("/health", base_url="http://localhost").status_code == 200
    assert client.get("/health", base_url="https://evil.test").status_code == 400
