"""Serve each page below ``/en`` and ``/id`` too, where the address alone decides the language.

    /id/places/ubud      SCRIPT_NAME /id, PATH_INFO /places/ubud; links on the page begin with /id
    /places/ubud         as before: cookie, browser, English; links without a language
    /id/static/...       not moved, so there is no such page

What stands for all languages (files, the worker, doors of programs, the desk and agencies) has one address only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, current_app, has_request_context, redirect, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from planner.web.i18n import IN_ADDRESS, LANGUAGES, address_language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = "lintas.root"
"""Under this name the WSGI environment holds the SCRIPT_NAME before a language was added to it."""
WITHOUT_LANGUAGE = frozenset((
    "agency", "api", "desk", "health", "hooks", "logos", "preferences", "robots.txt", "sitemap.xml", "static", "sw.js",
))  # fmt: skip
"""What stands for all languages, by the first part of its path."""


class LanguageFirst:
    """Takes the language off the beginning of a path and lets the site speak it."""

    def __init__(self, site: WSGIApplication) -> None:
        self._site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        root, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        environ.pop(IN_ADDRESS, None)
        environ[ROOT] = root
        language, slash, rest = path[1:].partition("/")
        if path.startswith("/") and slash and language in LANGUAGES and not _is_for_all(rest):
            environ[IN_ADDRESS] = language
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = f"{root}/{language}", f"/{rest}"
        return self._site(environ, start_response)


class Site(Flask):
    """Flask, whose links keep the language of the address, but for what stands for all languages."""

    def url_for(self, endpoint: str, **given: Any) -> str:
        """Give the address of an endpoint."""
        address = super().url_for(endpoint, **given)
        language = address_language()
        if not language:
            return address
        host = address[: address.find("/", address.index("://") + 3)] if "://" in address else ""
        root, first = site_root(), f"{site_root()}{language}/"
        path = address[len(host) :]
        if path.startswith(first) and _is_for_all(path[len(first) :]):
            return host + root + path[len(first) :]
        return address


def _is_for_all(rest: str) -> bool:
    """Tell of a path without its first slash whether it has one address for all languages."""
    return rest.partition("?")[0].partition("/")[0] in WITHOUT_LANGUAGE


def site_root() -> str:
    """Give the path below which the whole site lies, all languages of it; it ends in a slash."""
    if not has_request_context():
        return "/"
    return f"{request.environ.get(ROOT, request.script_root)}/"


def in_language(address: str, language: str) -> str:
    """Give the same page and query in a language, from a path of this site with or without one."""
    root = site_root()
    if not address.startswith(root):
        return address
    rest = address[len(root) :]
    first, _slash, below = rest.partition("/")
    if first in LANGUAGES:
        rest = below
    return address if _is_for_all(rest) else f"{root}{language}/{rest}"


def this_address() -> str:
    """Give the path and query of the page at hand, its language with it; of a form's answer, the start page."""
    if request.method not in ("GET", "HEAD"):
        return f"{request.script_root}/"
    return request.script_root + request.full_path.rstrip("?")


def whole_address(path: str) -> str:
    """Give the full address of a path, as the public knows this site."""
    public = urlsplit(current_app.extensions["planner.settings"].site_url)
    host = f"{public.scheme}://{public.netloc}" if public.netloc else request.host_url.rstrip("/")
    return host + path


def own_address(path: str) -> str:
    """Give the one full address that a page goes by in the language at hand."""
    return whole_address(in_language(path, str(get_locale() or "en")))


def _begin(language: str) -> Response:
    """Lead from `/id` to its start page, whose address ends in a slash."""
    query = request.query_string.decode(errors="replace")
    return redirect(in_language(site_root(), language) + (f"?{query}" if query else ""), 301)


def init_app(app: Flask) -> None:
    """Read languages off addresses, and tell templates where they are."""
    app.wsgi_app = LanguageFirst(app.wsgi_app)  # type: ignore[method-assign]
    app.add_url_rule(f"/<any({', '.join(LANGUAGES)}):language>", "begin_in_language", _begin)
    told = {"this_address": this_address, "site_root": site_root, "whole_address": whole_address}
    app.context_processor(lambda: told)
