"""Enumerates every trip of a small problem with plain Python of its own: no bounds, no dominance, no compiled code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

DAY, HOUR = 86_400, 3_600
ENTERED, ARRIVED, AFTER, MORNING = "entered", "arrived", "after", "morning"


@dataclass(frozen=True)
class Now:
    """A trip so far."""

    time: int
    node: int
    kind: str = ENTERED
    price: int = 0
    transit: int = 0
    worth: int = 0
    worst: int = 0
    rough: int = 0
    visited: frozenset[int] = frozenset()
    slept: frozenset[int] = frozenset()
    done: frozenset[int] = frozenset()
    counts: tuple[tuple[int, int], ...] = ()
    here: int = 0
    today: int = 0
    fresh: bool = False
    dived: int = -1
    exposed: int = -1


End = tuple[int, int, int, int, int]


def fronts(problem: Any) -> set[End]:
    """Return the undominated (price, transit, -worth, worst, sum) of all complete trips."""
    ends = set(_ends(problem, Now(problem.entry_s, problem.entry)))

    def as_four(e: End) -> tuple[int, int, int, tuple[int, int]]:
        return e[0], e[1], e[2], (e[3], e[4])

    return {
        e
        for e in ends
        if not any(o != e and all(a <= b for a, b in zip(as_four(o), as_four(e), strict=True)) for o in ends)
    }


def _ends(p: Any, now: Now) -> Iterator[End]:
    yield from _homes(p, now)
    for after in _next(p, now):
        yield from _ends(p, after)


def _marks(start: int, end: int) -> range:
    """Days whose 03:00 lies in [start, end)."""
    return range(-((3 * HOUR - start) // DAY), -((3 * HOUR - end) // DAY))


def _awake(now: Now) -> int:
    return now.time + 4 * HOUR if now.kind == MORNING else now.time


def _is_booked(p: Any, start: int, end: int) -> bool:
    return any(0 < m <= len(p.booked) and p.booked[m - 1] >= 0 for m in _marks(start, end))


def _gain(p: Any, counts: dict[int, int], tags: Any, base: int) -> int:
    values = []
    for tag in (int(t) for t in tags if t >= 0):
        values.append(int(p.tag_weight[tag]) * int(p.decay[min(counts.get(tag, 0), len(p.decay) - 1)]))
        counts[tag] = min(15, counts.get(tag, 0) + 1)
    return base * (max(values) + sum(values) // len(values)) // 200_000 if values else 0


def _call(p: Any, now: Now, place: int, base: int) -> Now:
    if place < 0 or place in now.visited:
        return now
    counts = dict(now.counts)
    worth = _gain(p, counts, p.place_tags[place], base * int(p.place_worth[place]) // 100)
    return replace(now, visited=now.visited | {place}, worth=now.worth + worth, counts=tuple(sorted(counts.items())))


def _may_leave(p: Any, now: Now) -> bool:
    return p.wanted[now.node] < 0 or now.here in (0, p.wanted[now.node])


def _offers(p: Any, now: Now, first_hour: int) -> Iterator[tuple[Any, int, int]]:
    day = now.time // DAY
    if day >= p.first.shape[0]:
        return
    for row in range(p.first[day, now.node], p.last[day, now.node]):
        o = p.offers[row]
        if o["is_free"]:
            dep = max(now.time, day * DAY + int(o["lo_s"]))
            if now.kind == MORNING:
                dep = max(dep, day * DAY + first_hour)
            if dep > day * DAY + int(o["hi_s"]):
                continue
            yield o, dep, dep + int(o["arr_s"])
        else:
            dep = day * DAY + int(o["dep_s"])
            if dep >= now.time:
                yield o, dep, day * DAY + int(o["arr_s"])


def _rises_in_time(now: Now, o: Any, dep: int) -> bool:
    midnight = now.time // DAY * DAY
    climb = (dep if o["is_free"] else midnight) + int(o["climb_s"])
    return midnight + int(o["first_flight_s"]) >= now.dived and climb >= now.dived


def _is_shut(p: Any, o: Any, dep: int, arr: int) -> bool:
    return bool(o["in_bali"]) and dep < p.closed_until_s and arr > p.closed_from_s


def _next(p: Any, now: Now) -> Iterator[Now]:
    if now.time // DAY >= p.first.shape[0]:
        return
    yield from _travels(p, now)
    yield from _packages(p, now)
    yield from _nights(p, now)


def _travels(p: Any, now: Now) -> Iterator[Now]:
    if now.kind == ARRIVED or not _may_leave(p, now):
        return
    for o, dep, arr in _offers(p, now, p.day_start_s):
        to = int(o["target"])
        if to == p.exit or p.place[to] < 0 or to == now.node or arr > p.exit_s:
            continue
        if (o["is_free"] and _is_shut(p, o, dep, arr)) or not _rises_in_time(now, o, dep):
            continue
        if _marks(_awake(now), dep) or _is_booked(p, dep, arr):
            continue
        fee = int(p.area_fee[p.area[to]]) if p.area[to] and p.area[to] != p.area[now.node] else 0
        worth = now.worth - p.bed_cost
        if arr % DAY > 21 * HOUR or arr % DAY < 4 * HOUR:
            worth -= 150
        if dep % DAY < 6 * HOUR:
            worth -= 50
        exposed = now.exposed
        if o["exposed_s"] >= 0:
            exposed = (dep if o["is_free"] else now.time // DAY * DAY) + int(o["exposed_s"])
        yield replace(
            now, time=arr, node=to, kind=ARRIVED, price=now.price + int(o["price"]) + fee,
            transit=now.transit + arr - dep, worth=worth, worst=max(now.worst, int(o["worst"])),
            rough=now.rough + int(o["sum"]), here=0, fresh=False, exposed=exposed,
        )  # fmt: skip


def _packages(p: Any, now: Now) -> Iterator[Now]:
    if now.today >= p.most_today:
        return
    day = now.time // DAY
    for k in range(p.by_node[now.node], p.by_node[now.node + 1]):
        twins = {j for j in range(len(p.span_s)) if int(p.pack_twins[k]) >> j & 1}
        if k in now.done or twins & now.done or p.pack_price[k, day] < 0 or (p.night_before[k] and not now.fresh):
            continue
        to = int(p.end_node[k])
        end = day * DAY + int(p.span_s[k])
        if (to != now.node and not _may_leave(p, now)) or end > p.exit_s:
            continue
        for start in (day * DAY + int(s) for s in p.start_s[k] if s >= 0):
            spare = 900 if now.kind != MORNING or p.access_s[k] > 0 else 0
            if start - int(p.access_s[k]) - spare < now.time or _marks(_awake(now), start):
                continue
            if p.pack_high[k] and start < now.dived:
                break
            if p.pack_days[k] > 1 and _is_booked(p, start, end):
                break
            band = int(p.pack_band[k, day])
            counts = dict(now.counts)
            worth = now.worth + _gain(p, counts, p.pack_tags[k], int(p.pack_worth[k]))
            after = replace(
                now, time=end, node=to, kind=AFTER,
                price=now.price + int(p.pack_price[k, day]) + int(p.access_price[k]),
                transit=now.transit + int(p.access_s[k]), worth=worth, worst=max(now.worst, band),
                rough=now.rough + band, done=now.done | {k}, counts=tuple(sorted(counts.items())), fresh=False,
                here=now.here if to == now.node else 0, today=now.today + 1 if p.pack_days[k] == 1 else 1,
                exposed=end if band >= 2 and p.pack_exposes[k] else now.exposed,
                dived=max(now.dived, end + DAY) if p.is_dive[k] else now.dived,
            )  # fmt: skip
            for place in p.pack_places[k]:
                after = _call(p, after, int(place), 60)
            yield after
            break


def _nights(p: Any, now: Now) -> Iterator[Now]:
    place, days = int(p.place[now.node]), p.first.shape[0]
    mark = -((3 * HOUR - _awake(now)) // DAY)
    if place < 0 or now.kind == ENTERED or not p.may_sleep[now.node] or not 0 < mark < days:
        return
    night, wanted = mark - 1, int(p.wanted[now.node])
    if p.night_price[night, now.node] < 0 or p.booked[night] not in (-1, now.node):
        return
    most = int(p.most_nights[now.node])
    if now.here >= most or (most < 100 and place in now.slept):
        return
    if wanted >= 0 and (now.here >= wanted or (now.here == 0 and place in now.slept)):
        return
    wakes = mark * DAY if now.time <= mark * DAY else mark * DAY + 4 * HOUR
    slept = _call(p, replace(now, price=now.price + int(p.night_price[night, now.node])), place, 100)
    extra = int(p.place_worth[place]) * p.night_worth // 100 if now.here < p.typical[now.node] else 0
    extra += int(p.night_extra[night, now.node])
    yield replace(
        slept, worth=slept.worth + extra, slept=now.slept | {place}, time=wakes, kind=MORNING, fresh=True, today=0,
        here=now.here + 1,
    )  # fmt: skip


def _homes(p: Any, now: Now) -> Iterator[End]:
    if now.kind in (ARRIVED, ENTERED) or not _may_leave(p, now):
        return
    places = {b for b in range(64) if int(p.must_places) >> b & 1}
    beds = {b for b in range(64) if int(p.must_sleep) >> b & 1}
    packs = {b for b in range(64) if int(p.must_packages) >> b & 1}
    if not (places <= now.visited and beds <= now.slept and packs <= now.done):
        return
    midnight = now.time // DAY * DAY
    for o, dep, arr in _offers(p, now, 3 * HOUR + 1800):
        if int(o["target"]) != p.exit:
            continue
        if o["is_free"]:
            if _is_shut(p, o, dep, arr):
                continue
            dur = int(o["arr_s"])
            latest = min(p.exit_s - dur, midnight + int(o["hi_s"]), midnight + DAY + 2 * HOUR)
            if latest < dep:
                continue
            if not _is_shut(p, o, latest, latest + dur):
                dep = latest
            arr = dep + dur
        elif o["fly_at_s"] >= 0 and midnight + int(o["fly_at_s"]) > p.no_boat_after_s:
            continue
        exposed = now.exposed
        if o["exposed_s"] >= 0:
            exposed = (dep if o["is_free"] else midnight) + int(o["exposed_s"])
        if _marks(_awake(now), dep) or not _rises_in_time(now, o, dep) or not p.min_end_s <= arr <= p.exit_s:
            continue
        if _is_booked(p, dep, arr) or (exposed >= 0 and exposed + p.slack_s > p.exit_s):
            continue
        fee = int(p.area_fee[p.area[p.exit]]) if p.area[p.exit] and p.area[p.exit] != p.area[now.node] else 0
        yield (
            now.price + int(o["price"]) + fee, now.transit + arr - dep, -now.worth, max(now.worst, int(o["worst"])),
            now.rough + int(o["sum"]),
        )  # fmt: skip
