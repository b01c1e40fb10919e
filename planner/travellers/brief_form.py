"""The whole search in the address: from a query string to a brief as data, and back.

One brief has one query, so that a link, the back button and a relaxation of a refusal all mean the same search.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from planner.travellers.suggest import find_place, suggest_places
from planner.web import words
from planner.web.atlas import ISLANDS, Atlas

Pairs = list[tuple[str, str]]
Query = MultiDict[str, str]
ZONE = "+08:00"
LONGEST_DAYS, LARGEST_PARTY = 45, 12
ROUGH_MONTHS = (12, 1, 2, 3)
AVOIDABLE = ("fast_boat", "public_boat", "ferry", "ship", "flight", "bus", "shuttle")


@dataclasses.dataclass
class Problem:
    """What is wrong with one field, in words, with ready answers to choose from."""

    field: str
    text: str
    choices: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    wrong: str = ""

    def corrected(self, pairs: Iterable[tuple[str, str]], answer: str) -> Pairs:
        """The typed query with one of the choices in the place of what was not understood."""
        name = "bed_at" if self.field == "beds" else self.field
        return [(k, v.replace(self.wrong, answer) if k == name else v) for k, v in pairs if v]


@dataclasses.dataclass
class Asked:
    """A search as it was typed: its fields, the brief it makes, and what stands in the way."""

    values: dict[str, Any]
    brief: dict[str, Any] | None = None
    problems: list[Problem] = dataclasses.field(default_factory=list)
    is_flexible: bool = False
    start_days: list[date] = dataclasses.field(default_factory=list)

    def problem(self, name: str) -> Problem | None:
        """The first problem of a field."""
        return next(iter(self.problems_of(name)), None)

    def problems_of(self, name: str) -> list[Problem]:
        """All problems of a field."""
        return [p for p in self.problems if p.field == name]


def first_values(today: date) -> dict[str, Any]:
    """The fields of an untouched form: two adults, in and out of Bali, twelve days of the next calm season."""
    start = today + timedelta(days=60)
    while start.month in ROUGH_MONTHS or start.weekday() != 0:
        start += timedelta(days=1)
    return {
        "in": "DPS",
        "in_on": start.isoformat(),
        "in_at": "12:00",
        "out": "DPS",
        "out_on": (start + timedelta(days=11)).isoformat(),
        "out_at": "20:00",
        "when": "exact",
        "month": start.strftime("%Y-%m"),
        "days": "12",
        "stop": [],
        "avoid": [],
        "island": [],
        "adults": "2",
        "ages": "",
        "residency": "foreign",
        "rooms": "",
        "budget": "",
        "pace": "balanced",
        "comfort": "mid",
        "like": [],
        "weight": {},
        "avoid_mode": [],
        "nights": "",
        "beds": [],
        "self": [],
        "package": [],
        "start": "",
    }


def read_fields(query: Query, today: date) -> dict[str, Any]:
    """Take the typed fields as they are, over the first values."""
    values = first_values(today)
    for name in (
        "in",
        "in_on",
        "in_at",
        "out",
        "out_on",
        "out_at",
        "when",
        "month",
        "days",
        "adults",
        "ages",
        "residency",
        "rooms",
        "budget",
        "pace",
        "comfort",
        "start",
    ):
        if name in query:
            values[name] = (query.get(name) or "").strip()
    for name in ("stop", "avoid"):
        values[name] = _split(query.getlist(name))
    values["nights"] = ", ".join(text for text in query.getlist("nights") if text.strip())
    for name in ("island", "like", "avoid_mode", "self", "package"):
        values[name] = [value for value in query.getlist(name) if value]
    values["weight"] = {k: query.get(f"w_{k}", "") for k in words.INTERESTS if query.get(f"w_{k}", "")}
    beds = zip(query.getlist("bed_at"), query.getlist("bed_from"), query.getlist("bed_to"), strict=False)
    values["beds"] = [bed for bed in beds if any(bed)]
    return values


def _split(texts: Iterable[str]) -> list[str]:
    return [part.strip() for text in texts for part in re.split(r"[,;\n]", text) if part.strip()]


def read_brief(query: Query, atlas: Atlas, today: date) -> Asked:
    """Read a query string into a brief, gathering every problem at the field that caused it."""
    values = read_fields(query, today)
    asked = Asked(values)
    reader = _Reader(values, atlas, asked)
    entry, leave = reader.ends(today)
    brief: dict[str, Any] = {"entry": entry, "exit": leave, "party": reader.party()}
    for key, found in (
        ("must", reader.places("stop")),
        ("avoid", reader.places("avoid")),
        ("islands", reader.choices("island", ISLANDS)),
        ("must_packages", reader.packages()),
        ("nights", reader.nights()),
        ("booked", reader.beds()),
        ("self_arrange", reader.choices("self", words.SELF)),
        ("interests", reader.interests()),
        ("avoid_modes", reader.choices("avoid_mode", AVOIDABLE)),
    ):
        if found:
            brief[key] = found
    both = set(brief.get("must", ())) & set(brief.get("avoid", ()))
    for place_id in sorted(both):
        reader.complain("avoid", _("%(place)s stands among the stops as well.", place=atlas.name(place_id)))
    for key, name, known in (("pace", "pace", words.PACES), ("comfort", "comfort", words.COMFORTS)):
        value = values[name]
        if value not in known:
            reader.complain(name, _("Choose one of the list."))
        brief[key] = value
    budget = reader.budget()
    if budget:
        brief["budget"] = {"amount": budget, "currency": "IDR", "precision": 0}
    if not asked.problems:
        asked.brief = brief
    return asked


class _Reader:
    """Reads field after field and writes down what is wrong."""

    def __init__(self, values: dict[str, Any], atlas: Atlas, asked: Asked) -> None:
        self.values, self.atlas, self.asked = values, atlas, asked

    def complain(self, name: str, text: str, choices: list[tuple[str, str]] | None = None, wrong: str = "") -> None:
        self.asked.problems.append(Problem(name, text, choices or [], wrong))

    def hub(self, name: str) -> str:
        value = self.values[name]
        if value not in self.atlas.hubs:
            self.complain(name, _("Choose an airport or harbour of the list."))
        return str(value)

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.values[name])
        except ValueError:
            self.complain(name, _("Give a day such as 2027-04-05."))
            return None

    def clock(self, name: str) -> str:
        try:
            return time.fromisoformat(self.values[name] or "12:00").strftime("%H:%M")
        except ValueError:
            self.complain(name, _("Give a time such as 14:30."))
            return "12:00"

    def whole(self, name: str, low: int, high: int, empty: int | None = None) -> int:
        text = self.values[name]
        if text == "" and empty is not None:
            return empty
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            self.complain(name, _("Give a whole number from %(low)d to %(high)d.", low=low, high=high))
            return low
        return number

    def ends(self, today: date) -> tuple[dict[str, str], dict[str, str]]:
        entry_hub, exit_hub = self.hub("in"), self.hub("out")
        entry_at, exit_at = self.clock("in_at"), self.clock("out_at")
        if self.values["when"] == "month":
            first, last = self.flexible(today)
            on, field_name = first, "month"
        else:
            first, last = self.day("in_on"), self.day("out_on")
            on, field_name = first, "in_on"
        if on and on < today:
            self.complain(field_name, _("That day is past."))
        if first and last:
            start = datetime.combine(first, time.fromisoformat(entry_at))
            end = datetime.combine(last, time.fromisoformat(exit_at))
            if end <= start:
                self.complain("out_on", _("The trip ends before it begins."))
            elif (last - first).days >= LONGEST_DAYS:
                self.complain("out_on", _("We plan trips of up to %(days)d days.", days=LONGEST_DAYS))
        return (
            {"hub": entry_hub, "at": f"{first or today}T{entry_at}:00{ZONE}"},
            {"hub": exit_hub, "by": f"{last or today}T{exit_at}:00{ZONE}"},
        )

    def flexible(self, today: date) -> tuple[date | None, date | None]:
        """A month and a number of days: start days a few days apart, the first one or the chosen one planned."""
        self.asked.is_flexible = True
        days = self.whole("days", 2, LONGEST_DAYS)
        try:
            month = date.fromisoformat(self.values["month"] + "-01")
        except ValueError:
            self.complain("month", _("Choose a month."))
            return None, None
        after = (month + timedelta(days=32)).replace(day=1)
        starts = [month + timedelta(days=n) for n in (2, 7, 12, 17, 22, 27)]
        starts = [start for start in starts if today <= start < after]
        if not starts:
            self.complain("month", _("That month is past."))
            return None, None
        self.asked.start_days = starts
        try:
            chosen = date.fromisoformat(self.values["start"])
        except ValueError:
            chosen = starts[0]
        if not month <= chosen < after or chosen < today:
            chosen = starts[0]
        self.values["start"] = chosen.isoformat()
        self.values["in_on"], self.values["out_on"] = (
            chosen.isoformat(),
            (chosen + timedelta(days=days - 1)).isoformat(),
        )
        return chosen, chosen + timedelta(days=days - 1)

    def party(self) -> dict[str, Any]:
        adults = self.whole("adults", 1, LARGEST_PARTY)
        ages: list[int] = []
        for text in _split([self.values["ages"].replace(" ", ",")]):
            if not text.isdigit() or int(text) > 17:
                self.complain("ages", _("Give the children's ages, 0 to 17, such as 4, 9."))
                break
            ages.append(int(text))
        if adults + len(ages) > LARGEST_PARTY:
            self.complain(
                "adults",
                _("We plan for up to %(people)d people; larger groups, please ask an agent.", people=LARGEST_PARTY),
            )
        if self.values["residency"] not in words.RESIDENCIES:
            self.complain("residency", _("Choose one of the list."))
        rooms = self.whole("rooms", 1, LARGEST_PARTY, empty=max(1, -(-adults // 2)))
        return {"adults": adults, "children": ages, "residency": self.values["residency"], "rooms": rooms}

    def place(self, name: str, text: str) -> str | None:
        found = find_place(text, self.atlas)
        if found:
            return found
        near = [(place_id, self.atlas.name(place_id)) for place_id in suggest_places(text, self.atlas, 4)]
        if near:
            self.complain(
                name, _("We are not sure which place “%(text)s” is. Did you mean one of these?", text=text), near, text
            )
        else:
            self.complain(name, _("We know no place called “%(text)s”.", text=text))
        return None

    def places(self, name: str) -> list[str]:
        found: list[str] = []
        for text in self.values[name]:
            place_id = self.place(name, text)
            if place_id and place_id not in found:
                found.append(place_id)
        if not self.asked.problem(name):
            self.values[name] = found
        return found

    def choices(self, name: str, known: Iterable[str]) -> list[str]:
        allowed = set(known)
        chosen = list(dict.fromkeys(self.values[name]))
        if any(value not in allowed for value in chosen):
            self.complain(name, _("Choose from the list."))
        return [value for value in chosen if value in allowed]

    def packages(self) -> list[str]:
        for product_id in self.values["package"]:
            thing = self.atlas.products.get(product_id)
            if not thing or thing["lintas"]["kind"] != "package":
                self.complain("package", _("We know no package called “%(text)s”.", text=product_id))
        return list(dict.fromkeys(self.values["package"]))

    def nights(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in _split([self.values["nights"]]):
            match = re.fullmatch(r"(.+?)[\s:]+(\d{1,2})", part)
            if not match or int(match[2]) > LONGEST_DAYS:
                self.complain("nights", _("Write a place and its nights, such as Ubud 3, Moni 2."))
                continue
            place_id = self.place("nights", match[1])
            if place_id:
                found[place_id] = int(match[2])
        if found and not self.asked.problem("nights"):
            self.values["nights"] = ", ".join(f"{self.atlas.name(k)} {v}" for k, v in found.items())
        return found

    def beds(self) -> list[dict[str, str]]:
        found = []
        for place, first, last in self.values["beds"]:
            place_id = self.place("beds", place) if place else None
            try:
                nights = (date.fromisoformat(last) - date.fromisoformat(first)).days
            except ValueError:
                nights = 0
            if not place or nights < 1:
                self.complain("beds", _("A booked bed needs a place, the day you check in and the day you leave."))
                continue
            if place_id:
                found.append({"kind": "stay", "place_id": place_id, "check_in": first, "check_out": last})
        return found

    def interests(self) -> dict[str, int]:
        found = dict.fromkeys(self.choices("like", words.INTERESTS), 2)
        for key, text in self.values["weight"].items():
            if text not in ("0", "1", "2", "3"):
                self.complain("like", _("Choose from the list."))
                continue
            found[key] = int(text)
        self.values["weight"] = {k: str(v) for k, v in found.items() if v != 2}
        self.values["like"] = [k for k, v in found.items() if v]
        return {key: found[key] for key in words.INTERESTS if found.get(key)}

    def budget(self) -> int:
        text = self.values["budget"].replace(",", ".")
        if not text:
            return 0
        try:
            amount = float(text)
        except ValueError:
            amount = -1.0
        if not 0 < amount <= 10_000:
            self.complain("budget", _("Give the budget in million rupiah, such as 60."))
            return 0
        return round(amount * 1_000_000)


def flexible_of(asked: Asked) -> dict[str, str] | None:
    """What a flexible search adds to its query: the month and the number of days."""
    return {"month": asked.values["month"], "days": asked.values["days"]} if asked.is_flexible else None


def write_query(brief: Mapping[str, Any], flexible: Mapping[str, str] | None = None) -> Pairs:
    """Write a brief as the pairs of its query string; what is left to the defaults is left out."""
    entry, leave, party = brief["entry"], brief["exit"], brief["party"]
    pairs: Pairs = [("in", entry["hub"])]
    if flexible:
        pairs += [
            ("when", "month"),
            ("month", flexible["month"]),
            ("days", flexible["days"]),
            ("start", entry["at"][:10]),
        ]
    else:
        pairs += [("in_on", entry["at"][:10])]
    pairs += [("in_at", entry["at"][11:16]), ("out", leave["hub"])]
    if not flexible:
        pairs += [("out_on", leave["by"][:10])]
    pairs += [("out_at", leave["by"][11:16])]
    pairs += [("stop", place_id) for place_id in brief.get("must") or ()]
    pairs += [("package", product_id) for product_id in brief.get("must_packages") or ()]
    pairs += [("avoid", place_id) for place_id in brief.get("avoid") or ()]
    pairs += [("island", island) for island in brief.get("islands") or ()]
    pairs += [("adults", str(party.get("adults", 2)))]
    if party.get("children"):
        pairs += [("ages", ",".join(str(age) for age in party["children"]))]
    if party.get("residency", "foreign") != "foreign":
        pairs += [("residency", party["residency"])]
    if party.get("rooms"):
        pairs += [("rooms", str(party["rooms"]))]
    for key in ("pace", "comfort"):
        if brief.get(key):
            pairs += [(key, brief[key])]
    for interest, weight in (brief.get("interests") or {}).items():
        pairs += [("like", interest)] if weight == 2 else [(f"w_{interest}", str(weight))]
    if brief.get("budget"):
        pairs += [("budget", f"{brief['budget']['amount'] / 1_000_000:g}")]
    pairs += [("avoid_mode", mode) for mode in brief.get("avoid_modes") or ()]
    pairs += [("nights", f"{place_id}:{count}") for place_id, count in (brief.get("nights") or {}).items()]
    for bed in brief.get("booked") or ():
        if bed.get("kind") == "stay":
            pairs += [("bed_at", bed["place_id"]), ("bed_from", bed["check_in"]), ("bed_to", bed["check_out"])]
    pairs += [("self", kind) for kind in brief.get("self_arrange") or ()]
    return pairs


def patched(brief: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON merge patch (RFC 7396) to a brief."""
    out = dict(brief)
    for key, value in change.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(out.get(key), Mapping):
            out[key] = patched(out[key], value)
        else:
            out[key] = value
    return out
