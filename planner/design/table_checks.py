"""Checks a catalogue before it is loaded: every id once, every link to something there, every number a number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.design import ready_routes
from planner.design.tables import Tables
from planner.errors import Invalid

CONFIDENCES = frozenset({"verified", "typical", "estimated"})
EFFECTS = frozenset({"forbid", "fee", "quota", "require", "connection", "price", "warn", "policy", "context"})
KEYS = {
    "places": ("place_id",),
    "hubs": ("hub_id",),
    "transfers": ("route_id",),
    "fare_groups": ("fare_group",),
    "rules": ("rule_id",),
    "events": ("event_id",),
    "closures": ("event_id",),
    "weather": ("area_id", "month"),
}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class TableError:
    """What is wrong with which row of which file."""

    file: str
    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.row}: {self.reason}" if self.row else f"{self.file}: {self.reason}"


class CatalogueRefused(Invalid):
    """The catalogue does not hold together; `errors` says where."""

    default_code = "catalogue_refused"

    def __init__(self, errors: Iterable[TableError]) -> None:
        self.errors = tuple(errors)
        first = "; ".join(map(str, self.errors[:3]))
        super().__init__(
            f"{len(self.errors)} errors in the catalogue: {first}",
            params={"count": len(self.errors)},
            gathered=[
                Invalid(str(error), code="catalogue_error", field=error.file, params={"row": error.row})
                for error in self.errors
            ],
        )


def check_tables(tables: Tables) -> list[TableError]:
    """List everything that is wrong with a catalogue; an empty list means that it may be loaded."""
    return [
        *_check_rows(tables),
        *_check_links(tables),
        *_check_rules(tables),
        *_check_products(tables),
        *_check_routes(tables),
    ]


def _check_rows(tables: Tables) -> Iterator[TableError]:
    for name, keys in KEYS.items():
        seen = set()
        for number, row in enumerate(getattr(tables, name)):
            missing = [key for key in (*keys, "source", "confidence") if key not in row]
            if missing:
                yield TableError(f"{name}.csv", f"row {number + 1}", f"lacks {', '.join(missing)}")
                continue
            key = " ".join(row[column] for column in keys)
            if None in row.values() or None in row:
                yield TableError(f"{name}.csv", key, "has more or fewer values than the header has columns")
            if not key.strip():
                yield TableError(f"{name}.csv", f"row {number + 1}", "has no id")
            if key in seen:
                yield TableError(f"{name}.csv", key, "stands twice")
            seen.add(key)
            if row["confidence"] not in CONFIDENCES:
                yield TableError(f"{name}.csv", key, f"confidence {row['confidence']} is not known")
            if not row["source"]:
                yield TableError(f"{name}.csv", key, "names no source")


def _check_links(tables: Tables) -> Iterator[TableError]:
    places = _ids(tables.places, "place_id")
    hubs = _ids(tables.hubs, "hub_id")
    rules, groups = _ids(tables.rules, "rule_id"), _ids(tables.fare_groups, "fare_group")
    links: tuple[tuple[str, str, str, set[str]], ...] = (
        ("places", "place_id", "gateway_hub", hubs),
        ("hubs", "hub_id", "place_id", places),
        ("transfers", "route_id", "from_id", places | hubs),
        ("transfers", "route_id", "to_id", places | hubs),
        ("transfers", "route_id", "fare_group", groups),
        ("transfers", "route_id", "rule_ids", rules),
        ("events", "event_id", "place_ids", places),
        ("events", "event_id", "rule_id", rules),
    )
    for name, key, column, known in links:
        for row in getattr(tables, name):
            for value in filter(None, (row.get(column) or "").split(";")):
                if value not in known:
                    yield TableError(f"{name}.csv", row.get(key, ""), f"{column} {value} is not known")


def _check_rules(tables: Tables) -> Iterator[TableError]:
    for row in tables.rules:
        if row.get("effect") not in EFFECTS:
            yield TableError("rules.csv", row.get("rule_id", ""), f"effect {row.get('effect')} is not known")
        try:
            machine = json.loads(row.get("machine_rule") or "")
        except ValueError:
            machine = None
        if not isinstance(machine, dict) or "type" not in machine:
            yield TableError("rules.csv", row.get("rule_id", ""), "machine_rule is no JSON object with a type")


def _check_products(tables: Tables) -> Iterator[TableError]:
    places = _ids(tables.places, "place_id")
    known: dict[str, set[str]] = {
        "place_id": places,
        "start_id": places | _ids(tables.hubs, "hub_id"),
        "end_id": places | _ids(tables.hubs, "hub_id"),
        "visits": places,
        "rule_ids": _ids(tables.rules, "rule_id"),
        "event_peaks": _ids(tables.events, "event_id"),
    }
    suppliers = [item.get("id") for item in tables.suppliers]
    for supplier_id in sorted({str(item) for item in suppliers if suppliers.count(item) > 1}):
        yield TableError("suppliers.json", supplier_id, "stands twice")
    seen: set[str] = set()
    for product in tables.products:
        product_id = str(product.get("id", ""))
        if product_id in seen:
            yield TableError("products.json", product_id, "stands twice")
        seen.add(product_id)
        yield from _check_product(product, product_id, set(map(str, suppliers)), known)


def _check_routes(tables: Tables) -> Iterator[TableError]:
    about = ready_routes.known(tables.places, tables.hubs, tables.products)
    seen: set[str] = set()
    for number, row in enumerate(tables.routes):
        slug = str(row.get("slug") or f"route {number + 1}") if isinstance(row, Mapping) else f"route {number + 1}"
        if slug in seen:
            yield TableError("routes.json", slug, "stands twice")
        seen.add(slug)
        yield from (TableError("routes.json", slug, wrong) for wrong in ready_routes.wrongs(row, about))


def _check_product(
    product: Mapping[str, Any], product_id: str, suppliers: set[str], known: Mapping[str, set[str]]
) -> Iterator[TableError]:
    def wrong(reason: str) -> TableError:
        return TableError("products.json", product_id, reason)

    facts = product.get("lintas")
    if not isinstance(facts, dict) or facts.get("kind") not in ("package", "stay") or not product.get("options"):
        yield wrong("is neither a package nor a stay with an option")
        return
    if product.get("supplierId") not in suppliers:
        yield wrong(f"supplier {product.get('supplierId')} is not known")
    for field, ids in known.items():
        values = facts.get(field) or []
        for value in [values] if isinstance(values, str) else values:
            if value not in ids:
                yield wrong(f"{field} {value} is not known")
    for field, is_right in _NUMBERS[facts["kind"]].items():
        value = facts.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or not is_right(value):
            yield wrong(f"{field} {value} makes no sense")
    if isinstance(facts.get("price_low"), int) and facts["price_low"] > facts.get("price_high", 0):
        yield wrong("price_low is above price_high")
    for option in product["options"]:
        for clock in option.get("availabilityLocalStartTimes") or [""]:
            if not _CLOCK.fullmatch(clock):
                yield wrong(f"start time {clock or 'none'} is no time of day")
        if not option.get("units"):
            yield wrong("has nothing to sell: no unit")


_NUMBERS: dict[str, dict[str, Callable[[int], bool]]] = {
    "package": {
        "price_low": lambda n: n >= 0,
        "price_high": lambda n: n >= 0,
        "duration_days": lambda n: n >= 1,
        "nights": lambda n: n >= 0,
        "min_pax": lambda n: n >= 1,
        "max_pax": lambda n: n >= 1,
        "daily_capacity": lambda n: n >= 0,
    },
    "stay": {
        "price_low": lambda n: n >= 0,
        "price_high": lambda n: n >= 0,
        "rooms": lambda n: n >= 0,
        "sleeps": lambda n: n >= 0,
    },
}


def _ids(rows: Iterable[Mapping[str, str]], column: str) -> set[str]:
    return {row[column] for row in rows if row.get(column)}
