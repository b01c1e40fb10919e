"""Read a planned trip for paper: title, map, days, prices, whom to call, rules and sources; in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from planner.store import claims
from planner.values.times import WITA
from planner.web import filters, map_picture, trip_view, words
from planner.web.atlas import Atlas
from planner.web.services import services

Item = Mapping[str, Any]
PRESSING = ("needs_filing", "needs_paper", "warning", "warned")
NO_PAGE = "none found"
SOCIAL_ASPECT = 1200 / 320
"""Breadth to height of the map in the picture that other sites show."""


def trip_sheet(plan: Mapping[str, Any], brief: Mapping[str, Any], atlas: Atlas, address: str) -> dict[str, Any]:
    """Everything that the template `trip.typ` draws; `address` leads to the trip's page."""
    totals, days = plan["totals"], trip_view.days_view(plan, atlas)
    now = services().clock.now().astimezone(WITA)
    return {
        "language": filters.language(),
        "title": trip_view.title(plan, atlas),
        "about": about(plan, brief, atlas),
        "standing": _(
            "A plan, not a booking: nothing is held and nothing is paid. Written %(day)s, %(time)s WITA.",
            day=filters.full_day(now.date()),
            time=filters.clock(now),
        ),
        "zone": _("All times are local: WITA, UTC+8 (Asia/Makassar)."),
        "address": address,
        "map": _map(plan, atlas),
        "cloths": {name: {"picture": _picture(f"selvedge-{name}.svg")} for name in sorted({day.cloth for day in days})},
        "band": {"picture": _picture("band-lintas.svg")},
        "facts": _facts(plan, totals),
        "days": [_day(day, atlas) for day in days],
        "prices": _prices(plan, atlas),
        "contacts": contacts(plan, atlas),
        "rules": _rules(plan, atlas),
        "sources": _sources(plan, atlas),
        "words": _words(totals),
    }


def about(plan: Mapping[str, Any], brief: Mapping[str, Any], atlas: Atlas) -> str:
    """Dates, days, who travels, and where the trip begins and ends, in one line."""
    span, party = trip_view.days_of(plan), brief["party"]
    said = [
        filters.span(span[0], span[-1]),
        ngettext("%(num)d day", "%(num)d days", len(span)),
        ngettext("%(num)d adult", "%(num)d adults", party["adults"]),
    ]
    if party.get("children"):
        said.append(ngettext("%(num)d child", "%(num)d children", len(party["children"])))
    start, end = atlas.name(brief["entry"]["hub"]), atlas.name(brief["exit"]["hub"])
    way = _("%(place)s in and out", place=start) if start == end else _("%(start)s to %(end)s", start=start, end=end)
    return f"{', '.join(said)}. {way}."


def _map(plan: Mapping[str, Any], atlas: Atlas) -> dict[str, str]:
    drawn = trip_view.charts(plan, atlas, 1)
    if not drawn:
        return {}
    stops = ", ".join(f"{pin.number} {pin.name}" for pin in drawn[0].pins)
    return {
        "picture": map_picture.draw(drawn[0], map_picture.PAPER, _pictures()),
        "alt": _("Map of the trip with its stops in order of travel: %(stops)s.", stops=stops),
        "key": _("Long stitches: boat. Short: road. Dots: flight. Stops are numbered in order of travel."),
    }


def _pictures() -> Path:
    return Path(str(current_app.static_folder)) / "img"


def _picture(name: str) -> str:
    return (_pictures() / name).read_text(encoding="utf-8")


def _facts(plan: Mapping[str, Any], totals: Mapping[str, Any]) -> list[dict[str, str]]:
    sums = trip_view.sums_by_seller(plan)
    facts = [
        (_("A person"), _("about %(amount)s", amount=filters.rounded_money(totals["price_per_person"]))),
        (_("Whole trip"), filters.money(totals["price"])),
        (str(words.SOLD["here"]), filters.money(sums["here"])),
        (str(words.SOLD["self"]), filters.money(sums["self"])),
        (str(words.SOLD["on_spot"]), filters.money(sums["on_spot"])),
        (_("On the move"), filters.hours(totals["transit_min"])),
    ]
    return [{"name": name, "text": text} for name, text in facts]


