"""An agency's prices stand on what the parts of a plan cost for each size of party, and on no other parts."""

from typing import Any

from planner.booking.agency_price import Terms, price_trip_for
from planner.design.designer import Designer
from planner.flow.price_for_agency import costs_of, heads_of, price_slabs
from planner.flow.services import Services
from tests.design.conftest import a_brief, catalogue, designer
from tests.flow.test_adjust_trip import services, trip

__all__ = ["catalogue", "designer", "services", "trip"]

Trip = tuple[dict[str, Any], dict[str, Any]]
TERMS = Terms(markup_bp=1500, step=10_000)


def test_parts_cost_what_the_site_charges_here_and_nothing_else_is_in(trip: Trip) -> None:
    _, itinerary = trip
    assert sum(cost.net for cost in costs_of(itinerary)) == itinerary["totals"]["pay_here"]["amount"]
    kinds = [(itinerary["items"][int(cost.key)]["kind"], cost.rooms) for cost in costs_of(itinerary)]
    assert {"stay", "package"} <= {kind for kind, _ in kinds} and "fee" not in dict(kinds)
    assert all(bool(rooms) == (kind == "stay") for kind, rooms in kinds)


def test_what_the_client_has_booked_is_not_in_the_price(services: Services, designer: Designer) -> None:
    nights = {"kind": "stay", "place_id": "gili-air", "check_in": "2027-04-08", "check_out": "2027-04-10"}
    brief = a_brief(booked=[nights])
    itinerary = designer.plan(designer.read(brief)).as_json()["itineraries"][0]
    booked = [number for number, item in enumerate(itinerary["items"]) if item.get("booked")]
    assert booked and not {str(number) for number in booked} & {cost.key for cost in costs_of(itinerary)}


def test_a_larger_party_pays_less_each_for_the_same_parts(services: Services, trip: Trip) -> None:
    two, four = price_slabs(*trip, [2, 4], TERMS, services)

    assert two.price == price_trip_for(costs_of(trip[1]), heads_of(trip[0]), TERMS)
    assert four.price is not None and four.price.heads == 4
    assert four.price.each.amount < two.price.each.amount
    assert four.price.each.amount % 10_000 == 0


def test_a_party_that_no_part_can_take_has_no_price(services: Services, trip: Trip) -> None:
    (crowd,) = price_slabs(*trip, [40], TERMS, services)
    assert crowd.price is None or crowd.gave_way
