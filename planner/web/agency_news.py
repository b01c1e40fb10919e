"""What whoever owns an agency is told of what staff decided: English first, Indonesian below."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from planner.flow.keep_rates import OnOffer, list_on_offer
from planner.store import agencies, agency_rates
from planner.store.agencies import Agency
from planner.store.agency_rates import AgencyRate
from planner.web import rate_words
from planner.web.atlas import in_service
from planner.web.letter_page import Block, Button, LetterPage, Row
from planner.web.services import services

LET_IN, SUSPENDED, RATE_APPROVED, RATE_REFUSED = "let_in", "suspended", "rate_approved", "rate_refused"


@dataclass(frozen=True)
class Decided:
    """What was decided, before it is put into words; `root` begins every link."""

    agency: Agency
    what: str
    root: str
    rate: AgencyRate | None = None
    offer: OnOffer | None = None
    is_demo: bool = False

    @classmethod
    def about(cls, agency_id: str, what: str, rate_id: int | None, root: str, is_demo: bool) -> Decided:
        """Gather what there is to tell."""
        rate = agency_rates.get_rate(rate_id) if rate_id else None
        offer = list_on_offer(services()).get(rate.product_id) if rate else None
        return cls(agencies.get_agency(agency_id), what, root, rate, offer, is_demo)


def page_of(decided: Decided) -> LetterPage:
    """Return the letter: all of it in English, then all of it in Indonesian."""
    with force_locale("en"):
        title, first = _subject(decided), _block(decided, "")
    with force_locale("id"):
        second = _block(decided, "id")
    return LetterPage("en", title, "", (first, second), is_demo=decided.is_demo)


def _subject(decided: Decided) -> str:
    name = decided.agency.name
    if decided.what == LET_IN:
        return _("%(agency)s is let in", agency=name)
    if decided.what == SUSPENDED:
        return _("%(agency)s is suspended", agency=name)
    if decided.what == RATE_APPROVED:
        return _("Contract rate approved: %(what)s", what=_product(decided))
    return _("Contract rate not approved: %(what)s", what=_product(decided))


def _product(decided: Decided) -> str:
    if decided.offer is not None:
        return rate_words.name_of(decided.offer, in_service())
    return decided.rate.product_id if decided.rate else ""


def _block(decided: Decided, language: str) -> Block:
    heading = _subject(decided) if language else ""
    said: tuple[str, ...]
    if decided.what == LET_IN:
        commission = rate_words.share(decided.agency.commission_bp)
        said = (
            _("You may work. A second factor is asked for at the log-in."),
            _("Commission on public prices: %(share)s.", share=commission),
        )
        return Block(heading, said, buttons=(_button(decided, _("To the agency"), ""),), language=language)
    if decided.what == SUSPENDED:
        said = (_("Nobody of the agency gets in at the moment. What was sold stays sold."),)
        return Block(heading, said, buttons=(_button(decided, _("How it stands"), "standing"),), language=language)
    is_good = decided.what == RATE_APPROVED
    said = (_("It makes your prices from now on.") if is_good else _("The public price goes on to hold."),)
    button = _button(decided, _("Your contract rates"), "rates/")
    return Block(heading, said, _rows(decided), (button,), language)


def _rows(decided: Decided) -> tuple[Row, ...]:
    rate = decided.rate
    if rate is None:
        return ()
    return (
        Row(_("Contract"), rate.contract),
        Row(_("Price by contract"), rate_words.what_of_rate(rate, decided.offer)),
        Row(_("Holds"), rate_words.span_of(rate)),
    )


def _button(decided: Decided, words: str, page: str) -> Button:
    return Button(words, f"{decided.root}/agency/{page}")
