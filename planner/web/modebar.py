"""Draw a trip to scale: 05:00 to 21:00 of each day, nights as notches; boat full height, flight top, road bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from planner.web import words

HOUR, NOTCH, DAWN, DUSK = 3.2, 8.0, 5.0, 21.0
DAY = (DUSK - DAWN) * HOUR + NOTCH


@dataclass
class Bar:
    """One part of the picture: the class that colours it and its path."""

    texture: str
    path: str


@dataclass
class ModeBar:
    """A trip's bars on a scale shared by a list."""

    width: float
    ground: str
    bars: list[Bar]
    provinces: list[tuple[str, int]]
    rest: int

    @property
    def view_box(self) -> str:
        """The window as SVG wants it."""
        return f"0 0 {self.width:g} 54"


def _pieces(start: datetime, end: datetime, first: date) -> list[tuple[float, float]]:
    """Cut a span into its daytime pieces: (left, width) in units of the picture."""
    out, on = [], start.date()
    while on <= end.date():
        dawn = datetime.combine(on, datetime.min.time(), start.tzinfo) + timedelta(hours=DAWN)
        dusk = dawn + timedelta(hours=DUSK - DAWN)
        left, right = max(start, dawn), min(end, dusk)
        if left < right or (left <= dusk and start == end):
            x = (on - first).days * DAY + (left - dawn).total_seconds() / 3600 * HOUR
            out.append((x, max((right - left).total_seconds() / 3600 * HOUR, 2.0)))
        on += timedelta(days=1)
    return out


def _bar(texture: str, x: float, width: float) -> Bar:
    w = f"{width:.1f}"
    if texture == "air":
        return Bar("air", f"M{x:.1f} 8h{w}v13h-{w}z")
    if texture == "road":
        return Bar("road", f"M{x:.1f} 29h{w}v11h-{w}z")
    return Bar("boat", f"M{x:.1f} 8h{w}v9h-{w}zm0 11.5h{w}v9h-{w}zm0 11.5h{w}v9h-{w}z")


def draw(items: Sequence[Mapping[str, Any]], first: date, days: int, longest: int, provinces: Sequence[str]) -> ModeBar:
    """Draw `days` days from `first` on a scale of `longest` days; `provinces` names where each day ends."""
    full = DAY * longest - NOTCH
    mine = DAY * days - NOTCH
    bars = [Bar("night", f"M{i * DAY + DAY - NOTCH:.1f} 2h8v44h-8z") for i in range(days - 1)]
    for item in items:
        mode = item.get("mode") or ("boat" if item.get("area_id") and item["kind"] == "package" else "")
        begins, ends = item.get("departs") or item.get("starts"), item.get("arrives") or item.get("ends")
        if not mode or mode == "walk" or not begins or not ends:
            continue
        texture = "air" if mode == "flight" else "boat" if mode in words.BOATS or mode == "boat" else "road"
        for x, width in _pieces(datetime.fromisoformat(begins), datetime.fromisoformat(ends), first):
            bars.append(_bar(texture, x, width))
    spans: list[tuple[str, int]] = []
    for name in provinces:
        if spans and spans[-1][0] == name:
            spans[-1] = (name, spans[-1][1] + 1)
        else:
            spans.append((name, 1))
    x = 0.0
    for name, length in spans:
        width = mine * length / max(len(provinces), 1)
        bars.append(Bar(f"isl-{name}", f"M{x + 1:.1f} 49h{width - 2:.1f}v5h-{width - 2:.1f}z"))
        x += width
    return ModeBar(round(full, 1), f"M0 8h{mine:.0f}v32H0z", bars, spans, longest - days)
