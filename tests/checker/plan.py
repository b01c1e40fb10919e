"""One itinerary, read: movements in order, stays, fees, and where the party stands at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .data import WITA, Data, at


@dataclass(frozen=True)
class Violation:
    """What is broken: the point of "What always holds" (0 = the shape of the answer), which item, and how."""

    point: int
    item: str
    text: str

    def __str__(self) -> str:
        return f"point {self.point} | {self.item} | {self.text}"


@dataclass(frozen=True)
class Move:
    """A leg, a transfer or a package: it starts at `origin` and ends at `goal`."""

    name: str
    kind: str
    mode: str
    origin: str
    goal: str
    starts: datetime
    ends: datetime
    item: dict[str, Any] = field(compare=False, repr=False)

    @property
    def minutes(self) -> int:
        return int((self.ends - self.starts).total_seconds() // 60)

    def overlaps(self, first: datetime, last: datetime) -> bool:
        return self.starts < last and first < self.ends


@dataclass(frozen=True)
class Stay:
    name: str
    place: str
    check_in: date
    check_out: date
    item: dict[str, Any] = field(compare=False, repr=False)

    def nights(self) -> Iterator[date]:
        day = self.check_in
        while day < self.check_out:
            yield day
            day += timedelta(days=1)


@dataclass(frozen=True)
class Fee:
    name: str
    rule_id: str
    on: date
    item: dict[str, Any] = field(compare=False, repr=False)


class Plan:
    """An itinerary with its brief and the data; the points ask it questions."""

    def __init__(self, brief: dict[str, Any], itinerary: dict[str, Any], data: Data, today: date, number: int = 1):
        self.brief, self.itinerary, self.data, self.today = brief, itinerary, data, today
        self.label = f"#{number}"
        self.items: list[Move | Stay | Fee] = [self._read(i, item) for i, item in enumerate(itinerary["items"])]
        self.moves = [i for i in self.items if isinstance(i, Move)]
        self.stays = [i for i in self.items if isinstance(i, Stay)]
        self.fees = [i for i in self.items if isinstance(i, Fee)]
        party = brief["party"]
        self.children: list[int] = list(party.get("children", []))
        self.adults: int = party["adults"]
        self.heads = self.adults + len(self.children)
        self.is_resident = party.get("residency", "foreign") == "resident"
        self.entry, self.exit = brief["entry"]["hub"], brief["exit"]["hub"]
        self.entry_at, self.exit_by = instant(brief["entry"]["at"]), instant(brief["exit"]["by"])

    def _read(self, number: int, item: dict[str, Any]) -> Move | Stay | Fee:
        kind = item["kind"]
        what = next((item[k] for k in ("route_id", "product_id", "place_id", "rule_id") if item.get(k)), "")
        name = f"{self.label}[{number}] {kind} {what}"
        if kind == "stay":
            return Stay(name, item["place_id"], day(item["check_in"]), day(item["check_out"]), item)
        if kind == "fee":
            return Fee(name, item["rule_id"], day(item["on"]), item)
        a, b, start, end = {
            "leg": ("from_stop", "to_stop", "departs", "arrives"),
            "transfer": ("from", "to", "departs", "arrives"),
            "package": ("from_place", "to_place", "starts", "ends"),
        }[kind]
        return Move(name, kind, item.get("mode", ""), item[a], item[b], instant(item[start]), instant(item[end]), item)

    @property
    def starts(self) -> datetime:
        return self.moves[0].starts if self.moves else self.entry_at

    @property
    def ends(self) -> datetime:
        return self.moves[-1].ends if self.moves else self.entry_at

    @property
    def legs(self) -> list[Move]:
        return [m for m in self.moves if m.kind == "leg"]

    @property
    def transfers(self) -> list[Move]:
        return [m for m in self.moves if m.kind == "transfer"]

    @property
    def packages(self) -> list[Move]:
        return [m for m in self.moves if m.kind == "package"]

    def facts(self, package: Move) -> dict[str, Any]:
        """Give the catalogue's planning columns of a package, or nothing if it is unknown (point 2 says so)."""
        product = self.data.package(package.item["product_id"])
        return product["lintas"] if product else {}

    def rule_ids(self, move: Move) -> list[str]:
        """Give the rules that the data ties to a movement."""
        if move.kind == "package":
            return self.facts(move).get("rule_ids", [])
        row = self.data.routes.get(move.item["route_id"], {})
        return [r for r in row.get("rule_ids", "").split(";") if r]

    def nights(self) -> Iterator[tuple[date, datetime]]:
        """Yield each night of the plan: the date it begins, and its 03:00."""
        night = self.starts.astimezone(WITA).date() - timedelta(days=1)
        while (deep := at(night + timedelta(days=1), "03:00")) < self.ends:
            if deep > self.starts:
                yield night, deep
            night += timedelta(days=1)

    def stands_at(self, moment: datetime) -> str | None:
        """Give the stop or place of the party at an instant, None while it is moved.

        A package without a night (a sunrise trek that begins at 02:00) leaves from where the party slept.
        """
        standing: str | None = self.entry
        for move in self.moves:
            if moment < move.starts:
                return standing
            if moment < move.ends:
                return move.origin if move.kind == "package" and not self.facts(move).get("nights") else None
            standing = move.goal
        return standing

    def sleeps_in(self, night: date) -> list[Stay]:
        return [s for s in self.stays if s.check_in <= night < s.check_out]

    def package_at_night(self, night: date) -> Move | None:
        """Give the package whose night this is: it spans 03:00, or counts the night among its own."""
        deep = at(night + timedelta(days=1), "03:00")
        for move in self.packages:
            own = int(self.facts(move).get("nights") or 0)
            if own and (
                move.starts <= deep < move.ends or move.starts.date() <= night < move.starts.date() + timedelta(own)
            ):
                return move
        return None


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(WITA)


def day(text: str) -> date:
    return date.fromisoformat(text)


def amount(money: dict[str, Any]) -> int:
    return money["amount"]
