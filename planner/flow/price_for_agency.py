"""Price a trip as an agency asks it of clients: for the party it was made for, and for parties of other sizes.

Each size is planned again around the same parts, since a car is shared and a tour may be full; where a size has no such
plan it has no price, and where parts had to change it says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    rates: Sequence[AgencyRate] = (), own: Sequence[Cost] = (), markups: Mapping[str, int] | None = None,
) -> list[Slab]:  # fmt: skip
    """Price a trip for adults in parties of several sizes, two to a room, with an agency's own rates.

    `own` is what the agency adds itself, the same for each size; `markups` are those of single parts, by `part_key`.
    """

    def price(planned: Mapping[str, Any], heads: int) -> Price:
        items = planned["items"]
        costs = [
            replace(cost, markup_bp=(markups or {}).get(part_key(items[int(cost.key)])))
            for cost in costs_of(planned, rates)
        ]
        return price_trip_for([*costs, *own], heads, terms)

    return [_slab(brief, itinerary, heads, price, services) for heads in sizes]


def part_key(item: Mapping[str, Any]) -> str:
    """Name a part so that it is known again after the trip was changed: what it is, and when it begins."""
    what = item.get("product_id") or item.get("trip_id") or item.get("route_id") or item.get("rule_id")
    begins = item.get("departs") or item.get("starts") or item.get("check_in") or item.get("on")
    return f"{what}@{str(begins)[:16]}"


def _slab(
    brief: Mapping[str, Any], itinerary: Mapping[str, Any], heads: int,
    price: Callable[[Mapping[str, Any], int], Price], services: Services,
) -> Slab:  # fmt: skip
    party = {**brief["party"], "adults": heads, "children": [], "rooms": -(-heads // PER_ROOM)}
    if party == {"children": [], "rooms": party["rooms"], **brief["party"]}:
        return Slab(heads, price(itinerary, heads))
    adjusted = adjust_trip(as_it_is({**brief, "party": party}, itinerary), services)
    if adjusted.itinerary is None:
        return Slab(heads, None)
    return Slab(heads, price(adjusted.itinerary, heads), adjusted.gave_way)
