"""What may come next in a trip: travel, take a package, sleep. Every search of this floor grows plans by this rule.

A label is a trip so far:

    ENTERED --travel--> ARRIVED --night--> MORNING --travel--> ARRIVED ...
                           |                  |
                           +--package--> AFTER +--package--> AFTER --travel, package or night--> ...

Times are seconds from the first midnight. A morning stands at 00:00 of its day, so that a walk to a sunrise can start
at 02:00; journeys leave no earlier than their own hour. Bits of `visited` and `slept` count places, bits of `done`
the packages of the problem. Experience is in hundredths of a point: places, nights and packages are worth their
interests, and each further thing of a kind is worth less (a submodular sum).

A function that is called for every journey is handed the few arrays it reads, never the whole problem: the hundreds of
machine words of its arrays, passed in each call, once took nine tenths of a search.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from planner.values.times import DAY, HOUR, NIGHT_MARK

ENTERED, ARRIVED, AFTER, MORNING = range(4)
START, TRAVEL, PACKAGE, NIGHT = range(4)
SEE, SLEEP, TAKE = range(3)
TAGS = 32
BUFFER_S = 900
"""A traveller is at a package's start this much before it."""
SURFACE_S = DAY
"""From the last dive to a flight or a climb above 300 m."""
LATE_S, EARLY_S, ODD_HOUR_COST = 21 * HOUR, 6 * HOUR, 50
"""Leaving before six costs half a point, arriving in the night one and a half."""
EARLIEST_HOME_S = 3 * HOUR + 1800
"""A way home may start this early in the morning."""

LABEL = np.dtype(
    [
        ("price", np.int64),
        ("visited", np.uint64),
        ("slept", np.uint64),
        ("done", np.uint64),
        ("time_s", np.int32),
        ("began_s", np.int32),
        ("transit_s", np.int32),
        ("worth", np.int32),
        ("dived_s", np.int32),  # no flight or climb before this second
        ("exposed_s", np.int32),  # arrival of the last rough crossing
        ("parent", np.int32),
        ("what", np.int32),  # row of an offer, or number of a package
        ("sum", np.int16),
        ("node", np.int16),
        ("worst", np.int8),
        ("kind", np.int8),
        ("act", np.int8),
        ("nights_here", np.int8),
        ("today", np.int8),  # packages since the last night
        ("fresh", np.int8),  # slept at this node the night before
        ("counts_a", np.uint64),  # how many of each interest so far: four bits a tag, tags 0 to 15
        ("counts_b", np.uint64),  # tags 16 to 31
    ],
    align=True,
)


class Problem(NamedTuple):
    """One brief as arrays; `nodes` stops that matter, `days` local days, `packages` those that fit.

    offers (rows,) OFFER, spans `first, last` (days, nodes); per node: `place` number of the place or -1, `area` of an
    entry fee, `typical`, `wanted` nights (-1: any), `may_sleep`; `night_price` (days, nodes), -1 none;
    `booked` (days,) node of a night that is booked or pinned; per package arrays as named; `tag_*` worth of interests.
    """

    offers: np.ndarray
    first: np.ndarray
    last: np.ndarray
    entry: int
    exit: int
    entry_s: int
    exit_s: int
    min_end_s: int
    no_boat_after_s: int  # a fast boat must have landed by then before the exit
    slack_s: int  # from a rough crossing to the exit
    closed_from_s: int
    closed_until_s: int
    day_start_s: int
    most_today: int
    bed_cost: int  # worth lost for each change of place
    night_worth: int  # per cent of a place's worth for each night up to the typical ones
    place: np.ndarray
    area: np.ndarray
    area_fee: np.ndarray
    typical: np.ndarray
    wanted: np.ndarray
    may_sleep: np.ndarray
    most_nights: np.ndarray
    place_worth: np.ndarray
    place_tags: np.ndarray
    night_price: np.ndarray
    night_extra: np.ndarray  # (days, nodes) worth of the events of a night, below 0 where they only crowd
    booked: np.ndarray
    by_node: np.ndarray  # (nodes + 1,) packages of a node are by_node[n]:by_node[n + 1]
    start_s: np.ndarray  # (packages, 4) seconds of the day, -1 none
    span_s: np.ndarray
    pack_days: np.ndarray
    end_node: np.ndarray
    access_s: np.ndarray
    access_price: np.ndarray
    pack_price: np.ndarray  # (packages, days), -1 not on that day
    pack_band: np.ndarray  # (packages, days)
    pack_exposes: np.ndarray
    pack_worth: np.ndarray
    pack_tags: np.ndarray
    pack_places: np.ndarray  # (packages, 8) places it visits, -1 none
    pack_mask: np.ndarray  # (packages,) uint64
    pack_twins: np.ndarray  # (packages,) uint64, those that show the same
    is_dive: np.ndarray
    pack_high: np.ndarray
    night_before: np.ndarray
    due_s: np.ndarray  # (packages,) the last second at which each can start
    tag_weight: np.ndarray
    decay: np.ndarray
    must_places: np.uint64
    must_sleep: np.uint64
    must_packages: np.uint64
    wishes: np.ndarray  # (wishes, 2) SEE, SLEEP or TAKE and the number of the place or package; bits of the sets below
    late_s: np.ndarray  # (2, 2 ** wishes, nodes) the last second there at which a plan that lacks a set can succeed
    need_s: np.ndarray  # (2 ** wishes, nodes) least seconds to meet the wishes of a set and come home
    rest: np.ndarray  # (mixes, 2 ** wishes, nodes) least cost of the rest of a trip under each mix


