"""Language and theme: chosen once, kept, and never a way out of the site."""

import pytest

from planner.web.preferences import local_path


@pytest.fixture
def client(make_app):
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def test_a_choice_is_kept_and_leads_back_to_the_search_in_that_language(client):
    answer = client.post("/preferences", data={"lang": "id", "theme": "dark", "next": "/trips?adults=2"})
    assert (answer.status_code, answer.location) == (303, "/id/trips?adults=2")
    kept = client.get_cookie("lang")
    assert kept.value == "id" and kept.http_only and kept.same_site == "Lax" and not kept.secure
    assert client.get_cookie("theme").value == "dark"


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/id/trips?adults=2&must=ubud", "/en/trips?adults=2&must=ubud"),
        ("/id/", "/en/"),
        ("/id", "/en/"),
        ("/idyll?x=/id/", "/en/idyll?x=/id/"),
        ("http://localhost/id/places/ubud", "/en/places/ubud"),
        ("/desk/orders/?q=7", "/desk/orders/?q=7"),
    ],
)
def test_the_switch_of_languages_keeps_page_and_search(client, back, location):
    assert client.post("/preferences", data={"lang": "en", "next": back}).location == location


@pytest.mark.parametrize("form", [{"currency": "USD"}, {"theme": "dark"}])
@pytest.mark.parametrize("back", ["/trips?adults=2&must=ubud", "/id/trips?adults=2&must=ubud", "/en/"])
def test_other_switches_stay_where_one_is(client, form, back):
    assert client.post("/preferences", data={**form, "next": back}).location == back


def test_the_system_theme_forgets_the_choice(client):
    client.post("/preferences", data={"theme": "dark"})
    client.post("/preferences", data={"theme": "system"})
    assert client.get_cookie("theme") is None


@pytest.mark.parametrize("form", [{"lang": "xx"}, {"theme": "pink"}])
def test_an_unknown_choice_is_refused(client, form):
    assert client.post("/preferences", data=form).status_code == 400


def test_a_form_without_its_token_changes_nothing(make_app):
    client = make_app().test_client()
    answer = client.post("/preferences", data={"lang": "id"})
    assert answer.status_code == 400 and client.get_cookie("lang") is None


def test_cookies_are_secure_on_a_public_site(make_app):
    app = make_app(SITE_URL="https://lintas.test")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/preferences", data={"lang": "id"}, base_url="https://lintas.test")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-") and app.config["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.test/x",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test/",
        "https:evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/\n/evil.test",
        "http://localhost@evil.test/",
        "http://localhost//evil.test/",
        "http://[",
        "",
        "trips",
    ],
)
def test_nobody_is_led_away_from_the_site(app, address):
    with app.test_request_context("/"):
        assert local_path(address) == "/"


def test_the_page_one_came_from_is_kept_with_its_search(app):
    with app.test_request_context("/"):
        assert local_path("http://localhost/trips?adults=2&must=ubud") == "/trips?adults=2&must=ubud"
        assert local_path("/places/ubud") == "/places/ubud"
