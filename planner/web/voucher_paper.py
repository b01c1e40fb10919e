"""Draw vouchers on A4: the cloth of the province, where and when, who, and a code to read; one page a part.

band of cloth, full width
what it is                          code to read
title, code, how it stands
begin ------- thread ------- end    like a boarding pass
facts in two columns
what is paid back, papers and rules
band of the house, trip and page
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.svg import SVGObject

from planner.web import cloth, faces, filters, qr
from planner.web.currency import rate_note

if TYPE_CHECKING:
    from planner.web.vouchers import Paper, TripVoucher, Voucher

WIDTH, HEIGHT, EDGE = 210.0, 297.0, 18.0
INNER = WIDTH - 2 * EDGE
FOOT = 18.0
CODE = 36.0
"""Width of a code to read with its quiet zone, in millimetres, like all lengths here."""
CELL = 0.42
"""One crossing of a cloth."""
HALF = (INNER - 8) / 2
ROW = 11.5
REACH = 34.0
"""From the edge to where the thread begins: room for an hour in large figures."""

Colour = tuple[int, int, int]
INK: Colour = (14, 31, 34)
SOFT: Colour = (66, 87, 90)
LINE: Colour = (205, 216, 214)
SEA: Colour = (11, 83, 98)
DEEP: Colour = (6, 36, 43)
GOLD: Colour = (211, 160, 63)
WHITE: Colour = (255, 255, 255)
TONES: dict[str, tuple[Colour, Colour]] = {
    "ok": ((24, 96, 61), (224, 240, 231)),
    "warn": ((138, 63, 12), (251, 232, 218)),
    "stop": ((153, 33, 31), (249, 226, 224)),
    "": (INK, (228, 235, 233)),
}


@dataclass(frozen=True)
class Site:
    """Where drawings and web fonts lie, and where fonts for paper are kept."""

    static: Path
    fonts: Path


def draw_part(trip: TripVoucher, part: Voucher, language: str, now: datetime, site: Site) -> bytes:
    """Return a PDF of one page: one part of a trip."""
    sheet = _Sheet(trip, language, now, site)
    sheet.part(part)
    return sheet.bytes()


def draw_trip(trip: TripVoucher, language: str, now: datetime, site: Site) -> bytes:
    """Return a PDF of a trip: an overview, then a page for each part that was booked here and takes place."""
    sheet = _Sheet(trip, language, now, site)
    sheet.overview()
    for part in trip.live:
        sheet.part(part)
    return sheet.bytes()


@lru_cache(maxsize=1)
def _symbols(file: Path) -> dict[str, list[str]]:
    """The strokes of each icon."""
    found = {}
    for symbol in ElementTree.parse(file).getroot().iter("{http://www.w3.org/2000/svg}symbol"):
        strokes = [str(path.get("d")) for path in symbol.iter("{http://www.w3.org/2000/svg}path")]
        found[str(symbol.get("id")).removeprefix("i-")] = strokes
    return found


class _Pages(FPDF):
    """Pages whose foot names the trip; the fonts are those of the site."""

    foot_left = ""
    house: Any = None

    def footer(self) -> None:
        self.image(self.house, x=0, y=HEIGHT - FOOT + 2, w=WIDTH)
        self.set_xy(EDGE, HEIGHT - FOOT + 8)
        self.set_font(faces.TEXT, "", 7.5)
        self.set_text_color(*SOFT)
        self.cell(INNER / 2, 4, self.foot_left)
        self.cell(INNER / 2, 4, f"{self.page_no()} / {{nb}}", align="R")


class _Sheet:
    """One document while it is drawn."""

    def __init__(self, trip: TripVoucher, language: str, now: datetime, site: Site) -> None:
        self.trip = trip
        self.site = site
        pdf: Any = _Pages(format="A4")
        self.pdf = pdf
        self.files = {}
        for family, style, file in faces.faces(site.static / "fonts", site.fonts):
            pdf.add_font(family, style, str(file))
            self.files[family] = file
        pdf.set_margins(EDGE, EDGE, EDGE)
        pdf.c_margin = 0
        pdf.set_auto_page_break(False)
        pdf.house = self._woven("lintas")
        pdf.foot_left = self.spelled(f"Lintas · {trip.code} · " + _("All times WITA (UTC+8)."))
        pdf.set_title(_("Vouchers %(code)s", code=trip.code))
        pdf.set_author("Lintas")
        pdf.set_lang(language)
        pdf.set_creation_date(now)

    def bytes(self) -> bytes:
        return bytes(self.pdf.output())

    def spelled(self, text: str, family: str = faces.TEXT) -> str:
        return faces.spell(text, self.files[family])

    def _woven(self, name: str) -> Any:
        drawing = self.site.static / "img" / f"band-{name}.svg"
        width = cloth.woven(drawing, 1).width / cloth.PIXELS
        return cloth.woven(drawing, -(-int(WIDTH / CELL) // int(width)))

    # --- words -----------------------------------------------------------------------------------------------------

    def text(self, x: float, y: float, w: float, words: str, size: float, **look: Any) -> float:
        """Write words into a column, and return where they end."""
        pdf, family = self.pdf, look.get("family", faces.TEXT)
        pdf.set_font(family, look.get("style", ""), size)
        pdf.set_text_color(*look.get("colour", INK))
        pdf.set_xy(x, y)
        leading = look.get("leading", size * 0.3528 * 1.38)
        align = look.get("align", "L")
        shown = self.spelled(words, family)
        most = look.get("lines")
        if most:
            lines = pdf.multi_cell(w, leading, shown, align=align, dry_run=True, output="LINES")
            if len(lines) > most:
                shown = "\n".join([*lines[: most - 1], lines[most - 1].rstrip(" .,;") + " …"])
        pdf.multi_cell(w, leading, shown, align=align, new_x="LEFT", new_y="NEXT")
        return float(pdf.get_y())

    def height(self, w: float, words: str, size: float, style: str = "") -> float:
        """How high words stand in a column."""
        self.pdf.set_font(faces.TEXT, style, size)
        high = self.pdf.multi_cell(w, size * 0.3528 * 1.38, self.spelled(words), dry_run=True, output="HEIGHT")
        return float(high)

    def label(self, x: float, y: float, w: float, words: str) -> float:
        return self.text(x, y, w, words, 7.5, style="B", colour=SOFT)

    def tag(self, x: float, y: float, words: str, tone: str) -> float:
        """Write how something stands on a wash of its colour, and return its width."""
        pdf, (ink, wash) = self.pdf, TONES[tone]
        pdf.set_font(faces.TEXT, "B", 8.5)
        shown = self.spelled(words)
        width = float(pdf.get_string_width(shown)) + 5
        pdf.set_fill_color(*wash)
        pdf.rect(x, y, width, 6, style="F")
        pdf.set_text_color(*ink)
        pdf.set_xy(x, y)
        pdf.cell(width, 6, shown, align="C")
        return width

    def rule(self, y: float) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(EDGE, y, WIDTH - EDGE, y)

    # --- drawings --------------------------------------------------------------------------------------------------

    def begin(self, band: str) -> float:
        """Begin a page under a band of cloth, and return where its words may begin."""
        self.pdf.add_page()
        picture = self._woven(band)
        width = picture.width / cloth.PIXELS * CELL
        high = picture.height / cloth.PIXELS * CELL
        with self.pdf.rect_clip(0, 0, WIDTH, high):
            self.pdf.image(picture, x=(WIDTH - width) / 2, y=0, w=width)
        if self.trip.is_demo:
            self._demo()
        return high + 9

    def _demo(self) -> None:
        pdf = self.pdf
        with pdf.local_context(fill_opacity=0.07), pdf.rotation(38, WIDTH / 2, HEIGHT / 2 + 20):
            pdf.set_font(faces.TEXT, "B", 150)
            pdf.set_text_color(*DEEP)
            pdf.set_xy(0, HEIGHT / 2 - 10)
            pdf.cell(WIDTH, 60, "DEMO", align="C")
        self.text(
            EDGE, HEIGHT - FOOT - 5, INNER, _("Demonstration: no money has moved, and nobody expects you."), 8,
            style="B", colour=TONES["stop"][0], align="C",
        )  # fmt: skip

    def code(self, text: str, x: float, y: float) -> None:
        """Draw a code to read, module by module, runs of a row as one."""
        rows = qr.modules(text)
        side = CODE / (len(rows) + 2 * qr.QUIET)
        pdf = self.pdf
        pdf.set_fill_color(*WHITE)
        pdf.rect(x, y, CODE, CODE, style="F")
        pdf.set_fill_color(*DEEP)
        for down, row in enumerate(rows):
            start = None
            for across, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = across
                elif not dark and start is not None:
                    at_x, at_y = x + (start + qr.QUIET) * side, y + (down + qr.QUIET) * side
                    pdf.rect(at_x, at_y, (across - start) * side, side, style="F")
                    start = None

    def icon(self, name: str, x: float, y: float, side: float, colour: Colour = SEA) -> None:
        strokes = "".join(f'<path d="{d}"/>' for d in _symbols(self.site.static / "img" / "icons.svg").get(name, ()))
        ink = "#{:02x}{:02x}{:02x}".format(*colour)
        drawing = SVGObject(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24"><g fill="none" '
            f'stroke="{ink}" stroke-width="1.7" stroke-linecap="square">{strokes}</g></svg>'
        )
        _size, _view, path = drawing.transform_to_rect_viewport(
            scale=1, width=side, height=side, ignore_svg_top_attrs=True
        )
        path.transform = path.transform @ _moved(x, y)
        self.pdf.draw_path(path)

    def thread(self, x: float, y: float, w: float) -> None:
        """A line of stitches, with a knot at each end."""
        pdf = self.pdf
        pdf.set_draw_color(*GOLD)
        pdf.set_line_width(0.9)
        pdf.set_dash_pattern(dash=2.6, gap=1.1)
        pdf.line(x + 2, y, x + w - 2, y)
        pdf.set_dash_pattern()
        pdf.set_fill_color(*DEEP)
        pdf.set_line_width(0.6)
        for at in (x, x + w):
            pdf.rect(at - 1.3, y - 1.3, 2.6, 2.6, style="DF")

    # --- a part ----------------------------------------------------------------------------------------------------

    def part(self, part: Voucher) -> None:
        """Draw one part on a page of its own."""
        top = self.begin(part.cloth)
        self.code(part.code, WIDTH - EDGE - CODE + 4, top - 4)
        wide = INNER - CODE - 4
        self.icon(part.icon, EDGE, top - 0.6, 6)
        y = self.text(EDGE + 8.5, top, wide - 8.5, part.what, 10, style="B", colour=SEA) + 2.5
        y = self.text(EDGE, y, wide, part.title, 21, family=faces.DISPLAY, leading=9, lines=3) + 2
        y = self.text(EDGE, y, wide, part.code, 17, style="B") + 2.5
        self.tag(EDGE, y, part.standing.words, part.standing.tone)
        y += 7.5
        if part.standing.note:
            y = self.text(EDGE, y, wide, part.standing.note, 9, colour=SOFT)
        y = max(y, top + CODE) + 6
        y = self._ends(part, y) + 7
        y = self._facts(part, y) + 4
        if part.terms:
            y = self._section(_("If you cancel"), part.terms, y)
        self._papers(part.papers, y)

    def _ends(self, part: Voucher, y: float) -> float:
        """Where and when it begins and ends, joined by a thread."""
        wide = INNER * 0.36
        far = WIDTH - EDGE - wide
        self.pdf.set_fill_color(239, 243, 241)
        high = 33
        self.pdf.rect(EDGE - 4, y - 4, INNER + 8, high, style="F")
        ends = (EDGE, part.begin, _begin_word(part), "L"), (far, part.end, _end_word(part), "R")
        for x, end, word, align in ends:
            at = self.text(x, y, wide, word, 8, style="B", colour=SOFT, align=align)
            at = self.text(x, at + 0.5, wide, end.clock, 22, style="B", align=align, leading=9)
            at = self.text(x, at + 0.3, wide, end.day, 9, align=align)
            self.text(x, at, wide, end.place, 9, colour=SOFT, align=align, lines=2, leading=4)
        middle = y + 9.5
        self.thread(EDGE + REACH, middle, INNER - 2 * REACH)
        self.icon(part.icon, WIDTH / 2 - 4, middle - 10, 8)
        if part.amount:
            self.text(EDGE + wide, middle + 3.5, INNER - 2 * wide, part.amount, 8.5, colour=SOFT, align="C")
        return y + high - 4

    def _facts(self, part: Voucher, y: float) -> float:
        names = part.who[:12]
        more = len(part.who) - len(names)
        who = ", ".join(names) + (" " + _("and %(num)d more", num=more) if more > 0 else "")
        facts = [
            (_("Who"), "\n".join(filter(None, (who, part.party)))),
            (_("Reference"), part.reference or _("none yet")),
            (_("Be there by"), part.be_there_by),
            (_("Run by"), part.seller.name),
            (_("Reached at"), part.seller.reached),
            (_("Money"), part.money),
        ]
        return self._columns([fact for fact in facts if fact[1]], y)

    def _columns(self, facts: Sequence[tuple[str, str]], y: float) -> float:
        """Write facts in two columns, row by row."""
        for at in range(0, len(facts), 2):
            ends = [y]
            for column, (label, value) in enumerate(facts[at : at + 2]):
                x = EDGE + column * (HALF + 8)
                below = self.label(x, y, HALF, label)
                ends.append(self.text(x, below + 0.3, HALF, value, 10.5, lines=4))
            y = max(ends) + 2.5
            self.rule(y)
            y += 2.5
        return y

    def _section(self, title: str, sentences: Sequence[str], y: float) -> float:
        y = self.text(EDGE, y, INNER, title, 13, family=faces.DISPLAY) + 1
        return self.text(EDGE, y, INNER, " ".join(sentences), 9.5) + 4

    def _papers(self, papers: Sequence[Paper], y: float) -> float:
        """Write rules and papers as far as the page goes; the rest is on the booking's page."""
        if not papers:
            return y
        bottom = HEIGHT - FOOT - 12
        if y + 16 > bottom:
            return y
        y = self.text(EDGE, y, INNER, _("Papers and rules"), 13, family=faces.DISPLAY) + 1
        for number, paper in enumerate(papers):
            text = " ".join(filter(None, (paper.text, paper.status)))
            need = self.height(INNER - 34, text, 9) + 2
            need = max(need, self.height(INNER - 34, paper.name, 9, "B") + 12)
            if y + need > bottom:
                left = len(papers) - number
                y = self.text(EDGE, y, INNER, _("%(num)d more on the page of your booking.", num=left), 9, colour=SOFT)
                break
            self.text(EDGE, y + 0.2, 32, paper.asks, 8.5, style="B", colour=SEA)
            below = self.text(EDGE + 34, y, INNER - 34, paper.name, 9, style="B")
            y = self.text(EDGE + 34, below, INNER - 34, text, 9, colour=SOFT) + 2.5
        return y

    # --- the trip --------------------------------------------------------------------------------------------------

    def overview(self) -> None:
        """Draw the whole trip in lines, on as many pages as it takes."""
        trip = self.trip
        top = self.begin(trip.cloth)
        self.code(trip.address, WIDTH - EDGE - CODE + 4, top - 4)
        wide = INNER - CODE - 6
        y = self.text(EDGE, top, wide, trip.span, 10, style="B", colour=SEA) + 1.5
        y = self.text(EDGE, y, wide, trip.title, 21, family=faces.DISPLAY, leading=9, lines=3) + 2
        y = self.text(EDGE, y, wide, trip.code, 26, style="B") + 1.5
        who = ", ".join(filter(None, (", ".join(trip.who[:12]), trip.party)))
        y = self.text(EDGE, y, wide, who, 10, lines=3)
        hint = _("The square opens your booking. It is yours alone: at counters show the pages that follow.")
        y = self.text(EDGE, y + 1.5, wide, hint, 8.5, colour=SOFT)
        y = max(y, top + CODE) + 6
        if trip.live:
            y = self._lines(_("Booked for you"), trip.live, y)
            y = self.text(EDGE, y + 1, INNER, filters.money(trip.total), 15, style="B", align="R")
            if trip.rate:
                y = self.text(EDGE, y, INNER, filters.converted(trip.total, trip.rate), 11, colour=SOFT, align="R")
            y = self.text(EDGE, y, INNER, trip.money, 9, colour=SOFT, align="R") + 4
        if trip.others:
            y = self._lines(_("Yours to arrange or to pay there"), trip.others, y) + 3
        if trip.rate:
            y = self.text(EDGE, self._room(y, 14), INNER, rate_note(trip.rate, is_kept=True), 8.5, colour=SOFT) + 4
        if trip.papers and y + 40 > HEIGHT - FOOT - 12:
            y = self.begin(trip.cloth)
        self._papers(trip.papers, y)

    def _lines(self, title: str, parts: Sequence[Voucher], y: float) -> float:
        y = self._room(y, 14 + ROW)
        y = self.text(EDGE, y, INNER, title, 15, family=faces.DISPLAY) + 2
        for part in parts:
            y = self._room(y, ROW)
            self.rule(y)
            self.icon(part.icon, EDGE, y + 2.6, 6)
            name = f"{part.what}, {part.title}" if part.kind in ("leg", "transfer") else part.title
            below = self.text(EDGE + 10, y + 1.4, INNER - 62, name, 10, style="B", lines=1)
            when = f"{part.begin.day}, {part.begin.clock}" if part.kind != "fee" else part.begin.day
            ref = _("ref. %(reference)s", reference=part.reference) if part.reference else ""
            self.text(EDGE + 10, below, INNER - 62, " · ".join(filter(None, (when, ref))), 8.5, colour=SOFT, lines=1)
            self.pdf.set_font(faces.TEXT, "B", 8.5)
            words = part.standing.words if part.is_ours else filters.money(part.price)
            wide = float(self.pdf.get_string_width(self.spelled(words))) + 5
            tone = part.standing.tone if part.is_ours else ""
            self.tag(WIDTH - EDGE - wide, y + 2.6, words, tone)
            y += ROW
        self.rule(y)
        return y

    def _room(self, y: float, need: float) -> float:
        """Return where to go on: here, or on a new page where less than `need` is left."""
        return y if y + need < HEIGHT - FOOT - 10 else self.begin(self.trip.cloth)


def _moved(x: float, y: float) -> Any:
    from fpdf.drawing import Transform

    return Transform.translation(x, y)


def _begin_word(part: Voucher) -> str:
    if part.kind == "stay":
        return _("Check-in from")
    return _("Departs") if part.kind in ("leg", "transfer") else _("Starts")


def _end_word(part: Voucher) -> str:
    if part.kind == "stay":
        return _("Check-out until")
    return _("Arrives") if part.kind in ("leg", "transfer") else _("Ends")
