"""What an agency agreed on with whoever runs a stay or a package: asked for, looked at by staff, taken back.

ask -> approve | refuse        only approved rates make prices
asked | approved -> withdraw
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from planner.booking.states import WrongState
from planner.errors import Invalid
from planner.flow import typed
from planner.flow.services import Services
from planner.flow.write_to_owners import tell_owners
from planner.store import agencies, agency_rates, audit
from planner.store.agency_rates import APPROVED, ASKED, REFUSED, WITHDRAWN, AgencyRate
from planner.store.db import transaction

MOST_OFF_BP = 9_999
MOST_CONTRACT = 120
GROUP, PERSON, ROOM_NIGHT = "group", "person", "room_night"


@dataclass(frozen=True)
class OnOffer:
    """A product with its public price: so many whole rupiah for each group, person, or room and night."""

    id: str
    title: str
    place_id: str
    unit: str
    amount: int


@dataclass(frozen=True)
class Wanted:
    """A rate as it is asked for: `amount` rupiah for each unit, or `off_bp` off the public price; one of the two."""

    product_id: str
    amount: int | None
    off_bp: int | None
    contract: str
    valid_from: date | None
    valid_until: date | None
    """The first day on which it no longer holds."""


def list_on_offer(services: Services) -> Mapping[str, OnOffer]:
    """Return every stay and package of the catalogue that has a price, by id."""
    catalogue = services.snapshots.catalogue()
    packages = [
        OnOffer(one.id, one.title, one.start_id, GROUP if one.is_per_group else PERSON, one.high)
        for one in catalogue.packages
    ]
    stays = [OnOffer(one.id, one.title, one.place_id, ROOM_NIGHT, one.high) for one in catalogue.stays]
    return {one.id: one for one in (*packages, *stays) if one.amount > 0}


def ask_rate(agency_id: str, wanted: Wanted, services: Services, who: str) -> AgencyRate:
    """Write a rate down; it makes no price until staff have looked at the contract.

    Raises:
        Invalid: one problem for each field: product, amount, off, contract, from, until.
    """
    offer = list_on_offer(services).get(wanted.product_id)
    now, contract = services.clock.now(), wanted.contract.strip()
    wrong = [
        *_wrong_price(wanted, offer),
        *typed.needed("contract", contract, MOST_CONTRACT),
        *_wrong_days(wanted, services.clock.today()),
    ]
    if offer is None:
        wrong.insert(0, Invalid("we sell nothing of this name", field="product", code="no_such_product"))
    typed.refuse(wrong)
    with transaction() as session:
        agencies.get_agency_to_change(session, agency_id)
        rate = AgencyRate(
            agency_id=agency_id, product_id=wanted.product_id, amount=wanted.amount, off_bp=wanted.off_bp,
            contract=contract, valid_from=wanted.valid_from, valid_until=wanted.valid_until, state=ASKED,
            asked_at=now, asked_by=who,
        )  # fmt: skip
        session.add(rate)
        session.flush()
        audit.note_act(session, now, who, "ask_rate", agency=agency_id, product=rate.product_id, contract=contract)
    return rate


def _wrong_price(wanted: Wanted, offer: OnOffer | None) -> list[Invalid]:
    amount, off_bp = wanted.amount, wanted.off_bp
    if amount is None and off_bp is None:
        return [Invalid("an amount or a share is needed", field="amount", code="no_amount_or_off")]
    if amount is not None and off_bp is not None:
        return [Invalid("an amount or a share, not both", field="off", code="amount_and_off")]
    if off_bp is not None:
        is_share = 0 < off_bp <= MOST_OFF_BP
        return [] if is_share else [Invalid("a share is more than 0 and less than 100 %", field="off", code="bad_off")]
    if amount is not None and amount < 1:
        return [Invalid("this is no sum", field="amount", code="bad_sum")]
    if amount is not None and offer is not None and amount > offer.amount:
        return [Invalid("that is above the public price", field="amount", code="above_public")]
    return []


def _wrong_days(wanted: Wanted, today: date) -> list[Invalid]:
    first, until = wanted.valid_from, wanted.valid_until
    wrong = [
        Invalid("this is no day", field=field, code="no_day")
        for field, day in (("from", first), ("until", until))
        if day is None
    ]
    if first is not None and until is not None and until <= first:
        wrong.append(Invalid("it ends before it begins", field="until", code="until_before_from"))
    elif until is not None and until <= today:
        wrong.append(Invalid("it is over already", field="until", code="over_already"))
    return wrong


def withdraw_rate(agency_id: str, rate_id: int, services: Services, who: str) -> None:
    """Take a rate back: it makes no price any more; what was priced with it stays as it is.

    Raises:
        NotFound: this agency has no such rate.
        WrongState: it was refused or taken back before.
    """
    now = services.clock.now()
    with transaction() as session:
        rate = agency_rates.get_rate_to_change(session, rate_id, agency_id)
        if rate.state not in (ASKED, APPROVED):
            raise WrongState("this rate is not in force")
        rate.state, rate.decided_at = WITHDRAWN, now
        audit.note_act(session, now, who, "withdraw_rate", agency=agency_id, product=rate.product_id,
                       contract=rate.contract)  # fmt: skip


def approve_rate(rate_id: int, services: Services, who: str) -> None:
    """Let a rate make prices, and write to the agency's owners.

    Raises:
        NotFound: there is no such rate.
        WrongState: it does not wait.
    """
    _decide(rate_id, APPROVED, "approve_rate", "rate_approved", services, who)


def refuse_rate(rate_id: int, services: Services, who: str) -> None:
    """Refuse a rate, and write to the agency's owners.

    Raises:
        NotFound: there is no such rate.
        WrongState: it does not wait.
    """
    _decide(rate_id, REFUSED, "refuse_rate", "rate_refused", services, who)


def _decide(rate_id: int, state: str, act: str, what: str, services: Services, who: str) -> None:
    now = services.clock.now()
    with transaction() as session:
        rate = agency_rates.get_rate_to_change(session, rate_id)
        if rate.state != ASKED:
            raise WrongState("this rate does not wait")
        rate.state, rate.decided_at, agency_id = state, now, rate.agency_id
        audit.note_act(session, now, who, act, agency=agency_id, product=rate.product_id, contract=rate.contract)
    tell_owners(agency_id, what, services, rate_id)
