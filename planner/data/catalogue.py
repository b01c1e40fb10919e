"""Turns packages and stays into OCTO products of suppliers, and picks the tables that the planner reads beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner.data.service_days import list_months, list_weekdays
from planner.data.timetable import PLANNED, SITE, ZONE, list_provinces
from planner.data.wording import slug

Row = Mapping[str, str]

CURRENCY = "IDR"
CONTACT_FIELDS = ["firstName", "lastName", "emailAddress", "phoneNumber"]
ADULT_FROM = 18
OLDEST = 99
_DAY_MIN = 24 * 60


def list_transfers(routes: Iterable[Row]) -> list[Row]:
    """Keep the rows that go on demand (car, chartered boat, walk) and that a plan may use."""
    return [row for row in routes if row["status"] in PLANNED and row["departures_out"] == "on demand"]


def list_suppliers(
    packages: Iterable[Row], stays: Iterable[Row], places: Sequence[Row], hubs: Sequence[Row]
) -> list[dict[str, Any]]:
    """Name each operator once as an OCTO Supplier; every one is a placeholder until somebody claims it."""
    province = list_provinces(places, hubs)
    found: dict[str, dict[str, Any]] = {}
    for kind, rows, place_column in (("package", packages, "start_id"), ("stay", stays, "place_id")):
        for row in rows:
            key = slug(row["operator"])
            found.setdefault(
                key,
                {
                    "id": key,
                    "name": row["operator"],
                    "endpoint": f"{SITE}octo",
                    "contact": {"website": None, "email": None, "telephone": None, "address": None},
                    "lintas": {"kind": kind, "province": province[row[place_column]], "is_placeholder": True},
                },
            )
    return list(found.values())


def build_package(row: Row, waters: Mapping[str, Row]) -> dict[str, Any]:
    """Lay out one package as an OCTO Product."""
    facts = _describe_package(row, waters)
    tiers: list[tuple[int, float]] = facts["cancel_tiers"]
    per_group = facts["price_basis"] == "per group"
    instant = facts["confirm"] == "instant"
    units = [_unit("adult", "Adult", "ADULT", max(ADULT_FROM, facts["min_age"]), OLDEST, 1, facts["max_pax"])]
    if facts["min_age"] < ADULT_FROM:
        child = _unit("child", "Child", "CHILD", facts["min_age"], ADULT_FROM - 1, 1, facts["max_pax"])
        child["restrictions"]["accompaniedBy"] = ["adult"]
        units.append(child)
    if not per_group:
        for unit in units:
            unit["pricingFrom"] = [_price(facts["price_high"])]
    option = _option(
        _list_bookable_starts(facts),
        row["cancellation"],
        _find_free_hours(tiers),
        "hour",
        facts["max_pax"],
        units,
        facts["price_high"],
    )
    return _product(
        row["package_id"],
        row["title"],
        slug(row["operator"]),
        "START_TIME",
        instant,
        "BOOKING" if per_group else "UNIT",
        option,
        facts,
    )


def build_stay(row: Row) -> dict[str, Any]:
    """Lay out one lodging as an OCTO Product whose unit is a room for a night."""
    facts = _describe_stay(row)
    unit = _unit("room-night", "Room for one night", "OTHER", 0, OLDEST, 2, facts["rooms"])
    unit["pricingFrom"] = [_price(facts["price_high"])]
    option = _option(
        ["00:00"], row["cancellation"], facts["cancel_free_days"], "day", facts["rooms"], [unit], facts["price_high"]
    )
    return _product(
        row["stay_id"], row["operator"], slug(row["operator"]), "OPENING_HOURS", True, "UNIT", option, facts
    )


def _product(
    product_id: str,
    name: str,
    supplier_id: str,
    availability: str,
    instant: bool,
    pricing_per: str,
    option: dict[str, Any],
    facts: dict[str, Any],
) -> dict[str, Any]:
    return {
        "id": product_id,
        "internalName": name,
        "reference": product_id,
        "locale": "en",
        "timeZone": ZONE,
        "allowFreesale": False,
        "instantConfirmation": instant,
        "instantDelivery": instant,
        "availabilityRequired": True,
        "availabilityType": availability,
        "deliveryFormats": ["QRCODE", "PDF_URL"],
        "deliveryMethods": ["VOUCHER"],
        "redemptionMethod": "DIGITAL",
        "defaultCurrency": CURRENCY,
        "availableCurrencies": [CURRENCY],
        "pricingPer": pricing_per,
        "options": [option],
        "supplierId": supplier_id,
        "lintas": facts,
    }


def _option(
    starts: list[str], policy: str, cutoff: int, cutoff_unit: str, most: int, units: list[dict[str, Any]], price: int
) -> dict[str, Any]:
    return {
        "id": "DEFAULT",
        "default": True,
        "internalName": "DEFAULT",
        "reference": None,
        "availabilityLocalStartTimes": starts,
        "cancellationCutoff": policy,
        "cancellationCutoffAmount": cutoff,
        "cancellationCutoffUnit": cutoff_unit,
        "requiredContactFields": list(CONTACT_FIELDS),
        "restrictions": {"minUnits": 1, "maxUnits": most},
        "units": units,
        "pricingFrom": [_price(price)],
    }


def _unit(unit_id: str, name: str, kind: str, min_age: int, max_age: int, pax: int, most: int) -> dict[str, Any]:
    return {
        "id": unit_id,
        "internalName": name,
        "reference": None,
        "type": kind,
        "restrictions": {
            "minAge": min_age,
            "maxAge": max_age,
            "idRequired": False,
            "minQuantity": None,
            "maxQuantity": most,
            "paxCount": pax,
            "accompaniedBy": [],
        },
        "requiredContactFields": [],
    }


def _price(amount: int) -> dict[str, Any]:
    # No wholesale price is agreed with anybody yet, so `net` stays null.
    return {
        "original": amount,
        "retail": amount,
        "net": None,
        "currency": CURRENCY,
        "currencyPrecision": 0,
        "includedTaxes": [],
    }


def _find_free_hours(tiers: Iterable[tuple[int, float]]) -> int:
    """Hours before the start until which all is paid back; where a part is always kept, the first step."""
    hours = [limit for limit, share in tiers if share >= 1.0]
    return min(hours) if hours else max(limit for limit, _ in tiers)


def _list_bookable_starts(facts: Mapping[str, Any]) -> list[str]:
    """Of a one-day package only the starts from which it ends in time; the others have no known end."""
    if facts["duration_days"] > 1:
        return list(facts["start_times"])
    end = _to_minutes(facts["end_time"])
    return [start for start in facts["start_times"] if _to_minutes(start) + facts["duration_min"] <= end]


def _describe_package(row: Row, waters: Mapping[str, Row]) -> dict[str, Any]:
    days = int(row["duration_days"])
    starts = row["start_times"].split(";")
    length = (
        int(float(row["duration_hours"]) * 60)
        if days == 1
        else (days - 1) * _DAY_MIN + _to_minutes(row["end_time"]) - _to_minutes(starts[0])
    )
    water = waters.get(row["package_id"])
    return {
        "kind": "package",
        "type": row["type"],
        "title": row["title"],
        "operator": row["operator"],
        "island": row["island"],
        "start_id": row["start_id"],
        "end_id": row["end_id"],
        "moves_traveller": row["moves_traveller"] == "1",
        "duration_days": days,
        "nights": int(row["nights"]),
        "duration_min": length,
        "start_times": starts,
        "end_time": row["end_time"],
        "days_of_week": list(list_weekdays(row["days_of_week"])),
        "season_months": list(list_months(row["season_months"])),
        "only_dates": _split(row["only_dates"]),
        "min_pax": int(row["min_pax"]),
        "max_pax": int(row["max_pax"]),
        "daily_capacity": int(row["daily_capacity"]),
        "price_low": int(row["price_pp_low_idr"]),
        "price_high": int(row["price_pp_high_idr"]),
        "price_basis": row["price_basis"],
        "min_rule": row["min_rule"],
        "incl_nights": int(row["incl_nights"]),
        "incl_breakfasts": int(row["incl_breakfasts"]),
        "incl_lunches": int(row["incl_lunches"]),
        "incl_dinners": int(row["incl_dinners"]),
        "incl_transfers": row["incl_transfers"],
        "park_fees_included": row["park_fees_included"] == "1",
        "rule_ids": _split(row["rule_ids"]),
        "min_age": int(row["min_age"]),
        "weather_sensitivity": int(row["weather_sensitivity_0_3"]),
        "cutoff_hours": int(row["cutoff_hours"]),
        "interests": _split(row["interests"]),
        "visits": _split(row["visits"]),
        "cancellation": row["cancellation"],
        "cancel_tiers": json.loads(row["cancel_tiers"]),
        "confirm": row["confirm"],
        "confirm_hours": int(row["confirm_hours"]),
        "level": row["level"],
        "local_products": _split(row["local_products"]),
        "local_spend_share_pct": int(row["local_spend_share_pct_est"]),
        "difficulty": int(row["difficulty_1_5"]),
        "area_id": water["area_id"] if water else "",
        "modes_used": _split(water["modes_used"]) if water else _guess_land_modes(row),
        "source": row["source"],
        "confidence": row["confidence"],
        "note": row["note"],
    }


def _describe_stay(row: Row) -> dict[str, Any]:
    return {
        "kind": "stay",
        "place_id": row["place_id"],
        "level": row["level"],
        "type": row["type"],
        "operator": row["operator"],
        "title": row["operator"],
        "rooms": int(row["rooms"]),
        "sleeps": int(row["sleeps"]),
        "price_low": int(row["price_room_low_idr"]),
        "price_high": int(row["price_room_high_idr"]),
        "peak_months": [int(month) for month in _split(row["peak_months"])],
        "peak_factor": float(row["peak_factor"]),
        "event_peaks": {
            event: float(factor) for event, factor in (pair.split(":") for pair in _split(row["event_peaks"]))
        },
        "incl_breakfast": row["incl_breakfast"] == "1",
        "local_products": _split(row["local_products"]),
        "local_spend_share_pct": int(row["local_spend_share_pct_est"]),
        "cancellation": row["cancellation"],
        "cancel_free_days": int(row["cancel_free_days"]),
        "late_cancel_pct": int(row["late_cancel_pct"]),
        "checkin_from": row["checkin_from"],
        "checkout_until": row["checkout_until"],
        "min_nights": int(row["min_nights"]),
        "replaces_package_id": row["replaces_package_id"],
        "source": row["source"],
        "confidence": row["confidence"],
        "note": row["note"],
    }


def _guess_land_modes(row: Row) -> list[str]:
    """A package on land goes on foot when it fetches nobody, treks do both."""
    modes = [] if row["incl_transfers"] == "none" else ["road"]
    return [*modes, "walk"] if row["type"] == "trek" or not modes else modes


def _split(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def _to_minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
