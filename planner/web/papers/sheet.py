"""What papers of an agency are made of, and the one look that they share: its name and logo first, ours last.

Paper -> Sheet (a page or more of its own) -> Table | Day | Facts -> templates/agents/papers/paper.typ -> PDF
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _

from planner.store.agencies import Agency
from planner.web import filters, typeset
from planner.web.logos import drawn_logo

FOLDER = "agents/papers"
LOGO_MM = (48.0, 15.0)
"""How broad and how high a logo may stand."""


@dataclass(frozen=True)
class Fact:
    """Something with a name: `Number: INV-LTS-7K4QXB`."""

    name: str
    text: str


@dataclass(frozen=True)
class Table:
    """Rows under columns; a column that begins with `>` is set to the right, as figures are. `foot` are sums."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    foot: Sequence[Sequence[str]] = ()
    widths: Sequence[int] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Entry:
    """Something of a day: its hour, its name, and more about it line by line."""

    time: str
    name: str
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Day:
    """A heading with what stands under it."""

    name: str
    entries: Sequence[Entry]
    kind: str = "day"


@dataclass(frozen=True)
class Facts:
    """A heading with facts, or sentences where a fact has no name."""

    name: str
    facts: Sequence[Fact]
    kind: str = "facts"


@dataclass(frozen=True)
class Sheet:
    """One page, or as many as it takes, that may be handed on alone."""

    title: str
    about: str = ""
    facts: Sequence[Fact] = ()
    blocks: Sequence[Table | Day | Facts] = ()


@dataclass(frozen=True)
class Paper:
    """A whole document."""

    title: str
    sheets: Sequence[Sheet] = field(default_factory=tuple)


def draw(paper: Paper, agency: Agency) -> bytes:
    """Set a paper as a PDF in the reader's language, under the agency's name and logo."""
    return typeset.pdf("paper", as_data(paper, agency), FOLDER)


def as_data(paper: Paper, agency: Agency) -> dict[str, Any]:
    """Return what the template draws."""
    licence = _("Licence %(number)s", number=agency.licence) if agency.licence else ""
    return {
        "language": filters.language(),
        **asdict(paper),
        "agency": {
            "name": agency.name,
            "lines": [one for one in (licence, agency.phone, agency.email) if one],
            "logo": logo_of(agency),
        },
        "words": {"page": _("Page"), "ours": _("Made with Lintas. All times WITA (UTC+8).")},
    }


def logo_of(agency: Agency) -> dict[str, Any]:
    """Return an agency's logo as a drawing around its picture; nothing where it has none."""
    if not agency.logo:
        return {}
    drawing, aspect = drawn_logo(agency.logo)
    width_mm = min(LOGO_MM[0], LOGO_MM[1] * aspect)
    return {"picture": drawing, "alt": _("Logo of %(agency)s", agency=agency.name), "width-mm": width_mm}
