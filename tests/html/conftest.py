"""A judge of HTML that is there for the whole run, and an empty gathering of pages."""

import os
from collections.abc import Iterator

import pytest

from tests.html.gathering import Gathering
from tests.html.judge import Judge, NoJudge


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """Give a running html-validate, or skip (fail when REQUIRE_BROWSER=1) and say why."""
    try:
        judge = Judge()
    except NoJudge as missing:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"REQUIRE_BROWSER=1, but nobody judges HTML: {missing}")
        pytest.skip(f"nobody judges HTML: {missing}")
    yield judge
    judge.stop()


@pytest.fixture
def gathering() -> Gathering:
    return Gathering()
