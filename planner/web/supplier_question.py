"""Ask a supplier whether it can take a booking: Indonesian first, English below, and a short text for the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import force_locale
from flask_babel import gettext as _

from planner.booking.ledger import COMMISSION_PCT
from planner.booking.quote import Line, Quote
from planner.booking.voucher import part_code
from planner.store.orders import Order, OrderLine
from planner.values.money import share_up
from planner.values.times import WITA
from planner.web import filters
from planner.web.atlas import in_service
from planner.web.letter_page import Block, Button, LetterPage, Row
from planner.web.refund_words import moment
from planner.web.vouchers import names_of, party_words, what_of

PHONE = "https://wa.me/?text="


@dataclass(frozen=True)
class Question:
    """What is asked, before it is put into words; `link` is where yes or no is said."""

    order: Order
    row: OrderLine
    link: str
    is_reminder: bool
    is_demo: bool

    @property
    def code(self) -> str:
        """The code of the part."""
        return part_code(self.order.code, self.row.number)

    @property
    def line(self) -> Line:
        """The part as it was quoted."""
        return Line.from_json(self.row.data)

    @property
    def share(self) -> int:
        """What the supplier gets of the price, in whole rupiah, as the ledger will split it."""
        return share_up(self.row.price - self.row.markup, str(100 - COMMISSION_PCT.get(self.line.kind, 0)))


def subject_of(question: Question) -> str:
    """Return the subject, in the language that is spoken."""
    if question.is_reminder:
        return _("Reminder: can you take booking %(code)s?", code=question.code)
    return _("Can you take booking %(code)s?", code=question.code)


def page_of(question: Question) -> LetterPage:
    """Return the letter: all of it in Indonesian, then all of it in English."""
    with force_locale("id"):
        title, first = subject_of(question), _block(question, "")
    with force_locale("en"):
        second = _block(question, "en")
    return LetterPage("id", title, question.code, (first, second), is_demo=question.is_demo)


def _block(question: Question, language: str) -> Block:
    row, names = question.row, names_of(question.order)
    facts = _facts(question)
    if question.line.needs_names and names:
        facts.append(Row(_("Names"), ", ".join(names)))
    sentences = [_deadline(row)]
    if question.is_reminder:
        sentences.insert(0, _("We asked you before and have no answer yet."))
    sentences.append(_("Without an answer by then the guests are told no, and nothing is owed."))
    buttons = Button(_("Answer yes or no"), question.link), Button(_("Pass on by WhatsApp"), phone_link(question))
    return Block(subject_of(question) if language else "", tuple(sentences), tuple(facts), buttons, language)


def _facts(question: Question) -> list[Row]:
    line, party = question.line, Quote.from_json(question.order.quote).party
    starts = line.starts_at.astimezone(WITA)
    when = f"{filters.day(starts.date(), 'EEE d MMMM y')}, {filters.clock(starts)} WITA"
    return [
        Row(_("What"), what_of(line.item, in_service())[1]),
        Row(_("When"), when),
        Row(_("Guests"), party_words(party)),
        Row(_("You receive"), filters.money(question.share)),
    ]


def _deadline(row: OrderLine) -> str:
    when = f"{moment(row.answer_by)} WITA" if row.answer_by else ""
    return _("Please answer by %(when)s.", when=when)


def phone_text(question: Question) -> str:
    """Return the question for the telephone, in the language that is spoken; the names stay behind the link."""
    said = [subject_of(question), *(f"{row.what}: {row.remark}" for row in _facts(question)), _deadline(question.row)]
    return "\n".join([*said, question.link])


def phone_link(question: Question) -> str:
    """Return a link that opens WhatsApp with the question in it, for whoever the reader chooses."""
    return PHONE + quote(phone_text(question), safe="")
