"""Point 7, the brief: what the traveller wants and refuses is kept, in every plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from .plan import Plan, Violation, amount, day


def check(plan: Plan) -> Iterator[Violation]:
    yield from check_avoided(plan)
    yield from check_wanted(plan)
    yield from check_islands(plan)
    yield from check_booked(plan)
    yield from check_pins(plan)
    yield from check_own(plan)
    budget = plan.brief.get("budget")
    if budget and amount(plan.itinerary["totals"]["price"]) > amount(budget):
        yield Violation(
            7, plan.label, f"costs {amount(plan.itinerary['totals']['price'])}, the budget is {amount(budget)}"
        )
    alone = set(plan.brief.get("self_arrange", []))
    for item in plan.items:
        if alone & {item.item["kind"], item.item.get("mode")} and item.item["sold"] != "self":
            yield Violation(7, item.name, f"is sold {item.item['sold']!r}, the traveller arranges it")


def visited(plan: Plan) -> set[str]:
    """List the places where the party sleeps, or where a package starts, ends or looks in."""
    seen = {s.place for s in plan.stays}
    for move in plan.packages:
        seen |= {move.origin, move.goal, *plan.facts(move).get("visits", [])}
    return seen


def check_avoided(plan: Plan) -> Iterator[Violation]:
    for place in sorted(set(plan.brief.get("avoid", [])) & visited(plan)):
        yield Violation(7, plan.label, f"visits {place}, which the brief avoids")
    modes = set(plan.brief.get("avoid_modes", []))
    for move in plan.moves:
        used = set(plan.facts(move).get("modes_used", [])) if move.kind == "package" else {move.mode}
        for mode in sorted(used & modes):
            yield Violation(7, move.name, f"goes by {mode}, which the brief avoids")


def check_wanted(plan: Plan) -> Iterator[Violation]:
    for place in sorted(set(plan.brief.get("must", [])) - visited(plan)):
        yield Violation(7, plan.label, f"does not visit {place}")
    for package in sorted(set(plan.brief.get("must_packages", [])) - {m.item["product_id"] for m in plan.packages}):
        yield Violation(7, plan.label, f"leaves out {package}")
    for place, wanted in plan.brief.get("nights", {}).items():
        in_stays = sum(len(list(s.nights())) for s in plan.stays if s.place == place)
        in_packages = sum(plan.facts(m).get("nights", 0) for m in plan.packages if m.origin == m.goal == place)
        if wanted not in (in_stays, in_stays + in_packages):
            yield Violation(7, plan.label, f"{in_stays} nights in {place}, wanted are {wanted}")


def check_islands(plan: Plan) -> Iterator[Violation]:
    """Sleep on the chosen islands, in Bali, at a must, or for one night on the way."""
    chosen = plan.brief.get("islands")
    if not chosen:
        return
    asked_for = {
        *plan.brief.get("must", []),
        *plan.brief.get("nights", {}),
        *(b["place_id"] for b in plan.brief.get("booked", [])),
        *(p["place_id"] for p in plan.brief.get("pins", []) if p["kind"] == "stay"),
    }
    pinned = [p["product_id"] for p in plan.brief.get("pins", []) if p["kind"] == "package"]
    for package in [*plan.brief.get("must_packages", []), *pinned]:
        product = plan.data.package(package)
        asked_for |= {plan.data.place_of(product["lintas"]["start_id"])} if product else set()
    nights = Counter((s.place, n) for s in plan.stays for n in s.nights())
    for place, night in nights:
        is_second = (place, night - timedelta(days=1)) in nights
        is_free = plan.data.island(place) in chosen or plan.data.province(place) == "Bali" or place in asked_for
        if is_second and not is_free:
            yield Violation(
                7, plan.label, f"more than one night in {place} on {plan.data.island(place)}, not among {chosen}"
            )


def check_booked(plan: Plan) -> Iterator[Violation]:
    kept = {(s.place, s.check_in, s.check_out) for s in plan.stays if s.item.get("booked")}
    wanted = {(b["place_id"], day(b["check_in"]), day(b["check_out"])) for b in plan.brief.get("booked", [])}
    for place, check_in, check_out in sorted(wanted - kept):
        yield Violation(7, plan.label, f"the booked stay in {place} from {check_in} to {check_out} is not kept")
    pinned = {key for key, own in own_parts(plan).items() if own == "booked"}
    for place, check_in, check_out in sorted(kept - wanted):
        if all((place, night) in pinned for night in nights_between(check_in, check_out)):
            continue
        yield Violation(7, plan.label, f"a stay in {place} from {check_in} to {check_out} is called booked and is not")


def nights_between(check_in: date, check_out: date) -> list[date]:
    return [check_in + timedelta(days=n) for n in range((check_out - check_in).days)]


def own_parts(plan: Plan) -> dict[tuple[str, object], str]:
    """Give what the brief calls the traveller's own: packages, legs and nights, and whether they are booked."""
    own: dict[tuple[str, object], str] = {}
    for pin in (p for p in plan.brief.get("pins", []) if p.get("own")):
        if pin["kind"] == "package":
            own[pin["product_id"], pin["starts"]] = pin["own"]
        elif pin["kind"] == "leg":
            own[pin["trip_id"], pin["service_date"]] = pin["own"]
        else:
            for night in nights_between(day(pin["check_in"]), day(pin["check_out"])):
                own[pin["place_id"], night] = pin["own"]
    return own


