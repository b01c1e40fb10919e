"""Say what a trip is in schema.org's words, for search engines and assistants.

    TouristTrip --subTrip--> BoatTrip | Flight | BusTrip | Trip | TouristTrip (a tour) --offers--> Offer, if it is one
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.travellers.trip_sheet import is_any_carrier
from planner.web import filters, trip_view
from planner.web.atlas import Atlas

VEHICLES = {"flight": "Flight", "bus": "BusTrip", "shuttle": "BusTrip"}
BOATS = ("ferry", "fast_boat", "public_boat", "ship", "charter_boat", "liveaboard")
ENDS = {
    "BoatTrip": ("departureBoatTerminal", "arrivalBoatTerminal", "BoatTerminal"),
    "Flight": ("departureAirport", "arrivalAirport", "Airport"),
    "BusTrip": ("departureBusStop", "arrivalBusStop", "BusStop"),
}
"""The names of both ends of a kind of trip, and what such an end is."""

Item = Mapping[str, Any]


def tourist_trip(plan: Mapping[str, Any], atlas: Atlas, address: str) -> dict[str, Any]:
    """A TouristTrip with its places and parts; only a part whose price is firm and that is sold here has an offer."""
    places = [{"@type": "TouristDestination", "name": atlas.name(place)} for place in trip_view.sleeping_places(plan)]
    listed = [{"@type": "ListItem", "position": n, "item": place} for n, place in enumerate(places, start=1)]
    span = trip_view.days_of(plan)
    parts = [_part(i, atlas, address) for i in sorted(plan["items"], key=trip_view.begins) if _is_trip(i)]
    return {
        "@context": "https://schema.org",
        "@type": "TouristTrip",
        "name": trip_view.title(plan, atlas),
        "url": address,
        "inLanguage": filters.language(),
        "departureTime": span[0].isoformat(),
        "arrivalTime": span[-1].isoformat(),
        "itinerary": {"@type": "ItemList", "numberOfItems": len(places), "itemListElement": listed},
        "subTrip": parts,
    }


def _is_trip(item: Item) -> bool:
    """Tell what is a trip of its own: legs, tours, and ways that cost something; not a walk, a bed or a fee."""
    return item["kind"] in ("leg", "package") or (item["kind"] == "transfer" and item["price"]["amount"] > 0)


def is_offer(item: Item) -> bool:
    """Tell whether a part may be offered: it is sold here and its price is verified, one sum and not a range."""
    low = item.get("price_low") or item["price"]
    is_firm = item.get("confidence") == "verified" and low["amount"] == item["price"]["amount"]
    return bool(item["sold"] == "here" and is_firm and item["price"]["amount"])


def _part(item: Item, atlas: Atlas, address: str) -> dict[str, Any]:
    start, end = trip_view.ends_at(item)
    kind = _kind(item)
    part: dict[str, Any] = {
        "@type": kind,
        "name": trip_view.part_of(item, atlas).name,
        "departureTime": trip_view.begins(item),
        "arrivalTime": trip_view.ends(item),
    }
    if kind in ENDS:
        first, last, what = ENDS[kind]
        part[first], part[last] = _end(start, what, atlas), _end(end, what, atlas)
    if kind == "TouristTrip":
        visits = [{"@type": "TouristDestination", "name": atlas.name(place)} for place in item.get("visits") or ()]
        part["itinerary"] = visits
    elif item["kind"] == "leg" and not is_any_carrier(item):
        part["provider"] = {"@type": "Organization", "name": filters.say(str(item["operator"]))}
    if is_offer(item):
        part["offers"] = _offer(item, address)
    return part


def _kind(item: Item) -> str:
    if item["kind"] == "package":
        return "TouristTrip"
    mode = str(item["mode"])
    return "BoatTrip" if mode in BOATS else VEHICLES.get(mode, "Trip")


def _end(stop_id: str, what: str, atlas: Atlas) -> dict[str, Any]:
    end: dict[str, Any] = {"@type": what, "name": atlas.name(stop_id)}
    hub = atlas.hubs.get(stop_id)
    if what == "Airport" and hub:
        end["iataCode"] = stop_id
    row = atlas.places.get(stop_id) or hub
    if row:
        end["geo"] = {"@type": "GeoCoordinates", "latitude": float(row["lat"]), "longitude": float(row["lon"])}
    return end


def _offer(item: Item, address: str) -> dict[str, Any]:
    """An offer for the whole party; from the day on which its carrier begins to sell."""
    offer: dict[str, Any] = {
        "@type": "Offer",
        "price": item["price"]["amount"],
        "priceCurrency": item["price"]["currency"],
        "url": address,
    }
    if item.get("sales_open_on"):
        offer["validFrom"] = item["sales_open_on"]
        offer["availability"] = "https://schema.org/PreOrder"
    return offer
