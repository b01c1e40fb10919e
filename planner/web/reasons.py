"""Say the planner's reasons, refusals and relaxations in the reader's language, from their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.dates import get_day_names
from flask_babel import lazy_gettext as _l

from planner.web import filters, words
from planner.web.atlas import Atlas

Word = Any

WHY: dict[str, Word] = {
    "day_trip": _l("A day trip with %(hours)s h on the move."),
    "order": _l("The nights in this order, %(places)s, join on these dates with %(hours)s h on the move."),
    "runs_on_few_days": _l("%(from)s to %(to)s runs only on %(days)s that week; the nights before it fit that."),
    "spare_after_rough_sea": _l(
        "%(hours)s h lie between the last exposed crossing and the way home, in case it does not sail."
    ),
    "night_before": _l("The night before “%(package)s” is spent in %(place)s, so that a late arrival costs nothing."),
    "cheapest": _l("The cheapest of those found: %(saved)s less than the best balance."),
    "least_travel": _l("The least travel of those found: %(hours)s h less on the move than the best balance."),
    "calmest": _l("The calmest crossings of those found."),
    "greenest": _l("The least CO₂ of those found: %(co2_kg)s kg for the party."),
    "left_out": _l("%(place)s was left out: with it the rest would cost more time or money than it adds."),
}
REASONS: dict[str, Word] = {
    "closed_on_arrival": _l("%(hub)s is shut from %(from)s to %(until)s: nobody can arrive."),
    "closed_on_departure": _l("%(hub)s is shut from %(from)s to %(until)s: nobody can leave."),
    "over_budget": _l("The cheapest plan found costs %(cheapest)s; the budget is %(budget)s."),
    "pins_do_not_fit": _l("What is pinned cannot be kept together with the rest of the wishes."),
    "no_order_fits": _l("No order of these wishes fits the timetables, seasons and rules between the two times given."),
    "no_bed": _l("Nobody can sleep in %(place)s on these dates."),
    "party_too_big_or_young": _l("Nothing that visits %(place)s takes this party."),
    "not_on_these_dates": _l("Nothing that visits %(place)s runs on these dates, and nobody can sleep there."),
    "cannot_be_reached": _l("%(place)s cannot be reached with the modes allowed."),
    "too_far": _l("%(place)s there and back takes at least %(hours)s h."),
    "package_party": _l("“%(package)s” takes at most %(most)s guests of %(age)s years and more."),
    "package_mode": _l("“%(package)s” uses a mode that is avoided."),
    "package_avoid": _l("“%(package)s” visits a place that is avoided."),
    "package_dates": _l("“%(package)s” does not start on these dates, or bookings have closed."),
    "more_nights_than_days": _l("%(wanted)s nights are asked for, the trip has %(nights)s."),
    "booked_against_nights": _l("More nights are booked in %(place)s than wanted."),
    "booked_against_avoid": _l("%(place)s is booked and to be avoided."),
    "exit_cannot_be_reached": _l("%(hub)s cannot be reached with the modes allowed."),
    "too_little_time": _l("The wishes take at least %(hours)s h under way; the trip has %(available)s h."),
    "too_short": _l("In %(available)s h no night and no tour fits."),
}
WAYS: dict[str, Word] = {
    "more_money": _l("With a budget of %(amount)s it is possible"),
    "without_pins": _l("Without what is pinned it is possible"),
    "without_place": _l("Without %(place)s it is possible"),
    "without_package": _l("Without “%(package)s” it is possible"),
    "without_these": _l("Without %(names)s it is possible"),
    "allow_mode": _l("With this allowed it is possible: %(mode)s"),
    "free_nights": _l("With any number of nights in %(place)s it is possible"),
    "simpler_stays": _l("With simple stays it is possible"),
    "fuller_days": _l("With fuller days it is possible"),
    "all_islands": _l("With all islands it is possible"),
    "avoid_nothing": _l("With no place avoided it is possible"),
    "without_booked": _l("Without the nights booked it is possible"),
    "all_modes": _l("With all modes allowed it is possible"),
    "fewer_places": _l("%(count)s of the %(of)s places fit together: %(places)s"),
    "dates_alone": _l("With the dates and hubs alone it is possible"),
    "two_weeks": _l("%(days)s days with no other wish are possible"),
    "other_dates": _l("Two weeks from %(from)s with no other wish are possible"),
    "later": _l("The same trip later, from %(from)s"),
    "more_days": _l("%(days)s more days make it possible"),
    "one_more_day": _l("One more day makes it possible"),
}
FIELDS: dict[str, Word] = {
    "in_the_past": _l("That day is past."),
    "too_late": _l("Timetables are known until %(last_day)s."),
    "ends_before_it_begins": _l("The trip ends before it begins."),
    "too_long": _l("We plan trips of up to %(days)s days."),
    "too_many_rooms": _l("There are more rooms than people."),
    "contradiction": _l("Two of these wishes contradict each other."),
    "outside_the_trip": _l("A booked night lies outside the trip."),
}
FIELD_NAMES = {
    "entry.hub": "in",
    "entry.at": "in_on",
    "exit.hub": "out",
    "exit.by": "out_on",
    "party.adults": "adults",
    "party.children": "ages",
    "party.rooms": "rooms",
    "party.residency": "residency",
    "must": "stop",
    "avoid": "avoid",
    "islands": "island",
    "must_packages": "package",
    "nights": "nights",
    "booked": "beds",
    "self_arrange": "self",
    "interests": "like",
    "pace": "pace",
    "comfort": "comfort",
    "budget": "budget",
    "avoid_modes": "avoid_mode",
}
"""The form's name for each path of a brief."""
CLOSED = "closed_season"
MONEY = ("saved", "cheapest", "budget", "amount")
NAMES = ("place", "hub", "from", "to")
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def say(table: Mapping[str, Word], code: str, params: Mapping[str, Any], text: str, atlas: Atlas) -> str:
    """A reason in the reader's language; in plain English as the planner gave it where its code is new."""
    if code == "more_days" and params.get("days") == 1:
        code = "one_more_day"
    if code not in table:
        return text.rstrip(".")
    try:
        return str(table[code]) % {key: _value(key, value, atlas) for key, value in params.items()}
    except (KeyError, ValueError, TypeError):
        return text


