"""Read an itinerary as people do: a card in a list, days with their parts, a price line by line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.booking.agency_sale import OWN_KIND
from planner.web import chart, filters, modebar, reasons, words
from planner.web.atlas import Atlas, Row

Plan = Mapping[str, Any]
Item = Mapping[str, Any]

NO_PAGE = "none found"
VESSEL_OF = {
    "fast_boat": "fast_boat",
    "public_boat": "fast_boat",
    "charter_boat": "tour_boat",
    "liveaboard": "tour_boat",
}
"""The row of the sea's table for a mode; the others count as ferries."""


def begins(item: Item) -> str:
    """When an item begins, as ISO text: a time, or a day for stays and fees."""
    return str(item.get("departs") or item.get("starts") or item.get("check_in") or item.get("on"))


def ends(item: Item) -> str:
    """When an item ends, as ISO text."""
    return str(item.get("arrives") or item.get("ends") or item.get("check_out") or item.get("on"))


def ends_at(item: Item) -> tuple[str, str]:
    """The two ids that a movement joins."""
    return (
        str(item.get("from_stop") or item.get("from") or item.get("from_place") or ""),
        str(item.get("to_stop") or item.get("to") or item.get("to_place") or ""),
    )


def days_of(plan: Plan) -> list[date]:
    """Every day of the plan, first to last."""
    stamps = [filters.as_date(begins(i)) for i in plan["items"]] + [filters.as_date(ends(i)) for i in plan["items"]]
    for key in ("starts_at", "ends_at"):
        if plan.get(key):
            stamps.append(filters.as_date(plan[key]))
    stamps += [date.fromisoformat(day) for day in plan.get("free_days") or ()]
    first, last = min(stamps), max(stamps)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def night_places(plan: Plan) -> dict[date, Item]:
    """What holds each night: a stay, a package with that night, or a leg under way."""
    held: dict[date, Item] = {}
    for item in plan["items"]:
        if item["kind"] == "fee":
            continue
        first, last = filters.as_date(begins(item)), filters.as_date(ends(item))
        for n in range((last - first).days):
            on = first + timedelta(days=n)
            if on not in held or item["kind"] == "stay":
                held[on] = item
    return held


def provinces_by_day(plan: Plan, atlas: Atlas) -> list[str]:
    """The cloth of each day: where its night is, or where the day ends."""
    nights = night_places(plan)
    moves = [i for i in plan["items"] if i["kind"] in ("leg", "transfer", "package")]
    cloths: list[str] = []
    for on in days_of(plan):
        night = nights.get(on)
        if night:
            where = night.get("place_id") or ends_at(night)[1] or ends_at(night)[0]
        else:
            today = [m for m in moves if filters.as_date(begins(m)) <= on]
            where = ends_at(today[-1])[1] if today else ""
        if not where and cloths:
            cloths.append(cloths[-1])
        else:
            cloths.append(atlas.province(where))
    return cloths


def sleeping_places(plan: Plan) -> list[str]:
    """Where the party sleeps, in order, each once."""
    stays = sorted((i for i in plan["items"] if i["kind"] == "stay"), key=begins)
    packages = [i for i in plan["items"] if i["kind"] == "package" and i.get("nights")]
    names = [(begins(i), str(i["place_id"])) for i in stays] + [(begins(i), str(i.get("to_place"))) for i in packages]
    return list(dict.fromkeys(place for _when, place in sorted(names)))


def title(plan: Plan, atlas: Atlas, most: int = 6) -> str:
    """A trip's name: the places where its nights are."""
    names = [atlas.name(place) for place in sleeping_places(plan)]
    if len(names) > most:
        names = names[: most - 1] + [names[-1]]
    return ", ".join(names) or _("A day trip")


def why(plan: Plan, atlas: Atlas) -> list[str]:
    """Why the plan is as it is, in the reader's language."""
    texts = [str(text) for text in plan.get("why") or ()]
    codes = plan.get("why_codes") or [{"code": "", "params": {}}] * len(texts)
    return [
        reasons.say(reasons.WHY, one["code"], one["params"], text, atlas)
        for one, text in zip(codes, texts, strict=False)
    ]


def remark(plan: Plan, atlas: Atlas) -> str:
    """The one reason that sets a plan apart in a list, or nothing."""
    for one, text in zip(plan.get("why_codes") or (), why(plan, atlas), strict=False):
        if one["code"] in ("cheapest", "least_travel", "calmest", "greenest", "spare_after_rough_sea", "night_before"):
            return text
    return ""


