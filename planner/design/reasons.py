"""Says why a brief cannot be met: each reason with its code, the rule that decides, and what it is about."""

from __future__ import annotations

from planner.design.answer import Reason
from planner.design.bounds import FAR
from planner.design.catalogue import Catalogue
from planner.design.costs import package_fits
from planner.design.moves import TAKE
from planner.design.problem import Trip, package_problem
from planner.design.rules import closes_package, silence_at, silences


def reasons_of(trip: Trip, catalogue: Catalogue, cheapest: int | None) -> tuple[Reason, ...]:
    """Return the named reasons why a brief has no plan; `cheapest` is the least price when only the budget fails."""
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
            start, end = next((a, b) for known, a, b in silences(catalogue) if known == rule_id)
            name = catalogue.stops.name(hub)
            text = f"{rule['name']}: {name} is shut from {start:%d %B %H:%M} to {end:%d %B %H:%M}."
            params = {"hub": name, "rule": rule["name"], "from": start.isoformat(), "until": end.isoformat()}
            found.append(Reason(code, text, params, rule_id))
    found += _of_musts(trip, catalogue)
    found += _of_packages(trip, catalogue)
    found += _of_nights(trip, catalogue)
    if not found:
        found += _of_time(trip, catalogue)
    if not found and trip.brief.pins:
        found.append(Reason("pins_do_not_fit", "What is pinned cannot be kept together with the rest of the wishes."))
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
    to_sleep = {*(place for place, count in brief.nights if count), *(stay.place_id for stay in brief.booked)}
    for place in dict.fromkeys([*brief.must, *sorted(to_sleep)]):
        name = catalogue.stops.name(place)
        number = catalogue.stops.places_number[place]
        has_bed = place in names and bool(problem.may_sleep[names.index(place)]) and (
            problem.night_price[:, names.index(place)].max() >= 0
        )  # fmt: skip
        visiting = [p for p in catalogue.packages if place in {p.start_id, p.end_id, *p.visits}]
        chosen = [p for p in trip.packages if place in {p.start_id, p.end_id, *p.visits}]
        if place in to_sleep and not has_bed:
            text = f"Nobody can sleep in {name} on these dates."
            found.append(Reason("no_bed", text, {"place": name, "place_id": place}))
        elif not has_bed and not chosen:
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
                row = catalogue.rules[closed]
                found.append(
                    Reason(
                        "closed_season",
                        f"{name}: {row['rule_text']}",
                        {"place": name, "place_id": place, "rule": row["name"]},
                        closed,
                    )
                )
            elif visiting and not any(package_fits(p, brief.party) for p in visiting):
                found.append(
                    Reason(
                        "party_too_big_or_young",
                        f"Nothing that visits {name} takes this party.",
                        {"place": name, "place_id": place},
                    )
                )
            else:
                found.append(
                    Reason(
                        "not_on_these_dates",
                        f"Nothing that visits {name} runs on these dates, and nobody can sleep there.",
                        {"place": name, "place_id": place},
                    )
                )
        elif bits := [
            bit for bit, (kind, wished) in enumerate(problem.wishes.tolist()) if kind != TAKE and wished == number
        ]:
            needed_s = int(problem.need_s[1 << bits[0], problem.entry])
            if needed_s >= FAR:
                found.append(
                    Reason(
                        "cannot_be_reached",
                        f"{name} cannot be reached with the modes allowed.",
                        {"place": name, "place_id": place},
                    )
                )
            elif problem.entry_s + needed_s > problem.exit_s:
                hours = -(-needed_s // 3600)
                found.append(
                    Reason(
                        "too_far",
                        f"{name} there and back takes at least {hours} h.",
                        {"place": name, "place_id": place, "hours": hours},
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
                    "package_party",
                    text,
                    {
                        "package": package.title,
                        "package_id": package.id,
                        "most": package.max_pax,
                        "age": package.min_age,
                    },
                )
            )
        elif why == "mode":
            found.append(
                Reason(
                    "package_mode",
                    f"{package.title} uses a mode that is avoided.",
                    {"package": package.title, "package_id": package.id},
                )
            )
        elif why == "avoid":
            found.append(
                Reason(
                    "package_avoid",
                    f"{package.title} visits a place that is avoided.",
                    {"package": package.title, "package_id": package.id},
                )
            )
        elif closed:
            row = catalogue.rules[closed]
            found.append(
                Reason(
                    "closed_season",
                    f"{package.title}: {row['rule_text']}",
                    {"place": package.title, "package_id": package.id, "rule": row["name"]},
                    closed,
                )
            )
        else:
            found.append(
                Reason(
                    "package_dates",
                    f"{package.title} does not start on these dates, or bookings have closed.",
                    {"package": package.title, "package_id": package.id},
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
