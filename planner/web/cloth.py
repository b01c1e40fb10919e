"""Weave the bands of the provinces for paper: each crossing of warp and weft as a square of whole pixels."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from PIL import Image

PIXELS = 8
"""Pixels a crossing: viewers that blur enlarged pictures leave such squares sharp."""
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
_DYE = re.compile(r'<path fill="(#[0-9a-f]{6})" d="([^"]+)"')
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)")


@lru_cache(maxsize=8)
def woven(drawing: Path, repeats: int) -> Image.Image:
    """Return a band as a picture, its tile repeated from left to right."""
    text = drawing.read_text(encoding="utf-8")
    size = _VIEW.search(text)
    if size is None:
        raise ValueError(f"{drawing.name} is no drawing of whole crossings")
    width, height = int(size[1]), int(size[2])
    dyes = _DYE.findall(text)
    tile = Image.new("P", (width, height))
    colours = b"".join(bytes.fromhex(dye[1:]) for dye, _runs in dyes)
    tile.putpalette(colours)
    for number, (_dye, runs) in enumerate(dyes):
        for x, y, w, h in _RUN.findall(runs):
            tile.paste(number, (int(x), int(y), int(x) + int(w), int(y) + int(h)))
    tile = tile.resize((width * PIXELS, height * PIXELS), Image.Resampling.NEAREST)
    band = Image.new("P", (tile.width * repeats, tile.height))
    band.putpalette(colours)
    for at in range(repeats):
        band.paste(tile, (at * tile.width, 0))
    return band
