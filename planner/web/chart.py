"""Draw the islands: from longitude and latitude to the stitched thread, its pins and their labels at sea.

Coordinates follow the coast pictures: x = (lon - 114.3) * 200, y = (-7.95 - lat) * 202.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]

NARROW = (1860.0, 263.0)
"""Size of coast.svg: Bali to Larantuka."""
WIDE = (2180.0, 586.0)
"""Size of coast-wide.svg: with Sumba, Timor and Alor."""
NOWHERE = -999.0
"""Height of a label that found no free place: it is not drawn, the number leads to the name."""
ROAD_STITCH, BOAT_STITCH, AIR_STITCH = "road", "boat", "air"


def project(lon: float, lat: float) -> Point:
    """Longitude and latitude in degrees to a point of the chart."""
    return round((lon - 114.3) * 200, 1), round((-7.95 - lat) * 202.3, 1)


@dataclass
class Stitch:
    """One movement: its mode's texture and its path."""

    texture: str
    path: str


@dataclass
class Pin:
    """A place of the trip, numbered in order of travel."""

    number: int
    place_id: str
    name: str
    x: float
    y: float
    days: list[int] = field(default_factory=list)
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "middle"

    @property
    def is_named(self) -> bool:
        """Whether the label found a free place."""
        return self.label_y != NOWHERE

    def diamond(self, radius: float) -> str:
        """The marker's path."""
        r = f"{radius:g}"
        return f"M{self.x:g} {self.y - radius:g}l{r} {r}-{r} {r}-{r}-{r}z"

    @property
    def leader(self) -> str:
        """A line from the marker to its label."""
        y = self.label_y + 6 if self.label_y < self.y else self.label_y - 15
        return f"M{self.x:g} {self.y:g}L{self.label_x:g} {y:g}"


@dataclass
class Chart:
    """What one map shows: its window, the thread, the pins."""

    window: tuple[float, float, float, float]
    stitches: list[Stitch]
    pins: list[Pin]
    is_wide: bool
    font: float = 15
    radius: float = 15

    @property
    def view_box(self) -> str:
        """The window as SVG wants it."""
        return " ".join(f"{v:g}" for v in self.window)

    def sees(self, pin: Pin) -> bool:
        """Whether a pin lies inside the window."""
        x, y, width, height = self.window
        return x <= pin.x <= x + width and y <= pin.y <= y + height


def texture(mode: str) -> str:
    """Which stitch a mode is sewn with."""
    if mode == "flight":
        return AIR_STITCH
    return ROAD_STITCH if mode in ("road", "bus", "shuttle", "walk") else BOAT_STITCH


def stitch(mode: str, start: Point, end: Point) -> Stitch:
    """Sew one movement: roads nearly straight, boats in a bow over the water, flights in a high arc."""
    (x1, y1), (x2, y2) = start, end
    kind, reach = texture(mode), abs(x2 - x1) + abs(y2 - y1)
    lift = {AIR_STITCH: 0.16, BOAT_STITCH: 0.09, ROAD_STITCH: 0.04}[kind] * reach
    lift = min(lift, 62.0)
    return Stitch(kind, f"M{x1:g} {y1:g}Q{(x1 + x2) / 2:.0f} {(y1 + y2) / 2 - lift:.0f} {x2:g} {y2:g}")


def spread(pins: Sequence[Pin], apart: float) -> None:
    """Push markers that would cover each other apart, a little at a time."""
    for _round in range(24):
        moved = False
        for i, a in enumerate(pins):
            for b in pins[i + 1 :]:
                dx, dy = b.x - a.x, b.y - a.y
                gap = max(abs(dx), abs(dy))
                if gap >= apart:
                    continue
                moved = True
                push = (apart - gap) / 2 + 0.5
                side = 1 if (dx, dy) >= (0, 0) else -1
                if abs(dx) >= abs(dy) / 2:
                    a.x, b.x = round(a.x - push * side, 1), round(b.x + push * side, 1)
                else:
                    down = 1 if dy >= 0 else -1
                    a.y, b.y = round(a.y - push * down, 1), round(b.y + push * down, 1)
        if not moved:
            return


