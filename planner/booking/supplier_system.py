"""A supplier's own booking system, as we reach it: an OCTO endpoint, our key there, and what it calls things."""

from __future__ import annotations

from collections.abc import Mapping
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
