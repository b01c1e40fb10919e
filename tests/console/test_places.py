"""Looking places up on the command line."""


def test_a_place_is_found_by_its_name_and_shown_with_its_id(run):
    assert "labuan-bajo" in run("places", "labuan", "bajo").stdout


def test_a_misspelt_name_is_forgiven(run):
    assert "sembalun" in run("places", "Sembalum").stdout


def test_hubs_and_islands_narrow_the_list(run):
    lines = run("places", "--hubs", "--island", "flores").stdout.splitlines()
    assert any(line.startswith("LBJ ") for line in lines) and not any(line.startswith("DPS ") for line in lines)


def test_no_such_place_is_said(run):
    ended = run("places", "atlantis")
    assert ended.exit_code == 1 and "No such place" in ended.stderr