def say_reason(reason: Mapping[str, Any], atlas: Atlas) -> str:
    """A reason of a refusal; where a rule closes something, in the rule's own words."""
    rule = atlas.rules.get(reason.get("rule_id") or "")
    params = reason.get("params") or {}
    if rule and reason["code"] == CLOSED:
        text = filters.say(rule["rule_text"])
        where = atlas.short_name(str(params.get("place") or ""))
        return f"{where}: {text}" if where else text
    return say(REASONS, reason["code"], params, reason["text"], atlas)


def field_of(path: str) -> str:
    """The form's field for a path of the brief such as `party.children.0`."""
    parts = path.split(".")
    for length in (2, 1):
        name = FIELD_NAMES.get(".".join(parts[:length]))
        if name:
            return name
    return "stop"


def _value(key: str, value: Any, atlas: Atlas) -> str:
    if key in MONEY and isinstance(value, int):
        return filters.money(abs(value))
    if key in ("from", "until") and isinstance(value, str) and "T" in value:
        return f"{filters.day(value[:10])}, {filters.clock(value)}"
    if key == "from" and isinstance(value, str) and value[:4].isdigit():
        return filters.full_day(value)
    if key == "last_day":
        return filters.full_day(value)
    if key == "days" and isinstance(value, (list, tuple)):
        named = get_day_names("abbreviated", "format", filters.language())
        return ", ".join(named[ENGLISH_DAYS.index(day)].rstrip(".") for day in value)
    if key == "mode":
        return str(words.MODES.get(value, value)).lower()
    if key in ("package", "rule"):
        return filters.say(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(atlas.short_name(str(one)) for one in value)
    if key in NAMES:
        return atlas.short_name(str(value))
    if isinstance(value, float):
        return filters.number(value, "#,##0")
    return str(value)