@njit(cache=True, nogil=True)
def bits(mask):
    """Return how many bits a uint64 has set."""
    n = 0
    while mask:
        mask &= mask - np.uint64(1)
        n += 1
    return n


@njit(cache=True, nogil=True)
def has(mask, bit):
    """Tell whether a bit of a uint64 is set."""
    return (mask >> np.uint64(bit)) & np.uint64(1) == np.uint64(1)


@njit(cache=True, nogil=True)
def missing(must_places, must_sleep, must_packages, visited, slept, done):
    """Return how many musts a trip so far still lacks."""
    return bits(must_places & ~visited) + bits(must_sleep & ~slept) + bits(must_packages & ~done)


@njit(cache=True, nogil=True)
def is_overdue(must_packages, due_s, done, time_s):
    """Tell whether a package that must be in the plan can no longer be begun."""
    missing_ones = must_packages & ~done
    if missing_ones:
        for pack in range(due_s.shape[0]):
            if time_s > due_s[pack] and has(missing_ones, pack):
                return True
    return False


@njit(cache=True, nogil=True)
def lacking(wishes, visited, slept, done):
    """Return the set of wishes (wishes, 2) still unmet, as the row of the bounds."""
    mask = 0
    for w in range(wishes.shape[0]):
        kind = wishes[w, 0]
        had = visited if kind == SEE else slept if kind == SLEEP else done
        if not has(had, wishes[w, 1]):
            mask |= 1 << w
    return mask


@njit(cache=True, nogil=True)
def is_too_rough(band, end_s, slack_s, exit_s):
    """Tell whether a crossing of this band lands too late before the way home."""
    return band >= 2 and end_s + slack_s > exit_s


