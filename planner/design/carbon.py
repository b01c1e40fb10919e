"""What travel emits, so that trips can be compared.

The factors, in kilograms of CO2-equivalent, are our own estimates: no measurement of these vessels and vehicles lies
behind them, so they are good for telling trips apart and for nothing else, and the site shows them as estimates.
Packages, stays and the empty way back of a hired vehicle are left out.
"""

from __future__ import annotations

KG_A_SEAT_KM = {
    "flight": 0.273,
    "ferry": 0.019,
    "ship": 0.019,
    "fast_boat": 0.16,
    "public_boat": 0.08,
    "bus": 0.060,
    "shuttle": 0.060,
    "walk": 0.0,
}
"""A passenger and kilometre on what runs to a timetable."""
KG_A_VEHICLE_KM = {"car": 0.17, "minibus": 0.25, "boat": 1.2, "person": 0.0}
"""A vehicle and kilometre on demand, however full it is."""


def seats_kg(mode: str, distance_km: float, heads: int) -> float:
    """Return what a party emits on a scheduled leg."""
    return KG_A_SEAT_KM[mode] * distance_km * heads


def vehicles_kg(what: str, distance_km: float, count: int) -> float:
    """Return what the vehicles that a party hires emit on a transfer."""
    return KG_A_VEHICLE_KM[what] * distance_km * count
