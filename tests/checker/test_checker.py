"""The checker is right: good plans are clean, and each way of being wrong is caught under its point."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from .briefs import briefs, random_brief
from .check import check_answer, relaxed, same_answer
from .data import SHIPPED, read_data, read_rows
from .mutations import GOOD_PLANS, MUTATIONS, Mutation, read

ROOT = Path(__file__).resolve().parents[2]


def violations(document):
    return check_answer(document["brief"], document["answer"], today=date.fromisoformat(document["today"]))


@pytest.mark.parametrize("plan", [p.stem for p in GOOD_PLANS])
def test_a_good_plan_made_by_hand_is_clean(plan):
    assert [str(v) for v in violations(read(plan))] == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_the_checker_catches(mutation: Mutation):
    found = violations(mutation.document())
    assert any(v.point == mutation.point and mutation.says in str(v) for v in found), [str(v) for v in found]


def test_every_point_that_one_answer_can_break_has_a_mutation():
    assert {m.point for m in MUTATIONS} == set(range(9))


def test_an_answer_is_the_same_whatever_time_it_took():
    one = read("diver")["answer"]
    other = copy.deepcopy(one)
    other["front"]["took_ms"] += 1
    assert same_answer(one, other)
    other["itineraries"][0]["totals"]["price"]["amount"] += 1
    assert not same_answer(one, other)


def test_a_refusal_with_reasons_and_relaxations_is_clean():
    document = read("diver")
    reason = {"code": "no_such_night", "rule_id": None, "text": "There is no boat that day."}
    relaxation = {"change": {"exit": {"by": "2027-06-05T20:00:00+08:00"}}, "text": "One more day makes it possible."}
    document["answer"] |= {"itineraries": [], "refusal": {"reasons": [reason], "relaxations": [relaxation]}}
    assert violations(document) == []


def test_a_relaxation_changes_only_what_it_names():
    brief = {"exit": {"hub": "DPS", "by": "x"}, "must": ["ubud"], "budget": 1}
    patched = relaxed(brief, {"exit": {"by": "y"}, "must": [], "budget": None})
    assert patched == {"exit": {"hub": "DPS", "by": "y"}, "must": []}
    assert brief["budget"] == 1


def test_the_checker_imports_nothing_of_the_planner():
    code = "import sys, tests.checker.check, tests.checker.briefs; sys.exit('planner' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_the_command_prints_what_is_wrong_and_fails(tmp_path):
    document = next(m for m in MUTATIONS if m.name == "a_price_off_by_one").document()
    for name in ("answer", "brief"):
        (tmp_path / name).write_text(json.dumps(document[name]))
    command = [
        sys.executable,
        "-m",
        "tests.checker",
        str(tmp_path / "answer"),
        str(tmp_path / "brief"),
        document["today"],
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "point 5 | #1[5] leg F-PDB-LEM | costs 195901" in done.stdout


def test_the_shipped_catalogue_says_what_the_source_tables_say():
    data = read_data()
    columns = {
        "price_low": "price_pp_low_idr",
        "price_high": "price_pp_high_idr",
        "min_pax": "min_pax",
        "min_age": "min_age",
    }
    for row in read_rows(SHIPPED / "source" / "packages.csv"):
        facts = data.products[row["package_id"]]["lintas"]
        assert {k: str(facts[k]) for k in columns} == {k: row[c] for k, c in columns.items()}
    for row in read_rows(SHIPPED / "source" / "stays.csv"):
        assert str(data.products[row["stay_id"]]["lintas"]["price_high"]) == row["price_room_high_idr"]


def test_the_shipped_timetable_runs_at_the_hours_of_the_source_table():
    data = read_data()
    for route_id in {t.route_id for t in data.trips.values()}:
        row = data.routes[route_id]
        ends = {
            (row["from_id"], row["to_id"]): row["departures_out"],
            (row["to_id"], row["from_id"]): row["departures_back"],
        }
        for (start, goal), hours in ends.items():
            found = sorted(
                c.calls[0].departs_s
                for c in data.trips.values()
                if c.route_id == route_id and c.calls[0].stop_id == start
            )
            ahead = 3600 if data.hubs.get(start, {}).get("tz") == "Asia/Jakarta" else 0
            assert found == sorted(int(h[:2]) * 3600 + int(h[3:]) * 60 + ahead for h in hours.split(";")), (
                route_id,
                start,
                goal,
            )


@pytest.mark.parametrize("seed", range(60))
def test_a_random_brief_is_valid_and_the_same_again(seed):
    brief = random_brief(seed)
    assert brief == random_brief(seed)
    assert_valid(brief)


@settings(max_examples=60, deadline=None)
@given(briefs())
def test_a_drawn_brief_is_valid(brief):
    assert_valid(brief)


def test_random_briefs_reach_the_hard_days_and_the_large_parties():
    drawn = [random_brief(seed) for seed in range(300)]
    parties = [b["party"]["adults"] + len(b["party"]["children"]) for b in drawn]
    assert {1, 12} <= set(parties)
    assert any(b["entry"]["at"].startswith("2027-03-06") for b in drawn)
    assert any(b["entry"]["hub"] != b["exit"]["hub"] for b in drawn)
    assert any(len(b.get("must", [])) > 50 for b in drawn)
    optional = {"must", "avoid", "islands", "must_packages", "nights", "booked", "self_arrange", "interests", "pace"}
    assert optional | {"comfort", "budget", "avoid_modes", "want"} <= {key for b in drawn for key in b}


def assert_valid(brief):
    data = read_data()
    entry, leaving = (datetime.fromisoformat(t) for t in (brief["entry"]["at"], brief["exit"]["by"]))
    assert brief["entry"]["at"].endswith("+08:00")
    assert date(2026, 12, 1) <= entry.date() <= leaving.date() <= date(2028, 12, 1)
    assert timedelta(0) < leaving - entry < timedelta(days=30)
    assert {brief["entry"]["hub"], brief["exit"]["hub"]} <= set(data.hubs)
    assert brief["party"]["adults"] + len(brief["party"]["children"]) <= 12
    assert all(0 <= age <= 17 for age in brief["party"]["children"])
    places = [*brief.get("must", []), *brief.get("nights", {}), *(b["place_id"] for b in brief.get("booked", []))]
    assert set(places) <= set(data.places)
    assert not set(places) & set(brief.get("avoid", []))
    assert all(data.package(p) for p in brief.get("must_packages", []))
    assert set(brief.get("islands", [])) <= {p["island"] for p in data.places.values()}
    for stay in brief.get("booked", []):
        check_in, check_out = date.fromisoformat(stay["check_in"]), date.fromisoformat(stay["check_out"])
        assert entry.date() <= check_in < check_out <= leaving.date()
        assert brief.get("nights", {}).get(stay["place_id"]) in (None, (check_out - check_in).days)


def test_a_day_charter_out_and_back_with_one_price_is_accepted():
    document = read("diver")
    boat, road = [("C-LBJ-KANW", "charter_boat", 1800000), ("T-LBJMARINA-LABUA", "road", 50000)]
    ways = [
        (road, "labuan-bajo", "H-LBJMARINA", "08:00", "08:05"),
        (boat, "H-LBJMARINA", "kanawa", "08:30", "09:30"),
        ((boat[0], boat[1], 0), "kanawa", "H-LBJMARINA", "14:00", "15:00"),
        (road, "H-LBJMARINA", "labuan-bajo", "15:00", "15:05"),
    ]
    day_out = []
    for (route_id, mode, price), start, goal, departs, arrives in ways:
        money = {"amount": price, "currency": "IDR", "precision": 0}
        times = {"departs": f"2027-06-03T{departs}:00+08:00", "arrives": f"2027-06-03T{arrives}:00+08:00"}
        item = {"kind": "transfer", "mode": mode, "route_id": route_id, "from": start, "to": goal, "sold": "here"}
        day_out.append(item | times | {"price": money, "price_low": money, "exposure": int(mode == "charter_boat")})
    document["answer"]["itineraries"][0]["items"][6:6] = day_out
    found = violations(document)
    assert not [str(v) for v in found if v.point in (1, 2, 3, 4) or "by the " in v.text]


def test_a_gili_reached_by_a_package_with_its_fee_asks_for_no_other():
    document = read("gili_family")
    itinerary = document["answer"]["itineraries"][0]
    van = copy.deepcopy(read("bali_lombok")["answer"]["itineraries"][0]["items"][3])
    van |= {"product_id": "PK13", "from_place": "ubud", "to_place": "gili-trawangan", "visits": ["gili-trawangan"]}
    van |= {"starts": "2027-07-10T06:30:00+08:00", "ends": "2027-07-10T11:30:00+08:00"}
    paid = [str(v) for v in violations(document | {"answer": with_items(document, [van, *itinerary["items"][5:]])})]
    assert not [text for text in paid if "RL-GILI" in text]
    twice = [van, itinerary["items"][3], *itinerary["items"][5:]]
    found = [str(v) for v in violations(document | {"answer": with_items(document, twice)})]
    assert [text for text in found if "RL-GILI | nothing in the plan asks for it" in text]


def with_items(document, items):
    """Give the answer of a document with other items in its plan."""
    answer = copy.deepcopy(document["answer"])
    answer["itineraries"][0]["items"] = items
    return answer
