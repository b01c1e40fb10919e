"""The travel table: for each origin and kind of day, the journeys worth having; built once per timetable, then shared.

Which journeys are worth having hardly depends on who travels, so they are searched for a few reference parties and
stored without prices; a plan prices them for its own party (`offers`). Two dates on which the same services run, the
day before and the two days after included, share their blocks, and equal blocks are stored once. All arrays are
memory-mapped read-only, so that every worker on a machine shares one copy.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numba import njit

from planner.network.snapshot import Timetable
from planner.network.stops import Stops
from planner.network.transfers import Transfers
from planner.routing.labels import CHARTER, FREE, LINK, MODES, NEVER, OPTION, TIMED
from planner.routing.pareto_scan import BAG, free_labels, scan
from planner.routing.query import Connections, Edges, Routes, StopRows, Tariff
from planner.values.times import DAY, WITA

WINDOW_DAYS = 3
LAYOUT = 4
"""Raise when a stored table could no longer be read or would come out otherwise."""
MOST_LABELS = 60_000
MOST_FREE = 600

Signature = tuple[int, ...]
Progress = Callable[[int, int], None]
Window = tuple[Connections, np.ndarray, np.ndarray]
"""The connections of a search, their trips and their service days."""


@dataclass(frozen=True)
class Network:
    """One timetable together with what goes on demand and what closes it.

    `checkin_s`, `close_s` (routes,) seconds before departure by which a traveller aims to be, and must be, at the stop;
    `closures` windows in which Bali's roads are shut.
    """

    timetable: Timetable
    stops: Stops
    transfers: Transfers
    checkin_s: np.ndarray
    close_s: np.ndarray
    closures: tuple[tuple[datetime, datetime], ...]

    @cached_property
    def number(self) -> np.ndarray:
        """(feed stops,) the catalogue's number of each stop of the feed, -1 where it knows none."""
        return np.array([self.stops.index.get(stop_id, -1) for stop_id in self.timetable.stop_ids], np.int16)

    @cached_property
    def route_mode(self) -> np.ndarray:
        """(routes,) number of each route's mode."""
        return np.array([MODES.index(row.get("mode") or "bus") for row in self.timetable.routes], np.int16)

    @cached_property
    def edge_in_bali(self) -> np.ndarray:
        """(edges,) whether a transfer touches Bali, where Nyepi shuts the roads."""
        in_bali = self.stops.in_bali
        return in_bali[self.transfers.board] | in_bali[self.transfers.to]

    @cached_property
    def edge_is_boat(self) -> np.ndarray:
        """(edges,) whether a transfer is a chartered boat."""
        return self.transfers.mode == CHARTER

    def closed(self, day: date) -> tuple[int, int]:
        """Return the closure that touches the window of `day`, in seconds from its midnight; (0, 0) if none."""
        start = datetime(day.year, day.month, day.day, tzinfo=WITA)
        for closed_from, closed_until in self.closures:
            a, b = (int((t - start).total_seconds()) for t in (closed_from, closed_until))
            if a < WINDOW_DAYS * DAY and b > 0:
                return a, b
        return 0, 0

    def signature(self, day: date) -> Signature:
        """Return what a search of this day depends on: days with equal signatures share their journeys."""
        classes = []
        for offset in range(-1, WINDOW_DAYS):
            index = (day - self.timetable.first_day).days + offset
            inside = 0 <= index < self.timetable.runs.shape[1]
            classes.append(int(self.timetable.day_class[index]) if inside else -1)
        return (*classes, *self.closed(day))

    def edges(self, tariff: Tariff, band: np.ndarray) -> Edges:
        """Return the transfers as the search reads them."""
        transfers = self.transfers
        return Edges(
            first=transfers.first,
            to=transfers.to,
            dur_s=transfers.dur_s,
            price=tariff.edge_price,
            band=band,
            mode=transfers.mode,
            is_boat=self.edge_is_boat,
            in_closure=self.edge_in_bali,
            is_open=tariff.edge_open,
        )


