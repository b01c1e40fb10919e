"""What a traveller asks for, read from plain data and checked field by field against what the islands have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from planner.design.catalogue import Catalogue
from planner.design.costs import LEVELS
from planner.errors import Invalid
from planner.routing.labels import MODES
from planner.values.parties import Party
from planner.values.times import WITA, Calendar

PACES = ("relaxed", "balanced", "packed")
ALL_MODES = (*MODES, "liveaboard")
SELF_KINDS = ("leg", "transfer", "package", "stay")
LONGEST_DAYS = 45
MOST_ITINERARIES = 8
MOST_HEADS = 40
FIELDS = (
    "entry", "exit", "party", "must", "avoid", "islands", "must_packages", "nights", "booked", "self_arrange",
    "interests", "pace", "comfort", "budget", "avoid_modes", "want", "pins", "without", "more_packages",
)  # fmt: skip
ARRANGED, BOOKED = "arranged", "booked"
OWN = (ARRANGED, BOOKED)
"""How a pinned part may be the traveller's own: bought alone later, so estimated; or booked already, so not priced."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")


class InvalidBrief(Invalid):
    """A brief that makes no sense; `problems` names each field with its path."""

    default_code = "invalid_fields"


@dataclass(frozen=True)
class BookedStay:
    """Nights that the traveller has booked already: fixed, never priced."""

    place_id: str
    check_in: date
    check_out: date


@dataclass(frozen=True)
class PinnedStay:
    """Nights that must stay as they are: there, on these dates, in this house where one is named."""

    place_id: str
    check_in: date
    check_out: date
    product_id: str = ""
    own: str = ""
    """One of OWN where the traveller sees to it alone, else ""; so with each pin."""


@dataclass(frozen=True)
class PinnedPackage:
    """A package that must start at this very instant."""

    product_id: str
    starts: datetime
    own: str = ""


@dataclass(frozen=True)
class PinnedLeg:
    """A run of the timetable that must be taken."""

    trip_id: str
    service_date: date
    own: str = ""


Pin = PinnedStay | PinnedPackage | PinnedLeg
"""A part of a plan that a new plan must keep: the keys of an item that say which one it is."""


@dataclass(frozen=True)
class TripBrief:
    """One trip as asked for; instants are aware, dates local to the islands, `budget` whole rupiah."""

    entry_hub: str
    entry_at: datetime
    exit_hub: str
    exit_by: datetime
    party: Party
    must: tuple[str, ...] = ()
    avoid: frozenset[str] = frozenset()
    islands: frozenset[str] = frozenset()
    must_packages: tuple[str, ...] = ()
    nights: tuple[tuple[str, int], ...] = ()
    booked: tuple[BookedStay, ...] = ()
    self_arrange: frozenset[str] = frozenset()
    interests: tuple[tuple[str, int], ...] = ()
    pace: str = "balanced"
    comfort: str = "mid"
    budget: int | None = None
    avoid_modes: frozenset[str] = frozenset()
    want: int = 6
    pins: tuple[Pin, ...] = ()
    without: frozenset[str] = frozenset()
    """Packages that must not be in the plan."""
    more_packages: bool = True
    """Whether the planner may take packages that are neither pinned nor asked for."""

    @property
    def pinned_stays(self) -> tuple[PinnedStay, ...]:
        """The nights that are pinned."""
        return tuple(pin for pin in self.pins if isinstance(pin, PinnedStay))

    @property
    def pinned_packages(self) -> tuple[PinnedPackage, ...]:
        """The packages that are pinned."""
        return tuple(pin for pin in self.pins if isinstance(pin, PinnedPackage))

    @property
    def pinned_legs(self) -> tuple[PinnedLeg, ...]:
        """The legs that are pinned."""
        return tuple(pin for pin in self.pins if isinstance(pin, PinnedLeg))

    def own_package(self, product_id: str) -> str:
        """Return how a package is the traveller's own, "" if it is not."""
        return next((pin.own for pin in self.pinned_packages if pin.product_id == product_id and pin.own), "")

    def own_leg(self, trip_id: str, service_date: date) -> str:
        """Return how a leg is the traveller's own, "" if it is not."""
        run = trip_id, service_date
        return next((pin.own for pin in self.pinned_legs if (pin.trip_id, pin.service_date) == run and pin.own), "")

    def own_night(self, night: date) -> str:
        """Return how a night is the traveller's own, "" if it is not."""
        if any(stay.check_in <= night < stay.check_out for stay in self.booked):
            return BOOKED
        return next((pin.own for pin in self.pinned_stays if pin.check_in <= night < pin.check_out and pin.own), "")

    @property
    def wanted_packages(self) -> tuple[str, ...]:
        """Packages that must be in the plan: asked for, or pinned."""
        return tuple(dict.fromkeys([*self.must_packages, *(pin.product_id for pin in self.pinned_packages)]))

    @property
    def calendar(self) -> Calendar:
        """Counts from the midnight before the entry; from the one before it while the first night lasts."""
        at = self.entry_at.astimezone(WITA)
        return Calendar(at.date() - timedelta(days=1) if at.hour < 3 else at.date())

    @property
    def days(self) -> int:
        """Local days from the calendar's first to the day of the exit."""
        return self.calendar.index(self.exit_by.astimezone(WITA).date()) + 1