@dataclass
class Card:
    """One result of a list."""

    plan: Plan
    name: str
    cloths: list[tuple[str, int]]
    bar: modebar.ModeBar
    nights: int
    firm: float
    exposure: int
    exposed: str
    back_share: float | None
    here_share: float
    beds: int

    @property
    def days(self) -> int:
        """Days with the first and the last."""
        return len(days_of(self.plan))


def card(plan: Plan, atlas: Atlas, longest: int) -> Card:
    """Make a result's card; `longest` is the number of days of the longest trip in the list."""
    cloths = provinces_by_day(plan, atlas)
    days = days_of(plan)
    bar = modebar.draw(plan["items"], days[0], len(days), longest, cloths)
    totals = plan["totals"]
    nights = {words.PROVINCES.get(k, "bali"): v for k, v in (totals.get("nights") or {}).items() if v}
    total = totals["price"]["amount"] or 1
    worst = int(totals["exposure"]["worst"])
    return Card(
        plan,
        title(plan, atlas),
        list(nights.items()) or [(cloths[-1], 1)],
        bar,
        len(days) - 1,
        float(totals["firm_share"]),
        worst,
        _exposed(plan, atlas, worst),
        back_share(plan, atlas),
        totals["pay_here"]["amount"] / total,
        len(sleeping_places(plan)),
    )


def _exposed(plan: Plan, atlas: Atlas, worst: int) -> str:
    """The sea that makes a trip's worst band, named."""
    for item in plan["items"]:
        if int(item.get("exposure") or 0) == worst and worst and item.get("area_id"):
            return atlas.sea_name(str(item["area_id"]))
    return ""


def back_share(plan: Plan, atlas: Atlas, hours: int = 168) -> float | None:
    """Share of what is sold here that its sellers return when cancelled `hours` ahead; None where none says."""
    groups = {row["fare_group"]: row for row in atlas.tables.fare_groups}
    known = returned = 0.0
    for item in plan["items"]:
        if item["sold"] != "here" or not item["price"]["amount"]:
            continue
        tiers: Any = None
        if item["kind"] == "package" and item.get("product_id") in atlas.products:
            tiers = atlas.products[item["product_id"]]["lintas"].get("cancel_tiers")
        elif item["kind"] == "stay" and item.get("product_id") in atlas.products:
            free = atlas.products[item["product_id"]]["lintas"].get("cancel_free_days")
            tiers = [[24 * int(free or 0), 1.0], [0, 0.0]]
        elif item["kind"] == "leg" and item.get("fare_group") in groups:
            tiers = _tiers(groups[item["fare_group"]], item)
        if tiers is None:
            continue
        share = next((s for h, s in sorted(tiers, reverse=True) if hours >= h), 0.0)
        known += item["price"]["amount"]
        returned += item["price"]["amount"] * share
    return returned / known if known else None


def _tiers(group: Row, item: Item) -> list[list[float]] | None:
    floor = float(group.get("refund_min_ticket_idr") or 0)
    tickets = [q["amount"] for q in item.get("quantity") or ()]
    if tickets and max(tickets) < floor:
        return [[0, 0.0]]
    text = group.get("refund_tiers") or ""
    return json.loads(text) if text else None


@dataclass
class Part:
    """One line of a day."""

    item: Item
    icon: str
    name: str
    facts: list[str]
    details: list[tuple[str, str]]
    quantity: str
    sea: SeaNote | None = None


@dataclass
class SeaNote:
    """How exposed a crossing is, the dates it was closed on in that month of past years, and its year by months."""

    band: int
    strait: str
    month: int
    closures: list[Row]
    vessel: str = ""
    season: list[int] = field(default_factory=list)


@dataclass
class Day:
    """One day of the timeline."""

    number: int
    on: date
    name: str
    cloth: str
    parts: list[Part]
    night: Item | None
    night_number: int
    is_free: bool
    pin: int = 0


