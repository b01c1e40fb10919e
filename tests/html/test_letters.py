"""Letters, which mail programs show as pages, are valid HTML."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.html.gathering import LANGUAGES, Gathering
from tests.html.judge import Judge
from tests.web import order_on_paper as desk
from tests.web.conftest import paper_app, papers
from tests.web.test_letters import asked, told

__all__ = ["paper_app", "papers"]
pytestmark = pytest.mark.parametrize("paper_app", ["sqlite"], indirect=True)  # letters look the same on every database


def test_letters_are_valid(papers: Flask, gathering: Gathering, judge: Judge) -> None:
    for language in LANGUAGES:
        order = desk.put(desk.whole_trip(), language=language)
        desk.change(order, [], {}, 100_000)
        for what in ("held", "confirmed", "undone", "cancelled", "changed:1", "change_undone:1"):
            gathering.add(f"{language} {what}", told(papers, order, what).html)
        desk.empty()
    gathering.add("asked", asked(papers).html)
    judge.accept(gathering.pages)