class _Reader:
    """Collects what is wrong instead of stopping at the first field."""

    def __init__(self) -> None:
        self.problems: list[Invalid] = []

    def complain(self, field: str, message: str, code: str, **params: object) -> None:
        """Remember one problem at one field."""
        self.problems.append(Invalid(message, code=code, field=field, params=params))

    def part(self, data: Mapping[str, Any], key: str, known: tuple[str, ...], required: bool = True) -> dict[str, Any]:
        """Return an object of the brief; unknown keys are problems."""
        value = data.get(key)
        if value is None:
            if required:
                self.complain(key, "This field is required.", "missing")
            return {}
        if not isinstance(value, Mapping):
            self.complain(key, "Give an object here.", "object_expected")
            return {}
        for name in value:
            if name not in known:
                self.complain(f"{key}.{name}", "There is no such field.", "extra_forbidden")
        return dict(value)

    def choice(self, field: str, value: Any, allowed: Callable[[str], bool], message: str, code: str) -> str:
        """Return a text that is allowed, or "" with a problem."""
        if value is None:
            self.complain(field, "This field is required.", "missing")
            return ""
        if not isinstance(value, str) or not allowed(value):
            self.complain(field, message, code, value=str(value))
            return ""
        return value

    def choices(
        self, data: Mapping[str, Any], key: str, allowed: Callable[[str], bool], message: str, code: str
    ) -> tuple[str, ...]:
        """Return a list of allowed texts without doubles."""
        value = data.get(key)
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            self.complain(key, "Give a list here.", "list_expected")
            return ()
        found = [self.choice(f"{key}.{i}", one, allowed, message, code) for i, one in enumerate(value)]
        return tuple(dict.fromkeys(one for one in found if one))

    def whole(self, field: str, value: Any, least: int, most: int, default: int) -> int:
        """Return a whole number within its bounds."""
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.complain(field, "Give a whole number.", "int_type")
            return default
        if not least <= value <= most:
            self.complain(field, f"Give a number from {least} to {most}.", "out_of_range", least=least, most=most)
            return default
        return value

    def instant(self, field: str, value: Any) -> datetime | None:
        """Return an instant with offset."""
        if value is None:
            self.complain(field, "This field is required.", "missing")
            return None
        if isinstance(value, str) and INSTANT.fullmatch(value):
            try:
                return datetime.fromisoformat(value).astimezone(WITA)
            except (ValueError, OverflowError):
                pass
        self.complain(field, "Give a time with its offset, as in 2027-04-05T12:00:00+08:00.", "datetime_expected")
        return None

    def day(self, field: str, value: Any) -> date | None:
        """Return a local date."""
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.complain(field, "Give a date, as in 2027-04-05.", "date_expected")
        return None


