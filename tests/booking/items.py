"""Items of a plan as the design writes them, and a timetable with one ferry."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from planner.design.catalogue import Catalogue
from planner.network.fares import Fare, Fares, RiderCategory
from planner.network.snapshot import Timetable
from planner.values.money import rupiah
from planner.values.times import WITA
from tests.booking.making import part

ROUTE = "F-PDB-LEM"
DAY = date(2027, 6, 2)
DEPARTS_S = 9 * 3600


def one_ferry() -> Timetable:
    """Give one ferry that leaves Padangbai at nine every day of 2027 but the last."""
    foreign = RiderCategory("adult", "ASDP", "foreign", "adult", 0, None)
    resident = RiderCategory("local", "ASDP", "resident", "adult", 0, None)
    return Timetable(
        stop_ids=("H-PADANGBAI", "H-LEMBAR"),
        route_ids=(ROUTE,),
        trip_ids=("T1",),
        routes=({},),
        trips=({},),
        first_day=date(2027, 1, 1),
        fares=Fares((foreign, resident), {ROUTE: {"adult": Fare(130_600, 90_000), "local": Fare(65_300, 65_300)}}),
        board=np.array([0]),
        alight=np.array([1]),
        dep_s=np.array([DEPARTS_S]),
        arr_s=np.array([DEPARTS_S + 4 * 3600]),
        trip=np.array([0]),
        trip_route=np.array([0]),
        trip_service=np.array([0]),
        runs=np.array([[True] * 364 + [False]]),
    )


def at(hour: int, day: date = DAY) -> str:
    return datetime(day.year, day.month, day.day, hour, tzinfo=WITA).isoformat()


def a_leg(amount: int = 261_200, **more: Any) -> dict[str, Any]:
    return {
        "kind": "leg", "mode": "ferry", "route_id": ROUTE, "trip_id": "T1", "service_date": DAY.isoformat(),
        "from_stop": "H-PADANGBAI", "to_stop": "H-LEMBAR", "departs": at(9), "arrives": at(13), "operator": "ASDP",
        "price": rupiah(amount), "price_low": rupiah(180_000), "quantity": [part("adult", 2, amount // 2)],
        "sold": "here", "fare_group": "",
    } | more  # fmt: skip


def a_package(product_id: str = "PK01", amount: int = 1_000_000, hour: int = 8, **more: Any) -> dict[str, Any]:
    return {
        "kind": "package", "product_id": product_id, "option_id": "DEFAULT", "title": product_id, "starts": at(hour),
        "ends": at(hour + 5), "price": rupiah(amount), "price_low": rupiah(amount), "sold": "here",
        "quantity": [part("person", 2, amount // 2)],
    } | more  # fmt: skip


def a_stay(amount: int = 1_350_000, **more: Any) -> dict[str, Any]:
    return {
        "kind": "stay", "product_id": "ST-LBJ-1", "option_id": "DEFAULT", "title": "House", "place_id": "labuan-bajo",
        "check_in": DAY.isoformat(), "check_out": (DAY + timedelta(days=3)).isoformat(), "nights": 3, "rooms": 1,
        "price": rupiah(amount), "price_low": rupiah(amount), "sold": "here",
        "quantity": [part("room_night", 3, amount // 3)],
    } | more  # fmt: skip


def a_transfer(catalogue: Catalogue, **more: Any) -> dict[str, Any]:
    row = next(row for row in catalogue.transfers.rows if row["mode"] == "road" and row["vehicle_pax_max"])
    high = int(row["price_foreign_adult_high"])
    return {
        "kind": "transfer", "mode": "road", "route_id": row["route_id"], "from": row["from_id"], "to": row["to_id"],
        "departs": at(14), "arrives": at(15), "operator": "", "price": rupiah(high), "price_low": rupiah(high),
        "quantity": [part("car", 1, high)], "sold": "here",
    } | more  # fmt: skip


def a_fee() -> dict[str, Any]:
    return {"kind": "fee", "rule_id": "RL-KNP-FEE", "title": "Fee", "on": DAY.isoformat(), "price": rupiah(300_000),
            "quantity": [part("person", 2, 150_000)], "sold": "on_spot"}  # fmt: skip
