"""Write a trip for the terminal: what it comes to, then day by day what happens, where to sleep and what it costs."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from planner.design.tables import read_tables
from planner.web import filters, reasons
from planner.web.atlas import shipped

Item = Mapping[str, Any]


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Give the name of each place and hub by its id."""
    held = read_tables()
    return {
        **{row["hub_id"]: row["name"] for row in held.hubs},
        **{row["place_id"]: row["name"] for row in held.places},
    }


def trip_text(trip: Item, number: int, count: int) -> str:
    """Give one itinerary as lines of text."""
    totals = trip["totals"]
    label = _label(trip["label"])
    head = _("Trip %(number)d of %(count)d", number=number, count=count) + (f" - {label}" if label else "")
    facts = [
        ngettext("%(num)d boat", "%(num)d boats", totals["boats"]),
        ngettext("%(num)d flight", "%(num)d flights", totals["flights"]),
        _("%(time)s under way", time=_plain(filters.hours(totals["transit_min"]))),
        _("sea: %(words)s", words=_sea(totals["exposure"]["worst"])),
    ]
    lines = [
        head,
        "=" * len(head),
        _(
            "%(price)s in all, %(each)s for each person; %(share)d %% of it verified, the rest may turn out lower",
            price=_money(totals["price"]),
            each=_money(totals["price_per_person"]),
            share=round(totals["firm_share"] * 100),
        ),
        ", ".join(facts),
    ]
    lines += [f"  - {why}" for why in _why(trip)]
    for day, happenings in _days(trip):
        lines += ["", filters.day(day, "EEE d MMM y")]
        lines += happenings or ["  " + _("a free day")]
    warnings = [rule for rule in trip["rules"] if rule.get("text")]
    if warnings:
        lines += ["", _("Rules")]
        lines += [f"  - {filters.say(rule['text'])} ({rule['rule_id']})" for rule in warnings]
    return "\n".join(lines)


def _why(trip: Item) -> list[str]:
    """Give the reasons of a trip in the reader's language."""
    codes = trip.get("why_codes") or [{}] * len(trip["why"])
    return [
        reasons.say(reasons.WHY, why.get("code", ""), why.get("params", {}), text, shipped())
        for why, text in zip(codes, trip["why"], strict=True)
    ]


def refusal_text(refusal: Item) -> str:
    """Give a refusal as lines of text: what is in the way, and what would help."""
    lines = [_("This brief cannot be met.")]
    atlas = shipped()
    lines += [f"  - {reasons.say_reason(reason, atlas)}" for reason in refusal["reasons"]]
    if refusal["relaxations"]:
        lines += ["", _("What would help")]
        lines += [
            f"  - {reasons.say(reasons.WAYS, way.get('code', ''), way.get('params', {}), way['text'], atlas)}"
            for way in refusal["relaxations"]
        ]
    return "\n".join(lines)


def _days(trip: Item) -> Iterator[tuple[date, list[str]]]:
    """Give each day of the trip with its lines, in order of time."""
    happenings: dict[date, list[tuple[str, str]]] = {}
    beds: dict[date, str] = {}
    for item in trip["items"]:
        day, sort, line = _line(item)
        happenings.setdefault(day, []).append((sort, line))
        if item["kind"] == "stay":
            for night in _nights(item):
                beds[night] = _name(item["place_id"])
    first = min(happenings, default=None)
    if first is None:
        return
    last = max(*happenings, *(_ends_on(item) for item in trip["items"]))
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        lines = [line for _sort, line in sorted(happenings.get(day, []), key=lambda held: held[0])]
        if day in beds and not any(sort == "z" for sort, _line in happenings.get(day, [])):
            lines.append(_columns("", _("night"), beds[day], ""))
        yield day, lines


def _line(item: Item) -> tuple[date, str, str]:
    """Give the day of an item, a key that sorts it within the day, and its line."""
    kind, price = item["kind"], _price(item)
    if kind == "stay":
        count = (date.fromisoformat(item["check_out"]) - date.fromisoformat(item["check_in"])).days
        nights = ngettext("%(num)d night", "%(num)d nights", count)
        house = filters.say(item.get("title")) or _("booked already")
        what = f"{_name(item['place_id'])}: {house}, {nights}"
        return date.fromisoformat(item["check_in"]), "z", _columns("", _("stay"), what, price)
    if kind == "fee":
        what = filters.say(item.get("title") or item["rule_id"])
        return date.fromisoformat(item["on"]), "y", _columns("", _("fee"), what, price)
    if kind == "package":
        starts, ends = datetime.fromisoformat(item["starts"]), datetime.fromisoformat(item["ends"])
        what = filters.say(item.get("title") or item["product_id"])
        return starts.date(), f"{starts:%H:%M}", _columns(_span(starts, ends), _("package"), what, price)
    starts, ends = datetime.fromisoformat(item["departs"]), datetime.fromisoformat(item["arrives"])
    way = (item["from_stop"], item["to_stop"]) if kind == "leg" else (item["from"], item["to"])
    what = f"{_name(way[0])} - {_name(way[1])}"
    return starts.date(), f"{starts:%H:%M}", _columns(_span(starts, ends), _mode(item["mode"]), what, price)


def _columns(when: str, kind: str, what: str, price: str) -> str:
    return f"  {when:<14} {kind:<12} {what:<58} {price:>16}".rstrip()


def _span(starts: datetime, ends: datetime) -> str:
    days = (ends.date() - starts.date()).days
    return f"{filters.clock(starts)}-{filters.clock(ends)}" + (f" +{days}" if days else "")


def _nights(item: Item) -> Iterator[date]:
    day, until = date.fromisoformat(item["check_in"]), date.fromisoformat(item["check_out"])
    while day < until:
        yield day
        day += timedelta(days=1)


def _ends_on(item: Item) -> date:
    for field in ("arrives", "ends"):
        if field in item:
            return datetime.fromisoformat(item[field]).date()
    return date.fromisoformat(item["check_out"] if item["kind"] == "stay" else item["on"])


def _name(place: str) -> str:
    return filters.say(names().get(place, place))


def _money(money: Item) -> str:
    return _plain(filters.money(money))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _price(item: Item) -> str:
    """An estimate says so; what the traveller has booked already costs nothing here."""
    if item.get("booked"):
        return ""
    about = "~ " if item.get("confidence") == "estimated" else ""
    return about + _money(item["price"])


def _sea(band: int) -> str:
    return (_("calm"), _("mostly calm"), _("often rough"), _("rough"))[band]


def _label(label: str) -> str:
    return {
        "best": _("the best for you"),
        "cheapest": _("the cheapest"),
        "least_travel": _("the least travel"),
        "calmest": _("the calmest seas"),
        "greenest": _("the greenest"),
    }.get(label, "")


def _mode(mode: str) -> str:
    return {
        "ferry": _("ferry"),
        "fast_boat": _("fast boat"),
        "public_boat": _("public boat"),
        "ship": _("ship"),
        "flight": _("flight"),
        "bus": _("bus"),
        "shuttle": _("shuttle"),
        "road": _("car"),
        "charter_boat": _("own boat"),
        "walk": _("walk"),
    }.get(mode, mode)
