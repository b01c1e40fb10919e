"""Makes the single items of a trip: each leg, transfer, package, stay and fee with time, price, source and seller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from planner.design.brief import BOOKED, PinnedStay
from planner.design.carbon import seats_kg, vehicles_kg
from planner.design.catalogue import Catalogue, Package, Stay
from planner.design.costs import Cost, Fee, Line, nights_cost, package_cost
from planner.design.itinerary import Item
from planner.design.problem import Trip
from planner.design.tariffs import route_band
from planner.network.snapshot import Timetable
from planner.network.transfers import hire
from planner.routing.router import Move
from planner.values.times import DAY, HOUR

AT_THE_COUNTER = frozenset({"FG-PUBLICBOAT", "FG-BUS-LOCAL"})
"""Fare groups whose tickets are bought on board or at the counter on the day."""
FEE_PROVINCE = {
    "RL-LEVY": "Bali",
    "RL-PENIDA": "Bali",
    "RL-KNP-FEE": "NTT",
    "RL-KELI": "NTT",
    "RL-WAEREBO": "NTT",
}


HELD_ALREADY: dict[str, Any] = {"booked": True, "basis": "included", "quantity": []}
"""What an item says that the traveller has booked already."""


class ItemMaker:
    """Makes the items of one trip; seconds count from its first midnight."""

    def __init__(self, trip: Trip, catalogue: Catalogue, timetable: Timetable, today: date) -> None:
        self.trip = trip
        self.catalogue = catalogue
        self.timetable = timetable
        self.stops = catalogue.stops
        self.today = today
        self.party = trip.brief.party

    def move(self, move: Move, day: int) -> Item:
        """Return a leg or transfer, whose own seconds count from the midnight of `day`."""
        if move.trip >= 0:
            return self._leg(move, day)
        return self.transfer(move.edge, day * DAY + move.dep_s, day * DAY + move.arr_s)

    def _sold(self, kind: str, mode: str, otherwise: str = "here") -> str:
        own = self.trip.brief.self_arrange
        return "self" if kind in own or mode in own else otherwise

    def _own(self, item: Item, how: str) -> Item:
        """Return an item as the traveller's own: to be bought alone, or booked already and so without a price."""
        if how == BOOKED:
            return replace(item, sold="self", price=0, low=0, body=item.body | HELD_ALREADY)
        return replace(item, sold="self") if how else item

    def _leg(self, move: Move, day: int) -> Item:
        timetable = self.timetable
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
        made = Item(
            "leg", dep_s, arr_s, price, low, self._sold("leg", route["mode"], otherwise), route["confidence"],
            self.stops.province(from_stop), body, tuple(filter(None, route["rule_ids"].split(";"))), route["mode"],
            band,
            seats_kg(route["mode"], float(route["distance_km"] or 0), self.party.heads),
            exposed_end_s=arr_s if band >= 2 else -1,
        )  # fmt: skip
        return self._own(made, self.trip.brief.own_leg(body["trip_id"], service_on))

    def transfer(self, edge: int, dep_s: int, arr_s: int) -> Item:
        """Return a stretch on demand between two seconds."""
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
            vehicles_kg(hired.what, km, hired.vehicles), exposed_end_s=arr_s if band >= 2 else -1,
        )  # fmt: skip

    def package(self, package: Package, start_s: int) -> Item:
        """Return a package that starts at this second."""
        calendar = self.trip.calendar
        day = start_s // DAY
        end_s = day * DAY + package.span_s
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
        made = Item(
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
        return self._own(made, self.trip.brief.own_package(package.id))

    def stay(self, nights: Sequence[tuple[int, int]]) -> Item:
        """Return the stay of consecutive (night, node) at one node."""
        calendar = self.trip.calendar
        first, node = nights[0]
        place_id = self.stops.ids[self.trip.nodes[node]]
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
        stay, own = self.trip.stays[node], self.trip.own_nights.get(first, "")
        has_named = any(pin.check_in <= check_in < pin.check_out and pin.product_id for pin in self._pinned(place_id))
        if stay is None or (own == BOOKED and not has_named):
            body |= HELD_ALREADY | {
                "product_id": None, "option_id": None, "title": "", "operator": "", "level": "", "type": "",
                "confirm": "instant", "status": "active", "evidence_year": "", "source": "booked by the traveller",
            }  # fmt: skip
            return Item(
                "stay", start_s, end_s, 0, 0, "self", "typical", self.stops.province(place_id), body, nights=len(nights)
            )
        cost = nights_cost(stay, check_in, len(nights), self.party.rooms, self.catalogue)
        body |= self._house(stay, cost)
        made = Item(
            "stay", start_s, end_s, cost.high, cost.low, self._sold("stay", stay.type), stay.row["confidence"],
            self.stops.province(place_id), body, local_pct=stay.local_share_pct, nights=len(nights),
        )  # fmt: skip
        return self._own(made, own)

    def _pinned(self, place_id: str) -> list[PinnedStay]:
        return [pin for pin in self.trip.brief.pinned_stays if pin.place_id == place_id]

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

    def fee(self, fee: Fee, province: str = "") -> Item:
        """Return a fee, spent in the province where its rule holds unless another is given."""
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
