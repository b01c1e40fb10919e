"""What the events of a place make of a night there: crowds cost worth, a festival that one came to see earns it.

Only events with places of their own count. One that touches everybody everywhere, a summer or a school holiday, is no
reason to sleep here rather than there; the prices and rules of such days are counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from planner.design.catalogue import Catalogue, Event

CROWD_COST = (0, 15, 40, 80)
"""Hundredths of a point that a night loses to crowding 0 to 3; a night is worth 80 to 180 before all wishes."""
WATCHED = 100
"""Hundredths of a point for each step of interest, shared out among the days of the event: a day's procession is worth
a detour, any one day of a season is not."""
INTEREST = {
    "culture": "culture",
    "religious": "culture",
    "weaving": "weaving",
    "food": "food",
    "coffee": "coffee",
    "surf": "surf",
}
"""The interest that a kind of event serves; holidays, seasons and sport serve none that a traveller can name."""


def may_be_watched(catalogue: Catalogue, event: Event) -> bool:
    """Tell whether visitors go and see an event: people do, and no rule shuts the doors for it (as on Nyepi)."""
    rules = filter(None, event.row["rule_id"].split(";"))
    return (
        event.kind in INTEREST
        and int(event.row["crowding_0_3"]) > 0
        and not any(catalogue.rules[rule_id]["effect"] == "forbid" for rule_id in rules)
    )


def worth_of_day(catalogue: Catalogue, event: Event, span: tuple[date, date], wishes: Mapping[str, int]) -> int:
    """Return what one day of an event adds to a night there, in hundredths of a point: below 0 where it only crowds."""
    interest = wishes.get(INTEREST.get(event.kind, ""), 0)
    if interest and may_be_watched(catalogue, event):
        return WATCHED * interest // ((span[1] - span[0]).days + 1)
    return -CROWD_COST[int(event.row["crowding_0_3"])]


def worth_of_nights(
    catalogue: Catalogue, wishes: Mapping[str, int], names: Sequence[str], days: Sequence[date]
) -> np.ndarray:
    """Return (days, names) hundredths of a point for the night of each day at each place.

    Of several events the best to watch counts, less the worst crowd.
    """
    earned = np.zeros((len(days), len(names)), np.int64)
    lost = np.zeros_like(earned)
    node_of = {name: i for i, name in enumerate(names)}
    for event in catalogue.events.values():
        here = [node_of[place] for place in event.place_ids if place in node_of]
        for first, last in event.spans:
            a, b = max(0, (first - days[0]).days), min(len(days), (last - days[0]).days + 1)
            if here and a < b:
                worth = worth_of_day(catalogue, event, (first, last), wishes)
                earned[a:b, here] = np.maximum(earned[a:b, here], worth)
                lost[a:b, here] = np.minimum(lost[a:b, here], worth)
    return earned + lost
