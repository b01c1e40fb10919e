"""A supplier's own booking system, as we reach it: an OCTO endpoint, our key there, and what it calls things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SupplierSystem:
    """Where bookings of a supplier are made. The key is never shown.

    `ids` holds what the system calls what we call otherwise: of a product under our id of it, of options and units
    under `product/option` and `product/unit`. What is not in it has the same name on both sides.
    """

    endpoint: str
    key: str = field(repr=False)
    ids: Mapping[str, str] = field(default_factory=dict)

    def product(self, product_id: str) -> str:
        """Return its name of a product of ours."""
        return self.ids.get(product_id, product_id)

    def part(self, product_id: str, part_id: str) -> str:
        """Return its name of an option or a unit of a product of ours."""
        return self.ids.get(f"{product_id}/{part_id}", part_id)


@dataclass(frozen=True)
class Ours:
    """What we sell of a supplier, in our words: a product, its options and the kinds of places.

    `options` is empty where they are not to be named, as the departures of a route, which come and go.
    """

    id: str
    name: str
    options: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theirs:
    """A product that a system offers, with the units of each option."""

    id: str
    name: str
    options: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Visit:
    """What a system said when it was asked who it is and what it offers; `why` is empty where it answered."""

    why: str = ""
    name: str = ""
    products: tuple[Theirs, ...] = ()


def not_offered(ours: Sequence[Ours], system: SupplierSystem, visit: Visit) -> list[tuple[str, str]]:
    """List what a system does not offer under the names that we know: `product`, `option` or `unit`, and our name."""
    return [found for one in ours for found in _not_offered(one, system, visit)]


def _not_offered(one: Ours, system: SupplierSystem, visit: Visit) -> Iterator[tuple[str, str]]:
    theirs = next((each for each in visit.products if each.id == system.product(one.id)), None)
    if theirs is None:
        yield "product", one.id
        return
    for option in one.options:
        if system.part(one.id, option) not in theirs.options:
            yield "option", f"{one.id}/{option}"
    named = [theirs.options.get(system.part(one.id, option), frozenset()) for option in one.options]
    known = frozenset().union(*(named if any(named) else theirs.options.values()))
    for unit in one.units:
        if system.part(one.id, unit) not in known:
            yield "unit", f"{one.id}/{unit}"