def _day(day: trip_view.Day, atlas: Atlas) -> dict[str, Any]:
    return {
        "title": _("Day %(n)d, %(date)s", n=day.number, date=filters.day(day.on)),
        "name": day.name,
        "cloth": day.cloth,
        "parts": [_part(part, atlas) for part in day.parts],
        "free": _("Free day.") if day.is_free else "",
        "night": trip_view.night_words(day, atlas),
    }


def _part(part: trip_view.Part, atlas: Atlas) -> dict[str, Any]:
    item = part.item
    sea = ""
    if part.sea and part.sea.band > 1:
        sea = f"{part.sea.strait}, {filters.month(part.sea.month, 'MMMM')}: {words.EXPOSURES[part.sea.band]}"
    return {
        "time": "" if item["kind"] == "fee" else filters.clock(trip_view.begins(item)),
        "name": part.name,
        "facts": ", ".join(part.facts),
        "amount": amount(item),
        "sure": sure(item) if item["price"]["amount"] else "",
        "is_guess": item.get("confidence") not in ("verified", "typical"),
        "sea": sea,
        "sold": str(words.SOLD.get(str(item["sold"]), "")) if item["price"]["amount"] else "",
    }


def amount(item: Item) -> str:
    """A price as sure as it is: an estimate begins with *about*."""
    high = item["price"]
    if not high["amount"]:
        return _("included")
    if item.get("confidence") in ("verified", "typical"):
        return filters.money(high)
    return _("about %(amount)s", amount=filters.money(high))


def sure(item: Item) -> str:
    """How sure a price is, in words."""
    return str(words.SURE.get(str(item.get("confidence")), words.SURE["estimated"]))


def _prices(plan: Mapping[str, Any], atlas: Atlas) -> list[dict[str, Any]]:
    return [
        {
            "name": group.name,
            "sum": filters.money(group.high, False),
            "lines": [
                {
                    "name": line.name,
                    "when": line.when,
                    "how": f"{line.how} {line.basis}".strip(),
                    "sold": str(words.SOLD.get(line.sold, line.sold)),
                    "sure": str(words.SURE.get(line.sure, words.SURE["estimated"])),
                    "low": filters.money(line.low, False),
                    "high": filters.money(line.high, False),
                }
                for line in group.lines
            ],
        }
        for group in trip_view.breakdown(plan, atlas)
    ]


def contacts(plan: Mapping[str, Any], atlas: Atlas) -> list[dict[str, Any]]:
    """Who runs the parts, gathered by how they are reached; where nobody is known yet it says so."""
    found: dict[str, dict[str, list[str]]] = {}
    for item in sorted((i for i in plan["items"] if i["kind"] != "fee"), key=trip_view.begins):
        if item["kind"] == "transfer" and not item["price"]["amount"]:
            continue
        who, how = _seller(item, atlas)
        parts = found.setdefault(how, {}).setdefault(who, [])
        if name_of(item, atlas) not in parts:
            parts.append(name_of(item, atlas))
    return [
        {"reached": how, "sellers": [{"name": who, "parts": "; ".join(parts)} for who, parts in sellers.items()]}
        for how, sellers in found.items()
    ]


def name_of(item: Item, atlas: Atlas) -> str:
    """An item in words."""
    return trip_view.stay_name(item, atlas) if item["kind"] == "stay" else trip_view.part_of(item, atlas).name


def _seller(item: Item, atlas: Atlas) -> tuple[str, str]:
    """Who runs a part and how to reach it: a phone or an address only of suppliers that we have checked."""
    name = filters.say(str(item.get("operator") or ""))
    name = name[:1].upper() + name[1:]
    if item.get("booked"):
        return _("Your own booking"), _("See your own papers.")
    if item["kind"] in ("leg", "transfer") and is_any_carrier(item):
        name = _("The carrier on your ticket")
    product = atlas.products.get(str(item.get("product_id") or ""), {})
    claim = claims.find_claim(str(product.get("supplierId") or "")) if product else None
    if claim is not None and claim.approved_at is not None:
        return name, ", ".join(one for one in (claim.phone, claim.email) if one)
    if product:
        return name, _("A placeholder: no operator has taken this name yet, so there is nobody to call.")
    return name, _("We hold no number for it: ask at its counter.")


