"""Say what a trip is in schema.org's words, for search engines and assistants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.travellers import trip_view
from planner.web import filters
from planner.web.atlas import Atlas

VEHICLES = {"flight": "Flight", "bus": "BusTrip", "shuttle": "BusTrip"}
BOATS = ("ferry", "fast_boat", "public_boat", "ship")


def tourist_trip(plan: Mapping[str, Any], atlas: Atlas, address: str) -> dict[str, Any]:
    """A TouristTrip with its places and legs; no offer, since an estimate is not for sale."""
    places = [{"@type": "TouristDestination", "name": atlas.name(place)} for place in trip_view.sleeping_places(plan)]
    parts = []
    for item in plan["items"]:
        if item["kind"] != "leg":
            continue
        kind = "BoatTrip" if item["mode"] in BOATS else VEHICLES.get(item["mode"], "Trip")
        parts.append(
            {
                "@type": kind,
                "departureTime": item["departs"],
                "arrivalTime": item["arrives"],
                "provider": {"@type": "Organization", "name": filters.say(item.get("operator"))},
                "name": f"{atlas.name(item['from_stop'])} – {atlas.name(item['to_stop'])}",
            }
        )
    return {
        "@context": "https://schema.org",
        "@type": "TouristTrip",
        "name": trip_view.title(plan, atlas),
        "url": address,
        "itinerary": {"@type": "ItemList", "itemListElement": places},
        "subTrip": parts,
    }
