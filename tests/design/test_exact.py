"""The proved front of small problems is what plain enumeration finds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from planner.design.designer import Designer
from planner.design.exact import prove
from planner.design.mixes import mixes
from planner.design.problem import Trip, build_trip
from planner.design.search import Beam, search
from tests.design import brute
from tests.design.conftest import NOW, a_brief

HALF_A_POINT = 50
REGIONS = (
    (("DPS", "DPS"), ("ubud", "sidemen", "kuta-bali", "sanur")),
    (("LBJ", "LBJ"), ("labuan-bajo", "ruteng", "denge")),
    (("LOP", "LOP"), ("kuta-lombok", "tetebatu", "senaru")),
    (("ENE", "MOF"), ("ende", "moni", "maumere")),
    (("DPS", "LOP"), ("padang-bai", "gili-air", "senggigi")),
)


def small_trip(designer: Designer, seed: int, nights: int, is_wishful: bool = False) -> Trip:
    """Return a problem of three or four places and at most five packages, drawn by a seed.

    A wishful one asks for two places, or for a package and so many nights somewhere.
    """
    chance = random.Random(seed)
    hubs, places = chance.choice(REGIONS)
    month = chance.randint(1, 12)
    brief = a_brief(
        entry={"hub": hubs[0], "at": f"2027-{month:02d}-11T{chance.choice((8, 11, 14)):02d}:00:00+08:00"},
        exit={
            "hub": hubs[1],
            "by": f"2027-{month:02d}-{11 + nights:02d}T{chance.choice((12, 16, 20)):02d}:00:00+08:00",
        },
        party={"adults": chance.randint(1, 7)},
        must=[chance.choice(places)] if chance.random() < 0.4 else [],
        pace=chance.choice(("relaxed", "balanced", "packed")),
    )
    here = [p.id for p in designer.catalogue.packages if p.start_id in places and p.days <= 2]
    some = chance.sample(here, min(5, len(here)))
    if is_wishful and seed % 2:
        brief["must"] = chance.sample(places, 2)
    elif is_wishful:
        brief |= {"must": [], "must_packages": some[:1], "nights": {chance.choice(places): chance.randint(0, nights)}}
    asked = designer.read(brief)
    return build_trip(
        asked, designer.catalogue, designer.router, designer._tariff(asked), NOW, {}, 30,
        only_places=places, only_packages=some,
    )  # fmt: skip


def front_of(trip: Trip) -> set[brute.End]:
    proof = prove(trip.problem)
    assert proof.is_proved
    return {
        (int(r["price"]), int(r["transit_s"]), -int(r["worth"]), int(r["worst"]), int(r["sum"])) for r in proof.front
    }


@pytest.mark.parametrize("seed", range(20))
def test_plain_enumeration_finds_the_same_front(designer: Designer, seed: int) -> None:
    trip = small_trip(designer, seed, nights=2)
    assert front_of(trip) == brute.fronts(trip.problem)


@pytest.mark.parametrize("seed", range(200, 240))
def test_the_bounds_cut_nothing_that_meets_the_wishes(designer: Designer, seed: int) -> None:
    trip = small_trip(designer, seed, nights=2, is_wishful=True)
    found = brute.fronts(trip.problem)
    assert front_of(trip) == found
    assert not found or trip.problem.entry_s <= trip.problem.late_s[0, -1, trip.problem.entry]


def test_small_problems_with_wishes_have_plans_to_compare(designer: Designer) -> None:
    assert sum(len(front_of(small_trip(designer, seed, 2, is_wishful=True))) > 0 for seed in range(200, 240)) >= 12


@pytest.mark.parametrize(("last", "is_hopeless"), [("07", True), ("10", False)])
def test_what_is_too_far_is_known_without_a_search(designer: Designer, last: str, is_hopeless: bool) -> None:
    far = a_brief(must=["larantuka", "moni"], exit={"hub": "DPS", "by": f"2027-04-{last}T20:00:00+08:00"})
    asked = designer.read(far)
    trip = build_trip(asked, designer.catalogue, designer.router, designer._tariff(asked), NOW)
    assert trip.is_hopeless == is_hopeless


def test_small_problems_have_plans_to_compare(designer: Designer) -> None:
    assert sum(len(front_of(small_trip(designer, seed, nights=2))) > 0 for seed in range(20)) >= 10


@pytest.mark.parametrize("seed", range(100, 112))
def test_the_beam_claims_nothing_that_the_proof_does_not_allow(designer: Designer, seed: int) -> None:
    trip = small_trip(designer, seed, nights=3)
    front = front_of(trip)
    _, found, _ = search(trip.problem, mixes(trip.brief.party.heads), Beam(6, 20_000))
    for row in found:
        mine = (int(row["price"]), int(row["transit_s"]), -int(row["worth"]), (int(row["worst"]), int(row["sum"])))
        assert any(all(a <= b for a, b in zip((e[0], e[1], e[2], (e[3], e[4])), mine, strict=True)) for e in front)


def test_the_beam_finds_the_best_by_most_mixes_of_the_criteria(designer: Designer) -> None:
    near = total = 0
    for seed in range(100, 112):
        trip = small_trip(designer, seed, nights=3)
        table = mixes(trip.brief.party.heads)
        proved = prove(trip.problem).front
        _, found, _ = search(trip.problem, table, Beam(6, 20_000))
        if not len(proved):
            continue
        for mix in table:
            total += 1
            near += best_by(mix, found) >= best_by(mix, proved) - HALF_A_POINT
    assert total > 40
    assert near / total > 0.8


def best_by(mix: np.ndarray, rows: np.ndarray) -> float:
    values = rows["worth"] - mix[0] * rows["price"] - mix[1] * (rows["transit_s"] / 60)
    return float(np.max(values - mix[2] * rows["worst"] - mix[3] * rows["sum"], initial=-np.inf))


def test_a_proof_that_runs_out_of_room_says_so(designer: Designer) -> None:
    trip = small_trip(designer, 100, nights=3)
    assert not prove(trip.problem, most_labels=5).is_proved
