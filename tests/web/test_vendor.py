"""Files of others: named, licensed and unchanged."""

import hashlib
import json

import pytest

from planner.settings import ROOT

FOLDERS = sorted(path for path in (ROOT / "static" / "vendor").glob("*") if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_vendored_file_is_the_one_that_was_taken_over(folder):
    told = json.loads((folder / "VENDOR.json").read_text())
    assert folder.name == f"{told['name']}-{told['version']}"
    assert told["licence"]
    present = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert present == told["files"]
    assert any("LICEN" in name.upper() for name in present), "its licence must lie beside it"
