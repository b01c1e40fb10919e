"""Writes a found trip out as items: each leg, transfer, package, night and fee with time, price, source and seller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from planner.design.catalogue import Catalogue, Package, Stay
from planner.design.costs import (
    Cost,
    Fee,
    Line,
    entry_area,
    fee_each,
    is_fee,
    nights_cost,
    package_cost,
    package_fees,
    persons_of,
)
from planner.design.moves import BUFFER_S, ENTERED, NIGHT, PACKAGE, TRAVEL
from planner.design.problem import Trip
from planner.design.tariffs import PORT_FEE, boarding_fee, route_band
from planner.network.transfers import hire
from planner.routing.router import Move, Router
from planner.values.money import rupiah
from planner.values.times import DAY, HOUR

LEVY = "RL-LEVY"
AT_THE_COUNTER = frozenset({"FG-PUBLICBOAT", "FG-BUS-LOCAL"})
"""Fare groups whose tickets are bought on board or at the counter on the day."""
BOAT_MODES = frozenset({"ferry", "fast_boat", "public_boat", "ship", "charter_boat"})
UNHURRIED_S = 9 * HOUR
FEE_PROVINCE = {
    "RL-LEVY": "Bali",
    "RL-PENIDA": "Bali",
    "RL-KNP-FEE": "NTT",
    "RL-KELI": "NTT",
    "RL-WAEREBO": "NTT",
}
KG_CO2 = {
    "flight": 0.273,
    "ferry": 0.019,
    "ship": 0.019,
    "fast_boat": 0.16,
    "public_boat": 0.08,
    "bus": 0.060,
    "shuttle": 0.060,
    "walk": 0.0,
}
"""Kilograms CO2-equivalent a passenger and kilometre: our estimates, shown as such, good for comparing trips only."""
KG_CO2_VEHICLE = {"car": 0.17, "minibus": 0.25, "boat": 1.2, "person": 0.0}
"""The same a vehicle and kilometre."""


@dataclass(frozen=True)
class Item:
    """One item of a plan. Seconds count from the trip's first midnight; prices in whole rupiah for the whole party."""

    kind: str
    start_s: int
    end_s: int
    price: int
    low: int
    sold: str
    confidence: str
    province: str
    body: dict[str, Any]
    rule_ids: tuple[str, ...] = ()
    mode: str = ""
    exposure: int = 0
    co2_kg: float = 0.0
    local_pct: int = 0
    nights: int = 0
    exposed_end_s: int = -1

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        return self.body | {
            "price": rupiah(self.price),
            "price_low": rupiah(self.low),
            "sold": self.sold,
            "confidence": self.confidence,
            "rule_ids": list(self.rule_ids),
        }


