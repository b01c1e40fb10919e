"""Say which suppliers are real: who they are, that staff approved them, that their prices are agreed, their seats."""

from __future__ import annotations

from planner.booking.states import WrongState
from planner.errors import Invalid, NotFound
from planner.flow.services import Services
from planner.store import approvals, audit, claims
from planner.store.db import transaction

MOST_SEATS = 1000


def claim_for_supplier(
    supplier_id: str, name: str, email: str, phone: str, bank: str, services: Services, who: str
) -> None:
    """Write down who a supplier is, on its behalf; what was approved before stays so, but new bank details do not.

    Raises:
        Invalid: the name is missing, or the mail address is none.
    """
    name, email = name.strip()[:120], email.strip()[:200]
    if not name:
        raise Invalid("say who answers for the supplier", field="name", code="no_name")
    if email and ("@" not in email or any(letter.isspace() for letter in email)):
        raise Invalid("this is no mail address", field="email", code="bad_email")
    now = services.clock.now()
    with transaction() as session:
        before = claims.find_claim(supplier_id)
        is_other_bank = before is not None and before.bank != bank.strip()[:200]
        claim = approvals.write_claim(
            session, supplier_id, name, email, phone.strip()[:40], bank.strip()[:200], now
        )
        if is_other_bank:
            claim.approved_at = None  # whoever may change where money goes is not the one who approves it unseen
        audit.note_act(session, now, who, "claim_supplier", supplier=supplier_id, new_bank=is_other_bank)


def approve_supplier(supplier_id: str, services: Services, who: str) -> None:
    """Approve a claim: somebody has looked at who it is.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    now = services.clock.now()
    with transaction() as session:
        approvals.get_claim(session, supplier_id).approved_at = now
        audit.note_act(session, now, who, "approve_supplier", supplier=supplier_id)


def confirm_prices(supplier_id: str, services: Services, who: str) -> None:
    """Say that a supplier agreed to the prices in the catalogue.

    Raises:
        NotFound: nobody claimed this supplier.
        WrongState: it is not approved.
    """
    now = services.clock.now()
    with transaction() as session:
        claim = approvals.get_claim(session, supplier_id)
        if claim.approved_at is None:
            raise WrongState("approve the supplier first")
        claim.prices_confirmed_at = now
        audit.note_act(session, now, who, "confirm_prices", supplier=supplier_id)


def suspend_supplier(supplier_id: str, services: Services, who: str) -> None:
    """Sell nothing more of a supplier for real money; what was sold stays sold.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    now = services.clock.now()
    with transaction() as session:
        claim = approvals.get_claim(session, supplier_id)
        claim.approved_at = claim.prices_confirmed_at = None
        audit.note_act(session, now, who, "suspend_supplier", supplier=supplier_id)


def allot_seats(route_id: str, seats: int, source: str, services: Services, who: str) -> None:
    """Set how many seats of each departure of a route are ours to sell; none means that tickets are bought later.

    Raises:
        NotFound: there is no such route.
        Invalid: the number is no number of seats, or it is not said who agreed to it.
    """
    if not 0 <= seats <= MOST_SEATS:
        raise Invalid("between 0 and 1000 seats", field="seats", code="bad_seats")
    if seats and not source.strip():
        raise Invalid("say which agreement this is", field="source", code="no_source")
    if seats and route_id not in services.snapshots.timetable().route_ids:
        raise NotFound("there is no such route", code="no_such_route")
    now = services.clock.now()
    with transaction() as session:
        if seats:
            claims.allot(session, route_id, seats, source.strip()[:500])
        else:
            approvals.drop_allotment(session, route_id)
        audit.note_act(session, now, who, "allot_seats", route=route_id, seats=seats)
