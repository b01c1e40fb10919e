"""Draw icons: each page carries only the symbols that it uses, at its end."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g
from markupsafe import Markup, escape


@lru_cache(maxsize=4)
def _symbols(path: str) -> dict[str, str]:
    text = Path(path).read_text(encoding="utf-8")
    return {name: whole for whole, name in re.findall(r'(<symbol id="i-([a-z0-9-]+)".*?</symbol>)', text, re.S)}


def icon(name: str, extra: str = "") -> Markup:
    """An icon beside words that say the same; screen readers skip it."""
    g.setdefault("icons", set()).add(name)
    classes = escape(f"i {extra}".strip())
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>').format(
        classes, name
    )


def sprite() -> Markup:
    """The symbols that the page has used so far."""
    known = _symbols(str(Path(current_app.static_folder or "static") / "img" / "icons.svg"))
    used = "".join(known[name] for name in sorted(g.get("icons", ())) if name in known)
    return Markup('<svg class="sprite" aria-hidden="true" focusable="false">{}</svg>').format(Markup(used))


def use_icons_of(html: str) -> None:
    """Have the page carry the symbols that a text drawn before refers to."""
    g.setdefault("icons", set()).update(re.findall(r'href="#i-([a-z0-9-]+)"', html))


def register(app: Flask) -> None:
    """Let every template draw icons."""
    app.jinja_env.globals.update(icon=icon, sprite=sprite)
