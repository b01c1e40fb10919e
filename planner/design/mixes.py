"""The mixes of the four criteria that a search follows: what is seen, cheap, little travel, calm."""

from __future__ import annotations

import numpy as np

TABLE = (
    (0.2, 0.10, 20, 5),
    (1.0, 0.25, 60, 15),
    (3.0, 0.25, 60, 15),
    (0.6, 1.0, 60, 15),
    (1.0, 0.5, 500, 120),
    (6.0, 0.6, 60, 15),
    (0.3, 2.5, 60, 15),
    (2.5, 1.2, 250, 60),
)
"""Hundredths of a point lost for each 10,000 rupiah a head, minute under way, worst band and band of a crossing."""


def mixes(heads: int, thrift: float = 1.0) -> np.ndarray:
    """Return (vectors, 4) what a rupiah of the party, a minute, the worst band and each band cost, in hundredths.

    `thrift` makes every rupiah weigh so many times more.
    """
    table = np.array(TABLE, np.float64)
    table[:, 0] *= thrift / (10_000 * heads)
    return table