def read_brief(data: Mapping[str, Any], catalogue: Catalogue, first_day: date, last_day: date) -> TripBrief:
    """Read a brief; `first_day` to `last_day` are the dates that may be planned (today to the timetable's end).

    Raises:
        InvalidBrief: one or several fields are wrong; each has its path.
    """
    r = _Reader()
    if not isinstance(data, Mapping):
        raise InvalidBrief("Give an object.", field="body")
    for key in data:
        if key not in FIELDS:
            r.complain(str(key), "There is no such field.", "extra_forbidden")
    stops = catalogue.stops
    entry = r.part(data, "entry", ("hub", "at"))
    exit_ = r.part(data, "exit", ("hub", "by"))
    no_hub = "No hub has this id."
    entry_hub = (
        r.choice("entry.hub", entry.get("hub"), stops.hubs.__contains__, no_hub, "unknown_hub")
        if isinstance(data.get("entry"), Mapping)
        else ""
    )
    exit_hub = (
        r.choice("exit.hub", exit_.get("hub"), stops.hubs.__contains__, no_hub, "unknown_hub")
        if isinstance(data.get("exit"), Mapping)
        else ""
    )
    entry_at = r.instant("entry.at", entry.get("at")) if isinstance(data.get("entry"), Mapping) else None
    exit_by = r.instant("exit.by", exit_.get("by")) if isinstance(data.get("exit"), Mapping) else None
    _check_span(r, entry_at, exit_by, first_day, last_day)
    party = _read_party(r, data)
    no_place, no_package = "No place has this id.", "No package has this id."
    must = r.choices(data, "must", stops.places.__contains__, no_place, "unknown_place")
    avoid = r.choices(data, "avoid", stops.places.__contains__, no_place, "unknown_place")
    for i, place in enumerate(must):
        if place in avoid:
            r.complain(f"must.{i}", "This place is also among those to avoid.", "contradiction")
    islands = r.choices(data, "islands", catalogue.islands.__contains__, "No island has this name.", "unknown_island")
    packages = r.choices(data, "must_packages", catalogue.package.__contains__, no_package, "unknown_package")
    modes = r.choices(data, "avoid_modes", ALL_MODES.__contains__, "There is no such mode.", "unknown_mode")
    allowed = (*SELF_KINDS, *ALL_MODES)
    own = r.choices(data, "self_arrange", allowed.__contains__, "There is no such kind or mode.", "unknown_kind")
    nights = _read_numbers(r, data, "nights", stops.places.__contains__, no_place, "unknown_place", LONGEST_DAYS)
    for place, count in nights:
        if place in avoid and count:
            r.complain(f"nights.{place}", "This place is also among those to avoid.", "contradiction")
    interests = _read_numbers(
        r, data, "interests", catalogue.interests.__contains__, "There is no such interest.", "unknown_interest", 3
    )
    booked = _read_booked(r, data, catalogue, entry_at, exit_by)
    pace = data.get("pace", "balanced")
    pace = r.choice("pace", pace, PACES.__contains__, "Choose relaxed, balanced or packed.", "unknown_pace")
    comfort = data.get("comfort", "mid")
    comfort = r.choice("comfort", comfort, LEVELS.__contains__, "Choose simple, mid or upper.", "unknown_level")
    budget = _read_budget(r, data)
    want = r.whole("want", data.get("want"), 1, MOST_ITINERARIES, 6)
    pins = _read_pins(r, data, catalogue)
    without = r.choices(data, "without", catalogue.package.__contains__, no_package, "unknown_package")
    for i, package in enumerate(without):
        if package in packages or any(isinstance(pin, PinnedPackage) and pin.product_id == package for pin in pins):
            r.complain(f"without.{i}", "This package is also asked for.", "contradiction")
    more_packages = data.get("more_packages", True)
    if not isinstance(more_packages, bool):
        r.complain("more_packages", "Give true or false.", "bool_type")
    if r.problems or entry_at is None or exit_by is None or party is None:
        raise InvalidBrief("Something in the brief is not right.", gathered=r.problems)
    return TripBrief(
        entry_hub, entry_at, exit_hub, exit_by, party, must, frozenset(avoid), frozenset(islands), packages, nights,
        booked, frozenset(own), interests, pace, comfort, budget, frozenset(modes), want,
        pins, frozenset(without), more_packages is not False,
    )  # fmt: skip


