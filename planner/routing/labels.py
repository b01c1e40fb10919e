"""The records that a journey search works on, as packed numpy types shared with compiled code.

A *free* label is a stretch of on-demand transfers from the origin that may start at any time.
A *timed* label has boarded something that runs to a timetable, so its departure is known.
"""

from __future__ import annotations

import numpy as np

MODES = ("road", "walk", "charter_boat", "ferry", "fast_boat", "public_boat", "ship", "flight", "bus", "shuttle")
ROAD, WALK, CHARTER, FERRY, FAST_BOAT, PUBLIC_BOAT, SHIP, FLIGHT, BUS, SHUTTLE = range(len(MODES))
BOATS = (CHARTER, FERRY, FAST_BOAT, PUBLIC_BOAT, SHIP)
NEVER = 2**30
"""A second beyond every search window."""

FREE = np.dtype(
    [
        ("node", np.int16),
        ("hops", np.int16),
        ("is_beaten", np.int16),
        ("dur_s", np.int32),
        ("price", np.int64),
        ("worst", np.int16),
        ("sum", np.int16),
        ("parent", np.int32),
        ("edge", np.int32),
    ],
    align=True,
)

TIMED = np.dtype(
    [
        ("node", np.int16),
        ("mode", np.int16),
        ("worst", np.int16),
        ("sum", np.int16),
        ("dep_s", np.int32),
        ("arr_s", np.int32),
        ("price", np.int64),
        ("parent", np.int32),  # timed label before this one; -1: boarded from `free`
        ("free", np.int32),  # free label it was boarded from, when parent is -1
        ("via", np.int32),  # connection index, or -2 - edge index for an on-demand transfer
        ("legs", np.int16),
        ("boat_at_s", np.int32),  # earliest departure of a boat after a flight (hub's connect time)
        ("fly_at_s", np.int32),  # earliest closing of check-in after a fast boat landed in Bali
        ("first_flight_s", np.int32),  # departure of the first flight, NEVER if none
        ("exposed_s", np.int32),  # arrival of the last crossing of band 2 or 3, -1 if none
    ],
    align=True,
)

LINK = np.dtype(
    [
        ("parent", np.int32),  # the link before, -1 at the origin
        ("dep_s", np.int32),
        ("arr_s", np.int32),
        ("trip", np.int32),  # number in the timetable; -1 for a transfer
        ("code", np.int16),  # route number, or -2 - edge number; -1 at the origin
        ("node", np.int16),  # where it ends
        ("day", np.int8),  # service day, counted from the day of the search
        ("is_free", np.int8),  # times count from leaving, not from midnight
    ],
    align=True,
)
"""One hop of a journey, kept with a pointer to the hop before it."""

OPTION = np.dtype(
    [
        ("target", np.int16),
        ("is_free", np.int16),
        ("dep_s", np.int32),  # seconds from the day's midnight; 0 for a free option, which may leave at any time
        ("arr_s", np.int32),  # the same; for a free option its duration
        ("first_flight_s", np.int32),
        ("fly_at_s", np.int32),
        ("link", np.int32),
    ],
    align=True,
)
"""One journey of the travel table, the same for all parties."""

OFFER = np.dtype(
    [
        ("target", np.int16),
        ("is_free", np.int16),
        ("worst", np.int16),
        ("sum", np.int16),
        ("dep_s", np.int32),
        ("arr_s", np.int32),
        ("price", np.int64),
        ("first_flight_s", np.int32),
        ("fly_at_s", np.int32),
        ("exposed_s", np.int32),
        ("climb_s", np.int32),  # first arrival above 300 m, NEVER if none
        ("lo_s", np.int32),  # a free offer may leave between these seconds of the day
        ("hi_s", np.int32),
        ("block", np.int32),
        ("link", np.int32),
        ("in_bali", np.int8),  # it uses a road or boat of Bali on demand
    ],
    align=True,
)
"""A journey with what it costs one party and how rough its seas are in that month."""
