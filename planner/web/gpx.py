"""Write places and ways as GPX 1.1, which maps on telephones open without a connection.

https://www.topografix.com/GPX/1/1/ fixes names and order of the elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

SPACE = "http://www.topografix.com/GPX/1/1"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Point:
    """A place in degrees, WGS 84."""

    lat: float
    lon: float
    name: str = ""
    text: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Way:
    """One movement: its name, its mode and the places that it joins."""

    name: str
    text: str
    kind: str
    points: Sequence[Point]


def write(name: str, text: str, link: str, now: datetime, stops: Sequence[Point], ways: Sequence[Way]) -> bytes:
    """Return a file: stops are waypoints in order of travel, each way is a route from place to place.

    Routes, not tracks: nobody has recorded how a boat sails, and a straight line must not look like its course.
    """
    root = ElementTree.Element("gpx", {
        "version": "1.1", "creator": "Lintas", "xmlns": SPACE, "xmlns:xsi": SCHEMA,
        "xsi:schemaLocation": f"{SPACE} {SPACE}/gpx.xsd",
    })  # fmt: skip
    about = ElementTree.SubElement(root, "metadata")
    _tell(about, "name", name)
    _tell(about, "desc", text)
    _tell(ElementTree.SubElement(about, "link", {"href": link}), "text", "Lintas")
    _tell(about, "time", now.isoformat(timespec="seconds"))
    for stop in stops:
        _point(root, "wpt", stop)
    for number, way in enumerate(ways, start=1):
        route = ElementTree.SubElement(root, "rte")
        _tell(route, "name", way.name)
        _tell(route, "desc", way.text)
        _tell(route, "number", str(number))
        _tell(route, "type", way.kind)
        for point in way.points:
            _point(route, "rtept", point)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _point(parent: ElementTree.Element, tag: str, point: Point) -> None:
    drawn = ElementTree.SubElement(parent, tag, {"lat": f"{point.lat:.6f}", "lon": f"{point.lon:.6f}"})
    for name, text in (("name", point.name), ("desc", point.text), ("type", point.kind)):
        if text:
            _tell(drawn, name, text)


def _tell(parent: ElementTree.Element, tag: str, text: str) -> None:
    """Add an element with a text; letters that XML forbids are left out."""
    ElementTree.SubElement(parent, tag).text = "".join(one for one in text if one >= " " or one in "\n\t")
