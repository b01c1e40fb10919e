"""What stands in a letter, before it is drawn: blocks of sentences, rows and one button, as HTML and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template


@dataclass(frozen=True)
class Row:
    """One line of a list: what, a smaller remark under it, and what stands at its right."""

    what: str
    remark: str = ""
    right: str = ""


@dataclass(frozen=True)
class Button:
    """The one thing to do, and its address."""

    words: str
    address: str


@dataclass(frozen=True)
class Block:
    """A part of a letter; `language` where it is not the letter's, `is_fine` for small print."""

    heading: str = ""
    sentences: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    buttons: tuple[Button, ...] = ()
    language: str = ""
    is_fine: bool = False


@dataclass(frozen=True)
class LetterPage:
    """A whole letter; `code` is what the traveller reads out."""

    language: str
    title: str
    code: str
    blocks: Sequence[Block]
    cloth: str = "bali"
    is_demo: bool = False

    def as_html(self) -> str:
        """Draw it for mail programs: a style block, no pictures from elsewhere."""
        return render_template("mail/letter.html", page=self)

    def as_text(self) -> str:
        """Write it for readers and programs that want no markup."""
        return render_template("mail/letter.txt", page=self).strip() + "\n"
