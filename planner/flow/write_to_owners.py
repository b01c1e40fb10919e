"""Write to whoever owns an agency about what staff decided; what was decided stays, whether or not a mail goes out."""

from __future__ import annotations

from functools import partial

from planner.flow.send_letter import send
from planner.flow.services import Services
from planner.store import agencies
from planner.store.agencies import OWNER


def tell_owners(agency_id: str, what: str, services: Services, rate_id: int | None = None) -> None:
    """Write to each owner of an agency who has joined: let_in, suspended, rate_approved, rate_refused."""
    at = rate_id or f"{services.clock.now():%Y%m%d%H%M%S%f}"
    owners = [one for one in agencies.list_members(agency_id) if one.work == OWNER and one.joined_at is not None]
    for member_id, email in [(one.id, one.email) for one in owners]:
        write = partial(services.letters.tell_agency, agency_id, email, what, rate_id)
        send(f"agency:{agency_id}:{what}:{at}:{member_id}", "", write, services)
