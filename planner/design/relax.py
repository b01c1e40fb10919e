"""Finds why a brief cannot be met, and the smallest changes after which it can; each change offered has been planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from planner.design.answer import Reason, Relaxation
from planner.design.bounds import FAR
from planner.design.brief import TripBrief
from planner.design.catalogue import Catalogue
from planner.design.costs import package_fits
from planner.design.problem import Trip, package_problem
from planner.design.rules import closes_package, silence_at

MOST_OFFERED = 3
MOST_TRIED = 14
MANY = 4
"""Wishes beyond which one fewer seldom helps: then the search says which of them fit together."""
STEP = 100_000

Plans = Callable[[TripBrief], int | None]
"""Plans a brief and returns the price of its cheapest plan, None when there is none."""
Fitting = Callable[[TripBrief], tuple[str, ...]]
"""Says which of the places asked for one plan can hold."""


def reasons_of(trip: Trip, catalogue: Catalogue, cheapest: int | None) -> tuple[Reason, ...]:
    """Return the named reasons why a brief has no plan; `cheapest` is the least price found when only the budget fails."""
    brief = trip.brief
    found: list[Reason] = []
    if cheapest is not None and brief.budget is not None:
        return (
            Reason(
                "over_budget",
                f"The cheapest plan found costs IDR {cheapest:,}; the budget is IDR {brief.budget:,}.",
                {"cheapest": cheapest, "budget": brief.budget},
            ),
        )
    for code, hub, at in (
        ("closed_on_arrival", brief.entry_hub, brief.entry_at),
        ("closed_on_departure", brief.exit_hub, brief.exit_by),
    ):
        rule_id = silence_at(catalogue, hub, at)
        if rule_id:
            rule = catalogue.rules[rule_id]
            found.append(
                Reason(code, f"{rule['name']}: {rule['rule_text']}", {"hub": hub, "rule": rule["name"]}, rule_id)
            )
    found += _of_musts(trip, catalogue)
    found += _of_packages(trip, catalogue)
    found += _of_nights(trip, catalogue)
    if not found:
        found += _of_time(trip, catalogue)
    if not found:
        found.append(
            Reason(
                "no_order_fits",
                "No order of these wishes fits the timetables, seasons and rules between the two times given.",
            )
        )
    return tuple(found)


def _of_musts(trip: Trip, catalogue: Catalogue) -> list[Reason]:
    found = []
    problem, brief = trip.problem, trip.brief
    names = [catalogue.stops.ids[node] for node in trip.nodes]
    for place in brief.must:
        name = catalogue.stops.name(place)
        number = catalogue.stops.places_number[place]
        has_bed = place in names and bool(problem.may_sleep[names.index(place)]) and (
            problem.night_price[:, names.index(place)].max() >= 0
        )  # fmt: skip
        visiting = [p for p in catalogue.packages if place in {p.start_id, p.end_id, *p.visits}]
        chosen = [p for p in trip.packages if place in {p.start_id, p.end_id, *p.visits}]
        if not has_bed and not chosen:
            closed = next(
                (
                    rule
                    for p in visiting
                    for offset in range(brief.days)
                    if (rule := closes_package(catalogue, p, trip.calendar.day(offset)))
                ),
                None,
            )
            if closed:
                rule = catalogue.rules[closed]
                found.append(
                    Reason(
                        "closed_season", f"{name}: {rule['rule_text']}", {"place": name, "rule": rule["name"]}, closed
                    )
                )
            elif visiting and not any(package_fits(p, brief.party) for p in visiting):
                found.append(
                    Reason("party_too_big_or_young", f"Nothing that visits {name} takes this party.", {"place": name})
                )
            else:
                found.append(
                    Reason(
                        "not_on_these_dates",
                        f"Nothing that visits {name} runs on these dates, and nobody can sleep there.",
                        {"place": name},
                    )
                )
        elif number in set(problem.must_bit.tolist()):
            bit = int(np.flatnonzero(problem.must_bit == number)[0])
            needed_s = int(problem.need_s[1 << bit, problem.entry])
            if needed_s >= FAR:
                found.append(
                    Reason("cannot_be_reached", f"{name} cannot be reached with the modes allowed.", {"place": name})
                )
            elif problem.entry_s + needed_s > problem.exit_s:
                hours = -(-needed_s // 3600)
                found.append(
                    Reason(
                        "too_far", f"{name} there and back takes at least {hours} h.", {"place": name, "hours": hours}
                    )
                )
    return found


def _of_packages(trip: Trip, catalogue: Catalogue) -> list[Reason]:
    found = []
    brief = trip.brief
    kept = {package.id for package in trip.packages}
    for package_id in brief.must_packages:
        package = catalogue.package[package_id]
        if package_id in kept:
            continue
        why = package_problem(brief, catalogue, package)
        closed = next(
            (rule for d in range(brief.days) if (rule := closes_package(catalogue, package, trip.calendar.day(d)))),
            None,
        )
        if why == "party":
            text = f"{package.title} takes at most {package.max_pax} guests of {package.min_age} years and more."
            found.append(
                Reason(
                    "package_party", text, {"package": package.title, "most": package.max_pax, "age": package.min_age}
                )
            )
        elif why == "mode":
            found.append(
                Reason("package_mode", f"{package.title} uses a mode that is avoided.", {"package": package.title})
            )
        elif why == "avoid":
            found.append(
                Reason("package_avoid", f"{package.title} visits a place that is avoided.", {"package": package.title})
            )
        elif closed:
            rule = catalogue.rules[closed]
            found.append(
                Reason(
                    "closed_season",
                    f"{package.title}: {rule['rule_text']}",
                    {"place": package.title, "rule": rule["name"]},
                    closed,
                )
            )
        else:
            found.append(
                Reason(
                    "package_dates",
                    f"{package.title} does not start on these dates, or bookings have closed.",
                    {"package": package.title},
                )
            )
    return found


def _of_nights(trip: Trip, catalogue: Catalogue) -> list[Reason]:
    brief = trip.brief
    wanted = sum(count for _, count in brief.nights)
    there = (brief.exit_by.date() - brief.entry_at.date()).days
    if wanted > there:
        return [
            Reason(
                "more_nights_than_days",
                f"{wanted} nights are asked for, the trip has {there}.",
                {"wanted": wanted, "nights": there},
            )
        ]
    found = []
    counts = dict(brief.nights)
    for stay in brief.booked:
        if stay.place_id in counts and counts[stay.place_id] < (stay.check_out - stay.check_in).days:
            name = catalogue.stops.name(stay.place_id)
            found.append(
                Reason("booked_against_nights", f"More nights are booked in {name} than wanted.", {"place": name})
            )
        if stay.place_id in brief.avoid:
            name = catalogue.stops.name(stay.place_id)
            found.append(Reason("booked_against_avoid", f"{name} is booked and to be avoided.", {"place": name}))
    return found


def _of_time(trip: Trip, catalogue: Catalogue) -> list[Reason]:
    problem, brief = trip.problem, trip.brief
    needed_s = int(problem.need_s[-1, problem.entry])
    hours_there = (problem.exit_s - problem.entry_s) // 3600
    hub = catalogue.stops.name(brief.exit_hub)
    if problem.need_s[0, problem.entry] >= FAR:
        return [Reason("exit_cannot_be_reached", f"{hub} cannot be reached with the modes allowed.", {"hub": hub})]
    if problem.entry_s + needed_s > problem.exit_s:
        hours = -(-needed_s // 3600)
        text = f"The wishes take at least {hours} h under way; the trip has {hours_there} h."
        return [Reason("too_little_time", text, {"hours": hours, "available": hours_there})]
    if brief.days <= 2:
        return [Reason("too_short", f"In {hours_there} h no night and no package fits.", {"available": hours_there})]
    return []


def relaxations_of(
    trip: Trip, catalogue: Catalogue, plans: Plans, fitting: Fitting, cheapest: int | None, last: datetime
) -> tuple[Relaxation, ...]:
    """Return up to four changes, each planned with success, from the smallest on.

    `last` is the end of the timetable: no trip is moved beyond it.
    """
    brief = trip.brief
    offered: list[Relaxation] = []
    if cheapest is not None and brief.budget is not None:
        amount = -(-cheapest // STEP) * STEP
        change = {"budget": {"amount": amount, "currency": "IDR", "precision": 0}}
        offered.append(
            Relaxation(change, "more_money", f"A budget of IDR {amount:,} makes it possible.", {"amount": amount})
        )
    tried = 0
    kinds: set[str] = set()
    for relaxation, relaxed in _candidates(brief, catalogue, fitting):
        if len(offered) >= MOST_OFFERED or tried >= MOST_TRIED:
            break
        if relaxed.exit_by > last or (relaxation.code in kinds and relaxation.code in ("more_days", "later")):
            continue
        tried += 1
        if plans(relaxed) is not None:
            offered.append(relaxation)
            kinds.add(relaxation.code)
    return tuple(offered)


def _candidates(brief: TripBrief, catalogue: Catalogue, fitting: Fitting) -> Iterator[tuple[Relaxation, TripBrief]]:
    """Yield changes from small to large, with the brief that each makes."""
    stops = catalogue.stops

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
    bare = replace(
        brief, must=(), must_packages=(), nights=(), avoid_modes=frozenset(), islands=frozenset(), budget=None
    )
    yield (
        Relaxation(
            {"must": None, "must_packages": None, "nights": None, "avoid_modes": None, "islands": None, "budget": None},
            "dates_alone",
            "With the dates and hubs alone it is possible.",
            {},
        ),  # fmt: skip
        bare,
    )
    by = brief.entry_at + timedelta(days=14)
    yield (
        Relaxation(
            {
                "must": None,
                "must_packages": None,
                "nights": None,
                "avoid_modes": None,
                "islands": None,
                "budget": None,
                "booked": None,
                "exit": {"by": by.isoformat()},
            },
            "two_weeks",
            "Two weeks with no other wish are possible.",
            {},
        ),  # fmt: skip
        replace(bare, booked=(), exit_by=by),
    )


def _fewer(brief: TripBrief, fitting: Fitting) -> Iterator[tuple[Relaxation, TripBrief]]:
    """Yield the places that fit together, then fewer of them; the last tries ask nothing else."""
    fit = fitting(brief)
    for count, alone in ((len(fit), False), (len(fit) - 1, False), (len(fit) * 2 // 3, True), (len(fit) // 3, True)):
        left = fit[:count]
        if not 0 < count < len(brief.must):
            continue
        change: dict[str, object] = {"must": list(left)}
        fewer = replace(brief, must=left)
        if alone:
            change |= {"must_packages": None, "nights": None}
            fewer = replace(fewer, must_packages=(), nights=())
        text = f"{count} of the {len(brief.must)} places fit together."
        yield (
            Relaxation(change, "fewer_places", text, {"count": count, "of": len(brief.must), "places": list(left)}),
            fewer,
        )
