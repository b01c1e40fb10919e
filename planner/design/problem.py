"""Turns a brief into the arrays of a search: which stops and packages matter, what they cost on which day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from planner.design.bounds import with_bounds
from planner.design.brief import BOOKED, BookedStay, PinnedStay, TripBrief
from planner.design.catalogue import ISLAND_GROUP, Catalogue, Package, Stay
from planner.design.costs import (
    choose_stay,
    entry_area,
    fee_each,
    is_fee,
    night_factor,
    nights_cost,
    package_cost,
    package_fees,
    package_fits,
    persons_of,
)
from planner.design.festivals import worth_of_nights
from planner.design.mixes import mixes
from planner.design.moves import TAGS, Problem
from planner.design.pinned import keep_pinned
from planner.design.rules import Silence, closes_package, closures, silences
from planner.routing.offers import MOST_KEPT
from planner.routing.query import Tariff
from planner.routing.router import Router
from planner.values.times import DAY, HOUR, Calendar

MOST_NODES = 24
ROOM_BESIDE_MUSTS = 8
MOST_PACKAGES = 63
FAVOUR = 8
"""How many times more a favoured place is worth, when a search asks how many of the wishes fit."""
TODAY = {"relaxed": 1, "balanced": 2, "packed": 3}
DAY_START_S = {"relaxed": 8 * HOUR, "balanced": 6 * HOUR + 1800, "packed": 5 * HOUR}
BED_COST = {"relaxed": 220, "balanced": 130, "packed": 50}
NIGHT_WORTH = {"relaxed": 45, "balanced": 35, "packed": 20}
PLACE_WORTH, PACKAGE_WORTH = 400, 600
LENGTH = {1: 100, 2: 160, 3: 210, 4: 250, 5: 280}
"""Worth of a package of so many days, in hundredths of a day's."""
DECAY = (1000, 760, 580, 440, 335, 255, 195, 150, 115, 90, 70, 55, 40, 30, 20)
WEIGHT = (0, 60, 110, 170)
"""Hundredths for an interest of weight 0 to 3."""
UNSAID, WITHOUT_WISHES = 35, 70
LESS_OUT_OF_SEASON = 60
FLIGHT_SLACK_S = 24 * HOUR
REFERENCE_HEADS = (5,)
CROSSING_NIGHTS = 1
PINNED_KEPT = 64
"""Journeys kept for each pair of stops and day where legs are pinned: theirs need not be among the best."""
ANY_NIGHTS = 100


@dataclass(frozen=True)
class Trip:
    """A brief together with the arrays of its search and the way back from numbers to names.

    `nodes` numbers of stops, `packages` in the order of the arrays, `stays` the house of each node or None.
    """

    brief: TripBrief
    calendar: Calendar
    problem: Problem
    nodes: tuple[int, ...]
    packages: tuple[Package, ...]
    stays: tuple[Stay | None, ...]
    access_edge: tuple[int, ...]
    tariff: Tariff
    left_out: tuple[str, ...]
    own_nights: Mapping[int, str] = field(default_factory=dict)
    """Days whose night is the traveller's own, and how: arranged or booked."""

    @property
    def is_hopeless(self) -> bool:
        """Tell whether a bound or a missing package shows that no plan can exist."""
        problem = self.problem
        kept = {package.id for package in self.packages}
        return (
            any(package_id not in kept for package_id in self.brief.wanted_packages)
            or problem.entry_s > int(problem.late_s[0, -1, problem.entry])
        )

    @classmethod
    def bare(cls, brief: TripBrief, tariff: Tariff) -> Trip:
        """Return a trip without a problem, for writing out single journeys."""
        return cls(brief, brief.calendar, None, (), (), (), (), tariff, ())  # type: ignore[arg-type]


def reference_of(heads: int) -> int:
    """Return which reference party stands for a party of this size: those whom a car holds, those who need more."""
    return sum(heads > most for most in REFERENCE_HEADS)


def tag_weights(brief: TripBrief, interests: Sequence[str]) -> np.ndarray:
    """Return (TAGS,) hundredths of worth of each interest."""
    wishes = dict(brief.interests)
    weights = np.zeros(TAGS, np.int64)
    for i, tag in enumerate(interests):
        weights[i] = WEIGHT[wishes[tag]] if tag in wishes else (UNSAID if wishes else WITHOUT_WISHES)
        if tag == "family" and brief.party.children:
            weights[i] += 50
        if tag == "transit":
            weights[i] = 5
    return weights


