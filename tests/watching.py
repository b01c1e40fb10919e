"""A browser that is watched: what its pages complain of and whom they ask, and what is kept of them when a test fails.

complaint     an error or a warning in the console (the content policy's refusals are errors), an error of a script
outside       a request to anybody but this machine
forgiven      4xx of a page that was opened on purpose; what `@pytest.mark.complains("a pattern")` names
kept          after a failure, each open page as a picture, its HTML and its console, in build/failed
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from planner.settings import ROOT

KEPT = Path(os.environ.get("FAILED_PAGES") or ROOT / "build" / "failed")
WATCHED: pytest.StashKey[WatchedBrowser] = pytest.StashKey()
HERE = ("localhost", "127.0.0.1")


class WatchedBrowser:
    """Chromium, with an eye on each context that is made of it."""

    def __init__(self, chromium: Any) -> None:
        self.chromium = chromium
        self.contexts: list[Any] = []
        self.said: list[str] = []
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self._opened: set[str] = set()

    def new_context(self, **wishes: Any) -> Any:
        """Make a context and watch it until it is closed."""
        context = self.chromium.new_context(**wishes)
        self.contexts.append(context)
        context.on("close", lambda _: self.contexts.remove(context))
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        return context

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if request.is_navigation_request():
            self._opened.add(request.url.partition("#")[0])
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.outside.append(request.url)

    def _console(self, message: Any) -> None:
        self.said.append(f"{message.type}: {message.text}")
        about = str(message.location.get("url", "")).partition("#")[0]
        is_refusal = "status of 4" in message.text and about in self._opened
        if message.type in ("error", "warning") and not is_refusal:
            self.complaints.append(f"{message.type}: {message.text} ({about})")

    def found(self, forgiven: Collection[str] = ()) -> list[str]:
        """Give every complaint that is not forgiven and every request to others, each once, and begin anew."""
        bad = [what for what in self.complaints if not any(re.search(pattern, what) for pattern in forgiven)]
        found = list(dict.fromkeys([*bad, *(f"asks {url}" for url in self.outside)]))
        for seen in (self.said, self.complaints, self.outside):
            seen.clear()
        return found

    def keep(self, name: str, folder: Path) -> list[Path]:
        """Write every open page down: a picture of the whole of it, its HTML, and what was said in the console."""
        folder.mkdir(parents=True, exist_ok=True)
        kept: list[Path] = []
        for number, page in enumerate((page for context in self.contexts for page in context.pages), start=1):
            stem = folder / (name if number == 1 else f"{name}-{number}")
            with suppress(Exception):
                page.screenshot(path=stem.with_suffix(".png"), full_page=True, timeout=10_000)
                kept.append(stem.with_suffix(".png"))
            with suppress(Exception):
                stem.with_suffix(".html").write_text(page.content(), encoding="utf-8")
                kept.append(stem.with_suffix(".html"))
            stem.with_suffix(".txt").write_text("\n".join([page.url, *self.said]) + "\n", encoding="utf-8")
            kept.append(stem.with_suffix(".txt"))
        return kept


def file_name(test: str) -> str:
    """Give the name of a test as a file's, without folder and kind."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", test.removeprefix("tests/").replace(".py::", "-")).strip("-")
    return plain if len(plain) <= 120 else f"{plain[:110]}-{sum(map(ord, test)):x}"


@pytest.fixture(autouse=True)
def nothing_amiss(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test with a browser: no page complained, none asked anybody else."""
    yield
    watched = request.config.stash.get(WATCHED, None)
    if watched and "browser" in request.fixturenames:
        found = watched.found([pattern for mark in request.node.iter_markers("complains") for pattern in mark.args])
        assert not found, "\n".join(["The browser complained:", *found])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep what a failed test's browser shows, while it still shows it."""
    report: Any = yield
    watched = item.config.stash.get(WATCHED, None)
    if watched and report.failed and "browser" in getattr(item, "fixturenames", ()):
        kept = watched.keep(file_name(item.nodeid), KEPT)
        if kept:
            report.sections.append(("what the browser showed", "\n".join(str(path) for path in kept)))
    return report