@dataclass(frozen=True)
class Block:
    """The journeys of one origin on one kind of day."""

    options: np.ndarray
    links: np.ndarray


class Searcher:
    """Searches one network for one tariff; holds the scratch arrays of one thread."""

    def __init__(self, network: Network, tariff: Tariff) -> None:
        self.network = network
        self.overflow = np.zeros(1, np.int32)
        mean = np.rint(tariff.route_band[1:].mean(axis=0)).astype(np.int16)
        self._routes = Routes(
            tariff.route_price,
            network.checkin_s,
            network.close_s,
            network.route_mode,
            mean,
            tariff.route_open,
        )
        self._edges = network.edges(tariff, np.rint(tariff.edge_band[1:].mean(axis=0)).astype(np.int16))
        stops = network.stops
        self._stops = StopRows(stops.kerb_s, stops.connect_s, stops.to_boat_s, stops.in_bali)
        nodes = len(stops.ids)
        self._free = np.zeros(MOST_FREE, FREE)
        self._labels = np.zeros(MOST_LABELS, TIMED)
        self._bag = np.zeros((nodes, BAG), np.int32)
        self._counts = np.zeros(nodes, np.int32)
        self._options = np.zeros(MOST_LABELS, OPTION)

    def window(self, day: date) -> Window:
        """Return the connections of the days from `day` on, their trips and their service days."""
        network, timetable = self.network, self.network.timetable
        index, shift = timetable.window(day, WINDOW_DAYS)
        known = (network.number[timetable.board[index]] >= 0) & (network.number[timetable.alight[index]] >= 0)
        index, shift = index[known], shift[known]
        trip = np.asarray(timetable.trip)[index]
        service_day = (shift // DAY).astype(np.int8)
        conns = Connections(
            board=network.number[timetable.board[index]],
            alight=network.number[timetable.alight[index]],
            dep_s=(timetable.dep_s[index] + shift).astype(np.int32),
            arr_s=(timetable.arr_s[index] + shift).astype(np.int32),
            trip=(trip * 8 + service_day).astype(np.int32),  # a trip of another day is another vehicle
            route=np.asarray(timetable.trip_route)[trip].astype(np.int32),
        )
        return conns, trip, service_day

    def block(self, origin: int, targets: np.ndarray, day: date, window: Window) -> Block:
        """Search from one origin on one day; `targets` (n,) int16 numbers of stops."""
        conns, trip, service_day = window
        closed_from_s, closed_until_s = self.network.closed(day)
        n_free = free_labels(origin, self._edges, self._free)
        scan(
            origin, conns, self._routes, self._stops, self._edges, self._free, n_free,
            closed_from_s, closed_until_s, self._labels, self._bag, self._counts, self.overflow,
        )  # fmt: skip
        n = thin(origin, targets, self._labels, self._bag, self._counts, self._free, n_free, self._options)
        options = self._options[:n].copy()
        links = np.zeros(n_free + MOST_LABELS, LINK)
        used = link(options, self._free, n_free, self._labels, conns, trip, service_day,
                    self.network.transfers.dur_s, links)  # fmt: skip
        return Block(options, links[:used].copy())


@njit(cache=True, nogil=True)
def thin(origin, targets, labels, bag, counts, free, n_free, out):
    """Choose the timed journeys to keep for each target: the best by six measures in each of four parts of the day.

    Free stretches are all kept. Returns how many `out` (OPTION) holds; `link` points into `labels` or `free` still.
    """
    n = 0
    chosen = np.zeros(BAG, np.bool_)
    for t in range(targets.shape[0]):
        node = targets[t]
        if node == origin:
            continue
        for i in range(n_free):
            if free[i].node == node and free[i].dur_s > 0 and not free[i].is_beaten:
                new = out[n]
                new.target, new.is_free = node, 1
                new.dep_s, new.arr_s = 0, free[i].dur_s
                new.first_flight_s, new.fly_at_s = NEVER, -1
                new.link = i
                n += 1
        count = counts[node]
        chosen[:count] = False
        for part in range(4):
            for measure in range(6):
                best, best_at = 1e30, -1
                for i in range(count):
                    label = labels[bag[node, i]]
                    hour = label.dep_s // 3600
                    if (0 if hour < 8 else 1 if hour < 11 else 2 if hour < 15 else 3) != part:
                        continue
                    transit = (label.arr_s - label.dep_s) / 60.0
                    rough = label.worst * 4 + label.sum
                    if measure == 0:
                        value = label.arr_s * 1.0 + label.price * 1e-7
                    elif measure == 1:
                        value = label.price + transit
                    elif measure == 2:
                        value = transit + label.price * 1e-8
                    elif measure == 3:
                        value = rough * 1e9 + label.price + transit * 3000.0
                    elif measure == 4:
                        value = label.price + transit * 3000.0 + rough * 200000.0
                    else:
                        if label.first_flight_s < NEVER:
                            continue
                        value = label.price + transit * 6000.0
                    if value < best:
                        best, best_at = value, i
                if best_at >= 0:
                    chosen[best_at] = True
        for i in range(count):
            if chosen[i]:
                label = labels[bag[node, i]]
                new = out[n]
                new.target, new.is_free = node, 0
                new.dep_s, new.arr_s = label.dep_s, label.arr_s
                new.first_flight_s, new.fly_at_s = label.first_flight_s, label.fly_at_s
                new.link = bag[node, i]
                n += 1
    return n


@njit(cache=True, nogil=True)
def link(options, free, n_free, labels, conns, trip, service_day, edge_dur_s, out):
    """Write the hops that `options` lead back to into `out` (LINK), parents first; turn each option's `link` to it."""
    n = n_free
    for i in range(n_free):
        out[i].parent = free[i].parent
        out[i].node = free[i].node
        out[i].trip = -1
        out[i].is_free = 1
        if free[i].edge >= 0:
            out[i].code = -2 - free[i].edge
        else:
            out[i].code = -1
    for i in range(n_free):  # times of a stretch count from leaving, beaten labels on the way included
        if free[i].edge >= 0:
            out[i].dep_s = out[free[i].parent].arr_s
            out[i].arr_s = out[i].dep_s + edge_dur_s[free[i].edge]
    number = np.full(labels.shape[0], -1, np.int32)
    chain = np.zeros(64, np.int32)
    for o in range(options.shape[0]):
        if options[o].is_free:
            continue
        at = options[o].link
        depth = 0
        while at >= 0 and number[at] < 0:
            chain[depth] = at
            depth += 1
            at = labels[at].parent
        for d in range(depth - 1, -1, -1):
            label = labels[chain[d]]
            new = out[n]
            new.parent = number[label.parent] if label.parent >= 0 else label.free
            new.node = label.node
            new.is_free = 0
            if label.via >= 0:
                new.code = conns.route[label.via]
                new.trip = trip[label.via]
                new.day = service_day[label.via]
                new.dep_s = conns.dep_s[label.via]
                new.arr_s = conns.arr_s[label.via]
            else:
                edge = -2 - label.via
                new.code = label.via
                new.trip = -1
                new.day = 0
                new.arr_s = label.arr_s
                new.dep_s = label.arr_s - edge_dur_s[edge]
            number[chain[d]] = n
            n += 1
        options[o].link = number[options[o].link]
    return n


@dataclass(frozen=True)
class TravelTable:
    """All blocks of one network: `block_of` (reference parties, signatures, stops) numbers a block, -1: no origin."""

    signatures: dict[Signature, int]
    block_of: np.ndarray
    option_first: np.ndarray
    link_first: np.ndarray
    options: np.ndarray
    links: np.ndarray
    overflow: int

    def block(self, number: int) -> Block:
        """Return one block."""
        return Block(
            self.options[self.option_first[number] : self.option_first[number + 1]],
            self.links[self.link_first[number] : self.link_first[number + 1]],
        )


def table_key(network: Network, tariffs: Sequence[Tariff]) -> str:
    """Return a name for the table of a network: equal inputs, equal name."""
    timetable, transfers, stops = network.timetable, network.transfers, network.stops
    digest = blake2b(digest_size=12)
    arrays = [
        timetable.board, timetable.alight, timetable.dep_s, timetable.arr_s, timetable.trip, timetable.trip_route,
        timetable.trip_service, timetable.runs, transfers.board, transfers.to, transfers.dur_s, transfers.mode,
        stops.kerb_s, stops.connect_s, stops.to_boat_s, stops.in_bali, network.checkin_s, network.close_s,
        network.route_mode,
    ]  # fmt: skip
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    for tariff in tariffs:
        digest.update(tariff.key)
    digest.update(repr((LAYOUT, stops.ids, timetable.stop_ids, timetable.first_day, network.closures)).encode())
    return digest.hexdigest()


def build_table(
    network: Network, tariffs: Sequence[Tariff], origins: np.ndarray, progress: Progress | None = None
) -> TravelTable:
    """Search every origin on every kind of day for every reference party, on two threads.

    `origins` (n,) int16 stops that may be origins and targets; `progress(done, all)` is called as it goes.
    """
    days: dict[Signature, date] = {}
    for offset in range(network.timetable.runs.shape[1]):
        day = network.timetable.first_day + timedelta(days=offset)
        days.setdefault(network.signature(day), day)
    jobs = [(t, s, day) for t in range(len(tariffs)) for s, day in enumerate(days.values())]
    block_of = np.full((len(tariffs), len(days), len(network.stops.ids)), -1, np.int32)
    seen: dict[bytes, int] = {}
    blocks: list[Block] = []
    overflow = 0

    def run(part: int) -> list[tuple[int, int, int, Block]]:
        searchers: dict[int, Searcher] = {}
        found = []
        for t, s, day in jobs[part::8]:
            searcher = searchers.setdefault(t, Searcher(network, tariffs[t]))
            window = searcher.window(day)
            found += [(t, s, int(origin), searcher.block(int(origin), origins, day, window)) for origin in origins]
        overflows.append(sum(int(searcher.overflow[0]) for searcher in searchers.values()))
        return found

    overflows: list[int] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done, found in enumerate(pool.map(run, range(8))):
            for t, s, origin, block in found:
                key = blake2b(block.options.tobytes() + b"|" + block.links.tobytes(), digest_size=16).digest()
                number = seen.setdefault(key, len(blocks))
                if number == len(blocks):
                    blocks.append(block)
                block_of[t, s, origin] = number
            if progress:
                progress(done + 1, 8)
    overflow = sum(overflows)
    sizes = [len(block.options) for block in blocks]
    links = [len(block.links) for block in blocks]
    return TravelTable(
        signatures={signature: i for i, signature in enumerate(days)},
        block_of=block_of,
        option_first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        link_first=np.concatenate([[0], np.cumsum(links)]).astype(np.int64),
        options=np.concatenate([block.options for block in blocks]),
        links=np.concatenate([block.links for block in blocks]),
        overflow=overflow,
    )


ARRAYS = ("block_of", "option_first", "link_first", "options", "links")


def save_table(table: TravelTable, folder: Path) -> None:
    """Write a table into a folder, which appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        room = Path(made) / "table"
        room.mkdir()
        for name in ARRAYS:
            np.save(room / f"{name}.npy", getattr(table, name))
        facts = {"signatures": [list(s) for s in table.signatures], "overflow": table.overflow}
        (room / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        if not folder.exists():
            os.replace(room, folder)


def load_table(folder: Path) -> TravelTable:
    """Open a saved table; its arrays are memory-mapped read-only."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    return TravelTable(
        signatures={tuple(s): i for i, s in enumerate(facts["signatures"])}, overflow=facts["overflow"], **arrays
    )