def months_of(text: str) -> frozenset[int]:
    """Return the months of "4-10" or "1-3;11"."""
    months: set[int] = set()
    for part in filter(None, text.split(";")):
        ends = [int(number) for number in part.split("-")]
        months.update(range(ends[0], ends[-1] + 1))
    return frozenset(months)


def is_allowed_island(brief: TripBrief, island: str) -> bool:
    """Tell whether a brief lets a trip choose this island; Bali is always allowed."""
    group = ISLAND_GROUP.get(island, island)
    return not brief.islands or group == "Bali" or island in brief.islands or (
        group == "Komodo" and "Komodo" in brief.islands
    )  # fmt: skip


def package_problem(brief: TripBrief, catalogue: Catalogue, package: Package) -> str:
    """Return why a package cannot be in this trip whatever the date, "" if it can."""
    if package.id in brief.without:
        return "without"
    if not brief.more_packages and package.id not in brief.wanted_packages:
        return "not_wanted"
    if not package_fits(package, brief.party):
        return "party"
    if package.modes_used & brief.avoid_modes or (package.type == "liveaboard" and "liveaboard" in brief.avoid_modes):
        return "mode"
    if {package.start_id, package.end_id, *package.visits} & brief.avoid:
        return "avoid"
    return ""


def package_days(
    brief: TripBrief,
    catalogue: Catalogue,
    package: Package,
    days: Sequence[date],
    now: datetime,
    short: Mapping[tuple[str, date], int],
    silent: Sequence[Silence],
) -> list[bool]:
    """Return on which days a package can start: it runs, it has room, it can still be booked, no rule closes it."""
    ahead = timedelta(hours=package.cutoff_hours) - timedelta(seconds=package.starts_s[0])
    pinned = {pin.starts.date() for pin in brief.pinned_packages if pin.product_id == package.id}
    has_place = brief.own_package(package.id) == BOOKED
    return [
        package.dates_ok(day)
        and (not pinned or day in pinned)
        and (has_place or datetime.combine(day, datetime.min.time(), now.tzinfo) - ahead >= now)
        and (has_place or short.get((package.id, day), package.daily_capacity) >= brief.party.heads)
        and not closes_package(catalogue, package, day, silent)
        for day in days
    ]


def choose_nodes(
    brief: TripBrief, catalogue: Catalogue, router: Router, packages: Sequence[Package], most: int
) -> tuple[list[str], list[str]]:
    """Return the places that matter, and those that were left out for want of room, both by worth."""
    weights = dict(zip(catalogue.interests, tag_weights(brief, catalogue.interests), strict=False))
    stops = catalogue.stops
    needed = {*brief.must, *_must_sleep(brief)}
    for package in packages:
        is_asked = package.id in brief.wanted_packages
        if is_asked or (set(package.visits) & set(brief.must) and len(needed) < most):
            needed.update(filter(None, (stops.town(package.start_id), stops.town(package.end_id))))
    towns = {stops.town(brief.entry_hub), stops.town(brief.exit_hub)}
    through = {hub["place_id"] for hub in stops.hubs.values() if hub["place_id"]} | {"mataram", "dompu"}
    far = {stops.island(brief.entry_hub), stops.island(brief.exit_hub)}
    starts = {stops.town(end) for package in packages for end in (package.start_id, package.end_id)}
    ranked: list[tuple[float, str]] = []
    for place_id, row in stops.places.items():
        has_use = catalogue.stays_at.get(place_id) or place_id in starts or place_id in needed
        if not has_use or (place_id in brief.avoid and place_id not in towns):
            continue
        allowed = is_allowed_island(brief, row["island"])
        is_far = row["is_extension"] == "1" and row["island"] not in far and row["island"] not in brief.islands
        if is_far and place_id not in needed:
            continue
        tags = [t for t in row["interests"].split(";") if t]
        value = float(max((weights[t] for t in tags), default=0) + sum(weights[t] for t in tags) / max(1, len(tags)))
        offered = [
            max((weights[t] for t in p.interests), default=0) for p in packages if stops.town(p.start_id) == place_id
        ]
        value += sum(sorted((float(v) for v in offered), reverse=True)[:3]) / 2
        if not allowed:
            value = 0.0
        if place_id in through:
            value += 60.0
        if place_id in towns:
            value += 1e5
        if place_id in needed:
            value += 1e6
        if value > 0 or place_id in through:
            ranked.append((-value, place_id))
    ranked.sort()
    most = max(most, sum(value <= -1e5 for value, _ in ranked) + ROOM_BESIDE_MUSTS)
    return [p for _, p in ranked[:most]], [p for _, p in ranked[most:]]


