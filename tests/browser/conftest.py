"""A served site with a planner that answers at once, and pages of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from tests.travellers.conftest import asked_of_the_planner

__all__ = ["asked_of_the_planner"]


@pytest.fixture
def pages_site(
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], str],
    asked_of_the_planner: list[Mapping[str, Any]],
) -> str:
    return serve(make_app())


@pytest.fixture
def open_page(browser: Any, pages_site: str) -> Iterator[Callable[..., Any]]:
    """Give a maker of pages: width, language, theme, with or without a script."""
    contexts = []

    def make(width: int = 1280, language: str = "en", theme: str = "light", script: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 800},
            java_script_enabled=script,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.add_cookies(
            [
                {"name": "lang", "value": language, "url": pages_site},
                {"name": "theme", "value": theme, "url": pages_site},
            ]
        )
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
