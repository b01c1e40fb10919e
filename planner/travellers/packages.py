"""Days out and tours: what the programme is, when it runs, what it costs and how sure that is."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from planner.errors import NotFound
from planner.travellers.places import ISLAND_ORDER, island_of
from planner.web import chart, words
from planner.web.atlas import in_service

pages = Blueprint("packages", __name__)
A_PAGE = 24


class NoSuchPackage(NotFound):
    """No package has this id."""

    default_code = "no_such_package"


@pages.get("/packages")
def list_packages() -> str:
    """All packages, or those of one island, interest or length, a page at a time."""
    atlas = in_service()
    island, interest, length = (request.args.get(name, "") for name in ("island", "interest", "length"))
    found = []
    for thing in atlas.packages():
        facts = thing["lintas"]
        home = island_of(facts["island"])
        if island and home != island and island not in facts["island"]:
            continue
        if interest and interest not in facts["interests"]:
            continue
        if (length == "day" and facts["nights"]) or (length == "nights" and not facts["nights"]):
            continue
        found.append((thing["id"], facts, atlas.province(facts["start_id"])))
    last = max(1, -(-len(found) // A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), last)
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    return render_template(
        "travellers/packages/list_packages.html",
        packages=found[(page - 1) * A_PAGE : page * A_PAGE],
        count=len(found),
        page=page,
        last=last,
        asked=asked,
        island=island,
        interest=interest,
        length=length,
        islands=ISLAND_ORDER,
        words=words,
        atlas=atlas,
    )


@pages.get("/packages/<package_id>")
def show_package(package_id: str) -> str:
    """One package: programme, days, price with its basis, cancellation in words, rules, sources."""
    atlas = in_service()
    thing = atlas.products.get(package_id)
    if thing is None or thing["lintas"]["kind"] != "package":
        raise NoSuchPackage(package_id)
    facts = thing["lintas"]
    x, y = atlas.point(facts["start_id"]) or (0.0, 0.0)
    return render_template(
        "travellers/packages/show_package.html",
        thing=thing,
        facts=facts,
        atlas=atlas,
        words=words,
        x=x,
        y=y,
        window=chart.window_around(x, y),
        cloth=atlas.province(facts["start_id"]),
        rules=[atlas.rules[r] for r in facts["rule_ids"] if r in atlas.rules],
    )