def build_trip(
    brief: TripBrief,
    catalogue: Catalogue,
    router: Router,
    tariff: Tariff,
    now: datetime,
    short: Mapping[tuple[str, date], int] | None = None,
    most_nodes: int = MOST_NODES,
    only_places: Collection[str] | None = None,
    only_packages: Collection[str] | None = None,
    favour: Collection[str] = (),
    is_loose: bool = False,
) -> Trip:
    """Build the problem of a brief.

    `short` holds what is left, in places, of a product on a date where that is less than its capacity; `only_places`
    and `only_packages` narrow the choice (for proofs on small cases); `favour` names places worth many times more;
    `is_loose` lets the trip end on the evening before its last day.
    """
    short = short or {}
    stops, calendar = catalogue.stops, brief.calendar
    days = [calendar.day(i) for i in range(brief.days)]
    possible = [
        p
        for p in catalogue.packages
        if not package_problem(brief, catalogue, p)
        and (only_packages is None or p.id in only_packages)
        and (is_allowed_island(brief, p.island) or p.id in brief.wanted_packages or set(p.visits) & set(brief.must))
    ]
    silent = silences(catalogue)
    runs = {p.id: package_days(brief, catalogue, p, days, now, short, silent) for p in possible}
    possible = [p for p in possible if any(runs[p.id])]
    places, left_out = choose_nodes(brief, catalogue, router, possible, most_nodes)
    if only_places is not None:
        places = [p for p in places if p in only_places]
    known = set(places)
    packages = [
        p
        for p in possible
        if stops.town(p.start_id) in known and (stops.town(p.end_id) in known or p.end_id in stops.hubs)
    ]
    packages = _most_wanted(brief, catalogue, packages)
    hubs = dict.fromkeys([brief.entry_hub, brief.exit_hub, *(p.end_id for p in packages if p.end_id in stops.hubs)])
    names = [*hubs, *places]
    node_of = {name: i for i, name in enumerate(names)}
    packages.sort(key=lambda p: (node_of[stops.town(p.start_id)], p.id))
    nodes = np.array([stops.index[name] for name in names], np.int16)
    kept = PINNED_KEPT if brief.pinned_legs else MOST_KEPT
    offers = router.offers(days, nodes, tariff, reference_of(brief.party.heads), kept)
    if brief.pinned_legs:
        offers = keep_pinned(offers, brief, router, days)
    stays = tuple(_house(brief, catalogue, name) if name in known else None for name in names)
    arrays = _node_arrays(brief, catalogue, names, node_of, stays, days, short)
    pack_arrays, access_edge = _package_arrays(brief, catalogue, router, tariff, packages, node_of, days, runs)
    must_places = [stops.places_number[p] for p in _must_places(brief)]
    must_packages = [i for i, p in enumerate(packages) if p.id in brief.wanted_packages]
    for place_id in favour:
        arrays["place_worth"][stops.places_number[place_id]] = PLACE_WORTH * FAVOUR
    exit_s = calendar.seconds(brief.exit_by)
    closed = _closed(catalogue, calendar, brief.days)
    problem = Problem(
        offers=offers.rows,
        first=offers.first,
        last=offers.last,
        entry=node_of[brief.entry_hub],
        exit=node_of[brief.exit_hub],
        entry_s=calendar.seconds(brief.entry_at),
        exit_s=exit_s,
        min_end_s=_earliest_end(exit_s, is_loose),
        no_boat_after_s=exit_s if brief.exit_hub == "DPS" else 2**30,
        slack_s=FLIGHT_SLACK_S if stops.is_airport(brief.exit_hub) else 0,
        closed_from_s=closed[0],
        closed_until_s=closed[1],
        day_start_s=DAY_START_S[brief.pace],
        most_today=TODAY[brief.pace],
        bed_cost=BED_COST[brief.pace],
        night_worth=NIGHT_WORTH[brief.pace],
        tag_weight=tag_weights(brief, catalogue.interests),
        decay=np.array(DECAY, np.int64),
        must_places=np.uint64(sum(1 << n for n in must_places)),
        must_sleep=np.uint64(sum(1 << stops.places_number[p] for p in _must_sleep(brief))),
        must_packages=np.uint64(sum(1 << n for n in must_packages)),
        wishes=np.zeros((0, 2), np.int64),
        late_s=np.zeros((2, 1, len(names)), np.int32),
        need_s=np.zeros((1, len(names)), np.int32),
        rest=np.zeros((0, 1, 1), np.float32),
        **arrays,
        **pack_arrays,
    )
    problem = with_bounds(problem, mixes(brief.party.heads))
    return Trip(
        brief, calendar, problem, tuple(int(n) for n in nodes), tuple(packages), stays, tuple(access_edge), tariff,
        tuple(left_out), own_nights(brief, days),
    )  # fmt: skip


