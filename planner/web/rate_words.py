"""Say what is on offer and what an agency pays for it by contract, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from planner.flow.keep_rates import GROUP, PERSON, ROOM_NIGHT, OnOffer
from planner.store.agency_rates import AgencyRate
from planner.web import filters
from planner.web.atlas import Atlas


def name_of(offer: OnOffer, atlas: Atlas) -> str:
    """Name a product and where it is; no two have one name."""
    return f"{filters.say(offer.title)}, {atlas.name(offer.place_id)}"


def each_of(amount: int, unit: str) -> str:
    """Say an amount for each unit: `IDR 900,000 a person`."""
    shown = filters.money(amount)
    if unit == PERSON:
        return _("%(amount)s a person", amount=shown)
    if unit == GROUP:
        return _("%(amount)s a group", amount=shown)
    if unit == ROOM_NIGHT:
        return _("%(amount)s a room and night", amount=shown)
    return _("%(amount)s for each unit", amount=shown)


def share(basis_points: int) -> str:
    """Say hundredths of a per cent: `12.5 %`."""
    return _("%(number)s %%", number=filters.number(basis_points / 100, "0.##")).replace(" ", "\u00a0")


def what_of_rate(rate: AgencyRate, offer: OnOffer | None) -> str:
    """Say what a rate comes to."""
    if rate.amount is None:
        return _("%(share)s off the public price", share=share(rate.off_bp or 0))
    return each_of(rate.amount, offer.unit if offer else "")


def span_of(rate: AgencyRate) -> str:
    """Say from when to when a rate holds, both days in it."""
    return filters.span(rate.valid_from, rate.valid_until - timedelta(days=1))
