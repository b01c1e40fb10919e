"""GPX 1.1 as its schema fixes it: names, order and kinds of the elements (https://www.topografix.com/GPX/1/1/)."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from planner.web import gpx

NAME = "{http://www.topografix.com/GPX/1/1}"
POINT = "ele time magvar geoidheight name cmt desc src link sym type fix sat hdop vdop pdop ageofdgpsdata dgpsid"
ORDER = {
    "gpx": "metadata wpt rte trk extensions",
    "metadata": "name desc author copyright link time keywords bounds extensions",
    "link": "text type",
    "wpt": POINT,
    "rtept": POINT,
    "rte": "name cmt desc src link number type extensions rtept",
}
MANY = {"gpx": {"wpt", "rte", "trk"}, "rte": {"rtept", "link"}, "metadata": {"link"}}
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def breaches(raw: bytes) -> list[str]:
    """What a file does that the schema forbids."""
    found: list[str] = []
    root = ElementTree.fromstring(raw)
    if root.tag != NAME + "gpx" or root.get("version") != "1.1" or not root.get("creator"):
        found.append("the root is not gpx 1.1 with a creator")
    for element in root.iter():
        kind = element.tag.removeprefix(NAME)
        known = ORDER.get(kind, "").split()
        kids = [kid.tag.removeprefix(NAME) for kid in element]
        places = [known.index(kid) if kid in known else -1 for kid in kids]
        if -1 in places or places != sorted(places):
            found.append(f"{kind} holds {kids}")
        found += [f"{kind} holds {kid} twice" for kid in set(kids) - MANY.get(kind, set()) if kids.count(kid) > 1]
        if kind in ("wpt", "rtept") and not (abs(float(element.get("lat", "99"))) <= 90):
            found.append("a latitude is out of range")
        if kind in ("wpt", "rtept") and not -180 <= float(element.get("lon", "999")) < 180:
            found.append("a longitude is out of range")
        if kind == "number" and not (element.text or "").isdigit():
            found.append("a number is none")
    return found


def whole(name: str = "Ubud, Bima") -> bytes:
    bima, ubud = gpx.Point(-8.46, 118.73, "2 Bima", "Day 4"), gpx.Point(-8.51, 115.26, "1 Ubud", "Day 1")
    return gpx.write(name, "x", "https://trips.example/?a=1&b=2", NOW, [ubud, bima], [
        gpx.Way("Ubud to Bima", "Flight", "flight", [ubud, bima]), gpx.Way("Back", "Ferry", "ferry", [bima, ubud]),
    ])  # fmt: skip


def test_a_file_keeps_to_the_schema() -> None:
    assert breaches(whole()) == []


def test_the_check_sees_what_is_out_of_order() -> None:
    raw = whole().replace(b"<wpt", b"<zzz", 1).replace(b"</wpt>", b"</zzz>", 1)
    assert breaches(raw)
    assert breaches(whole().replace(b'version="1.1"', b'version="1.0"'))
    assert breaches(whole().replace(b'lat="-8.46', b'lat="-98.46'))


@pytest.mark.parametrize("name", ["<a> & 'b' \"c\"", "a\x00b\x07c", "]]>"])
def test_any_name_can_be_read_back(name: str) -> None:
    root = ElementTree.fromstring(whole(name))
    assert root.findtext(f"{NAME}metadata/{NAME}name") == name.replace("\x00", "").replace("\x07", "")
