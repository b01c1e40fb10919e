"""The shipped files are exactly what the tables as given make of themselves."""

import csv
import json
from pathlib import Path

import pytest

from planner.data import build

DATA = Path(build.__file__).parent
REFERENCE_RULES = 43
EFFECTS = {"forbid", "fee", "quota", "require", "connection", "price", "warn", "policy", "context"}
OWN_RULES = {"RL-DIVE-FLY", "RL-DIVE-ALT", "RL-NIGHT-BEFORE", "RL-SPARE-DAY", "RL-VOA"}


@pytest.fixture(scope="module")
def built() -> dict[str, bytes]:
    return build.build_files()


def test_the_shipped_files_equal_a_fresh_build(built: dict[str, bytes]) -> None:
    shipped = {
        f"{path.parent.name}/{path.name}": path.read_bytes()
        for folder in ("gtfs", "catalogue")
        for path in (DATA / folder).iterdir()
    }
    assert sorted(shipped) == sorted(built)
    for name, content in built.items():
        assert shipped[name] == content, f"{name} is stale: run python -m planner.data.build"


def test_a_build_writes_the_same_bytes_wherever_it_is_told_to(tmp_path: Path, built: dict[str, bytes]) -> None:
    written = build.write_files(tmp_path)
    assert {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in written} == built


def test_the_given_rules_keep_their_bytes_and_ours_stand_below(built: dict[str, bytes]) -> None:
    given = (DATA / "source" / "fees_rules.csv").read_bytes()
    assert built["catalogue/rules.csv"].startswith(given)
    rows = list(csv.DictReader(built["catalogue/rules.csv"].decode().splitlines()))
    assert len(rows) == REFERENCE_RULES + len(OWN_RULES)
    assert {row["rule_id"] for row in rows[REFERENCE_RULES:]} == OWN_RULES


def test_every_rule_says_where_it_comes_from_and_what_it_does(built: dict[str, bytes]) -> None:
    for row in csv.DictReader(built["catalogue/rules.csv"].decode().splitlines()):
        assert None not in row, row["rule_id"]
        assert json.loads(row["machine_rule"])["type"]
        assert row["source"] and row["confidence"] in ("verified", "typical", "estimated")
        assert row["effect"] in EFFECTS


def test_no_diver_flies_or_climbs_within_a_day(built: dict[str, bytes]) -> None:
    rows = {row["rule_id"]: row for row in csv.DictReader(built["catalogue/rules.csv"].decode().splitlines())}
    for rule_id in ("RL-DIVE-FLY", "RL-DIVE-ALT"):
        machine = json.loads(rows[rule_id]["machine_rule"])
        assert rows[rule_id]["effect"] == "forbid"
        assert (machine["hours"], machine["min_hours_repetitive"], machine["min_hours_single"]) == (24, 18, 12)
    assert json.loads(rows["RL-DIVE-ALT"]["machine_rule"])["metres"] == 300


def test_the_version_changes_with_any_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = build.find_version()
    for name in ("source", "additions"):
        (tmp_path / name).mkdir()
        for path in (DATA / name).glob("*.csv"):
            (tmp_path / name / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(build, "SOURCE", tmp_path / "source")
    monkeypatch.setattr(build, "ADDITIONS", tmp_path / "additions")
    assert build.find_version() == before
    with (tmp_path / "source" / "places.csv").open("ab") as table:
        table.write(b"\n")
    assert build.find_version() != before
