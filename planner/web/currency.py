"""Show prices in the traveller's currency beside the rupiah that are charged.

The cookie ``currency`` holds the choice; ``POST /preferences`` sets it, without a script. Without it, and with a
currency that is not shown, prices stand in rupiah alone: nothing is guessed from a language.
"""

from __future__ import annotations

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from planner.values.rates import CHARGED_IN, SHOWN, Rate
from planner.web import filters
from planner.web.services import services

COOKIE = "currency"
NAMES = {
    "IDR": _l("Indonesian rupiah"),
    "USD": _l("US dollar"),
    "EUR": _l("Euro"),
    "AUD": _l("Australian dollar"),
    "SGD": _l("Singapore dollar"),
}
SOURCES = {"ECB": _l("the European Central Bank’s reference rate")}


def chosen_currency() -> str:
    """Give the currency that prices are read in: one of ``SHOWN``."""
    wanted = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return wanted if wanted in SHOWN else CHARGED_IN


def chosen_rate() -> Rate | None:
    """Give the newest rate of the chosen currency; None where prices are read in rupiah alone."""
    found: Rate | None = services().rates.find_rate(chosen_currency())
    return found


def facts() -> dict[str, object]:
    """Give pages the choice and its rate; a page of an order puts the order's own ``rate`` in its place."""
    return {
        "currencies": NAMES,
        "currency": chosen_currency(),
        "rate": chosen_rate(),
        "rate_note": rate_note,
    }


def rate_note(rate: Rate, is_kept: bool = False) -> str:
    """Say what ``≈`` means: which rate, of which day, from where, and that it is not what is charged."""
    said = _in_words(rate)
    text = _("Amounts with ≈ are only a guide, at %(one)s = %(rupiah)s: %(source)s of %(day)s.", **said)
    if is_kept:
        text += " " + _("This trip keeps that rate.")
    return text + " " + _("You are charged in rupiah; your bank converts at its own rate.")


def reckoned_at(rate: Rate) -> str:
    """Say at which rate a price in another currency was reckoned."""
    return str(_("Reckoned at %(one)s = %(rupiah)s: %(source)s of %(day)s. Rupiah are charged.", **_in_words(rate)))


def _in_words(rate: Rate) -> dict[str, object]:
    return {
        "one": filters.signed("1", rate.currency),
        "rupiah": filters.money(round(rate.rupiah)),
        "source": SOURCES.get(rate.source, rate.source),
        "day": filters.full_day(rate.on),
    }