def quantity_text(item: Item) -> str:
    """How an item's price is made: `2 adults x IDR 500,000, 1 child x IDR 375,000`."""
    pieces = []
    for q in item.get("quantity") or ():
        what = str(words.QUANTITIES.get(q["what"], q["what"]))
        if q["what"] == "adult":
            what = ngettext("%(num)d adult", "%(num)d adults", q["count"])
        elif q["what"] == "child":
            what = ngettext("%(num)d child", "%(num)d children", q["count"])
        elif q["what"] == "room_night":
            what = ngettext("%(num)d room and night", "%(num)d rooms and nights", q["count"])
        elif q["what"] == "person":
            what = ngettext("%(num)d person", "%(num)d people", q["count"])
        elif q["what"] == "car":
            what = ngettext("%(num)d car", "%(num)d cars", q["count"])
        else:
            what = f"{q['count']} {what}"
        pieces.append(f"{what} × {filters.money(int(q['amount']))}")
    return ", ".join(pieces)


def minutes_of(item: Item) -> int:
    """How long an item takes."""
    return int((datetime.fromisoformat(ends(item)) - datetime.fromisoformat(begins(item))).total_seconds() // 60)


def part_of(item: Item, atlas: Atlas) -> Part:
    """A line of the timeline for anything but a stay."""
    kind = item["kind"]
    facts: list[str] = []
    details: list[tuple[str, str]] = []
    if kind in ("leg", "transfer"):
        start, end = ends_at(item)
        name = _("%(start)s to %(end)s", start=atlas.name(start), end=atlas.name(end))
        if atlas.name(start) == atlas.name(end):
            name = _("%(start)s: between harbour and town", start=atlas.name(start))
        facts = [
            str(words.MODES.get(item["mode"], item["mode"])),
            filters.hours(minutes_of(item)),
            _("arrives %(time)s", time=_arrival(item)),
        ]
        if item.get("check_in_by"):
            facts.append(_("be there by %(time)s", time=filters.clock(item["check_in_by"])))
        icon = words.MODE_ICONS.get(item["mode"], "arrow")
    elif kind == "package":
        name = filters.say(str(item.get("title") or atlas.product_name(item.get("product_id"))))
        facts = [_("Back %(time)s", time=_arrival(item))]
        if item.get("visits"):
            facts.append(", ".join(atlas.name(v) for v in item["visits"]))
        lintas = atlas.products.get(item.get("product_id") or "", {}).get("lintas", {})
        icon = next(
            (words.INTEREST_ICONS[i] for i in lintas.get("interests", ()) if i in words.INTEREST_ICONS), "ticket"
        )
    elif kind == OWN_KIND:
        name, icon, facts = str(item["title"]), "user", [_("From your agency")]
    else:
        rule = atlas.rules.get(item.get("rule_id") or "", {})
        name, icon = filters.say(str(rule.get("name") or item.get("title") or item.get("rule_id"))), "ticket"
        if rule.get("unit"):
            facts = [filters.say(rule["unit"])]
    if item.get("operator") and kind != "fee":
        details.append((_("Run by"), filters.say(str(item["operator"]))))
    if item.get("vessel"):
        vessel = filters.say(str(item["vessel"]))
        if item.get("seats"):
            vessel = _("%(vessel)s, %(seats)s seats", vessel=vessel, seats=item["seats"])
        details.append((_("Vessel"), vessel))
    if item.get("distance_km"):
        details.append((_("Distance"), _("%(km)s km", km=filters.number(item["distance_km"], "#,##0"))))
    if item.get("min_pax") and int(item["min_pax"]) > 1:
        details.append((_("Runs from"), ngettext("%(num)d guest", "%(num)d guests", int(item["min_pax"]))))
    if item.get("confirm"):
        details.append(
            (_("Confirmation"), _("at once") if item["confirm"] == "instant" else _("when the seller has said yes"))
        )
    if item.get("dep_confidence"):
        details.append((_("Clock times"), str(words.SURE.get(item["dep_confidence"], item["dep_confidence"]))))
    year = str(item.get("evidence_year") or "")
    details.append((_("Source"), filters.say(page_of(item)) or _("no page found; our own reasoning")))
    if year or page_of(item):
        details.append((_("Evidence from"), year or _("a page without a year")))
    return Part(item, icon, name, facts, details, quantity_text(item), sea_note(item, atlas))


def _arrival(item: Item) -> str:
    first, last = filters.as_date(begins(item)), filters.as_date(ends(item))
    text = filters.clock(ends(item))
    return text if first == last else f"{text}, {filters.day(last, 'EEE d MMM')}"


def sea_note(item: Item, atlas: Atlas) -> SeaNote | None:
    """The exposure of a crossing; None on sheltered water and on land."""
    level = int(item.get("exposure") or 0)
    area = str(item.get("area_id") or "")
    if not level:
        return None
    month = filters.as_date(begins(item)).month
    if not area and item["kind"] == "leg" and item["mode"] == "flight":
        stop = next((s for s in ends_at(item) if s in ("MOF", "LKA")), "MOF")
        return SeaNote(level, atlas.name(stop), month, atlas.past_closures(stop, month))
    vessel = "tour_boat" if item["kind"] == "package" else VESSEL_OF.get(str(item.get("mode")), "ferry")
    season = [atlas.sea.get((area, number, vessel), -1) for number in range(1, 13)]
    season = season if min(season) >= 0 else []
    return SeaNote(level, atlas.sea_name(area), month, atlas.past_closures(area, month), vessel, season)


def days_view(plan: Plan, atlas: Atlas) -> list[Day]:
    """The timeline: each day with its parts in order of time, its night and its cloth."""
    nights, cloths = night_places(plan), provinces_by_day(plan, atlas)
    free = set(plan.get("free_days") or ())
    order = {"fee": 0}
    out: list[Day] = []
    where = ""
    for number, (on, cloth) in enumerate(zip(days_of(plan), cloths, strict=True), 1):
        mine = [i for i in plan["items"] if i["kind"] != "stay" and filters.as_date(begins(i)) == on]
        timed = sorted((i for i in mine if i["kind"] != "fee"), key=begins)
        fees = [i for i in mine if i["kind"] == "fee"]
        parts = [part_of(i, atlas) for i in timed + sorted(fees, key=lambda i: order.get(i["kind"], 1))]
        night = nights.get(on)
        here = str((night or {}).get("place_id") or (ends_at(night)[1] if night else "") or "")
        start = where or (ends_at(timed[0])[0] if timed else "")
        if not here and timed:
            here = ends_at(timed[-1])[1]
        a, b = atlas.name(atlas.town(start)), atlas.name(atlas.town(here)) if here else ""
        name = b if not a or a == b or not where else _("%(start)s to %(end)s", start=a, end=b) if b else a
        first_night = filters.as_date(begins(night)) if night else on
        out.append(Day(number, on, name or a, cloth, parts, night, (on - first_night).days + 1, on.isoformat() in free))
        where = here or where
    return out


def night_words(day: Day, atlas: Atlas) -> str:
    """Where a day's night is spent; empty on the last day."""
    night = day.night or {}
    if night.get("kind") == "stay":
        return _("Night: %(where)s", where=stay_name(night, atlas))
    if night.get("kind") == "package":
        return _("Night within the tour") + ": " + filters.say(str(night.get("title") or ""))
    return _("Night under way") if night else ""


def charts(plan: Plan, atlas: Atlas, columns: int) -> list[chart.Chart]:
    """The map of a trip, whole or wrapped into columns."""
    first = days_of(plan)[0]
    stops: dict[str, list[int]] = {}
    events: list[tuple[str, str, list[int]]] = []
    for item in plan["items"]:
        if item["kind"] == "stay":
            start, end = filters.as_date(item["check_in"]), filters.as_date(item["check_out"])
            events.append(
                (
                    f"{item['check_in']}T23:00",
                    item["place_id"],
                    [(start - first).days + 1 + n for n in range((end - start).days)],
                )
            )
        elif item["kind"] == "package":
            start, end = filters.as_date(begins(item)), filters.as_date(ends(item))
            span = [(start - first).days + 1 + n for n in range((end - start).days + 1)]
            for place in [*item.get("visits", ()), item.get("to_place")]:
                if place in atlas.places:
                    events.append((begins(item)[:16], str(place), span))
    for _when, place, span in sorted(events, key=lambda e: e[0]):
        stops.setdefault(place, []).extend(d for d in span if d not in stops.get(place, []))
    named = [(place, atlas.name(place), atlas.point(place), sorted(days)) for place, days in stops.items()]
    moves: list[tuple[str, chart.Point, chart.Point]] = []
    for item in sorted((i for i in plan["items"] if i["kind"] in ("leg", "transfer", "package")), key=begins):
        chain = [ends_at(item)[0], *(item.get("visits") or () if item["kind"] == "package" else ()), ends_at(item)[1]]
        mode = item.get("mode") or ("charter_boat" if item.get("area_id") else "road")
        points = [p for p in (atlas.point(stop) for stop in dict.fromkeys(chain)) if p]
        if item["kind"] == "package" and len(points) > 1 and chain[0] == chain[-1]:
            points.append(points[0])
        moves += [(mode, a, b) for a, b in pairwise(points)]
    placed = [(place, name, point, days) for place, name, point, days in named if point]
    return chart.draw(placed, moves, columns)


@dataclass
class Line:
    """One line of the price."""

    name: str
    when: str
    how: str
    basis: str
    low: int
    high: int
    sold: str
    sure: str
    source: str
    year: str


@dataclass
class Group:
    """Lines of one kind with their sums."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def high(self) -> int:
        """Sum of the high ends."""
        return sum(line.high for line in self.lines)


def breakdown(plan: Plan, atlas: Atlas) -> list[Group]:
    """The price line by line, grouped by kind; nothing that costs is left out."""
    groups: dict[str, Group] = {}
    for item in plan["items"]:
        if not item["price"]["amount"] and not item.get("booked"):
            continue
        kind = item["kind"]
        group = groups.setdefault(kind, Group(str(words.KINDS[kind])))
        name = stay_name(item, atlas) if kind == "stay" else part_of(item, atlas).name
        low = (item.get("price_low") or item["price"])["amount"]
        group.lines.append(
            Line(
                name,
                filters.day(begins(item), "d MMM"),
                quantity_text(item),
                str(words.BASES.get(item.get("basis") or "", "")),
                int(low),
                int(item["price"]["amount"]),
                str(item["sold"]),
                str(item.get("confidence") or "estimated"),
                page_of(item),
                str(item.get("evidence_year") or ""),
            )
        )
    return [groups[kind] for kind in ("leg", "transfer", "package", "stay", "fee") if kind in groups]


def stay_name(item: Item, atlas: Atlas) -> str:
    """A stay in words: `Ubud, guesthouse, 2 nights`."""
    count = int(item.get("nights") or (filters.as_date(ends(item)) - filters.as_date(begins(item))).days)
    nights = ngettext("%(num)d night", "%(num)d nights", count)
    where = atlas.name(item["place_id"])
    if item.get("booked"):
        return _("%(place)s, already booked, %(nights)s", place=where, nights=nights)
    return f"{where}, {filters.say(str(item.get('type') or ''))}, {nights}"


def page_of(item: Item) -> str:
    """The page or shop that a price was read from, or nothing where we reckoned it."""
    source = str(item.get("source") or "")
    return "" if source.startswith(NO_PAGE) else source


@dataclass
class Origin:
    """Where a plan's prices come from: how many pages, of which years, and the share that we reckoned without one."""

    pages: int
    first: int | None
    last: int | None
    undated: int
    reckoned: float


def origin(plan: Plan) -> Origin:
    """Gather where the prices of a plan come from and how old they are; pages without a year count as undated."""
    years: dict[str, set[int]] = {}
    reckoned = total = 0
    for item in plan["items"]:
        amount = int(item["price"]["amount"])
        total += amount
        source, year = page_of(item), str(item.get("evidence_year") or "")
        if amount and source:
            years.setdefault(source, set()).update({int(year)} if year.isdigit() else ())
        elif amount:
            reckoned += amount
    known = [year for found in years.values() for year in found]
    undated = sum(not found for found in years.values())
    return Origin(len(years), min(known, default=None), max(known, default=None), undated, reckoned / (total or 1))


def shares(plan: Plan) -> dict[str, float]:
    """Share of the price by how sure it is."""
    sums: Counter[str] = Counter()
    for item in plan["items"]:
        sums[str(item.get("confidence") or "estimated")] += item["price"]["amount"]
    total = sum(sums.values()) or 1
    return {key: sums[key] / total for key in ("verified", "typical", "estimated")}


def sums_by_seller(plan: Plan) -> dict[str, int]:
    """What is sold here, what the traveller arranges, what is paid on the spot."""
    sums: Counter[str] = Counter()
    for item in plan["items"]:
        sums[str(item["sold"])] += item["price"]["amount"]
    return {key: sums[key] for key in ("here", "self", "on_spot")}


def exposures(plan: Plan, atlas: Atlas) -> list[SeaNote]:
    """Each exposed sea of a trip once for each kind of vessel that crosses it, worst first."""
    found: dict[tuple[str, int, str, int], SeaNote] = {}
    for item in plan["items"]:
        note = sea_note(item, atlas)
        if note:
            found.setdefault((note.strait, note.month, note.vessel, note.band), note)
    return sorted(found.values(), key=lambda note: -note.band)
