"""Substitutes: same place, same day, no dearer, room for the party, nothing new to ask for; the closest comes first."""

from dataclasses import replace

import pytest

from planner.booking.quote import Line
from planner.booking.substitute import substitutes
from planner.design.catalogue import Catalogue, Package, Stay, build_catalogue
from planner.design.tables import read_tables
from planner.values.parties import Party
from tests.booking.making import START, package, ride, stay

TWO = Party(2)


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return build_catalogue(read_tables())


@pytest.fixture(scope="module")
def old(shipped: Catalogue) -> Package:
    """Give a day package that starts at ten every day; others are made to differ from it by one thing."""
    return replace(
        shipped.package["PK01"], id="OLD", starts_s=(10 * 3600,), end_s=16 * 3600, min_pax=1, max_pax=10,
        daily_capacity=10, high=500_000, low=400_000, is_per_group=False, rule_ids=("RL-A",), min_age=0,
        interests=("culture", "food"), visits=("ubud", "tegalalang"), confirm="instant",
    )  # fmt: skip


def among(shipped: Catalogue, *packages: Package) -> Catalogue:
    return replace(shipped, packages=packages)


def line_of(old: Package) -> Line:
    return package(1, old.id, 1_000_000, starts_at=START, ends_at=START.replace(hour=16))


def ids(found: list[Line]) -> list[str]:
    return [line.item["product_id"] for line in found]


def test_a_package_like_it_takes_its_place_with_its_own_price_seller_and_places(shipped, old) -> None:
    other = replace(old, id="NEW", high=450_000, supplier_id="op-new", starts_s=(9 * 3600, 11 * 3600))
    (line,) = substitutes(line_of(old), TWO, among(shipped, old, other), {"OLD"})
    assert (line.price, line.way, line.supplier_id, line.was) == (900_000, "held", "op-new", None)
    assert line.starts_at == START.replace(hour=11), "never before the part that it stands in for"
    assert [(t.product_id, t.starts_on, t.starts_at, t.places) for t in line.takes] == [
        ("NEW", START.date(), "11:00", 2)
    ]
    assert line.item["price"]["amount"] == 900_000
    assert line.item["title"] == other.title


@pytest.mark.parametrize(
    "difference",
    [
        {"start_id": "amed"},
        {"end_id": "amed"},
        {"days": 2},
        {"end_s": 16 * 3600 + 60},
        {"starts_s": (9 * 3600,)},
        {"months": frozenset({1})},
        {"weekdays": frozenset({0})},
        {"max_pax": 1},
        {"high": 500_001},
        {"min_pax": 3, "is_party_minimum": True},
        {"rule_ids": ("RL-A", "RL-B")},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_what_differs_in_a_way_that_matters_is_no_substitute(shipped, old, difference) -> None:
    assert ids(substitutes(line_of(old), TWO, among(shipped, old, replace(old, id="NEW", **difference)), {"OLD"})) == []
    assert ids(substitutes(line_of(old), TWO, among(shipped, old, replace(old, id="NEW")), {"OLD"})) == ["NEW"]


def test_a_child_too_young_rules_it_out(shipped, old) -> None:
    catalogue = among(shipped, old, replace(old, id="NEW", min_age=8))
    assert substitutes(line_of(old), Party(1, (6,)), catalogue, {"OLD"}) == []


def test_the_closest_comes_first_then_the_cheapest(shipped, old) -> None:
    others = [
        replace(old, id="OTHER-TYPE", type="trek"),
        replace(old, id="FEWER-VISITS", visits=("ubud",)),
        replace(old, id="ASKS-FIRST", confirm="on_request"),
        replace(old, id="CHEAPER", high=300_000),
        replace(old, id="SAME"),
    ]
    found = ids(substitutes(line_of(old), TWO, among(shipped, old, *others), {"OLD"}))
    assert found == ["CHEAPER", "SAME", "ASKS-FIRST", "FEWER-VISITS", "OTHER-TYPE"]


def test_what_was_tried_is_not_tried_again(shipped, old) -> None:
    catalogue = among(shipped, old, replace(old, id="A"), replace(old, id="B"))
    assert ids(substitutes(line_of(old), TWO, catalogue, {"OLD", "A"})) == ["B"]


def test_a_substitute_on_request_is_asked_for_and_one_that_needs_names_gets_them(shipped, old) -> None:
    other = replace(old, id="NEW", confirm="on_request", row={**old.row, "confirm_hours": 12})
    (line,) = substitutes(line_of(old), TWO, among(shipped, old, other), {"OLD"})
    assert (line.way, line.answer_h) == ("requested", 12)
    assert line.needs_names, "its park wants names"
    (free,) = substitutes(line_of(old), TWO, among(shipped, old, replace(old, id="NEW", rule_ids=())), {"OLD"})
    assert not free.needs_names


def houses(shipped: Catalogue, **of_other) -> tuple[Catalogue, Stay]:
    mine = replace(shipped.stays_at["labuan-bajo"][0], id="OLD", rooms=5, sleeps=10, high=450_000, low=450_000)
    return replace(shipped, stays=(mine, replace(mine, id="NEW", **of_other))), mine


def test_another_house_of_the_place_takes_its_nights(shipped) -> None:
    catalogue, _ = houses(shipped, high=400_000, supplier_id="house-new")
    (line,) = substitutes(stay(1, "OLD", 450_000, nights=3), TWO, catalogue, {"OLD"})
    assert (line.price, line.way, line.supplier_id) == (1_200_000, "held", "house-new")
    assert {take.product_id for take in line.takes} == {"NEW"}
    assert len(line.takes) == 3


@pytest.mark.parametrize(
    "difference", [{"high": 450_001}, {"rooms": 0}, {"sleeps": 1}, {"place_id": "ende"}, {"high": 0}]
)
def test_a_house_that_is_dearer_smaller_or_elsewhere_is_none(shipped, difference) -> None:
    catalogue, _ = houses(shipped, **difference)
    assert substitutes(stay(1, "OLD", 450_000), TWO, catalogue, {"OLD"}) == []


def test_of_houses_the_same_level_comes_first_then_the_dearest_that_is_paid_for(shipped) -> None:
    catalogue, mine = houses(shipped)
    others = [
        replace(mine, id="MID", level="mid", high=450_000),
        replace(mine, id="SIMPLE-300", high=300_000),
        replace(mine, id="SIMPLE-400", high=400_000),
    ]
    found = substitutes(stay(1, "OLD", 450_000), TWO, replace(catalogue, stays=(mine, *others)), {"OLD"})
    assert ids(found) == ["SIMPLE-400", "SIMPLE-300", "MID"]


def test_nothing_stands_in_for_a_crossing(shipped) -> None:
    assert substitutes(ride(1, 200_000), TWO, shipped, set()) == []


def test_no_substitute_in_the_shipped_catalogue_is_dearer_or_elsewhere(shipped) -> None:
    seen = 0
    for old_one in shipped.packages:
        if not old_one.dates_ok(START.date()) or old_one.days != 1:
            continue
        starts_at = START.replace(hour=old_one.starts_s[0] // 3600, minute=old_one.starts_s[0] % 3600 // 60)
        line = package(1, old_one.id, 2 * old_one.high or 2, starts_at=starts_at)
        for other in substitutes(line, TWO, shipped, {old_one.id}):
            seen += 1
            new = shipped.package[other.item["product_id"]]
            assert other.price <= line.price
            assert (new.start_id, new.end_id) == (old_one.start_id, old_one.end_id)
            assert other.starts_at >= line.starts_at
    assert seen > 5
