"""What whoever sees to an enquiry is reminded of on its day: the next step. English first, Indonesian below."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from planner.store import enquiries
from planner.store.enquiries import Client, Enquiry
from planner.web.filters import full_day
from planner.web.letter_page import Block, Button, LetterPage, Row


def page_of(agency_id: str, enquiry_id: int, root: str, is_demo: bool) -> LetterPage:
    """Return the letter: all of it in English, then all of it in Indonesian; `root` begins its link."""
    enquiry, client = enquiries.get_enquiry(agency_id, enquiry_id)
    address = f"{root}/agency/enquiries/{enquiry.id}"
    with force_locale("en"):
        title, first = _title(enquiry), _block(enquiry, client, address, "")
    with force_locale("id"):
        second = _block(enquiry, client, address, "id")
    return LetterPage("en", title, "", (first, second), is_demo=is_demo)


def _title(enquiry: Enquiry) -> str:
    return _("Due: %(title)s", title=" ".join(enquiry.title.split()))


def _block(enquiry: Enquiry, client: Client, address: str, language: str) -> Block:
    rows = [Row(_("Client"), right=client.name)]
    if enquiry.next_step:
        rows.append(Row(_("Next step"), right=enquiry.next_step))
    if enquiry.next_on:
        rows.append(Row(_("Its day"), right=full_day(enquiry.next_on)))
    said = (_("The next step of this enquiry is due. Set another day, and you are reminded then."),)
    button = Button(_("Open the enquiry"), address)
    return Block(_title(enquiry) if language else "", said, tuple(rows), (button,), language)
