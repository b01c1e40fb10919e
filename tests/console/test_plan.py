"""Planning on the command line."""

import json

import pytest

from planner.console.plan import island_time
from planner.errors import Invalid, Unavailable

SHORT = ("plan", "--from", "DPS", "--arrive", "2027-04-05T12:00", "--to", "LBJ", "--leave-by", "2027-04-14 15:00")
BRIEF = {
    "entry": {"hub": "DPS", "at": "2027-04-05T12:00:00+08:00"},
    "exit": {"hub": "LBJ", "by": "2027-04-14T15:00:00+08:00"},
    "party": {"adults": 2},
}


def test_flags_make_the_brief_that_a_file_would(run, planner):
    assert run(*SHORT).exit_code == 0
    assert planner.briefs == [BRIEF]


def test_the_first_plan_on_a_machine_fills_the_database(run, planner):
    run(*SHORT)
    assert len(planner.prepared) == 1


def test_every_wish_has_its_flag(run, planner):
    wishes = (
        "--adults 1 --child 9 --child 4 --resident --rooms 2 --must moni --must ubud --must-package PK47"
        " --avoid tambora --avoid-mode fast_boat --island Flores --nights ubud=3 --interest trek=3"
        " --interest dive=1 --budget 60000000 --pace relaxed --comfort upper --want 3"
    )
    assert run(*SHORT, *wishes.split()).exit_code == 0
    assert planner.briefs[0] == {
        **BRIEF,
        "party": {"adults": 1, "children": [9, 4], "residency": "resident", "rooms": 2},
        "must": ["moni", "ubud"],
        "must_packages": ["PK47"],
        "avoid": ["tambora"],
        "avoid_modes": ["fast_boat"],
        "islands": ["Flores"],
        "nights": {"ubud": 3},
        "interests": {"trek": 3, "dive": 1},
        "budget": {"amount": 60000000, "currency": "IDR", "precision": 0},
        "pace": "relaxed",
        "comfort": "upper",
        "want": 3,
    }


def test_a_brief_is_read_from_a_file_and_from_standard_input(run, planner, tmp_path):
    file = tmp_path / "brief.json"
    file.write_text(json.dumps(BRIEF))
    assert run("plan", "--brief", str(file)).exit_code == 0
    assert run("plan", "--brief", "-", given=json.dumps(BRIEF)).exit_code == 0
    assert planner.briefs == [BRIEF, BRIEF]


def test_flags_win_over_the_file(run, planner):
    run("plan", "--brief", "-", "--adults", "4", "--to", "DPS", given=json.dumps(BRIEF))
    assert planner.briefs[0]["party"]["adults"] == 4
    assert planner.briefs[0]["exit"] == {"hub": "DPS", "by": "2027-04-14T15:00:00+08:00"}


def test_without_another_end_the_trip_ends_where_it_began(run, planner):
    run("plan", "--from", "DPS", "--arrive", "2027-04-05", "--leave-by", "2027-04-14")
    assert planner.briefs[0]["exit"]["hub"] == "DPS"


def test_a_trip_is_printed_day_by_day_with_names_times_and_prices(run, planner):
    text = run(*SHORT).stdout
    assert "Trip 1 of 1 - the best for you" in text
    assert "IDR 3,650,000 in all, IDR 1,825,000 for each person" in text
    days = ["Mon 5 Apr 2027", "Tue 6 Apr 2027", "Wed 7 Apr 2027"]
    assert [text.index(day) for day in days] == sorted(text.index(day) for day in days)
    monday, tuesday, wednesday = (text[text.index(day) :].split("\n\n", 1)[0].splitlines() for day in days)
    assert "12:00-13:25" in monday[1] and "Ubud" in monday[1] and "~ IDR 500,000" in monday[1]
    assert "Homestay, 2 nights" in monday[-1]
    assert "Ubud cooking class" in tuesday[1] and "night" in tuesday[2] and "Ubud" in tuesday[2]
    assert "22:00-03:00 +1" in wednesday[1] and "ferry" in wednesday[1]
    assert "A levy is due. (RL-BALI-LEVY)" in text


def test_every_item_of_the_trip_is_in_the_text(run, planner):
    text = run(*SHORT).stdout
    for price in ("500,000", "1,000,000", "300,000"):
        assert price in text
    assert text.count("IDR 1,000,000") == 2 and text.count("IDR 300,000") == 2


def test_the_text_speaks_indonesian_when_asked(run, planner):
    text = run(*SHORT, "--lang", "id").stdout
    assert "Rp3.650.000" in text and "Sen 5 Apr 2027" in text


def test_json_is_the_answer_itself(run, planner):
    assert json.loads(run(*SHORT, "--json").stdout) == planner.answer


def test_a_refusal_ends_with_3_and_says_why_and_what_would_help(run, planner):
    planner.refuse()
    ended = run(*SHORT)
    assert ended.exit_code == 3
    assert "Two days are too few." in ended.stdout and "One more day makes it possible" in ended.stdout
    as_json = run(*SHORT, "--json")
    assert as_json.exit_code == 3 and json.loads(as_json.stdout) == planner.answer


@pytest.mark.parametrize(
    ("flags", "given", "field"),
    [
        (("plan",), "", "entry"),
        ((*SHORT, "--adults", "0"), "", "party.adults"),
        ((*SHORT, "--child", "30"), "", "party.children.0"),
        ((*SHORT, "--pace", "frantic"), "", "pace"),
        ((*SHORT, "--arrive", "soon"), "", "entry.at"),
        ((*SHORT, "--interest", "trek=9"), "", "interests.trek"),
        (("plan", "--brief", "-"), "{", "brief"),
        (("plan", "--brief", "-"), "[]", "brief"),
        (("plan", "--brief", "-"), '{"entry": 1}', "entry"),
        (("plan", "--brief", "-"), json.dumps({**BRIEF, "surprise": 1}), "surprise"),
    ],
)
def test_what_makes_no_sense_ends_with_2_and_names_the_field_on_standard_error(run, planner, flags, given, field):
    ended = run(*flags, given=given)
    assert ended.exit_code == 2
    assert any(line.startswith(f"{field}: ") for line in ended.stderr.splitlines())
    assert ended.stdout == "" and planner.briefs == []


def test_what_only_the_planner_knows_to_be_wrong_is_told_the_same_way(run, planner):
    planner.error = Invalid("There is no place atlantis.", field="must.0")
    ended = run(*SHORT, "--must", "atlantis")
    assert (ended.exit_code, ended.stderr) == (2, "must.0: There is no place atlantis.\n")


def test_a_planner_that_is_not_ready_ends_with_1(run, planner):
    planner.error = Unavailable("The timetable is not loaded yet.")
    ended = run(*SHORT)
    assert ended.exit_code == 1 and "not loaded" in ended.stderr


@pytest.mark.parametrize("flag", ["--interest=trek", "--nights=ubud=x", "--interest==3"])
def test_a_pair_without_its_number_is_refused(run, planner, flag):
    assert run(*SHORT, flag).exit_code == 2


def test_a_time_without_offset_is_the_islands_time():
    assert island_time("2027-04-05 9:30") == "2027-04-05T09:30:00+08:00"
    assert island_time("2027-04-05") == "2027-04-05T12:00:00+08:00"
    assert island_time("2027-04-05T12:00:00+07:00") == "2027-04-05T12:00:00+07:00"
