"""Connect a supplier's own booking system: tried first, and connected only if it answers and offers what we sell.

A key that was typed in is never shown again. Until it is connected the form carries it sealed, for whoever typed it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from planner.booking.supplier_system import Ours, SupplierSystem, Visit, not_offered
from planner.errors import Invalid, NotFound
from planner.flow.services import Services
from planner.store import approvals, audit, systems
from planner.store.db import db, transaction
from planner.store.seals import SealBroken, seal, unseal

LONGEST_ENDPOINT, LONGEST_KEY, LONGEST_ID = 200, 500, 120
AT_ENDPOINT = "endpoint"
AT_KEY = "key"


@dataclass(frozen=True)
class Tried:
    """What came of trying a system: the visit, and what is wrong at which field of the form."""

    visit: Visit
    wrong: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """Whether it may be connected."""
        return not self.visit.why and not self.wrong


def seal_typed_key(supplier_id: str, who: str, key: str) -> str:
    """Seal a key for the form that it was typed in: only the same person gets it out again, for the same supplier."""
    return seal(json.dumps([supplier_id, who, key]))


def find_key(supplier_id: str, endpoint: str, typed: str, sealed: str, who: str) -> str:
    """Find the key that a form means: typed now, typed before, or the one in use if the endpoint stays. Else nothing.

    A key in use goes nowhere else than to the endpoint that it was given for.
    """
    if typed:
        return typed
    try:
        if sealed:
            told = json.loads(unseal(sealed))
            if isinstance(told, list) and told[:2] == [supplier_id, who]:
                return str(told[2])
        connected = systems.find_connected(db.session(), supplier_id)
        return unseal(connected.sealed_key) if connected and connected.endpoint == endpoint else ""
    except (SealBroken, ValueError):
        return ""


def try_system(ours: Sequence[Ours], system: SupplierSystem, services: Services) -> Tried:
    """Ask a system who it is and what it offers, and hold what we sell against it; nothing is booked or kept."""
    wrong = _misspelt(system)
    if wrong:
        return Tried(Visit(), wrong)
    visit = services.suppliers.visit(system)
    if visit.why:
        return Tried(visit, {AT_KEY if visit.why == "key_refused" else AT_ENDPOINT: visit.why})
    missing = {f"{kind}:{name}": f"no_such_{kind}" for kind, name in not_offered(ours, system, visit)}
    return Tried(visit, missing)


def _misspelt(system: SupplierSystem) -> dict[str, str]:
    wrong = {}
    if not system.endpoint:
        wrong[AT_ENDPOINT] = "no_endpoint"
    elif len(system.endpoint) > LONGEST_ENDPOINT or urlsplit(system.endpoint).scheme not in ("https", "http"):
        wrong[AT_ENDPOINT] = "address_refused"
    if not system.key:
        wrong[AT_KEY] = "no_key"
    elif len(system.key) > LONGEST_KEY or not (system.key.isascii() and system.key.isprintable()):
        wrong[AT_KEY] = "bad_key"
    return wrong


def connect_system(
    supplier_id: str, ours: Sequence[Ours], system: SupplierSystem, services: Services, who: str
) -> Tried:
    """Try a system once more and make new bookings in it from now on, if it is good.

    Raises:
        NotFound: nobody claimed this supplier.
    """
    with transaction() as session:
        approvals.get_claim(session, supplier_id)
    tried = try_system(ours, system, services)
    if tried.is_good:
        now = services.clock.now()
        with transaction() as session:
            systems.connect_system(session, supplier_id, system, now)
            audit.note_act(
                session, now, who, "connect_system", supplier=supplier_id, endpoint=system.endpoint,
                names=len(system.ids),
            )  # fmt: skip
    return tried


def end_system(supplier_id: str, services: Services, who: str) -> None:
    """Make new bookings from the allotment again; what was booked in the system is still given back there.

    Raises:
        NoSystem: none is connected.
    """
    now = services.clock.now()
    with transaction() as session:
        try:
            systems.end_system(session, supplier_id, now)
        except NotFound as missing:
            raise NoSystem("no system is connected") from missing
        audit.note_act(session, now, who, "end_system", supplier=supplier_id)


class NoSystem(Invalid):
    """This supplier has no system that is connected."""

    default_code = "no_system"
