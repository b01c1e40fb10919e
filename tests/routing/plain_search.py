"""A journey search in plain Python, slow and without any pruning by price: what the compiled scan is held against.

The rules in words: check-in aimed at, kerb, connect times, four hours
from a fast boat into Bali to the desk of a flight, no wait over 03:00 or beyond nine hours, boats by daylight, long
roads between four and ten, closures, at most three roads to the first vehicle and two after each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.routing.query import Tariff
from planner.routing.travel_table import Network
from planner.values.times import WITA

HOUR, DAY = 3600, 86400
SEA = {"ferry", "fast_boat", "public_boat", "ship"}


@dataclass(frozen=True)
class Ride:
    """One hop of one trip on one day; `wait` the check-in aimed at, `desk` the closing, in seconds."""

    board: int
    alight: int
    dep: int
    arr: int
    mode: str
    price: int
    band: int
    wait: int
    desk: int


@dataclass(frozen=True)
class Road:
    to: int
    dur: int
    price: int
    band: int
    is_boat: bool
    in_bali: bool


@dataclass(slots=True)
class State:
    """A traveller who has got off (or driven on) somewhere; `mode` is "" before the first vehicle."""

    node: int
    at: int
    dep: int
    mode: str = ""
    price: int = 0
    worst: int = 0
    sum: int = 0
    legs: int = 0
    boat_from: int = -1
    fly_from: int = -1
    trail: tuple[tuple[int, int, int], ...] = ()
    """(start, end, stop) of each ride and road so far."""

    @property
    def figures(self) -> tuple[int, int, int, int, int]:
        return self.dep, self.at, self.price, self.worst, self.sum


def sleeps_in(start: int, end: int) -> bool:
    """Tell whether a 03:00 lies from `start` on and before `end`."""
    return any(start <= day * DAY + 3 * HOUR < end for day in range(-2, 8))


class Plain:
    """The network of one tariff and one day, as lists.

    At most `roads_on` roads follow each vehicle, and no vehicle leaves from second `until` on.
    """

    def __init__(self, network: Network, tariff: Tariff, day: date, roads_on: int = 3, until: int = 3 * DAY) -> None:
        self.roads_on = roads_on
        stops, table = network.stops, network.timetable
        self.kerb = [int(x) for x in stops.kerb_s]
        self.connect = [int(x) for x in stops.connect_s]
        self.to_boat = [int(x) for x in stops.to_boat_s]
        self.bali = [bool(x) for x in stops.in_bali]
        number = {stop_id: i for i, stop_id in enumerate(stops.ids)}
        self.rides: list[Ride] = []
        for offset in range(-1, 3):
            index = (day - table.first_day).days + offset
            if not 0 <= index < table.runs.shape[1]:
                continue
            for c in range(len(table.board)):
                trip = int(table.trip[c])
                route = int(table.trip_route[trip])
                dep = int(table.dep_s[c]) + offset * DAY
                if table.runs[table.trip_service[trip], index] and 0 <= dep < until and tariff.route_open[route]:
                    a, b = (number[table.stop_ids[int(end[c])]] for end in (table.board, table.alight))
                    band = round(float(tariff.route_band[1:, route].mean()))
                    wait, desk = int(network.checkin_s[route]), int(network.close_s[route])
                    arr = int(table.arr_s[c]) + offset * DAY
                    mode, price = table.routes[route]["mode"], int(tariff.route_price[route])
                    self.rides.append(Ride(a, b, dep, arr, mode, price, band, wait, desk))
        self.rides.sort(key=lambda ride: ride.dep)
        self.roads: list[list[Road]] = [[] for _ in stops.ids]
        t = network.transfers
        for e in range(len(t)):
            if tariff.edge_open[e]:
                is_boat = t.rows[t.row[e]]["mode"] == "charter_boat"
                ends = int(t.board[e]), int(t.to[e])
                band = round(float(tariff.edge_band[1:, e].mean()))
                bali = self.bali[ends[0]] or self.bali[ends[1]]
                road = Road(ends[1], int(t.dur_s[e]), int(tariff.edge_price[e]), band, is_boat, bali)
                self.roads[ends[0]].append(road)
        midnight = datetime(day.year, day.month, day.day, tzinfo=WITA)
        self.shut = [
            tuple(int((end - midnight) / timedelta(seconds=1)) for end in closure) for closure in network.closures
        ]

    def may_drive(self, road: Road, start: int) -> bool:
        end = start + road.dur
        if road.in_bali and any(start < until and end > since for since, until in self.shut):
            return False
        hour, ends = start % DAY / HOUR, (start % DAY + road.dur) / HOUR
        if road.is_boat:
            return hour >= 5.5 and ends <= 18.5
        return road.dur <= 2 * HOUR or (hour >= 4 and ends <= 22)

    def stretches(self, origin: int) -> Iterator[tuple[Road, ...]]:
        """List every way of at most three roads from the origin that never comes back to it."""
        found: list[tuple[Road, ...]] = [()]
        for way in found:
            yield way
            if len(way) < 3:
                for road in self.roads[way[-1].to if way else origin]:
                    if road.to != origin and sum(r.dur for r in way) + road.dur <= 11 * HOUR:
                        found.append((*way, road))

    def starts(self, origin: int, ways: dict[int, list[tuple[Road, ...]]], ride: Ride) -> Iterator[State]:
        """List the ways to stand at a ride's stop as the first vehicle, having left just in time."""
        for way in ways.get(ride.board, ()):
            leave = at = ride.dep - ride.wait - sum(road.dur for road in way)
            if not 4 * HOUR <= leave <= 21.5 * HOUR or sleeps_in(ride.dep - ride.wait, ride.dep):
                continue
            state = State(origin, leave, leave)
            for road in way:
                if not self.may_drive(road, at):
                    break
                worst, total = max(state.worst, road.band), state.sum + road.band
                trail = (*state.trail, (at, at + road.dur, road.to))
                at += road.dur
                state = State(road.to, at, leave, "", state.price + road.price, worst, total, trail=trail)
            else:
                yield state

    def ways_from(self, origin: int) -> dict[int, list[tuple[Road, ...]]]:
        ways: dict[int, list[tuple[Road, ...]]] = {}
        for way in self.stretches(origin):
            ways.setdefault(way[-1].to if way else origin, []).append(way)
        return ways

    def may_ride(self, ride: Ride) -> bool:
        return not sleeps_in(ride.dep, ride.arr) or ride.arr - ride.dep >= 6 * HOUR

    def may_change(self, state: State, ride: Ride) -> bool:
        kerb = self.kerb[ride.board] if state.mode == "flight" else 0
        need = kerb + ride.wait
        if state.mode == ride.mode == "flight":
            need = max(self.connect[ride.board], kerb + ride.desk)
        if not need <= ride.dep - state.at <= 9 * HOUR or ride.arr - state.dep > 42 * HOUR:
            return False
        if sleeps_in(state.at, ride.dep) or (ride.mode in SEA and ride.dep < state.boat_from):
            return False
        return not (ride.mode == "flight" and ride.dep - ride.desk < state.fly_from)

    def board(self, state: State, ride: Ride) -> State:
        boat_from = ride.arr + self.to_boat[ride.alight] if ride.mode == "flight" else -1
        fly_from = ride.arr + 4 * HOUR if ride.mode == "fast_boat" and self.bali[ride.alight] else state.fly_from
        trail = (*state.trail, (ride.dep, ride.arr, ride.alight))
        return State(
            ride.alight, ride.arr, state.dep, ride.mode, state.price + ride.price, max(state.worst, ride.band),
            state.sum + ride.band, state.legs + 1, boat_from, fly_from, trail,
        )  # fmt: skip

    def drive_on(self, state: State, origin: int) -> Iterator[State]:
        """List where at most two roads lead on at once from a landing, the landing itself first."""
        wave = [state]
        yield state
        for _ in range(self.roads_on):
            wave = [further for here in wave for further in self._next_stops(here, origin)]
            yield from wave

    def _next_stops(self, here: State, origin: int) -> Iterator[State]:
        leave = here.at + (self.kerb[here.node] if here.mode == "flight" else 0)
        for road in self.roads[here.node]:
            end = leave + road.dur
            if road.to == origin or not self.may_drive(road, leave) or sleeps_in(here.at, end):
                continue
            if end - here.dep <= 42 * HOUR:
                worst, total = max(here.worst, road.band), here.sum + road.band
                yield State(
                    road.to, end, here.dep, "road", here.price + road.price, worst, total, here.legs, here.boat_from,
                    here.fly_from, (*here.trail, (leave, end, road.to)),
                )  # fmt: skip

    def all_journeys(self, origin: int, most_legs: int) -> list[State]:
        """Enumerate every journey from the origin of at most so many vehicles; for tiny networks only."""
        ways = self.ways_from(origin)
        open_states: list[State] = []
        for ride in self.rides:
            if ride.alight != origin and self.may_ride(ride):
                for start in self.starts(origin, ways, ride):
                    open_states += self.drive_on(self.board(start, ride), origin)
        found = []
        while open_states:
            state = open_states.pop()
            found.append(state)
            if state.legs < most_legs:
                for ride in self.rides:
                    fits = ride.board == state.node and ride.alight != origin and self.may_ride(ride)
                    if fits and self.may_change(state, ride):
                        open_states += self.drive_on(self.board(state, ride), origin)
        return found

    def earliest_arrivals(self, origin: int) -> dict[int, State]:
        """Return the earliest arrival at every stop by at least one vehicle, whatever it costs.

        An earlier state may be unable to wait where a later one is not, so all are kept that differ in anything but
        the hour of leaving (the latest is best, for the 42 hours that a journey may last).
        """
        ways = self.ways_from(origin)
        known: list[dict[tuple[int, bool, int, int, int], State]] = [{} for _ in self.roads]
        best: dict[int, State] = {}
        for ride in self.rides:
            if ride.alight == origin or not self.may_ride(ride):
                continue
            here = {k: s for k, s in known[ride.board].items() if ride.dep - s.at <= 9 * HOUR}
            known[ride.board] = here
            first = [
                *self.starts(origin, ways, ride),
                *(s for s in here.values() if s.legs < 6 and self.may_change(s, ride)),
            ]
            latest: dict[tuple[int, int], State] = {}
            for state in first:
                key = state.legs, state.fly_from
                if key not in latest or state.dep > latest[key].dep:
                    latest[key] = state
            for start in latest.values():
                for s in self.drive_on(self.board(start, ride), origin):
                    spot = s.at, s.mode == "flight", s.legs, s.boat_from, s.fly_from
                    if spot not in known[s.node] or s.dep > known[s.node][spot].dep:
                        known[s.node][spot] = s
                    if s.node not in best or s.at < best[s.node].at:
                        best[s.node] = s
        return best
