"""Say what a ready-made route is in schema.org's words, for search engines and assistants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.design.ready_routes import ReadyRoute, Words
from planner.web import filters, words
from planner.web.atlas import Atlas


def tourist_trip(given: ReadyRoute, atlas: Atlas, say: Callable[[Words], str], address: str) -> dict[str, Any]:
    """A ready-made route as a TouristTrip: its places in order, its tours as parts; no offer, for nothing is priced."""
    return {
        "@context": "https://schema.org",
        "@type": "TouristTrip",
        "name": say(given.name),
        "description": say(given.text),
        "url": address,
        "touristType": [str(words.INTERESTS[wish]) for wish in given.interests if wish in words.INTERESTS],
        "itinerary": {
            "@type": "ItemList",
            "numberOfItems": len(given.stops),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": number,
                    "item": {
                        "@type": "TouristDestination",
                        "name": atlas.name(stop.place_id),
                        "description": say(stop.text),
                    },
                }
                for number, stop in enumerate(given.stops, 1)
            ],
        },
        "subTrip": [
            {"@type": "TouristTrip", "name": filters.say(atlas.product_name(package))} for package in given.packages
        ],
    }
