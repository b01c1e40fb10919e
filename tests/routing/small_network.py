"""Networks as small tables of text, and journeys as one line of text.

    net = Small(
        stops='''
            ubud    place    Bali
            DPS     airport  Bali     kerb=45 connect=120 to_boat=180
            LBJ     airport  Flores   kerb=20''',
        lines='''fly  flight  checkin=90 close=30 price=900 band=0''',
        trips='''fly  DPS 10:00 11:10 LBJ  on=0,1,2''',
        roads='''ubud DPS 85 350''',
    )
    net.journeys("ubud", "LBJ")  ->  ["07:05 road DPS 08:30, 10:00 fly LBJ 11:10 = 1250"]

Times are hours and minutes of the day searched (above 24:00 on later days), prices thousands of rupiah. A trip may
have several hops (`bus A 08:00 09:00 B 09:10 10:00 C`); without `on=` it runs on every day. Days are numbered from
Thursday 1 April 2027; the first day of the timetable is one before it. Roads run both ways unless `oneway` follows;
`road`, `walk` and `boat` name what goes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from planner.network.fares import Fares
from planner.network.snapshot import Timetable
from planner.network.stops import Stops, build_stops
from planner.network.transfers import build_transfers
from planner.routing.query import Tariff
from planner.routing.router import Move, Router
from planner.routing.travel_table import Network, TravelTable

DAY_0 = date(2027, 4, 1)
DAYS = 8
PROVINCE = {"Bali": "Bali", "Lombok": "West Nusa Tenggara"}
KINDS = {"road": "road", "walk": "walk", "boat": "charter_boat"}
NOTHING = np.zeros(0, np.int32)
NO_TABLE = TravelTable({}, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, overflow=0)
THOUSAND = 1000


def clock(seconds: int) -> str:
    sign = "-" if seconds < 0 else ""
    return f"{sign}{abs(seconds) // 3600:02}:{abs(seconds) % 3600 // 60:02}"


def seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def split_line(line: str) -> tuple[list[str], dict[str, str]]:
    """Return the bare words of a line and its `name=value` words."""
    words = line.split()
    return [w for w in words if "=" not in w], dict(w.split("=") for w in words if "=" in w)


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def make_stops(text: str) -> Stops:
    hubs, places = [], []
    for line in lines_of(text):
        (stop_id, kind, island), facts = split_line(line)
        row = {"name": stop_id, "island": island, "lat": "0", "lon": "0"}
        if kind == "place":
            province = PROVINCE.get(island, "East Nusa Tenggara")
            places.append(row | {"place_id": stop_id, "province": province, "elevation_m": facts.get("high", "0")})
        else:
            minutes = {
                "arrival_to_kerb_min": facts.get("kerb", "0"),
                "min_connect_same_mode_min": facts.get("connect", "0"),
                "min_connect_to_boat_min": facts.get("to_boat", "0"),
            }
            hubs.append(row | {"hub_id": stop_id, "kind": kind, "place_id": ""} | minutes)
    return build_stops(hubs, places)


class Small:
    """A network, its tariff, and journeys through it as text."""

    def __init__(
        self, stops: str, lines: str = "", trips: str = "", roads: str = "", closures: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.stops = make_stops(stops)
        self.roads = [split_line(line) for line in lines_of(roads)]
        self.lines = [split_line(line) for line in lines_of(lines)]
        self.timetable = self._timetable([split_line(line) for line in lines_of(trips)])
        rows = [self._road_row(words, facts) for words, facts in self.roads]
        self.network = Network(
            self.timetable,
            self.stops,
            build_transfers(rows, self.stops),
            self._minutes("checkin"),
            self._minutes("close"),
            tuple((datetime.fromisoformat(a + "+08:00"), datetime.fromisoformat(b + "+08:00")) for a, b in closures),
        )
        self.router = Router(self.network, NO_TABLE)

    def _minutes(self, name: str) -> np.ndarray:
        return np.array([60 * int(facts.get(name, 0)) for _, facts in self.lines], np.int32)

    def _road_row(self, words: list[str], facts: dict[str, str]) -> dict[str, str]:
        a, b, minutes = words[:3]
        return {
            "from_id": a, "to_id": b, "dur_min_typ": minutes, "dur_back_typ": facts.get("back", ""),
            "bidirectional": "0" if "oneway" in words else "1", "price_basis": "",
            "mode": next((KINDS[w] for w in words[3:] if w in KINDS), "road"),
        }  # fmt: skip

    def _timetable(self, trips: list[tuple[list[str], dict[str, str]]]) -> Timetable:
        route_ids = [words[0] for words, _ in self.lines]
        hops, trip_route, runs = [], [], []
        for number, (words, facts) in enumerate(trips):
            trip_route.append(route_ids.index(words[0]))
            on = [int(d) for d in facts["on"].split(",")] if "on" in facts else range(-1, DAYS - 1)
            runs.append([day - 1 in on for day in range(DAYS)])
            board = words[1]
            for at in range(2, len(words), 3):
                alight = words[at + 2]
                ends = self.stops.index[board], self.stops.index[alight]
                hops.append((seconds(words[at]), seconds(words[at + 1]), *ends, number))
                board = alight
        table = np.array(sorted(hops), np.int64).reshape(-1, 5)
        return Timetable(
            stop_ids=self.stops.ids,
            route_ids=tuple(route_ids),
            trip_ids=tuple(f"{words[0]}#{n}" for n, (words, _) in enumerate(trips)),
            routes=tuple({"route_id": words[0], "mode": words[1]} for words, _ in self.lines),
            trips=tuple({} for _ in trips),
            first_day=DAY_0 - timedelta(days=1),
            fares=Fares((), {}),
            board=table[:, 2].astype(np.int32),
            alight=table[:, 3].astype(np.int32),
            dep_s=table[:, 0].astype(np.int32),
            arr_s=table[:, 1].astype(np.int32),
            trip=table[:, 4].astype(np.int32),
            trip_route=np.array(trip_route, np.int32),
            trip_service=np.arange(len(trips), dtype=np.int32),
            runs=np.array(runs, np.bool_).reshape(-1, DAYS),
        )

    def tariff(self, heads: int = 1, avoid: tuple[str, ...] = (), bands: dict[str, int] | None = None) -> Tariff:
        """Price for so many heads: seats each, roads and boats once; `bands` adds bands of modes or lines."""
        bands = bands or {}
        transfers = self.network.transfers
        modes = [row["mode"] for row in transfers.rows]
        of_lines = [int(f.get("band", 0)) + bands.get(w[1], 0) + bands.get(w[0], 0) for w, f in self.lines]
        of_roads = [int(f.get("band", 0)) + bands.get(modes[n], 0) for n, (_, f) in enumerate(self.roads)]
        price = [THOUSAND * int(next((w for w in words[3:] if w.isdigit()), 0)) for words, _ in self.roads]
        return Tariff(
            route_price=np.array([heads * THOUSAND * int(f.get("price", 0)) for _, f in self.lines], np.int64),
            edge_price=np.array(price, np.int64)[transfers.row],
            route_open=np.array([w[1] not in avoid for w, _ in self.lines], np.bool_),
            edge_open=np.array([mode not in avoid for mode in modes], np.bool_)[transfers.row],
            route_band=np.tile(np.array(of_lines, np.int16), (13, 1)),
            edge_band=np.tile(np.array(of_roads, np.int16)[transfers.row], (13, 1)),
        )

    def search(
        self, origin: str, target: str, day: int = 0, tariff: Tariff | None = None
    ) -> tuple[np.ndarray, list[list[Move]]]:
        number = self.stops.index
        on = DAY_0 + timedelta(days=day)
        return self.router.search(number[origin], number[target], on, tariff or self.tariff())

    def journeys(self, origin: str, target: str, day: int = 0, tariff: Tariff | None = None) -> list[str]:
        """Return all journeys as text, those at any time first (they leave at 08:00), then by departure."""
        offers, moves = self.search(origin, target, day, tariff)
        return [text for _, text in sorted(zip(map(order, offers), map(self.text, offers, moves), strict=True))]

    def text(self, offer: Any, moves: list[Move]) -> str:
        words = [self.move(m) for m in moves]
        band = f" rough {offer['worst']}/{offer['sum']}" if offer["worst"] else ""
        return f"{'any time: ' if offer['is_free'] else ''}{', '.join(words)} = {offer['price'] // THOUSAND}{band}"

    def move(self, m: Move) -> str:
        row = self.network.transfers.rows[self.network.transfers.row[m.edge]] if m.edge >= 0 else {}
        name = self.timetable.route_ids[m.route] if m.edge < 0 else row["mode"].replace("charter_", "")
        return f"{clock(m.dep_s)} {name} {self.stops.ids[m.alight]} {clock(m.arr_s)}"


def order(offer: Any) -> tuple[int, int, int, int]:
    return 1 - int(offer["is_free"]), int(offer["dep_s"]), int(offer["arr_s"]), int(offer["price"])


__all__ = ["DAY_0", "Small", "clock", "seconds"]
