"""Lead each request to whoever answers for its supplier: the supplier's own system, else what it allotted to us."""

from __future__ import annotations

import logging
from collections.abc import Callable

from planner.booking.request import Answer, BookingRequest
from planner.booking.supplier_system import SupplierSystem, Visit
from planner.errors import PlannerError
from planner.gateways.octo_supplier import OctoSupplier
from planner.gateways.octo_visit import visit
from planner.gateways.own_suppliers import AllottedSuppliers
from planner.gateways.safe_http import SafeHttp

ChooseSystem = Callable[[str, str], SupplierSystem | None]
"""Gives the system that a booking belongs to, by its uuid and its supplier: always the same."""

log = logging.getLogger(__name__)


class RoutedSuppliers:
    """Asks, for each request, in which system its booking is made: nobody else is asked about it afterwards."""

    def __init__(self, choose: ChooseSystem, http: SafeHttp) -> None:
        self._choose, self._http = choose, http
        self._allotted = AllottedSuppliers()

    def confirm(self, wanted: BookingRequest) -> Answer:
        """Book where the supplier takes bookings."""
        return self._led(wanted, lambda supplier: supplier.confirm(wanted))

    def look_up(self, wanted: BookingRequest) -> Answer:
        """Ask how a booking stands."""
        return self._led(wanted, lambda supplier: supplier.look_up(wanted))

    def cancel(self, wanted: BookingRequest, reason: str) -> Answer:
        """Give a booking back."""
        return self._led(wanted, lambda supplier: supplier.cancel(wanted, reason))

    def visit(self, system: SupplierSystem) -> Visit:
        """Ask a system who it is and what it offers, before anything is booked in it."""
        return visit(system, self._http)

    def _led(self, wanted: BookingRequest, ask: Callable[[OctoSupplier | AllottedSuppliers], Answer]) -> Answer:
        try:
            system = self._choose(wanted.uuid, wanted.supplier_id)
        except PlannerError as trouble:  # as when its key cannot be read: it may have booked, so this is no no
            log.error("supplier %s: its system is not to be reached (%s)", wanted.supplier_id, trouble.code)
            return Answer("unknown", why=trouble.code)
        return ask(OctoSupplier(system, self._http) if system else self._allotted)