@njit(cache=True, nogil=True)
def worth_of(tag_weight, decay, new, tags, base):
    """Return what something with these interests is worth after those already had, and count them."""
    best = total = n = 0
    for i in range(tags.shape[0]):
        tag = tags[i]
        if tag < 0:
            break
        shift = np.uint64(4 * (tag & 15))
        had = np.int64(((new.counts_a if tag < 16 else new.counts_b) >> shift) & np.uint64(15))
        value = tag_weight[tag] * decay[min(had, decay.shape[0] - 1)]
        best = max(best, value)
        total += value
        n += 1
        if had < 15:
            if tag < 16:
                new.counts_a += np.uint64(1) << shift
            else:
                new.counts_b += np.uint64(1) << shift
    if n == 0:
        return 0
    return base * (best + total // n) // 200_000  # weights in hundredths, decay in thousandths, halved


@njit(cache=True, nogil=True)
def call_at(tag_weight, decay, new, place, tags, base):
    """Add a place with its interests to a trip: worth something the first time."""
    if not has(new.visited, place):
        new.visited |= np.uint64(1) << np.uint64(place)
        new.worth += worth_of(tag_weight, decay, new, tags, base)


@njit(cache=True, nogil=True)
def booked_between(booked, start_s, end_s):
    """Tell whether a fixed night of `booked` (days,) lies in [start_s, end_s)."""
    for day in range(-((NIGHT_MARK - start_s) // DAY), -((NIGHT_MARK - end_s) // DAY)):
        if 0 < day <= booked.shape[0] and booked[day - 1] >= 0:
            return True
    return False


@njit(cache=True, nogil=True)
def copy_label(old, at, act, what, new):
    """Start a successor as a copy of its parent."""
    new.price, new.visited, new.slept, new.done = old.price, old.visited, old.slept, old.done
    new.transit_s, new.worth = old.transit_s, old.worth
    new.dived_s, new.exposed_s = old.dived_s, old.exposed_s
    new.sum, new.worst = old.sum, old.worst
    new.nights_here, new.today, new.fresh = old.nights_here, old.today, old.fresh
    new.counts_a, new.counts_b = old.counts_a, old.counts_b
    new.parent, new.act, new.what = at, act, what


@njit(cache=True, nogil=True)
def leaving(offer, old, day, day_start_s, closed_from_s, closed_until_s):
    """Return when a traveller may leave on an offer, -1 if not any more that day; mornings begin at `day_start_s`."""
    if offer.is_free == 0:
        dep_s = day * DAY + offer.dep_s
        return dep_s if dep_s >= old.time_s else -1
    earliest_s = old.time_s
    if old.kind == MORNING:
        earliest_s = max(earliest_s, day * DAY + day_start_s)
    dep_s = max(earliest_s, day * DAY + offer.lo_s)
    if dep_s > day * DAY + offer.hi_s:
        return -1
    if offer.in_bali and dep_s < closed_until_s and dep_s + offer.arr_s > closed_from_s:
        return -1
    return dep_s


@njit(cache=True, nogil=True)
def has_a_bed_until(old, start_s):
    """Tell whether a traveller who waits for `start_s` is in a bed at every 03:00 on the way; mornings had theirs."""
    since_s = old.time_s + 4 * HOUR if old.kind == MORNING else old.time_s
    return -((NIGHT_MARK - since_s) // DAY) >= -((NIGHT_MARK - start_s) // DAY)


@njit(cache=True, nogil=True)
def may_rise(offer, old, day, dep_s):
    """Tell whether the last dive lies far enough before the first flight or climb of an offer."""
    start_s = dep_s if offer.is_free else day * DAY
    return day * DAY + offer.first_flight_s >= old.dived_s and start_s + offer.climb_s >= old.dived_s


@njit(cache=True, nogil=True)
def leaves_rightly(p, old):
    """Tell whether a trip may leave the node it is at: wanted nights are had."""
    wanted = p.wanted[old.node]
    return wanted < 0 or old.nights_here == wanted or old.nights_here == 0


@njit(cache=True, nogil=True)
def expand(p, labels, at, out):
    """Write all that may follow label `at` into `out` (LABEL), ways home excepted; return how many."""
    n = 0
    old = labels[at]
    node = old.node
    day = old.time_s // DAY
    days = p.first.shape[0]
    if day >= days:
        return 0
    place = p.place[node]
    lack = lacking(p.wishes, old.visited, old.slept, old.done)
    # travel
    if old.kind != ARRIVED and leaves_rightly(p, old):
        for row in range(p.first[day, node], p.last[day, node]):
            offer = p.offers[row]
            target = offer.target
            if target == p.exit or p.place[target] < 0 or target == node:
                continue
            dep_s = leaving(offer, old, day, p.day_start_s, p.closed_from_s, p.closed_until_s)
            if dep_s < 0 or not may_rise(offer, old, day, dep_s) or not has_a_bed_until(old, dep_s):
                continue
            arr_s = dep_s + offer.arr_s if offer.is_free else day * DAY + offer.arr_s
            if arr_s > p.late_s[1, lack, target]:
                continue
            exposed_s = old.exposed_s
            if offer.exposed_s >= 0:
                exposed_s = (dep_s if offer.is_free else day * DAY) + offer.exposed_s
                if exposed_s + p.slack_s > p.exit_s:
                    continue
            if booked_between(p.booked, dep_s, arr_s) or n == out.shape[0]:
                continue
            new = out[n]
            copy_label(old, at, TRAVEL, row, new)
            new.price += offer.price
            if p.area[target] != 0 and p.area[target] != p.area[node]:
                new.price += p.area_fee[p.area[target]]
            new.transit_s += arr_s - dep_s
            new.worth -= p.bed_cost
            if arr_s % DAY > LATE_S or arr_s % DAY < 4 * HOUR:
                new.worth -= 3 * ODD_HOUR_COST
            if dep_s % DAY < EARLY_S:
                new.worth -= ODD_HOUR_COST
            new.worst = max(new.worst, offer.worst)
            new.sum += offer.sum
            new.exposed_s = exposed_s
            new.time_s, new.began_s = arr_s, dep_s
            new.node, new.kind, new.nights_here, new.fresh = target, ARRIVED, 0, 0
            n += 1
    # packages that start here today
    if old.today < p.most_today:
        for pack in range(p.by_node[node], p.by_node[node + 1]):
            if has(old.done, pack) or p.pack_price[pack, day] < 0 or old.done & p.pack_twins[pack]:
                continue
            if p.night_before[pack] and old.fresh == 0:
                continue
            end_s = day * DAY + p.span_s[pack]
            if p.end_node[pack] != node and not leaves_rightly(p, old):
                continue
            for s in range(4):
                if p.start_s[pack, s] < 0:
                    break
                start_s = day * DAY + p.start_s[pack, s]
                slack_s = BUFFER_S if old.kind != MORNING or p.access_s[pack] > 0 else 0
                if start_s - p.access_s[pack] - slack_s < old.time_s or not has_a_bed_until(old, start_s):
                    continue
                if p.pack_high[pack] and start_s < old.dived_s:
                    break
                if p.pack_days[pack] > 1 and booked_between(p.booked, start_s, end_s):
                    break
                if n == out.shape[0]:
                    break
                band = p.pack_band[pack, day]
                visited, done = old.visited | p.pack_mask[pack], old.done | np.uint64(1) << np.uint64(pack)
                after = lacking(p.wishes, visited, old.slept, done)
                if end_s > p.late_s[0, after, p.end_node[pack]]:
                    break
                if is_too_rough(band * p.pack_exposes[pack], end_s, p.slack_s, p.exit_s):
                    break
                new = out[n]
                copy_label(old, at, PACKAGE, pack, new)
                new.price += p.pack_price[pack, day] + p.access_price[pack]
                new.transit_s += p.access_s[pack]
                new.worst = max(new.worst, band)
                new.sum += band
                if band >= 2 and p.pack_exposes[pack]:
                    new.exposed_s = end_s
                if p.is_dive[pack]:
                    new.dived_s = max(new.dived_s, end_s + SURFACE_S)
                new.done = done
                new.worth += worth_of(p.tag_weight, p.decay, new, p.pack_tags[pack], p.pack_worth[pack])
                for v in range(p.pack_places.shape[1]):
                    called = p.pack_places[pack, v]
                    if called >= 0:
                        base = 60 * p.place_worth[called] // 100
                        call_at(p.tag_weight, p.decay, new, called, p.place_tags[called], base)
                new.time_s, new.began_s = end_s, start_s
                new.kind, new.fresh = AFTER, 0
                new.today = old.today + 1 if p.pack_days[pack] == 1 else 1
                new.node = p.end_node[pack]
                if new.node != node:
                    new.nights_here = 0
                n += 1
                break  # a later start of the same day gives nothing that the first does not
    # sleep here; a morning has had the night it stands in
    awake_s = old.time_s + 4 * HOUR if old.kind == MORNING else old.time_s
    mark = -((NIGHT_MARK - awake_s) // DAY)
    if place >= 0 and 0 < mark <= days and old.kind != ENTERED and p.may_sleep[node]:
        night = mark - 1
        ok = p.night_price[night, node] >= 0 and (p.booked[night] < 0 or p.booked[night] == node)
        wanted = p.wanted[node]
        if old.nights_here >= p.most_nights[node] or (p.most_nights[node] < 100 and has(old.slept, place)):
            ok = False
        if wanted >= 0 and (old.nights_here >= wanted or (old.nights_here == 0 and has(old.slept, place))):
            ok = False
        if ok and mark < days and n < out.shape[0]:
            time_s = mark * DAY if old.time_s <= mark * DAY else mark * DAY + 4 * HOUR
            bit = np.uint64(1) << np.uint64(place)
            if time_s <= p.late_s[0, lacking(p.wishes, old.visited | bit, old.slept | bit, old.done), node]:
                new = out[n]
                copy_label(old, at, NIGHT, -1, new)
                new.price += p.night_price[night, node]
                call_at(p.tag_weight, p.decay, new, place, p.place_tags[place], p.place_worth[place])
                if old.nights_here < p.typical[node]:
                    new.worth += p.place_worth[place] * p.night_worth // 100
                new.worth += p.night_extra[night, node]
                new.slept |= np.uint64(1) << np.uint64(place)
                new.time_s, new.began_s = time_s, awake_s
                new.node, new.kind, new.fresh, new.today = node, MORNING, 1, 0
                new.nights_here = min(old.nights_here + 1, 100)
                n += 1
    return n


SOLUTION = np.dtype(
    [
        ("price", np.int64),
        ("visited", np.uint64),
        ("done", np.uint64),
        ("label", np.int32),
        ("row", np.int32),
        ("dep_s", np.int32),
        ("arr_s", np.int32),
        ("transit_s", np.int32),
        ("worth", np.int32),
        ("sum", np.int16),
        ("worst", np.int16),
    ],
    align=True,
)


@njit(cache=True, nogil=True)
def ways_home(p, labels, at, out, n):
    """Append all endings of a trip so far to `out` (SOLUTION): journeys to the exit in time; return the new length."""
    old = labels[at]
    day = old.time_s // DAY
    if old.kind == ARRIVED or old.kind == ENTERED or day >= p.first.shape[0]:
        return n
    if missing(p.must_places, p.must_sleep, p.must_packages, old.visited, old.slept, old.done):
        return n
    if not leaves_rightly(p, old):
        return n
    for row in range(p.first[day, old.node], p.last[day, old.node]):
        offer = p.offers[row]
        if offer.target != p.exit or n == out.shape[0]:
            continue
        dep_s = leaving(offer, old, day, EARLIEST_HOME_S, p.closed_from_s, p.closed_until_s)
        if dep_s < 0:
            continue
        exposed_s = old.exposed_s
        if offer.is_free:
            # leave as late as the traveller may: what is left of the last day belongs to it
            latest_s = min(p.exit_s - offer.arr_s, day * DAY + offer.hi_s, (day + 1) * DAY + 2 * HOUR)
            if latest_s < dep_s:
                continue
            if offer.in_bali and latest_s < p.closed_until_s and latest_s + offer.arr_s > p.closed_from_s:
                latest_s = dep_s
            dep_s = latest_s
            arr_s = dep_s + offer.arr_s
            if offer.exposed_s >= 0:
                exposed_s = dep_s + offer.exposed_s
        else:
            arr_s = day * DAY + offer.arr_s
            if offer.exposed_s >= 0:
                exposed_s = day * DAY + offer.exposed_s
            if offer.fly_at_s >= 0 and day * DAY + offer.fly_at_s > p.no_boat_after_s:
                continue
        if not has_a_bed_until(old, dep_s) or not may_rise(offer, old, day, dep_s):
            continue
        if arr_s > p.exit_s or arr_s < p.min_end_s or booked_between(p.booked, dep_s, arr_s):
            continue
        if exposed_s >= 0 and exposed_s + p.slack_s > p.exit_s:
            continue
        new = out[n]
        new.price = old.price + offer.price
        if p.area[p.exit] != 0 and p.area[p.exit] != p.area[old.node]:
            new.price += p.area_fee[p.area[p.exit]]
        new.visited, new.done = old.visited, old.done
        new.label, new.row, new.dep_s, new.arr_s = at, row, dep_s, arr_s
        new.transit_s = old.transit_s + arr_s - dep_s
        new.worth = old.worth
        new.worst = max(old.worst, offer.worst)
        new.sum = old.sum + offer.sum
        n += 1
    return n