def own_nights(brief: TripBrief, days: Sequence[date]) -> dict[int, str]:
    """Return the numbers of the days whose night is the traveller's own, and how: arranged or booked."""
    return {i: how for i, day in enumerate(days) if (how := brief.own_night(day))}


def _house(brief: TripBrief, catalogue: Catalogue, place_id: str) -> Stay | None:
    """Return the house that is pinned at a place, if one is, else the one that fits best."""
    pinned = next((pin.product_id for pin in brief.pinned_stays if pin.place_id == place_id and pin.product_id), "")
    found = next((stay for stay in catalogue.stays_at.get(place_id, []) if stay.id == pinned), None)
    return found or choose_stay(catalogue, place_id, brief.comfort, brief.party)


def _must_sleep(brief: TripBrief) -> list[str]:
    fixed: tuple[BookedStay | PinnedStay, ...] = (*brief.booked, *brief.pinned_stays)
    wanted = [*(p for p, n in brief.nights if n), *(stay.place_id for stay in fixed)]
    return list(dict.fromkeys(wanted))


def _must_places(brief: TripBrief) -> list[str]:
    return list(dict.fromkeys([*brief.must, *_must_sleep(brief)]))


def _most_wanted(brief: TripBrief, catalogue: Catalogue, packages: list[Package]) -> list[Package]:
    """Keep at most MOST_PACKAGES: musts first, then by the worth of their interests."""
    weights = dict(zip(catalogue.interests, tag_weights(brief, catalogue.interests), strict=False))
    must = set(brief.must)

    def rank(package: Package) -> tuple[int, int, float, str]:
        value = max((int(weights[t]) for t in package.interests), default=0) * LENGTH.get(package.days, 280)
        return (
            package.id not in brief.wanted_packages,
            not must & {package.start_id, package.end_id, *package.visits},
            -value,
            package.id,
        )  # type: ignore[return-value]

    return sorted(packages, key=rank)[:MOST_PACKAGES]


def _earliest_end(exit_s: int, is_loose: bool) -> int:
    """Return when a trip may end at the earliest: on its last day; the evening before if it exits early or must."""
    day = exit_s // DAY
    return exit_s - 15 * HOUR if is_loose or exit_s % DAY < 6 * HOUR else day * DAY + 3 * HOUR


def _closed(catalogue: Catalogue, calendar: Calendar, days: int) -> tuple[int, int]:
    for closed_from, closed_until in closures(catalogue):
        a, b = calendar.seconds(closed_from), calendar.seconds(closed_until)
        if a < days * DAY and b > 0:
            return a, b
    return 0, 0


