"""The whole search lives in the address."""

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from planner.travellers.brief_form import Asked, patched, read_brief, write_query
from planner.web.atlas import Atlas, shipped
from tests.travellers.conftest import TODAY

DATES = [("in", "DPS"), ("in_on", "2027-04-05"), ("out", "LBJ"), ("out_on", "2027-04-16")]


def ask(*pairs: tuple[str, str], dates: bool = True) -> Asked:
    return read_brief(MultiDict([*(DATES if dates else ()), *pairs]), shipped(), TODAY)


def test_a_one_way_search_becomes_a_brief() -> None:
    asked = ask(("in_at", "13:30"), ("stop", "Gili Air, Komodo"), ("adults", "2"), ("ages", "9, 4"), ("budget", "60"))
    assert asked.problems == []
    assert asked.brief is not None
    assert asked.brief["entry"] == {"hub": "DPS", "at": "2027-04-05T13:30:00+08:00"}
    assert asked.brief["exit"] == {"hub": "LBJ", "by": "2027-04-16T20:00:00+08:00"}
    assert asked.brief["must"] == ["gili-air", "komodo"]
    assert asked.brief["party"] == {"adults": 2, "children": [9, 4], "residency": "foreign", "rooms": 1}
    assert asked.brief["budget"]["amount"] == 60_000_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("labuan bajo", "labuan-bajo"),
        ("Labuhan Bajo", "labuan-bajo"),
        ("labuanbajo", "labuan-bajo"),
        ("UBUD", "ubud"),
        ("gili trawangan", "gili-trawangan"),
        ("kelimutu", "moni"),
        ("Sembalum", "sembalun"),
        ("wae rebo", "wae-rebo"),
        ("pulau-komodo", "komodo"),
        ("maumere", "maumere"),
        ("Penida", "nusa-penida"),
    ],
)
def test_a_place_is_found_however_it_is_spelled(typed: str, meant: str) -> None:
    asked = ask(("stop", typed))
    found = asked.brief["must"] if asked.brief else [c[0] for p in asked.problems for c in p.choices]
    assert meant in found


def test_a_doubtful_place_is_asked_about_and_the_answer_mends_the_search() -> None:
    asked = ask(("stop", "Ubud, labuhan"))
    problem = asked.problem("stop")
    assert problem is not None and asked.brief is None
    assert "labuan-bajo" in [choice for choice, _name in problem.choices]
    mended = read_brief(
        MultiDict(problem.corrected([*DATES, ("stop", "Ubud, labuhan")], "labuan-bajo")), shipped(), TODAY
    )
    assert mended.brief is not None and mended.brief["must"] == ["ubud", "labuan-bajo"]


