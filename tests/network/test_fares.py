"""Every head pays the fare of the band of its age; the shipped fares are shares of the adult fare, rounded up."""

import csv
from collections import Counter
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import pytest

import planner.data
from planner.network.fares import Fare, FareLine, Fares, RiderCategory
from planner.network.gtfs import read_feed
from planner.network.snapshot import Timetable, build_timetable
from planner.values.parties import Party

DATA = Path(planner.data.__file__).parent
ADULT = RiderCategory("G.adult.foreign", "G", "foreign", "adult", 12, None)
CHILD = RiderCategory("G.child.foreign", "G", "foreign", "child", 2, 11)
INFANT = RiderCategory("G.infant.foreign", "G", "foreign", "infant", 0, 1)
LOCAL = RiderCategory("G.adult.resident", "G", "resident", "adult", 0, None)
OTHER = RiderCategory("X.adult.foreign", "X", "foreign", "adult", 0, None)
FARES = Fares(
    (OTHER, INFANT, CHILD, ADULT, LOCAL),
    {
        "R": {
            "G.adult.foreign": Fare(100, 80), "G.child.foreign": Fare(75, 60), "G.infant.foreign": Fare(10, 8),
            "G.adult.resident": Fare(40, 30),
        },
        "LINE-FOR-ADULTS": {"G.adult.foreign": Fare(100, 80)},
        "EMPTY": {},
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("age", "band"), [(0, "infant"), (1, "infant"), (2, "child"), (11, "child"), (12, "adult"), (17, "adult")]
)
def test_an_age_falls_into_one_band_both_ends_included(age: int, band: str) -> None:
    assert [c.band for c in (ADULT, CHILD, INFANT) if c.holds(age)] == [band]
    lines = FARES.lines("R", Party(1, (age,)))
    assert lines is not None and Counter({line.band: line.count for line in lines}) == Counter(["adult", band])


def test_lines_come_one_a_band_with_adults_first() -> None:
    assert FARES.lines("R", Party(2, (0, 9, 14, 1, 3))) == [
        FareLine("adult", 3, Fare(100, 80)),
        FareLine("infant", 2, Fare(10, 8)),
        FareLine("child", 2, Fare(75, 60)),
    ]


def test_residents_pay_the_fare_of_residents() -> None:
    assert FARES.lines("R", Party(2, residency="resident")) == [FareLine("adult", 2, Fare(40, 30))]


def test_a_route_without_a_fare_for_somebody_has_no_fare_for_the_party() -> None:
    assert FARES.lines("LINE-FOR-ADULTS", Party(2)) is not None
    assert FARES.lines("LINE-FOR-ADULTS", Party(2, (9,))) is None
    assert FARES.lines("EMPTY", Party(2)) is None and FARES.lines("UNKNOWN", Party(2)) is None


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / "source" / name).open(newline="", encoding="utf-8-sig") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def timetable() -> Timetable:
    return build_timetable(read_feed(DATA / "gtfs"))


def pays(route: dict[str, str], group: dict[str, str], party: Party) -> tuple[int, int]:
    """Add up what a party pays by the reference tables alone."""
    ends = []
    for end in ("high", "low"):
        adult = Decimal(route[f"price_{party.residency}_adult_{end}"])
        total = 0
        for age in party.ages:
            if age <= int(group["infant_max_age"]):
                share = Decimal(group["infant_pct"])
            elif age <= int(group["child_max_age"]):
                share = Decimal(group["child_pct"])
            else:
                share = Decimal(100)
            total += int((adult * share / 100).to_integral_value(ROUND_CEILING))
        ends.append(total)
    return ends[0], ends[1]


@pytest.mark.parametrize(
    "party",
    [
        Party(1),
        Party(2, (9,)),
        Party(3, (0, 1, 2, 3), "resident"),
        Party(2, tuple(range(18))),
        Party(2, tuple(range(18)), "resident"),
    ],
    ids=["alone", "family", "residents", "every age", "every age, residents"],
)
def test_shipped_fares_are_those_of_the_reference_tables(timetable: Timetable, party: Party) -> None:
    routes = {row["route_id"]: row for row in rows_of("routes.csv")}
    groups = {row["fare_group"]: row for row in rows_of("fare_rules.csv")}
    assert len(timetable.route_ids) > 80
    for route_id in timetable.route_ids:
        lines = timetable.fares.lines(route_id, party)
        assert lines is not None, f"{route_id} has no fare"
        found = sum(x.count * x.each.high for x in lines), sum(x.count * x.each.low for x in lines)
        assert found == pays(routes[route_id], groups[routes[route_id]["fare_group"]], party), route_id
        assert sum(line.count for line in lines) == party.heads
