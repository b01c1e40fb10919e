"""The site's processes stay together: what dies is started again, and none is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 20
CHILD = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
KEEPER = """
import sys
from planner.console.family import Family
family = Family()
for name in sys.argv[1:]:
    family.add(name, [sys.executable, "-c", {child!r}, name])
family.stay()
"""


def eventually(check: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


def pids(note: Path) -> list[int]:
    return [int(line) for line in note.read_text().split()] if note.exists() else []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def keep(*notes: Path) -> subprocess.Popen[bytes]:
    keeper = subprocess.Popen([sys.executable, "-c", KEEPER.format(child=CHILD), *map(str, notes)])
    eventually(lambda: all(pids(note) for note in notes))
    return keeper


def test_a_process_that_was_killed_is_started_again(tmp_path: Path) -> None:
    note = tmp_path / "child"
    keeper = keep(note)
    os.kill(pids(note)[0], signal.SIGKILL)
    eventually(lambda: len(pids(note)) == 2)
    keeper.send_signal(signal.SIGINT)
    assert keeper.wait(PATIENCE_S) == 0


def test_ending_the_keeper_ends_all(tmp_path: Path) -> None:
    notes = tmp_path / "one", tmp_path / "two"
    keeper = keep(*notes)
    keeper.send_signal(signal.SIGTERM)
    assert keeper.wait(PATIENCE_S) == 0
    assert not any(is_alive(pid) for note in notes for pid in pids(note))


def test_a_keeper_that_is_killed_leaves_nobody_behind(tmp_path: Path) -> None:
    note = tmp_path / "child"
    keeper = keep(note)
    keeper.kill()
    keeper.wait(PATIENCE_S)
    eventually(lambda: not any(is_alive(pid) for pid in pids(note)))
