"""The agency itself: who it is, who works there, how prices are made, what clients agree to. Only owners change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from planner.agents import words
from planner.agents.reading import basis_points, whole
from planner.errors import Conflict, Invalid
from planner.flow import dress_agency, run_agency
from planner.flow.run_agency import Card
from planner.store import agencies, logos
from planner.store.agencies import OWNER, WORKS
from planner.web import rate_words
from planner.web.accounts import signed_in_as
from planner.web.limits import BOOKING, READING, limiter
from planner.web.services import services

pages = Blueprint("house", __name__)
CARD = ("name", "licence", "email", "phone")


def _by_owners(act: Callable[..., None]) -> Callable[..., Any]:
    """Let owners act; what is wrong stands at its field, with all that was typed."""

    @wraps(act)
    def done(**values: Any) -> Any:
        if g.member.work != OWNER:
            return _house({"": str(words.WRONG["only_owners"])}), 403
        try:
            act(**values)
        except (Invalid, Conflict) as refused:
            return _house(words.at_fields(refused), request.form), 422
        return redirect(url_for("agents.house.show_house"), 303)

    return done


@pages.get("/")
@limiter.limit(READING)
def show_house() -> str:
    """The agency, its people, its prices and terms."""
    return _house({})


def _house(wrong: Mapping[str, str], typed: Mapping[str, str] | None = None) -> str:
    return render_template(
        "agents/house/show_house.html",
        agency=g.agency,
        me=g.member,
        is_owner=g.member.work == OWNER,
        people=agencies.list_members(g.agency.id),
        works={work: words.WORKS[work] for work in WORKS},
        steps=run_agency.STEPS,
        share=rate_words.share,
        wrong=wrong,
        typed=typed or {},
        words=words,
    )


@pages.post("/card")
@limiter.limit(BOOKING)
@_by_owners
def set_card() -> None:
    """Say who the agency is and where it is paid; its fields are called `card_...`, as others ask for addresses too."""
    given = {name: request.form.get(f"card_{name}", "") for name in (*CARD, "bank")}
    try:
        dress_agency.set_card(
            g.agency.id, Card(*(given[name] for name in CARD)), given["bank"], services(), signed_in_as()
        )
    except Invalid as refused:
        at_card = [Invalid(one.message, field=f"card_{one.field}", code=one.code) for one in refused.problems]
        raise Invalid(refused.message, gathered=at_card) from None


@pages.post("/logo")
@limiter.limit(BOOKING)
@_by_owners
def set_logo() -> None:
    """Show a picture as the agency's logo."""
    sent = request.files.get("logo")
    content = sent.stream.read(logos.MOST_BYTES + 1) if sent else b""
    dress_agency.set_logo(g.agency.id, content, services(), signed_in_as())


@pages.post("/logo/drop")
@limiter.limit(BOOKING)
@_by_owners
def drop_logo() -> None:
    """Show no logo."""
    dress_agency.drop_logo(g.agency.id, services(), signed_in_as())


@pages.post("/prices")
@limiter.limit(BOOKING)
@_by_owners
def set_prices() -> None:
    """Say how prices are made and what clients agree to."""
    run_agency.set_prices(
        g.agency.id, basis_points("markup"), whole("step"), whole("free_after"), request.form.get("terms", ""),
        services(), signed_in_as(),
    )  # fmt: skip


@pages.post("/people")
@limiter.limit(BOOKING)
@_by_owners
def invite() -> None:
    """Invite somebody by an address."""
    run_agency.invite(
        g.agency.id, request.form.get("email", ""), request.form.get("work", ""), services(), signed_in_as()
    )


@pages.post("/people/<int:member_id>/work")
@limiter.limit(BOOKING)
@_by_owners
def set_work(member_id: int) -> None:
    """Change what somebody does."""
    run_agency.set_work(g.agency.id, member_id, request.form.get("work", ""), services(), signed_in_as())


@pages.post("/people/<int:member_id>/let-go")
@limiter.limit(BOOKING)
@_by_owners
def let_go(member_id: int) -> None:
    """Take an invitation back, or let somebody go."""
    run_agency.let_go(g.agency.id, member_id, services(), signed_in_as())
