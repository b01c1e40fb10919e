"""An order as it lies in the store when papers are written from it: something of every kind, two people, a park."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from planner.booking.cancellation import Terms
from planner.booking.quote import Line, Quote
from planner.booking.voucher import new_secret
from planner.store import changes, claims, orders, payments, tasks
from planner.store.db import db, transaction
from planner.store.orders import Order, OrderLine
from planner.values.money import rupiah
from planner.values.rates import Rate
from planner.values.times import WITA
from tests.booking.making import BRIEF, fee, package, part, quote_of, stay

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
DAY = datetime(2027, 6, 2, tzinfo=WITA)
ANI = {"given": "Ani", "family": "<b>Bee</b> & Sons", "document": "X1234567", "nationality": "AU"}
JOSE = {"given": "José", "family": "Łukasz-Wójcik", "document": "Y7654321", "nationality": "PL"}
CONTACT = {"email": "ani@example.org", "phone": "+61400000000"}
HALF_A_DAY_BEFORE = Terms(((48, Decimal(1)), (24, Decimal("0.5")), (0, Decimal(0))), weather_pct=100)
OURS = (tasks.Task, payments.Payment, OrderLine, changes.TripChange, Order, claims.Claim)


def boat(number: int, way: str = "held", **more: Any) -> Line:
    """Give the fast boat from Padang Bai to Gili Air at 09:30; with ``way="later"`` a ticket to be bought."""
    departs = DAY + timedelta(hours=9, minutes=30)
    item = {
        "kind": "leg", "mode": "fast_boat", "route_id": "B-PDB-GILA", "trip_id": "B-PDB-GILA-0-0930", "sold": "here",
        "service_date": "2027-06-02", "from_stop": "H-PADANGBAI", "to_stop": "H-GILIA", "operator": "several",
        "departs": departs.isoformat(), "arrives": (departs + timedelta(hours=2)).isoformat(),
        "check_in_by": (departs - timedelta(minutes=30)).isoformat(), "price": rupiah(1_000_000),
        "price_low": rupiah(900_000), "quantity": [part("adult", 2, 500_000)], "rule_ids": [],
    }  # fmt: skip
    line = Line(
        number, way, item, 1_000_000, 900_000, departs, departs + timedelta(hours=2), "carrier:several",
        terms=HALF_A_DAY_BEFORE, needs_names=True, buy_on=date(2027, 5, 3) if way == "later" else None,
    )  # fmt: skip
    return replace(line, **more)


def car(number: int, price: int = 500_000) -> Line:
    """Give a car to Ubud; one that costs nothing is a walk."""
    departs = DAY - timedelta(days=2) + timedelta(hours=12)
    arrives = departs + timedelta(minutes=85)
    item = {
        "kind": "transfer", "mode": "road" if price else "walk", "route_id": "R-DPS-UBD", "from": "DPS", "to": "ubud",
        "departs": departs.isoformat(), "arrives": arrives.isoformat(), "operator": "private car with driver",
        "price": rupiah(price), "price_low": rupiah(price), "sold": "here", "rule_ids": [],
        "quantity": [part("car", 1, price)],
    }  # fmt: skip
    way = "later" if price else "self"
    return Line(number, way, item, price, price, departs, arrives, "carrier:R-DPS-UBD", buy_on=date(2027, 5, 28))


def cruise(number: int, **more: Any) -> Line:
    """Give three days on a boat in Komodo, for which the park wants names."""
    starts = DAY + timedelta(days=4, hours=10)
    line = package(number, "PK47", 11_000_000, "requested", starts_at=starts, terms=HALF_A_DAY_BEFORE)
    item = {
        **line.item, "title": "Komodo 3D2N shared phinisi", "operator": "Operator Z (Komodo boats)", "nights": 2,
        "ends": (starts + timedelta(days=2, hours=4)).isoformat(), "from_place": "labuan-bajo",
        "to_place": "labuan-bajo", "rule_ids": ["RL-KNP-QUOTA", "RL-PADAR", "RL-KSOP"],
    }  # fmt: skip
    return replace(
        line, item=item, ends_at=starts + timedelta(days=2, hours=4), supplier_id="operator-z-komodo-boats",
        needs_names=True, **more,
    )  # fmt: skip


def house(number: int, **more: Any) -> Line:
    line = stay(number, "ST-LBJ-1", 450_000, nights=2, **more)
    return replace(line, item={**line.item, "title": "Stay LBJ 1 (simple guesthouse)", "rule_ids": []})


def own_bed(number: int) -> Line:
    line = house(number)
    return replace(line, way="self", takes=(), supplier_id="", item={**line.item, "place_id": "ubud", "sold": "self"})


def whole_trip() -> list[tuple[Line, str]]:
    """Give a part of every kind with its state."""
    return [
        (car(1), "to_buy"), (boat(2), "confirmed"), (house(3), "confirmed"), (cruise(4), "confirmed"),
        (boat(5, "later", starts_at=DAY + timedelta(days=1)), "to_buy"), (own_bed(6), "planned"),
        (fee(7, 300_000), "planned"), (car(8, 0), "planned"),
    ]  # fmt: skip


def empty() -> None:
    with transaction() as session:
        for table in OURS:
            session.execute(delete(table))


def put(
    lines: Sequence[tuple[Line, str]], code: str = "LTS-7K4QXB", state: str = "confirmed", language: str = "en",
    of_lines: dict[int, dict[str, Any]] | None = None, rate: Rate | None = None, **more: Any,
) -> Order:  # fmt: skip
    """Put an order with lines in the given states into the store."""
    rules = [
        {"rule_id": "RL-KNP-QUOTA", "verdict": "needs_filing", "text": "Names are filed by the day before."},
        {"rule_id": "RL-KSOP", "verdict": "warning", "text": "The harbour master stops boats in bad weather."},
        {"rule_id": "RL-PADAR", "verdict": "applied", "text": "Session 08:00 to 11:00"},
        {"rule_id": "RL-LEVY", "verdict": "needs_paper", "text": "Pay the levy before you land."},
    ]
    quote = quote_of([line for line, _state in lines], brief=BRIEF, facts={"rules": rules}, rate=rate)
    order_id = code.lower().ljust(32, "0")
    with transaction() as session:
        session.add(
            Order(
                id=order_id, code=code, secret=new_secret(), state=state, language=language, itinerary_id="trip-1",
                quote=quote.as_json(), total=quote.total, starts_on=quote.starts_at.date(),
                ends_on=quote.ends_at.date(), hold_until=NOW + timedelta(minutes=30), created_at=NOW,
                **{"contact": CONTACT, "travellers": [ANI, JOSE], "consent": "undo", "plan": {}, **more},
            )
        )  # fmt: skip
        session.flush()
        for line, line_state in lines:
            facts = {"reference": f"REF-{line.number}"} if line_state in ("confirmed", "bought") else {}
            session.add(
                OrderLine(
                    order_id=order_id, number=line.number, way=line.way, state=line_state, data=line.as_json(),
                    supplier_id=line.supplier_id, price=line.price if line.is_charged else 0,
                    **{**facts, **(of_lines or {}).get(line.number, {})},
                )
            )  # fmt: skip
    return orders.get_order(order_id)


def pay(order: Order, captured: int, kind: str = "card") -> None:
    with transaction() as session:
        session.add(
            payments.Payment(
                order_id=order.id, kind=kind, state="captured" if kind == "card" else "paid", amount=captured,
                captured=captured, created_at=NOW,
            )
        )  # fmt: skip


def change(
    order: Order, new: Sequence[Line], refunds: dict[int, int], difference: int, why: str = "", before: Any = None
) -> None:
    """Put a change of an order into the store: its new version is `new`; what went paid `refunds` back."""
    quote = replace(Quote.from_json(order.quote), lines=tuple(new))
    with transaction() as session:
        session.add(
            changes.TripChange(
                order_id=order.id, number=1, state="undone" if why else "confirmed", why=why,
                quote=quote.as_json(), quote_before=before or order.quote,
                refunds={str(number): amount for number, amount in refunds.items()}, difference=difference,
                hold_until=NOW, asked_by="traveller", created_at=NOW,
            )
        )  # fmt: skip


def claim(supplier_id: str, approved: bool, email: str = "boats@example.org", phone: str = "+628123") -> None:
    with transaction() as session:
        session.add(
            claims.Claim(
                supplier_id=supplier_id, email=email, phone=phone, claimed_at=NOW,
                approved_at=NOW if approved else None,
            )
        )  # fmt: skip


def file_names(order: Order, reference: str = "") -> None:
    with transaction() as session:
        tasks.open_task(
            session, f"{order.id}:file:RL-KNP-QUOTA", "file_park", NOW, DAY + timedelta(days=3, hours=12), order.id,
            rule_id="RL-KNP-QUOTA",
        )  # fmt: skip
        if reference:
            task = tasks.list_tasks(order.id)[0]
            task = session.get_one(tasks.Task, task.id)
            task.state, task.reference = "done", reference


def line_of(order: Order, number: int) -> OrderLine:
    db.session.rollback()
    return orders.get_line(order.id, number)
