"""Price a trip as an agency asks it of clients: for the party it was made for, and for parties of other sizes.

Each size is planned again around the same parts, since a car is shared and a tour may be full; where a size has no such
plan it has no price, and where parts had to change it says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.booking.agency_price import CONTRACT, PUBLIC, Cost, Price, Terms, price_trip_for
from planner.booking.contract_rate import contract_net
from planner.design.edits import as_it_is
from planner.flow.adjust_trip import adjust_trip
from planner.flow.services import Services
from planner.store.agency_rates import AgencyRate

SOLD = "here"
"""How a part is sold that belongs to the agency's price; what is paid on the spot or arranged oneself does not."""
PER_ROOM = 2


@dataclass(frozen=True)
class Slab:
    """The price for a party of `heads`; None where no such plan exists. `gave_way` names parts that had to change."""

    heads: int
    price: Price | None
    gave_way: tuple[Mapping[str, Any], ...] = ()


def costs_of(itinerary: Mapping[str, Any], rates: Sequence[AgencyRate] = ()) -> list[Cost]:
    """Return what each part that is sold here costs; its key is the number of the item, counted from 0.

    `rates` are those of the agency that were approved: a part costs what its contract says where one holds.
    """
    return [
        _cost(number, item, rates)
        for number, item in enumerate(itinerary["items"])
        if item["sold"] == SOLD and not item.get("booked")
    ]


def _cost(number: int, item: Mapping[str, Any], rates: Sequence[AgencyRate]) -> Cost:
    contract, rooms = contract_net(item, rates), int(item.get("rooms") or 0)
    if contract is None:
        return Cost(str(number), int(item["price"]["amount"]), PUBLIC, rooms)
    return Cost(str(number), contract, CONTRACT, rooms)


def heads_of(brief: Mapping[str, Any]) -> int:
    """Return how many travel."""
    party = brief["party"]
    return int(party["adults"]) + len(party.get("children") or ())


def price_slabs(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], sizes: Iterable[int], terms: Terms, services: Services,
    rates: Sequence[AgencyRate] = (),
) -> list[Slab]:  # fmt: skip
    """Price a trip for adults in parties of several sizes, two to a room, with an agency's own rates."""
    return [_slab(brief, itinerary, heads, terms, services, rates) for heads in sizes]


def _slab(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], heads: int, terms: Terms, services: Services,
    rates: Sequence[AgencyRate],
) -> Slab:  # fmt: skip
    party = {**brief["party"], "adults": heads, "children": [], "rooms": -(-heads // PER_ROOM)}
    if party == {"children": [], "rooms": party["rooms"], **brief["party"]}:
        return Slab(heads, price_trip_for(costs_of(itinerary, rates), heads, terms))
    adjusted = adjust_trip(as_it_is({**brief, "party": party}, itinerary), services)
    if adjusted.itinerary is None:
        return Slab(heads, None)
    return Slab(heads, price_trip_for(costs_of(adjusted.itinerary, rates), heads, terms), adjusted.gave_way)
