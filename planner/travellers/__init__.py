"""The travellers' door: the pages on which people look for a trip and read it."""

from urllib.parse import unquote_plus

from flask import Blueprint

from planner.travellers import (
    about,
    adjusting,
    afloat,
    answers,
    bookings,
    builder,
    changes,
    checkout,
    events,
    found,
    logos,
    packages,
    places,
    planning,
    proposals,
    routes,
    seasons,
    taking,
)
from planner.web import chart, currency
from planner.web.atlas import in_service
from planner.web.logos import logo_address

__all__ = ["travellers"]

travellers = Blueprint("travellers", __name__)
LOOKING = (planning, builder, adjusting, taking, afloat, places, packages, routes, seasons, events, about, found, logos)
BUYING = (checkout, bookings, changes, answers, proposals)
for door in (*LOOKING, *BUYING):
    travellers.register_blueprint(door.pages)


travellers.context_processor(currency.facts)
travellers.after_request(found.hide_searches)


@travellers.app_template_filter("place_name")
def place_name(text: str) -> str:
    """A place's name for its id; anything else as it was typed."""
    return in_service().name(text) if text in in_service().places else text


@travellers.app_template_filter("unquote")
def unquote(text: str) -> str:
    """A value of a query string as it was meant."""
    return unquote_plus(text)


@travellers.app_context_processor
def found_by() -> dict[str, object]:
    """Give every page the addresses that it goes by."""
    return {"page_addresses": found.page_addresses}


@travellers.app_context_processor
def drawn_on_maps() -> dict[str, object]:
    """Give every map its volcanoes."""
    return {"volcanoes": chart.VOLCANOES}


@travellers.app_context_processor
def shown_of_agencies() -> dict[str, object]:
    """Give every page the addresses of logos."""
    return {"logo_address": logo_address}
