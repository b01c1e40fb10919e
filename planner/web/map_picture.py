"""Draw a trip's map as one SVG that needs no stylesheet: for paper, and for pictures that other sites show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import escape

from planner.web import chart
from planner.web.chart import Chart, Pin

TEXT = "Plus Jakarta Sans"


@dataclass(frozen=True)
class Dyes:
    """The colours of one ground; `coast` is the ending of the coast pictures made for it."""

    coast: str
    thread: str
    air: str
    under: str
    volcano: str
    pin: str
    pin_edge: str
    number: str
    label: str
    halo: str


PAPER = Dyes("-print", "#9a6a12", "#555555", "", "#8fa39b", "#ffffff", "#0e1f22", "#0e1f22", "#0e1f22", "#ffffff")
NIGHT = Dyes("", "#d3a03f", "#f0e4b8", "#06242b", "#5f7b72", "#06242b", "#d3a03f", "#f3f1e2", "#f3f1e2", "#06242b")
DASHES = {chart.BOAT_STITCH: ("16 6", 4.4), chart.ROAD_STITCH: ("7 4", 3.4), chart.AIR_STITCH: (".5 6.5", 2.6)}


def draw(drawn: Chart, dyes: Dyes, pictures: Path, aspect: float = 0.0) -> str:
    """Return the map; `pictures` is the folder of the coasts. It is widened to `aspect` where there is coast left."""
    x, y, width, height = drawn.window
    if aspect * height > width:
        full = (chart.WIDE if drawn.is_wide else chart.NARROW)[0]
        wider = min(aspect * height, full)
        x, width = min(max(x - (wider - width) / 2, 0.0), full - wider), wider
    scale = drawn.font / 15
    size = f'viewBox="{x:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        _coast(pictures / f"coast{'-wide' if drawn.is_wide else ''}{dyes.coast}.svg"),
        *(f'<path fill="{dyes.volcano}" d="{one}"/>' for one in chart.VOLCANOES),
        *_threads(drawn, dyes, scale),
        *(part for pin in drawn.pins for part in _leader(pin, dyes)),
        *(part for pin in drawn.pins for part in _pin(pin, drawn, dyes, scale)),
        "</svg>",
    ]
    return "".join(parts)


@lru_cache(maxsize=6)
def _coast(file: Path) -> str:
    """A coast picture as part of another: nothing is left to load."""
    return re.sub(r"^.*?<svg ", '<svg x="0" y="0" ', file.read_text(encoding="utf-8"), count=1, flags=re.S)


def _threads(drawn: Chart, dyes: Dyes, scale: float) -> Iterable[str]:
    if dyes.under:
        for one in drawn.stitches:
            if one.texture != chart.AIR_STITCH:
                yield f'<path fill="none" stroke="{dyes.under}" stroke-width="{9 * scale:.1f}" d="{one.path}"/>'
    for one in drawn.stitches:
        dash, breadth = DASHES[one.texture]
        dash = " ".join(f"{float(part) * scale:.1f}" for part in dash.split())
        is_air = one.texture == chart.AIR_STITCH
        dye, cap = (dyes.air, "round") if is_air else (dyes.thread, "butt")
        drawn_as = f'stroke="{dye}" stroke-width="{breadth * scale:.1f}" stroke-dasharray="{dash}"'
        yield f'<path fill="none" {drawn_as} stroke-linecap="{cap}" d="{one.path}"/>'


def _leader(pin: Pin, dyes: Dyes) -> Iterable[str]:
    if pin.is_named:
        yield f'<path fill="none" stroke="{dyes.thread}" stroke-width="1.5" d="{pin.leader}"/>'


def _pin(pin: Pin, drawn: Chart, dyes: Dyes, scale: float) -> Iterable[str]:
    edge = f'stroke="{dyes.pin_edge}" stroke-width="{2.5 * scale:.1f}"'
    yield f'<path fill="{dyes.pin}" {edge} d="{pin.diamond(drawn.radius)}"/>'
    yield _text(str(pin.number), pin.x, pin.y + drawn.radius * 0.32, drawn.radius * 0.88, dyes.number)
    if pin.is_named:
        halo = f' stroke="{dyes.halo}" stroke-width="{5 * scale:.1f}" stroke-linejoin="round"'
        yield _text(pin.name, pin.label_x, pin.label_y, drawn.font, dyes.halo, halo)
        yield _text(pin.name, pin.label_x, pin.label_y, drawn.font, dyes.label)


def _text(words: str, x: float, y: float, size: float, dye: str, more: str = "") -> str:
    face = f'font-family="{TEXT}" font-weight="700" font-size="{size:.1f}" text-anchor="middle"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {face} fill="{dye}"{more}>{escape(words)}</text>'
