"""On random tiny timetables the scan finds nothing that cannot be travelled and misses nothing that is better.

All times lie on quarters of an hour and prices on 50,000 rupiah, so that the steps below which the scan sees no
difference (ten minutes, 20,000 rupiah) never matter; everything runs within nine hours of one day, so that nobody is
kept from waiting.
"""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from planner.routing.pareto_scan import PRICE_STEP, TIME_STEP_S
from planner.routing.travel_table import Searcher
from tests.routing.plain_search import Plain
from tests.routing.small_network import DAY_0, Small, clock

STOPS = """
    A  airport  Bali    kerb=30 connect=75 to_boat=90
    B  airport  Lombok  kerb=15 connect=60 to_boat=60
    S  harbour  Bali
    T  harbour  Lombok
    u  place    Lombok
"""
NAMES = "ABSTu"
LINES = {
    "fly": ("flight", "checkin=60 close=30"),
    "jet": ("flight", "checkin=90 close=30"),
    "fast": ("fast_boat", "checkin=30 close=15"),
    "ferry": ("ferry", "checkin=60 close=15"),
    "bus": ("bus", "checkin=15 close=0"),
    "van": ("shuttle", "checkin=0 close=0"),
}
MOST_LEGS = 3

pairs = some.lists(some.sampled_from(NAMES), min_size=2, max_size=2, unique=True)


@some.composite
def networks(draw: some.DrawFn) -> tuple[str, str, str]:
    """Draw lines, trips and roads as text."""
    lines = [
        f"{name} {mode} {times} price={draw(some.integers(1, 8)) * 50} band={draw(some.integers(0, 2))}"
        for name, (mode, times) in LINES.items()
    ]
    trips = []
    for _ in range(draw(some.integers(3, 9))):
        a, b = draw(pairs)
        start = 6 * 4 + draw(some.integers(0, 30))
        end = start + draw(some.integers(1, 10))
        times = [f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in (start, end)]
        trips.append(f"{draw(some.sampled_from(list(LINES)))} {a} {times[0]} {times[1]} {b} on=0")
    roads = []
    for _ in range(draw(some.integers(0, 3))):
        a, b = draw(pairs)
        way = draw(some.sampled_from(["", " oneway"]))
        roads.append(f"{a} {b} {draw(some.integers(1, 8)) * 15} {draw(some.integers(0, 5)) * 50}{way}")
    return "\n".join(lines), "\n".join(trips), "\n".join(roads)


def written(figures: tuple[int, ...]) -> str:
    dep, arr, price, worst, total = (int(x) for x in figures)
    return f"{clock(dep)} - {clock(arr)} for {price} rough {worst}/{total}"


@given(networks(), some.sampled_from(range(len(NAMES))))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_scan_finds_what_a_plain_search_finds(tables: tuple[str, str, str], origin: int) -> None:
    net = Small(STOPS, *tables)
    everything = Plain(net.network, net.tariff(), DAY_0).all_journeys(origin, MOST_LEGS)
    searcher = Searcher(net.network, net.tariff())
    searcher.block(origin, np.arange(5, dtype=np.int16), DAY_0, searcher.window(DAY_0))
    assert searcher.overflow[0] == 0
    for node in range(len(NAMES)):
        plain = {s.figures for s in everything if s.node == node}
        labels = searcher._labels[searcher._bag[node, : searcher._counts[node]]]
        found = [tuple(int(label[x]) for x in ("dep_s", "arr_s", "price", "worst", "sum")) for label in labels]
        for figures, legs in zip(found, labels["legs"], strict=True):
            assert figures in plain or legs > MOST_LEGS, f"cannot be travelled to {NAMES[node]}: {written(figures)}"
        for dep, arr, price, worst, total in plain:
            assert any(
                d >= dep - TIME_STEP_S
                and a <= arr + TIME_STEP_S
                and p <= price + PRICE_STEP
                and w <= worst
                and t <= total
                for d, a, p, w, t in found
            ), f"missed to {NAMES[node]}: {written((dep, arr, price, worst, total))}, found {list(map(written, found))}"


@given(networks(), pairs)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_search_keeps_the_soonest_the_cheapest_the_quickest_and_the_calmest(
    tables: tuple[str, str, str], ends: list[str]
) -> None:
    net = Small(STOPS, *tables)
    origin, target = (net.stops.index[name] for name in ends)
    plain = [s for s in Plain(net.network, net.tariff(), DAY_0).all_journeys(origin, MOST_LEGS) if s.node == target]
    rows, _ = net.search(ends[0], ends[1])
    rows = rows[rows["is_free"] == 0]
    assert bool(plain) <= bool(len(rows))
    if plain:
        assert rows["arr_s"].min() <= min(s.at for s in plain)
        assert rows["price"].min() <= min(s.price for s in plain)
        assert (rows["arr_s"] - rows["dep_s"]).min() <= min(s.at - s.dep for s in plain)
        assert (rows["worst"] * 4 + rows["sum"]).min() <= min(s.worst * 4 + s.sum for s in plain)
