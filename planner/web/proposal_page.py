"""Write what a client reads of a proposal: the page and its PDF twin, frozen as they are sent. No price of ours in it.

    offers (priced) --> sheet_of: days, nights, boats, what is in, what is not --> proposal/document.html  (page)
                                                                              --> proposal/proposal.typ   (PDF)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from planner.booking.payment import payment_plans
from planner.booking.quote import Line
from planner.flow.draft_proposal import CLIENT
from planner.flow.price_proposal import Offer
from planner.values.rates import Rate
from planner.web import chart, filters, map_picture, trip_view, typeset, words
from planner.web.atlas import Atlas, in_service
from planner.web.currency import reckoned_at
from planner.web.logos import drawn_logo
from planner.web.refund_words import moment, refund_words
from planner.web.services import services
from planner.web.vouchers import what_of

FOLDER = "proposal"


@dataclass(frozen=True)
class Night:
    """Where somebody sleeps, from when until when."""

    house: str
    place: str
    kind: str
    first: date
    last: date
    nights: int


@dataclass(frozen=True)
class Included:
    """Something that the price holds, and what is paid back of it."""

    what: str
    name: str
    on: date
    refund: tuple[str, ...]


@dataclass(frozen=True)
class OptionSheet:
    """An option in words: what a client compares, and each day of it."""

    key: str
    name: str
    route: str
    span: tuple[date, date]
    party: str
    total: Mapping[str, Any]
    each: Mapping[str, Any]
    alone: Mapping[str, Any]
    due: int
    paying: int
    heads: int
    facts: tuple[str, ...]
    days: tuple[trip_view.Day, ...]
    nights: tuple[Night, ...]
    charts: tuple[chart.Chart, ...]
    narrow: tuple[chart.Chart, ...]
    weft: tuple[tuple[str, int], ...]
    included: tuple[Included, ...]
    on_spot: tuple[tuple[str, int], ...]
    own: tuple[str, ...]
    seas: tuple[trip_view.SeaNote, ...]
    slabs: tuple[tuple[int, Mapping[str, Any]], ...]
    """How many travel, and what each who pays would pay then."""
    deposit: int
    balance: int
    balance_on: date | None


def sheet_of(offer: Offer, public: Mapping[str, Any], today: date, atlas: Atlas) -> OptionSheet:
    """Read one option as its client does."""
    plan, price, shown = offer.itinerary, offer.price, offer.shown_quote()
    seen = [line for line in shown.lines if line.is_charged]
    span = trip_view.days_of(plan)
    plans = payment_plans(price.due, shown.starts_at.date(), today)
    deposit = plans[-1] if public["payer"] == CLIENT and len(plans) > 1 else None
    return OptionSheet(
        key=offer.option.key,
        name=offer.option.name,
        route=trip_view.title(plan, atlas),
        span=(span[0], span[-1]),
        party=_party(offer),
        total=price.total.as_json(),
        each=price.each.as_json(),
        alone=price.alone.as_json(),
        due=price.due,
        paying=price.paying,
        heads=price.heads,
        facts=_facts(plan, len(span)),
        days=tuple(trip_view.days_view(plan, atlas)),
        nights=_nights(plan, atlas),
        charts=tuple(trip_view.charts(plan, atlas, 1)),
        narrow=tuple(trip_view.charts(plan, atlas, 2)),
        weft=tuple((name.lower(), int(count)) for name, count in plan["totals"]["nights"].items() if count),
        included=tuple(_included(line, atlas) for line in seen),
        on_spot=tuple((_named(line.item, atlas)[1], line.price) for line in shown.lines if line.way == "on_spot"),
        own=tuple(_named(line.item, atlas)[1] for line in shown.lines if line.way == "self"),
        seas=tuple(trip_view.exposures(plan, atlas)),
        slabs=tuple((slab.heads, slab.price.each.as_json()) for slab in offer.slabs if slab.price),
        deposit=deposit.now if deposit else 0,
        balance=deposit.balance if deposit else 0,
        balance_on=deposit.due_on if deposit else None,
    )


def _party(offer: Offer) -> str:
    party = offer.quote.party
    said = [ngettext("%(num)d adult", "%(num)d adults", party.adults)]
    if party.children:
        said.append(ngettext("%(num)d child", "%(num)d children", len(party.children)))
    said.append(ngettext("%(num)d room", "%(num)d rooms", party.rooms))
    return ", ".join(said)


def _facts(plan: Mapping[str, Any], days: int) -> tuple[str, ...]:
    totals = plan["totals"]
    return (
        ngettext("%(num)d day", "%(num)d days", days),
        ngettext("%(num)d boat", "%(num)d boats", totals["boats"]),
        ngettext("%(num)d flight", "%(num)d flights", totals["flights"]),
        _("%(hours)s on the move", hours=filters.hours(totals["transit_min"])),
    )


def _nights(plan: Mapping[str, Any], atlas: Atlas) -> tuple[Night, ...]:
    found = []
    for item in plan["items"]:
        if item["kind"] != "stay":
            continue
        first, last = filters.as_date(item["check_in"]), filters.as_date(item["check_out"])
        house, kind = "", _("booked by you")
        if not item.get("booked"):
            house, kind = _named(item, atlas)[1], filters.say(str(item.get("type") or ""))
        found.append(Night(house, atlas.name(item["place_id"]), kind, first, last, (last - first).days))
    return tuple(found)


def _included(line: Line, atlas: Atlas) -> Included:
    what, name = _named(line.item, atlas)
    return Included(what, name, line.starts_at.date(), tuple(refund_words(line)))


def _named(item: Mapping[str, Any], atlas: Atlas) -> tuple[str, str]:
    what, name = what_of(item, atlas)
    if item["kind"] == "stay" and not item.get("booked"):
        name = filters.say(str(item.get("title") or atlas.product_name(item["product_id"])))
    return what, name


def draw(public: Mapping[str, Any], offers: Sequence[Offer], address: str) -> tuple[bytes, bytes]:
    """Return the page and the paper of a proposal in its client's language; `address` is its secret link."""
    with force_locale(str(public["language"])):
        facts = _read(public, offers)
        document = render_template("proposal/document.html", **facts).encode()
        return document, typeset.pdf("proposal", _paper(facts, address), folder=FOLDER)


