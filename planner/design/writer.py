"""Writes a found trip out: what was travelled, taken and slept, in order, with the fees that fall due on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from planner.design.catalogue import Catalogue
from planner.design.costs import Fee, entry_area, fee_each, is_fee, package_fees, persons_of
from planner.design.items import ItemMaker
from planner.design.itinerary import Item, Itinerary
from planner.design.moves import BUFFER_S, ENTERED, NIGHT, PACKAGE, TRAVEL
from planner.design.problem import Trip
from planner.design.tariffs import PORT_FEE, boarding_fee
from planner.routing.router import Move, Router
from planner.values.times import DAY, HOUR

LEVY = "RL-LEVY"
UNHURRIED_S = 9 * HOUR


class Step(NamedTuple):
    """What the writer reads of a label."""

    act: int
    what: int
    node: int
    kind: int
    began_s: int


class Writer:
    """Writes the trips of one search out. They share most of what they do, so each part is made once and kept."""

    def __init__(self, trip: Trip, catalogue: Catalogue, router: Router, today: date) -> None:
        self.trip = trip
        self.catalogue = catalogue
        self.router = router
        self.stops = catalogue.stops
        self.party = trip.brief.party
        self.make = ItemMaker(trip, catalogue, router.network.timetable, today)
        self._made: dict[tuple[int, ...], tuple[Item, ...]] = {}

    def write(self, labels: np.ndarray, solution: np.void) -> Itinerary:
        """Return the itinerary of one solution."""
        chain = _steps(labels, int(solution["label"]))
        items: list[Item] = []
        visited: set[str] = set()
        nights: list[tuple[int, int]] = []  # (night, node) of the stay being written
        stay_at = 0

        def close_stay() -> None:
            if nights:
                key = (NIGHT, *nights[0], len(nights))
                items[stay_at:stay_at] = self._once(key, lambda: [self.make.stay(nights)])
                nights.clear()

        node = chain[0].node
        for number, step in enumerate(chain[1:], start=1):
            if step.act == NIGHT:
                night = -(-(step.began_s - 3 * HOUR) // DAY) - 1
                if nights and not self._goes_on(nights[-1], (night, step.node)):
                    close_stay()
                if not nights:
                    stay_at = len(items)
                nights.append((night, step.node))
                visited.add(self._name(step.node))
                continue
            if step.act == TRAVEL:
                close_stay()
                items += self._travel(step.what, self._unhurried(chain, number), step.node)
            elif step.act == PACKAGE:
                package = self.trip.packages[step.what]
                overnight = package.nights > 0 or package.days > 1
                if overnight or step.node != node:
                    close_stay()
                items += self._package(step.what, step.began_s)
                visited.update(p for p in (package.start_id, package.end_id, *package.visits) if self.stops.is_place(p))
            node = step.node
        close_stay()
        items += self._travel(int(solution["row"]), int(solution["dep_s"]), self.trip.problem.exit)
        items = self._with_levy(items)
        return Itinerary(
            self.trip, tuple(items), int(solution["transit_s"]), int(solution["worth"]), visited=frozenset(visited)
        )

    def _once(self, key: tuple[int, ...], make: Callable[[], Sequence[Item]]) -> tuple[Item, ...]:
        if key not in self._made:
            self._made[key] = tuple(make())
        return self._made[key]

    def _goes_on(self, last: tuple[int, int], now: tuple[int, int]) -> bool:
        """Tell whether a night belongs to the same stay as the night before it."""
        own = self.trip.own_nights
        return last[0] == now[0] - 1 and last[1] == now[1] and own.get(last[0]) == own.get(now[0])

    def _name(self, node: int) -> str:
        return self.stops.ids[self.trip.nodes[node]]

    def _unhurried(self, chain: Sequence[Step], number: int) -> int:
        """Return when to leave on a free transfer: as late as what follows the same day allows, else about nine."""
        step, before = chain[number], chain[number - 1]
        began_s = step.began_s
        offer = self.trip.problem.offers[step.what]
        if not offer["is_free"] or before.kind == ENTERED:
            return began_s
        dur_s = int(offer["arr_s"])
        day = began_s // DAY
        goal_s = day * DAY + UNHURRIED_S
        if number + 1 < len(chain) and chain[number + 1].act == PACKAGE:
            after = chain[number + 1]
            access_s = int(self.trip.problem.access_s[after.what])
            if after.began_s // DAY == (began_s + dur_s) // DAY:
                goal_s = min(after.began_s - access_s - 2 * BUFFER_S - dur_s, max(goal_s, began_s))
        leave_s = max(began_s, min(goal_s, day * DAY + int(offer["hi_s"])))
        problem = self.trip.problem
        if offer["in_bali"] and leave_s < problem.closed_until_s and leave_s + dur_s > problem.closed_from_s:
            return began_s
        return leave_s

    def _travel(self, row: int, began_s: int, to_node: int) -> Sequence[Item]:
        return self._once((TRAVEL, row, began_s), lambda: self._new_travel(row, began_s, to_node))

    def _new_travel(self, row: int, began_s: int, to_node: int) -> list[Item]:
        items: list[Item] = []
        day = began_s // DAY
        for move in self.router.moves(self.trip.problem.offers[row], began_s - day * DAY):
            item = self.make.move(move, day)
            items.append(item)
            if item.mode == "ferry" and boarding_fee(self.catalogue, "ferry", self.party):
                on = self.trip.calendar.day(item.start_s // DAY)
                each = fee_each(self.catalogue, PORT_FEE, self.party, on)
                items.append(self.make.fee(Fee(PORT_FEE, on, self.party.heads, each), item.province))
            items += self._paid_on_landing(move, day, to_node)
        return items

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
                found.append(self.make.fee(Fee(rule_id, on, persons, each)))
        return found

    def _package(self, number: int, start_s: int) -> Sequence[Item]:
        return self._once((PACKAGE, number, start_s), lambda: self._new_package(number, start_s))

    def _new_package(self, number: int, start_s: int) -> list[Item]:
        items: list[Item] = []
        package, edge = self.trip.packages[number], self.trip.access_edge[number]
        if edge >= 0:
            dur_s = int(self.catalogue.transfers.dur_s[edge])
            items.append(self.make.transfer(edge, start_s - BUFFER_S - dur_s, start_s - BUFFER_S))
        items.append(self.make.package(package, start_s))
        starts_on = self.trip.calendar.day(start_s // DAY)
        return items + [self.make.fee(fee) for fee in package_fees(self.catalogue, package, starts_on, self.party)]

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
        levy = self.make.fee(Fee(LEVY, on, persons, fee_each(self.catalogue, LEVY, self.party, on)))
        at = next(
            (
                i + 1
                for i, item in enumerate(items)
                if item.kind in ("leg", "transfer", "package") and item.end_s >= first_s
            ),
            len(items),
        )
        return [*items[:at], levy, *items[at:]]


def _steps(labels: np.ndarray, at: int) -> list[Step]:
    """Return the steps of a trip from its beginning to label `at`."""
    parents = labels["parent"]
    numbers = []
    while at >= 0:
        numbers.append(at)
        at = int(parents[at])
    return [Step(*row) for row in labels[numbers[::-1]][list(Step._fields)].tolist()]
