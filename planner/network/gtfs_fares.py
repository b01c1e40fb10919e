"""Reads what a feed says of fares: the old tables (`fare_attributes`) and the new (`fare_products`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from planner.network.gtfs_rows import Complaints, Table, index_ids, look_up, need_columns, to_amount


@dataclass(frozen=True)
class FareAttribute:
    """A fare of the old kind; `transfers` None means as many as you like."""

    fare_id: str
    price: Decimal
    currency: str
    is_paid_on_board: bool
    transfers: int | None
    rules: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class FareProduct:
    """A fare of the new kind for one rider category; `row` holds its extension columns too."""

    fare_product_id: str
    rider_category_id: str
    amount: Decimal
    currency: str
    row: Mapping[str, str]


@dataclass(frozen=True)
class FareLegRule:
    """Says that a product is valid on the routes of a network (or everywhere) between two areas."""

    network_id: str
    from_area_id: str
    to_area_id: str
    fare_product_id: str


@dataclass(frozen=True)
class FeedFares:
    """All fares of a feed; `network_of_route` joins routes to the legs' rules."""

    attributes: tuple[FareAttribute, ...] = ()
    products: tuple[FareProduct, ...] = ()
    leg_rules: tuple[FareLegRule, ...] = ()
    rider_categories: tuple[Mapping[str, str], ...] = ()
    network_of_route: Mapping[str, str] | None = None

    def list_products(self, route_id: str) -> list[FareProduct]:
        """List the products that a route's legs may be paid with."""
        network = (self.network_of_route or {}).get(route_id, "")
        ids = {rule.fare_product_id for rule in self.leg_rules if rule.network_id in ("", network)}
        return [product for product in self.products if product.fare_product_id in ids]


def read_fares(
    tables: Mapping[str, Table], routes: dict[str, int], zones: set[str], complaints: Complaints
) -> FeedFares:
    """Read and check both kinds of fares."""
    networks = _read_networks(tables, routes, complaints)
    categories = index_ids(tables["rider_categories"], "rider_category_id", complaints)
    return FeedFares(
        attributes=_read_attributes(tables, routes, zones, complaints),
        products=_read_products(tables["fare_products"], categories, complaints),
        leg_rules=_read_leg_rules(tables, set(networks.values()), complaints),
        rider_categories=tuple(tables["rider_categories"].rows()),
        network_of_route=networks,
    )


def _read_attributes(
    tables: Mapping[str, Table], routes: dict[str, int], zones: set[str], complaints: Complaints
) -> tuple[FareAttribute, ...]:
    fares, rules = tables["fare_attributes"], tables["fare_rules"]
    if len(fares) and not need_columns(
        fares, ("fare_id", "price", "currency_type", "payment_method", "transfers"), complaints
    ):
        return ()
    index = index_ids(fares, "fare_id", complaints)
    by_fare: dict[str, list[Mapping[str, str]]] = {}
    if len(rules) and need_columns(rules, ("fare_id",), complaints):
        look_up(rules, "fare_id", index, complaints, "fare")
        look_up(rules, "route_id", routes, complaints, "route", may_be_blank=True)
        for row, line in zip(rules.rows(), rules.lines, strict=True):
            for column in ("origin_id", "destination_id", "contains_id"):
                if row.get(column) and row[column] not in zones:
                    complaints.error(rules.name, line, f"{column} {row[column]} is no zone of a stop")
            by_fare.setdefault(row["fare_id"], []).append(row)
    found = []
    for row, line in zip(fares.rows(), fares.lines, strict=True):
        price = _check_money(fares, line, row["price"], row["currency_type"], complaints)
        for column, allowed in (("payment_method", ("0", "1")), ("transfers", ("", "0", "1", "2"))):
            if row[column] not in allowed:
                complaints.error(fares.name, line, f"{column} {row[column]} is not one of {', '.join(allowed)}")
        found.append(
            FareAttribute(
                row["fare_id"],
                price,
                row["currency_type"],
                row["payment_method"] == "0",
                int(row["transfers"]) if row["transfers"].isdecimal() else None,
                tuple(by_fare.get(row["fare_id"], ())),
            )
        )
    return tuple(found)


def _read_products(table: Table, categories: dict[str, int], complaints: Complaints) -> tuple[FareProduct, ...]:
    if not len(table) or not need_columns(table, ("fare_product_id", "amount", "currency"), complaints):
        return ()
    look_up(table, "rider_category_id", categories, complaints, "rider category", may_be_blank=True)
    found, seen = [], set()
    for row, line in zip(table.rows(), table.lines, strict=True):
        key = tuple(row.get(column, "") for column in ("fare_product_id", "rider_category_id", "fare_media_id"))
        if not key[0]:
            complaints.error(table.name, line, "fare_product_id is blank")
        elif key in seen:
            complaints.error(table.name, line, f"fare_product_id {key[0]} stands twice for the same riders")
        seen.add(key)
        amount = _check_money(table, line, row["amount"], row["currency"], complaints)
        found.append(FareProduct(key[0], key[1], amount, row["currency"], row))
    return tuple(found)


def _read_leg_rules(tables: Mapping[str, Table], networks: set[str], complaints: Complaints) -> tuple[FareLegRule, ...]:
    table = tables["fare_leg_rules"]
    if not len(table) or not need_columns(table, ("fare_product_id",), complaints):
        return ()
    products = {value: number for number, value in enumerate(tables["fare_products"].get("fare_product_id"))}
    areas = index_ids(tables["areas"], "area_id", complaints)
    named = {
        name: number
        for number, name in enumerate(
            sorted(networks | {name for name in tables["networks"].get("network_id") if name})
        )
    }
    look_up(table, "fare_product_id", products, complaints, "fare product")
    look_up(table, "network_id", named, complaints, "network", may_be_blank=True)
    for column in ("from_area_id", "to_area_id"):
        look_up(table, column, areas, complaints, "area", may_be_blank=True)
    return tuple(
        FareLegRule(
            row.get("network_id", ""), row.get("from_area_id", ""), row.get("to_area_id", ""), row["fare_product_id"]
        )
        for row in table.rows()
    )


def _read_networks(tables: Mapping[str, Table], routes: dict[str, int], complaints: Complaints) -> dict[str, str]:
    """Join each route to its network, said in routes.txt or in route_networks.txt, not in both."""
    table = tables["route_networks"]
    in_routes = {
        route: network
        for route, network in zip(tables["routes"].get("route_id"), tables["routes"].get("network_id"), strict=True)
        if network
    }
    if not len(table):
        return in_routes
    if in_routes:
        complaints.error("routes.txt", 1, "names networks although route_networks.txt does so")
    if not need_columns(table, ("network_id", "route_id"), complaints):
        return {}
    index = index_ids(tables["networks"], "network_id", complaints)
    look_up(table, "network_id", index, complaints, "network")
    look_up(table, "route_id", routes, complaints, "route")
    index_ids(table, "route_id", complaints)
    return dict(zip(table.get("route_id"), table.get("network_id"), strict=True))


def _check_money(table: Table, line: int, amount: str, currency: str, complaints: Complaints) -> Decimal:
    value = to_amount(amount)
    if value is None:
        complaints.error(table.name, line, f"{amount or 'a blank'} is no amount of money")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        complaints.error(table.name, line, f"{currency or 'a blank'} is no currency code")
    return value if value is not None else Decimal(0)
