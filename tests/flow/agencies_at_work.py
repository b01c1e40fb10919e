"""Two small agencies on a real database, empty before each test: in `a` Rina owns and Dewa sells, Made is in `b`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete

from planner.store.agencies import Agency, Member
from planner.store.db import transaction
from planner.store.enquiries import Client, ClientTraveller, Enquiry, EnquiryAct
from planner.store.proposals import Proposal, ProposalComment, ProposalVersion

RINA, DEWA, MADE = "rina@tur.example", "dewa@tur.example", "made@other.example"


def found() -> None:
    """Empty all that agencies keep, and found both."""
    now = datetime.now(UTC)
    with transaction() as session:
        for table in (
            ProposalComment, ProposalVersion, Proposal, EnquiryAct, Enquiry, ClientTraveller, Client, Member, Agency,
        ):  # fmt: skip
            session.execute(delete(table))
        for agency_id, people in (("a", {RINA: "owner", DEWA: "seller"}), ("b", {MADE: "owner"})):
            session.add(
                Agency(id=agency_id, name=agency_id, licence="1", email="a@b.example", phone="1", state="approved",
                       applied_at=now)
            )  # fmt: skip
            session.flush()
            for email, work in people.items():
                session.add(Member(agency_id=agency_id, email=email, work=work, invited_at=now, joined_at=now))