def _check_span(
    r: _Reader, entry_at: datetime | None, exit_by: datetime | None, first_day: date, last_day: date
) -> None:
    if entry_at and entry_at.date() < first_day:
        r.complain("entry.at", "This lies in the past.", "in_the_past")
    if entry_at and entry_at.date() > last_day:
        r.complain("entry.at", f"Timetables are known until {last_day}.", "too_late", last_day=last_day.isoformat())
    if exit_by and exit_by.date() > last_day:
        r.complain("exit.by", f"Timetables are known until {last_day}.", "too_late", last_day=last_day.isoformat())
    if entry_at and exit_by:
        if exit_by <= entry_at:
            r.complain("exit.by", "The trip must end after it begins.", "ends_before_it_begins")
        elif exit_by - entry_at > timedelta(days=LONGEST_DAYS):
            r.complain("exit.by", f"Trips of up to {LONGEST_DAYS} days can be planned.", "too_long", days=LONGEST_DAYS)


def _read_party(r: _Reader, data: Mapping[str, Any]) -> Party | None:
    part = r.part(data, "party", ("adults", "children", "residency", "rooms"))
    if not isinstance(data.get("party"), Mapping):
        return None
    if part.get("adults") is None:
        r.complain("party.adults", "This field is required.", "missing")
    adults = r.whole("party.adults", part.get("adults"), 1, MOST_HEADS, 1)
    given = part.get("children") or []
    children: list[int] = []
    if isinstance(given, (list, tuple)) and len(given) <= MOST_HEADS:
        children = [r.whole(f"party.children.{i}", age, 0, 17, 0) for i, age in enumerate(given)]
    else:
        r.complain("party.children", "Give a list of ages, 0 to 17.", "list_expected")
    residency = r.choice(
        "party.residency", part.get("residency", "foreign"), ("foreign", "resident").__contains__,
        "Choose foreign or resident.", "unknown_residency",
    )  # fmt: skip
    heads = adults + len(children)
    rooms = r.whole("party.rooms", part.get("rooms"), 1, MOST_HEADS, -(-adults // 2))
    if rooms > heads:
        r.complain("party.rooms", "There are more rooms than people.", "too_many_rooms")
    return Party(adults, tuple(sorted(children, reverse=True)), residency or "foreign", rooms)


def _read_numbers(
    r: _Reader, data: Mapping[str, Any], key: str, allowed: Callable[[str], bool], message: str, code: str, most: int
) -> tuple[tuple[str, int], ...]:
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        r.complain(key, "Give an object here.", "object_expected")
        return ()
    found = []
    for name, number in value.items():
        if r.choice(f"{key}.{name}", name, allowed, message, code):
            found.append((name, r.whole(f"{key}.{name}", number, 0, most, 0)))
    return tuple(sorted(found))


def _read_booked(
    r: _Reader, data: Mapping[str, Any], catalogue: Catalogue, entry_at: datetime | None, exit_by: datetime | None
) -> tuple[BookedStay, ...]:
    given = data.get("booked") or []
    if not isinstance(given, (list, tuple)):
        r.complain("booked", "Give a list here.", "list_expected")
        return ()
    found: list[BookedStay] = []
    for i, one in enumerate(given):
        field = f"booked.{i}"
        if not isinstance(one, Mapping):
            r.complain(field, "Give an object here.", "object_expected")
            continue
        for name in one:
            if name not in ("kind", "place_id", "check_in", "check_out"):
                r.complain(f"{field}.{name}", "There is no such field.", "extra_forbidden")
        r.choice(
            f"{field}.kind", one.get("kind"), ("stay",).__contains__, "Only stays can be given here.", "unknown_kind"
        )
        place = r.choice(
            f"{field}.place_id", one.get("place_id"), catalogue.stops.places.__contains__, "No place has this id.",
            "unknown_place",
        )  # fmt: skip
        check_in, check_out = (
            r.day(f"{field}.check_in", one.get("check_in")),
            r.day(f"{field}.check_out", one.get("check_out")),
        )
        if check_in and check_out and check_out <= check_in:
            r.complain(f"{field}.check_out", "Leave after the first night.", "ends_before_it_begins")
        elif check_in and entry_at and check_in < entry_at.date() - timedelta(days=1):
            r.complain(f"{field}.check_in", "This lies before the trip.", "outside_the_trip")
        elif check_out and exit_by and check_out > exit_by.date():
            r.complain(f"{field}.check_out", "This lies after the trip.", "outside_the_trip")
        elif place and check_in and check_out:
            if any(check_in < other.check_out and other.check_in < check_out for other in found):
                r.complain(f"{field}.check_in", "Two stays are booked for the same night.", "contradiction")
            found.append(BookedStay(place, check_in, check_out))
    return tuple(sorted(found, key=lambda stay: stay.check_in))


def _read_pins(r: _Reader, data: Mapping[str, Any], catalogue: Catalogue) -> tuple[Pin, ...]:
    given = data.get("pins") or []
    if not isinstance(given, (list, tuple)):
        r.complain("pins", "Give a list here.", "list_expected")
        return ()
    found = [_read_pin(r, f"pins.{i}", one, catalogue) for i, one in enumerate(given)]
    pins = [pin for pin in found if pin is not None]
    stays = [pin for pin in pins if isinstance(pin, PinnedStay)]
    for i, stay in enumerate(stays):
        if any(stay.check_in < other.check_out and other.check_in < stay.check_out for other in stays[:i]):
            r.complain("pins", "Two stays are pinned for the same night.", "contradiction")
    return tuple(dict.fromkeys(pins))


PINNED_KEYS = {
    "stay": ("place_id", "check_in", "check_out", "product_id"),
    "package": ("product_id", "starts"),
    "leg": ("trip_id", "service_date"),
}
"""The keys of an item that say which one it is, by kind."""


def _read_pin(r: _Reader, field: str, one: Any, catalogue: Catalogue) -> Pin | None:
    """Read one pin: the keys of an item that say which one it is."""
    if not isinstance(one, Mapping):
        r.complain(field, "Give an object here.", "object_expected")
        return None
    kind = r.choice(
        f"{field}.kind", one.get("kind"), PINNED_KEYS.__contains__, "Stays, packages and legs can be pinned.",
        "unknown_kind",
    )  # fmt: skip
    for name in one if kind else ():
        if name not in ("kind", "own") and name not in PINNED_KEYS[kind]:
            r.complain(f"{field}.{name}", "There is no such field.", "extra_forbidden")
    own = ""
    if one.get("own") is not None:
        own = r.choice(
            f"{field}.own", one["own"], OWN.__contains__, "A part of one's own is arranged or booked.", "unknown_choice"
        )
    if kind == "stay":
        place = r.choice(
            f"{field}.place_id", one.get("place_id"), catalogue.stops.places.__contains__, "No place has this id.",
            "unknown_place",
        )  # fmt: skip
        first, last = r.day(f"{field}.check_in", one.get("check_in")), r.day(f"{field}.check_out", one.get("check_out"))
        houses = {stay.id for stay in catalogue.stays_at.get(place, [])}
        house = one.get("product_id") or ""
        if house and house not in houses:
            r.complain(f"{field}.product_id", "There is no such house in this place.", "unknown_stay")
        if first and last and last <= first:
            r.complain(f"{field}.check_out", "Leave after the first night.", "ends_before_it_begins")
        return PinnedStay(place, first, last, str(house), own) if place and first and last and first < last else None
    if kind == "package":
        product = r.choice(
            f"{field}.product_id", one.get("product_id"), catalogue.package.__contains__, "No package has this id.",
            "unknown_package",
        )  # fmt: skip
        starts = r.instant(f"{field}.starts", one.get("starts"))
        return PinnedPackage(product, starts, own) if product and starts else None
    if kind == "leg":
        trip_id, day = one.get("trip_id"), r.day(f"{field}.service_date", one.get("service_date"))
        if not isinstance(trip_id, str) or not trip_id or len(trip_id) > 120:
            r.complain(f"{field}.trip_id", "Give the id of a trip of the timetable.", "text_expected")
            return None
        return PinnedLeg(trip_id, day, own) if day else None
    return None


def _read_budget(r: _Reader, data: Mapping[str, Any]) -> int | None:
    if data.get("budget") is None:
        return None
    part = r.part(data, "budget", ("amount", "currency", "precision"))
    if part.get("currency") != "IDR":
        r.complain("budget.currency", "Give the budget in IDR.", "unknown_currency")
    if part.get("precision", 0) != 0:
        r.complain("budget.precision", "Rupiah are given whole, with precision 0.", "unknown_precision")
    if part.get("amount") is None:
        r.complain("budget.amount", "This field is required.", "missing")
    return r.whole("budget.amount", part.get("amount"), 0, 10**12, 0)
