"""Point 0: the answer has the shape the contract fixes, so that the other points may read it without fear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from .plan import Violation

LABELS = {"best", "cheapest", "least_travel", "calmest", "greenest", ""}
SOLD = {"here", "self", "on_spot"}
CONFIDENCE = {"verified", "typical", "estimated"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?\+08:00")


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(TIME.fullmatch(value)) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def is_money(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"amount", "currency", "precision"}
        and is_count(value["amount"])
        and (value["currency"], value["precision"]) == ("IDR", 0)
    )


def is_list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(check(v) for v in value)


def is_one_of(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def is_band(value: Any) -> bool:
    return is_count(value) and value <= 3


def is_map_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(is_text(k) and check(v) for k, v in value.items())


Fields = dict[str, Callable[[Any], bool]]
PRICED: Fields = {"price": is_money, "price_low": is_money, "sold": is_one_of(*SOLD)}
ITEMS: dict[str, Fields] = {
    "leg": {
        "mode": is_text, "route_id": is_text, "trip_id": is_text, "service_date": is_date, "from_stop": is_text,
        "to_stop": is_text, "departs": is_time, "arrives": is_time, "operator": is_text, "confirm": is_text,
        "exposure": is_band, "confidence": is_one_of(*CONFIDENCE), "source": is_text,
    },
    "transfer": {
        "mode": is_text, "route_id": is_text, "from": is_text, "to": is_text, "departs": is_time, "arrives": is_time,
    },
    "package": {
        "product_id": is_text, "option_id": is_text, "availability_id": is_text, "starts": is_time, "ends": is_time,
        "from_place": is_text, "to_place": is_text, "visits": is_list_of(is_text), "confirm": is_text,
        "confidence": is_one_of(*CONFIDENCE), "exposure": is_band,
    },
    "stay": {"place_id": is_text, "check_in": is_date, "check_out": is_date, "rooms": is_count},
    "fee": {"rule_id": is_text, "on": is_date, "persons": is_count},
}  # fmt: skip
TOTALS: Fields = {
    "price": is_money,
    "price_per_person": is_money,
    "pay_here": is_money,
    "firm_share": is_number,
    "transit_min": is_count,
    "experience": is_number,
    "co2_kg": is_number,
    "boats": is_count,
    "flights": is_count,
    "nights": is_map_of(is_count),
    "spend": is_map_of(is_money),
    "local_share": is_number,
}
FRONT: Fields = {
    "complete": is_one_of(True, False),
    "resolution": is_map_of(is_number),
    "criteria": is_one_of(["price", "transit", "experience", "exposure"]),
    "candidates": is_count,
    "took_ms": is_number,
}


def wrong_fields(where: str, value: Any, fields: Fields) -> Iterator[Violation]:
    if not isinstance(value, dict):
        yield Violation(0, where, f"is no object but {value!r}")
        return
    for name, check in fields.items():
        if name not in value:
            yield Violation(0, where, f"{name} is missing")
        elif not check(value[name]):
            yield Violation(0, where, f"{name} is {value[name]!r}")


def check_answer_shape(answer: Any) -> Iterator[Violation]:
    """Check front, refusal and the list of itineraries, but not what is inside an itinerary."""
    yield from wrong_fields(
        "answer", answer, {"front": lambda v: True, "itineraries": is_list_of(lambda v: isinstance(v, dict))}
    )
    if not isinstance(answer, dict):
        return
    yield from wrong_fields("front", answer.get("front"), FRONT)
    if "refusal" not in answer:
        yield Violation(0, "answer", "refusal is missing")
    elif answer.get("itineraries"):
        if answer["refusal"] is not None:
            yield Violation(0, "refusal", "there are itineraries and a refusal")
    else:
        yield from check_refusal(answer["refusal"])


def check_refusal(refusal: Any) -> Iterator[Violation]:
    yield from wrong_fields("refusal", refusal, {"reasons": is_list_of(is_dict), "relaxations": is_list_of(is_dict)})
    if not isinstance(refusal, dict):
        return
    if refusal.get("reasons") == []:
        yield Violation(0, "refusal", "gives no reason")
    for i, reason in enumerate(refusal.get("reasons") or []):
        yield from wrong_fields(f"refusal reason {i}", reason, {"code": is_text, "text": is_text})
    for i, relaxation in enumerate(refusal.get("relaxations") or []):
        yield from wrong_fields(
            f"relaxation {i}", relaxation, {"change": lambda v: is_dict(v) and bool(v), "text": is_text}
        )


def is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def check_itinerary_shape(where: str, itinerary: dict[str, Any]) -> Iterator[Violation]:
    """Check every field the contract names in an itinerary."""
    yield from wrong_fields(
        where,
        itinerary,
        {
            "id": is_text,
            "label": is_one_of(*LABELS),
            "totals": is_dict,
            "items": lambda v: is_list_of(is_dict)(v) and bool(v),
            "rules": is_list_of(is_dict),
            "why": lambda v: is_list_of(is_text)(v) and bool(v),
        },
    )
    yield from wrong_fields(f"{where} totals", itinerary.get("totals"), TOTALS)
    exposure = (itinerary.get("totals") or {}).get("exposure")
    yield from wrong_fields(f"{where} totals.exposure", exposure, {"worst": is_band, "sum": is_count})
    for i, rule in enumerate(itinerary.get("rules") or []):
        yield from wrong_fields(
            f"{where} rule {i}", rule, {"rule_id": is_text, "verdict": is_text, "text": is_text, "source": is_text}
        )
    for i, item in enumerate(itinerary.get("items") or []):
        fields = ITEMS.get(item.get("kind"))
        if fields is None:
            yield Violation(0, f"{where}[{i}]", f"kind is {item.get('kind')!r}")
            continue
        yield from wrong_fields(f"{where}[{i}] {item['kind']}", item, fields | PRICED)
        if item["kind"] == "stay" and not item.get("booked") and not is_text(item.get("product_id")):
            yield Violation(0, f"{where}[{i}] stay", "has no product_id and is not booked")
        if item.get("sales_open_on") is not None and not is_date(item["sales_open_on"]):
            yield Violation(0, f"{where}[{i}]", f"sales_open_on is {item['sales_open_on']!r}")