def preview(public: Mapping[str, Any], offers: Sequence[Offer]) -> str:
    """Return the page as it would be sent now."""
    with force_locale(str(public["language"])):
        return render_template("proposal/document.html", **_read(public, offers))


def _read(public: Mapping[str, Any], offers: Sequence[Offer]) -> dict[str, Any]:
    atlas, today = in_service(), services().clock.today()
    until = datetime.fromisoformat(public["valid_until"])
    return {
        "public": public,
        "agency": public["agency"],
        "sheets": [sheet_of(offer, public, today, atlas) for offer in offers],
        "atlas": atlas,
        "words": words,
        "today": today,
        "until": moment(until),
        "rate_words": reckoned_at(Rate.from_json(public["rate"])) if public["rate"] else "",
        "stay_name": trip_view.stay_name,
    }


def _paper(facts: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return what the PDF is set from: words alone."""
    public, agency = facts["public"], facts["agency"]
    atlas = facts["atlas"]
    return {
        "language": public["language"],
        "title": public["title"],
        "greeting": public["greeting"],
        "agency": {
            "name": agency["name"],
            "logo": {"picture": drawn_logo(str(agency["logo"]))[0] if agency["logo"] else ""},
        },
        "reach": " · ".join(
            filter(None, (_("Licence %(number)s", number=agency["licence"]), agency["phone"], agency["email"]))
        ),
        "version": _version(facts),
        "address": address,
        "options": [_paper_option(sheet, atlas) for sheet in facts["sheets"]],
        "terms": public["terms"],
        "rate": facts["rate_words"],
        "words": {
            "online": _("Answer online"),
            "nights": _("Where you sleep"),
            "included": _("In the price"),
            "refund": _("If you cancel"),
            "spot": _("Paid on the spot"),
            "own": _("You arrange it"),
            "terms": _("Terms of %(agency)s", agency=agency["name"]),
            "days": _("Day by day"),
            "each": _("Each who pays"),
            "total": _("In all"),
            "alone": _("A room alone, more"),
            "slabs": _("Each who pays, by how many travel"),
            "charged": _("Charged in rupiah"),
            "sea": _("What can move"),
            "page": _("Page"),
            "options": _("Your options"),
            "made": _("Made with Lintas. Coastline GSHHG, LGPL. Places GeoNames, CC BY 4.0."),
            "alt": _("Map of the trip"),
        },
    }  # fmt: skip


def _version(facts: Mapping[str, Any]) -> str:
    return _(
        "Version %(number)d of %(day)s, valid until %(until)s WITA",
        number=facts["public"]["number"], day=filters.full_day(facts["today"]), until=facts["until"],
    )  # fmt: skip


def _paper_option(sheet: OptionSheet, atlas: Atlas) -> dict[str, Any]:
    pictures = Path(str(current_app.static_folder)) / "img"
    drawn = map_picture.draw(sheet.charts[0], map_picture.PAPER, pictures) if sheet.charts else ""
    return {
        "name": sheet.name or sheet.route,
        "route": sheet.route if sheet.name else "",
        "when": f"{filters.span(*sheet.span)}. {sheet.party}.",
        "facts": " · ".join(sheet.facts),
        "picture": drawn,
        "each": filters.money(sheet.each),
        "total": filters.money(sheet.total),
        "alone": filters.money(sheet.alone) if sheet.alone["amount"] else "",
        "due": filters.money(sheet.due),
        "paying": paying_words(sheet),
        "deposit": deposit_words(sheet),
        "slabs": [f"{people_words(heads)}: {filters.money(each)}" for heads, each in sheet.slabs],
        "days": [_paper_day(day, atlas) for day in sheet.days],
        "nights": [
            {"name": night.house or night.place, "facts": ", ".join(filter(None, (night.place, night.kind))),
             "when": filters.span(night.first, night.last)}
            for night in sheet.nights
        ],
        "included": [
            {"name": one.name, "what": f"{one.what}, {filters.day(one.on)}", "refund": " ".join(one.refund)}
            for one in sheet.included
        ],
        "spot": [f"{name}: {filters.money(amount)}" for name, amount in sheet.on_spot if amount],
        "own": list(sheet.own),
        "seas": [sea_words(note) for note in sheet.seas if note.band > 1],
    }  # fmt: skip


def paying_words(sheet: OptionSheet) -> str:
    """Say how many pay, where not all do."""
    if sheet.paying == sheet.heads:
        return ""
    return _("%(paying)d of %(heads)d pay; the others travel free.", paying=sheet.paying, heads=sheet.heads)


def deposit_words(sheet: OptionSheet) -> str:
    """Say how it may be paid in two parts."""
    if sheet.balance_on is None:
        return ""
    return _(
        "At once, or %(deposit)s now and %(balance)s by %(day)s.", deposit=filters.money(sheet.deposit),
        balance=filters.money(sheet.balance), day=filters.full_day(sheet.balance_on),
    )  # fmt: skip


def people_words(heads: int) -> str:
    """Say how many travel."""
    return ngettext("%(num)d person", "%(num)d people", heads)


def sea_words(note: trip_view.SeaNote) -> str:
    """Say how exposed a crossing is, in its month."""
    month = filters.month(note.month, "MMMM")
    return f"{note.strait}, {month}: {words.EXPOSURES[note.band]}"


def _paper_day(day: trip_view.Day, atlas: Atlas) -> dict[str, Any]:
    return {
        "title": _("Day %(n)d, %(date)s", n=day.number, date=filters.day(day.on)),
        "name": day.name,
        "parts": [
            {"time": filters.clock(trip_view.begins(part.item)) if part.item["kind"] != "fee" else "",
             "name": part.name, "facts": ", ".join(part.facts)}
            for part in day.parts
        ],
        "free": _("Free day.") if day.is_free else "",
        "night": trip_view.night_words(day, atlas),
    }  # fmt: skip
