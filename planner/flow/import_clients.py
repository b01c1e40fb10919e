"""Take an agency's clients over from a table (CSV): read it, look at what each row would do, then add what is good.

    read_table -> look_at -> import_rows        between the last two the rows travel as text, and are checked again

A client who is known is left as they are: by their mail address, or without one by name and phone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, field

from planner.errors import Invalid, PlannerError
from planner.flow.client_card import ClientCard
from planner.flow.services import Services
from planner.store import agencies, audit, enquiries
from planner.store.db import transaction
from planner.store.enquiries import Client
from planner.values.rates import CHARGED_IN

COLUMNS = ("name", "email", "phone", "language", "currency", "wishes")
MOST_ROWS = 500
MOST_BYTES = 1024 * 1024
NEW, KNOWN, TWICE, WRONG = "new", "known", "twice", "wrong"


@dataclass(frozen=True)
class Row:
    """A row of a table: the line it begins in, the card it makes, whether it has more cells than the table columns."""

    line: int
    card: ClientCard
    has_more: bool = False


@dataclass(frozen=True)
class Table:
    """What was read of a file; `left_out` are columns that mean nothing here."""

    rows: tuple[Row, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a row would do: add a client, nothing since they are known or stand above, or nothing since it is wrong."""

    row: Row
    fate: str
    problems: Sequence[PlannerError] = field(default=())


@dataclass(frozen=True)
class Taken:
    """How many were added, known already, and left out as wrong."""

    new: int
    known: int
    wrong: int


def read_table(content: bytes) -> Table:
    """Read a table: UTF-8, with commas or semicolons, its columns in any order under their names.

    Raises:
        Invalid: it is too large, is no such table, has no column of names, or has no rows or too many.
    """
    if len(content) > MOST_BYTES:
        raise _no("heavy_table")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise _no("not_utf8") from wrong
    try:
        return _read(text, max((",", ";"), key=lambda sign: len(_places(_first(text, sign)))))
    except csv.Error as wrong:
        raise _no("bad_table") from wrong


def _no(code: str) -> Invalid:
    return Invalid("this table cannot be read", field="file", code=code)


def _first(text: str, sign: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True), [])


def _places(header: Sequence[str]) -> dict[str, int]:
    """Return where each known column stands."""
    names = [name.strip().casefold() for name in header]
    return {name: names.index(name) for name in COLUMNS if name in names}


def _read(text: str, sign: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    header = next(reader, [])
    places = _places(header)
    if "name" not in places:
        raise _no("no_name_column")
    names = [name.strip().casefold() for name in header]
    if any(names.count(name) > 1 for name in places):
        raise _no("column_twice")
    rows: list[Row] = []
    begins = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append(_row(begins, cells, places, len(header)))
        if len(rows) > MOST_ROWS:
            raise _no("too_many_rows")
        begins = reader.line_num + 1
    if not rows:
        raise _no("empty_table")
    return Table(tuple(rows), tuple(name.strip() for name in header if name.strip().casefold() not in ("", *places)))


def _row(line: int, cells: Sequence[str], places: dict[str, int], width: int) -> Row:
    given = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
    return Row(line, _card(given), any(cell.strip() for cell in cells[width:]))


def _card(given: dict[str, str]) -> ClientCard:
    language, currency = given.get("language", "").lower(), given.get("currency", "").upper()
    known = {"name": "", **given, "language": language or "en", "currency": currency or CHARGED_IN}
    return ClientCard(**known).trimmed()


def rows_as_text(rows: Iterable[Row]) -> str:
    """Return rows as a text that a form can carry; `read_rows` reads it back."""
    return json.dumps([[row.line, row.has_more, *astuple(row.card)] for row in rows], ensure_ascii=False)


def read_rows(text: str) -> tuple[Row, ...]:
    """Read what `rows_as_text` wrote, trusting nothing.

    Raises:
        Invalid: it is something else.
    """
    try:
        rows = [_read_back(one) for one in json.loads(text)]
    except (ValueError, TypeError, RecursionError) as wrong:
        raise _no("bad_table") from wrong
    if not 0 < len(rows) <= MOST_ROWS:
        raise _no("bad_table")
    return tuple(rows)


def _read_back(one: object) -> Row:
    if not isinstance(one, list):
        raise TypeError("a row is a list")
    line, has_more, *cells = one
    if type(line) is not int or type(has_more) is not bool or len(cells) != len(COLUMNS):
        raise TypeError("a row is its line, whether it has more, and a cell for each column")
    if not all(isinstance(cell, str) for cell in cells):
        raise TypeError("cells are texts")
    return Row(line, ClientCard(*cells).trimmed(), has_more)


def look_at(agency_id: str, rows: Iterable[Row]) -> list[Seen]:
    """Return what each row would do."""
    known = {_key(ClientCard(name, email, phone)) for email, name, phone in enquiries.list_known(agency_id)}
    above: set[tuple[str, ...]] = set()
    seen = []
    for row in rows:
        problems: list[PlannerError] = [*row.card.wrong()]
        if row.has_more:
            problems.insert(0, Invalid("more cells than columns", code="too_many_cells"))
        key = _key(row.card)
        fate = WRONG if problems else KNOWN if key in known else TWICE if key in above else NEW
        if fate == NEW:
            above.add(key)
        seen.append(Seen(row, fate, tuple(problems)))
    return seen


def _key(card: ClientCard) -> tuple[str, ...]:
    return (card.email,) if card.email else (card.name.casefold(), card.phone)


def import_rows(agency_id: str, rows: Iterable[Row], leave_out: bool, services: Services, who: str) -> Taken:
    """Add every client whom no one knows yet; all of them, or with a wrong row that may not be left out none.

    Raises:
        Invalid: a row is wrong, and nobody said that wrong rows are to be left out.
    """
    now = services.clock.now()
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        seen = look_at(agency_id, rows)
        fates = [one.fate for one in seen]
        if WRONG in fates and not leave_out:
            raise Invalid("some rows are wrong", field="leave_out", code="wrong_rows")
        for one in seen:
            if one.fate == NEW:
                session.add(Client(agency_id=agency_id, created_at=now, **asdict(one.row.card)))
        session.flush()
        taken = Taken(fates.count(NEW), fates.count(KNOWN) + fates.count(TWICE), fates.count(WRONG))
        audit.note_act(session, now, who, "import_clients", agency=agency_id, count=taken.new)
    return taken
