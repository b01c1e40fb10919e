"""Search engines find each page once in each language: canonical, alternates, sitemap, robots."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from planner.travellers import found
from planner.web.addresses import WITHOUT_LANGUAGE
from planner.web.atlas import Atlas
from tests.travellers.test_planning import SEARCH

HOST = "http://localhost"
XHTML = "{http://www.w3.org/1999/xhtml}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SHARED = {"/static", "/sw.js", "/preferences", "/"}


class Head(HTMLParser):
    """What a page says of itself, and every address on it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language = ""
        self.canonical: list[str] = []
        self.alternates: dict[str, str] = {}
        self.robots: list[str] = []
        self.paths: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical.append(given["href"])
        if tag == "link" and given.get("rel") == "alternate" and "hreflang" in given:
            self.alternates[given["hreflang"]] = given["href"]
        if tag == "meta" and given.get("name") == "robots":
            self.robots.append(given["content"])
        for name, value in given.items():
            if name in ("href", "action", "src") or name.startswith("data-"):
                self.paths |= {one for one in value.split() if one.startswith("/")}


def listed(pages: FlaskClient) -> dict[str, dict[str, str]]:
    """The addresses of the sitemap, each with its alternates."""
    answer = pages.get("/sitemap.xml")
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    found_there = {}
    for url in ElementTree.fromstring(answer.text).iter(f"{SITEMAP}url"):
        address = url.findtext(f"{SITEMAP}loc") or ""
        assert address not in found_there
        found_there[address] = {link.attrib["hreflang"]: link.attrib["href"] for link in url.iter(f"{XHTML}link")}
    return found_there


def test_each_address_of_the_sitemap_is_canonical_and_names_its_alternates_back(pages: FlaskClient) -> None:
    there = listed(pages)
    wrong = []
    for address, alternates in there.items():
        parts = urlsplit(address)
        answer = pages.get(address.removeprefix(HOST))
        head = Head(answer.text)
        is_right = (
            answer.status_code == 200
            and head.canonical == [address]
            and head.alternates == alternates
            and head.language == parts.path.split("/")[1] == answer.headers["Content-Language"]
            and not head.robots
            and "X-Robots-Tag" not in answer.headers
            and alternates[head.language] == address
            and alternates["x-default"] == alternates["en"]
            and all(there[other] == alternates for other in alternates.values())
        )
        wrong += [] if is_right else [address]
    assert wrong == []


def test_the_sitemap_has_every_place_package_and_route_and_tells_no_date_that_nobody_knows(
    pages: FlaskClient, atlas: Atlas
) -> None:
    there = listed(pages)
    for language in ("en", "id"):
        for place in atlas.places:
            assert f"{HOST}/{language}/places/{place}" in there
        for thing in atlas.packages():
            assert f"{HOST}/{language}/packages/{thing['id']}" in there
        assert sum(f"/{language}/routes/" in address for address in there) >= 12
        assert f"{HOST}/{language}/events?month=2026-11" in there
        assert f"{HOST}/{language}/events?month=2026-10" not in there
    assert "lastmod" not in pages.get("/sitemap.xml").text
    assert len(there) < 50_000


def test_every_public_page_without_a_secret_is_in_the_table_or_out_of_it_on_purpose(pages: FlaskClient) -> None:
    rules = [
        rule
        for rule in pages.application.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("travellers.")
    ]
    asked = {rule.endpoint for rule in rules}
    files = {name for name in asked if name.startswith("travellers.taking.") or name.endswith(("_sitemap", "_robots"))}
    others = {
        "travellers.afloat.show_worker", "travellers.afloat.show_manifest", "travellers.events.show_calendar",
        "travellers.logos.show_logo",
        "travellers.planning.suggest", "travellers.routes.plan_route", "travellers.routes.reckon",
        "travellers.planning.show_day", "travellers.checkout.show_quote", "travellers.bookings.find",
        "travellers.builder.list_trips",
    }  # fmt: skip
    secret = {rule.endpoint for rule in rules if rule.arguments & {"secret", "token"}}
    assert asked - files - others - secret == {*found.OWN_QUERY, *found.SEARCHES}


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/?utm_source=letter&stop=ubud", "/en/"),
        ("/id/?stop=ubud", "/id/"),
        ("/places?island=Bali&interest=food", "/en/places"),
        ("/en/routes?province=ntb&days=9", "/en/routes"),
        ("/id/seasons?vessel=ferry", "/id/seasons"),
        ("/id/seasons?vessel=fast_boat&fbclid=1", "/id/seasons?vessel=fast_boat"),
        ("/id/seasons?vessel=balloon", "/id/seasons"),
        ("/en/events?province=bali&month=2027-04", "/en/events?month=2027-04"),
        ("/en/events?month=2199-04", "/en/events"),
        ("/en/events?month=2027-13", "/en/events"),
        ("/offline", "/en/offline"),
    ],
)
def test_a_page_goes_by_one_address_whatever_hangs_on_it(pages: FlaskClient, address: str, canonical: str) -> None:
    assert Head(pages.get(address).text).canonical == [HOST + canonical]


def test_the_reader_s_language_names_the_canonical_address_where_the_address_names_none(pages: FlaskClient) -> None:
    pages.set_cookie("lang", "id")
    head = Head(pages.get("/places/ubud").text)
    assert (head.language, head.canonical) == ("id", [f"{HOST}/id/places/ubud"])