def place_labels(pins: Iterable[Pin], window: tuple[float, float, float, float], font: float, low: float) -> None:
    """Give each pin a label at sea, above or below the islands, where it meets no other label."""
    left, top, width, height = window
    taken: list[tuple[float, float, float]] = []
    lines: list[tuple[float, float, float, float]] = []
    above = [top + font + 4 + i * font * 1.35 for i in range(3)]
    below = [low + i * font * 1.35 for i in range(3) if low + i * font * 1.35 < top + height - 4]
    for pin in sorted(pins, key=lambda p: p.x):
        half = len(pin.name) * font * 0.29 + 3
        between = [228 + i * font * 1.35 for i in range(3)] if pin.y < 215 and low > 260 else []
        rails = sorted(above + between + below, key=lambda y: ((y > pin.y) != (pin.y >= 112), abs(y - pin.y) > 190))
        pin.label_y = NOWHERE
        for y in rails:
            spots = [pin.x + shift * half for shift in (0, -0.6, 0.6, -1.1, 1.1, -1.7, 1.7)]
            spots = [min(max(x, left + half + 4), left + width - half - 4) for x in spots]
            clear = [x for x in spots if _is_clear(pin, x, y, half, font, taken, lines)]
            if clear:
                pin.label_x, pin.label_y = round(clear[0], 1), round(y, 1)
                taken.append((clear[0] - half, clear[0] + half, y))
                x1, x2 = sorted((pin.x, clear[0]))
                lines.append((x1, x2, min(pin.y, y), max(pin.y, y)))
                break


def _is_clear(
    pin: Pin,
    x: float,
    y: float,
    half: float,
    font: float,
    taken: Sequence[tuple[float, float, float]],
    lines: Sequence[tuple[float, float, float, float]],
) -> bool:
    """Whether a label at (x, y) covers no other, and no leader runs through a label."""
    for left, right, other in taken:
        if abs(y - other) <= font * 1.2 and x + half >= left and x - half <= right:
            return False
        if left <= pin.x <= right and min(pin.y, y) < other < max(pin.y, y):
            return False
    return not any(
        low <= x + half and high >= x - half and top < y - font * 0.4 < bottom for low, high, top, bottom in lines
    )


def draw(
    stops: Sequence[tuple[str, str, Point, list[int]]], moves: Sequence[tuple[str, Point, Point]], columns: int = 1
) -> list[Chart]:
    """Draw a trip as one chart, or wrapped into several columns for a narrow screen.

    stops: (place_id, name, point, days) in order of travel; moves: (mode, from, to).
    """
    points = [point for _id, _name, point, _days in stops] + [p for _m, a, b in moves for p in (a, b)]
    if not points:
        return []
    is_wide = any(x > NARROW[0] - 30 or y > NARROW[1] - 4 for x, y in points)
    full_width = (WIDE if is_wide else NARROW)[0]
    first, last = min(x for x, _y in points) - 90, max(x for x, _y in points) + 90
    breadth = min(max(last - first, 900.0 if columns == 1 else 780.0), full_width)
    low = min(max((first + last) / 2 - breadth / 2, 0.0), full_width - breadth)
    high = low + breadth
    bottom = max(y for _x, y in points)
    base = bottom + 58 if is_wide else 228.0
    height = base + 46 if is_wide else 296.0
    stitches = [stitch(*move) for move in moves if move[1] != move[2]]
    charts = []
    step = (high - low) / columns
    for column in range(columns):
        x0 = low + step * column - (24 if column else 0)
        width = step + (24 if column else 0) + (24 if column < columns - 1 else 0)
        big = columns > 1
        font, radius = (21.0, 19.0) if big else (15.0 * max(1.0, width / 1190), 14.0 * max(1.0, width / 1190))
        window = (round(x0), -26.0 if big else -18.0, round(width), round(height + (26 if big else 0)))
        pins = [Pin(i + 1, place_id, name, x, y, list(days)) for i, (place_id, name, (x, y), days) in enumerate(stops)]
        spread(pins, radius * 1.7)
        chart = Chart(window, stitches, pins, is_wide, round(font, 1), round(radius, 1))
        mine = [
            p for p in pins if x0 + (24 if column else 0) <= p.x <= x0 + width - (24 if column < columns - 1 else 0)
        ]
        chart.pins = mine
        place_labels(mine, window, font, base)
        charts.append(chart)
    return charts


VOLCANOES: list[str] = []


def _volcano(lon: float, lat: float, scale: float) -> str:
    x, y = project(lon, lat)
    u = 3 * scale
    up = f"v-{1.5 * u:.1f}h{u:.1f}" * 4
    down = f"h{u:.1f}v{1.5 * u:.1f}" * 4
    return f"M{x - 4 * u:.1f} {y + 3 * u:.1f}{up}{down}z"


for _spot in (
    (115.508, -8.343, 1.15),
    (116.457, -8.411, 1.35),
    (117.995, -8.247, 1.25),
    (119.066, -8.2, 0.8),
    (121.815, -8.768, 0.8),
    (120.98, -8.875, 0.8),
    (122.775, -8.54, 0.8),
):
    VOLCANOES.append(_volcano(*_spot))


def window_around(x: float, y: float, width: int = 900, height: int = 250) -> str:
    """A window of the wide chart with one point well inside it."""
    left = min(max(x - width / 2, 0), WIDE[0] - width)
    top = min(max(y - height * 0.55, -18), WIDE[1] - height)
    return f"{left:.0f} {top:.0f} {width} {height}"
