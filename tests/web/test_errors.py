"""Refusals and failures, as pages and as problem documents."""

import pytest
from flask import abort

from planner.errors import Conflict, Invalid, NotAllowed, NotFound, PlannerError, Unavailable


class SignInFirst(NotAllowed):
    needs_login = True


KINDS = [
    (Invalid("bad"), 400),
    (Invalid("bad", field="entry.at"), 422),
    (NotFound("gone"), 404),
    (NotAllowed("no"), 403),
    (SignInFirst("who are you"), 401),
    (Conflict("sold out"), 409),
    (Unavailable("later"), 503),
    (PlannerError("?"), 500),
]


def raising(app, error):
    def view():
        raise error

    app.add_url_rule("/api/raise", endpoint="raise_api", view_func=view)
    app.add_url_rule("/raise", endpoint="raise_page", view_func=view)
    return app.test_client()


@pytest.mark.parametrize(("error", "status"), KINDS, ids=[f"{type(e).__name__}-{s}" for e, s in KINDS])
def test_each_kind_of_refusal_has_its_status(app, error, status):
    client = raising(app, error)
    assert client.get("/raise").status_code == status
    answer = client.get("/api/raise")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status and answer.json["code"] == error.code


def test_a_program_learns_every_field_that_was_wrong(app):
    wrong = Invalid("two things", gathered=[Invalid("no date", field="entry.at"), Invalid("unknown", field="must.0")])
    answer = raising(app, wrong).get("/api/raise")
    assert answer.status_code == 422
    assert [(e["field"], e["message"]) for e in answer.json["errors"]] == [
        ("entry.at", "no date"),
        ("must.0", "unknown"),
    ]


def test_a_failure_shows_no_details_but_an_id_that_is_in_the_log(app, caplog):
    client = raising(app, RuntimeError("password is hunter2"))
    for path in ("/raise", "/api/raise"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert b"hunter2" not in answer.data and b"Traceback" not in answer.data
        assert answer.headers["X-Request-ID"] in answer.get_data(as_text=True)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503])
def test_what_flask_refuses_is_a_problem_document_too(app, status):
    app.add_url_rule("/api/abort", view_func=lambda: abort(status))
    answer = app.test_client().get("/api/abort")
    assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status and answer.json["title"]


def test_a_wrong_method_names_the_right_ones(app):
    app.add_url_rule("/api/read", view_func=lambda: "ok")
    answer = app.test_client().delete("/api/read")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_words_of_a_visitor_are_not_markup_on_the_error_page(app):
    answer = raising(app, Invalid("<script>alert(1)</script>")).get("/raise")
    assert b"<script>alert" not in answer.data


def test_a_torn_error_page_does_not_hide_the_first_error(app, monkeypatch):
    def torn(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("planner.web.errors.render_template", torn)
    answer = app.test_client().get("/no-such-page")
    assert answer.status_code == 404 and b"There is no such page" in answer.data