@pytest.mark.parametrize("path", ["/trips", "/trips/it-best"])
def test_a_search_is_not_for_search_engines_and_goes_by_what_it_asks(pages: FlaskClient, path: str) -> None:
    answer = pages.get(f"/id{path}?tab=cheapest&{SEARCH}&gclid=1")
    head = Head(answer.text)
    assert answer.headers["X-Robots-Tag"] == "noindex" and head.robots == ["noindex"]
    (canonical,) = head.canonical
    assert canonical.startswith(f"{HOST}/id{path}?in=DPS&") and "gclid" not in canonical and "tab" not in canonical
    assert head.alternates["en"] == canonical.replace("/id/", "/en/")
    again = Head(pages.get(canonical.removeprefix(HOST)).text)
    assert again.canonical == [canonical]


@pytest.mark.parametrize("address", ["/id/trips?in=XXX", "/id/trips/it-none?" + SEARCH, "/id/places/nowhere"])
def test_what_is_wrong_or_gone_goes_by_no_address(pages: FlaskClient, address: str) -> None:
    answer = pages.get(address)
    assert answer.status_code >= 400
    assert not Head(answer.text).canonical


def test_a_trip_says_its_own_whole_address_to_others(pages: FlaskClient) -> None:
    page = pages.get(f"/id/trips/it-best?{SEARCH}").text
    (canonical,) = Head(page).canonical
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    assert data["url"] == canonical and data["inLanguage"] == "id"
    assert f'property="og:url" content="{canonical}"'.replace("&", "&amp;") in page
    assert pages.get(data["url"].removeprefix(HOST)).status_code == 200
    route = pages.get("/id/routes/long-thread").text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', route)[1])  # type: ignore[index]
    assert data["url"] == f"{HOST}/id/routes/long-thread"


def test_no_link_of_a_page_leads_out_of_its_language(pages: FlaskClient) -> None:
    astray = {}
    for path in (
        "/", "/places", "/places/ubud", "/packages", "/packages/PK47", "/routes", "/routes/long-thread", "/seasons",
        "/events", "/about", "/offline", "/bookings", f"/?{SEARCH}", f"/trips?{SEARCH}", f"/trips/it-best?{SEARCH}",
        "/account/log-in", f"/trips?{SEARCH.replace('DPS', 'XXX')}", f"/trips?{SEARCH}&stop=moni", "/nowhere",
        f"/trips?{SEARCH}&stop=ubood",
    ):  # fmt: skip
        head = Head(pages.get(f"/id{path}").text)
        assert head.language == "id", path
        out = {one for one in head.paths if not one.startswith("/id/") and f"/{one.split('/')[1]}" not in SHARED}
        astray |= {path: out} if out else {}
    assert astray == {}


@pytest.mark.parametrize("prefix", ["", "/en", "/id"])
def test_robots_keep_out_of_secrets_and_of_what_is_dear_and_may_read_the_rest(pages: FlaskClient, prefix: str) -> None:
    answer = pages.get("/robots.txt")
    assert answer.mimetype == "text/plain" and f"Sitemap: {HOST}/sitemap.xml" in answer.text.splitlines()
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    for secret in ("/bookings/LTS-1/abc", "/checkout/it-1", "/plans/abc", "/look/abc", "/answer/abc", "/account/home"):
        assert not robots.can_fetch("*", HOST + prefix + secret), secret
    assert not robots.can_fetch("*", f"{HOST}{prefix}/trips?{SEARCH}")
    for path in ("/", "/places/ubud", "/trips/it-best?" + SEARCH, "/routes/long-thread", "/events?month=2027-04"):
        assert robots.can_fetch("*", HOST + prefix + path), path
    assert f"Disallow: {prefix}/routes/*/plan" in answer.text.splitlines()
    assert f"Disallow: {prefix}/trips/day?" in answer.text.splitlines()
    assert not robots.can_fetch("*", f"{HOST}/desk/orders/")


def test_addresses_are_those_of_the_public_site(make_app, asked_of_the_planner) -> None:  # type: ignore[no-untyped-def]
    client = make_app(SITE_URL="https://lintas.test").test_client()
    assert "https://lintas.test/sitemap.xml" in client.get("/robots.txt").text
    assert all(address.startswith("https://lintas.test/") for address in listed(client))
    page = client.get("/id/about", base_url="http://localhost").text
    assert Head(page).canonical == ["https://lintas.test/id/about"]


def test_files_are_the_same_for_all_languages(pages: FlaskClient) -> None:
    addresses = [
        {one for one in Head(pages.get(path).text).paths if one.startswith("/static/")} for path in ("/en/", "/id/")
    ]
    assert addresses[0] == addresses[1] and addresses[0]
    assert "static" in WITHOUT_LANGUAGE


@pytest.mark.parametrize(
    ("path", "language", "start"), [("/id/", "id", "/id/"), ("/en/", "en", "/en/"), ("/", "en", "/")]
)
def test_the_app_is_one_and_begins_in_the_reader_s_language(
    pages: FlaskClient, path: str, language: str, start: str
) -> None:
    address = re.search(r'rel="manifest" href="([^"]+)"', pages.get(path).text)[1]  # type: ignore[index]
    told = pages.get(address).json
    assert told is not None
    assert (told["id"], told["scope"], told["start_url"], told["lang"]) == ("/", "/", start, language)
    assert pages.get(told["shortcuts"][0]["url"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "word"), [("/id/events.ics?lang=en", "Acara"), ("/en/events.ics?lang=id", "Events")]
)
def test_a_calendar_speaks_the_language_of_its_address(pages: FlaskClient, address: str, word: str) -> None:
    assert f"X-WR-CALNAME:{word}" in pages.get(address).text
