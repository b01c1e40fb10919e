"""Set pages and pictures from templates with typst, in this process: no network, no fonts but the site's own.

    data (JSON) --> templates/<folder>/<name>.typ --> PDF, tagged for screen readers (PDF/UA-1), or PNG

Data reach a template as JSON and are drawn as text: nothing that a person typed is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from flask import current_app

from planner.web import faces

TEMPLATES = "travellers/taking"
DRAWN = ("picture",)
"""Keys whose values are drawings (SVG), which keep their letters."""
NO_PACKAGES = "/nonexistent/typst-packages"
"""Templates import nothing; a folder that is not there keeps typst from looking anywhere else."""


def pdf(template: str, data: Mapping[str, Any], folder: str = TEMPLATES) -> bytes:
    """Set a document; one that could not be read aloud (no title, a picture without words) is refused by typst."""
    return _compile(template, data, "pdf", standards=["ua-1"], among=folder)


def png(template: str, data: Mapping[str, Any], pixels_an_inch: float = 72.0) -> bytes:
    """Draw a picture; at 72 pixels an inch a point of the template is a pixel."""
    return _compile(template, data, "png", ppi=pixels_an_inch)


def _compile(
    template: str,
    data: Mapping[str, Any],
    form: Any,
    standards: Any = (),
    ppi: float | None = None,
    among: str = TEMPLATES,
) -> bytes:
    folder = Path(current_app.root_path, str(current_app.template_folder)) / among
    kept = Path(current_app.instance_path) / "fonts"
    files = faces.faces(Path(str(current_app.static_folder)) / "fonts", kept)
    compiler = typst.Compiler(
        root=str(folder),
        font_paths=_fonts(str(kept), max(file.stat().st_mtime for _name, _style, file in files)),
        package_path=NO_PACKAGES,
        package_cache_path=NO_PACKAGES,
    )
    letters = next(file for name, _style, file in files if name == faces.TEXT)
    inputs = {"data": json.dumps(_spelled(data, letters), ensure_ascii=False)}
    made = compiler.compile(
        str(folder / f"{template}.typ"), format=form, sys_inputs=inputs, pdf_standards=list(standards), ppi=ppi
    )
    if not isinstance(made, bytes):
        raise ValueError(f"{template} has not one page")
    return made


@lru_cache(maxsize=2)
def _fonts(folder: str, _made_at: float) -> Any:
    """The site's faces alone: what a machine happens to have would change how paper looks."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _spelled(value: Any, letters: Path, key: str = "") -> Any:
    """The same data in the letters that the text face has; a page with a missing letter could not be read aloud."""
    if isinstance(value, str):
        return value if key in DRAWN else faces.spell(value, letters)
    if isinstance(value, Mapping):
        return {name: _spelled(one, letters, name) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spelled(one, letters) for one in value]
    return value
