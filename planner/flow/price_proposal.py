"""Price each option of a proposal as of now: what each part costs the agency, and what the client is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.booking.agency_price import CONTRACT, OWN, PUBLIC, Cost, Price, Terms, price_trip_for, shares_of
from planner.booking.agency_sale import Promise, sell
from planner.booking.contract_rate import contract_net
from planner.booking.quote import Line, Quote
from planner.flow.draft_proposal import Draft, Option
from planner.flow.price_for_agency import Slab, part_key, price_slabs
from planner.flow.price_trip import price_trip
from planner.flow.services import Services
from planner.store import agency_rates, trips
from planner.store.agency_rates import AgencyRate


@dataclass(frozen=True)
class Offer:
    """An option with its price. `quote` is that of now; `nets` is what each charged line costs the agency."""

    option: Option
    brief: Mapping[str, Any]
    itinerary: Mapping[str, Any]
    quote: Quote
    nets: Mapping[int, int]
    price: Price
    terms: Terms
    slabs: tuple[Slab, ...] = ()
    """What parties of other sizes would pay."""

    @property
    def blocked(self) -> tuple[Line, ...]:
        """The lines that cannot be sold now, each with its reason."""
        return self.quote.blocked

    def promised(self) -> dict[int, Promise]:
        """Return what each line is promised for, by its number."""
        shares = shares_of(self.price)
        return {number: Promise(net, shares[str(number)]) for number, net in self.nets.items()}

    def own_shares(self) -> dict[str, int]:
        """Return what the client pays of each own item, by its key."""
        shares = shares_of(self.price)
        return {item.key: shares[own_key(item.key)] for item in self.option.own}

    def shown_quote(self) -> Quote:
        """Return the quote that the client reads: parts at their shares."""
        own = [(item, self.own_shares()[item.key]) for item in self.option.own]
        return sell(self.quote, self.nets, self.promised(), own, self.terms.rate)


def own_key(key: str) -> str:
    """Name an own item among the parts of a price."""
    return f"{OWN}:{key}"


def nets_of(quote: Quote, rates: Sequence[AgencyRate]) -> dict[int, int]:
    """Return what each charged line costs an agency with its own rates, by number; whole rupiah."""
    found = {}
    for line in quote.lines:
        if line.is_charged:
            contract = contract_net(line.item, rates)
            found[line.number] = line.price if contract is None else contract
    return found


def terms_of(draft: Draft, services: Services) -> Terms:
    """Return how a draft is priced, with the rate of now."""
    return Terms(draft.markup_bp, services.rates.find_rate(draft.currency), draft.step, draft.free_after)


def price_options(agency_id: str, draft: Draft, services: Services, has_slabs: bool = False) -> list[Offer]:
    """Price every option of a draft; for parties of other sizes too, where asked: each of them is planned again."""
    rates, terms = agency_rates.list_approved(agency_id), terms_of(draft, services)
    offers = [_offer(option, rates, terms, services) for option in draft.options]
    return [replace(offer, slabs=_slabs(offer, draft, rates, services)) for offer in offers] if has_slabs else offers


def _slabs(offer: Offer, draft: Draft, rates: Sequence[AgencyRate], services: Services) -> tuple[Slab, ...]:
    sizes = [size for size in draft.sizes if size != offer.price.heads]
    own = [Cost(own_key(item.key), item.net, OWN) for item in offer.option.own]
    found = price_slabs(
        offer.brief, offer.itinerary, sizes, offer.terms, services, rates, own, offer.option.markups
    )  # fmt: skip
    return tuple(sorted([*found, Slab(offer.price.heads, offer.price)], key=lambda slab: slab.heads)) if sizes else ()


def _offer(option: Option, rates: Sequence[AgencyRate], terms: Terms, services: Services) -> Offer:
    trip = trips.get_trip(option.trip_id)
    version = trips.get_version(trip.id, trip.at)
    quote = price_trip(version.itinerary, version.brief, services)
    nets = nets_of(quote, rates)
    costs = [_cost(line, nets, option) for line in quote.lines if line.is_charged]
    costs += [Cost(own_key(item.key), item.net, OWN) for item in option.own]
    price = price_trip_for(costs, quote.party.heads, terms)
    return Offer(option, version.brief, version.itinerary, quote, nets, price, terms)


def _cost(line: Line, nets: Mapping[int, int], option: Option) -> Cost:
    net = nets[line.number]
    return Cost(
        str(line.number), net, CONTRACT if net != line.price else PUBLIC,
        rooms=int(line.item.get("rooms") or 0) if line.kind == "stay" else 0,
        markup_bp=option.markups.get(part_key(line.item)),
    )  # fmt: skip
