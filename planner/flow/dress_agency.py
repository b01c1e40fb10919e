"""How an agency shows itself: its card and its logo. Pictures that were shown before stay where they were shown."""

from __future__ import annotations

from planner.errors import Invalid, PlannerError
from planner.flow import typed
from planner.flow.run_agency import Card
from planner.flow.services import Services
from planner.store import agencies, audit, logos
from planner.store.db import transaction

MOST_BANK = 200


def set_card(agency_id: str, card: Card, bank: str, services: Services, who: str) -> None:
    """Change what an agency is called, how it is reached, its licence, and the bank account that it is paid at.

    Raises:
        Invalid: one problem for each field.
    """
    bank = bank.strip()
    wrong: list[PlannerError] = []
    try:
        card = card.checked()
    except Invalid as refused:
        wrong += refused.problems
    typed.refuse([*wrong, *typed.short("bank", bank, MOST_BANK)])
    now = services.clock.now()
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        licence = f"{agency.licence} → {card.licence}" if agency.licence != card.licence else ""
        new_bank = agency.bank != bank
        agency.name, agency.licence, agency.email, agency.phone = card.name, card.licence, card.email, card.phone
        agency.bank = bank
        if licence or new_bank:
            audit.note_act(session, now, who, "set_agency_card", agency=agency_id, licence=licence, new_bank=new_bank)


def set_logo(agency_id: str, content: bytes, services: Services, who: str) -> None:
    """Show a picture as an agency's logo from now on, drawn anew.

    Raises:
        BadLogo: it is no picture that we take.
    """
    logo, now = logos.draw_logo(content), services.clock.now()
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        logos.keep_logo(session, agency_id, logo, now)
        agency.logo = logo.digest
        audit.note_act(session, now, who, "set_agency_logo", agency=agency_id)


def drop_logo(agency_id: str, services: Services, who: str) -> None:
    """Show no logo of an agency from now on."""
    with transaction() as session:
        agency = agencies.get_agency_to_change(session, agency_id)
        if agency.logo:
            agency.logo = ""
            audit.note_act(session, services.clock.now(), who, "drop_agency_logo", agency=agency_id)
