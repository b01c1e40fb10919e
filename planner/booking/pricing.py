"""What an item of a plan costs today: the same sums as in the plan, on the catalogue and timetable now in service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.design.catalogue import Catalogue
from planner.design.costs import nights_cost, package_cost, package_fits
from planner.network.snapshot import Timetable
from planner.network.transfers import hire
from planner.values.parties import Party
from planner.values.times import WITA

PRICED = ("leg", "transfer", "package", "stay")


@dataclass(frozen=True)
class Price:
    """The two ends of what a party pays, and what the high end is made of (`what`, `count`, `amount` each)."""

    high: int
    low: int
    quantity: tuple[Mapping[str, Any], ...] = ()


def price_today(item: Mapping[str, Any], party: Party, catalogue: Catalogue, timetable: Timetable) -> Price | None:
    """Return what an item costs now, in whole rupiah for the party; None where it is no longer on offer.

    Fees and what the traveller booked alone keep the price of the plan: nobody sells them here.
    """
    kind = item["kind"]
    if item.get("booked"):
        return Price(0, 0, ())
    if kind == "leg":
        return _leg(item, party, timetable)
    if kind == "transfer":
        return _transfer(item, party, catalogue)
    if kind == "package":
        return _package(item, party, catalogue)
    if kind == "stay" and item.get("product_id"):
        return _stay(item, catalogue)
    return Price(item["price"]["amount"], item.get("price_low", item["price"])["amount"], tuple(item["quantity"]))


def _leg(item: Mapping[str, Any], party: Party, timetable: Timetable) -> Price | None:
    if item["trip_id"] not in timetable.trip_ids:
        return None
    trip = timetable.trip_ids.index(item["trip_id"])
    if not _departs(timetable, trip, item):
        return None
    lines = timetable.fares.lines(item["route_id"], party)
    if not lines:
        return None
    quantity = tuple({"what": x.band, "count": x.count, "amount": x.each.high} for x in lines)
    return Price(sum(x.count * x.each.high for x in lines), sum(x.count * x.each.low for x in lines), quantity)


def _departs(timetable: Timetable, trip: int, item: Mapping[str, Any]) -> bool:
    """Tell whether a trip still runs on its date and leaves its stop when the plan says."""
    day = date.fromisoformat(item["service_date"])
    if item["from_stop"] not in timetable.stop_ids or not timetable.running(day)[int(timetable.trip_service[trip])]:
        return False
    midnight = datetime.combine(day, datetime.min.time(), WITA)
    dep_s = int((datetime.fromisoformat(item["departs"]) - midnight).total_seconds())
    hops = timetable.trip == trip
    stop = timetable.stop_ids.index(item["from_stop"])
    return bool(((timetable.dep_s[hops] == dep_s) & (timetable.board[hops] == stop)).any())


def _transfer(item: Mapping[str, Any], party: Party, catalogue: Catalogue) -> Price | None:
    row = next((row for row in catalogue.transfers.rows if row["route_id"] == item["route_id"]), None)
    if row is None:
        return None
    hired = hire(row, party)
    each = hired.high // max(1, hired.vehicles)
    return Price(hired.high, hired.low, ({"what": hired.what, "count": hired.vehicles, "amount": each},))


def _package(item: Mapping[str, Any], party: Party, catalogue: Catalogue) -> Price | None:
    package = catalogue.package.get(item["product_id"])
    if package is None or not package_fits(package, party):
        return None
    starts = datetime.fromisoformat(item["starts"])
    seconds = starts.hour * 3600 + starts.minute * 60
    if not package.dates_ok(starts.date()) or seconds not in package.starts_s:
        return None
    cost = package_cost(package, party)
    return Price(cost.high, cost.low, tuple(vars(line) for line in cost.lines))


def _stay(item: Mapping[str, Any], catalogue: Catalogue) -> Price | None:
    stay = next((stay for stay in catalogue.stays if stay.id == item["product_id"]), None)
    if stay is None or stay.rooms < item["rooms"]:
        return None
    cost = nights_cost(stay, date.fromisoformat(item["check_in"]), item["nights"], item["rooms"], catalogue)
    return Price(cost.high, cost.low, tuple(vars(line) for line in cost.lines))
