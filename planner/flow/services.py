"""What flows are handed: a clock and the snapshots in service."""

from __future__ import annotations

from dataclasses import dataclass

from planner.flow.ports import Snapshots
from planner.values.times import Clock


@dataclass(frozen=True)
class Services:
    """Everything that a flow may use beside its input."""

    clock: Clock
    snapshots: Snapshots
