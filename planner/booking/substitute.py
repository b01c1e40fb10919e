"""What may take the place of a part: the closest match where it cannot be had, or anything else that fits on that day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from planner.booking.cancellation import package_terms, stay_terms
from planner.booking.quote import Line, Take, wants_names
from planner.design.catalogue import Catalogue, Package
from planner.design.costs import LEVELS, nights_cost, package_cost, package_fits
from planner.values.money import rupiah
from planner.values.parties import Party


def substitutes(line: Line, party: Party, catalogue: Catalogue, tried: Collection[str]) -> list[Line]:
    """Return lines that could stand in for a declined one, the best first; those in `tried` are left out.

    A package is replaced by one that starts and ends at the same places, begins no earlier and ends no later; a stay by
    another house of the same place. Legs and transfers have no substitute: the timetable would change.
    """
    return _fitting(line, party, catalogue, tried, line.net)


def alternatives(line: Line, party: Party, catalogue: Catalogue) -> list[Line]:
    """Return lines that a traveller may choose instead of a booked one, at whatever price, the closest first."""
    return _fitting(line, party, catalogue, {str(line.item.get("product_id"))}, None)


def _fitting(line: Line, party: Party, catalogue: Catalogue, tried: Collection[str], most: int | None) -> list[Line]:
    if line.kind == "package":
        return _packages(line, party, catalogue, tried, most)
    if line.kind == "stay":
        return _stays(line, party, catalogue, tried, most)
    return []


def _packages(
    line: Line, party: Party, catalogue: Catalogue, tried: Collection[str], most: int | None
) -> list[Line]:
    old = catalogue.package.get(line.item["product_id"])
    if old is None:
        return []
    day, found = line.starts_at.date(), []
    earliest_s = line.starts_at.hour * 3600 + line.starts_at.minute * 60
    for other in catalogue.packages:
        fits = (
            other.id not in tried
            and (other.start_id, other.end_id, other.days) == (old.start_id, old.end_id, old.days)
            and other.end_s <= old.end_s
            and other.dates_ok(day)
            and package_fits(other, party)
            and not set(other.rule_ids) - set(old.rule_ids)
        )
        start_s = next((start for start in other.starts_s if start >= earliest_s), None)
        if not fits or start_s is None:
            continue
        cost = package_cost(other, party)
        if most is None or cost.high <= most:
            found.append((_distance(old, other), cost.high, other.id, start_s, other))
    lines = []
    for _far, high, _id, start_s, other in sorted(found, key=lambda row: row[:3]):
        starts_at = line.starts_at.replace(hour=start_s // 3600, minute=start_s % 3600 // 60)
        ends_at = line.ends_at.replace(hour=other.end_s // 3600, minute=other.end_s % 3600 // 60)
        cost = package_cost(other, party)
        item = {
            **line.item,
            "product_id": other.id,
            "option_id": other.option_id,
            "title": other.title,
            "type": other.type,
            "operator": other.operator,
            "visits": list(other.visits),
            "starts": starts_at.isoformat(),
            "ends": ends_at.isoformat(),
            "availability_id": starts_at.isoformat(),
            "confirm": other.confirm,
            "basis": cost.basis,
            "price": rupiah(high),
            "price_low": rupiah(cost.low),
            "quantity": [vars(part) for part in cost.lines],
            "confidence": other.row["confidence"],
            "source": other.row["source"],
        }
        on_request = other.confirm == "on_request"
        take = Take(other.id, other.option_id, day, starts_at.strftime("%H:%M"), party.heads)
        lines.append(
            replace(
                line,
                way="requested" if on_request else "held",
                item=item,
                price=high,
                low=cost.low,
                starts_at=starts_at,
                ends_at=ends_at,
                supplier_id=other.supplier_id,
                takes=(take,),
                terms=package_terms(other.row),
                answer_h=int(other.row["confirm_hours"]) if on_request else 0,
                needs_names=wants_names(other),
                was=None,
            )
        )
    return lines


def _distance(old: Package, other: Package) -> tuple[int, int, int]:
    """Return how unlike two packages are: another kind, what is no longer visited, interests not shared; an instant
    answer breaks ties by standing first.
    """
    return (
        int(old.type != other.type),
        len(set(old.visits) - set(other.visits)) + len(set(old.interests) - set(other.interests)),
        int(other.confirm == "on_request"),
    )


def _stays(line: Line, party: Party, catalogue: Catalogue, tried: Collection[str], most: int | None) -> list[Line]:
    item = line.item
    first, rooms = line.starts_at.date(), int(item["rooms"])
    found = []
    for other in catalogue.stays_at.get(item["place_id"], []):
        if other.id in tried or other.rooms < rooms or other.sleeps < party.heads or other.high <= 0:
            continue
        cost = nights_cost(other, first, int(item["nights"]), rooms, catalogue)
        if most is None or cost.high <= most:
            steps = abs(LEVELS.index(other.level) - LEVELS.index(item["level"])) if item["level"] in LEVELS else 0
            found.append((steps, -cost.high, other.id, other, cost))
    lines = []
    for _steps, _high, _id, other, cost in sorted(found, key=lambda row: row[:3]):
        changed = {
            **item,
            "product_id": other.id,
            "option_id": other.option_id,
            "title": other.title,
            "operator": other.operator,
            "level": other.level,
            "type": other.type,
            "price": rupiah(cost.high),
            "price_low": rupiah(cost.low),
            "quantity": [vars(part) for part in cost.lines],
            "confidence": other.row["confidence"],
            "source": other.row["source"],
        }
        takes = tuple(replace(take, product_id=other.id, option_id=other.option_id) for take in line.takes)
        lines.append(
            replace(
                line, way="held", item=changed, price=cost.high, low=cost.low, supplier_id=other.supplier_id,
                takes=takes, terms=stay_terms(other.row), was=None,
            )
        )  # fmt: skip
    return lines
