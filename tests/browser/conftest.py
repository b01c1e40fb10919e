"""A served site with a planner that answers at once, and a watch over what the browser does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.travellers.conftest import asked_of_the_planner

__all__ = ["asked_of_the_planner"]


@dataclass
class Watch:
    """What a page asked for and complained about."""

    host: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, page: Any) -> None:
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "about") and parts.netloc != self.host:
            self.outside.append(request.url)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def pages_site(
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], str],
    asked_of_the_planner: list[Mapping[str, Any]],
) -> str:
    return serve(make_app())


@pytest.fixture
def watch(pages_site: str) -> Watch:
    return Watch(urlsplit(pages_site).netloc)


@pytest.fixture
def open_page(browser: Any, watch: Watch, pages_site: str) -> Iterator[Callable[..., Any]]:
    """Give a maker of watched pages: width, language, theme, with or without a script."""
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
        page = context.new_page()
        watch.follow(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert watch.outside == []
    assert watch.complaints == []
