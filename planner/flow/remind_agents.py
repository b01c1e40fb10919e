"""Remind whoever sees to an enquiry of its next step, on its day: one mail for each day that was set.

A reminder is claimed before its mail goes out, so that of several sweepers one sends it; where nobody takes the mail
the claim is given back, and it is tried again later.
"""

from __future__ import annotations

import random
from datetime import date

from planner.errors import NotFound, Unavailable
from planner.flow.services import Services
from planner.store import agencies, enquiries
from planner.store.agencies import OWNER, READER
from planner.store.db import transaction
from planner.store.enquiries import CLOSED, Enquiry

MOST_REFUSED = 3
"""After so many mails that nobody took the rest waits for the next round."""


def remind_agents(services: Services) -> int:
    """Send what is due, in any order, so that an address that takes no mail keeps nobody else waiting; return how many.

    An enquiry of somebody who has left is told to whoever owns the agency.
    """
    due, sent, refused = enquiries.list_due(services.clock.today()), 0, 0
    for enquiry_id, agency_id in random.sample(due, len(due)):
        day = claim(agency_id, enquiry_id, services)
        if day is None:
            continue
        try:
            sent += _send(agency_id, enquiry_id, services)
        except Unavailable:
            _give_back(agency_id, enquiry_id, day)
            refused += 1
            if refused == MOST_REFUSED:
                break
    return sent


def claim(agency_id: str, enquiry_id: int, services: Services) -> date | None:
    """Note that an owner is reminded of a day, where that is still due; return the day."""
    with transaction() as session:
        try:
            enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        except NotFound:
            return None
        if not _is_due(enquiry, services.clock.today()):
            return None
        enquiry.reminded_on = enquiry.next_on
        return enquiry.next_on


def _is_due(enquiry: Enquiry, today: date) -> bool:
    is_set = enquiry.next_on is not None and enquiry.next_on <= today
    return is_set and enquiry.reminded_on != enquiry.next_on and enquiry.state not in CLOSED


def _send(agency_id: str, enquiry_id: int, services: Services) -> bool:
    enquiry, _client = enquiries.get_enquiry(agency_id, enquiry_id)
    to = _reader_of(agency_id, enquiry.owner)
    mail = services.letters.remind_agent(agency_id, enquiry_id, to) if to else None
    if mail is not None:
        services.mailer.send(mail)
    return mail is not None


def _reader_of(agency_id: str, owner: str) -> str:
    joined = [one for one in agencies.list_members(agency_id) if one.joined_at is not None]
    if any(one.email == owner and one.work != READER for one in joined):
        return owner
    return next((one.email for one in joined if one.work == OWNER), "")


def _give_back(agency_id: str, enquiry_id: int, day: date) -> None:
    """Let a reminder be tried again, unless somebody has set another day meanwhile."""
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        if enquiry.reminded_on == enquiry.next_on == day:
            enquiry.reminded_on = None
