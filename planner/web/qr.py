"""Draw codes that a telephone reads: as modules for paper, as an SVG without styles for pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

import segno
from markupsafe import Markup

QUIET = 4
"""White modules around a code, as ISO/IEC 18004 asks for."""


@lru_cache(maxsize=256)
def modules(text: str) -> Sequence[Sequence[bool]]:
    """Return the dark modules of a code row by row, without the quiet zone; a quarter of it may get lost."""
    code = segno.make(text, error="q", micro=False)
    return tuple(tuple(bool(dark) for dark in row) for row in code.matrix)


def svg(text: str, label: str) -> Markup:
    """Return a code as SVG to put into a page; `label` is what is read aloud instead."""
    drawn = BytesIO()
    segno.make(text, error="q", micro=False).save(
        drawn, kind="svg", border=QUIET, xmldecl=False, svgns=True, omitsize=True, title=label, dark="#06242b",
        light="#ffffff", svgclass=None, lineclass=None, nl=False,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode()).replace("<svg ", Markup('<svg role="img" '), 1)
