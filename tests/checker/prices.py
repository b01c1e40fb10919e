"""Point 5: the price of each item, from the source tables, and the totals made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from .data import Row
from .plan import Fee, Move, Plan, Stay, Violation, amount
from .running import SAME_DAY, same_day

SEA_MODES = {"ferry", "fast_boat", "public_boat", "ship"}


def adult_price(plan: Plan, row: Row) -> int:
    """Give the high end for an adult (or a vehicle, or a boat) of the party's residency."""
    return int(row["price_resident_adult_high" if plan.is_resident else "price_foreign_adult_high"])


def leg_price(plan: Plan, row: Row) -> int:
    """Add the fares person by person, each rounded up to the rupiah."""
    fare, adult = plan.data.fares[row["fare_group"]], adult_price(plan, row)
    total = adult * plan.adults
    for age in plan.children:
        share = Fraction(100)
        if age <= int(fare["infant_max_age"]):
            share = Fraction(fare["infant_pct"])
        elif int(fare["child_min_age"]) <= age <= int(fare["child_max_age"]):
            share = Fraction(fare["child_pct"])
        total += ceil(adult * share / 100)
    return total


def transfer_price(plan: Plan, row: Row) -> int:
    """Price cars, minibuses and boats by the size of the party; a walk costs nothing."""
    price, basis = adult_price(plan, row), row["price_basis"]
    if basis == "per vehicle":
        if plan.heads <= int(row["vehicle_pax_max"]):
            return price
        minibus = ceil(price * Fraction(row["minibus_factor"]))
        return minibus * -(-plan.heads // int(row["minibus_pax_max"]))
    if basis.startswith("per boat"):
        return price * -(-plan.heads // int(row["vehicle_pax_max"]))
    return price * plan.heads


def night_price(plan: Plan, facts: dict[str, Any], night: date) -> int:
    """Price a room for one night with the single largest factor that applies."""
    factors = [Fraction(str(f)) for e, f in facts["event_peaks"].items() if plan.data.happens_on(e, night)]
    if night.month in facts["peak_months"]:
        factors.append(Fraction(str(facts["peak_factor"])))
    return ceil(facts["price_high"] * max(factors, default=Fraction(1)))


def package_price(plan: Plan, facts: dict[str, Any]) -> int:
    if facts["price_basis"] == "per group":
        return facts["price_high"]
    pays_for_minimum = facts["min_rule"] == "party_minimum"
    return facts["price_high"] * (max(plan.heads, facts["min_pax"]) if pays_for_minimum else plan.heads)


def fee_prices(plan: Plan, fee: Fee) -> set[int]:
    """Give the amounts a person may be asked: one, or two where the data leaves the day's kind open."""
    rule = plan.data.rules[fee.rule_id]
    foreign, weekday, holiday = (
        int(rule[c]) if rule[c] else None
        for c in ("amount_foreign_idr", "amount_resident_weekday_idr", "amount_resident_holiday_idr")
    )
    if not plan.is_resident:
        return {foreign or 0}
    if weekday is None:  # the table is silent on residents
        return {foreign or 0, 0}
    if fee.on.weekday() >= 5:
        return {holiday if holiday is not None else weekday}
    return {weekday, holiday or 0} if plan.data.is_holiday(fee.on) else {weekday}


def expected(plan: Plan, item: Move | Stay | Fee) -> set[int]:
    """Give the prices an item may have; empty where another point already says that it is unknown."""
    data = plan.data
    if item.item.get("booked"):
        return {0}
    if isinstance(item, Fee):
        return {p * item.item["persons"] for p in fee_prices(plan, item)} if item.rule_id in data.rules else set()
    if isinstance(item, Stay):
        product = data.stay(item.item["product_id"])
        nights = sum(night_price(plan, product["lintas"], n) for n in item.nights()) if product else 0
        return {nights * item.item["rooms"]} if product else set()
    if item.kind == "package":
        facts = plan.facts(item)
        return {package_price(plan, facts)} if facts else set()
    if item.kind == "leg":
        route = data.routes.get(item.item["route_id"])
        return {leg_price(plan, route)} if route else set()
    row = data.transfers.get(item.item["route_id"])
    if row is None:
        return set()
    price = transfer_price(plan, row)
    if row["price_basis"] == SAME_DAY:
        return set() if sum(amount(m.item["price"]) for m in same_day(plan, item)) == price else {price}
    return {price}


def check_items(plan: Plan) -> Iterator[Violation]:
    for item in plan.items:
        price, may_be = amount(item.item["price"]), expected(plan, item)
        if may_be and price not in may_be:
            yield Violation(5, item.name, f"costs {price}, by the data {' or '.join(map(str, sorted(may_be)))}")
        if amount(item.item["price_low"]) > price:
            yield Violation(5, item.name, f"the low end {amount(item.item['price_low'])} is above {price}")


def check_totals(plan: Plan) -> Iterator[Violation]:
    totals, items = plan.itinerary["totals"], plan.itinerary["items"]
    total = sum(amount(i["price"]) for i in items)
    here = sum(amount(i["price"]) for i in items if i["sold"] == "here")
    sums = {"price": total, "pay_here": here, "price_per_person": -(-total // plan.heads)}
    for name, value in sums.items():
        if amount(totals[name]) != value:
            yield Violation(5, plan.label, f"totals.{name} is {amount(totals[name])}, the items give {value}")
    firm = sum(amount(i.item["price"]) for i in plan.items if confidence(plan, i) == "verified") / total if total else 0
    if abs(totals["firm_share"] - firm) > 0.011:
        yield Violation(5, plan.label, f"totals.firm_share is {totals['firm_share']}, verified are {firm:.2f}")
    flights = sum(m.mode == "flight" for m in plan.legs)
    if totals["flights"] != flights:
        yield Violation(5, plan.label, f"totals.flights is {totals['flights']}, the items have {flights}")
    boats = sum(m.mode in SEA_MODES for m in plan.legs)
    most = (
        boats
        + sum(m.mode == "charter_boat" for m in plan.transfers)
        + sum(bool(plan.facts(m).get("area_id")) for m in plan.packages)
    )
    if not boats <= totals["boats"] <= most:
        yield Violation(5, plan.label, f"totals.boats is {totals['boats']}, the items have {boats} to {most}")
    moving = sum(m.minutes for m in plan.legs + plan.transfers)
    if not moving <= totals["transit_min"] <= (plan.ends - plan.entry_at).total_seconds() / 60:
        yield Violation(
            5, plan.label, f"totals.transit_min is {totals['transit_min']}, legs and transfers alone take {moving}"
        )
    if not 0 <= totals["local_share"] <= 1:
        yield Violation(5, plan.label, f"totals.local_share is {totals['local_share']}")
    yield from check_nights_by_province(plan)
    yield from check_spend(plan, total)


def confidence(plan: Plan, item: Move | Stay | Fee) -> str:
    """Give how sure the data is of the row behind an item."""
    data = plan.data
    if isinstance(item, Fee):
        return data.rules.get(item.rule_id, {}).get("confidence", "")
    if isinstance(item, Stay) or item.kind == "package":
        return data.products.get(item.item.get("product_id") or "", {}).get("lintas", {}).get("confidence", "")
    return (data.routes.get(item.item["route_id"]) or {}).get("confidence", "")


def check_nights_by_province(plan: Plan) -> Iterator[Violation]:
    claimed = Counter(plan.itinerary["totals"]["nights"])
    slept = Counter(plan.data.province(s.place) for s in plan.stays for _ in s.nights())
    if slept - claimed:
        yield Violation(5, plan.label, f"totals.nights is {dict(claimed)}, the stays alone give {dict(slept)}")
    if claimed.total() > len(list(plan.nights())):
        yield Violation(5, plan.label, f"totals.nights is {dict(claimed)}, the plan has {len(list(plan.nights()))}")


def check_spend(plan: Plan, total: int) -> Iterator[Violation]:
    """Spend belongs to the province where the item departs or stands; where a fee is paid is left open."""
    claimed = {k: amount(v) for k, v in plan.itinerary["totals"]["spend"].items()}
    if sum(claimed.values()) != total:
        yield Violation(5, plan.label, f"totals.spend adds up to {sum(claimed.values())}, not to {total}")
    least: Counter[str] = Counter(dict.fromkeys(claimed, 0))
    for item in plan.moves + plan.stays:
        where = item.origin if isinstance(item, Move) else item.place
        least[plan.data.province(where)] += amount(item.item["price"])
    fees = sum(amount(f.item["price"]) for f in plan.fees)
    for province, value in least.items():
        if not value <= claimed.get(province, 0) <= value + fees:
            yield Violation(
                5,
                plan.label,
                f"totals.spend.{province} is {claimed.get(province, 0)}, the items give {value} before fees",
            )