@dataclass(frozen=True)
class Itinerary:
    """A whole trip: its items in order, and what they add up to on the four criteria."""

    trip: Trip
    items: tuple[Item, ...]
    transit_s: int
    worth: int
    label: str = ""
    why: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()
    visited: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def price(self) -> int:
        """The sum of the items."""
        return sum(item.price for item in self.items)

    @cached_property
    def exposure(self) -> tuple[int, int]:
        """Worst band and sum of bands."""
        bands = [item.exposure for item in self.items]
        return max(bands, default=0), sum(bands)

    @cached_property
    def experience(self) -> float:
        """Points, to a tenth."""
        return round(max(0, self.worth) / 100, 1)

    @property
    def transit_min(self) -> int:
        """Minutes under way, waiting and check-in included."""
        return self.transit_s // 60

    @cached_property
    def co2_kg(self) -> float:
        """Kilograms of CO2-equivalent of the whole party."""
        return round(sum(item.co2_kg for item in self.items), 1)

    @cached_property
    def criteria(self) -> tuple[int, int, float, tuple[int, int]]:
        """What itineraries are compared by; experience negated, so that less is better throughout."""
        return self.price, self.transit_min, -self.experience, self.exposure

    @cached_property
    def key(self) -> str:
        """The same for itineraries with the same items."""
        parts = [[item.kind, item.start_s, item.end_s, item.price, _name_of(item)] for item in self.items]
        return blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()

    @property
    def id(self) -> str:
        """Names this itinerary among all of its brief and data."""
        return blake2b(f"{self.trip.calendar.first_day} {self.key}".encode(), digest_size=8).hexdigest()

    def dates(self) -> list[date]:
        """Return the dates from start to end."""
        calendar = self.trip.calendar
        first, last = calendar.day(self.start_s // DAY), calendar.day(self.end_s // DAY)
        return [first + timedelta(days=i) for i in range((last - first).days + 1)]

    @cached_property
    def start_s(self) -> int:
        """Second of the first movement."""
        return min(item.start_s for item in self.items if item.kind in ("leg", "transfer", "package"))

    @cached_property
    def end_s(self) -> int:
        """Second of the last arrival."""
        return max(item.end_s for item in self.items if item.kind in ("leg", "transfer", "package"))

    def free_days(self) -> list[date]:
        """Return the days on which nothing moves and no package runs."""
        calendar = self.trip.calendar
        busy: set[int] = set()
        for item in self.items:
            if item.kind in ("leg", "transfer", "package"):
                busy.update(range(item.start_s // DAY, max(item.start_s, item.end_s - 1) // DAY + 1))
        return [day for day in self.dates() if calendar.index(day) not in busy]

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the API."""
        heads = self.trip.brief.party.heads
        price = self.price
        calendar = self.trip.calendar
        spend = dict.fromkeys(("Bali", "NTB", "NTT"), 0)
        nights = dict.fromkeys(("Bali", "NTB", "NTT"), 0)
        for item in self.items:
            spend[item.province] = spend.get(item.province, 0) + item.price
            if item.nights:
                nights[item.province] = nights.get(item.province, 0) + item.nights
        worst, total = self.exposure
        verified = sum(item.price for item in self.items if item.confidence == "verified")
        local = sum(item.price * item.local_pct for item in self.items)
        return {
            "id": self.id,
            "label": self.label,
            "totals": {
                "price": rupiah(price),
                "price_low": rupiah(sum(item.low for item in self.items)),
                "price_per_person": rupiah(-(-price // heads)),
                "pay_here": rupiah(sum(item.price for item in self.items if item.sold == "here")),
                "firm_share": round(verified / price, 3) if price else 0.0,
                "transit_min": self.transit_min,
                "experience": self.experience,
                "exposure": {"worst": worst, "sum": total},
                "co2_kg": self.co2_kg,
                "boats": sum(item.mode in BOAT_MODES for item in self.items),
                "flights": sum(item.mode == "flight" for item in self.items),
                "nights": nights,
                "spend": {province: rupiah(amount) for province, amount in spend.items()},
                "local_share": round(local / 100 / price, 3) if price else 0.0,
            },
            "starts_at": calendar.iso(self.start_s),
            "ends_at": calendar.iso(self.end_s),
            "days": len(self.dates()),
            "free_days": [day.isoformat() for day in self.free_days()],
            "items": [item.as_json() for item in self.items],
            "rules": [rule.as_json() for rule in self.rules],
            "why": [reason.text for reason in self.why],
            "why_codes": [{"code": reason.code, "params": dict(reason.params)} for reason in self.why],
        }


def _name_of(item: Item) -> str:
    return str(
        item.body.get("route_id")
        or item.body.get("product_id")
        or item.body.get("rule_id")
        or item.body.get("place_id")
    )


class Writer:
    """Writes the items of one trip."""

    def __init__(self, trip: Trip, catalogue: Catalogue, router: Router, today: date) -> None:
        self.trip = trip
        self.catalogue = catalogue
        self.router = router
        self.stops = catalogue.stops
        self.today = today
        self.party = trip.brief.party

    def write(self, labels: np.ndarray, solution: np.void) -> Itinerary:
        """Return the itinerary of one solution."""
        chain = []
        at = int(solution["label"])
        while at >= 0:
            chain.append(labels[at])
            at = int(labels[at]["parent"])
        chain.reverse()
        items: list[Item] = []
        visited: set[str] = set()
        nights: list[tuple[int, int]] = []  # (night, node) of the stay being written
        stay_at = 0

        def close_stay() -> None:
            if nights:
                items.insert(stay_at, self._stay(nights))
                nights.clear()

        node = int(chain[0]["node"])
        for step, label in enumerate(chain[1:], start=1):
            act = int(label["act"])
            if act == NIGHT:
                night = -(-(int(label["began_s"]) - 3 * HOUR) // DAY) - 1
                if nights and not self._goes_on(nights[-1], (night, int(label["node"]))):
                    close_stay()
                if not nights:
                    stay_at = len(items)
                nights.append((night, int(label["node"])))
                visited.add(self._name(int(label["node"])))
                continue
            if act == TRAVEL:
                close_stay()
                offer = self.trip.problem.offers[int(label["what"])]
                began_s = self._unhurried(offer, chain, step)
                self._travel(offer, began_s, int(label["node"]), items)
            elif act == PACKAGE:
                number = int(label["what"])
                package = self.trip.packages[number]
                overnight = package.nights > 0 or package.days > 1
                if overnight or int(label["node"]) != node:
                    close_stay()
                self._package(number, package, int(label["began_s"]), items)
                visited.update(p for p in (package.start_id, package.end_id, *package.visits) if self.stops.is_place(p))
            node = int(label["node"])
        close_stay()
        offer = self.trip.problem.offers[int(solution["row"])]
        self._travel(offer, int(solution["dep_s"]), self.trip.problem.exit, items)
        items = self._with_levy(items)
        return Itinerary(
            self.trip, tuple(items), int(solution["transit_s"]), int(solution["worth"]), visited=frozenset(visited)
        )

    def _goes_on(self, last: tuple[int, int], now: tuple[int, int]) -> bool:
        """Tell whether a night belongs to the same stay as the night before it."""
        booked = self.trip.problem.booked
        return last[0] == now[0] - 1 and last[1] == now[1] and (booked[last[0]] >= 0) == (booked[now[0]] >= 0)

    def _name(self, node: int) -> str:
        return self.stops.ids[self.trip.nodes[node]]

    def _unhurried(self, offer: np.void, chain: Sequence[np.void], step: int) -> int:
        """Return when to leave on a free transfer: as late as what follows the same day allows, else about nine."""
        label, before = chain[step], chain[step - 1]
        began_s = int(label["began_s"])
        if not offer["is_free"] or int(before["kind"]) == ENTERED:
            return began_s
        dur_s = int(offer["arr_s"])
        day = began_s // DAY
        goal_s = day * DAY + UNHURRIED_S
        if step + 1 < len(chain) and int(chain[step + 1]["act"]) == PACKAGE:
            after = chain[step + 1]
            access_s = int(self.trip.problem.access_s[int(after["what"])])
            if int(after["began_s"]) // DAY == (began_s + dur_s) // DAY:
                goal_s = min(int(after["began_s"]) - access_s - 2 * BUFFER_S - dur_s, max(goal_s, began_s))
        leave_s = max(began_s, min(goal_s, day * DAY + int(offer["hi_s"])))
        problem = self.trip.problem
        if offer["in_bali"] and leave_s < problem.closed_until_s and leave_s + dur_s > problem.closed_from_s:
            return began_s
        return leave_s

    def _travel(self, offer: np.void, began_s: int, to_node: int, items: list[Item]) -> None:
        day = began_s // DAY
        for move in self.router.moves(offer, began_s - day * DAY):
            item = self.item_of(move, day)
            items.append(item)
            if item.mode == "ferry" and boarding_fee(self.catalogue, "ferry", self.party):
                on = self.trip.calendar.day(item.start_s // DAY)
                each = fee_each(self.catalogue, PORT_FEE, self.party, on)
                items.append(self._fee(Fee(PORT_FEE, on, self.party.heads, each), item.province))
            items += self._paid_on_landing(move, day, to_node)

    def _paid_on_landing(self, move: Move, day: int, to_node: int) -> list[Item]:
        """Return the entry fee of the island group that a move lands in, where the journey ends there."""
        found = []
        goal = self.stops.town(self._name(to_node))
        for rule_id in self.catalogue.rules if self.trip.problem.area[to_node] else ():
            zone = entry_area(self.catalogue, rule_id)
            if not is_fee(self.catalogue, rule_id) or goal not in zone:
                continue
            towns = [self.stops.town(self.stops.ids[stop]) for stop in (move.board, move.alight)]
            if towns[0] in zone or towns[1] not in zone:
                continue
            on = self.trip.calendar.day(day + move.arr_s // DAY)
            persons = persons_of(self.catalogue, rule_id, self.party)
            each = fee_each(self.catalogue, rule_id, self.party, on)
            if persons and each:
                found.append(self._fee(Fee(rule_id, on, persons, each)))
        return found

    def item_of(self, move: Move, day: int) -> Item:
        """Return a leg or transfer as an item; its seconds count from the midnight of `day`."""
        return self._leg(move, day) if move.trip >= 0 else self._transfer(move, day)

    def _sold(self, kind: str, mode: str, otherwise: str = "here") -> str:
        own = self.trip.brief.self_arrange
        return "self" if kind in own or mode in own else otherwise

    def _leg(self, move: Move, day: int) -> Item:
        timetable = self.router.network.timetable
        calendar = self.trip.calendar
        route = timetable.routes[move.route]
        group = self.catalogue.fare_groups[route["fare_group"]]
        dep_s, arr_s = day * DAY + move.dep_s, day * DAY + move.arr_s
        service_on = calendar.day(day + move.service_day)
        from_stop, to_stop = self.stops.ids[move.board], self.stops.ids[move.alight]
        lines = timetable.fares.lines(route["route_id"], self.party) or []
        price = sum(line.count * line.each.high for line in lines)
        low = sum(line.count * line.each.low for line in lines)
        band = route_band(self.catalogue, dict(route), to_stop, calendar.day(dep_s // DAY).month)
        opens_on = service_on - timedelta(days=int(group["sales_open_days"]))
        trip = timetable.trips[move.trip]
        body: dict[str, Any] = {
            "kind": "leg",
            "mode": route["mode"],
            "route_id": route["route_id"],
            "trip_id": timetable.trip_ids[move.trip],
            "service_date": service_on.isoformat(),
            "from_stop": from_stop,
            "to_stop": to_stop,
            "departs": calendar.iso(dep_s),
            "arrives": calendar.iso(arr_s),
            "check_in_by": calendar.iso(dep_s - 60 * int(group["checkin_min"])),
            "operator": route["operators"],
            "confirm": "on_request" if route["status"] == "verify" else "instant",
            "status": route["status"],
            "exposure": band,
            "area_id": route["area_id"],
            "basis": "per_person",
            "quantity": [{"what": line.band, "count": line.count, "amount": line.each.high} for line in lines],
            "distance_km": float(route["distance_km"] or 0),
            "seats": int(route["seats"] or 0),
            "vessel": route["vessel"],
            "fare_group": route["fare_group"],
            "dep_confidence": trip.get("dep_confidence") or route["dep_confidence"],
            "evidence_year": route["evidence_year"],
            "source": route["source"],
        }
        if opens_on > self.today:
            body["sales_open_on"] = opens_on.isoformat()
        otherwise = "on_spot" if route["fare_group"] in AT_THE_COUNTER else "here"
        return Item(
            "leg", dep_s, arr_s, price, low, self._sold("leg", route["mode"], otherwise), route["confidence"],
            self.stops.province(from_stop), body, tuple(filter(None, route["rule_ids"].split(";"))), route["mode"],
            band,
            KG_CO2[route["mode"]] * float(route["distance_km"] or 0) * self.party.heads,
            exposed_end_s=arr_s if band >= 2 else -1,
        )  # fmt: skip

    def _transfer(self, move: Move, day: int) -> Item:
        return self._transfer_at(move.edge, day * DAY + move.dep_s, day * DAY + move.arr_s)

    def _transfer_at(self, edge: int, dep_s: int, arr_s: int) -> Item:
        transfers = self.catalogue.transfers
        calendar = self.trip.calendar
        row = transfers.rows[int(transfers.row[edge])]
        from_id, to_id = self.stops.ids[int(transfers.board[edge])], self.stops.ids[int(transfers.to[edge])]
        hired = hire(row, self.party)
        month = calendar.day(dep_s // DAY).month
        band = self.catalogue.band(row["area_id"], month, row["mode"]) if row["mode"] == "charter_boat" else 0
        basis = {"car": "per_vehicle", "minibus": "per_vehicle", "boat": "per_boat"}.get(hired.what, "included")
        quantity = [Line(hired.what, hired.vehicles, hired.high // max(1, hired.vehicles))]
        km = float(row["distance_km"] or 0)
        body: dict[str, Any] = {
            "kind": "transfer",
            "mode": row["mode"],
            "route_id": row["route_id"],
            "from": from_id,
            "to": to_id,
            "departs": calendar.iso(dep_s),
            "arrives": calendar.iso(arr_s),
            "operator": row["operators"],
            "confirm": "instant",
            "status": row["status"],
            "exposure": band,
            "area_id": row["area_id"] if row["mode"] == "charter_boat" else "",
            "basis": basis,
            "quantity": [vars(line) for line in quantity],
            "vehicles": hired.vehicles if row["mode"] != "walk" else 0,
            "distance_km": km,
            "evidence_year": row["evidence_year"],
            "source": row["source"],
        }
        return Item(
            "transfer", dep_s, arr_s, hired.high, hired.low,
            self._sold("transfer", row["mode"], "self" if row["mode"] == "walk" else "here"), row["confidence"],
            self.stops.province(from_id), body, tuple(filter(None, row["rule_ids"].split(";"))), row["mode"], band,
            KG_CO2_VEHICLE[hired.what] * km * hired.vehicles, exposed_end_s=arr_s if band >= 2 else -1,
        )  # fmt: skip

    def _package(self, number: int, package: Package, start_s: int, items: list[Item]) -> None:
        calendar = self.trip.calendar
        day = start_s // DAY
        end_s = day * DAY + package.span_s
        edge = self.trip.access_edge[number]
        if edge >= 0:
            dur_s = int(self.catalogue.transfers.dur_s[edge])
            items.append(self._transfer_at(edge, start_s - BUFFER_S - dur_s, start_s - BUFFER_S))
        cost = package_cost(package, self.party)
        starts_on = calendar.day(day)
        band = self.catalogue.package_band(package, starts_on.month)
        row = package.row
        body: dict[str, Any] = {
            "kind": "package",
            "product_id": package.id,
            "option_id": package.option_id,
            "availability_id": calendar.iso(start_s),
            "title": package.title,
            "type": package.type,
            "operator": package.operator,
            "starts": calendar.iso(start_s),
            "ends": calendar.iso(end_s),
            "from_place": package.start_id,
            "to_place": package.end_id,
            "visits": list(package.visits),
            "confirm": package.confirm,
            "runs_from": package.min_pax,
            "min_pax": package.min_pax,
            "cutoff_hours": package.cutoff_hours,
            "nights": package.nights,
            "exposure": band,
            "area_id": package.area_id,
            "basis": cost.basis,
            "quantity": [vars(line) for line in cost.lines],
            "local_share_pct": package.local_share_pct,
            "status": "active",
            "evidence_year": row.get("evidence_year", ""),
            "source": row["source"],
        }
        moving = package.start_id != package.end_id
        items.append(
            Item(
                "package",
                start_s,
                end_s,
                cost.high,
                cost.low,
                self._sold("package", package.type),
                row["confidence"],
                self.stops.province(package.start_id),
                body,
                package.rule_ids,
                "liveaboard" if package.type == "liveaboard" else "package",
                band,
                local_pct=package.local_share_pct,
                nights=package.days - 1,
                exposed_end_s=end_s if band >= 2 and moving else -1,
            )
        )
        for fee in package_fees(self.catalogue, package, starts_on, self.party):
            items.append(self._fee(fee))

    def _stay(self, nights: Sequence[tuple[int, int]]) -> Item:
        calendar = self.trip.calendar
        first, node = nights[0]
        place_id = self._name(node)
        check_in, check_out = calendar.day(first), calendar.day(nights[-1][0] + 1)
        body: dict[str, Any] = {
            "kind": "stay",
            "place_id": place_id,
            "check_in": check_in.isoformat(),
            "check_out": check_out.isoformat(),
            "nights": len(nights),
            "rooms": self.party.rooms,
        }
        start_s, end_s = first * DAY + 14 * HOUR, (nights[-1][0] + 1) * DAY + 11 * HOUR
        is_booked = bool(self.trip.problem.booked[first] == node)
        stay = self.trip.stays[node]
        if is_booked or stay is None:
            body |= {
                "product_id": None, "option_id": None, "title": "", "booked": True, "basis": "included", "quantity": [],
                "operator": "", "level": "", "type": "", "confirm": "instant", "status": "active", "evidence_year": "",
                "source": "booked by the traveller",
            }  # fmt: skip
            return Item(
                "stay", start_s, end_s, 0, 0, "self", "typical", self.stops.province(place_id), body, nights=len(nights)
            )
        cost = nights_cost(stay, check_in, len(nights), self.party.rooms, self.catalogue)
        body |= self._house(stay, cost)
        return Item(
            "stay", start_s, end_s, cost.high, cost.low, self._sold("stay", stay.type), stay.row["confidence"],
            self.stops.province(place_id), body, local_pct=stay.local_share_pct, nights=len(nights),
        )  # fmt: skip

    def _house(self, stay: Stay, cost: Cost) -> dict[str, Any]:
        return {
            "product_id": stay.id,
            "option_id": stay.option_id,
            "title": stay.title,
            "operator": stay.operator,
            "level": stay.level,
            "type": stay.type,
            "confirm": "instant",
            "status": "active",
            "basis": cost.basis,
            "quantity": [vars(line) for line in cost.lines],
            "local_share_pct": stay.local_share_pct,
            "evidence_year": stay.row.get("evidence_year", ""),
            "source": stay.row["source"],
        }

    def _fee(self, fee: Fee, province: str = "") -> Item:
        rule = self.catalogue.rules[fee.rule_id]
        at_s = self.trip.calendar.index(fee.on) * DAY
        body = {
            "kind": "fee",
            "rule_id": fee.rule_id,
            "title": rule["name"],
            "on": fee.on.isoformat(),
            "persons": fee.persons,
            "basis": "per_person_fee",
            "quantity": [{"what": "person", "count": fee.persons, "amount": fee.each}],
            "operator": "",
            "evidence_year": rule["as_of"][:4],
            "source": rule["source"],
        }
        return Item(
            "fee", at_s, at_s, fee.amount, fee.amount, "on_spot", rule["confidence"],
            province or FEE_PROVINCE.get(fee.rule_id, "NTB"), body, (fee.rule_id,),
        )  # fmt: skip

    def _with_levy(self, items: list[Item]) -> list[Item]:
        """Add the Bali levy once, on the day on which foreigners first stand in Bali."""
        persons = persons_of(self.catalogue, LEVY, self.party)
        first_s = None
        if self.stops.province(self.trip.brief.entry_hub) == "Bali":
            first_s = self.trip.calendar.seconds(self.trip.brief.entry_at)
        else:
            for item in items:
                ends_in = item.body.get("to_stop") or item.body.get("to") or item.body.get("to_place")
                if ends_in and self.stops.province(ends_in) == "Bali":
                    first_s = item.end_s
                    break
        if not persons or first_s is None:
            return items
        on = self.trip.calendar.day(first_s // DAY)
        levy = self._fee(Fee(LEVY, on, persons, fee_each(self.catalogue, LEVY, self.party, on)))
        at = next(
            (
                i + 1
                for i, item in enumerate(items)
                if item.kind in ("leg", "transfer", "package") and item.end_s >= first_s
            ),
            len(items),
        )
        return [*items[:at], levy, *items[at:]]
