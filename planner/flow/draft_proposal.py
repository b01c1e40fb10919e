"""Draft what an agency lays before a client: its words, its options side by side, and how it is priced.

    begin -> add options (a trip each) -> say how it is priced -> send (flow.send_proposal)

A draft may change at any time; what was sent stays as it was. An older page never overwrites a newer change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from planner.booking.agency_price import MOST_MARKUP_BP
from planner.booking.agency_sale import OwnItem
from planner.booking.voucher import new_secret
from planner.errors import Invalid, NotFound
from planner.flow.client_card import LANGUAGES
from planner.flow.keep_enquiries import ChangedMeanwhile, advance
from planner.flow.keep_trip import begin_trip
from planner.flow.run_agency import MOST_FREE_AFTER
from planner.flow.services import Services
from planner.store import agencies, enquiries, proposals, trips
from planner.store.db import transaction
from planner.store.proposals import Proposal
from planner.values.money import PRECISION
from planner.values.rates import CHARGED_IN, SHOWN

CLIENT, AGENCY = "client", "agency"
PAYERS = (CLIENT, AGENCY)
"""Who pays at our checkout: the client what was proposed, or the agency what it costs."""
MOST_OPTIONS, MOST_OWN = 4, 12
DAYS_VALID, MOST_DAYS_VALID = 14, 90
MOST_TITLE, MOST_GREETING, MOST_NAME = 160, 4_000, 80
MOST_OWN_NET = 500_000_000
MOST_FREE_DAYS = 180


@dataclass(frozen=True)
class Option:
    """One of the trips that a client may choose from, with what the agency adds to it itself.

    `markups` are mark-ups of single parts in hundredths of a per cent, by `part_key`.
    """

    key: str
    name: str
    trip_id: str
    own: tuple[OwnItem, ...] = ()
    markups: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return a shape that reads back the same."""
        return {**asdict(self), "own": [asdict(item) for item in self.own], "markups": dict(self.markups)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Option:
        """Read what `as_json` wrote."""
        return cls(**{**data, "own": tuple(OwnItem(**item) for item in data["own"])})


@dataclass(frozen=True)
class Draft:
    """What is going to be laid before a client. `step` rounds the price of each who pays, in the client's currency."""

    title: str
    greeting: str = ""
    language: str = "en"
    currency: str = CHARGED_IN
    markup_bp: int = 0
    step: int = 1
    free_after: int = 0
    days_valid: int = DAYS_VALID
    payer: str = CLIENT
    sizes: tuple[int, ...] = ()
    """Parties of other sizes whose price the client reads beside."""
    options: tuple[Option, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return a shape that reads back the same."""
        return {
            **asdict(self), "sizes": list(self.sizes), "options": [option.as_json() for option in self.options],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Draft:
        """Read what `as_json` wrote."""
        options = tuple(Option.from_json(option) for option in data["options"])
        return cls(**{**data, "sizes": tuple(data.get("sizes", ())), "options": options})

    def option(self, key: str) -> Option:
        """Return one of its options.

        Raises:
            NotFound: it has no such option.
        """
        found = next((option for option in self.options if option.key == key), None)
        if found is None:
            raise NotFound("this proposal has no such option", code="no_such_option")
        return found


def draft_of(proposal: Proposal) -> Draft:
    """Return what a proposal's draft says."""
    return Draft.from_json(proposal.draft)


def steps_of(currency: str) -> tuple[int, ...]:
    """Return to what a price in a currency may be rounded up, in its minor units."""
    if currency == CHARGED_IN:
        return (1, 1_000, 10_000, 50_000, 100_000)
    unit = 10 ** PRECISION[currency]
    return (1, unit, 5 * unit, 10 * unit, 50 * unit)


def begin_proposal(agency_id: str, enquiry_id: int, services: Services, who: str) -> Proposal:
    """Begin to draft for an enquiry, with its trip as the first option; what was begun before is gone on with.

    Raises:
        NotFound: this agency has no such enquiry.
    """
    now = services.clock.now()
    with transaction() as session:
        enquiry = enquiries.get_enquiry_to_change(session, agency_id, enquiry_id)
        begun = proposals.find_of_enquiry(enquiry_id)
        if begun is not None:
            return begun
        agency, client = agencies.get_agency(agency_id), enquiries.get_client(agency_id, enquiry.client_id)
        options = (Option("a", "", enquiry.trip_id),) if enquiry.trip_id else ()
        step = agency.step if client.currency == CHARGED_IN else 10 ** PRECISION[client.currency]
        draft = Draft(
            enquiry.title, "", client.language, client.currency, agency.markup_bp, step, agency.free_after,
            options=options,
        )  # fmt: skip
        proposal = Proposal(
            agency_id=agency_id, enquiry_id=enquiry_id, secret=new_secret(), draft=draft.as_json(), at=0,
            created_at=now, changed_at=now,
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        advance(session, enquiry, "draft", now, who)
    return proposal


def _change(
    agency_id: str, proposal_id: int, seen: str, change: Callable[[Draft], Draft], services: Services
) -> Proposal:
    """Change a draft that was `seen` as it is."""
    proposals.get_proposal(agency_id, proposal_id)
    with transaction() as session:
        proposal = proposals.get_proposal_to_change(session, proposal_id)
        if proposal.changed_at.isoformat() != seen:
            raise ChangedMeanwhile("somebody changed this meanwhile")
        proposal.draft, proposal.changed_at = change(draft_of(proposal)).as_json(), services.clock.now()
    return proposal


def set_words(
    agency_id: str, proposal_id: int, seen: str, wanted: Draft, services: Services
) -> Proposal:
    """Say what a proposal is called and how it is priced; its options stay.

    Raises:
        NotFound: this agency has no such proposal.
        Invalid: one problem for each field.
        ChangedMeanwhile: somebody changed it after it was seen.
    """
    wrong = []
    if not wanted.title.strip():
        wrong.append(Invalid("this field is required", field="title", code="missing"))
    for name, text, most in (("title", wanted.title, MOST_TITLE), ("greeting", wanted.greeting, MOST_GREETING)):
        if len(text.strip()) > most:
            wrong.append(Invalid("this is too long", field=name, code="too_long"))
    chosen = {"language": LANGUAGES, "currency": SHOWN, "payer": PAYERS}
    for name, allowed in chosen.items():
        if getattr(wanted, name) not in allowed:
            wrong.append(Invalid("choose one of the list", field=name, code="bad_choice"))
    if wanted.currency in SHOWN and wanted.step not in steps_of(wanted.currency):
        wrong.append(Invalid("choose one of the list", field="step", code="bad_step"))
    if wanted.currency in SHOWN and wanted.currency != CHARGED_IN and not services.rates.find_rate(wanted.currency):
        wrong.append(Invalid("no rate of this currency is known", field="currency", code="no_rate"))
    if not 0 <= wanted.markup_bp <= MOST_MARKUP_BP:
        wrong.append(Invalid("a mark-up is between 0 and 1000 %", field="markup", code="bad_markup"))
    if not 0 <= wanted.free_after <= MOST_FREE_AFTER:
        wrong.append(Invalid("between 0 and 99 paid places", field="free_after", code="bad_free_after"))
    if not 1 <= wanted.days_valid <= MOST_DAYS_VALID:
        wrong.append(Invalid("between 1 and 90 days", field="days_valid", code="bad_days_valid"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)

    def change(draft: Draft) -> Draft:
        words = {**wanted.as_json(), "title": wanted.title.strip(), "greeting": wanted.greeting.strip()}
        return Draft.from_json({**words, "options": draft.as_json()["options"]})

    return _change(agency_id, proposal_id, seen, change, services)


def add_option(
    agency_id: str, proposal_id: int, seen: str, name: str, secret: str, services: Services
) -> Proposal:
    """Lay another trip beside the others, by the secret of the link that changes it.

    Raises:
        NotFound: this agency has no such proposal, or no trip has this link.
        Invalid: the name is too long, or there are options enough.
    """
    trip = trips.get_trip_by_secret(secret, may_edit=True)
    return _add(agency_id, proposal_id, seen, name, trip.id, services)


def copy_option(agency_id: str, proposal_id: int, seen: str, key: str, name: str, services: Services) -> Proposal:
    """Lay a copy of an option beside it, with a trip of its own to go on from.

    Raises:
        NotFound: this agency has no such proposal, or that no such option.
        Invalid: the name is too long, or there are options enough.
    """
    draft = draft_of(proposals.get_proposal(agency_id, proposal_id))
    _named(name, draft)
    like = draft.option(key)
    trip = trips.get_trip(like.trip_id)
    version = trips.get_version(trip.id, trip.at)
    copy = begin_trip(version.brief, version.itinerary, services, trip.language)
    return _add(agency_id, proposal_id, seen, name, copy.id, services, like)


def _named(name: str, draft: Draft) -> str:
    if len(name.strip()) > MOST_NAME:
        raise Invalid("this is too long", field="name", code="too_long")
    if len(draft.options) >= MOST_OPTIONS:
        raise Invalid("there are options enough", field="name", code="too_many_options")
    return name.strip()


def _add(
    agency_id: str, proposal_id: int, seen: str, name: str, trip_id: str, services: Services,
    like: Option | None = None,
) -> Proposal:  # fmt: skip
    def change(draft: Draft) -> Draft:
        called = _named(name, draft)
        key = next(key for key in "abcdefgh" if key not in {option.key for option in draft.options})
        option = Option(key, called, trip_id, like.own if like else (), like.markups if like else {})
        return Draft.from_json({**draft.as_json(), "options": [o.as_json() for o in (*draft.options, option)]})

    return _change(agency_id, proposal_id, seen, change, services)


def set_option(
    agency_id: str, proposal_id: int, seen: str, wanted: Option, services: Services
) -> Proposal:
    """Say what an option is called, what the agency adds itself, and the mark-ups of single parts.

    Raises:
        NotFound: this agency has no such proposal, or that no such option.
        Invalid: one problem for each field: `name`, `own_name_1`, `own_net_1`, `own_days_1`, `markup_<key>`.
    """
    wrong = []
    if len(wanted.name.strip()) > MOST_NAME:
        wrong.append(Invalid("this is too long", field="name", code="too_long"))
    for number, item in enumerate(wanted.own, start=1):
        if not item.name:
            wrong.append(Invalid("this field is required", field=f"own_name_{number}", code="missing"))
        elif len(item.name) > MOST_NAME:
            wrong.append(Invalid("this is too long", field=f"own_name_{number}", code="too_long"))
        if not 0 <= item.net <= MOST_OWN_NET:
            wrong.append(Invalid("a sum in whole rupiah", field=f"own_net_{number}", code="bad_sum"))
        if not 0 <= item.free_days <= MOST_FREE_DAYS:
            wrong.append(Invalid("between 0 and 180 days", field=f"own_days_{number}", code="bad_free_days"))
    if len(wanted.own) > MOST_OWN:
        wrong.append(Invalid("there are items enough", field=f"own_name_{MOST_OWN + 1}", code="too_many_items"))
    for key, markup_bp in wanted.markups.items():
        if not 0 <= markup_bp <= MOST_MARKUP_BP:
            wrong.append(Invalid("a mark-up is between 0 and 1000 %", field=f"markup_{key}", code="bad_markup"))
    if wrong:
        raise Invalid("some fields need another look", code="invalid_fields", gathered=wrong)

    def change(draft: Draft) -> Draft:
        draft.option(wanted.key)
        kept = [
            Option(wanted.key, wanted.name.strip(), option.trip_id, wanted.own, wanted.markups)
            if option.key == wanted.key
            else option
            for option in draft.options
        ]
        return Draft.from_json({**draft.as_json(), "options": [option.as_json() for option in kept]})

    return _change(agency_id, proposal_id, seen, change, services)


def drop_option(agency_id: str, proposal_id: int, seen: str, key: str, services: Services) -> Proposal:
    """Take an option away; its trip stays.

    Raises:
        NotFound: this agency has no such proposal, or that no such option.
    """

    def change(draft: Draft) -> Draft:
        draft.option(key)
        left = [option.as_json() for option in draft.options if option.key != key]
        return Draft.from_json({**draft.as_json(), "options": left})

    return _change(agency_id, proposal_id, seen, change, services)
