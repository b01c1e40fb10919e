"""The one way into routing: priced travel tables for a plan, the way back to their legs, journeys from A to B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.routing.labels import OFFER
from planner.routing.offers import MOST_KEPT, price_block
from planner.routing.query import Tariff
from planner.routing.travel_table import Network, Searcher, TravelTable


@dataclass(frozen=True)
class Move:
    """One leg or transfer. `trip` is -1 for a transfer, `edge` -1 for a leg; seconds from the midnight of the day.

    `service_day` counts from that day: -1 for a trip that left before midnight on the timetable of yesterday.
    """

    board: int
    alight: int
    dep_s: int
    arr_s: int
    trip: int
    route: int
    edge: int
    service_day: int


@dataclass(frozen=True)
class Offers:
    """Journeys for one plan. Those of day d from its node n are `rows[first[d, n]:last[d, n]]` (OFFER)."""

    rows: np.ndarray
    first: np.ndarray
    last: np.ndarray


class Router:
    """Answers from a stored travel table; immutable, so threads may share it."""

    def __init__(self, network: Network, table: TravelTable) -> None:
        self.network = network
        self.table = table

    def offers(
        self, days: Sequence[date], nodes: np.ndarray, tariff: Tariff, reference: int, most: int = MOST_KEPT
    ) -> Offers:
        """Price the journeys between a plan's nodes on its days.

        `nodes` (n,) int16 numbers of stops, -1 for a node that is none of them; `reference` which reference party's
        searches to use; `most` timed journeys are kept for each pair of nodes and day. Returns numbers of nodes, not of
        stops, as targets.
        """
        number = np.full(len(self.network.stops.ids), -1, np.int16)
        for i, node in enumerate(nodes):
            if node >= 0:
                number[node] = i
        first = np.zeros((len(days), len(nodes)), np.int32)
        last = np.zeros((len(days), len(nodes)), np.int32)
        done: dict[tuple[int, int], tuple[int, int]] = {}
        wanted = []
        for d, day in enumerate(days):
            signature = self.table.signatures.get(self.network.signature(day), -1)
            for i, node in enumerate(nodes):
                block = int(self.table.block_of[reference, signature, node]) if min(signature, int(node)) >= 0 else -1
                wanted.append((d, i, block, day.month))
        room = 0
        widest = 1
        for key in {(block, month) for _, _, block, month in wanted if block >= 0}:
            room += int(self.table.option_first[key[0] + 1] - self.table.option_first[key[0]])
            widest = max(widest, int(self.table.link_first[key[0] + 1] - self.table.link_first[key[0]]))
        rows = np.zeros(room, OFFER)
        scratch = np.zeros((widest, 10), np.int64)
        n = 0
        for d, i, block, month in wanted:
            if block < 0:
                continue
            span = done.get((block, month))
            if span is None:
                stored = self.table.block(block)
                end = price_block(
                    stored.options, stored.links, tariff.route_price, tariff.edge_price, tariff.route_open,
                    tariff.edge_open, tariff.route_band[month], tariff.edge_band[month],
                    self.network.edge_is_boat, self.network.edge_in_bali,
 self.network.stops.is_high, self.network.stops.is_ashen,
                    self.network.route_mode, number, block, most, scratch, rows, n,
                )  # fmt: skip
                span = done[block, month] = (n, end)
                n = end
            first[d, i], last[d, i] = span
        return Offers(rows[:n].copy(), first, last)

    def moves(self, offer: np.void, leave_s: int = 0) -> list[Move]:
        """Return the legs and transfers of one offer; a free one starts at `leave_s` seconds of the day."""
        return trace(self.network, self.table.block(int(offer["block"])).links, int(offer["link"]),
                     leave_s if offer["is_free"] else int(offer["dep_s"]))  # fmt: skip

    def search(self, origin: int, target: int, day: date, tariff: Tariff) -> tuple[np.ndarray, list[list[Move]]]:
        """Search afresh for the journeys of one day that are worth having (`thin` says which).

        Returns (n,) OFFER rows, whose `target` is 0, and the moves of each; free ones start at 08:00.
        """
        searcher = Searcher(self.network, tariff)
        block = searcher.block(origin, np.array([target], np.int16), day, searcher.window(day))
        number = np.full(len(self.network.stops.ids), -1, np.int16)
        number[target] = 0
        rows = np.zeros(len(block.options), OFFER)
        scratch = np.zeros((len(block.links), 10), np.int64)
        n = price_block(
            block.options, block.links, tariff.route_price, tariff.edge_price, tariff.route_open, tariff.edge_open,
            tariff.route_band[day.month], tariff.edge_band[day.month],
            self.network.edge_is_boat, self.network.edge_in_bali,
 self.network.stops.is_high, self.network.stops.is_ashen,
                    self.network.route_mode, number, -1, 64, scratch, rows, 0,
        )  # fmt: skip
        moves = [
            trace(self.network, block.links, int(row["link"]), 8 * 3600 if row["is_free"] else int(row["dep_s"]))
            for row in rows[:n]
        ]
        return rows[:n], moves


def trace(network: Network, links: np.ndarray, at: int, leave_s: int) -> list[Move]:
    """Follow links back to the origin and return the moves in order; hops of one vehicle become one leg."""
    chain = []
    while at >= 0 and int(links[at]["code"]) != -1:
        chain.append(links[at])
        at = int(links[at]["parent"])
    board = int(links[at]["node"])
    moves: list[Move] = []
    for hop in reversed(chain):
        code, alight = int(hop["code"]), int(hop["node"])
        shift = leave_s if hop["is_free"] else 0
        dep_s, arr_s = int(hop["dep_s"]) + shift, int(hop["arr_s"]) + shift
        last = moves[-1] if moves else None
        if code >= 0 and last and last.trip == int(hop["trip"]) and last.service_day == int(hop["day"]):
            moves[-1] = Move(last.board, alight, last.dep_s, arr_s, last.trip, last.route, -1, last.service_day)
        elif code >= 0:
            moves.append(Move(board, alight, dep_s, arr_s, int(hop["trip"]), code, -1, int(hop["day"])))
        else:
            moves.append(Move(board, alight, dep_s, arr_s, -1, -1, -2 - code, 0))
        board = alight
    return moves
