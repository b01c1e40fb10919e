"""Give the site's two typefaces to paper: fixed weights of its variable fonts, made once and kept in the instance.

Both are under the SIL Open Font License, which lets documents embed them; the licences stand beside the fonts.
"""

from __future__ import annotations

import io
import logging
import os
import tempfile
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

TEXT = "jakarta"
DISPLAY = "piazzolla"
WEIGHTS = ((TEXT, "", 430), (TEXT, "B", 700), (DISPLAY, "", 650))
"""Typeface, fpdf2's style and weight of each face."""
WITHOUT_MARK = {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ĸ": "k", "Ŋ": "N", "ŋ": "n", "Ŧ": "T"}
WITHOUT_MARK |= {"ŧ": "t", "ẞ": "SS", "İ": "I", "ǝ": "e", "Ə": "E", "ə": "e", "×": "x", "\u2011": "-", "\u202f": " "}

logging.getLogger("fontTools").setLevel(logging.WARNING)  # tells each font's tables at INFO


def faces(fonts: Path, kept: Path) -> list[tuple[str, str, Path]]:
    """Return family, style and TrueType file of each face, made from the web fonts in `fonts` where it is missing."""
    found = []
    for name, style, weight in WEIGHTS:
        file = kept / f"{name}-{weight}.ttf"
        source = fonts / f"{name}.woff2"
        if not file.exists() or file.stat().st_mtime < source.stat().st_mtime:
            _make(source, weight, file)
        found.append((name, style, file))
    return found


def _make(source: Path, weight: int, file: Path) -> None:
    """Fix the weight of a variable font; the file appears whole or not at all."""
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight})
    font.flavor = None
    drawn = io.BytesIO()
    font.save(drawn)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, suffix=".ttf.new")
    with os.fdopen(handle, "wb") as binary:
        binary.write(drawn.getvalue())
    os.replace(draft, file)


@lru_cache(maxsize=4)
def _letters(file: Path) -> frozenset[int]:
    return frozenset(TTFont(file).getBestCmap())


def spell(text: str, file: Path) -> str:
    """Return a text in the letters that a face has: others lose their marks, as in a passport's machine-readable zone.

    A letter of another script becomes a question mark: passports give the Latin spelling beside it.
    """
    known = _letters(file)
    return "".join(one if ord(one) in known else _plain(one, known) for one in unicodedata.normalize("NFC", text))


def _plain(letter: str, known: frozenset[int]) -> str:
    if letter in WITHOUT_MARK:
        return WITHOUT_MARK[letter]
    if letter == "\n":
        return letter
    if unicodedata.category(letter)[0] in "CM":
        return ""
    if unicodedata.category(letter) == "Zs":
        return " "
    bare = "".join(one for one in unicodedata.normalize("NFKD", letter) if unicodedata.category(one)[0] != "M")
    return bare if bare and all(ord(one) in known for one in bare) else "?"
