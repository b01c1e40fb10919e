"""An agency's prices stand on what the parts of a plan cost for each size of party, and on no other parts."""

from datetime import date
from typing import Any

from planner.booking.agency_price import CONTRACT, PUBLIC, Terms, price_trip_for
from planner.design.designer import Designer
from planner.flow.price_for_agency import costs_of, heads_of, price_slabs
from planner.flow.services import Services
from planner.store.agency_rates import AgencyRate
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


def half_off(product_id: str) -> AgencyRate:
    return AgencyRate(
        id=1, product_id=product_id, off_bp=5_000, valid_from=date(2027, 1, 1), valid_until=date(2028, 1, 1)
    )


def test_a_part_with_a_contract_costs_what_the_contract_says_and_the_others_do_not_change(trip: Trip) -> None:
    _, itinerary = trip
    house = next(number for number, item in enumerate(itinerary["items"]) if item["kind"] == "stay")
    rate = half_off(itinerary["items"][house]["product_id"])
    public, agreed = ({cost.key: cost for cost in costs_of(itinerary, rates)} for rates in ((), (rate,)))
    assert public.keys() == agreed.keys() and {cost.origin for cost in public.values()} == {PUBLIC}
    one = agreed[str(house)]
    assert (one.origin, one.net, one.rooms) == (CONTRACT, -(-public[str(house)].net // 2), public[str(house)].rooms)
    assert {key for key in agreed if agreed[key] != public[key]} >= {str(house)}
    assert all(cost.origin == PUBLIC for key, cost in agreed.items()
               if itinerary["items"][int(key)].get("product_id") != rate.product_id)  # fmt: skip


def test_other_parties_have_the_contract_s_price_too(services: Services, trip: Trip) -> None:
    rates = [half_off(item["product_id"]) for item in trip[1]["items"] if item["kind"] in ("stay", "package")]
    for public, agreed in zip(
        price_slabs(*trip, [2, 4], TERMS, services), price_slabs(*trip, [2, 4], TERMS, services, rates), strict=True
    ):
        assert public.price and agreed.price and agreed.price.net < public.price.net
