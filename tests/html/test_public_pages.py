"""Pages that everybody may open are valid HTML, refusals and failures too, and a broken page would be found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from tests.browser.test_accessible_pages import PAGES, SEARCH
from tests.html.gathering import AGENCIES, HOUSES, MADE, SHOPS, Gathering, views_with_pages
from tests.html.judge import Judge, NoJudge
from tests.travellers.conftest import asked_of_the_planner, pages
from tests.travellers.test_builder import Maker, kept_with_an_account, maker

__all__ = ["asked_of_the_planner", "maker", "pages"]

MORE = (
    "/places",
    "/packages",
    "/events",
    "/offline",
    "/api/docs",
    f"/trips?{SEARCH}&tab=cheapest",
    f"/?{SEARCH}#search",
)
PLAN = "/routes/slow-east-bali/plan?on=2027-05-10&adults=2"


def test_public_pages_are_valid(pages: FlaskClient, gathering: Gathering, judge: Judge) -> None:
    gathering.open(pages, (*PAGES, *MORE))
    for currency in ("EUR", "IDR"):
        pages.set_cookie("currency", currency)
        gathering.open(pages, (f"/trips?{SEARCH}", f"/trips/it-best?{SEARCH}&in={currency}"))
    others = (*SHOPS, *HOUSES, *MADE, *AGENCIES)
    left_out = {one for one in views_with_pages(pages.application) if one.startswith(others)}
    assert views_with_pages(pages.application) - left_out - gathering.views == {"travellers.routes.plan_route"}
    judge.accept(gathering.pages)


@pytest.mark.slow
def test_pages_of_a_trip_in_the_making_are_valid(maker: Maker, gathering: Gathering, judge: Judge) -> None:
    look = maker.get(maker.address).text.partition('href="http://localhost/look/')[2].partition('"')[0]
    changes = [maker.links(do)[0] for do in ("drop_package", "drop_stop", "more_nights", "later")]
    for language in ("en", "id"):
        maker.client.set_cookie("lang", language)
        gathering.answer(f"{language} plan of a route", maker.client.get(PLAN, follow_redirects=True))
    lists = [maker.links(do, page)[-1] for do, page in (("n=", "ways"), ("on=", "tours"))]
    gathering.open(maker.client, (maker.address, f"/look/{look}", f"{maker.address}/checkout", *changes, *lists))
    mine = kept_with_an_account(maker)
    gathering.open(mine, ("/plans", f"{maker.address}/claim"))
    results = maker.get("/trips?in=DPS&in_on=2027-04-05&out=LBJ&out_on=2027-04-12&stop=gili-air&adults=2")
    gathering.answer("results", results)
    trip = results.text.partition('href="/trips/')[2].partition('"')[0].replace("&amp;", "&")
    gathering.open(maker.client, (f"/trips/{trip}", f"/checkout/{trip}"))
    assert gathering.views >= {one for one in views_with_pages(maker.app) if one.startswith(MADE)}
    judge.accept(gathering.pages)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429, 500, 503])
def test_pages_of_refusals_are_valid(
    make_app: Callable[..., Flask], gathering: Gathering, judge: Judge, status: int
) -> None:
    app = make_app()
    app.add_url_rule("/refuse", "refuse", lambda: abort(status))
    gathering.answer("refused", app.test_client().get("/refuse"))
    judge.accept(gathering.pages)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("<p>one<p>two</div>", "close-order"),
        ('<p id="twice">one</p><p id="twice">two</p>', "no-dup-id"),
        ("<ul><div>one</div></ul>", "element-permitted-content"),
        ('<input type="text" name="a" onclick="b()">', "input-missing-label"),
        ('<img src="/a.png">', "wcag/h37"),
        ('<p style="color: red">one</p>', "no-inline-style"),
        ('<p class="one" class="two">one</p>', "no-dup-attr"),
        ("<a href=/>one</b>", "close-order"),
    ],
)
def test_a_broken_page_is_found(pages: FlaskClient, judge: Judge, broken: str, rule: str) -> None:
    page = pages.get("/about").text
    found = judge.faults({"whole": page, "broken": page.replace("</main>", f"{broken}</main>")})
    assert list(found) == ["broken"]
    assert any(f" {rule}:" in fault for fault in found["broken"]), found


def test_who_has_no_judge_is_told_what_installs_it(tmp_path: Path) -> None:
    with pytest.raises(NoJudge, match="make test"):
        Judge(tmp_path)
