"""Look again and again for what nobody was told: holds that ran out, payments whose news got lost, orders due.

Enquiries of agencies follow their orders here, too, and whoever sees to one is reminded of its next step.
"""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask

from planner.errors import PlannerError
from planner.flow.change_booking import sweep_changes
from planner.flow.follow_sales import follow_sales
from planner.flow.hold_places import sweep_holds
from planner.flow.remind_agents import remind_agents
from planner.flow.services import Services
from planner.flow.take_payment import check_payment
from planner.store import orders, payments

PAUSE_S = 1.0
ASK_PAYMENTS_S = 20.0
REMIND_S = 60.0

log = logging.getLogger(__name__)


def sweep_for_ever(app: Flask, over: threading.Event) -> None:
    """Sweep every second until `over` is set; trouble is logged and tried again."""
    asked = reminded = float("-inf")
    while not over.wait(PAUSE_S):
        services: Services = app.extensions["planner.services"]
        with app.app_context():
            try:
                for order_id in orders.list_due(services.clock.now()):
                    services.queue.enqueue(order_id)
                if time.monotonic() - asked >= ASK_PAYMENTS_S:
                    asked = time.monotonic()
                    ask_payments(services)
                    follow_sales(services)
                sweep_holds(services)
                sweep_changes(services)
                if time.monotonic() - reminded >= REMIND_S:
                    reminded = time.monotonic()
                    remind_agents(services)
            except PlannerError as trouble:
                log.warning("sweeping failed: %s", trouble.code)
            except Exception:
                log.exception("sweeping failed")


def ask_payments(services: Services) -> None:
    """Ask how each open payment stands, in case its event got lost."""
    for order_id in payments.list_asked_for():
        try:
            check_payment(order_id, services)
        except PlannerError as trouble:
            log.info("payment of an order cannot be asked for: %s", trouble.code)