@pytest.mark.parametrize(
    ("field", "pair"),
    [
        ("in", ("in", "XXX")),
        ("in_at", ("in_at", "25:00")),
        ("adults", ("adults", "none")),
        ("adults", ("adults", "0")),
        ("ages", ("ages", "9, 44")),
        ("rooms", ("rooms", "99")),
        ("stop", ("stop", "Atlantis")),
        ("pace", ("pace", "mad")),
        ("comfort", ("comfort", "royal")),
        ("budget", ("budget", "much")),
        ("avoid_mode", ("avoid_mode", "rocket")),
        ("island", ("island", "Java")),
        ("nights", ("nights", "Ubud many")),
        ("residency", ("residency", "martian")),
        ("package", ("package", "PK999")),
        ("like", ("w_dive", "9")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, pair: tuple[str, str]) -> None:
    changed = [p for p in DATES if p[0] != pair[0]]
    asked = read_brief(MultiDict([*changed, pair]), shipped(), TODAY)
    assert asked.problem(field) is not None
    assert asked.brief is None


def test_a_trip_may_not_end_before_it_begins_nor_begin_in_the_past() -> None:
    assert ask(("in_on", "2027-04-20"), ("out_on", "2027-04-10"), dates=False).problem("out_on")
    assert ask(("in_on", "2026-01-01"), ("out_on", "2026-01-10"), dates=False).problem("in_on")


def test_a_place_cannot_be_wanted_and_avoided() -> None:
    assert ask(("stop", "moni"), ("avoid", "Moni")).problem("avoid")


def test_nights_and_booked_beds_are_read() -> None:
    asked = ask(
        ("nights", "Ubud 3, moni:2"),
        ("bed_at", "Ubud"),
        ("bed_from", "2027-04-05"),
        ("bed_to", "2027-04-08"),
        ("bed_at", ""),
        ("bed_from", ""),
        ("bed_to", ""),
    )
    assert asked.brief is not None
    assert asked.brief["nights"] == {"ubud": 3, "moni": 2}
    assert asked.brief["booked"] == [
        {"kind": "stay", "place_id": "ubud", "check_in": "2027-04-05", "check_out": "2027-04-08"}
    ]


def test_a_bed_without_its_days_is_a_problem_of_the_beds() -> None:
    assert ask(("bed_at", "Ubud"), ("bed_from", "2027-04-08"), ("bed_to", "2027-04-05")).problem("beds")


def test_a_month_and_a_number_of_days_give_start_days_within_the_month() -> None:
    asked = ask(("in", "DPS"), ("out", "DPS"), ("when", "month"), ("month", "2027-05"), ("days", "10"), dates=False)
    assert asked.is_flexible and asked.brief is not None
    assert {day.strftime("%Y-%m") for day in asked.start_days} == {"2027-05"}
    assert asked.brief["entry"]["at"].startswith("2027-05-03") and asked.brief["exit"]["by"].startswith("2027-05-12")


def test_a_weight_goes_over_a_tick_and_nought_takes_it_away() -> None:
    asked = ask(("like", "dive"), ("like", "food"), ("w_dive", "3"), ("w_trek", "1"), ("w_food", "0"))
    assert asked.brief is not None
    assert asked.brief["interests"] == {"dive": 3, "trek": 1}


def test_a_merge_patch_changes_one_thing_and_null_takes_away() -> None:
    brief = {"exit": {"hub": "DPS", "by": "x"}, "must": ["ubud", "moni"], "avoid_modes": ["flight"]}
    assert patched(brief, {"exit": {"by": "y"}, "must": ["ubud"], "avoid_modes": None}) == {
        "exit": {"hub": "DPS", "by": "y"},
        "must": ["ubud"],
    }


PLACES = sorted(shipped().places)


@settings(max_examples=60, deadline=None)
@given(
    must=st.lists(st.sampled_from(PLACES), unique=True, max_size=5),
    adults=st.integers(1, 6),
    ages=st.lists(st.integers(0, 17), max_size=3),
    likes=st.dictionaries(st.sampled_from(["dive", "trek", "food"]), st.integers(1, 3)),
    nights=st.dictionaries(st.sampled_from(PLACES), st.integers(1, 4), max_size=2),
    budget=st.integers(0, 300),
    modes=st.lists(st.sampled_from(["flight", "ferry", "fast_boat"]), unique=True),
    pace=st.sampled_from(["relaxed", "balanced", "packed"]),
    residency=st.sampled_from(["foreign", "resident"]),
)
def test_one_brief_has_one_address_and_reads_back_the_same(
    must: list[str],
    adults: int,
    ages: list[int],
    likes: dict[str, int],
    nights: dict[str, int],
    budget: int,
    modes: list[str],
    pace: str,
    residency: str,
) -> None:
    pairs = [
        *DATES,
        *[("stop", p) for p in must],
        ("adults", str(adults)),
        ("ages", ",".join(map(str, ages))),
        *[(f"w_{k}", str(v)) for k, v in likes.items()],
        *[("nights", f"{k} {v}") for k, v in nights.items()],
        ("budget", str(budget) if budget else ""),
        *[("avoid_mode", m) for m in modes],
        ("pace", pace),
        ("residency", residency),
    ]
    first = read_brief(MultiDict(pairs), shipped(), TODAY)
    assert first.brief is not None, first.problems
    query = write_query(first.brief)
    second = read_brief(MultiDict(query), shipped(), TODAY)
    assert second.brief == first.brief
    assert urlencode(write_query(second.brief)) == urlencode(query)


def test_every_name_of_the_list_of_places_is_understood(atlas: Atlas) -> None:
    for place_id in atlas.places:
        asked = ask(("stop", atlas.name(place_id)))
        assert asked.brief is not None and asked.brief["must"] == [place_id], atlas.name(place_id)
