"""Rates that the agency has by contract: everybody looks, owners ask for one or take one back; staff approve.

list_rates -> ask -> (the desk approves) -> list_rates -> withdraw
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from planner.agents import words
from planner.agents.reading import basis_points, rupiah
from planner.errors import Conflict, Invalid
from planner.flow import keep_rates
from planner.flow.keep_rates import OnOffer, Wanted
from planner.store import agency_rates
from planner.store.agencies import OWNER
from planner.store.agency_rates import APPROVED, ASKED
from planner.web import rate_words
from planner.web.accounts import signed_in_as
from planner.web.atlas import in_service
from planner.web.limits import BOOKING, READING, limiter
from planner.web.services import services

pages = Blueprint("rates", __name__, url_prefix="/rates")


@pages.get("/")
@limiter.limit(READING)
def list_rates() -> str:
    """The agency's rates, and the form for another."""
    return _page({}, {})


def _page(typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    offers, atlas = keep_rates.list_on_offer(services()), in_service()
    today = services().clock.today()
    rows = [
        (rate, _name(rate.product_id, offers), offers.get(rate.product_id), rate.valid_until <= today)
        for rate in agency_rates.list_rates(g.agency.id)
    ]
    return render_template(
        "agents/rates/list_rates.html",
        agency=g.agency,
        rows=rows,
        names=sorted((rate_words.name_of(one, atlas), one) for one in offers.values()) if _is_owner() else [],
        is_owner=_is_owner(),
        may_withdraw=(ASKED, APPROVED),
        said=rate_words,
        words=words,
        typed=typed,
        wrong=wrong,
    )


def _is_owner() -> bool:
    return bool(g.member.work == OWNER)


def _name(product_id: str, offers: Mapping[str, OnOffer]) -> str:
    return rate_words.name_of(offers[product_id], in_service()) if product_id in offers else product_id


@pages.post("/")
@limiter.limit(BOOKING)
def ask() -> Any:
    """Ask for a rate; what is wrong stands at its field, with all that was typed."""
    if not _is_owner():
        return _page({}, {"": str(words.WRONG["only_owners"])}), 403
    given = request.form
    meant = _products(given.get("product", ""))
    wanted = Wanted(
        meant[0] if len(meant) == 1 else "",
        rupiah("amount") if given.get("amount", "").strip() else None,
        basis_points("off") if given.get("off", "").strip() else None,
        given.get("contract", ""),
        _day("from"),
        _day("until", later_by=1),
    )
    try:
        keep_rates.ask_rate(g.agency.id, wanted, services(), signed_in_as())
    except Invalid as refused:
        several = {"product": str(words.WRONG["many_products"])} if len(meant) > 1 else {}
        return _page(given, {**words.at_fields(refused), **several}), 422
    return redirect(url_for("agents.rates.list_rates"), 303)


def _products(typed: str) -> list[str]:
    """Return the products that a text may mean: the one of this name, else all that have it in their names.

    The English name is known in every language.
    """
    text, atlas = typed.strip().casefold(), in_service()
    if not text:
        return []
    named: dict[str, str] = {}
    for one in keep_rates.list_on_offer(services()).values():
        place = atlas.name(one.place_id)
        named |= dict.fromkeys((f"{one.title}, {place}".casefold(), rate_words.name_of(one, atlas).casefold()), one.id)
    if text in named:
        return [named[text]]
    return sorted({product_id for name, product_id in named.items() if text in name})


def _day(name: str, later_by: int = 0) -> date | None:
    """Read a day, or one that is some days later; None where it is none."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip()) + timedelta(days=later_by)
    except (ValueError, OverflowError):
        return None


@pages.post("/<int:rate_id>/withdraw")
@limiter.limit(BOOKING)
def withdraw(rate_id: int) -> Any:
    """Take a rate back."""
    if not _is_owner():
        return _page({}, {"": str(words.WRONG["only_owners"])}), 403
    try:
        keep_rates.withdraw_rate(g.agency.id, rate_id, services(), signed_in_as())
    except Conflict as refused:
        return _page({}, {"": words.say(refused)}), 409
    return redirect(url_for("agents.rates.list_rates"), 303)
