"""Finds the smallest changes after which a refused brief has a plan; each change offered has been planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from planner.design.answer import Reason, Relaxation
from planner.design.brief import TripBrief
from planner.design.catalogue import Catalogue

MOST_OFFERED = 3
MOST_TRIED = 10
MANY = 4
"""Wishes beyond which one fewer seldom helps: then the search says which of them fit together."""
STEP = 100_000

Plans = Callable[[TripBrief], bool]
"""Tells whether a brief has a plan, by planning it."""
Fitting = Callable[[TripBrief], tuple[str, ...]]
"""Says which of the places asked for one plan can hold."""
Change = tuple[Relaxation, TripBrief]


def relaxations_of(
    brief: TripBrief,
    reasons: Sequence[Reason],
    catalogue: Catalogue,
    plans: Plans,
    fitting: Fitting,
    cheapest: int | None,
    last: datetime,
) -> tuple[Relaxation, ...]:
    """Return up to three changes, each planned with success, from the smallest on.

    `cheapest` is the least price found when only the budget fails; `last` the end of the timetable, beyond which no
    trip is moved. Where no small change helps, the wishes are given up in larger steps until one does.
    """
    offered: list[Relaxation] = []
    if cheapest is not None and brief.budget is not None:
        amount = -(-cheapest // STEP) * STEP
        change = {"budget": {"amount": amount, "currency": "IDR", "precision": 0}}
        offered.append(
            Relaxation(change, "more_money", f"A budget of IDR {amount:,} makes it possible.", {"amount": amount})
        )
        if brief.comfort != "simple":
            simple = replace(brief, comfort="simple")
            if plans(simple):
                offered.append(Relaxation({"comfort": "simple"}, "simpler_stays", "With simple stays it is possible."))
        return tuple(offered)
    tried = 0
    kinds: set[str] = set()
    for relaxation, relaxed in _small(brief, reasons, catalogue, fitting):
        if len(offered) >= MOST_OFFERED or tried >= MOST_TRIED:
            break
        if relaxed.exit_by >= last or (relaxation.code in kinds and relaxation.code in ("more_days", "later")):
            continue
        tried += 1
        if plans(relaxed):
            offered.append(relaxation)
            kinds.add(relaxation.code)
    for relaxation, relaxed in _large(brief, fitting) if not offered else ():
        if relaxed.exit_by < last and plans(relaxed):
            offered.append(relaxation)
            break
    return tuple(offered)


def _small(brief: TripBrief, reasons: Sequence[Reason], catalogue: Catalogue, fitting: Fitting) -> Iterator[Change]:
    """Yield changes from small to large, with the brief that each makes."""
    stops = catalogue.stops
    if brief.pins:
        text = "Without what is pinned it is possible."
        yield Relaxation({"pins": None}, "without_pins", text, {}), replace(brief, pins=())
    yield from _without_the_impossible(brief, reasons)

    def days_more(days: int) -> tuple[Relaxation, TripBrief]:
        by = brief.exit_by + timedelta(days=days)
        text = "One more day makes it possible." if days == 1 else f"{days} more days make it possible."
        return (
            Relaxation({"exit": {"by": by.isoformat()}}, "more_days", text, {"days": days}),
            replace(brief, exit_by=by),
        )

    def later(days: int) -> tuple[Relaxation, TripBrief]:
        at, by = brief.entry_at + timedelta(days=days), brief.exit_by + timedelta(days=days)
        moved = tuple(
            replace(s, check_in=s.check_in + timedelta(days=days), check_out=s.check_out + timedelta(days=days))
            for s in brief.booked
        )
        change: dict[str, object] = {"entry": {"at": at.isoformat()}, "exit": {"by": by.isoformat()}}
        if moved:
            change["booked"] = [
                {
                    "kind": "stay",
                    "place_id": s.place_id,
                    "check_in": s.check_in.isoformat(),
                    "check_out": s.check_out.isoformat(),
                }
                for s in moved
            ]
        text = f"The same trip {days} day{'s' if days > 1 else ''} later, from {at.date()}."
        return (
            Relaxation(change, "later", text, {"days": days, "from": at.date().isoformat()}),
            replace(brief, entry_at=at, exit_by=by, booked=moved),
        )

    if len(brief.must) > MANY:
        yield from _fewer(brief, fitting)
    yield days_more(1)
    yield later(1)
    yield later(2)
    for place in brief.must if len(brief.must) <= MANY else ():
        left = tuple(p for p in brief.must if p != place)
        name = stops.name(place)
        yield (
            Relaxation({"must": list(left)}, "without_place", f"Without {name} it is possible.", {"place": name}),
            replace(brief, must=left),
        )
    for package_id in brief.must_packages:
        left = tuple(p for p in brief.must_packages if p != package_id)
        title = catalogue.package[package_id].title
        yield (
            Relaxation(
                {"must_packages": list(left)}, "without_package", f"Without {title} it is possible.", {"package": title}
            ),
            replace(brief, must_packages=left),
        )
    for mode in sorted(brief.avoid_modes):
        modes = sorted(brief.avoid_modes - {mode})
        word = mode.replace("_", " ")
        yield (
            Relaxation({"avoid_modes": modes}, "allow_mode", f"With {word} allowed it is possible.", {"mode": mode}),
            replace(brief, avoid_modes=frozenset(modes)),
        )
    for place, _ in brief.nights:
        nights = tuple(pair for pair in brief.nights if pair[0] != place)
        name = stops.name(place)
        yield (
            Relaxation(
                {"nights": {place: None}},
                "free_nights",
                f"With any number of nights in {name} it is possible.",
                {"place": name},
            ),
            replace(brief, nights=nights),
        )
    yield days_more(2)
    yield days_more(4)
    if brief.pace != "packed":
        yield (
            Relaxation({"pace": "packed"}, "fuller_days", "With fuller days it is possible.", {}),
            replace(brief, pace="packed"),
        )
    if brief.islands:
        yield (
            Relaxation({"islands": None}, "all_islands", "With all islands it is possible.", {}),
            replace(brief, islands=frozenset()),
        )
    if brief.avoid:
        yield (
            Relaxation({"avoid": None}, "avoid_nothing", "With no place avoided it is possible.", {}),
            replace(brief, avoid=frozenset()),
        )
    if brief.booked:
        yield (
            Relaxation({"booked": None}, "without_booked", "Without the nights booked it is possible.", {}),
            replace(brief, booked=()),
        )
    if len(brief.avoid_modes) > 1:
        yield (
            Relaxation({"avoid_modes": None}, "all_modes", "With all modes allowed it is possible.", {}),
            replace(brief, avoid_modes=frozenset()),
        )
    yield days_more(7)
    for days in (30, 91, 182):
        yield later(days)
    if 1 < len(brief.must) <= MANY:
        yield from _fewer(brief, fitting)


def _without_the_impossible(brief: TripBrief, reasons: Sequence[Reason]) -> Iterator[Change]:
    """Yield the brief without what cannot be had at all, where that is not everything."""
    places = {str(reason.params["place_id"]) for reason in reasons if "place_id" in reason.params}
    packages = {str(reason.params["package_id"]) for reason in reasons if "package_id" in reason.params}
    nights = [place for place, _ in brief.nights if place in places]
    change: dict[str, object] = {}
    if places & set(brief.must):
        change["must"] = [place for place in brief.must if place not in places]
    if packages & set(brief.must_packages):
        change["must_packages"] = [package for package in brief.must_packages if package not in packages]
    if nights:
        change["nights"] = dict.fromkeys(nights)
    if len(change) + len(places) + len(packages) > 2:  # a single one is offered by its name below
        names = [
            str(r.params.get("place") or r.params.get("package"))
            for r in reasons
            if r.params.keys() & {"place_id", "package_id"}
        ]
        yield (
            Relaxation(change, "without_these", f"Without {', '.join(names)} it is possible.", {"names": names}),
            replace(
                brief,
                must=tuple(place for place in brief.must if place not in places),
                must_packages=tuple(package for package in brief.must_packages if package not in packages),
                nights=tuple(pair for pair in brief.nights if pair[0] not in places),
            ),
        )


def _large(brief: TripBrief, fitting: Fitting) -> Iterator[Change]:
    """Yield what gives up most wishes, then all but the hubs."""
    if len(brief.must) > 1:
        yield from _fewer(replace(brief, budget=None), fitting)
    wishes = ("must", "must_packages", "nights", "avoid_modes", "islands", "budget")
    bare = replace(
        brief, must=(), must_packages=(), nights=(), avoid_modes=frozenset(), islands=frozenset(), budget=None
    )
    yield (
        Relaxation(dict.fromkeys(wishes), "dates_alone", "With the dates and hubs alone it is possible."),
        bare,
    )
    free = replace(bare, booked=(), avoid=frozenset())
    for days, weeks in ((14, "Two weeks"), (21, "Three weeks")):
        by = _evening(brief.entry_at + timedelta(days=days))
        change = dict.fromkeys((*wishes, "booked", "avoid")) | {"exit": {"by": by.isoformat()}}
        yield (
            Relaxation(change, "two_weeks", f"{weeks} with no other wish are possible.", {"days": days}),
            replace(free, exit_by=by),
        )
    for days in (30, 90):
        at = brief.entry_at + timedelta(days=days)
        by = _evening(at + timedelta(days=14))
        change = dict.fromkeys((*wishes, "booked", "avoid")) | {
            "entry": {"at": at.isoformat()},
            "exit": {"by": by.isoformat()},
        }
        yield (
            Relaxation(
                change,
                "other_dates",
                f"Two weeks from {at.date()} with no other wish are possible.",
                {"from": at.date().isoformat()},
            ),
            replace(free, entry_at=at, exit_by=by),
        )


def _evening(at: datetime) -> datetime:
    return at.replace(hour=20, minute=0, second=0)


def _fewer(brief: TripBrief, fitting: Fitting) -> Iterator[Change]:
    """Yield the places that fit together, then fewer of them; the last tries ask nothing else."""
    fit = fitting(brief)
    for count, alone in ((len(fit), False), (len(fit) - 1, False), (len(fit) * 2 // 3, True), (len(fit) // 3, True)):
        left = fit[:count]
        if not 0 < count < len(brief.must):
            continue
        change: dict[str, object] = {"must": list(left)}
        fewer = replace(brief, must=left)
        if brief.budget is None:
            change["budget"] = None
        if alone:
            change |= {"must_packages": None, "nights": None}
            fewer = replace(fewer, must_packages=(), nights=())
        text = f"{count} of the {len(brief.must)} places fit together."
        yield (
            Relaxation(change, "fewer_places", text, {"count": count, "of": len(brief.must), "places": list(left)}),
            fewer,
        )
