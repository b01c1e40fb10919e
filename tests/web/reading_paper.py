"""Read back what a PDF of ours shows, page by page: its words, and the dark modules of its code; needs no reader."""

import re
import zlib
from dataclasses import dataclass

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.S)
FONTS = re.compile(rb"/(F\d+) (\d+) 0 R")
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", re.S)
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
BOX = re.compile(rb"1 1 1 rg\n([\d.]+) ([\d.]+) ([\d.]+) -[\d.]+ re f\n0\.0235 0\.1412 0\.1686 rg\n((?:.* re f\n)+)")
RUN = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f")


@dataclass
class Page:
    """`words` are the lines as they were drawn, joined by spaces."""

    words: str
    code: frozenset[tuple[int, int]]
    """Dark modules of the code to read as (row, column), from its upper left corner; empty where there is none."""


def read(pdf: bytes) -> list[Page]:
    objects = dict(OBJECT.findall(pdf))
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\n", body)]
    return [_page(body, objects) for body in pages]


def _page(body: bytes, objects: dict[bytes, bytes]) -> Page:
    resources = objects[_reference(body, b"Resources")]
    letters = {name: _letters(objects[number], objects) for name, number in FONTS.findall(resources)}
    drawn = _stream(objects[_reference(body, b"Contents")])
    font, words = b"", []
    for name, text in SHOWN.findall(drawn):
        if name:
            font = name
        else:
            raw = re.sub(rb"\\(.)", lambda found: ESCAPED.get(found[1], found[1]), text, flags=re.S)
            words.append("".join(letters[font][raw[at : at + 2]] for at in range(0, len(raw), 2)))
    return Page(" ".join(words), _code(drawn))


def _reference(body: bytes, name: bytes) -> bytes:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, (name, body)
    return found[1]


def _stream(body: bytes) -> bytes:
    held = body.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    return zlib.decompress(held) if b"/FlateDecode" in body else held


def _letters(font: bytes, objects: dict[bytes, bytes]) -> dict[bytes, str]:
    table = _stream(objects[_reference(font, b"ToUnicode")])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    return {bytes.fromhex(one.decode()): bytes.fromhex(other.decode()).decode("utf-16-be") for one, other in pairs}


def _code(drawn: bytes) -> frozenset[tuple[int, int]]:
    box = BOX.search(drawn)
    if box is None:
        return frozenset()
    runs = [tuple(map(float, run)) for run in RUN.findall(box[4])]
    side = runs[0][3]
    left, top = min(run[0] for run in runs), max(run[1] for run in runs)
    return frozenset(
        (round((top - y) / side), round((x - left) / side) + n) for x, y, w, _h in runs for n in range(round(w / side))
    )