def _node_arrays(
    brief: TripBrief,
    catalogue: Catalogue,
    names: Sequence[str],
    node_of: Mapping[str, int],
    stays: Sequence[Stay | None],
    days: Sequence[date],
    short: Mapping[tuple[str, date], int],
) -> dict[str, np.ndarray]:
    stops = catalogue.stops
    n = len(names)
    tag_of = {tag: i for i, tag in enumerate(catalogue.interests)}
    numbers = stops.places_number
    place_tags = np.full((len(numbers), 8), -1, np.int16)
    place_worth = np.zeros(len(numbers), np.int64)
    middle = days[len(days) // 2]
    named = {*brief.must, *(pin.place_id for pin in brief.pinned_stays)}
    for place_id, number in numbers.items():
        row = stops.places[place_id]
        for i, tag in enumerate(filter(None, row["interests"].split(";"))):
            place_tags[number, i] = tag_of[tag]
        season = 100 if middle.month in months_of(row["best_months"]) else LESS_OUT_OF_SEASON
        allowed = is_allowed_island(brief, row["island"]) or place_id in named
        place_worth[number] = PLACE_WORTH * season // 100 if allowed else 0
    wanted = np.full(n, -1, np.int16)
    for place_id, count in brief.nights:
        if place_id in node_of:
            wanted[node_of[place_id]] = count
    most_nights = np.full(n, ANY_NIGHTS, np.int16)
    may_sleep = np.zeros(n, np.bool_)
    typical = np.zeros(n, np.int16)
    night_price = np.full((len(days), n), -1, np.int64)
    area, area_fee = np.zeros(n, np.int16), [0]
    for rule_id in catalogue.rules:
        places = entry_area(catalogue, rule_id)
        if places and is_fee(catalogue, rule_id):
            each = fee_each(catalogue, rule_id, brief.party, days[0])
            area_fee.append(each * persons_of(catalogue, rule_id, brief.party))
            for name in names:
                if stops.town(name) in places:
                    area[node_of[name]] = len(area_fee) - 1
    booked = np.full(len(days), -1, np.int16)
    own = own_nights(brief, days)
    nights: tuple[BookedStay | PinnedStay, ...] = (*brief.pinned_stays, *brief.booked)
    for fixed in nights:
        for i, day in enumerate(days):
            if fixed.check_in <= day < fixed.check_out:
                booked[i] = node_of.get(fixed.place_id, -1)
    for i, name in enumerate(names):
        if name not in numbers:
            continue
        row = stops.places[name]
        may_sleep[i] = name not in brief.avoid
        typical[i] = max(1, int(row["typical_nights"]))
        if not is_allowed_island(brief, row["island"]) and name not in named and wanted[i] < 0:
            most_nights[i], typical[i] = CROSSING_NIGHTS, 0
        stay = stays[i]
        rates: dict[str, int] = {}
        for d, day in enumerate(days):
            if booked[d] == i and own.get(d) == BOOKED:
                night_price[d, i] = 0
            elif stay and short.get((stay.id, day), stay.rooms) >= brief.party.rooms:
                factor = night_factor(stay, day, catalogue)
                if factor not in rates:
                    rates[factor] = nights_cost(stay, day, 1, brief.party.rooms, catalogue).high
                night_price[d, i] = rates[factor]
    return {
        "place": np.array([numbers.get(name, -1) for name in names], np.int16),
        "area": area,
        "area_fee": np.array(area_fee, np.int64),
        "typical": typical,
        "wanted": wanted,
        "may_sleep": may_sleep,
        "most_nights": most_nights,
        "place_worth": place_worth,
        "place_tags": place_tags,
        "night_price": night_price,
        "night_extra": worth_of_nights(catalogue, dict(brief.interests), names, days),
        "booked": booked,
    }


def _twins(brief: TripBrief, packages: Sequence[Package]) -> np.ndarray:
    """Return (packages,) uint64 of packages that show the same places in the same manner: a trip takes one."""
    masks = [0] * len(packages)
    showing: dict[frozenset[str], list[tuple[int, set[str]]]] = {}
    for i, package in enumerate(packages):
        if package.id not in brief.wanted_packages:
            showing.setdefault(frozenset(package.visits), []).append((i, set(package.interests)))
    for alike in showing.values():
        for i, mine in alike:
            for j, other in alike:
                if i != j and 2 * len(mine & other) >= max(len(mine), len(other)):
                    masks[i] |= 1 << j
    return np.array(masks, np.uint64)


def _starts(brief: TripBrief, package: Package) -> Sequence[int]:
    """Return when a package may start, in seconds of the day: the pinned start alone where it is pinned."""
    pinned = {pin.starts.hour * HOUR + pin.starts.minute * 60 for pin in brief.pinned_packages
              if pin.product_id == package.id}  # fmt: skip
    starts = package.starts_s[:4]
    return tuple(start for start in package.starts_s if start in pinned)[:4] if pinned else starts


def _package_arrays(
    brief: TripBrief,
    catalogue: Catalogue,
    router: Router,
    tariff: Tariff,
    packages: Sequence[Package],
    node_of: Mapping[str, int],
    days: Sequence[date],
    runs: Mapping[str, Sequence[bool]],
) -> tuple[dict[str, np.ndarray], list[int]]:
    stops, transfers = catalogue.stops, catalogue.transfers
    n = len(packages)
    tag_of = {tag: i for i, tag in enumerate(catalogue.interests)}
    start_s = np.full((n, 4), -1, np.int32)
    pack_tags = np.full((n, 8), -1, np.int16)
    pack_places = np.full((n, 10), -1, np.int16)
    pack_mask = np.zeros(n, np.uint64)
    pack_price = np.full((n, len(days)), -1, np.int64)
    pack_band = np.zeros((n, len(days)), np.int16)
    access_s, access_price = np.zeros(n, np.int32), np.zeros(n, np.int64)
    access_edge = [-1] * n
    high = np.zeros(n, np.bool_)
    months = {day.month for day in days}
    for i, package in enumerate(packages):
        starts = _starts(brief, package)
        start_s[i, : len(starts)] = starts
        pack_tags[i, : len(package.interests)] = [tag_of[tag] for tag in package.interests[:8]]
        called = [p for p in dict.fromkeys([package.start_id, *package.visits, package.end_id]) if p in stops.places]
        pack_places[i, : len(called)] = [stops.places_number[p] for p in called]
        pack_mask[i] = sum(1 << stops.places_number[p] for p in called)
        high[i] = any(stops.is_high[stops.index[p]] for p in called)
        cost = package_cost(package, brief.party).high
        bands = {month: catalogue.package_band(package, month) for month in months}
        has_fees = any(is_fee(catalogue, rule_id) for rule_id in package.rule_ids)
        for d, day in enumerate(days):
            if runs[package.id][d] and d + package.days <= len(days):
                fees = package_fees(catalogue, package, day, brief.party) if has_fees else ()
                pack_price[i, d] = cost + sum(fee.amount for fee in fees)
                pack_band[i, d] = bands[day.month]
        if package.start_id in stops.hubs:
            town, hub = stops.index[stops.town(package.start_id)], stops.index[package.start_id]
            edges = [
                e
                for e in range(int(transfers.first[town]), int(transfers.first[town + 1]))
                if transfers.to[e] == hub and tariff.edge_open[e]
            ]
            if not edges:
                pack_price[i] = -1
                continue
            access_edge[i] = min(edges, key=lambda e: (int(tariff.edge_price[e]), e))
            access_s[i] = transfers.dur_s[access_edge[i]]
            access_price[i] = tariff.edge_price[access_edge[i]]
    towns = [node_of[stops.town(p.start_id)] for p in packages]
    last_day = np.where(pack_price >= 0, np.arange(len(days)), -1).max(axis=1, initial=-1)
    return {
        "by_node": np.searchsorted(towns, np.arange(len(node_of) + 1)).astype(np.int32),
        "start_s": start_s,
        "span_s": np.array([p.span_s for p in packages], np.int32),
        "due_s": (last_day * DAY + start_s.max(axis=1, initial=-1)).astype(np.int32),
        "pack_days": np.array([p.days for p in packages], np.int16),
        "end_node": np.array([node_of[p.end_id] for p in packages], np.int16),
        "access_s": access_s,
        "access_price": access_price,
        "pack_price": pack_price,
        "pack_band": pack_band,
        "pack_exposes": np.array([p.start_id != p.end_id for p in packages], np.bool_),
        "pack_worth": np.array([PACKAGE_WORTH * LENGTH.get(p.days, 280) // 100 for p in packages], np.int64),
        "pack_tags": pack_tags,
        "pack_places": pack_places,
        "pack_mask": pack_mask,
        "pack_twins": _twins(brief, packages),
        "is_dive": np.array([p.is_dive for p in packages], np.bool_),
        "pack_high": high,
        "night_before": np.array([p.needs_night_before for p in packages], np.bool_),
    }, access_edge