def is_any_carrier(item: Item) -> bool:
    """Tell whether a way is run by several carriers, so that the ticket alone names it."""
    name = str(item.get("operator") or "")
    return not name or name.startswith("several")


def _rules(plan: Mapping[str, Any], atlas: Atlas) -> list[dict[str, str]]:
    """Rules and papers, what the traveller must do first."""
    rules = sorted(plan.get("rules") or (), key=lambda rule: rule.get("verdict") not in PRESSING)
    said = []
    for rule in rules:
        row: Mapping[str, str] = atlas.rules.get(str(rule["rule_id"]), {})
        verdict = str(rule.get("verdict") or "")
        said.append({
            "name": filters.say(row.get("name") or str(rule["rule_id"])),
            "asks": str(words.VERDICTS.get(verdict, verdict)),
            "text": filters.say(str(rule.get("text") or row.get("rule_text") or "")),
            "sure": str(words.SURE.get(row.get("confidence", ""), words.SURE["estimated"])),
        })  # fmt: skip
    return said


def _sources(plan: Mapping[str, Any], atlas: Atlas) -> list[dict[str, Any]]:
    """Each source once, with what it stands for."""
    found: dict[str, list[str]] = {}
    for item in plan["items"]:
        for source in _split(str(item.get("source") or "")):
            found.setdefault(source, []).append(name_of(item, atlas))
    for rule in plan.get("rules") or ():
        row: Mapping[str, str] = atlas.rules.get(str(rule["rule_id"]), {})
        for source in _split(str(rule.get("source") or row.get("source") or "")):
            found.setdefault(source, []).append(filters.say(row.get("name") or str(rule["rule_id"])))
    unknown = _("No page found; our own reasoning")
    listed = sorted(found, key=lambda source: (source == "", not source.startswith("http"), source))
    return [
        {
            "name": _host(source) if source.startswith("http") else filters.say(source) or unknown,
            "link": source if source.startswith("http") else "",
            "parts": "; ".join(dict.fromkeys(found[source])),
        }
        for source in listed
    ]


def _split(text: str) -> Iterable[str]:
    return ["" if part.startswith(NO_PAGE) else part for part in text.split(" | ")] if text else [""]


def _host(link: str) -> str:
    return link.split("//", 1)[1].split("/", 1)[0]


def _words(totals: Mapping[str, Any]) -> dict[str, str]:
    """What the template says beside the data."""
    return {
        "days": _("Day by day"),
        "prices": _("The price line by line"),
        "counted": _("For the whole party, in rupiah. The total counts the high end."),
        "estimates": _("Estimates are the high end of what we reckon. They are not offers."),
        "what": _("What"),
        "how": _("How it is counted"),
        "who": _("Who is paid"),
        "sure": _("How sure"),
        "low": _("From"),
        "high": _("Counted"),
        "total": _("Whole trip, %(share)s firm", share=filters.percent(totals["firm_share"])),
        "sum": filters.money(totals["price"], False),
        "contacts": _("Whom to call"),
        "rules": _("Rules and papers"),
        "no_rules": _("No rule stood in the way."),
        "sources": _("Sources"),
        "sea": _(
            "Coastline: GSHHG (Wessel and Smith 1996), LGPL. Places: GeoNames, CC BY 4.0."
            " Times are local, WITA (UTC+8)."
        ),
        "page": _("Page"),
        "online": _("The plan as it is now"),
    }


def picture_sheet(plan: Mapping[str, Any], atlas: Atlas) -> dict[str, Any]:
    """What the template `social.typ` draws: the trip's name, its days and its map on the night ground."""
    drawn = trip_view.charts(plan, atlas, 1)
    span = trip_view.days_of(plan)
    return {
        "language": filters.language(),
        "title": trip_view.title(plan, atlas),
        "about": f"{filters.span(span[0], span[-1])}, {ngettext('%(num)d day', '%(num)d days', len(span))}",
        "line": _("Boats, flights, roads and beds in one plan."),
        "map": {"picture": map_picture.draw(drawn[0], map_picture.NIGHT, _pictures(), SOCIAL_ASPECT)} if drawn else {},
        "word": {"picture": _picture("wordmark-night.svg")},
        "band": {"picture": _picture("band-lintas.svg")},
    }