def check_own(plan: Plan) -> Iterator[Violation]:
    """What the traveller sees to alone is not sold here; it is called booked where it is, and nowhere else."""
    own = own_parts(plan)
    keyed = [(m.item["product_id"], m.item["starts"]) if m.kind == "package" else
             (m.item.get("trip_id"), m.item.get("service_date")) for m in plan.moves]  # fmt: skip
    parts = [(move, {key}) for move, key in zip(plan.moves, keyed, strict=True)]
    for item, keys in [*parts, *((s, {(s.place, n) for n in s.nights()}) for s in plan.stays)]:
        hows = {own.get(key, "") for key in keys}
        if hows != {""} and item.item["sold"] != "self":
            yield Violation(7, item.name, f"is sold {item.item['sold']!r}, the traveller sees to it")
        if "booked" in hows and not (hows == {"booked"} and item.item.get("booked")):
            yield Violation(7, item.name, "is not called booked, the traveller has booked it")
        if item.item.get("booked") and "booked" not in hows and item not in plan.stays:
            yield Violation(7, item.name, "is called booked and is not")


def check_pins(plan: Plan) -> Iterator[Violation]:
    """Every pinned part is there; what is left out is not; nothing is added where nothing may be."""
    starts = {(m.item["product_id"], m.item["starts"]) for m in plan.packages}
    legs = {(m.item["trip_id"], m.item["service_date"]) for m in plan.moves if m.kind == "leg"}
    nights = {(s.place, night): s.item.get("product_id") for s in plan.stays for night in s.nights()}
    pins = plan.brief.get("pins", [])
    for pin in pins:
        if pin["kind"] == "package" and (pin["product_id"], pin["starts"]) not in starts:
            yield Violation(7, plan.label, f"does not keep {pin['product_id']} at {pin['starts']}")
        if pin["kind"] == "leg" and (pin["trip_id"], pin["service_date"]) not in legs:
            yield Violation(7, plan.label, f"does not take {pin['trip_id']} on {pin['service_date']}")
        if pin["kind"] == "stay":
            first, last = day(pin["check_in"]), day(pin["check_out"])
            for n in range((last - first).days):
                key = pin["place_id"], first + timedelta(days=n)
                if key not in nights:
                    yield Violation(7, plan.label, f"does not sleep in {pin['place_id']} on {key[1]}")
                elif pin.get("product_id") and nights[key] != pin["product_id"]:
                    yield Violation(7, plan.label, f"does not sleep in {pin['product_id']} on {key[1]}")
    taken = {m.item["product_id"] for m in plan.packages}
    for package in sorted(taken & set(plan.brief.get("without", []))):
        yield Violation(7, plan.label, f"takes {package}, which the brief leaves out")
    if not plan.brief.get("more_packages", True):
        asked = {*plan.brief.get("must_packages", []), *(p["product_id"] for p in pins if p["kind"] == "package")}
        for package in sorted(taken - asked):
            yield Violation(7, plan.label, f"adds {package}, though nothing is to be added")
