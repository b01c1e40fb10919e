"""The watch over browsers finds what it is there for, and keeps what a failed test showed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from planner.settings import ROOT
from tests.watching import file_name

pytestmark = pytest.mark.browser

ASK_OTHERS = "fetch('http://other.example/').catch(() => 0)"
BAD = {
    "a script that fails": "setTimeout(() => { throw new Error('torn') })",
    "an error that is told": "console.error('torn')",
    "a warning": "console.warn('torn')",
    "a script that the policy refuses": "document.body.append(Object.assign(document.createElement('script'), "
    "{ textContent: '1' }))",
    "a style that the policy refuses": "document.body.setAttribute('style', 'color: red')",
    "a picture that is not there": "document.body.append(Object.assign(new Image(), { src: '/static/no.png' }))",
    "a request to others": ASK_OTHERS,
}
WATCHING = "from tests.conftest import browser, nothing_amiss, page, pytest_runtest_makereport"
FAILING = """
def test_it_fails(page):
    page.set_content("<title>t</title><h1>Torn sail</h1><p style='height:3000px'>long</p>")
    page.evaluate("console.log('the sail tore')")
    assert page.inner_text("h1") == "whole"
"""


@pytest.mark.parametrize("what", BAD)
def test_it_finds(app: Flask, serve: Callable[[Flask], str], browser: Any, page: Any, what: str) -> None:
    page.goto(serve(app) + "/about")
    assert browser.found() == []
    page.evaluate(f"() => {{ {BAD[what]} }}")
    page.wait_for_timeout(300)
    assert browser.found() != []
    assert browser.found() == []


def test_a_page_that_refuses_is_no_complaint(
    app: Flask, serve: Callable[[Flask], str], browser: Any, page: Any
) -> None:
    page.goto(serve(app) + "/nothing")
    page.wait_for_timeout(100)
    assert any("status of 404" in said for said in browser.said)
    assert browser.found() == []


def test_what_is_forgiven_is_forgiven_alone(browser: Any, page: Any) -> None:
    page.evaluate("() => { console.error('one'); console.error('two') }")
    page.wait_for_timeout(100)
    assert [what for what in browser.found(["error: one"]) if "one" in what or "two" not in what] == []


def test_a_failed_test_leaves_the_whole_page_its_html_and_its_console(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(WATCHING)
    (tmp_path / "test_torn.py").write_text(FAILING)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "setup.cfg", "--rootdir", tmp_path, "-p",
         "no:cacheprovider", tmp_path],
        cwd=ROOT, env={**os.environ, "FAILED_PAGES": str(tmp_path / "kept")}, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert told.returncode == 1 and "1 failed" in told.stdout, told.stdout[-3000:]
    picture, html, said = (tmp_path / "kept" / f"test_torn-test_it_fails.{kind}" for kind in ("png", "html", "txt"))
    assert "what the browser showed" in told.stdout and str(picture) in told.stdout
    assert picture.read_bytes()[1:4] == b"PNG" and int.from_bytes(picture.read_bytes()[20:24]) > 3000
    assert "Torn sail" in html.read_text() and "the sail tore" in said.read_text()


def test_long_names_stay_apart() -> None:
    names = {file_name(f"tests/browser/test_a.py::test_b[{'x' * 200}{n}]") for n in range(20)}
    assert len(names) == 20 and all(len(name) <= 120 for name in names)
    assert file_name("tests/browser/test_a.py::test_b[1280-en]") == "browser-test_a-test_b-1280-en"
