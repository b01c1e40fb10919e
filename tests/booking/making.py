"""Lines and quotes made by hand, with the least that booking asks of an item of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from planner.booking.cancellation import Terms
from planner.booking.quote import Line, Quote, Take
from planner.values.money import rupiah
from planner.values.times import WITA

NOW = datetime(2026, 11, 24, 12, tzinfo=WITA)
START = datetime(2027, 6, 2, 10, tzinfo=WITA)
FREE_A_DAY_BEFORE = Terms(((24, Decimal(1)), (0, Decimal(0))))
BRIEF: Mapping[str, Any] = {"party": {"adults": 2, "children": [], "residency": "foreign", "rooms": 1}}


def part(what: str, count: int, amount: int) -> dict[str, Any]:
    return {"what": what, "count": count, "amount": amount}


def package(number: int, product_id: str, price: int, way: str = "held", places: int = 2, **more: Any) -> Line:
    """Give a line of a package that starts on ``START`` and takes places of that start."""
    starts_at = more.pop("starts_at", START)
    item = {
        "kind": "package", "product_id": product_id, "option_id": "DEFAULT", "title": product_id, "sold": "here",
        "price": rupiah(price), "price_low": rupiah(price), "quantity": [part("person", places, price // places)],
        "starts": starts_at.isoformat(), "ends": (starts_at + timedelta(hours=4)).isoformat(), "operator": "Op",
    }  # fmt: skip
    take = Take(product_id, "DEFAULT", starts_at.date(), starts_at.strftime("%H:%M"), places)
    line = Line(
        number, way, item, price, price, starts_at, starts_at + timedelta(hours=4), supplier_id=f"op-{product_id}",
        takes=(take,), terms=FREE_A_DAY_BEFORE, answer_h=24 if way == "requested" else 0,
    )  # fmt: skip
    return replace(line, **more)


def stay(number: int, product_id: str, each: int, nights: int = 2, rooms: int = 1, **more: Any) -> Line:
    first = START.date()
    item = {
        "kind": "stay", "product_id": product_id, "option_id": "DEFAULT", "title": product_id, "sold": "here",
        "place_id": "labuan-bajo", "level": "simple", "operator": "House", "type": "guesthouse",
        "check_in": first.isoformat(), "check_out": (first + timedelta(days=nights)).isoformat(),
        "nights": nights, "rooms": rooms, "price": rupiah(each * nights * rooms),
        "price_low": rupiah(each * nights * rooms), "quantity": [part("room_night", nights * rooms, each)],
    }  # fmt: skip
    takes = tuple(Take(product_id, "DEFAULT", first + timedelta(days=n), "00:00", rooms) for n in range(nights))
    price = each * nights * rooms
    starts_at = datetime.combine(first, datetime.min.time(), WITA) + timedelta(hours=14)
    line = Line(
        number, "held", item, price, price, starts_at, starts_at + timedelta(days=nights), f"house-{product_id}", takes,
        terms=FREE_A_DAY_BEFORE,
    )  # fmt: skip
    return replace(line, **more)


def ride(number: int, price: int, way: str = "later", route_id: str = "F-PDB-LEM", **more: Any) -> Line:
    """Give a crossing; ``way="held"`` takes seats of a departure."""
    starts_at = more.pop("starts_at", START - timedelta(days=2))
    item = {
        "kind": "leg", "mode": "ferry", "route_id": route_id, "trip_id": f"{route_id}-1", "sold": "here",
        "service_date": starts_at.date().isoformat(), "from_stop": "H-PADANGBAI", "to_stop": "H-LEMBAR",
        "departs": starts_at.isoformat(), "arrives": (starts_at + timedelta(hours=4)).isoformat(), "operator": "ASDP",
        "price": rupiah(price), "price_low": rupiah(price), "quantity": [part("adult", 2, price // 2)],
    }  # fmt: skip
    takes: tuple[Take, ...] = ()
    if way == "held":
        takes = (Take(route_id, f"{route_id}-1", starts_at.date(), starts_at.strftime("%H:%M"), 2),)
    line = Line(
        number, way, item, price, price, starts_at, starts_at + timedelta(hours=4), "carrier:ASDP", takes,
        buy_on=(starts_at - timedelta(days=30)).date() if way == "later" else None,
    )  # fmt: skip
    return replace(line, **more)


def fee(number: int, price: int) -> Line:
    item = {"kind": "fee", "rule_id": "RL-KNP-FEE", "title": "Park fee", "on": START.date().isoformat(),
            "sold": "on_spot", "price": rupiah(price), "quantity": [part("person", 2, price // 2)]}  # fmt: skip
    return Line(number, "on_spot", item, price, price, START, START + timedelta(hours=1))


def quote_of(lines: Sequence[Line], now: datetime = NOW, **more: Any) -> Quote:
    return replace(Quote("trip-1", BRIEF, tuple(lines), now, now + timedelta(minutes=30), facts={"rules": []}), **more)
