"""What flows are handed: a clock, the snapshots in service, and the gateways to the world outside."""

from __future__ import annotations

from dataclasses import dataclass

from planner.flow.ports import Letters, Mailer, Payments, Queue, Rates, Snapshots, Suppliers
from planner.values.times import Clock


@dataclass(frozen=True)
class Services:
    """Everything that a flow may use beside its input."""

    clock: Clock
    snapshots: Snapshots
    payments: Payments
    suppliers: Suppliers
    mailer: Mailer
    letters: Letters
    queue: Queue
    rates: Rates
    is_demo: bool = True
    """Whether everything may be sold because no money is real."""
