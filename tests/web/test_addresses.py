"""The first part of an address is its language, and what stands for all languages has one address."""

import pytest
from flask import request, url_for

from planner.web.addresses import in_language, site_root, this_address, whole_address

INDONESIAN = '<html lang="id"'


def seen_at(app, address, **given):
    """What a view below `address` sees."""
    seen = {}

    def look():
        seen.update(
            static=url_for("static", filename="css/lintas.css").split("?")[0],
            whole_static=url_for("static", filename="none", _external=True),
            health=url_for("health.show"),
            preferences=url_for("preferences.save"),
            look=url_for("look", q=1),
            whole_look=url_for("look", _external=True),
            here=this_address(),
            root=site_root(),
            other=in_language(this_address(), "en"),
            path=request.path,
        )
        return "<p>"

    app.add_url_rule("/look-around", "look", look)
    answer = app.test_client().get(address, **given)
    assert answer.status_code == 200
    return seen


def test_below_a_language_links_keep_it_but_for_what_stands_for_all(app):
    assert seen_at(app, "/id/look-around?a=1") == {
        "static": "/static/css/lintas.css",
        "whole_static": "http://localhost/static/none",
        "health": "/health",
        "preferences": "/preferences",
        "look": "/id/look-around?q=1",
        "whole_look": "http://localhost/id/look-around",
        "here": "/id/look-around?a=1",
        "root": "/",
        "other": "/en/look-around?a=1",
        "path": "/look-around",
    }


def test_without_a_language_links_have_none(app):
    seen = seen_at(app, "/look-around?a=1")
    assert (seen["look"], seen["here"]) == ("/look-around?q=1", "/look-around?a=1")
    assert seen["other"] == "/en/look-around?a=1"


def test_a_site_below_a_folder_keeps_its_folder(app):
    seen = seen_at(app, "/id/look-around", environ_overrides={"SCRIPT_NAME": "/trips-of-mine"})
    assert seen["static"] == "/trips-of-mine/static/css/lintas.css"
    assert (seen["look"], seen["root"]) == ("/trips-of-mine/id/look-around?q=1", "/trips-of-mine/")
    assert seen["other"] == "/trips-of-mine/en/look-around"


@pytest.mark.parametrize(
    "path", ["/id/static/css/lintas.css", "/id/health", "/id/sw.js", "/id/api/docs", "/id/hooks/stripe", "/id/desk/",
             "/id/preferences", "/id/sitemap.xml", "/id/robots.txt", "/id/en/places", "/de/places"]
)  # fmt: skip
def test_nothing_has_a_second_address_without_need(client, path):
    assert client.get(path).status_code == 404


def test_the_address_decides_and_nothing_else_does(client):
    client.set_cookie("lang", "en")
    answer = client.get("/id/about?lang=en", headers={"Accept-Language": "en"})
    assert INDONESIAN in answer.text and answer.headers["Content-Language"] == "id"
    assert "Cookie" in answer.headers["Vary"] and "Accept-Language" not in answer.headers["Vary"]
    assert "lang" not in [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    client.set_cookie("lang", "id")
    assert '<html lang="en"' in client.get("/en/about", headers={"Accept-Language": "id"}).text


def test_a_page_that_is_missing_says_so_in_the_language_of_its_address(client):
    answer = client.get("/id/places/nowhere")
    assert answer.status_code == 404 and INDONESIAN in answer.text and 'rel="canonical"' not in answer.text


def test_a_visitor_cannot_choose_by_a_header_of_the_same_name(client):
    assert '<html lang="en"' in client.get("/about", headers={"Lintas.Language": "id"}).text
    assert '<html lang="en"' in client.get("/about", environ_overrides={"lintas.language": "id"}).text


@pytest.mark.parametrize(("address", "location"), [("/id", "/id/"), ("/en?adults=2", "/en/?adults=2")])
def test_the_start_page_ends_in_a_slash(client, address, location):
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (301, location)
    assert "Content-Security-Policy" in answer.headers


def test_cookies_hold_for_the_whole_site(make_app):
    app = make_app()
    answer = app.test_client().get("/id/about")
    assert "Set-Cookie" in answer.headers
    assert all("Path=/" in cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie"))
    app.config["WTF_CSRF_ENABLED"] = False
    kept = app.test_client().post("/preferences", data={"lang": "id"}).headers.getlist("Set-Cookie")
    assert any(cookie.startswith("lang=id;") and "Path=/" in cookie.split("; ") for cookie in kept)


def test_whole_addresses_are_those_of_the_public(make_app):
    with make_app(SITE_URL="https://lintas.test").test_request_context("/", base_url="http://127.0.0.1:8000"):
        assert whole_address("/id/about") == "https://lintas.test/id/about"
    with make_app().test_request_context("/", base_url="http://127.0.0.1:8000"):
        assert whole_address("/id/about") == "http://127.0.0.1:8000/id/about"


def test_log_in_stays_in_the_language(client):
    answer = client.get("/id/account/home")
    assert answer.location.startswith("/id/account/log-in")
    page = client.get(answer.location).text
    assert INDONESIAN in page and "/id/account/register" in page
